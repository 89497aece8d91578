"""Every place of searched words with what stands beside it, for a file, in the order of the page.

By place they are read a batch at a time. To sort them by words they must be held, and so as many
are sorted together as take little memory: of more, those that come next by place are sorted then.
They are held as JSON, which takes a quarter of the memory, and compressed once they are sorted.
"""

import json
import zlib
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
from app.search.queries.texts import ProjectPlace, TextHit, find_places
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
    """Yield the places that are asked for, many at a time, each batch read in its own session.

    A batch may be empty: so nobody has to wait for as long as it takes to find or to sort many.
    """
    batches = _by_place(database, member, asked)
    return batches if asked.by is ContextSort.PLACE else _by_words(batches, asked.by)


def _by_place(
    database: Database, member: Member, asked: Asked
) -> Iterator[Sequence[PlaceInContext]]:
    query, is_untagged = read_query(asked.q), asked.hits is Hits.UNTAGGED
    among = is_article_matching(asked, member) if asks_of_articles(asked) else ()
    after: tuple[int, int] | None = None
    is_over = False

    def read() -> Sequence[PlaceInContext]:
        nonlocal after, is_over
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
            is_over = looked_to is None and len(hits) < PLACES_AT_ONCE
            if not is_over:
                after = (looked_to or hits[-1]).at
            return [_in_context(session, hit) for hit in hits]

    while not is_over:
        yield read()  # and holds none of them while a reader takes its time


def _in_context(session: Session, hit: ProjectPlace) -> PlaceInContext:
    content, place = content_of(session, hit.revision_id), hit.place
    block = content.blocks[place.block - 1]
    context = Context.of(content.text, place.start, place.end, first=block.start, last=block.end)
    return PlaceInContext(hit, context)


class _Held(NamedTuple):
    """A place that waits to be sorted: the words that it is sorted by, where it stands, and all."""

    words: str
    at: tuple[int, int]
    written: str


def _by_words(
    batches: Iterator[Sequence[PlaceInContext]], by: ContextSort
) -> Iterator[Sequence[PlaceInContext]]:
    side, nth = SORTED_BY[by]
    held: list[_Held] = []
    for batch in batches:
        held += [
            _Held(" ".join(each.context.sort_key(side, nth)), each.hit.at, _write(each))
            for each in batch
        ]
        del batch  # it would be there as long as a reader takes its time
        yield ()
        if len(held) >= MOST_SORTED_TOGETHER:
            together, held = held[:MOST_SORTED_TOGETHER], held[MOST_SORTED_TOGETHER:]
            yield from _sorted(together)
    yield from _sorted(held)


def _sorted(held: list[_Held]) -> Iterator[Sequence[PlaceInContext]]:
    """Yield what is held in its order, and hold nothing of it but what is left to yield."""
    held.sort()
    packed = [
        zlib.compress(
            "\n".join(each.written for each in held[first : first + PLACES_AT_ONCE]).encode()
        )
        for first in range(0, len(held), PLACES_AT_ONCE)
    ]
    held.clear()
    for some in packed:
        yield [_read(written) for written in zlib.decompress(some).decode().split("\n")]


def _write(place: PlaceInContext) -> str:
    (hit, context), at = place, place.hit.place
    where = (at.block, at.start, at.end, at.first, at.last)
    beside = (context.left, context.words, context.right)
    return json.dumps((hit.article_id, hit.revision_id, where, beside))


def _read(written: str) -> PlaceInContext:
    article_id, revision_id, where, beside = json.loads(written)
    return PlaceInContext(ProjectPlace(article_id, revision_id, TextHit(*where)), Context(*beside))
