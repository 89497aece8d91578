"""Every place of searched words with what stands beside it, for a file, in the order of the page.

By place they are read a batch at a time. To sort them by words they must be held, and so as many
are sorted together as take little memory: of more, those that come next by place are sorted then.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.articles.queries.content import content_of
from app.core.db import Database
from app.findings.asked import Asked, ContextSort, Hits
from app.findings.queries.in_context import MOST_LOOKED_AT, SORTED_BY
from app.findings.queries.matching import asks_of_articles, is_article_matching
from app.projects.models import Member
from app.search.concordance import Context
from app.search.queries.texts import ProjectPlace, find_places
from app.search.query import read_query

PLACES_AT_ONCE = 1_000
MOST_SORTED_TOGETHER = 20_000  # places of a file


class PlaceInContext(NamedTuple):
    """A place of searched words in the text of an article, and what stands beside it."""

    hit: ProjectPlace
    context: Context


def list_every_place(
    database: Database, member: Member, asked: Asked
) -> Iterator[Sequence[PlaceInContext]]:
    """Yield the places that are asked for, many at a time, each batch read in its own session."""
    batches = _by_place(database, member, asked)
    return batches if asked.by is ContextSort.PLACE else _by_words(batches, asked.by)


def _by_place(
    database: Database, member: Member, asked: Asked
) -> Iterator[Sequence[PlaceInContext]]:
    query, is_untagged = read_query(asked.q), asked.hits is Hits.UNTAGGED
    among = is_article_matching(asked, member) if asks_of_articles(asked) else ()
    after: tuple[int, int] | None = None
    while True:
        with database.session() as session:
            hits, looked_to = find_places(
                session,
                member,
                query,
                after=after,
                most=PLACES_AT_ONCE,
                most_looked_at=MOST_LOOKED_AT if is_untagged else None,
                is_untagged=is_untagged,
                among=among,
            )
            places = [_in_context(session, hit) for hit in hits]
        yield places
        if looked_to is None and len(hits) < PLACES_AT_ONCE:
            return
        after = (looked_to or hits[-1]).at


def _in_context(session: Session, hit: ProjectPlace) -> PlaceInContext:
    content, place = content_of(session, hit.revision_id), hit.place
    block = content.blocks[place.block - 1]
    context = Context.of(content.text, place.start, place.end, first=block.start, last=block.end)
    return PlaceInContext(hit, context)


def _by_words(
    batches: Iterator[Sequence[PlaceInContext]], by: ContextSort
) -> Iterator[Sequence[PlaceInContext]]:
    held: list[PlaceInContext] = []
    for batch in batches:
        held += batch
        if len(held) >= MOST_SORTED_TOGETHER:
            yield from _sorted(held[:MOST_SORTED_TOGETHER], by)
            held = held[MOST_SORTED_TOGETHER:]
    yield from _sorted(held, by)


def _sorted(
    places: Sequence[PlaceInContext], by: ContextSort
) -> Iterator[Sequence[PlaceInContext]]:
    side, nth = SORTED_BY[by]
    in_order = sorted(places, key=lambda place: (place.context.sort_key(side, nth), place.hit.at))
    for first in range(0, len(in_order), PLACES_AT_ONCE):
        yield in_order[first : first + PLACES_AT_ONCE]
