"""The front of the server on real sockets, with a tiny application behind it."""

import json
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPResponse
from multiprocessing.connection import Connection
from pathlib import Path

from flask import Flask, Response, g, request, stream_with_context
from sqlalchemy.exc import OperationalError

from app.asgi import make_asgi
from app.core.errors import GlossError, SignedOut
from app.downloads import GATHER_SECONDS
from app.server import bind, listen
from app.serving import Bounds, serve
from app.web import pools, uploads
from app.web.view_marks import download, hashes_passwords, takes_files, without_database
from tests.harness.server import LOOPBACK, free_port

BODY_LIMIT = 100_000
BODY_SECONDS = 1.5
STALL_SECONDS = 1.0
WAIT_SECONDS = 1.5
HEAD_SECONDS = 1.0
MOST_OPEN = 150
MOST_UNFINISHED = 50
PROMPT_SECONDS = 0.8  # for a page, on a machine with other work
# Each server is a copy of one process that has imported everything: to import costs a second.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
LINE = b"one line of a file that has very many of them\r\n"


def tiny_app() -> Flask:
    """Return pages of every temper, and counts of what is under way."""
    flask = Flask(__name__)
    uploads.register(flask)
    pools.register(flask)
    uploads.register_admission(flask)
    flask.register_error_handler(GlossError, lambda error: (error.message, error.status))
    counts = {"begun": 0, "closed": 0, "asleep": 0}

    @flask.get("/page")
    def page() -> str:
        return "a page"

    @flask.get("/big")
    def big() -> bytes:
        return bytes(8_000_000)

    @flask.get("/counts")
    def say_counts() -> dict[str, int]:
        return counts

    @flask.get("/sleep/<float:seconds>")
    def sleep(seconds: float) -> str:
        counts["asleep"] += 1
        time.sleep(seconds)
        counts["asleep"] -= 1
        return "slept"

    @flask.post("/echo")
    def echo() -> bytes:
        return request.get_data()

    @flask.get("/seen/<path:name>")
    def say_seen(name: str) -> list[str]:
        return [name, request.args["q"], request.args["r"]]

    @flask.route("/headers", methods=["GET", "POST"])
    def say_headers() -> dict[str, str]:
        return dict(request.headers)

    add_downloads(flask, counts)
    add_gaps(flask, counts)
    add_uploads(flask)
    return flask


def add_downloads(flask: Flask, counts: dict[str, int]) -> None:
    @flask.get("/<int:lines>.csv")
    @download
    def send_lines(lines: int) -> Response:
        g.name = "the request's own"
        pause = float(request.args.get("pause", "0"))
        breaks_at = int(request.args.get("breaks_at", "-1"))
        breaking: Exception = RuntimeError("the disk is gone")
        if "database" in request.args:
            breaking = OperationalError("SELECT", {}, Exception("it went away"))

        def make() -> Iterator[bytes]:
            counts["begun"] += 1
            try:
                for number in range(lines):
                    assert g.name  # the context follows from thread to thread
                    if number == breaks_at:
                        raise breaking
                    yield LINE
                    if pause:
                        time.sleep(pause)
            finally:
                counts["closed"] += 1

        return Response(stream_with_context(make()), mimetype="text/csv")

    @flask.get("/unmarked/<int:lines>.csv")
    def send_unmarked(lines: int) -> Response:
        def make() -> Iterator[bytes]:
            counts["begun"] += 1
            yield from [LINE] * lines
            counts["closed"] += 1

        return Response(make(), mimetype="text/csv")


def add_gaps(flask: Flask, counts: dict[str, int]) -> None:
    @flask.get("/gaps.csv")
    @download
    def send_with_gaps() -> Response:
        def make() -> Iterator[bytes]:
            for _ in range(2):
                yield LINE
                time.sleep(GATHER_SECONDS + 0.1)
                yield b""

        return Response(make(), mimetype="text/csv")

    @flask.get("/working/<float:seconds>.csv")
    @download
    def send_after_work(seconds: float) -> Response:
        def make() -> Iterator[bytes]:
            counts["begun"] += 1
            until = time.monotonic() + seconds
            try:
                while time.monotonic() < until:
                    time.sleep(0.02)
                    yield b""
                yield LINE
            finally:
                counts["closed"] += 1

        return Response(make(), mimetype="text/csv")


def who_brings() -> int:
    """Return the number in a header, as the product finds the account of a cookie."""
    account = request.headers.get("X-Account")
    if account is None:
        raise SignedOut
    return int(account)


