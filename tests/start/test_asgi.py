"""The front of the server on real sockets: slow readers and slow senders hold nobody else up."""

import json
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from flask import Flask, Response, g, request, stream_with_context

from app.asgi import PAGE_THREADS, make_asgi
from app.server import bind, listen, serve
from app.web.view_marks import download, takes_files
from tests.harness.server import LOOPBACK, free_port

BODY_LIMIT = 100_000
BODY_SECONDS = 1.5
STALL_SECONDS = 1.0
PROMPT_SECONDS = 0.8  # for a page, on a machine with other work
# Each server is a copy of one process that has imported everything: to import costs a second.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
LINE = b"one line of a file that has very many of them\r\n"


def tiny_app() -> Flask:
    """Return pages of every temper, and counts of the downloads begun and closed."""
    flask = Flask(__name__)
    counts = {"begun": 0, "closed": 0}

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
        time.sleep(seconds)
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
    add_uploads(flask)
    return flask


def add_downloads(flask: Flask, counts: dict[str, int]) -> None:
    @flask.get("/<int:lines>.csv")
    @download
    def send_lines(lines: int) -> Response:
        g.name = "the request's own"
        pause = float(request.args.get("pause", "0"))
        breaks_at = int(request.args.get("breaks_at", "-1"))

        def make() -> Iterator[bytes]:
            counts["begun"] += 1
            try:
                for number in range(lines):
                    assert g.name  # the context follows from thread to thread
                    if number == breaks_at:
                        message = "the disk is gone"
                        raise RuntimeError(message)
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


def add_uploads(flask: Flask) -> None:
    @flask.post("/brought")
    @takes_files
    def say_size() -> str:
        return str(len(request.get_data()))

    @flask.post("/unmarked/articles/add")
    def say_size_unmarked() -> str:
        return str(len(request.get_data()))


def run_tiny_app(port: int, log: Path, ready: Connection) -> None:
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
    )
    serve(application, sockets, announce=ready.close)


