"""Which annotations a search finds."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    cast,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import BlockRow
from app.core.db import read_columns
from app.discussion.models import Comment, Stance
from app.search.models import SearchSentence
from app.search.queries.index import (
    Index,
    comment_id,
    count_up_to,
    index_of,
    reason_id,
    sentence_id,
)
from app.search.query import Query, Term

# A word that so many sentences have is looked for at each annotation in turn: a page shows the
# first few. From one that fewer have, the way leads from its sentences to what is tagged in them.
COMMON = 2_000
# Those of comments and reasons say themselves what they are on: a list of so many is made in 20 ms,
# and leads to passages that lie far apart, where a look at each goes through all between them.
COMMON_SAID = 10_000


# One for all queries, of the bare table: to make another took longer than the rest of its query.
_tagged = Annotation.__table__.alias("tagged")


class Source(StrEnum):
    """Where an annotation may have a word."""

    TEXT = "text"  # the sentences that it stands in, its quote among them
    NOTE = "note"
    THREAD = "thread"  # comments, and reasons of agreeing and disputing


EVERYWHERE = frozenset(Source)


def is_found(
    session: Session, query: Query, *, sources: frozenset[Source] = EVERYWHERE
) -> ColumnElement[bool]:
    """Return the condition that a search finds an annotation.

    Each of its groups is found in one of the sources, whichever; nothing of what is to be absent
    is. It is about `Annotation`, outside the trash, and knows nothing of who may see what: whoever
    uses it adds `sql_can_see`. It asks the index once about each term, to choose the way.
    """
    if not query.groups:
        return false()
    index = index_of(session)
    found = (
        or_(*(_has(session, index, term, sources) for term in group)) for group in query.groups
    )
    absent = (not_(_has(session, index, term, sources)) for term in query.without)
    return and_(*found, *absent)


def find_few(
    session: Session, query: Query, *, sources: frozenset[Source] = EVERYWHERE
) -> list[int] | None:
    """Return the ids of all annotations that a search finds, None where a word of it is common.

    They are those of every project, and of whoever: a list is narrowed down by its own conditions.
    SQLite takes an index of a project for short, and would go through all that is tagged in it to
    find these few: so the project's id stands beside them `unindexed`.
    """
    if not query.groups:
        return []
    index = index_of(session)
    if any(count_up_to(session, _rows(index, term), COMMON) == COMMON for term in query.terms):
        return None
    found = select(Annotation.id).where(
        is_found(session, query, sources=sources), Annotation.deleted_at.is_(None)
    )
    return list(read_columns(session, found.order_by(Annotation.id)).scalars())


def _rows(index: Index, term: Term) -> Select[int]:
    return select(index.id).where(index.has(term))


def _has(
    session: Session, index: Index, term: Term, sources: frozenset[Source]
) -> ColumnElement[bool]:
    ids: list[Select[int]] = []
    beside: list[ColumnElement[bool]] = [false()]
    for source in sorted(sources):
        rows = _rows(index, term).where(_IS_OF[source](index))
        most = COMMON_SAID if source is Source.THREAD else COMMON
        there = count_up_to(session, rows, most)
        if there == most:
            beside.append(_OWN[source](index, term))
        elif there:
            ids += _FOUND[source](index, term)
    if ids:
        beside.append(Annotation.id.in_(union(*ids)))
    return or_(*beside)


def _tagged_in_sentences(index: Index, term: Term) -> Sequence[Select[int]]:
    return [_tagged_in(index, term, runs_on=runs_on) for runs_on in (False, True)]


def _noted_on(index: Index, term: Term) -> Sequence[Select[int]]:
    return [select(index.annotation_id).where(index.has(term), index.is_note)]


def _said_on(index: Index, term: Term) -> Sequence[Select[int]]:
    # One look for both: a reason knows its annotation by its own id and joins no comment.
    return [
        select(func.coalesce(Comment.annotation_id, index.stance_annotation_id))
        .select_from(index.table)
        .outerjoin(Comment, Comment.id == index.comment_id)
        .where(index.has(term), index.is_in_thread, Comment.deleted_at.is_(None))
    ]


def _tagged_in(index: Index, term: Term, *, runs_on: bool) -> Select[int]:
    """Return the query of what is tagged in the sentences with a term, from the sentences on.

    What runs on from an earlier block is found by another index.
    """
    where = _tagged.c.first_block == SearchSentence.block
    if runs_on:
        where = and_(
            _tagged.c.last_block > _tagged.c.first_block,
            _tagged.c.first_block + 0 < SearchSentence.block,  # no index begins with it then
            _tagged.c.last_block >= SearchSentence.block,
        )
    return (
        select(_tagged.c.id)
        .select_from(index.table)
        .join(
            SearchSentence,
            and_(
                SearchSentence.revision_id == index.revision_id,
                SearchSentence.start == index.start,
            ),
        )
        .join(
            _tagged,
            and_(
                _tagged.c.revision_id == SearchSentence.revision_id,
                _tagged.c.deleted_at.is_(None),
                _tagged.c.start < SearchSentence.end,
                _tagged.c.end > SearchSentence.start,
                where,
            ),
        )
        .where(index.has(term), index.is_sentence)
    )


def _is_noted(index: Index, term: Term) -> ColumnElement[bool]:
    """Return the condition that an annotation's own note has a term."""
    if index.is_postgresql:
        own = select(index.id).where(index.has(term), index.id == -cast(Annotation.id, BigInteger))
        return exists(own.correlate(Annotation))
    return (-Annotation.id).in_(select(index.id).where(index.has(term), index.is_note))


