"""The places of searched words as the rows of a table, tagged or not."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.annotations.tags import TAGS
from app.articles.models import Article, Revision
from app.core.db import Database, read_columns
from app.core.names import SEPARATOR
from app.exports.queries.columns import ColumnKind, Table
from app.findings.asked import Asked
from app.findings.queries.every_place import PlaceInContext, list_every_place
from app.projects.models import Member
from app.search.queries.texts import list_tags
from app.search.query import read_query

PLACES = Table(
    "places",
    {
        "left": ColumnKind.TEXT,
        "hit": ColumnKind.TEXT,
        "right": ColumnKind.TEXT,
        "article_id": ColumnKind.NUMBER,
        "article_title": ColumnKind.TEXT,
        "article_author": ColumnKind.TEXT,
        "publication": ColumnKind.TEXT,
        "published_on": ColumnKind.DAY,
        "revision": ColumnKind.NUMBER,
        "block": ColumnKind.NUMBER,
        "start": ColumnKind.NUMBER,
        "end": ColumnKind.NUMBER,
        "tags": ColumnKind.NAMES,
        "permalink": ColumnKind.LINK,
    },
)
"""A promise to who reads the file: a new column is appended, and none moves or goes."""

_article = Article.__table__.c
_revision = Revision.__table__.c


def list_place_rows(
    database: Database, member: Member, asked: Asked, *, articles: str
) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield the rows of the places that are asked for, many at a time, in their order.

    `articles` is the address of the articles of the project, under which each has its own.

    What a row says of the article, and of tags that the member sees, is of the moment at which it
    is read. A place in what was archived before that is left out.
    """
    find = urlencode({"find": read_query(asked.q).typed})

    def rows_of(places: Sequence[PlaceInContext]) -> Sequence[Sequence[Any]]:
        with database.session() as session:
            facts = _read_articles(session, member, places)
            tags = list_tags(session, member, [place.hit for place in places])
        return [
            _row(place, facts[place.hit.revision_id], tags[place.hit.at], articles, find)
            for place in places
            if place.hit.revision_id in facts
        ]

    # By `map`, which holds no rows while a reader takes them.
    yield from map(rows_of, list_every_place(database, member, asked))


def _row(
    place: PlaceInContext,
    article: Row[*tuple[Any, ...]],
    tags: Collection[str],
    articles: str,
    find: str,
) -> Sequence[Any]:
    (hit, context), (_revision_id, number, *facts) = place, article
    return (
        context.left,
        context.words,
        context.right,
        hit.article_id,
        *facts,
        number,
        hit.place.block,
        hit.place.start,
        hit.place.end,
        SEPARATOR.join(sorted(tags, key=TAGS.index)),
        f"{articles}/{hit.article_id}?{find}#b{hit.place.block}",
    )


def _read_articles(
    session: Session, member: Member, places: Sequence[PlaceInContext]
) -> Mapping[int, Row[*tuple[Any, ...]]]:
    """Return by the revisions in which some places stand what is said of their articles."""
    query = (
        select(
            _revision.id,
            _revision.number,
            _article.title,
            _article.author,
            _article.publication,
            _article.published_on,
        )
        .join_from(Revision.__table__, Article.__table__, _article.id == _revision.article_id)
        .where(
            _revision.id.in_({place.hit.revision_id for place in places}),
            _article.project_id == member.project_id,
            _article.archived_at.is_(None),
        )
    )
    return {row[0]: row for row in read_columns(session, query)}
