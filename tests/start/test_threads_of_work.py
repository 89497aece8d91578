"""Each kind of work has threads of its own, and a stop lets the short ones finish."""

import time
from concurrent.futures import ThreadPoolExecutor

from app.asgi import HASHING_OF_ONE, PAGE_THREADS
from tests.harness.front import PROMPT_SECONDS, Front, wait_until


def test_pages_and_files_do_not_wait_for_passwords(front: Front) -> None:
    with ThreadPoolExecutor(30) as threads:
        arriving = [
            threads.submit(front.ask, "/hashed?seconds=0.1", "POST", b"x") for _ in range(30)
        ]
        time.sleep(0.1)
        assert max(front.seconds("/page") for _ in range(10)) < PROMPT_SECONDS
        assert front.seconds("/file") < PROMPT_SECONDS
        assert {answer.result()[0].status for answer in arriving} == {200}


def test_who_would_wait_too_long_for_a_password_is_told_so_at_once(front: Front) -> None:
    head = "POST /hashed?seconds=30 HTTP/1.1\nHost: x\nContent-Length: 1\n\nx"
    for _ in range(HASHING_OF_ONE):
        front.connect(head)
    assert front.ask("/page")[1] == b"a page"  # they are read in the order in which they came
    began = time.monotonic()
    response, answer = front.ask("/hashed", "POST", b"x")
    assert (response.status, answer[:43]) == (503, b"Many people are signing in at this moment. ")
    assert time.monotonic() - began < PROMPT_SECONDS


def test_files_do_not_wait_for_pages(front: Front) -> None:
    front.stall("/sleep/30.0", PAGE_THREADS + 4)
    time.sleep(0.3)
    assert max(front.seconds("/file") for _ in range(5)) < PROMPT_SECONDS


def test_a_stop_lets_short_requests_finish_and_cuts_the_rest(front: Front) -> None:
    front.stall("/99999999.csv", 12)
    wait_until(lambda: front.counts()[0] == 12)
    with ThreadPoolExecutor() as threads:
        short = threads.submit(front.ask, "/sleep/1.0")
        long = threads.submit(front.ask, "/sleep/60.0")
        wait_until(lambda: front.asleep() == 2)
        began = time.monotonic()
        front.process.terminate()
        wait_until(front.refuses)
        assert not short.done()
        assert short.result()[1] == b"slept"
        cut, answer = long.result()
        assert (cut.status, answer[:17]) == (503, b"Gloss is stopping")
        front.process.join(10)
        assert front.process.exitcode == 0
        assert time.monotonic() - began < 3
