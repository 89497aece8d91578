"""Who rests on what annotations are, in rooms to the right, hears of each change of one."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.events.models import Event

Listener = Callable[[Session, Event], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Let a room hear of every change by a person, once its event has an id."""
    _listeners.append(listener)


def tell(session: Session, event: Event) -> None:
    """Tell every room that someone has changed an annotation."""
    for listener in _listeners:
        listener(session, event)
