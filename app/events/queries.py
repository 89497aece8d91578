"""Reading what happened."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.events.models import Event

_LAST = select(func.max(Event.id)).where(Event.article_id == bindparam("article_id"))


def find_by_key(session: Session, *, account_id: int, client_key: str) -> Event | None:
    """Return the undo or redo that someone asked for with this key, or None."""
    return session.scalar(
        select(Event).where(Event.account_id == account_id, Event.client_key == client_key)
    )


def last_event_id(session: Session, article_id: int) -> int:
    """Return the id of the last event in an article: a drawing is newer the higher it is."""
    return session.scalar(_LAST, {"article_id": article_id}) or 0


def last_event_of(session: Session, annotation_id: int) -> int:
    """Return the id of the last event of an annotation, with what was said of it."""
    query = select(func.max(Event.id)).where(Event.annotation_id == annotation_id)
    return session.scalar(query) or 0


def is_taken_back(session: Session, event: Event, kind: str) -> bool:
    """Say whether an event of a kind, of the same project, took another one back."""
    query = select(Event.id).where(
        Event.project_id == event.project_id, Event.kind == kind, Event.undoes_id == event.id
    )
    return session.scalar(query) is not None


def not_taken_back(
    session: Session, events: Collection[Event], kinds: Collection[str], undoing: Collection[str]
) -> set[int]:
    """Return the ids of those events of some `kinds` that none of the kinds `undoing` took back."""
    acts = {event.id: event.project_id for event in events if event.kind in kinds}
    if not acts:
        return set()
    undone = select(Event.undoes_id).where(
        Event.project_id.in_(set(acts.values())),
        Event.kind.in_(undoing),
        Event.undoes_id.in_(sorted(acts)),
    )
    return set(acts) - set(session.scalars(undone))