def _is_said(index: Index, term: Term) -> ColumnElement[bool]:
    """Return the condition that a comment on an annotation, or a reason, has a term."""
    comments = select(Comment.id).where(
        Comment.annotation_id == Annotation.id, Comment.deleted_at.is_(None)
    )
    reasons = select(Stance.account_id).where(Stance.annotation_id == Annotation.id)
    return or_(
        _is_one_of(comments, comment_id(), index, term, index.is_comment),
        _is_one_of(reasons, reason_id(), index, term, index.is_reason),
    )


def _is_one_of(
    own: Select[int],
    row_id: ColumnElement[int],
    index: Index,
    term: Term,
    is_of: ColumnElement[bool],
) -> ColumnElement[bool]:
    """Return the condition that one of what an annotation has itself is a row with a term."""
    own = own.correlate(Annotation)
    if index.is_postgresql:
        return exists(own.join(index.table, index.id == row_id).where(index.has(term)))
    # SQLite makes this list once, and looks each up in it.
    return exists(own.where(row_id.in_(_rows(index, term).where(is_of))))


def _stands_in(index: Index, term: Term) -> ColumnElement[bool]:
    """Return the condition that one of an annotation's own sentences has a term."""
    sentences = (
        select(SearchSentence.start)
        .join(
            BlockRow,
            and_(
                BlockRow.revision_id == SearchSentence.revision_id,
                SearchSentence.start >= BlockRow.start,
            ),
        )
        .where(
            BlockRow.revision_id == Annotation.revision_id,
            BlockRow.number == Annotation.first_block,
            SearchSentence.start < Annotation.end,
            SearchSentence.end > Annotation.start,
        )
    )
    return _is_one_of(sentences, sentence_id(), index, term, index.is_sentence)


_IS_OF: Mapping[Source, Callable[[Index], ColumnElement[bool]]] = {
    Source.TEXT: lambda index: index.is_sentence,
    Source.NOTE: lambda index: index.is_note,
    Source.THREAD: lambda index: index.is_in_thread,
}
"""The condition that a row of the index is of a source."""
_FOUND: Mapping[Source, Callable[[Index, Term], Sequence[Select[int]]]] = {
    Source.TEXT: _tagged_in_sentences,
    Source.NOTE: _noted_on,
    Source.THREAD: _said_on,
}
"""The queries of the annotations that have a term in a source, from its rows on."""
_OWN: Mapping[Source, Callable[[Index, Term], ColumnElement[bool]]] = {
    Source.TEXT: _stands_in,
    Source.NOTE: _is_noted,
    Source.THREAD: _is_said,
}
"""The condition that an annotation has a term in a source: for terms that many have."""
