"""How long lists and counts of passages take in a project of a million annotations.

    python -m bench.findings --url sqlite:///large.sqlite3

Makes the rows where the database has none. Prints, for each filter alone and with one other, the
processor time and the time on the clock of the first page and of the next, in the default sort;
the slowest of every other sort and group; and of the counts of all facets.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from time import perf_counter, process_time
from typing import Any, NamedTuple

from sqlalchemy import select

from app.core.db import Database
from app.core.migrate import DatabaseState, state
from app.findings.asked import FACETS, ME, Asked, Group, Sort
from app.findings.queries.facet_counts import Facets
from app.findings.queries.passages import Place, list_places
from app.projects.models import Member
from app.projects.roles import Role
from bench.scale_rows import Size, fill

PAGE = 51
TRIES = 3
IN_DEFAULT_SORT, IN_OTHER_SORTS, FACETS_IN = (100.0,), (500.0,), (300.0,)  # ms of the processor
FILTERS = {
    "claim": Asked(tag=("claim",)),
    "two tags": Asked(tag=("claim", "demand")),
    "someone": Asked(annotator=("7",)),
    "mine": Asked(annotator=(ME,)),
    "an article": Asked(article=("1900",)),
    "an author": Asked(author=("Author 17",)),
    "a publication": Asked(publication=("The Bench 3",)),
    "published in a month": Asked(published=("2026-03",)),
    "tagged in a month": Asked(tagged=("2026-03",)),
    "disputed": Asked(state=("disputed",)),
    "an open question": Asked(state=("question",)),
    "resolved": Asked(state=("resolved",)),
    "without a place": Asked(state=("unplaced",)),
    "a note": Asked(note=("yes",)),
    "no note": Asked(note=("no",)),
}


def main() -> None:
    """Measure, and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--annotations", type=int, default=500)
    given = parser.parse_args()
    if state(given.url) is DatabaseState.EMPTY:
        size = Size(given.articles, given.annotations, smaller_articles=5, smaller_annotations=10)
        fill(given.url, size)
    database = Database(given.url)
    with database.session() as session:
        members = {
            role: session.scalars(
                select(Member).where(Member.project_id == 1, Member.role_name == role.value)
            ).first()
            for role in (Role.OWNER, Role.ANNOTATOR)
        }
    for role, member in members.items():
        if member is not None:
            _measure(database, role.value, member)


def _measure(database: Database, role: str, member: Member) -> None:
    print(f"{role}: first page, next page, facets; ms of processor (clock)")
    for name, asked in _asked():
        pages = _Pages(database, member, asked)
        first, then, counted = pages.time_first(), pages.time_next(), pages.time_facets()
        is_slow = max(first, then) > IN_DEFAULT_SORT or counted > FACETS_IN
        print(f"  {name:45} {first} {then} {counted}{' <-- slow' * is_slow}", flush=True)
    for sort in Sort:
        for group in Group:
            if (sort, group) == (Sort.PLACE, Group.ARTICLE):
                continue
            times = []
            for name, asked in _asked(pairs=False):
                pages = _Pages(database, member, replace(asked, sort=sort, group=group))
                times += [(pages.time_first(), name), (pages.time_next(), f"{name}, next")]
            slowest, name = max(times)
            is_slow = slowest > IN_OTHER_SORTS
            print(
                f"  by {sort}, under {group}: {slowest} {name}{' <-- slow' * is_slow}", flush=True
            )


def _asked(*, pairs: bool = True) -> Iterator[tuple[str, Asked]]:
    yield "everything", Asked()
    yield from FILTERS.items()
    if pairs:
        for (one, first), (other, second) in combinations(FILTERS.items(), 2):
            if first.filters.keys() != second.filters.keys():
                both: dict[str, Any] = {**first.filters, **second.filters}
                yield f"{one}, {other}", Asked(**both)


class _Time(NamedTuple):
    """Milliseconds of the processor, and on the clock."""

    cpu: float
    clock: float

    def __str__(self) -> str:
        return f"{self.cpu:7.1f} ({self.clock:6.1f})"


class _Pages:
    """The pages of one address, as one member sees them."""

    def __init__(self, database: Database, member: Member, asked: Asked) -> None:
        self.database, self.member, self.asked = database, member, asked
        self.last: Place | None = None

    def time_first(self) -> _Time:
        return self._timed(lambda: self._read(None))

    def time_next(self) -> _Time:
        after = self.last
        return self._timed(lambda: self._read(after))

    def time_facets(self) -> _Time:
        return self._timed(self._count)

    def _read(self, after: Place | None) -> None:
        with self.database.session() as session:
            found = list_places(session, self.member, self.asked, after=after, limit=PAGE)
        self.last = found[-2] if len(found) == PAGE else None

    def _count(self) -> None:
        with self.database.session() as session:
            facets = Facets(session, self.member, self.asked)
            _total = facets.total
            for facet in FACETS:
                facets.counts(facet)

    def _timed(self, act: Callable[[], None]) -> _Time:
        best = _Time(float("inf"), float("inf"))
        for _ in range(TRIES):
            cpu, clock = process_time(), perf_counter()
            act()
            took = _Time((process_time() - cpu) * 1_000, (perf_counter() - clock) * 1_000)
            best = min(best, took)
        return best


if __name__ == "__main__":
    main()