class Front:
    """The tiny app in a process of its own."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.clients: list[socket.socket] = []
        self.log = log
        is_ready, ready = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(target=run_tiny_app, args=(self.port, log, ready))
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

    def counts(self) -> tuple[int, int]:
        """Return how many downloads have begun, and how many of them are closed."""
        counts = json.loads(self.ask("/counts")[1])
        return counts["begun"], counts["closed"]

    def seconds(self, path: str) -> float:
        """Return how long an answer took."""
        began = time.monotonic()
        response, _ = self.ask(path)
        assert response.status == 200
        return time.monotonic() - began


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    front = Front(tmp_path / "log")
    yield front
    front.stop()


@pytest.fixture(scope="module")
def shared_front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Give a front for tests that leave nothing running in it."""
    front = Front(tmp_path_factory.mktemp("front") / "log")
    yield front
    front.stop()


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> float:
    """Return after how many seconds it was so."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, "it never came"
        time.sleep(0.02)
    return time.monotonic() - began


def test_pages_answer_promptly_beside_stalled_downloads(front: Front) -> None:
    front.stall("/99999999.csv", 12)
    wait_until(lambda: front.counts()[0] == 12)
    assert max(front.seconds("/page") for _ in range(20)) < PROMPT_SECONDS
    assert front.seconds("/1000.csv") < PROMPT_SECONDS


def test_stalled_downloads_keep_no_other_one_waiting(front: Front) -> None:
    front.stall("/99999999.csv", 20)
    wait_until(lambda: front.counts() == (20, 0))
    assert front.ask("/1000.csv")[1] == LINE * 1000


def test_a_stalled_download_is_ended_and_its_connection_dropped(front: Front) -> None:
    (client,) = front.stall("/99999999.csv", 1)
    wait_until(lambda: front.counts() == (1, 0))
    took = wait_until(lambda: front.counts() == (1, 1), STALL_SECONDS + 5)
    assert took > STALL_SECONDS / 2
    received = 0
    while chunk := client.recv(1 << 20):
        received += len(chunk)
    assert received < 20_000_000


def test_a_slow_reader_is_not_taken_for_a_stalled_one(front: Front) -> None:
    (client,) = front.stall("/99999999.csv", 1)
    until = time.monotonic() + 3 * STALL_SECONDS
    while time.monotonic() < until:
        client.recv(50_000)
        time.sleep(0.05)
    assert front.counts() == (1, 0)


def test_a_download_ends_as_soon_as_its_reader_has_left(front: Front) -> None:
    (client,) = front.stall("/99999999.csv?pause=0.01", 1)
    assert client.recv(10_000)
    client.close()
    assert wait_until(lambda: front.counts() == (1, 1)) < PROMPT_SECONDS


def test_a_download_is_whole(shared_front: Front) -> None:
    response, body = shared_front.ask("/50000.csv")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert body == LINE * 50_000
    assert shared_front.ask("/0.csv")[1] == b""
    response, body = shared_front.ask("/missing.csv")
    assert response.status == 404


def test_a_slow_download_sends_what_it_has(front: Front) -> None:
    (client,) = front.stall("/100.csv?pause=0.05", 1)
    began = time.monotonic()
    received = b""
    while LINE not in received:
        received += client.recv(1000)
    assert time.monotonic() - began < 2
    assert front.counts() == (1, 0)


def test_a_download_that_fails_never_passes_for_a_whole_one(front: Front) -> None:
    with pytest.raises(IncompleteRead):
        front.ask("/9999.csv?breaks_at=5000")
    assert front.ask("/9999.csv?breaks_at=1")[0].status == 500
    assert front.counts() == (2, 2)
    assert front.stop().count("RuntimeError: the disk is gone") == 2


def test_a_head_has_the_length_and_no_body(front: Front) -> None:
    response, body = front.ask("/page", "HEAD")
    assert (response.headers["Content-Length"], body) == ("6", b"")
    response, body = front.ask("/99999999.csv", "HEAD")
    assert (response.status, body) == (200, b"")
    assert front.counts()[0] == 0


def test_stalled_readers_of_large_pages_hold_no_thread(front: Front) -> None:
    front.stall("/big", PAGE_THREADS + 4)
    time.sleep(0.3)
    assert max(front.seconds("/page") for _ in range(10)) < PROMPT_SECONDS


def test_a_large_page_is_whole(shared_front: Front) -> None:
    response, body = shared_front.ask("/big")
    assert (response.headers["Content-Length"], body) == ("8000000", bytes(8_000_000))


def test_slow_uploads_hold_no_thread_and_are_ended(front: Front) -> None:
    head = f"POST /echo HTTP/1.1\nHost: x\nContent-Length: {BODY_LIMIT}\n\n"
    slow = [front.connect(head + "a few words") for _ in range(PAGE_THREADS + 4)]
    assert max(front.seconds("/page") for _ in range(10)) < PROMPT_SECONDS
    for client in slow:
        answer = b""
        while chunk := client.recv(1000):
            answer += chunk
        assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert answer.endswith(b"\r\n\r\nThe request did not arrive within 1.5 seconds.\n")


def test_a_body_over_the_limit_is_refused_in_words(shared_front: Front) -> None:
    at_most = b"a" * BODY_LIMIT
    assert shared_front.ask("/echo", "POST", at_most)[1] == at_most
    for body in (at_most + b"b", iter([at_most, b"b"]), at_most * 3):
        response, answer = shared_front.ask("/echo", "POST", body)
        assert response.status == 413
        assert answer == b"The request is larger than 100,000 bytes, the most that is taken.\n"


def test_the_mark_and_not_the_path_says_what_may_be_larger(shared_front: Front) -> None:
    body = b"a" * (BODY_LIMIT + 1)
    response, answer = shared_front.ask("/brought", "POST", body)
    assert (response.status, answer) == (200, b"100001")
    assert shared_front.ask("/unmarked/articles/add", "POST", body)[0].status == 413
    assert shared_front.ask("/nowhere/articles/add", "POST", body)[0].status == 413
    assert shared_front.ask("/brought", "PUT", body)[0].status == 413
    assert shared_front.ask("/brought", "PUT")[0].status == 405


def test_the_mark_and_not_the_path_says_what_is_sent_in_pieces(front: Front) -> None:
    front.stall("/unmarked/100000.csv", 1)
    wait_until(lambda: front.counts() == (1, 1))
    front.stall("/100000.csv", 1)
    wait_until(lambda: front.counts()[0] == 2)
    time.sleep(0.2)
    assert front.counts() == (2, 1)


def test_a_body_without_a_length_arrives_whole(shared_front: Front) -> None:
    assert (
        shared_front.ask("/echo", "POST", iter([b"one ", b"two ", b"three"]))[1] == b"one two three"
    )


def test_a_header_with_an_underscore_cannot_pass_for_the_proxys(shared_front: Front) -> None:
    headers = {"X_Forwarded_For": "192.0.2.1", "X-Real": "yes"}
    _, body = shared_front.ask("/headers", headers=headers)
    assert b"192.0.2.1" not in body
    assert b'"X-Real":"yes"' in body.replace(b" ", b"").replace(b"\n", b"")


def test_what_follows_a_body_cannot_pass_for_a_header(shared_front: Front) -> None:
    head = "POST /headers HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\nConnection: close\n\n"
    client = shared_front.connect(f"{head}0\nX-Forwarded-For: 192.0.2.1\n\n")
    answer = b"".join(iter(lambda: client.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"192.0.2.1" not in answer


def test_an_address_arrives_as_it_was_sent(shared_front: Front) -> None:
    response, body = shared_front.ask("/seen/caf%C3%A9%2F%20?q=%C3%A9&r=a+b", headers={"X": "1"})
    assert (response.status, json.loads(body)) == (200, ["caf\u00e9/ ", "\u00e9", "a b"])


def test_headers_without_an_end_are_refused(shared_front: Front) -> None:
    client = shared_front.connect("GET /page HTTP/1.1\nHost: x\nX-Long: ")
    sent = 0
    with suppress(BrokenPipeError, ConnectionResetError):  # it closes while we still send
        while sent < 10_000_000:
            sent += client.send(b"a" * 10_000)
    assert sent < 10_000_000


def test_requests_that_do_not_wait_for_answers_are_answered_in_order(shared_front: Front) -> None:
    first = "GET /sleep/0.2 HTTP/1.1\nHost: x\n\n"
    client = shared_front.connect(f"{first}GET /page HTTP/1.1\nHost: x\nConnection: close\n\n")
    answers = b""
    while chunk := client.recv(1000):
        answers += chunk
    assert answers.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert answers.index(b"slept") < answers.index(b"a page")


def test_a_reader_who_leaves_ends_the_first_of_two_requests(front: Front) -> None:
    download = "GET /99999999.csv?pause=0.01 HTTP/1.1\nHost: x\n\n"
    client = front.connect(f"{download}GET /page HTTP/1.1\nHost: x\n\n")
    assert client.recv(10_000)
    client.close()
    assert wait_until(lambda: front.counts() == (1, 1)) < PROMPT_SECONDS


def test_a_body_beside_an_upgrade_is_no_second_request(shared_front: Front) -> None:
    hidden = "GET /sleep/0.0 HTTP/1.1\nHost: x\n\n"
    length = len(hidden.replace("\n", "\r\n"))
    client = shared_front.connect(
        "POST /echo HTTP/1.1\nHost: x\nConnection: Upgrade, close\nUpgrade: h2c\n"
        f"Content-Length: {length}\n\n{hidden}"
    )
    answers = b""
    while chunk := client.recv(1000):
        answers += chunk
    assert answers.count(b"HTTP/1.1 200 OK\r\n") == 1
    assert b"slept" not in answers


def test_a_stop_lets_short_requests_finish_and_cuts_the_rest(front: Front) -> None:
    front.stall("/99999999.csv", 12)
    wait_until(lambda: front.counts()[0] == 12)
    with ThreadPoolExecutor() as threads:
        short = threads.submit(front.ask, "/sleep/1.0")
        long = threads.submit(front.ask, "/sleep/60.0")
        time.sleep(0.3)
        began = time.monotonic()
        front.process.terminate()
        time.sleep(0.4)
        with pytest.raises(ConnectionRefusedError):
            front.ask("/page")
        assert short.result()[1] == b"slept"
        cut, answer = long.result()
        assert (cut.status, answer[:17]) == (503, b"Gloss is stopping")
        front.process.join(10)
        assert front.process.exitcode == 0
        assert time.monotonic() - began < 3
