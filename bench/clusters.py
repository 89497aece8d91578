"""PostgreSQL servers to be measured and killed, each in a folder and on a port of its own."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from tests.harness.postgres import account_for, make_cluster
from tests.harness.programs import find_postgres
from tests.harness.server import LOOPBACK, free_port

WAIT_SECONDS = 60.0


class Cluster:
    """A PostgreSQL server in a folder, on a port of its own."""

    def __init__(self, binaries: Path, folder: Path, name: str) -> None:
        self.binaries, self.folder, self.home = binaries, folder, folder / name
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs and wait for it."""
        command = [str(self.binaries / program), *arguments]
        print("$", program, shlex.join(arguments))
        subprocess.run(
            command, cwd=self.folder, check=True, capture_output=True, **account_for(self.folder)
        )

    def start(self, *options: str) -> None:
        """Start it, and wait until it answers."""
        arguments = ["-D", str(self.home), "-k", str(self.folder)]
        settings = (f"port={self.port}", f"listen_addresses={LOOPBACK}", *options)
        arguments += [part for option in settings for part in ("-c", option)]
        print("$ postgres", shlex.join(arguments), "&")
        with (self.folder / f"{self.home.name}.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(self.binaries / "postgres"), *arguments],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                **account_for(self.folder),
            )
        wait_until(lambda: self.ask("SELECT 1") is not None, "the server's first answer")

    def ask(self, statement: str) -> object:
        """Return the first value of an answer, None where there is none."""
        address = f"host={LOOPBACK} port={self.port} user=postgres dbname=postgres"
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                row = connection.execute(statement.encode()).fetchone()
        except psycopg.OperationalError:
            return None
        return row[0] if row else None

    def kill(self) -> None:
        """End the server and everything that it has started, at once; harmless twice."""
        if self._process is None or self._process.poll() is not None:
            return
        for number in self.pids():
            os.kill(number, signal.SIGKILL)
        self._process.wait()

    def pids(self) -> list[int]:
        """Return the ids of the server's process and of those that it has started."""
        if self._process is None:
            return []
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [self._process.pid, *map(int, children.read_text().split())]


@contextmanager
def new_clusters(first: str, *others: str) -> Iterator[list[Cluster]]:
    """Give servers by the names of their folders, of which the first is made; end them all.

    Ends the program where PostgreSQL is not installed.
    """
    binaries = find_postgres()
    if binaries is None:
        sys.exit("PostgreSQL must be installed.")
    with tempfile.TemporaryDirectory(prefix="gloss-") as name, ExitStack() as running:
        folder = Path(name)
        account = account_for(folder)
        clusters = [Cluster(binaries, folder, each) for each in (first, *others)]
        for cluster in clusters:
            running.callback(cluster.kill)
        print("$ initdb -D", clusters[0].home)
        make_cluster(binaries / "initdb", clusters[0].home, account)
        yield clusters


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Wait until a function says so.

    Raises: TimeoutError.
    """
    until = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > until:
            message = f"waited in vain for {what}"
            raise TimeoutError(message)
        time.sleep(0.05)