def add_uploads(flask: Flask) -> None:
    @flask.post("/brought")
    @takes_files(who_brings)
    def say_size() -> str:
        return str(len(request.get_data()))

    @flask.get("/brought")
    def show_form() -> str:
        return "a form"

    @flask.post("/hashed")
    @hashes_passwords
    def hash_slowly() -> str:
        time.sleep(float(request.args.get("seconds", "0")))
        return "hashed"

    @flask.get("/file")
    @without_database
    def give_file() -> str:
        return "a file"

    @flask.post("/unmarked/articles/add")
    def say_size_unmarked() -> str:
        return str(len(request.get_data()))


def run_tiny_app(port: int, log: Path, trusted_proxies: int, ready: Connection) -> None:
    """Serve the tiny app as the product is served, in this process; what it says goes to `log`."""
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT), sys.stderr.fileno())
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(0))
    sockets = bind(LOOPBACK, port)
    listen(sockets, port)
    application = make_asgi(
        tiny_app(),
        body_limit=BODY_LIMIT,
        body_seconds=BODY_SECONDS,
        stall_seconds=STALL_SECONDS,
        wait_seconds=WAIT_SECONDS,
        trusted_proxies=trusted_proxies,
    )
    bounds = Bounds(
        trusted_proxies,
        head_seconds=HEAD_SECONDS,
        most_open=MOST_OPEN,
        most_unfinished=MOST_UNFINISHED,
    )
    serve(application, sockets, announce=ready.close, bounds=bounds)


class Front:
    """The tiny app in a process of its own."""

    def __init__(self, log: Path, trusted_proxies: int = 0) -> None:
        self.port = free_port()
        self.clients: list[socket.socket] = []
        self.log = log
        is_ready, ready = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(
            target=run_tiny_app, args=(self.port, log, trusted_proxies, ready)
        )
        self.process.start()
        ready.close()
        with is_ready, suppress(EOFError):
            is_ready.recv()  # comes back when the other end is closed
        assert self.process.is_alive(), log.read_text(encoding="utf-8")

    def stop(self) -> str:
        """End the process and return what it wrote to stderr."""
        for client in self.clients:
            client.close()
        self.process.kill()
        self.process.join()
        return self.log.read_text(encoding="utf-8")

    def connect(self, request_text: str) -> socket.socket:
        """Send these lines and read nothing."""
        client = socket.create_connection((LOOPBACK, self.port), timeout=20)
        client.sendall(request_text.replace("\n", "\r\n").encode())
        self.clients.append(client)
        return client

    def stall(self, path: str, times: int) -> list[socket.socket]:
        """Ask for something large, several times, and never read it."""
        return [self.connect(f"GET {path} HTTP/1.1\nHost: x\n\n") for _ in range(times)]

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[HTTPResponse, bytes]:
        """Make one request and read the whole answer."""
        with closing(HTTPConnection(LOOPBACK, self.port, timeout=20)) as connection:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response, response.read()

    def refuses(self) -> bool:
        """Say whether a new connection is refused."""
        try:
            socket.create_connection((LOOPBACK, self.port), timeout=20).close()
        except ConnectionRefusedError:
            return True
        return False

    def counts(self) -> tuple[int, int]:
        """Return how many downloads have begun, and how many of them are closed."""
        counts = json.loads(self.ask("/counts")[1])
        return counts["begun"], counts["closed"]

    def asleep(self) -> int:
        """Return how many requests of `/sleep` are under way."""
        counts = json.loads(self.ask("/counts")[1])
        return int(counts["asleep"])

    def answer_to(self, request_text: str) -> bytes:
        """Send these lines on a new connection and return all that comes."""
        return read_all(self.connect(request_text))

    def seconds(self, path: str) -> float:
        """Return how long an answer took."""
        began = time.monotonic()
        response, _ = self.ask(path)
        assert response.status == 200
        return time.monotonic() - began


def read_all(client: socket.socket) -> bytes:
    """Return what comes until the other side closes."""
    return b"".join(iter(lambda: client.recv(65_536), b""))


def read_until(client: socket.socket, end: bytes) -> None:
    """Read until something has come."""
    received = b""
    while end not in received:
        piece = client.recv(65_536)
        assert piece, f"it closed after {received!r}"
        received += piece


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> float:
    """Return after how many seconds it was so."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, "it never came"
        time.sleep(0.02)
    return time.monotonic() - began
