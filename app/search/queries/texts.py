"""The places in texts that a search finds, tagged or not."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import Article, Revision
from app.articles.queries.content import content_of
from app.assignments.queries.visibility import sql_can_see
from app.core.conditions import table_of
from app.core.db import read_columns
from app.frozen import frozen
from app.projects.models import Member
from app.search.hits import marked
from app.search.models import SearchSentence
from app.search.queries.index import Index, index_of
from app.search.query import Query
from app.search.triggers import BASE

SENTENCES_AT_ONCE = 1_000


@frozen
class TextHit:
    """A hit, `[start, end)` of the text of a revision, in the sentence `[first, last)` of a block.

    All are counted in code points.
    """

    block: int
    start: int
    end: int
    first: int
    last: int


def places_in(session: Session, revision_id: int, query: Query, *, most: int) -> list[TextHit]:
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
    place: TextHit

    @property
    def at(self) -> tuple[int, int]:
        """Return where it stands in the order of all hits."""
        return self.revision_id, self.place.start


class PlacesFound(NamedTuple):
    """Some hits in their order, and the last one that was looked at.

    That is None where every text was looked through, or `places` are as many as were asked for.
    """

    places: list[ProjectPlace]
    looked_to: ProjectPlace | None


def find_places(
    session: Session,
    member: Member,
    query: Query,
    *,
    after: tuple[int, int] | None = None,
    most: int,
    most_looked_at: int | None = None,
    is_untagged: bool = False,
    among: Sequence[ColumnElement[bool]] = (),
) -> PlacesFound:
    """Return the hits of a search in the current texts of a member's project, at most so many.

    They stand in the order of revisions and places, those after the hit that has the revision and
    the start `after`. Articles in the archive are left out, and those that do not meet all of the
    conditions `among`; with `is_untagged` also what the member sees tagged: what they may not see
    is as if it were not there. Where nearly all is tagged, few are found and many looked at: soon
    after `most_looked_at` the look ends.
    """
    found: list[ProjectPlace] = []
    if not query.groups:
        return PlacesFound(found, None)
    wanted = [
        Article.project_id == member.project_id,
        Article.archived_at.is_(None),
        *among,
    ]
    if among:
        wanted += _is_between(session, wanted)
    looked_at = 0
    at_once = min(most_looked_at or most, SENTENCES_AT_ONCE)  # each has a hit
    while rows := _read_sentences(session, wanted, query, after, at_once):
        hits = [
            ProjectPlace(article_id, revision_id, place)
            for article_id, revision_id, block, first, last in rows
            for place in _places(content_of(session, revision_id).text, query, block, first, last)
        ]
        hits = [hit for hit in hits if after is None or hit.at > after]
        tagged = _find_tagged(session, member, hits) if is_untagged else ()
        found += [hit for hit in hits if hit.at not in tagged]
        if len(found) >= most or len(rows) < at_once:
            break
        looked_at += len(hits)
        if most_looked_at is not None and looked_at >= most_looked_at:
            return PlacesFound(found, hits[-1])
        after = (rows[-1].revision_id, rows[-1].end)
    return PlacesFound(found[:most], None)


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
    limit: int,
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
        .join(SearchSentence, index.is_of_sentence)
        .join(Article, _is_current(index))
        .where(index.has(query), *wanted)
        .order_by(index.id)
        .limit(limit)
    )
    if after is None:
        rows = rows.where(index.is_sentence)
    else:
        revision_id, start = after
        # The sentence in which the last hit stands may have another one.
        rows = rows.where(
            index.id >= revision_id * BASE,
            or_(SearchSentence.revision_id > revision_id, SearchSentence.end > start),
        )
    return read_columns(session, rows).all()


def _is_current(index: Index) -> ColumnElement[bool]:
    """Return the condition that a sentence is of the text of an article as it is now."""
    is_current = Article.current_revision_id == SearchSentence.revision_id
    if index.is_postgresql:
        return is_current
    # SQLite, which joins by an index alone, would go through all articles of the project.
    article_id = select(Revision.article_id).where(Revision.id == SearchSentence.revision_id)
    return and_(is_current, Article.id == article_id.scalar_subquery())


def _find_tagged(
    session: Session, member: Member, hits: Sequence[ProjectPlace]
) -> Collection[tuple[int, int]]:
    """Return where those of some hits stand that touch what a member sees tagged."""
    if not hits:
        return ()
    table = _table_of_hits(session, hits)
    begins_in, runs_on = (exists().where(*each) for each in _ways_to_touch(member, table))
    query = select(table.c.revision_id, table.c.start).where(or_(begins_in, runs_on))
    return {(revision_id, start) for revision_id, start in read_columns(session, query)}


def list_tags(
    session: Session, member: Member, hits: Sequence[ProjectPlace]
) -> Mapping[tuple[int, int], Collection[str]]:
    """Return the tags that a member sees at each of some hits, by where these stand (`at`)."""
    found: dict[tuple[int, int], set[str]] = {hit.at: set() for hit in hits}
    if hits:
        table = _table_of_hits(session, hits)
        of_ways = [
            select(table.c.revision_id, table.c.start, Annotation.tag_name).where(*each)
            for each in _ways_to_touch(member, table)
        ]
        for revision_id, start, tag in read_columns(session, union_all(*of_ways)):
            found[revision_id, start].add(tag)
    return found


def _table_of_hits(session: Session, hits: Sequence[ProjectPlace]) -> FromClause:
    rows = [(hit.revision_id, hit.place.block, hit.place.start, hit.place.end) for hit in hits]
    return table_of(session, rows, "revision_id", "block", "start", "end")


def _ways_to_touch(
    member: Member, hits: FromClause
) -> tuple[Sequence[ColumnElement[bool]], Sequence[ColumnElement[bool]]]:
    """Return the conditions that an annotation that a member sees begins in the block of a hit.

    And those that it runs on into the block from an earlier one; in both it touches the hit. By
    blocks, of which there are indexes: what runs on has its own.
    """
    hit = hits.c
    is_tagged = _is_tagged(member, hit.revision_id, hit.start, hit.end)
    return (
        (*is_tagged, Annotation.first_block == hit.block),
        (
            *is_tagged,
            Annotation.last_block > Annotation.first_block,
            Annotation.first_block < hit.block,
            Annotation.last_block >= hit.block,
        ),
    )


def _is_tagged(
    member: Member,
    revision_id: ColumnElement[int],
    start: ColumnElement[int],
    end: ColumnElement[int],
) -> Sequence[ColumnElement[bool]]:
    """Return the conditions that an annotation that a member sees touches a place of a text."""
    return (
        Annotation.revision_id == revision_id,
        Annotation.deleted_at.is_(None),
        Annotation.start < end,
        Annotation.end > start,
        sql_can_see(member, article_id=Annotation.article_id, annotator_id=Annotation.account_id),
    )


class TaggedPlace(NamedTuple):
    """An annotation that a member sees, and where it stands in its revision: `[start, end)`."""

    start: int
    end: int
    id: int
    tag: str


def list_tagged_places(
    session: Session, member: Member, bounds: Mapping[int, tuple[int, int]]
) -> Mapping[int, Sequence[TaggedPlace]]:
    """Return by revision what a member sees tagged that touches `[first, last)` of its text."""
    found: dict[int, list[TaggedPlace]] = {}
    if not bounds:
        return found
    rows = [(revision_id, *ends) for revision_id, ends in bounds.items()]
    part = table_of(session, rows, "revision_id", "first", "last").c
    passages = (
        select(
            Annotation.revision_id,
            Annotation.start,
            Annotation.end,
            Annotation.id,
            Annotation.tag_name,
        )
        .where(*_is_tagged(member, part.revision_id, part.first, part.last))
        .order_by(Annotation.start, Annotation.id)
    )
    for revision_id, *values in read_columns(session, passages).all():
        found.setdefault(revision_id, []).append(TaggedPlace._make(values))
    return found


def _places(text: str, query: Query, block: int, first: int, last: int) -> list[TextHit]:
    return [
        TextHit(block, first + start, first + end, first, last)
        for start, end in marked(text[first:last], query)
    ]
