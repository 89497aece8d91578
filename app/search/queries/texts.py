"""The places in texts that a search finds, tagged or not."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, and_, false, func, literal, or_, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import Article
from app.articles.queries.content import content_of
from app.assignments.queries.visibility import sql_can_see
from app.core.db import read_columns
from app.frozen import frozen
from app.projects.models import Member
from app.search.hits import marked
from app.search.models import SearchSentence
from app.search.queries.index import index_of
from app.search.query import Query
from app.search.triggers import BASE

SENTENCES_AT_ONCE = 200


@frozen
class Place:
    """A hit, `[start, end)` of the text of a revision, in the sentence `[first, last)` of a block.

    All are counted in code points.
    """

    block: int
    start: int
    end: int
    first: int
    last: int


def places_in(session: Session, revision_id: int, query: Query, *, most: int) -> list[Place]:
    """Return the hits of a search in one text, in order, at most so many.

    They stand in the sentences that have all that the search is for.
    """
    if not query.groups:
        return []
    index = index_of(session)
    sentences = (
        select(SearchSentence.block, SearchSentence.start, SearchSentence.end)
        .join(
            index.table,
            and_(SearchSentence.revision_id == revision_id, SearchSentence.start == index.start),
        )
        .where(index.has(query), index.is_of(literal(revision_id)))
        .order_by(SearchSentence.start)
        .limit(most)
    )
    text = content_of(session, revision_id).text
    found = [
        place
        for block, first, last in read_columns(session, sentences)
        for place in _places(text, query, block, first, last)
    ]
    return found[:most]


@frozen
class ProjectPlace:
    """A hit in the current text of an article."""

    article_id: int
    revision_id: int
    place: Place


def find_places(
    session: Session,
    member: Member,
    query: Query,
    *,
    after: tuple[int, int] | None = None,
    most: int,
    is_untagged: bool = False,
    among: Sequence[ColumnElement[bool]] = (),
) -> list[ProjectPlace]:
    """Return the hits of a search in the current texts of a member's project, at most so many.

    They stand in the order of revisions and places, those after the hit that has the revision and
    the start `after`. Articles in the archive are left out, and those that do not meet all of the
    conditions `among`; with `is_untagged` also what the member sees tagged: what they may not see
    is as if it were not there.
    """
    found: list[ProjectPlace] = []
    if not query.groups:
        return found
    wanted = [
        Article.project_id == member.project_id,
        Article.archived_at.is_(None),
        *among,
    ]
    if among:
        wanted += _is_between(session, wanted)
    while len(found) < most:
        rows = _read_sentences(session, wanted, query, after)
        if not rows:
            break
        tagged = list_tagged(session, member, _bounds(rows)) if is_untagged else {}
        for article_id, revision_id, block, first, last in rows:
            text = content_of(session, revision_id).text
            found += [
                ProjectPlace(article_id, revision_id, place)
                for place in _places(text, query, block, first, last)
                if (after is None or (revision_id, place.start) > after)
                and not any(
                    each.start < place.end and each.end > place.start
                    for each in tagged.get(revision_id, ())
                )
            ]
        after = (rows[-1].revision_id, rows[-1].end)
    return found[:most]


def _is_between(
    session: Session, wanted: Sequence[ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """Return the condition on the index that keeps it from reading far beside few articles."""
    revision_id = Article.current_revision_id
    bounds = select(func.min(revision_id), func.max(revision_id)).where(*wanted)
    first, last = read_columns(session, bounds).one()
    if first is None or last is None:
        return [false()]
    return [index_of(session).id.between(first * BASE, last * BASE + BASE - 1)]


def _read_sentences(
    session: Session,
    wanted: Sequence[ColumnElement[bool]],
    query: Query,
    after: tuple[int, int] | None,
) -> Sequence[Row[int, int, int, int, int]]:
    """Return the next sentences that have all: article, revision, block, start and end."""
    index = index_of(session)
    rows = (
        select(
            Article.id,
            SearchSentence.revision_id,
            SearchSentence.block,
            SearchSentence.start,
            SearchSentence.end,
        )
        .select_from(index.table)
        .join(
            SearchSentence,
            and_(
                SearchSentence.revision_id == index.revision_id,
                SearchSentence.start == index.start,
            ),
        )
        .join(Article, Article.current_revision_id == SearchSentence.revision_id)
        .where(
            index.has(query),
            index.is_sentence,
            *wanted,
        )
        .order_by(index.id)
        .limit(SENTENCES_AT_ONCE)
    )
    if after is not None:
        revision_id, start = after
        # The sentence in which the last hit stands may have another one.
        rows = rows.where(
            index.id >= revision_id * BASE,
            or_(SearchSentence.revision_id > revision_id, SearchSentence.end > start),
        )
    return read_columns(session, rows).all()


def _bounds(rows: Sequence[Row[int, int, int, int, int]]) -> Mapping[int, tuple[int, int]]:
    """Return by revision where the first of some sentences starts and the last ends."""
    bounds: dict[int, tuple[int, int]] = {}
    for row in rows:
        first, last = bounds.get(row.revision_id, (row.start, row.end))
        bounds[row.revision_id] = (min(first, row.start), max(last, row.end))
    return bounds


class Tagged(NamedTuple):
    """An annotation that a member sees, and where it stands in its revision: `[start, end)`."""

    start: int
    end: int
    id: int
    tag: str


def list_tagged(
    session: Session, member: Member, bounds: Mapping[int, tuple[int, int]]
) -> Mapping[int, Sequence[Tagged]]:
    """Return by revision what a member sees tagged that touches `[first, last)` of its text."""
    found: dict[int, Sequence[Tagged]] = {}
    for revision_id, (first, last) in bounds.items():
        passages = (
            select(Annotation.start, Annotation.end, Annotation.id, Annotation.tag_name)
            .where(
                Annotation.revision_id == revision_id,
                Annotation.deleted_at.is_(None),
                Annotation.start < last,
                Annotation.end > first,
                sql_can_see(
                    member, article_id=Annotation.article_id, annotator_id=Annotation.account_id
                ),
            )
            .order_by(Annotation.start, Annotation.id)
        )
        found[revision_id] = [Tagged._make(row) for row in read_columns(session, passages)]
    return found


def _places(text: str, query: Query, block: int, first: int, last: int) -> list[Place]:
    return [
        Place(block, first + start, first + end, first, last)
        for start, end in marked(text[first:last], query)
    ]
