"""Reading an inbox: one thread, or all up to an event; and being told of it once a day."""

from datetime import date

from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.annotations.service.together import in_pieces
from app.core.errors import NotFound
from app.events.models import Event
from app.inbox.models import Inbox, InboxRead
from app.inbox.queries import inbox as queries


def mark_read(session: Session, *, account_id: int, event_id: int, up_to: int) -> None:
    """Mark an item as read, with all of its annotation up to an event. Twice is as good as once.

    Raises: NotFound (it is no item of theirs).
    """
    annotation_id = queries.thread_of_item(session, account_id, event_id)
    if annotation_id is None:
        raise NotFound
    mark_thread_read(
        session, account_id=account_id, annotation_id=annotation_id, up_to=max(event_id, up_to)
    )


def mark_thread_read(session: Session, *, account_id: int, annotation_id: int, up_to: int) -> None:
    """Mark as read what someone sees of an annotation, up to the event of an id."""
    found = queries.list_unread(session, account_id, up_to=up_to, annotation_id=annotation_id)
    if not found:
        return
    for event_id in found:
        _add(session, InboxRead(account_id=account_id, event_id=event_id))
    _move_up(session, account_id)


def mark_all_read(session: Session, *, account_id: int, up_to: int) -> None:
    """Mark everything as read up to the event of an id: what came since has not been seen.

    Nor has what is hidden now, because others tagged it independently: it is new when it is shown.
    """
    hidden = queries.oldest_unread(session, account_id, is_hidden=True)
    read_to = up_to if hidden is None else min(up_to, hidden - 1)
    for event_id in queries.list_unread(
        session, account_id, after=read_to, up_to=up_to, annotation_id=None
    ):
        _add(session, InboxRead(account_id=account_id, event_id=event_id))
    _read_all_to(session, account_id, read_to)


def mark_project_read(session: Session, *, account_id: int, project_id: int) -> None:
    """Mark as read what someone sees of one project: it is brought in, and no news."""
    newest = session.scalar(select(func.max(Event.id))) or 0
    found = queries.list_unread(session, account_id, up_to=newest, annotation_id=None)
    for some in in_pieces(found):
        own = select(Event.id).where(Event.id.in_(some), Event.project_id == project_id)
        for event_id in session.scalars(own):
            _add(session, InboxRead(account_id=account_id, event_id=event_id))


def _move_up(session: Session, account_id: int) -> None:
    """Let the mark up to which all is read follow what was read one by one.

    The number at the top of every page looks at all that comes after the mark.
    """
    oldest = queries.oldest_unread(session, account_id)
    if oldest is None:
        query = select(func.max(InboxRead.event_id)).where(InboxRead.account_id == account_id)
        _read_all_to(session, account_id, session.scalar(query) or 0)
    else:
        _read_all_to(session, account_id, oldest - 1)


def _read_all_to(session: Session, account_id: int, event_id: int) -> None:
    _ensure(session, account_id)
    session.execute(
        update(Inbox)
        .where(Inbox.account_id == account_id, Inbox.read_to < event_id)
        .values(read_to=event_id)
    )
    session.execute(
        delete(InboxRead).where(InboxRead.account_id == account_id, InboxRead.event_id <= event_id)
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
