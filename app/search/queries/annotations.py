"""Which annotations a search finds."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from itertools import chain

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
    union_all,
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
from app.search.query import Query

# A word that so many sentences have is looked for at each annotation in turn: a page shows the
# first few. From one that fewer have, the way leads from its sentences to what is tagged in them.
COMMON = 2_000
# A comment or a reason says itself which annotation it is on: a list of so many is made in 20 ms.
# These lie far apart: to look at each annotation in turn goes through all that are between them.
COMMON_SAID = 10_000

# One for all queries, of the bare table: to make another took longer than the rest of its query.
_tagged = Annotation.__table__.alias("tagged")


class Source(StrEnum):
    """Where an annotation may have a word."""

    TEXT = "text"  # the sentences that it stands in, its quote among them
    NOTE = "note"
    THREAD = "thread"  # comments, and reasons of agreeing and disputing


EVERYWHERE = frozenset(Source)


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
    for wanted in chain.from_iterable(_wanted(query)):
        if count_up_to(session, _rows(index, wanted), COMMON) == COMMON:
            return None
    found = select(Annotation.id).where(
        WordLook(session, query, sources).condition(), Annotation.deleted_at.is_(None)
    )
    return list(read_columns(session, found.order_by(Annotation.id)).scalars())


def _wanted(query: Query) -> Sequence[Sequence[Query]]:
    """Return for each group of a search a search for each of its terms, any of which will do.

    Each is for the term without all that is to be absent: an annotation has all that a row has.
    """
    return [
        [Query(groups=((term,),), without=query.without) for term in group]
        for group in query.groups
    ]


def _any_of(several: Sequence[Query]) -> Query:
    """Return the search for any of what `_wanted` gives for one group: looked for at once."""
    terms = chain.from_iterable(each.groups[0] for each in several)
    return Query(groups=(tuple(terms),), without=several[0].without)


def _rows(index: Index, wanted: Query) -> Select[int]:
    return select(index.id).where(index.has(wanted))


class WordLook:
    """A look for what a search finds in some sources.

    The index is asked once about each term, to choose the way, however many conditions are made.
    """

    def __init__(
        self, session: Session, query: Query, sources: frozenset[Source] = EVERYWHERE
    ) -> None:
        self._session, self._query, self._sources = session, query, sources
        self._index = index_of(session)
        self._counts: dict[Query, Mapping[Source, int]] = {}

    def condition(self, *, is_of_few: bool = False) -> ColumnElement[bool]:
        """Return the condition that the search finds an annotation.

        Each of its groups is found in one of the sources, whichever; nothing of what is to be
        absent is. It is about `Annotation`, outside the trash, and knows nothing of who may see
        what: whoever uses it adds `sql_can_see`. `is_of_few` says that other conditions leave few
        annotations.
        """
        if not self._query.groups:
            return false()
        has_any = partial(self._has_any, is_of_few=is_of_few)
        found = map(has_any, _wanted(self._query))
        absent = (not_(has_any([Query(groups=((term,),))])) for term in self._query.without)
        return and_(*found, *absent)

    def _has_any(self, several: Sequence[Query], *, is_of_few: bool) -> ColumnElement[bool]:
        """Return the condition that an annotation has any of what is wanted in any source."""
        ids: list[Select[int]] = []
        common: dict[Source, list[Query]] = {source: [] for source in sorted(self._sources)}
        for wanted in several:
            for source, number in self._count(wanted).items():
                if number >= _most(source):
                    common[source].append(wanted)
                elif number:
                    ids += _FOUND[source](self._index, wanted)
        beside = [
            _OWN[source](self._index, _any_of(some), is_of_few=is_of_few)
            for source, some in common.items()
            if some
        ]
        if ids:
            beside.append(Annotation.id.in_(union(*ids)))
        return or_(false(), *beside)

    def _count(self, wanted: Query) -> Mapping[Source, int]:
        """Return how many rows of each source have what is wanted, or that these are many."""
        if wanted not in self._counts:
            self._counts[wanted] = _count(self._session, self._index, wanted, self._sources)
        return self._counts[wanted]


def _count(
    session: Session, index: Index, wanted: Query, sources: frozenset[Source]
) -> Mapping[Source, int]:
    rows = _rows(index, wanted)
    if index.is_postgresql and len(sources) > 1:
        # It reads each row to know of which source it is: once for all.
        numbers = (func.count().filter(_IS_OF[source](index)) for source in sorted(sources))
        row = read_columns(session, rows.with_only_columns(*numbers)).one()
        return dict(zip(sorted(sources), row, strict=True))
    return {
        source: count_up_to(session, rows.where(_IS_OF[source](index)), _most(source))
        for source in sorted(sources)
    }


def _most(source: Source) -> int:
    return COMMON_SAID if source is Source.THREAD else COMMON


def _tagged_in_sentences(index: Index, wanted: Query) -> Sequence[Select[int]]:
    return [_tagged_in(index, wanted, runs_on=runs_on) for runs_on in (False, True)]


def _noted_on(index: Index, wanted: Query) -> Sequence[Select[int]]:
    return [select(index.annotation_id).where(index.has(wanted), index.is_note)]


def _said_on(index: Index, wanted: Query) -> Sequence[Select[int]]:
    # One look for both: a reason knows its annotation by its own id and joins no comment.
    return [
        select(func.coalesce(Comment.annotation_id, index.stance_annotation_id))
        .select_from(index.table)
        .outerjoin(Comment, Comment.id == index.comment_id)
        .where(index.has(wanted), index.is_in_thread, Comment.deleted_at.is_(None))
    ]


def _tagged_in(index: Index, wanted: Query, *, runs_on: bool) -> Select[int]:
    """Return the query of what is tagged in the sentences with a term, from the sentences on.

    What runs on from an earlier block is found by another index.
    """
    where = _tagged.c.first_block == SearchSentence.block
    if runs_on:
        where = and_(
            _tagged.c.last_block > _tagged.c.first_block,
            # + 0 keeps the database from the index of where passages begin.
            _tagged.c.first_block + 0 < SearchSentence.block,
            _tagged.c.last_block >= SearchSentence.block,
        )
    return (
        select(_tagged.c.id)
        .select_from(index.table)
        .join(SearchSentence, index.is_of_sentence)
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
        .where(index.has(wanted), index.is_sentence)
    )


def _is_noted(index: Index, wanted: Query, *, is_of_few: bool) -> ColumnElement[bool]:
    """Return the condition that an annotation's own note has a term."""
    if index.is_postgresql:
        own = _rows(index, wanted).where(index.id == -cast(Annotation.id, BigInteger))
        return _exists(own, is_of_few=is_of_few)
    return (-Annotation.id).in_(_rows(index, wanted).where(index.is_note))


