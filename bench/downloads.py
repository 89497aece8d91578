"""What downloads cost everyone else: `python -m bench.downloads [--json FILE]`.

One person tags one passage after the other while another downloads all annotations; then sixteen
people start the same download and take nothing of it, and a seventeenth asks for it.
"""

import re
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench.rows import Filled, Shape, fill, forms
from bench.timing import Figure, once_ms, processor_ms, show
from bench.visitor import Visitor
from tests.harness.server import LOOPBACK, RunningServer

PEOPLE = ("Ines", "Jan")
ARTICLES = 100
SHAPE = Shape(words=1_000, blocks=20, annotations=1_000)
EVERYTHING = "/projects/first/annotations.csv"
STALLED = 16
SETTLED_SECONDS = 60.0  # in which stalled downloads must have come to rest
REPEATS = 3
PAUSE_SECONDS = 0.01  # between two passages: nobody tags faster
LEAST = 300  # creates, without a download
AIM_MS = 50.0
AIM_MIB = 143.0  # 150 MB

_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


def main() -> None:
    """Fill a database, start the server, measure, and show the table."""
    with tempfile.TemporaryDirectory() as name:
        show("Downloads beside other work, over loopback", _measure(Path(name)))


def _measure(folder: Path) -> list[Figure]:
    data, seeds = folder / "data", folder / "no-seeds"
    data.mkdir()
    seeds.mkdir()
    url = f"sqlite:///{data / 'gloss.sqlite3'}"
    filled = fill(url, people=PEOPLE, shapes=[*[SHAPE] * ARTICLES, Shape(1_000, 20, 0)])
    with RunningServer(data, {"SEED_DIRS": str(seeds)}) as server:
        reader, tagger = (Visitor.signed_in(server.port, name) for name in PEOPLE)
        # Signing in takes 64 MiB for a moment, which the system may leave with the process.
        server.restart()
        reader.close()
        tagger.close()
        alone = _creates(tagger, filled[-1], threading.Event(), LEAST)
        before = _resident_mib(server.pid)
        took, beside = _beside_downloads(reader, tagger, filled[-1])
        stalled, first_byte = _beside_stalled(server, reader)
    rows = SHAPE.annotations * ARTICLES
    return [
        *_figures("a create, nothing else going on", alone),
        *_figures(f"a create while {rows:,} annotations are downloaded", beside, AIM_MS),
        Figure("that download, s", took, "s"),
        Figure(f"the first byte of one beside {STALLED} stalled ones", first_byte, "ms"),
        Figure("the server's memory, pages opened", before, "MiB"),
        Figure(f"  and {STALLED + 1} downloads open", stalled, "MiB", aim=AIM_MIB),
    ]


def _figures(name: str, times: Sequence[float], aim: float | None = None) -> list[Figure]:
    times = sorted(times)
    return [
        Figure(f"{name}: median", statistics.median(times), "ms", times[0]),
        Figure("  95 of 100 take at most", times[int(0.95 * len(times))], "ms", aim=aim),
        Figure("  the slowest", times[-1], "ms"),
    ]


def _creates(
    tagger: Visitor, article: Filled, is_over: threading.Event, least: int = 0
) -> list[float]:
    """Return the times of creates in milliseconds: `least`, and on until it is over."""
    times: list[float] = []
    for form in forms(article, seed=time.monotonic_ns()):
        if len(times) >= least and (least or is_over.is_set()):
            return times
        times.append(once_ms(partial(tagger.post, f"{article.address}/annotations", form)))
        time.sleep(PAUSE_SECONDS)
    return times


def _beside_downloads(
    reader: Visitor, tagger: Visitor, article: Filled
) -> tuple[float, list[float]]:
    """Return the median seconds of a download, and the times of another's creates meanwhile."""
    is_over = threading.Event()
    times: list[float] = []
    tagging = threading.Thread(target=lambda: times.extend(_creates(tagger, article, is_over)))
    tagging.start()
    seconds = [once_ms(lambda: reader.download(EVERYTHING)) / 1_000 for _ in range(REPEATS)]
    is_over.set()
    tagging.join()
    return statistics.median(seconds), times


def _beside_stalled(server: RunningServer, reader: Visitor) -> tuple[float, float]:
    """Return the server's memory with all downloads open, and after how long the last began."""
    asking = f"GET {EVERYTHING} HTTP/1.1\r\nHost: {LOOPBACK}\r\nCookie: {reader.cookie}\r\n\r\n"
    with ExitStack() as opened:
        for _ in range(STALLED):
            client = opened.enter_context(socket.create_connection((LOOPBACK, server.port)))
            client.sendall(asking.encode())
        _wait_for_rest(server.pid)
        _, first_byte = reader.download(EVERYTHING)
        return _resident_mib(server.pid), 1_000 * first_byte


def _wait_for_rest(pid: int) -> None:
    """Wait until a process has computed nothing for half a second."""
    until, used = time.monotonic() + SETTLED_SECONDS, -1.0
    while time.monotonic() < until:
        before, used = used, processor_ms(pid)
        if used == before:
            return
        time.sleep(0.5)


def _resident_mib(pid: int) -> float:
    """Return the memory that a process has now, as Linux counts it."""
    found = _RESIDENT.search(Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) / 1_024 if found else 0.0


if __name__ == "__main__":
    main()
