"""How long lists, counts and searches of passages take in a project of a million annotations.

    python -m bench.findings --url sqlite:///large.sqlite3 [--only PATTERN]

Makes the rows where the database has none; on PostgreSQL only a superuser may. Prints as an owner
and as an annotator, for whom half of the independent articles hide something, the processor's time
and the time on the clock: of the first page and of the next in the default sort and of the counts
of all facets, for each filter alone and with one other; of the slowest of every other sort and
group; of searches; of words in context; and of the figures of the summary. The best of a few: those
that take long are tried less often. On PostgreSQL the database's own processor is counted, too.
"""

import argparse
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations, product
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import occurrences
from app.annotations.service.bulk import MOST_AT_ONCE, carry_out
from app.annotations.service.bulk_acts import BulkAct, Seen, Verb
from app.annotations.service.occurrences import SeenPlace
from app.annotations.tags import Tag
from app.core.db import Database
from app.core.migrate import DatabaseState, state
from app.findings.asked import (
    FACETS,
    ME,
    NONE,
    TREE,
    Asked,
    ContextSort,
    Grouping,
    Hits,
    PassageSort,
    PassagesView,
)
from app.findings.queries import summary
from app.findings.queries.facet_counts import Facets
from app.findings.queries.hits import list_hits
from app.findings.queries.in_context import LinePlace, find_hits, list_lines
from app.findings.queries.passages import Place, list_places
from app.hooks import register
from app.projects.models import Member
from app.projects.roles import Role
from bench.scale_rows import Size, fill

PAGE = 51
TRIES, CLEARLY = 5, 1 / 3  # a time that is so far from its limit is taken once
LISTED_IN, SORTED_IN, COUNTED_IN, SEARCHED_IN = 100.0, 500.0, 300.0, 300.0  # ms
TOGETHER_IN = 10_000.0
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
    "a theme": Asked(theme=("3",)),
    "a theme and all beneath it": Asked(theme=(f"1{TREE}",)),
    "no theme": Asked(theme=(NONE,)),
    "a party": Asked(party=("3",)),
    "no party": Asked(party=(NONE,)),
    "a position": Asked(position=("3",)),
    "a side": Asked(side=("for",)),
}


MANY = "ship OR number* OR fleet*"  # three places in each article
SEARCHES: dict[str, tuple[str, tuple[str, ...]]] = {
    "a common word": ("harbour", ()),
    "two common words": ("harbour census", ()),
    "any of two": ("harbour OR census", ()),
    "a common phrase": ('"costs the council"', ()),
    "a phrase of the most common words": ('"of the"', ()),
    "a common prefix": ("harb*", ()),
    "a prefix of one letter": ("h*", ()),
    "any of five": ("harbour OR council OR the OR of OR a", ()),
    "one without another": ("harbour -census", ()),
    "one without what all have": ("harbour -the", ()),
    "a common word of notes": ("fact", ()),
    "a word of forty texts": ("fleet07", ()),
    "two, one of them common": ("fleet07 harbour", ()),
    "a word of one text": ("number01234", ()),
    "a word of none": ("zeppelin", ()),
    "a word of all comments": ("demand", ("thread",)),
    "a word of all reasons": ("something", ("thread",)),
}
"""What is searched, and where: nowhere in particular is everywhere."""


