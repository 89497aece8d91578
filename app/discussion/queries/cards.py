"""Compact cards: an annotation, with what is said of it, beside the text and in short lists."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.queries.marks import EVERYTHING, Filter, filtered
from app.annotations.queries.past_revisions import Earlier
from app.annotations.state import AnnotationState
from app.articles.models import Revision
from app.core.conditions import is_among_bound
from app.core.prepared import Prepared
from app.discussion.models import Thread
from app.discussion.queries.discussion import DISPUTES, HAS_QUESTION

# The bare tables: the ORM would look at every one of thousands of rows. What every page of an
# article asks for is put together once.
_annotation = Annotation.__table__.c
_account = Account.__table__.c
_thread = Thread.__table__.c
_THEMES = type_coerce(_annotation.themes, Text)  # as they are kept: "3,17"
EXCERPT_LENGTH = 80  # code points of a note or quote on a compact card
_LIVING = (
    # The article is named for the sake of the index that has its places in order.
    _annotation.article_id == bindparam("article_id"),
    _annotation.revision_id == bindparam("revision_id"),
    _annotation.deleted_at.is_(None),
)


def excerpt_of(note: ColumnElement[str], quote: ColumnElement[str]) -> ColumnElement[str]:
    """Return the beginning of a note, or else of a quote, with an ellipsis where it goes on."""
    said = func.coalesce(func.nullif(note, ""), quote)
    return func.substr(said, 1, EXCERPT_LENGTH) + case(
        (func.length(said) > EXCERPT_LENGTH, "…"), else_=""
    )


def excerpt(state: AnnotationState) -> str:
    """Return the same of what an annotation was."""
    said = state.note or state.quote
    return said[:EXCERPT_LENGTH] + ("…" if len(said) > EXCERPT_LENGTH else "")


_CARDS = (
    select(
        _annotation.id,
        _annotation.tag,
        _annotation.start,
        _annotation.end,
        _annotation.first_block,
        _annotation.last_block,
        _annotation.account_id,
        _account.name,
        _annotation.note != "",
        excerpt_of(_annotation.note, _annotation.quote),
        func.coalesce(_thread.comments, 0),
        func.coalesce(HAS_QUESTION, false()),
        case((_thread.resolved_at.is_(None), DISPUTES), else_=0),
        # How many there are; the names may change without the annotation.
        case(
            (_THEMES == "", 0),
            else_=func.length(_THEMES) - func.length(func.replace(_THEMES, ",", "")) + 1,
        ),
    )
    .join(Account.__table__, _account.id == _annotation.account_id)
    .outerjoin(Thread.__table__, _thread.annotation_id == _annotation.id)
    .order_by(_annotation.start, _annotation.id)
)
_CARDS_FROM = _CARDS.where(
    *_LIVING,
    is_among_bound(_annotation.start, "starts"),
    _annotation.last_block >= bindparam("first"),
)
_ALL_CARDS_FROM = Prepared(_CARDS_FROM)


class Card(NamedTuple):
    """An annotation as a compact card shows it; `excerpt` begins the note, or else the quote.

    `themes` counts those that it carries. Of its thread it says not whose it is. What is resolved
    is quiet: no question, and no disputes.
    """

    id: int
    tag: str
    start: int
    end: int
    first_block: int
    last_block: int
    annotator_id: int
    annotator: str
    has_note: bool
    excerpt: str
    comments: int = 0
    has_question: bool = False
    disputes: int = 0
    themes: int = 0


def cards_from(
    session: Session, revision: Revision, shown: Filter, starts: Sequence[int], *, first: int
) -> list[Card]:
    """Return the cards of the passages that start at these places, by start and id.

    Left out are those that end before block `first`. The places ascend. To ask for the few that are
    needed is many times quicker than to have the database rank thousands.
    """
    values = {**_living_in(revision), "starts": starts, "first": first}
    if shown == EVERYTHING:
        return list(map(Card._make, _ALL_CARDS_FROM.run(session, values)))
    rows = session.execute(filtered(_CARDS_FROM, shown), values)
    return list(map(Card._make, rows.all()))


def block_cards(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    block: int,
    offset: int = 0,
    limit: int | None,
) -> list[Card]:
    """Return the cards of the passages that touch one block, by start and id."""
    runs_on = and_(
        _annotation.last_block > _annotation.first_block,
        _annotation.first_block < block,
        _annotation.last_block >= block,
    )
    touches = or_(_annotation.first_block == block, runs_on)
    query = filtered(_CARDS, shown).where(*_LIVING, touches)
    rows = session.execute(query.offset(offset).limit(limit), _living_in(revision))
    return [Card._make(row) for row in rows]


def cards_at(session: Session, revision: Revision, offset: int, shown: Filter) -> list[Card]:
    """Return the cards of every annotation whose passage covers one place of the text."""
    query = filtered(_CARDS, shown).where(
        *_LIVING, _annotation.start <= offset, _annotation.end > offset
    )
    return [Card._make(row) for row in session.execute(query, _living_in(revision))]


def find_card(session: Session, annotation_id: int) -> Card:
    """Return the card of one annotation, living or in the trash."""
    return Card._make(session.execute(_CARDS.where(_annotation.id == annotation_id)).one())


def cards_of(tagged: Iterable[Earlier], block_starts: Sequence[int]) -> list[Card]:
    """Return the cards of all that was tagged, in its order."""
    return [
        Card(
            each.id,
            each.state.tag,
            each.state.start,
            each.state.end,
            each.state.block,
            each.last_block(block_starts),
            each.annotator_id,
            each.annotator,
            each.state.note != "",
            excerpt(each.state),
            themes=len(each.state.themes),
        )
        for each in tagged
    ]


def _living_in(revision: Revision) -> dict[str, object]:
    """Return the values of `_LIVING`."""
    return {"article_id": revision.article_id, "revision_id": revision.id}
