"""Runs what is in `deploy/` as it stands: `python -m tests.harness.trial [--database URL]`.

Two processes of Gloss, with the settings of `gloss.env`, behind nginx with `nginx/gloss.conf`, on
one PostgreSQL (a new one, which is gone afterwards, where none is given). All is in temporary
folders and on free ports of the loopback address; only ports, paths and the certificate differ from
what is installed. It prints the address and runs until Ctrl-C.
"""

# ruff: noqa: T201  (it speaks to whoever typed the command)

import argparse
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

from tests.harness.postgres import account_for, running_postgres
from tests.harness.programs import find_nginx, find_postgres
from tests.harness.server import LOOPBACK, ROOT, RunningServer, free_port

FOLDER = ROOT / "deploy"
UNIT = FOLDER / "systemd" / "gloss@.service"
PORTS = (8001, 8002)  # of the two processes, as nginx/gloss.conf has them
START_SECONDS = 15.0
STOP_SECONDS = 10.0
PAUSE_SECONDS = 0.02

_MAIN = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused;
    scgi_temp_path {folder}/unused;
    include {folder}/gloss.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """The processes of Gloss, and nginx before them: `port` speaks HTTPS, `plain_port` HTTP."""

    servers: list[RunningServer]
    port: int
    plain_port: int
    folder: Path

    @property
    def log(self) -> str:
        """What nginx has logged of requests."""
        return (self.folder / "gloss.log").read_text(encoding="utf-8")

    def connect(self, source: str = LOOPBACK) -> HTTPSConnection:
        """Return a connection to nginx from one of the loopback addresses."""
        trusting = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        return HTTPSConnection(
            LOOPBACK, self.port, timeout=60, context=trusting, source_address=(source, 0)
        )


def main() -> None:
    """Run until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Two processes of Gloss behind nginx.")
    parser.add_argument("--database", metavar="URL", help="of PostgreSQL; a new one without it")
    url = parser.parse_args().database
    postgres, nginx = find_postgres(), find_nginx()
    if nginx is None or (postgres is None and not url):
        sys.exit("nginx and PostgreSQL must be installed.")
    with ExitStack() as running, tempfile.TemporaryDirectory() as name:
        if not url and postgres is not None:
            server = running.enter_context(running_postgres(postgres))
            url = server.url(server.create_database())
        trial = running.enter_context(
            running_trial(Path(name), nginx, url, {"REGISTRATION": "open"})
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        print(f"https://{LOOPBACK}:{trial.port} (logs in {trial.folder} and {name}; Ctrl-C ends)")
        running.callback(print, "Stopping …")
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


@contextmanager
def running_trial(
    folder: Path, nginx: Path, database_url: str, settings: Mapping[str, str] | None = None
) -> Iterator[Trial]:
    """Run two processes on a database, and nginx before them, until the block ends.

    Raises: RuntimeError (nginx does not start), tests.harness.server.ServerEnded.
    """
    port, plain_port = free_port(), free_port()
    given = {
        **read_settings(FOLDER / "gloss.env"),
        "DATABASE_URL": database_url,
        "SECRET_KEY": uuid.uuid4().hex * 2,
        "PUBLIC_URL": f"https://{LOOPBACK}:{port}",
        "SEED_DIRS": str(ROOT / "seeds"),
        **(settings or {}),
    }
    program = command_of(UNIT)[1:]
    # The folder of a test is not everybody's, and nginx has no rights of its own here.
    home = Path(tempfile.mkdtemp(prefix="gloss-nginx-"))
    with ExitStack() as running:
        running.callback(shutil.rmtree, home, ignore_errors=True)
        servers = []
        for number in PORTS:
            servers.append(RunningServer(folder / str(number), given, program=program))
            running.callback(servers[-1].kill)
            servers[-1].start()
        make_certificate(home)
        ports = [server.port for server in servers]
        (home / "gloss.conf").write_text(site(home, ports, port, plain_port), encoding="utf-8")
        (home / "nginx.conf").write_text(_MAIN.format(folder=home), encoding="utf-8")
        running.enter_context(_running_nginx(nginx, home, port))
        yield Trial(servers, port, plain_port, home)


def read_settings(file: Path) -> dict[str, str]:
    """Read a file of settings as systemd does: NAME=VALUE, a line each."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def command_of(unit: Path) -> list[str]:
    """Return the command that a unit starts, as words."""
    found = re.search(r"^ExecStart=(.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        message = f"{unit.name} starts nothing"
        raise ValueError(message)
    return found[1].split()


def site(home: Path, ports: list[int], port: int, plain_port: int) -> str:
    """Return `nginx/gloss.conf` with other ports and paths.

    Raises: ValueError (it does not say what is to be replaced).
    """
    written = (FOLDER / "nginx" / "gloss.conf").read_text(encoding="utf-8")
    others = {
        f"{LOOPBACK}:{PORTS[0]} ": f"{LOOPBACK}:{ports[0]} ",
        f"{LOOPBACK}:{PORTS[1]} ": f"{LOOPBACK}:{ports[1]} ",
        "listen 80;": f"listen {LOOPBACK}:{plain_port};",
        "listen [::]:80;": "",
        "listen 443 ssl": f"listen {LOOPBACK}:{port} ssl",
        "listen [::]:443 ssl http2;": "",
        "/etc/letsencrypt/live/gloss.example.org": str(home),
        "/var/log/nginx": str(home),
        "/var/cache/": f"{home}/",
    }
    for old, new in others.items():
        if old not in written:
            message = f"gloss.conf does not hold {old!r}"
            raise ValueError(message)
        written = written.replace(old, new)
    return written


def make_certificate(home: Path) -> None:
    """Make a certificate of the loopback address that nobody else trusts, for two days."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={LOOPBACK}"]
    command += ["-addext", f"subjectAltName=IP:{LOOPBACK}"]
    command += ["-keyout", str(home / "privkey.pem"), "-out", str(home / "fullchain.pem")]
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def _running_nginx(nginx: Path, home: Path, port: int) -> Iterator[None]:
    account = account_for(home)
    if account:
        for file in home.iterdir():
            os.chown(file, account["user"], account["group"])
    log = home / "error.log"
    command = [str(nginx), "-p", str(home), "-c", str(home / "nginx.conf"), "-e", str(log)]
    process = subprocess.Popen(command, cwd=home, stderr=subprocess.DEVNULL, **account)
    try:
        _wait_until_it_listens(process, port, log)
        yield
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
        except OSError:
            if process.poll() is None and time.monotonic() < deadline:
                time.sleep(PAUSE_SECONDS)
                continue
            said = log.read_text(errors="replace") if log.exists() else ""
            message = f"nginx did not start:\n{said}"
            raise RuntimeError(message) from None
        return


if __name__ == "__main__":
    main()
