"""How many of what is asked for are in each state: few are, and these are looked at alone."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.core.conditions import is_among
from app.findings.asked import STATES
from app.findings.queries.few import few_in_state
from app.findings.queries.limited_counts import Count, count_each
from app.findings.queries.matching import is_in_state
from app.findings.queries.narrowed import Narrowed
from app.projects.models import Member

_annotation = Annotation.__table__.c


def count_states(
    session: Session, member: Member, narrowed: Narrowed, *, most: int | None, looked_at: int
) -> Mapping[str, Count]:
    """Count each state, up to `most`; up to `looked_at` annotations are looked at once for all."""
    few: dict[str, Collection[int]] = {}
    conditions: dict[str, ColumnElement[bool]] = {}
    others_few = narrowed.few("state")
    for state in STATES:
        ids = few_in_state(session, member, state)
        if ids is None:
            conditions[state] = is_in_state(state, member)
            continue
        # Here, since PostgreSQL would compare each id of the one list with each of the other.
        few[state] = ids if others_few is None else set(ids).intersection(others_few.ids)
        conditions[state] = is_among(session, _annotation.id, few[state])
    together = set().union(*few.values())
    if len(together) > looked_at:
        return count_each(session, narrowed, "state", conditions, most=most, by_project=False)
    # All at once: SQLite lists all that has a searched word with each query.
    found = narrowed.which_of("state", together)
    numbers = {state: len(found.intersection(few[state])) for state in few}
    counts = {state: Count.up_to(most, number) for state, number in numbers.items() if number}
    many = {state: conditions[state] for state in STATES if state not in few}
    return counts | count_each(session, narrowed, "state", many, most=most, by_project=False)
