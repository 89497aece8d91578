"""Who rests on what annotations are, in rooms to the right, hears of each change of one."""

from sqlalchemy.orm import Session

from app.core.hooks import Hook
from app.events.models import Event

annotation_changed: Hook[[Session, Event]] = Hook("annotation_changed")
"""Called after every change by a person, once its event has an id."""
