"""How fast the pages are with a million annotations: `python -m bench.scale`.

    python -m bench.scale [--database URL] [--small]

Without a URL it makes a database of each kind and throws it away; an empty one at a URL is filled,
and one that was filled before is measured again. `--small` makes a hundredth of the rows, which
`flask --app app verify` can look through in a moment.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.core.database_urls import sqlite_path
from app.core.migrate import DatabaseState, state
from bench.scale_rows import ANNOTATOR, LARGE, OWNER, Size, fill
from bench.timing import WARM_UPS, Times, milliseconds, processor_ms
from bench.visitor import Visitor
from tests.harness.postgres import running_postgres
from tests.harness.programs import find_postgres
from tests.harness.server import RunningServer

REPEATS = 15
AIM_MS = 100.0
SMALL = Size(articles=50, annotations=100, smaller_articles=99, smaller_annotations=50)
PAGES = {
    "trash": "trash",
    "people": "people",
    "articles, by added": "articles",
    "articles, by touched": "articles?sort=touched",
    "articles, by title": "articles?sort=title",
    "articles, by author": "articles?sort=author",
    "articles, by published": "articles?sort=published",
    "articles, by words": "articles?sort=words",
    "articles, by due": "articles?sort=due",
    "articles, by due, page 50": "articles?sort=due&page=50",
    "articles, by title, page 90": "articles?sort=title&page=90",
    "articles, mine to do": "articles?assignee=me&state=to+do",
    "articles, mine by due": "articles?assignee=me&state=to+do&sort=due",
    "articles, in progress": "articles?state=in+progress",
    "articles, with nobody": "articles?assignee=nobody",
    "articles, open question": "articles?thread=question",
    "articles, something disputed": "articles?thread=disputed",
    "articles, search": "articles?search=harbour+12",
    "articles, archived": "articles?archived=1",
    "activity": "activity",
    "activity, one person": "activity?person=7",
    "activity, tagging": "activity?kind=tagging",
    "activity, changes": "activity?kind=changes",
    "activity, deletions": "activity?kind=deletions",
    "activity, discussion": "activity?kind=discussion",
    "activity, articles": "activity?kind=articles",
    "activity, assignments": "activity?kind=assignments",
    "activity, guidelines": "activity?kind=guidelines",
    "activity, people": "activity?kind=people",
    "activity, one person's discussion": "activity?person=7&kind=discussion",
    "activity, older": "activity?before=300000",
    "guidelines": "guidelines",
    "an article": "articles/7",
    "an independent article": "articles/10",
    "trash of an article": "trash?article=7",
}
"""What is measured, each under the address of the large project."""

ELSEWHERE = {
    "an article of 500": "/projects/project-2/articles/{other}",
    "a small project's articles": "/projects/project-500/articles",
    "all projects": "/projects",
    "inbox": "/inbox",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page took by the clock, and of the server's processor, in milliseconds."""

    times: Times
    processor: float


def main() -> None:
    """Fill the databases, measure the pages as an owner and as an annotator, and show the table."""
    parser = argparse.ArgumentParser(description="Pages with a million annotations.")
    parser.add_argument("--database", metavar="URL", help="one to fill or to measure again")
    parser.add_argument("--small", action="store_true", help="make a hundredth of the rows")
    asked = parser.parse_args()
    size = SMALL if asked.small else Size()
    found: dict[tuple[str, str], Mapping[str, Page]] = {}
    with ExitStack() as stack, tempfile.TemporaryDirectory() as name:
        for kind, url in _databases(stack, Path(name), asked.database):
            if state(url) is DatabaseState.EMPTY:
                began = time.perf_counter()
                fill(url, size)
                print(f"Filled {kind} in {time.perf_counter() - began:.0f} s.", flush=True)
            for person in (OWNER, ANNOTATOR):
                found[kind, person] = _measure(Path(name) / f"{kind}-{person}", url, person, size)
    _show(found)


def _databases(stack: ExitStack, folder: Path, asked: str | None) -> Sequence[tuple[str, str]]:
    """Return the kind and the URL of each database."""
    if asked is not None:
        return [("SQLite" if sqlite_path(asked) else "PostgreSQL", asked)]
    databases = [("SQLite", f"sqlite:///{folder / 'scale.sqlite3'}")]
    binaries = find_postgres()
    if binaries is None:
        print("There is no PostgreSQL here; only SQLite is measured.")
    else:
        server = stack.enter_context(running_postgres(binaries))
        databases.append(("PostgreSQL", server.url(server.create_database())))
    return databases


def _measure(folder: Path, url: str, person: str, size: Size) -> Mapping[str, Page]:
    seeds = folder / "no-seeds"
    seeds.mkdir(parents=True)
    with RunningServer(folder / "data", {"DATABASE_URL": url, "SEED_DIRS": str(seeds)}) as server:
        visitor = Visitor.signed_in(server.port, person)
        pages = {name: f"/projects/{LARGE}/{path}" for name, path in PAGES.items()} | ELSEWHERE
        found = {}
        for name, path in pages.items():
            get = partial(visitor.get, path.format(other=size.articles + 1))
            before = processor_ms(server.pid)
            times = milliseconds(get, REPEATS)
            processor = (processor_ms(server.pid) - before) / (REPEATS + WARM_UPS)
            found[name] = Page(times, processor)
        return found


def _show(found: Mapping[tuple[str, str], Mapping[str, Page]]) -> None:
    """Print a line a page, in milliseconds, by database and person.

    The median, the fastest and the server's own processor: on PostgreSQL without the database's.
    """
    names = list(next(iter(found.values())))
    width = max(map(len, names))
    heads = [f"{kind}, {'owner' if person == OWNER else 'annotator'}" for kind, person in found]
    title = "ms: median / fastest / CPU"
    width = max(width, len(title))
    print(f"{title:{width}}  " + "  ".join(f"{head:>21}" for head in heads))
    for name in names:
        cells = [
            f"{page.times.median:,.0f} / {page.times.fastest:,.0f} / {page.processor:.0f}"
            + (" !" if page.times.median > AIM_MS else "  ")
            for page in (pages[name] for pages in found.values())
        ]
        print(f"{name:{width}}  " + "  ".join(f"{cell:>21}" for cell in cells))


if __name__ == "__main__":
    main()
