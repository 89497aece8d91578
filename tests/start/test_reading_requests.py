"""Requests on real sockets are read as they were sent, and answered in order."""

import json
from contextlib import suppress

from tests.harness.front import PROMPT_SECONDS, Front, wait_until


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