def main() -> None:
    """Measure, and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--annotations", type=int, default=500)
    parser.add_argument("--only", default="", help="a regular expression: what has it in its name")
    parser.add_argument("--role", choices=("owner", "annotator"), help="one of them alone")
    given = parser.parse_args()
    if state(given.url) is DatabaseState.EMPTY:
        size = Size(given.articles, given.annotations, smaller_articles=5, smaller_annotations=10)
        fill(given.url, size)
    database = Database(given.url)
    register()
    for role in (Role.OWNER, Role.ANNOTATOR):
        if given.role in {None, role.value}:
            with database.session() as session:
                member = session.scalars(
                    select(Member).where(Member.project_id == 1, Member.role_name == role.value)
                ).first()
            if member is not None:
                print(f"As {role.value}: ms of processor (clock)", flush=True)
                _measure(database, member, given.only)


class _Act(NamedTuple):
    """What is measured, and in how many milliseconds it should be done."""

    name: str
    limit: float
    act: Callable[[], object]


def _measure(database: Database, member: Member, only: str) -> None:
    stopwatch = _Stopwatch(database)
    for name, limit, act in _acts(database, member):
        if re.search(only, name):
            took = stopwatch.time(act, limit)
            print(f"  {name:64} {took}{' <-- slow' * (took.cpu > limit)}", flush=True)


def _acts(database: Database, member: Member) -> Iterator[_Act]:
    for name, asked in _asked():
        pages = _Pages(database, member, asked)
        yield from pages.reading(name, LISTED_IN)
        yield _Act(f"{name}: facets", COUNTED_IN, pages.count)
    for sort, group in product(PassageSort, Grouping):
        if (sort, group) != (PassageSort.PLACE, Grouping.ARTICLE):
            for name, asked in _asked(pairs=False):
                pages = _Pages(database, member, replace(asked, sort=sort, group=group))
                yield from pages.reading(f"{name}, by {sort}, under {group}", SORTED_IN)
    for name, asked in _asked(pairs=False):
        for by in (ContextSort.PLACE, ContextSort.AFTER_1):
            lines = _Lines(database, member, replace(asked, view=PassagesView.CONTEXT, by=by))
            yield from lines.reading(f"{name}, in context by {by}", SORTED_IN)
        yield from _summaries(database, member, name, asked)
    for words, (q, within) in SEARCHES.items():
        for name, asked in _asked(pairs=False):
            pages = _Pages(database, member, replace(asked, q=q, within=within))
            yield from pages.reading(f"search: {words}, {name}", SEARCHED_IN)
            yield _Act(f"search: {words}, {name}: facets", SEARCHED_IN, pages.count)
        for by, hits in product((ContextSort.PLACE, ContextSort.AFTER_1), Hits):
            lines = _Lines(
                database, member, Asked(q=q, view=PassagesView.CONTEXT, by=by, hits=hits)
            )
            yield from lines.reading(f"search: {words}, {hits} in context by {by}", SEARCHED_IN)
    yield from _acts_on_many(database, member)


def _acts_on_many(database: Database, member: Member) -> Iterator[_Act]:
    yield _Act("5,000 retagged together", TOGETHER_IN, partial(_retag, database, member))
    for name, hits in (("places", Hits.ALL), ("places that are not tagged", Hits.UNTAGGED)):
        found = partial(_find_spots, database, member, hits)
        yield _Act(f"5,000 {name} found", TOGETHER_IN, found)
    for name, act in (("looked through before", occurrences.plan), ("tagged together", _tag)):
        yield _Act(f"5,000 places {name}", TOGETHER_IN, partial(_occur, database, member, act))


def _asked(*, pairs: bool = True) -> Iterator[tuple[str, Asked]]:
    yield "everything", Asked()
    yield from FILTERS.items()
    if pairs:
        for (one, first), (other, second) in combinations(FILTERS.items(), 2):
            if first.filters.keys() != second.filters.keys():
                both: dict[str, Any] = {**first.filters, **second.filters}
                yield f"{one}, {other}", Asked(**both)


_P = TypeVar("_P")


class _Read(Generic[_P]):
    """The first pages of one address, as one member sees them."""

    def __init__(self, database: Database, member: Member, asked: Asked) -> None:
        self._database, self._member, self._asked = database, member, asked
        self._last: _P | None = None

    def reading(self, name: str, limit: float) -> Iterator[_Act]:
        yield _Act(f"{name}: first page", limit, self._read_first)
        yield _Act(f"{name}: next page", limit, lambda: self._read(self._last))

    def _read_first(self) -> None:
        self._last = self._read(None)

    def _read(self, after: _P | None) -> _P | None:
        """Read the page after a place; return its last, None where no other page follows."""
        raise NotImplementedError


class _Pages(_Read[Place]):
    def _read(self, after: Place | None) -> Place | None:
        with self._database.session() as session:
            found = list_places(session, self._member, self._asked, after=after, limit=PAGE)
            list_hits(session, [place.id for place in found[: PAGE - 1]])
        return found[-2] if len(found) == PAGE else None

    def count(self) -> None:
        with self._database.session() as session:
            facets = Facets(session, self._member, self._asked)
            _total = facets.total
            for facet in FACETS:
                facets.counts(facet)


class _Lines(_Read[LinePlace]):
    def _read(self, after: LinePlace | None) -> LinePlace | None:
        with self._database.session() as session:
            return list_lines(session, self._member, self._asked, after=after, limit=PAGE - 1).next


def _summaries(database: Database, member: Member, name: str, asked: Asked) -> Iterator[_Act]:
    for over in ("published", "tagged"):
        sum_up = partial(_sum_up, database, member, asked, is_by_tagging=over == "tagged")
        yield _Act(f"{name}: summary over months {over}", SORTED_IN, sum_up)


def _sum_up(database: Database, member: Member, asked: Asked, *, is_by_tagging: bool) -> None:
    with database.session() as session:
        tallies = summary.Tallies(session, member, asked)
        _rest = tallies.by_annotator, tallies.by_theme
        if is_by_tagging:
            _months = tallies.by_month
        summary.map_articles(session, member, asked, list(tallies.by_article)[:12])


def _retag(database: Database, member: Member) -> None:
    """Change as many as can be at once, and take it back."""
    with database.session() as session:
        rows = session.execute(
            select(Annotation.id, Annotation.version)
            .where(
                Annotation.project_id == member.project_id,
                Annotation.deleted_at.is_(None),
                Annotation.tag_name != Tag.CITATION.value,
            )
            .order_by(Annotation.article_id, Annotation.start)
            .limit(MOST_AT_ONCE)
        )
        seen = [Seen(*row) for row in rows]
        actor = session.get_one(Member, (member.project_id, member.account_id))
        carry_out(session, actor=actor, seen=seen, act=BulkAct(Verb.RETAG, tag=Tag.CITATION.value))
        session.rollback()


def _find_spots(database: Database, member: Member, hits: Hits) -> list[SeenPlace]:
    """Return as many places as can be tagged at once."""
    with database.session() as session:
        asked = Asked(q=MANY, view=PassagesView.CONTEXT, by=ContextSort.PLACE, hits=hits)
        places = find_hits(session, member, asked, most=MOST_AT_ONCE)
    return [SeenPlace(each.article_id, each.revision_id, each.start, each.end) for each in places]


def _occur(database: Database, member: Member, act: Callable[..., object]) -> None:
    """Look through places that are to be tagged, or tag them and take it back."""
    spots = _find_spots(database, member, Hits.ALL)
    with database.writing() as session:
        actor = session.get_one(Member, (member.project_id, member.account_id))
        act(session, actor=actor, spots=spots, as_of=0, tag=Tag.CLAIM.value)
        session.rollback()


def _tag(session: Session, **given: Any) -> None:  # noqa: ANN401  (as `carry_out` has them)
    occurrences.carry_out(session, client_key="bench", **given)


class _Time(NamedTuple):
    """Milliseconds of the processor, and on the clock."""

    cpu: float
    clock: float

    def __str__(self) -> str:
        return f"{self.cpu:7.1f} ({self.clock:6.1f})"


class _Stopwatch:
    """Takes the time of this process, and of that of PostgreSQL which serves it."""

    def __init__(self, database: Database) -> None:
        self._serving: int | None = None
        if database.is_postgresql:
            with database.session() as session:  # the one connection of the pool, from here on
                self._serving = session.scalars(select(func.pg_backend_pid())).one()

    def time(self, act: Callable[[], object], limit: float) -> _Time:
        """Return the least that an act took: that of one is enough where it is far from a limit."""
        best = _Time(float("inf"), float("inf"))
        for _ in range(TRIES):
            cpu, clock = self._processor(), perf_counter()
            act()
            took = _Time(self._processor() - cpu, (perf_counter() - clock) * 1_000)
            best = min(best, took)
            if not limit * CLEARLY < best.cpu < limit / CLEARLY:
                break
        return best

    def _processor(self) -> float:
        own = process_time() * 1_000
        if self._serving is None:
            return own
        # Exact, as Linux counts it; what others compute for it in parallel is on the clock alone.
        serving = Path(f"/proc/{self._serving}/schedstat").read_text(encoding="ascii").split()[0]
        return own + int(serving) / 1_000_000


if __name__ == "__main__":
    main()
