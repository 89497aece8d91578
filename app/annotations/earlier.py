"""What was tagged in a revision that has since been corrected, as it was then."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation, EarlierPlace
from app.annotations.queries import Card, Span, gist_of
from app.articles.models import Revision


def spans(session: Session, revision: Revision) -> Sequence[Span]:
    """Return `(start, end, tag, first block, last block)` of all that was tagged, by start."""
    query = select(
        EarlierPlace.start,
        EarlierPlace.end,
        EarlierPlace.tag_name,
        EarlierPlace.first_block,
        EarlierPlace.last_block,
    ).where(EarlierPlace.revision_id == revision.id, EarlierPlace.was_deleted.is_(False))
    return session.execute(query.order_by(EarlierPlace.start)).all()


class Content(NamedTuple):
    """What an annotation said then."""

    id: int
    quote: str
    note: str


def contents(session: Session, revision: Revision) -> list[Content]:
    """Return the quote and the note of all that was tagged."""
    query = select(EarlierPlace.annotation_id, EarlierPlace.quote, EarlierPlace.note).where(
        EarlierPlace.revision_id == revision.id, EarlierPlace.was_deleted.is_(False)
    )
    return [Content._make(row) for row in session.execute(query)]


def cards(session: Session, revision: Revision) -> list[Card]:
    """Return the cards of all that was tagged, by start and id."""
    place = EarlierPlace.__table__.c
    query = (
        select(
            place.annotation_id,
            place.tag,
            place.start,
            place.end,
            place.first_block,
            Annotation.account_id,
            Account.name,
            gist_of(place.note, place.quote),
        )
        .join(Annotation, Annotation.id == place.annotation_id)
        .join(Account, Account.id == Annotation.account_id)
        .where(place.revision_id == revision.id, place.was_deleted.is_(False))
        .order_by(place.start, place.annotation_id)
    )
    return [Card._make(row) for row in session.execute(query)]
