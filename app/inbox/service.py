"""Reading an inbox: one item, or all up to one; and being told of it once a day."""

from datetime import date

from sqlalchemy import CursorResult, delete, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.inbox import queries
from app.inbox.models import Inbox, InboxRead


def mark_read(session: Session, *, account_id: int, event_id: int) -> None:
    """Mark one item as read. Twice is as good as once.

    Raises: NotFound (it is no item of theirs).
    """
    if not queries.is_item(session, account_id, event_id):
        raise NotFound
    if session.get(InboxRead, (account_id, event_id)) is None:
        _add(session, InboxRead(account_id=account_id, event_id=event_id))


def mark_all_read(session: Session, *, account_id: int, up_to: int) -> None:
    """Mark everything as read up to the event of an id: what came since has not been seen."""
    _ensure(session, account_id)
    session.execute(
        update(Inbox)
        .where(Inbox.account_id == account_id, Inbox.read_to < up_to)
        .values(read_to=up_to)
    )
    session.execute(
        delete(InboxRead).where(InboxRead.account_id == account_id, InboxRead.event_id <= up_to)
    )


def claim_digest(session: Session, *, account_id: int, today: date) -> bool:
    """Say whether today's digest is ours to send: nobody sends a second one on a day."""
    _ensure(session, account_id)
    claimed = session.execute(
        update(Inbox)
        .where(Inbox.account_id == account_id, or_(Inbox.told_on.is_(None), Inbox.told_on < today))
        .values(told_on=today)
    )
    return isinstance(claimed, CursorResult) and claimed.rowcount == 1


def give_back_digest(
    session: Session, *, account_id: int, today: date, before: date | None
) -> None:
    """Let a later run send the digest that was not sent; `before` is the day of the one before."""
    session.execute(
        update(Inbox)
        .where(Inbox.account_id == account_id, Inbox.told_on == today)
        .values(told_on=before)
    )


def mark_told(session: Session, *, account_id: int, up_to: int) -> None:
    """Note that a digest was sent that knew of everything up to an event."""
    session.execute(
        update(Inbox)
        .where(Inbox.account_id == account_id, Inbox.told_to < up_to)
        .values(told_to=up_to)
    )


def told(session: Session, account_id: int) -> tuple[int, date | None]:
    """Return the last event that a digest knew of, and the day on which it was sent."""
    inbox = session.get(Inbox, account_id)
    return (inbox.told_to, inbox.told_on) if inbox else (0, None)


def _ensure(session: Session, account_id: int) -> None:
    if session.get(Inbox, account_id) is None:
        _add(session, Inbox(account_id=account_id, read_to=0, told_to=0, told_on=None))


def _add(session: Session, row: Inbox | InboxRead) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        pass  # it was added at the same instant, elsewhere
