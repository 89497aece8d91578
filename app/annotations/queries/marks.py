"""What is shown of a text: the filter, and the passages that it shows, as marks need them."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import (
    Row,
    Select,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, AnnotationTheme
from app.annotations.queries.thread_filters import THREAD_FILTERS
from app.articles.models import Revision
from app.assignments.queries.visibility import (
    EVERYONE,
    Visibility,
)
from app.frozen import frozen

# The bare tables: the ORM would look at every one of thousands of rows. What every page of an
# article asks for is put together once.
_annotation = Annotation.__table__.c
_carried = AnnotationTheme.__table__.c
# What a text shows of them: the same words with the same tag are one, by however many. The groups
# are in the order of an index.
SPANS = (
    select(
        _annotation.start,
        _annotation.end,
        _annotation.tag,
        _annotation.first_block,
        _annotation.last_block,
        func.count(),
        func.min(_annotation.id),
    )
    .where(_annotation.revision_id == bindparam("revision_id"), _annotation.deleted_at.is_(None))
    .group_by(
        _annotation.first_block,
        _annotation.start,
        _annotation.tag,
        _annotation.end,
        _annotation.last_block,
    )
)
# Of a few blocks, by indexes that leave all others alone: what starts there, and the little that
# runs on into them, which needs no grouping.
SPANS_BETWEEN = (
    SPANS.where(
        _annotation.first_block >= bindparam("first"), _annotation.first_block <= bindparam("last")
    ),
    select(
        _annotation.start,
        _annotation.end,
        _annotation.tag,
        _annotation.first_block,
        _annotation.last_block,
        literal_column("1"),
        _annotation.id,
    ).where(
        _annotation.revision_id == bindparam("revision_id"),
        _annotation.deleted_at.is_(None),
        _annotation.last_block > _annotation.first_block,
        _annotation.last_block >= bindparam("first"),
        # As an expression, which no index has: SQLite would go through all that starts before.
        _annotation.first_block + literal_column("0") < bindparam("first"),
    ),
)
_ALL_BETWEEN = union_all(*SPANS_BETWEEN)


@frozen
class Filter:
    """Which annotations are shown, of those that may be seen: None for all of them.

    Else only these tags or annotators, those of the account `own`, those with a note, those that
    carry any of the `themes`, and those whose thread is in any of the states `threads`. Nothing
    that is asked for widens the visibility.
    """

    visibility: Visibility
    tags: frozenset[str] | None = None
    annotators: frozenset[int] | None = None
    threads: frozenset[str] | None = None
    own: int | None = None
    has_note: bool = False
    themes: frozenset[int] | None = None

    @property
    def is_everything(self) -> bool:
        """Say whether nothing is hidden that may be seen."""
        return self == Filter(self.visibility)


EVERYTHING = Filter(EVERYONE)
Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])
Span = Row[int, int, str, int, int, int, int] | tuple[int, int, str, int, int, int, int]
"""A passage under a tag: its start and end, the tag, the first and the last block that it touches,
how many annotations these are, and the lowest of their ids."""


def find_spans(session: Session, revision: Revision, shown: Filter) -> Sequence[Span]:
    """Return the passages of what is shown in a revision, by start."""
    query = filtered(SPANS, shown).order_by("first_block", "start")
    return session.execute(query, {"revision_id": revision.id}).all()


def find_spans_between(
    session: Session, revision: Revision, shown: Filter, *, first: int, last: int
) -> Sequence[Span]:
    """Return the same of all that touch the blocks numbered `first` to `last`."""
    query = _ALL_BETWEEN
    if shown != EVERYTHING:
        query = union_all(*(filtered(part, shown) for part in SPANS_BETWEEN))
    values = {"revision_id": revision.id, "first": first, "last": last}
    # Sorted here: to have them in order SQLite would go through all blocks.
    return sorted(session.execute(query, values).all(), key=itemgetter(3, 0))


def is_shown(session: Session, annotation: Annotation, shown: Filter) -> bool:
    """Say whether a filter shows an annotation."""
    query = filtered(select(_annotation.id).where(_annotation.id == annotation.id), shown)
    return session.execute(query).first() is not None


def filtered(query: Query, shown: Filter) -> Query:
    """Return a query of the bare table for what a filter shows alone."""
    if shown.tags is not None:
        query = query.where(_annotation.tag.in_(sorted(shown.tags)))
    if shown.annotators is not None:
        query = query.where(_annotation.account_id.in_(sorted(shown.annotators)))
    if shown.threads is not None:
        is_in_one = [THREAD_FILTERS[name](name) for name in sorted(shown.threads)]
        query = query.where(or_(false(), *is_in_one))
    if shown.own is not None:
        query = query.where(_annotation.account_id == shown.own)
    if shown.has_note:
        query = query.where(_annotation.note != "")
    if shown.themes is not None:
        # Asked of each of the few of an article: a theme may be carried by a million elsewhere.
        carried = select(_carried.theme_id).where(
            _carried.annotation_id == _annotation.id, _carried.theme_id.in_(sorted(shown.themes))
        )
        query = query.where(carried.exists())
    if shown.visibility.only is not None:
        query = query.where(_annotation.account_id == shown.visibility.only)
    return query
