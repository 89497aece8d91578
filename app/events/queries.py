"""Reading what happened."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.events.models import Event


def last_event_id(session: Session, article_id: int) -> int:
    """Return the id of the last event in an article: a drawing is newer the higher it is."""
    return session.scalar(select(func.max(Event.id)).where(Event.article_id == article_id)) or 0
