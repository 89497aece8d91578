"""What a page shows of an assigning that was just done, with the way back."""

from sqlalchemy.orm import Session

from app.assignments.pages.event_text import describe
from app.assignments.service.assignments import Assigned
from app.assignments.service.undo import find_assigning
from app.frozen import frozen
from app.projects.models import Member
from app.web.signing import read_signed, sign

PURPOSE = "assigned"


@frozen
class Made:
    """An assigning that can be taken back: what it changed, and its events as a form sends them."""

    words: str
    events: str


def write_events(member: Member, assigned: Assigned) -> str | None:
    """Return the events of a member's assigning, signed, for an address and a form; None for none.

    By an address that anyone could write, one press would take back whatever lies between two.
    """
    if not assigned.events:
        return None
    span = [member.account_id, assigned.events[0].id, assigned.events[-1].id]
    return sign(span, purpose=PURPOSE)


def read_events(member: Member, value: str | None) -> tuple[int, int]:
    """Return the ids of the first and the last event, 0 and 0 for what is not the member's."""
    account_id, first, last = read_signed(value or "", purpose=PURPOSE) or (None, 0, 0)
    return (first, last) if account_id == member.account_id else (0, 0)


def just_made(session: Session, member: Member, value: str | None) -> Made | None:
    """Build what is shown of an assigning that an address names; None where nothing stands."""
    first, last = read_events(member, value) if value else (0, 0)
    if not first:
        return None
    assigned = find_assigning(session, actor=member, first=first, last=last)
    events = write_events(member, assigned)
    return Made(describe(assigned), events) if events else None