def _is_said(index: Index, wanted: Query, *, is_of_few: bool) -> ColumnElement[bool]:
    """Return the condition that a comment on an annotation, or a reason, has a term."""
    if not index.is_postgresql:
        # SQLite makes this list once, in the order in which the index has its rows.
        reasons_on = select(-index.stance_annotation_id).where(index.has(wanted), index.is_reason)
        comments_on = (
            select(-Comment.annotation_id)
            .join(index.table, index.id == comment_id())
            .where(index.has(wanted), index.is_comment, Comment.deleted_at.is_(None))
        )
        return (-Annotation.id).in_(union_all(reasons_on, comments_on))
    comments = select(Comment.id).where(
        Comment.annotation_id == Annotation.id, Comment.deleted_at.is_(None)
    )
    reasons = select(Stance.account_id).where(Stance.annotation_id == Annotation.id)
    own = (
        each.join(index.table, index.id == row_id).where(index.has(wanted))
        for each, row_id in ((comments, comment_id()), (reasons, reason_id()))
    )
    return or_(*(_exists(each, is_of_few=is_of_few) for each in own))


def _exists(own: Select[int], *, is_of_few: bool) -> ColumnElement[bool]:
    """Return the condition, on PostgreSQL, that an annotation has something itself.

    PostgreSQL may list all that has it first, in any annotation; OFFSET 0 keeps it from that.
    """
    own = own.correlate(Annotation)
    return exists(own.offset(0) if is_of_few else own)


def _stands_in(index: Index, wanted: Query, *, is_of_few: bool) -> ColumnElement[bool]:
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
    if index.is_postgresql:
        own = sentences.join(index.table, index.id == sentence_id()).where(index.has(wanted))
        return _exists(own, is_of_few=is_of_few)
    # SQLite makes this list once, and looks each up in it.
    listed = _rows(index, wanted).where(index.is_sentence)
    return exists(sentences.where(sentence_id().in_(listed)).correlate(Annotation))


_IS_OF: Mapping[Source, Callable[[Index], ColumnElement[bool]]] = {
    Source.TEXT: lambda index: index.is_sentence,
    Source.NOTE: lambda index: index.is_note,
    Source.THREAD: lambda index: index.is_in_thread,
}
"""The condition that a row of the index is of a source."""
_FOUND: Mapping[Source, Callable[[Index, Query], Sequence[Select[int]]]] = {
    Source.TEXT: _tagged_in_sentences,
    Source.NOTE: _noted_on,
    Source.THREAD: _said_on,
}
"""The queries of the annotations that have a term in a source, from its rows on."""
_OWN: Mapping[Source, Callable[..., ColumnElement[bool]]] = {
    Source.TEXT: _stands_in,
    Source.NOTE: _is_noted,
    Source.THREAD: _is_said,
}
"""The condition that an annotation has a term in a source: for terms that many have."""
