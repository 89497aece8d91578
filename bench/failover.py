"""Whether a primary that is killed loses anything: `python -m bench.failover`.

A PostgreSQL with a synchronous standby, two processes of Gloss that know both, and people who tag
through them and send again what was not acknowledged, as the browser does. The primary and all its
processes are killed, the standby is promoted, and people go on. In the end every acknowledged tag
must be there, once. Each command of PostgreSQL is printed as an operator would type it.
"""

import argparse
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg
from sqlalchemy import func, select

from app.annotations.models import Annotation
from app.annotations.queries.verify import verify
from app.core.db import Database
from bench.rows import Filled, Shape, fill, forms
from bench.visitor import Unexpected, Visitor
from tests.harness.postgres import account_for, make_cluster
from tests.harness.programs import find_postgres
from tests.harness.server import LOOPBACK, RunningServer, free_port
from tests.harness.streams import Listener

PEOPLE = 4
PAUSE_SECONDS = 0.2  # before something is sent again
WAIT_SECONDS = 60.0
ARTICLE = Shape(words=8_000, blocks=120, annotations=0)
REFUSED = (409, 422)  # a passage that is tagged already


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


class Load:
    """People who tag until they are told to stop; `acknowledged` are the keys of what was taken."""

    def __init__(self, ports: Sequence[int], article: Filled, names: Sequence[str]) -> None:
        self.acknowledged: list[str] = []
        self.last = time.monotonic()  # when something was acknowledged
        self.longest = 0.0  # seconds between two that were
        self.failures = 0
        self.is_over = False
        self._article = article
        self._people = [
            Visitor.signed_in(ports[number % len(ports)], name) for number, name in enumerate(names)
        ]

    def open_page(self, port: int) -> Listener:
        """Open the live updates of the article, as the first of the people."""
        connection = HTTPConnection(LOOPBACK, port, timeout=WAIT_SECONDS)
        place = self._article.address.removeprefix("/projects/").replace("/articles/", "/")
        return Listener(connection, self._people[0].cookie, 1, [place])

    def tag(self, number: int) -> None:
        """Tag one passage after the other, each until it is acknowledged or refused."""
        person, path = self._people[number], f"{self._article.address}/annotations"
        for form in forms(self._article, number):
            while not self._send(person, path, form):
                time.sleep(PAUSE_SECONDS)
            if self.is_over:
                return

    def _send(self, person: Visitor, path: str, form: dict[str, str]) -> bool:
        try:
            person.post(path, form)
        except Unexpected as error:
            self.failures += error.status not in REFUSED
            return error.status in REFUSED
        except (OSError, HTTPException):
            person.close()
            self.failures += 1
            return False
        self.longest = max(self.longest, time.monotonic() - self.last)
        self.last = time.monotonic()
        self.acknowledged.append(form["client_key"])
        return True


def main() -> None:
    """Kill a primary, and end with 1 where an acknowledged tag is missing or doubled."""
    parser = argparse.ArgumentParser(description="A primary is killed while people tag.")
    parser.add_argument("--tags", type=int, default=200, help="before the kill, and after it")
    asked = parser.parse_args()
    binaries = find_postgres()
    if binaries is None:
        sys.exit("PostgreSQL must be installed.")
    with tempfile.TemporaryDirectory(prefix="gloss-") as name, ExitStack() as running:
        folder = Path(name)
        account = account_for(folder)
        primary, standby = (Cluster(binaries, folder, each) for each in ("primary", "standby"))
        running.callback(primary.kill)
        running.callback(standby.kill)
        print("$ initdb -D", primary.home)
        make_cluster(binaries / "initdb", primary.home, account)
        primary.start("fsync=on", "synchronous_standby_names=standby")
        primary.run(
            "pg_basebackup", "-D", str(standby.home), "-X", "stream", "-c", "fast", "-R",
            "-d", f"host={LOOPBACK} port={primary.port} user=postgres application_name=standby",
        )  # fmt: skip
        standby.start()
        in_step = "SELECT true FROM pg_stat_replication WHERE sync_state = 'sync'"
        wait_until(lambda: primary.ask(in_step), "the standby to be in step")
        lost, doubled, faults = _fail_over(folder, primary, standby, asked.tags)
    sys.exit(1 if lost or doubled or faults else 0)


def _fail_over(
    folder: Path, primary: Cluster, standby: Cluster, tags: int
) -> tuple[int, int, list[str]]:
    hosts = ",".join(f"{LOOPBACK}:{cluster.port}" for cluster in (primary, standby))
    url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
    print("DATABASE_URL =", url)
    names = [f"Person{number}" for number in range(PEOPLE)]
    article = fill(url, people=names, shapes=[ARTICLE])[0]
    (folder / "no-seeds").mkdir()
    settings = {
        "DATABASE_URL": url,
        "SECRET_KEY": uuid.uuid4().hex * 2,
        "SEED_DIRS": str(folder / "no-seeds"),
    }
    with ExitStack() as running, ThreadPoolExecutor(PEOPLE) as threads:
        homes = (folder / f"gloss-{number}" for number in range(2))
        servers = [running.enter_context(RunningServer(home, settings)) for home in homes]
        ports = [server.port for server in servers]
        load = Load(ports, article, names)
        pages = [running.enter_context(load.open_page(port)) for port in ports]
        tagging = [threads.submit(load.tag, number) for number in range(PEOPLE)]
        try:
            wait_until(lambda: len(load.acknowledged) >= tags, f"{tags} tags")
            print(f"$ kill -9 of the primary and all its processes, after {tags} tags")
            primary.kill()
            killed, before = time.monotonic(), len(load.acknowledged)
            print(
                "$ psql -c 'SELECT pg_promote()' at the standby:",
                standby.ask("SELECT pg_promote()"),
            )
            wait_until(lambda: len(load.acknowledged) > before + PEOPLE, "tags to be taken again")
            print(f"tags were taken again {load.last - killed:.1f} s after the kill")
            wait_until(lambda: len(load.acknowledged) >= before + tags, f"{tags} more tags")
        finally:
            load.is_over = True
        for done in tagging:
            done.result()
        wait_until(
            lambda: all(len(page.changes) >= len(load.acknowledged) for page in pages),
            "all changes on the open pages",
        )
    database = Database(url)
    with database.session() as session:
        counts = dict(
            session.execute(
                select(Annotation.client_key, func.count()).group_by(Annotation.client_key)
            ).all()
        )
        faults = list(verify(session))
    database.dispose()
    lost = [key for key in load.acknowledged if key not in counts]
    doubled = [key for key, count in counts.items() if count > 1]
    print(
        f"acknowledged {len(load.acknowledged)}, there {len(counts)}, lost {len(lost)},"
        f" doubled {len(doubled)}, heard on two open pages {[len(p.changes) for p in pages]},"
        f" sent again {load.failures}, longest pause {load.longest:.1f} s,"
        f" verify: {faults or 'clean'}"
    )
    return len(lost), len(doubled), faults


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


if __name__ == "__main__":
    main()
