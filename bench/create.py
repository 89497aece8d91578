"""What a tag costs: `python -m bench.create [--against FOLDER] [--postgresql]`.

One person opens articles of several sizes and tags one passage after the other; then 8 and 32
people tag one article at once, on PostgreSQL through one server's process and through two. With
another checkout to compare with, all goes round both turn by turn, as it does round the sizes, so
that what else the machine does meets all.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.rows import Filled, forms
from bench.visitor import Visitor
from tests.harness.postgres import running_postgres
from tests.harness.programs import find_postgres
from tests.harness.server import ROOT, RunningServer

PEOPLE = 32
CLIENTS = (8, 32)
ROUNDS_OF_TAGS = 8
ROUNDS = 4
CREATES_A_ROUND = 12
SECONDS_A_ROUND = 2.0
SHAPES = (
    (1_000, 20, 0),
    (1_000, 20, 1_000),
    (1_000, 20, 10_000),
    (100_500, 1_500, 0),
)
"""Words, blocks and annotations of the articles that are tagged."""

_FILL = """
import json, sys
from bench.rows import Shape, fill
url, people, shapes = json.loads(sys.argv[1])
print(json.dumps([(a.id, a.address, a.text) for a in fill(
    url, people=people, shapes=[Shape(*shape) for shape in shapes])]))
"""
_SERVE = "import os, runpy; os.chdir({!r}); runpy.run_module('app.server', run_name='__main__')"


class Side:
    """A checkout that is measured: its servers on one database of its own, and its people."""

    def __init__(
        self, name: str, checkout: Path, servers: Sequence[RunningServer], url: str
    ) -> None:
        self.name, self.servers = name, servers
        names = [f"Person{number}" for number in range(PEOPLE)]
        filled = subprocess.run(
            [sys.executable, "-c", _FILL, json.dumps([url, names, SHAPES])],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
            capture_output=True,
            text=True,
            check=True,
        )
        self.articles = [Filled(*row) for row in json.loads(filled.stdout)]
        for server in servers:
            server.start()
        self.people = [
            Visitor.signed_in(servers[number % len(servers)].port, name)
            for number, name in enumerate(names)
        ]
        self._forms = [[forms(a, seed) for seed in range(PEOPLE)] for a in self.articles]

    def create_ms(self, place: int) -> list[float]:
        """Open an article of SHAPES and tag it, a round of times; return what each tag took."""
        self.people[0].close()  # the server may have closed it meanwhile
        self.people[0].get(self.articles[place].address)
        times = []
        for _ in range(CREATES_A_ROUND):
            began = time.perf_counter()
            self._create(place, 0)
            times.append((time.perf_counter() - began) * 1_000)
        return times[2:]

    def creates_a_second(self, clients: int) -> float:
        """Let so many people tag the first article at once."""
        until = time.perf_counter() + SECONDS_A_ROUND

        def tag(person: int) -> int:
            count = 0
            self.people[person].close()
            while time.perf_counter() < until:
                self._create(0, person)
                count += 1
            return count

        with ThreadPoolExecutor(clients) as threads:
            return sum(threads.map(tag, range(clients))) / SECONDS_A_ROUND

    def _create(self, place: int, person: int) -> None:
        address = f"{self.articles[place].address}/annotations"
        self.people[person].post(address, next(self._forms[place][person]))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description="What a tag costs.")
    parser.add_argument("--against", metavar="FOLDER", type=Path, help="another checkout")
    parser.add_argument("--postgresql", action="store_true", help="also on a server of its own")
    asked = parser.parse_args()
    checkouts = {"this": ROOT} | ({"other": asked.against.resolve()} if asked.against else {})
    with tempfile.TemporaryDirectory() as name:
        for title, processes in (("SQLite", 1), ("PostgreSQL", 1), ("PostgreSQL", 2)):
            binaries = find_postgres() if title == "PostgreSQL" else None
            if title == "SQLite" or (asked.postgresql and binaries is not None):
                folder = Path(name) / f"{title}{processes}"
                with _sides(folder, checkouts, binaries, processes) as sides:
                    print(f"\n{title}, server processes: {processes}")
                    _measure(sides)


@contextmanager
def _sides(
    folder: Path, checkouts: dict[str, Path], binaries: Path | None, processes: int
) -> Iterator[list[Side]]:
    with ExitStack() as running:
        database = None
        if binaries is not None:
            database = running.enter_context(running_postgres(binaries))
        sides = []
        for name, checkout in checkouts.items():
            home = folder / name
            (home / "no-seeds").mkdir(parents=True)
            url = f"sqlite:///{home / 'gloss.sqlite3'}"
            if database is not None:
                url = database.url(database.create_database())
            settings = {
                "SEED_DIRS": str(home / "no-seeds"),
                "SECRET_KEY": uuid.uuid4().hex * 2,
                "DATABASE_URL": url,
            }
            program = ("-c", _SERVE.format(str(checkout)))
            servers = [
                RunningServer(home / f"data{number}", settings, program=program)
                for number in range(processes)
            ]
            for server in servers:
                running.callback(server.kill)
            sides.append(Side(name, checkout, servers, url))
        yield sides


def _measure(sides: Sequence[Side]) -> None:
    times: dict[tuple[str, int], list[float]] = {
        (side.name, place): [] for side in sides for place in range(len(SHAPES))
    }
    for _ in range(ROUNDS_OF_TAGS):
        for place in range(len(SHAPES)):
            for side in sides:
                times[side.name, place] += side.create_ms(place)
    for place, (words, _blocks, annotations) in enumerate(SHAPES):
        label = f"a tag, ms, in {words:,} words with {annotations:,} annotations"
        _show(label, {side.name: statistics.median(times[side.name, place]) for side in sides})
    for clients in CLIENTS:
        rates: dict[str, list[float]] = {side.name: [] for side in sides}
        for _ in range(ROUNDS):
            for side in sides:
                rates[side.name].append(side.creates_a_second(clients))
        label = f"tags a second by {clients} people on one article"
        _show(label, {name: statistics.median(values) for name, values in rates.items()})


def _show(label: str, values: dict[str, float]) -> None:
    written = "  ".join(f"{name} {value:6.1f}" for name, value in values.items())
    print(f"  {label:58}{written}", flush=True)


if __name__ == "__main__":
    main()
