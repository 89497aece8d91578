"""How fast an article opens and a passage is tagged: `python -m bench.reading [--json FILE]`."""

import itertools
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bench.limits import bare_server, commit_ms, select_ms
from bench.rows import Filled, Shape, fill, forms
from bench.timing import Figure, Limit, Times, milliseconds, once_ms, show
from bench.visitor import Visitor
from tests.harness.server import RunningServer

PEOPLE = ("Ines", "Jan", "Kofi", "Lena", "Mira", "Nils", "Olga", "Paul")
SHAPES = (
    Shape(words=1_000, blocks=20, annotations=0),
    Shape(words=1_000, blocks=20, annotations=100),
    Shape(words=1_000, blocks=20, annotations=1_000),
    Shape(words=1_000, blocks=20, annotations=10_000),
    Shape(words=100_500, blocks=1_500, annotations=1_000),
)
AIMS_MS = (None, None, 15.0, 75.0, 80.0)
EMPTY, TAGGED, LONG = 0, 1, 4  # places in SHAPES: what is opened first, tagged, met cold
REPEATS = 40
STARTS = 5  # of the server, to meet an article cold
CREATES = 100
CREATING_SECONDS = 5.0
COMMITS = 200


def main() -> None:
    """Fill a database, start the server, measure, and show the table."""
    with tempfile.TemporaryDirectory() as name:
        show("Opening and tagging an article, over loopback, signed in", _measure(Path(name)))


def _measure(folder: Path) -> list[Figure]:
    data, seeds = folder / "data", folder / "no-seeds"
    data.mkdir()
    seeds.mkdir()
    file = data / "gloss.sqlite3"
    filled = fill(f"sqlite:///{file}", people=PEOPLE, shapes=SHAPES)
    with RunningServer(data, {"SEED_DIRS": str(seeds)}) as server:
        visitor = Visitor.signed_in(server.port, PEOPLE[0])
        warm = [milliseconds(partial(visitor.get, a.address), REPEATS) for a in filled]
        pages = {article.address: visitor.get(article.address) for article in filled}
        selects = [select_ms(file, article.id, REPEATS) for article in filled]
        first, cold = _cold_ms(server, visitor, filled)
        creates = [_create_ms(visitor, filled[place]) for place in (TAGGED, LONG)]
        visitors = [Visitor.signed_in(server.port, name) for name in PEOPLE]
        rate = _creates_a_second(visitors, filled[TAGGED])
    with bare_server(pages, folder / "pages") as port:
        bare = Visitor(port)
        sent = [milliseconds(partial(bare.get, a.address), REPEATS).median for a in filled]
    commit = Limit("a durable commit", commit_ms(folder, COMMITS))
    limits = [
        (Limit("the same bytes sent", send), Limit("the same rows read", select))
        if shape.annotations
        else (Limit("the same bytes sent", send),)
        for shape, send, select in zip(SHAPES, sent, selects, strict=True)
    ]
    openings = zip(SHAPES, pages.values(), warm, AIMS_MS, limits, strict=True)
    return [
        *itertools.starmap(_opening, openings),
        Figure.of(
            "  the same, its first time after a start",
            cold,
            aim=AIMS_MS[LONG],
            limits=limits[LONG],
        ),
        Figure.of("the first page after a start, 0 annotations", first, limits=limits[EMPTY]),
        Figure.of("tag a passage, 1,000 words", creates[0], limits=(commit,)),
        Figure.of("tag a passage, 100,500 words", creates[1], limits=(commit,)),
        Figure(f"tags by {len(PEOPLE)} people at once", rate, "a second"),
    ]


def _opening(
    shape: Shape, page: bytes, warm: Times, aim: float | None, limits: tuple[Limit, ...]
) -> Figure:
    name = f"open {shape.words:,} words, {shape.annotations:,} annotations ({len(page) >> 10} KiB)"
    return Figure.of(name, warm, aim=aim, limits=limits)


def _cold_ms(
    server: RunningServer, visitor: Visitor, filled: Sequence[Filled]
) -> tuple[Times, Times]:
    """Return the times, over several starts, of the first page of all and of the long one."""
    firsts, colds = [], []
    for _ in range(STARTS):
        server.restart()
        visitor.close()  # it connects again by itself
        firsts.append(once_ms(partial(visitor.get, filled[EMPTY].address)))
        colds.append(once_ms(partial(visitor.get, filled[LONG].address)))
    return Times.of(firsts), Times.of(colds)


def _create_ms(visitor: Visitor, article: Filled) -> Times:
    tags = forms(article, seed=1)
    return milliseconds(lambda: visitor.post(f"{article.address}/annotations", next(tags)), CREATES)


def _creates_a_second(visitors: Sequence[Visitor], article: Filled) -> float:
    until = time.perf_counter() + CREATING_SECONDS

    def tag(seed: int, visitor: Visitor) -> int:
        count = 0
        for form in forms(article, seed):
            if time.perf_counter() > until:
                break
            visitor.post(f"{article.address}/annotations", form)
            count += 1
        return count

    with ThreadPoolExecutor(len(visitors)) as threads:
        counts = threads.map(tag, range(2, 2 + len(visitors)), visitors)
        return sum(counts) / CREATING_SECONDS


if __name__ == "__main__":
    main()
