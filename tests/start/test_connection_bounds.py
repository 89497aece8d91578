"""Headers that do not arrive, and too many connections of one address, are cut."""

import socket
import threading
import time
from contextlib import suppress

import pytest

from tests.harness.front import (
    HEAD_SECONDS,
    MOST_OPEN,
    MOST_UNFINISHED,
    Front,
    read_all,
    read_until,
    wait_until,
)

PAGE = "GET /page HTTP/1.1\nHost: x\nConnection: close\n\n"
REFUSED = b"HTTP/1.1 429 Too Many Requests\r\n"


def dribble(client: socket.socket, piece: bytes) -> None:
    """Send a piece five times in the time that headers have, until the other side closes."""
    with suppress(BrokenPipeError, ConnectionResetError):
        for _ in range(25):
            client.sendall(piece)
            time.sleep(HEAD_SECONDS / 5)


@pytest.mark.parametrize(
    ("begun", "piece"),
    [
        ("GET /page HTTP/1.1\nHost: x\n", b""),
        ("GET /page HTTP/1.1\nHost: x\nX-Long: ", b"a"),
        ("GET /pa", b"g"),
        ("\n", b"\r\n"),
        ("GET /page HTTP/1.1\nHost: x\n\nGET /page HTTP/1.1\nHo", b""),
    ],
)
def test_headers_that_do_not_arrive_in_time_are_cut(
    shared_front: Front, begun: str, piece: bytes
) -> None:
    began = time.monotonic()
    client = shared_front.connect(begun)
    dribbling = threading.Thread(target=dribble, args=(client, piece))
    dribbling.start()
    answer = b""
    with suppress(ConnectionResetError):  # it closes while we still send
        answer = read_all(client)
    assert HEAD_SECONDS / 2 < time.monotonic() - began < HEAD_SECONDS + 2
    dribbling.join()
    if not piece:
        assert b"HTTP/1.1 408 Request Timeout\r\n" in answer
        assert answer.endswith(b"The request's headers did not arrive within 1 seconds.\n")


def test_a_connection_that_says_nothing_is_closed_without_a_word(shared_front: Front) -> None:
    began = time.monotonic()
    assert read_all(shared_front.connect("")) == b""
    assert time.monotonic() - began < HEAD_SECONDS + 2


def test_a_long_answer_and_a_pause_between_requests_are_not_cut(shared_front: Front) -> None:
    client = shared_front.connect("GET /page HTTP/1.1\nHost: x\n\n")
    read_until(client, b"a page")
    time.sleep(HEAD_SECONDS + 0.5)
    client.sendall(f"GET /sleep/{HEAD_SECONDS + 0.5} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    read_until(client, b"slept")
    client.sendall(b"GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert read_all(client).endswith(b"a page")


def test_unfinished_requests_of_one_address_are_bounded(front: Front) -> None:
    unfinished = [front.connect("GET /page HTTP/1.1\nHo") for _ in range(MOST_UNFINISHED)]
    wait_until(lambda: front.answer_to(PAGE).startswith(REFUSED))
    assert front.answer_to(PAGE).endswith(b"Wait until some have arrived.\n")
    unfinished[0].close()
    wait_until(lambda: front.answer_to(PAGE).endswith(b"a page"))


def test_behind_a_proxy_unfinished_requests_count_by_the_address_that_it_forwards(
    proxied_front: Front,
) -> None:
    def send(address: str) -> socket.socket:
        head = f"POST /echo HTTP/1.1\nHost: x\nX-Forwarded-For: 203.0.113.9, {address}\n"
        return proxied_front.connect(f"{head}Content-Length: 10\nConnection: close\n\nwords")

    for _ in range(MOST_UNFINISHED):
        send("192.0.2.1")
        proxied_front.connect("GET /page HTTP/1.1\nHo")  # the proxy's own
    page = PAGE.replace("Host: x", "Host: x\nX-Forwarded-For: 192.0.2.1")
    wait_until(lambda: proxied_front.answer_to(page).startswith(REFUSED))
    assert read_all(send("192.0.2.1")).startswith(REFUSED)
    other = send("192.0.2.2")
    other.sendall(b"words")
    assert read_all(other).endswith(b"wordswords")
    assert proxied_front.ask("/page")[1] == b"a page"


def test_connections_of_one_address_are_bounded(front: Front) -> None:
    opened = [front.connect("GET /sleep/5.0 HTTP/1.1\nHost: x\n\n") for _ in range(MOST_OPEN)]
    wait_until(lambda: front.answer_to("").startswith(REFUSED))
    assert front.answer_to("").endswith(b"Close some, then try again.\n")
    for client in opened[:3]:
        client.close()
    file = PAGE.replace("/page", "/file")
    wait_until(lambda: front.answer_to(file).endswith(b"a file"))


def test_a_proxy_has_as_many_connections_as_it_wants(proxied_front: Front) -> None:
    for _ in range(MOST_OPEN + 5):
        proxied_front.connect("GET /sleep/5.0 HTTP/1.1\nHost: x\n\n")
    assert proxied_front.ask("/file")[1] == b"a file"
