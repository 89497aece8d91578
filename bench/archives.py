"""How fast a whole project leaves and comes back, and in how much memory.

    python -m bench.archives [--database URL] [--annotations N] [--json FILE]

100,000 annotations in articles of 1,000 each where nothing else is asked for; `--database` is an
empty PostgreSQL database in place of SQLite. A million takes a quarter of an hour.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.export import peak_mib
from bench.rows import Shape, fill
from bench.timing import Figure, show
from bench.visitor import Visitor
from tests.harness.server import ROOT, RunningServer, clean_environ

PEOPLE = ("Ines", "Jan", "Kofi")
SHAPE = Shape(words=1_000, blocks=20, annotations=1_000)
CSV = "/projects/first/annotations.csv"
ARCHIVE = "/projects/first/archive.zip"
AIM_TIMES = 5  # the CSV's time
KIB_A_MIB = 1_024


def main() -> None:
    """Fill a database, take it away and bring it back, and show the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", metavar="URL")
    parser.add_argument("--annotations", type=int, default=100_000)
    asked, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    with tempfile.TemporaryDirectory() as name:
        title = f"A project of {asked.annotations:,} annotations as an archive"
        show(title, _measure(Path(name), asked.database, asked.annotations))


def _measure(folder: Path, url: str | None, annotations: int) -> list[Figure]:
    data, seeds, file = folder / "data", folder / "no-seeds", folder / "first.zip"
    data.mkdir()
    seeds.mkdir()
    url = url or f"sqlite:///{data / 'gloss.sqlite3'}"
    settings = {"DATABASE_URL": url, "SEED_DIRS": str(seeds)}
    filled = fill(url, people=PEOPLE, shapes=[SHAPE] * (annotations // SHAPE.annotations))
    with RunningServer(data, settings) as server:
        visitor = Visitor.signed_in(server.port, PEOPLE[0])
        # Signing in takes 64 MiB for a moment: a server of its own shows what the download takes.
        server.restart()
        visitor.close()
        visitor.get(filled[0].address)
        before = peak_mib(server.pid)
        csv, _first_byte, size = _download(visitor, CSV)
        after_csv = peak_mib(server.pid)
        archive, first_byte, packed = _download(visitor, ARCHIVE)
        after_archive = peak_mib(server.pid)
    exporting, _memory = _run(settings, data, "export", "--output", str(file))
    importing, memory = _run(settings, data, "import", str(file))
    return [
        Figure(f"the CSV ({size >> 20} MiB)", csv, "s"),
        Figure(f"the archive ({packed >> 20} MiB)", archive, "s", aim=AIM_TIMES * csv),
        Figure("  its first byte", 1_000 * first_byte, "ms"),
        Figure("  by the command", exporting, "s"),
        Figure("the server's memory, pages opened", before, "MiB"),
        Figure("  and the CSV downloaded", after_csv, "MiB"),
        Figure("  and the archive downloaded", after_archive, "MiB"),
        Figure("importing it by the command", importing, "s"),
        Figure("  memory of that", memory, "MiB"),
    ]


def _download(visitor: Visitor, path: str) -> tuple[float, float, int]:
    """Return the seconds to the last byte and to the first, and how many bytes there were."""
    began = time.perf_counter()
    size, first_byte = visitor.download(path)
    return time.perf_counter() - began, first_byte, size


def _run(settings: dict[str, str], data: Path, *command: str) -> tuple[float, float]:
    """Run a command of projects; return its seconds, and the most memory that it had in MiB."""
    environ = {**clean_environ(), **settings, "DATA_DIR": str(data)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "projects", *command],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"projects {command[0]} failed"
        raise RuntimeError(message)
    return time.perf_counter() - began, usage.ru_maxrss / KIB_A_MIB


if __name__ == "__main__":
    main()
