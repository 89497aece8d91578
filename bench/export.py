"""How fast annotations leave, and in how much memory.

    python -m bench.export [--annotations N] [--json FILE]

100,000 annotations in articles of 1,000 each where nothing else is asked for.
"""

import argparse
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from app.exports.queries.formats import FORMATS, ExportFormat
from bench.limits import csv_seconds
from bench.rows import Shape, fill
from bench.timing import Figure, Limit, Times, processor_ms, show
from bench.visitor import Visitor
from tests.harness.server import RunningServer

PEOPLE = ("Ines", "Jan", "Kofi")
SHAPE = Shape(words=1_000, blocks=20, annotations=1_000)
EVERYTHING = "/projects/first/annotations"
REPEATS = 3
AIM_TIMES = 3  # the limit

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Download:
    """A file that was read to its end: bytes, and seconds to the first and to the last of them."""

    size: int
    first_byte: float
    seconds: float


def main() -> None:
    """Fill a database, start the server, download, and show the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--annotations", type=int, default=100_000)
    asked, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    with tempfile.TemporaryDirectory() as name:
        show("Annotations as files, over loopback", _measure(Path(name), asked.annotations))


def _measure(folder: Path, rows: int) -> list[Figure]:
    data, seeds = folder / "data", folder / "no-seeds"
    data.mkdir()
    seeds.mkdir()
    file = data / "gloss.sqlite3"
    filled = fill(f"sqlite:///{file}", people=PEOPLE, shapes=[SHAPE] * (rows // SHAPE.annotations))
    with RunningServer(data, {"SEED_DIRS": str(seeds)}) as server:
        visitor = Visitor.signed_in(server.port, PEOPLE[0])
        # Signing in takes 64 MiB for a moment: a server of its own shows what the download takes.
        server.restart()
        visitor.close()
        visitor.get(filled[0].address)
        before = peak_mib(server.pid)
        visitor.download(f"{filled[0].address}/annotations.csv")
        one = peak_mib(server.pid)
        runs = [(_download(visitor, "csv"), csv_seconds(file)) for _ in range(REPEATS)]
        everything = peak_mib(server.pid)
        formats = [
            figure for each in FORMATS.values() for figure in _of_format(server, visitor, each)
        ]
    downloads = [download for download, _limit in runs]
    limit_name = runs[0][1][1]
    limit = median(seconds for _run, (seconds, _name) in runs)
    return [
        Figure.of(
            f"the CSV of {rows:,} annotations ({downloads[0].size >> 20} MiB)",
            Times.of([download.seconds for download in downloads]),
            "s",
            aim=AIM_TIMES * limit,
            limits=(Limit(limit_name, limit),),
        ),
        Figure.of("  its first byte", Times.of([1_000 * each.first_byte for each in downloads])),
        Figure("the server's memory, pages opened", before, "MiB"),
        Figure(f"  and the CSV of {SHAPE.annotations:,} downloaded", one, "MiB"),
        Figure(f"  and the CSV of {rows:,} downloaded, {REPEATS} times", everything, "MiB"),
        *formats,
    ]


def _of_format(server: RunningServer, visitor: Visitor, each: ExportFormat) -> list[Figure]:
    """Measure one download of a format, by a server that has made no other."""
    server.restart()
    visitor.close()
    visitor.get("/projects/first/articles")
    before = processor_ms(server.pid)
    file = _download(visitor, each.extension)
    processor = (processor_ms(server.pid) - before) / 1_000
    return [
        Figure(f"all as {each.name} ({file.size >> 20} MiB)", file.seconds, "s"),
        Figure("  the server's processor time", processor, "s"),
        Figure("  the server's memory after it", peak_mib(server.pid), "MiB"),
    ]


def _download(visitor: Visitor, extension: str) -> Download:
    began = time.perf_counter()
    size, first_byte = visitor.download(f"{EVERYTHING}.{extension}")
    return Download(size, first_byte, time.perf_counter() - began)


def peak_mib(pid: int) -> float:
    """Return the most memory that a process has ever had, as Linux counts it."""
    found = _PEAK.search(Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) / 1_024 if found else 0.0


if __name__ == "__main__":
    main()
