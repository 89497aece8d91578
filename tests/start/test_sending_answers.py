"""Answers and downloads on real sockets: slow readers hold nobody else up."""

import time
from http.client import IncompleteRead

import pytest

from app.asgi import BUSY, PAGE_THREADS
from app.downloads import DOWNLOAD_THREADS, GATHER_SECONDS
from tests.harness.front import LINE, PROMPT_SECONDS, STALL_SECONDS, Front, wait_until


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


def test_who_leaves_before_the_first_piece_ends_the_work_for_it(front: Front) -> None:
    (client,) = front.stall("/working/60.0.csv", 1)
    wait_until(lambda: front.counts() == (1, 0))
    client.close()
    assert wait_until(lambda: front.counts() == (1, 1)) < GATHER_SECONDS + PROMPT_SECONDS


def test_downloads_that_have_nothing_yet_keep_no_other_one_waiting(front: Front) -> None:
    front.stall("/working/60.0.csv", DOWNLOAD_THREADS + 1)
    wait_until(lambda: front.counts() == (DOWNLOAD_THREADS + 1, 0))
    waiting = 2 * GATHER_SECONDS  # for its turn
    assert front.seconds("/1000.csv") < waiting + PROMPT_SECONDS
    response, body = front.ask("/working/0.6.csv")
    assert (response.status, body) == (200, LINE)


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


def test_a_download_of_a_database_that_is_gone_is_told_or_broken_off(front: Front) -> None:
    response, answer = front.ask("/9999.csv?breaks_at=0&database=1")
    assert (response.status, answer) == (503, BUSY.encode())
    with pytest.raises(IncompleteRead):
        front.ask("/9999.csv?breaks_at=5000&database=1")
    assert front.counts() == (2, 2)


def test_a_piece_of_nothing_does_not_end_a_download(shared_front: Front) -> None:
    assert shared_front.ask("/gaps.csv")[1] == LINE * 2


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
