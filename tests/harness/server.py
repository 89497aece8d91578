"""The real server as a process of its own, for tests that need sockets, signals or a browser."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
PAUSE_SECONDS = 0.02
USUAL = ("-m", "app.server")

# Every setting of the product: what the shell of whoever runs the tests has set must not count.
SETTINGS = (
    "DATABASE_URL",
    "DATA_DIR",
    "DATE_ORDER",
    "HOST",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_ISSUER",
    "OIDC_NAME",
    "OIDC_TRUST_EMAILS",
    "PORT",
    "PUBLIC_URL",
    "REGISTRATION",
    "SECRET_KEY",
    "SEED_DIRS",
    "TRUSTED_PROXIES",
)


class ServerEnded(Exception):
    """The server ended or gave no page; the message holds what it printed."""


class RunningServer:
    """`python -m app.server` on a free port, with a data folder and settings of its own.

    `data_dir` is made where it is missing. `settings` are environment variables. Without
    DATABASE_URL the database is SQLite in `data_dir`; without SEED_DIRS it is the checkout's
    `seeds`. `program` is what Python runs. Started by `start()` or `with`, and always stopped by
    its own process id.
    """

    def __init__(
        self,
        data_dir: Path,
        settings: Mapping[str, str] | None = None,
        *,
        program: Sequence[str] = USUAL,
    ) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self._program = program
        self.log_file = data_dir.parent / f"{data_dir.name}-server.log"
        self.environ = {
            **clean_environ(),
            "DATA_DIR": str(data_dir),
            "HOST": LOOPBACK,
            "SEED_DIRS": str(ROOT / "seeds"),
            **(settings or {}),
            "PORT": str(self.port),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def url(self) -> str:
        """The address of the first page, without a closing slash."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def log(self) -> str:
        """All that the server has printed, over all its starts."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        """The id of the server's process.

        Raises: ServerEnded (it is not running).
        """
        if self._process is None:
            message = "the server is not running"
            raise ServerEnded(message)
        return self._process.pid

    def start(self) -> Self:
        """Start, and wait until the first page is there.

        Raises: ServerEnded.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._program],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            wait_for_page(self.port, self._process)
        except ServerEnded as error:
            self.kill()
            message = f"{error}\n{self.log}"
            raise ServerEnded(message) from None
        return self

    def stop(self) -> int:
        """Ask it to stop, as an operator does (SIGTERM); return the exit code.

        Raises: ServerEnded (not running, or it had to be killed after 10 seconds).
        """
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut would; harmless when it has ended."""
        if self._process is not None:
            self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start again, on the same port and data.

        Raises: ServerEnded.
        """
        self.stop()
        self.start()

    def _end(self, sign: signal.Signals) -> int:
        process = self._process
        if process is None:
            message = "the server is not running"
            raise ServerEnded(message)
        self._process = None
        process.send_signal(sign)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            message = f"the server did not stop within {STOP_SECONDS:.0f} s:\n{self.log}"
            raise ServerEnded(message) from None


def wait_for_page(
    port: int, process: subprocess.Popen[bytes], seconds: float = START_SECONDS
) -> float:
    """Return after how many seconds the server on `port` gave a page or sent on to one.

    Raises: ServerEnded (`process` ended, no page in `seconds`, or an error instead of one).
    """
    began = time.monotonic()
    reason = "no answer"
    while process.poll() is None and time.monotonic() - began < seconds:
        try:
            connection = HTTPConnection(LOOPBACK, port, timeout=seconds)
            connection.request("GET", "/")
            status = connection.getresponse().status
            connection.close()
        except (OSError, HTTPException) as error:
            reason = repr(error)
        else:
            if status < HTTPStatus.BAD_REQUEST:
                return time.monotonic() - began
            reason = f"the status {status}"
            break
        time.sleep(PAUSE_SECONDS)
    if process.returncode is not None:
        reason = f"it ended with code {process.returncode}"
    message = f"no page on port {port}: {reason}"
    raise ServerEnded(message)


def free_port() -> int:
    """Return a TCP port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
    return port


def clean_environ() -> dict[str, str]:
    """Return this process's environment without the product's settings."""
    return {name: value for name, value in os.environ.items() if name not in SETTINGS}
