"""What a crowd that arrives costs everyone else: `python -m bench.arriving [--json FILE]`.

One person opens an article again and again while thirty sign in at once, as at nine o'clock, then
while a file is read that takes a minute, and then while two hundred sign-ins come from nobody.
"""

import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from pathlib import Path

from app.projects.service.projects import FIRST_SLUG
from bench.rows import PASSWORD, Shape, email_of, fill
from bench.timing import Figure, once_ms, show
from bench.visitor import Unexpected, Visitor
from tests.harness.server import RunningServer

READER = "Ines"
ARRIVING = tuple(f"Member{number}" for number in range(30))
NOBODY = 200
SLOW_FILE = "<p>a" * 475_000  # fewer elements than may be, and refused for its blocks
SHAPE = Shape(words=1_000, blocks=20, annotations=100)
LEAST = 100  # pages, with nobody else there
PAUSE_SECONDS = 0.02  # between two pages
AIM_MS = 300.0


def main() -> None:
    """Fill a database, start the server, measure, and show the table."""
    with tempfile.TemporaryDirectory() as name:
        show("A page while a crowd arrives, over loopback", _measure(Path(name)))


def _measure(folder: Path) -> list[Figure]:
    data, seeds = folder / "data", folder / "no-seeds"
    data.mkdir()
    seeds.mkdir()
    url = f"sqlite:///{data / 'gloss.sqlite3'}"
    (article,) = fill(url, people=(READER, *ARRIVING), shapes=[SHAPE])
    with RunningServer(data, {"SEED_DIRS": str(seeds)}) as server:
        reader = Visitor.signed_in(server.port, READER)
        page = partial(reader.get, article.address)
        alone = _pages(page, threading.Event(), LEAST)
        arriving = [_Arriving(server.port, email_of(name), PASSWORD) for name in ARRIVING]
        beside, waited, statuses = _beside(page, arriving)
        slow, took, answered = _beside(page, [_Adding(server.port)])
        strangers = [
            _Arriving(server.port, f"nobody{number}@example.org", "a wrong password")
            for number in range(NOBODY)
        ]
        flooded, _, told = _beside(page, strangers)
    return [
        *_figures("a page, nothing else going on", alone),
        *_figures(f"a page while {len(ARRIVING)} people sign in at once", beside, AIM_MS),
        Figure("  the last of them is in after", max(waited), "ms"),
        Figure("  refused", float(len(ARRIVING) - statuses[HTTPStatus.SEE_OTHER]), "people"),
        *_figures("a page while a slow file is read", slow, AIM_MS),
        Figure("  which is answered after", took[0], "ms"),
        Figure("  with the status", float(next(iter(answered))), ""),
        *_figures(f"a page beside {NOBODY} sign-ins of nobody", flooded, AIM_MS),
        Figure("  of which told to come again", float(told[HTTPStatus.SERVICE_UNAVAILABLE]), ""),
    ]


class _Arriving:
    """Somebody with the page to sign in before them."""

    def __init__(self, port: int, email: str, password: str) -> None:
        self._visitor = Visitor(port)
        self._visitor.find_token("/sign-in")
        self._fields = {"email": email, "password": password, "next": "/help"}

    def act(self) -> tuple[int, float]:
        """Return the status of the answer, and after how many milliseconds it came."""
        began = time.perf_counter()
        status = int(HTTPStatus.SEE_OTHER)
        try:
            self._visitor.post("/sign-in", self._fields, expected=HTTPStatus.SEE_OTHER)
        except Unexpected as error:
            status = error.status
        return status, (time.perf_counter() - began) * 1_000


class _Adding:
    """Somebody who pastes a page that is slow to read."""

    def __init__(self, port: int) -> None:
        self._visitor = Visitor.signed_in(port, READER)

    def act(self) -> tuple[int, float]:
        """Return the status of the answer, and after how many milliseconds it came."""
        fields = {"text": "a", "html": SLOW_FILE}
        began = time.perf_counter()
        status = int(HTTPStatus.SEE_OTHER)
        try:
            address = f"/projects/{FIRST_SLUG}/articles/add"
            self._visitor.post(address, fields, expected=HTTPStatus.SEE_OTHER)
        except Unexpected as error:
            status = error.status
        return status, (time.perf_counter() - began) * 1_000


def _beside(
    page: Callable[[], object], arriving: Sequence[_Arriving | _Adding]
) -> tuple[list[float], list[float], Counter[int]]:
    """Return the times of pages while all act, their own times, and how they were answered."""
    is_over = threading.Event()
    times: list[float] = []
    reading = threading.Thread(target=lambda: times.extend(_pages(page, is_over)))
    reading.start()
    with ThreadPoolExecutor(len(arriving)) as threads:
        answers = [threads.submit(one.act) for one in arriving]
        statuses, waited = zip(*(answer.result() for answer in answers), strict=True)
    is_over.set()
    reading.join()
    return times, list(waited), Counter(statuses)


def _pages(page: Callable[[], object], is_over: threading.Event, least: int = 0) -> list[float]:
    """Return the times of pages in milliseconds: `least`, or until it is over."""
    times: list[float] = []
    while len(times) < least or not (least or is_over.is_set()):
        times.append(once_ms(page))
        time.sleep(PAUSE_SECONDS)
    return times


def _figures(name: str, times: Sequence[float], aim: float | None = None) -> list[Figure]:
    return [
        Figure(f"{name}: median", statistics.median(times), "ms", min(times)),
        Figure("  the slowest", max(times), "ms", aim=aim),
    ]


if __name__ == "__main__":
    main()
