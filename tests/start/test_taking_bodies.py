"""What is sent to the server on real sockets: slow senders hold nobody else up."""

import socket
import time
from collections.abc import Iterator

from app.asgi import PAGE_THREADS
from app.web.uploads import UPLOADS_AT_ONCE, UPLOADS_OF_ONE
from tests.harness.front import BODY_LIMIT, PROMPT_SECONDS, Front, wait_until


def test_slow_uploads_hold_no_thread_and_are_ended(front: Front) -> None:
    head = f"POST /echo HTTP/1.1\nHost: x\nContent-Length: {BODY_LIMIT}\n\n"
    slow = [front.connect(head + "a few words") for _ in range(PAGE_THREADS + 4)]
    assert max(front.seconds("/page") for _ in range(10)) < PROMPT_SECONDS
    for client in slow:
        answer = b""
        while chunk := client.recv(1000):
            answer += chunk
        assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert b"\r\nconnection: close\r\n" in answer
        assert (
            b"\r\n\r\nThe request did not arrive within 1.5 seconds, and nothing was done."
            in answer
        )


def test_a_body_over_the_limit_is_refused_in_words(shared_front: Front) -> None:
    at_most = b"a" * BODY_LIMIT
    assert shared_front.ask("/echo", "POST", at_most)[1] == at_most
    for body in (at_most + b"b", iter([at_most, b"b"]), at_most * 3):
        response, answer = shared_front.ask("/echo", "POST", body)
        assert response.status == 413
        assert answer.startswith(b"What you sent is larger than 0.1 MB, the most that is taken")


def test_the_mark_and_not_the_path_says_what_may_be_larger(shared_front: Front) -> None:
    body = b"a" * (BODY_LIMIT + 1)
    response, answer = shared_front.ask("/brought", "POST", body, {"X-Account": "1"})
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


def upload(front: Front, account: int | None, path: str = "/brought") -> socket.socket:
    """Begin to send a large file, and never end."""
    who = "" if account is None else f"X-Account: {account}\n"
    return front.connect(f"POST {path} HTTP/1.1\nHost: x\n{who}Content-Length: 50000000\n\nwords")


def refusal_of(front: Front, body: bytes | Iterator[bytes], account: int) -> bytes:
    """Send a file until the server has met the uploads before it; return why it is refused."""
    while True:
        response, answer = front.ask("/brought", "POST", body, {"X-Account": str(account)})
        if response.status == 503:
            return answer
        assert response.status == 200


def test_slow_uploads_of_nobody_take_nothing_from_those_who_may_add(front: Front) -> None:
    slow = [upload(front, None) for _ in range(2 * UPLOADS_AT_ONCE)]
    slow += [upload(front, None, "/brought/nowhere") for _ in range(UPLOADS_AT_ONCE)]
    get = "GET /brought HTTP/1.1\nHost: x\nX-Account: 1\nContent-Length: 50000000\n\nwords"
    slow += [front.connect(get) for _ in range(UPLOADS_AT_ONCE)]
    body = b"a" * (BODY_LIMIT + 1)
    for _ in range(3):
        began = time.monotonic()
        assert front.ask("/brought", "POST", body, {"X-Account": "2"})[1] == b"100001"
        assert time.monotonic() - began < PROMPT_SECONDS
    answer = b"".join(iter(lambda: slow[0].recv(65_536), b""))  # it is closed in the end
    assert answer.startswith(b"HTTP/1.1 401 ")


def test_who_sends_a_large_file_signed_out_is_told_so(shared_front: Front) -> None:
    response, answer = shared_front.ask("/brought", "POST", b"a" * (BODY_LIMIT * 3))
    assert (response.status, answer) == (401, b"You are signed out. Sign in, then do it again.")


def test_slow_uploads_of_one_account_leave_room_for_others(front: Front) -> None:
    for _ in range(UPLOADS_OF_ONE):
        upload(front, 1)
    body = b"a" * (BODY_LIMIT + 1)
    answer = refusal_of(front, body, 1)
    assert answer.startswith(b"2 uploads of yours are on their way. Wait until one of them")
    assert front.ask("/brought", "POST", b"a pasted text", {"X-Account": "1"})[1] == b"13"
    assert front.ask("/brought", "POST", body, {"X-Account": "2"})[1] == b"100001"


def test_who_finds_no_room_for_a_file_in_time_is_told_so(front: Front) -> None:
    for account in range(UPLOADS_AT_ONCE):
        upload(front, account)
    answer = refusal_of(front, iter([b"a file"]), 99)
    assert answer.startswith(b"Many files are on their way to the server. Wait a minute")


def test_a_body_without_a_length_arrives_whole(shared_front: Front) -> None:
    assert (
        shared_front.ask("/echo", "POST", iter([b"one ", b"two ", b"three"]))[1] == b"one two three"
    )
