"""Reading who is where with which article."""

from datetime import date

from app.assignments.models import Progress, State
from app.core.clock import now


def days_late(progress: Progress) -> int:
    """Return by how many days an assignment is late, 0 where it is not; days are those of UTC."""
    return _days_late(progress.due_on, progress.state, now().date())


def _days_late(due_on: date | None, state: State, today: date) -> int:
    if due_on is None or state is State.DONE:
        return 0
    return max(0, (today - due_on).days)
