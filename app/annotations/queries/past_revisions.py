"""What was tagged in a revision that has since been corrected, as it was then, and is seen now."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation, EarlierPlace
from app.annotations.queries.annotations import Card, Query, Span, excerpt_of
from app.articles.models import Revision
from app.assignments.queries.visibility import Visibility


def spans(session: Session, revision: Revision, visibility: Visibility) -> Sequence[Span]:
    """Return `(start, end, tag, first block, last block)` of all that was tagged, by start."""
    query = select(
        EarlierPlace.start,
        EarlierPlace.end,
        EarlierPlace.tag_name,
        EarlierPlace.first_block,
        EarlierPlace.last_block,
    )
    return session.execute(_living(query, revision, visibility).order_by(EarlierPlace.start)).all()


class Content(NamedTuple):
    """What an annotation said then."""

    id: int
    quote: str
    note: str


def contents(session: Session, revision: Revision, visibility: Visibility) -> list[Content]:
    """Return the quote and the note of all that was tagged."""
    query = select(EarlierPlace.annotation_id, EarlierPlace.quote, EarlierPlace.note)
    rows = session.execute(_living(query, revision, visibility))
    return [Content._make(row) for row in rows]


def cards(session: Session, revision: Revision, visibility: Visibility) -> list[Card]:
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
            excerpt_of(place.note, place.quote),
        )
        .join_from(EarlierPlace, Annotation, Annotation.id == place.annotation_id)
        .join(Account, Account.id == Annotation.account_id)
        .order_by(place.start, place.annotation_id)
    )
    return [Card._make(row) for row in session.execute(_living(query, revision, visibility))]


def _living(query: Query, revision: Revision, visibility: Visibility) -> Query:
    query = query.where(
        EarlierPlace.revision_id == revision.id, EarlierPlace.was_deleted.is_(False)
    )
    if visibility.only is None:
        return query
    own = select(Annotation.id).where(Annotation.account_id == visibility.only)
    return query.where(EarlierPlace.annotation_id.in_(own))
