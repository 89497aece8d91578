"""Compact cards: an annotation as it stands beside the text, and in lists of a place or block."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.queries.marks import Filter, filtered
from app.articles.models import Revision

# The bare tables: the ORM would look at every one of thousands of rows. What every page of an
# article asks for is put together once.
_annotation = Annotation.__table__.c
_account = Account.__table__.c
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


def excerpt(note: str, quote: str) -> str:
    """Return the same of words that are at hand."""
    said = note or quote
    return said[:EXCERPT_LENGTH] + ("…" if len(said) > EXCERPT_LENGTH else "")


_CARDS = (
    select(
        _annotation.id,
        _annotation.tag,
        _annotation.start,
        _annotation.end,
        _annotation.first_block,
        _annotation.account_id,
        _account.name,
        excerpt_of(_annotation.note, _annotation.quote),
    )
    .join(Account.__table__, _account.id == _annotation.account_id)
    .order_by(_annotation.start, _annotation.id)
)
_CARDS_FROM = _CARDS.where(*_LIVING, _annotation.start.in_(bindparam("starts", expanding=True)))


class Card(NamedTuple):
    """An annotation as a compact card shows it; `excerpt` begins the note, or else the quote."""

    id: int
    tag: str
    start: int
    end: int
    first_block: int
    annotator_id: int
    annotator: str
    excerpt: str


STARTS_AT_ONCE = 5_000  # in one query; SQLite takes 32,766 values, PostgreSQL twice as many


def cards_from(
    session: Session, revision: Revision, shown: Filter, starts: Sequence[int]
) -> list[Card]:
    """Return the cards of the passages that start at these places, by start and id.

    The places ascend. To ask for the few that are needed is many times quicker than to have the
    database rank thousands.
    """
    query = filtered(_CARDS_FROM, shown)
    cards: list[Card] = []
    for place in range(0, len(starts), STARTS_AT_ONCE):
        batch = starts[place : place + STARTS_AT_ONCE]
        rows = session.execute(query, {**_living_in(revision), "starts": batch})
        cards.extend(map(Card._make, rows.all()))
    return cards


def block_cards(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    block: int,
    offset: int = 0,
    limit: int,
) -> list[Card]:
    """Return the cards of the passages that start in one block, by start and id."""
    query = filtered(_CARDS, shown).where(*_LIVING, _annotation.first_block == block)
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


def _living_in(revision: Revision) -> dict[str, object]:
    """Return the values of `_LIVING`."""
    return {"article_id": revision.article_id, "revision_id": revision.id}
