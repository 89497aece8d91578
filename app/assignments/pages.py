"""What a page shows of an assigning that was just done, with the way back."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.assignments.service import Assigned
from app.assignments.undoing import find_assigning
from app.assignments.wording import describe
from app.core.pages import read_number
from app.projects.models import Member


@dataclass(frozen=True, slots=True)
class Made:
    """An assigning that can be taken back: what it changed, and its events as a form sends them."""

    words: str
    events: str


def write_events(assigned: Assigned) -> str | None:
    """Return the events of an assigning as an address and a form hold them; None for none."""
    if not assigned.events:
        return None
    return f"{assigned.events[0].id}-{assigned.events[-1].id}"


def read_events(value: str | None) -> tuple[int, int]:
    """Return the ids of the first and the last event; 0 and 0 for what is nothing such."""
    first, _, last = (value or "").partition("-")
    return read_number(first) or 0, read_number(last) or 0


def just_made(session: Session, member: Member, value: str | None) -> Made | None:
    """Build what is shown of an assigning that an address names; None where nothing stands."""
    first, last = read_events(value)
    assigned = find_assigning(session, actor=member, first=first, last=last)
    events = write_events(assigned)
    return Made(describe(assigned), events) if events else None
