"""The blocks that events have changed: which they are, and drawn again."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.marks import Filter
from app.annotations.state import AnnotationState, states_of
from app.articles.models import Revision
from app.articles.queries.content import content_of
from app.assignments.queries.visibility import Visibility
from app.events.models import Event
from app.reading.pages.rendering.blocks import DrawnBlock, render_blocks

MOST_EVENTS = 200  # that a page catches up with; after more of them it is loaded again


def blocks_since(
    session: Session, revision: Revision, event_id: int, seen: Visibility
) -> set[int] | None:
    """Return the numbers of the blocks to whose annotations something happened after an event.

    Annotations that are not seen do not count. None where more than MOST_EVENTS have happened.
    """
    query = (
        select(Event)
        .join(Annotation, Annotation.id == Event.annotation_id)
        .where(Event.article_id == revision.article_id, Event.id > event_id)
    )
    if seen.only is not None:
        query = query.where(Annotation.account_id == seen.only)
    events = session.scalars(query.limit(MOST_EVENTS + 1)).all()
    if len(events) > MOST_EVENTS:
        return None
    annotations = annotations_of(session, events)
    numbers: set[int] = set()
    for event in events:
        numbers |= blocks_of_event(session, revision, event, annotations[event.annotation_id or 0])
    return numbers


def annotations_of(session: Session, events: Iterable[Event]) -> dict[int, Annotation]:
    """Return the annotations that events are about, by their ids."""
    ids = {event.annotation_id for event in events if event.annotation_id}
    found = session.scalars(select(Annotation).where(Annotation.id.in_(ids))) if ids else ()
    return {annotation.id: annotation for annotation in found}


def blocks_of_event(
    session: Session, revision: Revision, event: Event, annotation: Annotation | None
) -> set[int]:
    """Return the numbers of the blocks in which an event's annotation stands, or stood by it."""
    numbers: set[int] = set()
    if annotation is None:
        return numbers
    if annotation.revision_id == revision.id:
        numbers.update(range(annotation.first_block, annotation.last_block + 1))
    for state in states_of(event):
        if state is not None and _is_elsewhere(state, annotation):
            numbers.update(blocks_of_state(session, revision, state))
    return numbers


def blocks_of_state(session: Session, revision: Revision, state: AnnotationState) -> Iterable[int]:
    """Return the numbers of the blocks in which an annotation stood, none in another revision."""
    if state.revision != revision.id:
        return ()
    first, last = content_of(session, revision.id).block_numbers(state.start, state.end)
    return range(first, last + 1)


def draw_numbers(
    session: Session, revision: Revision, shown: Filter, numbers: Iterable[int]
) -> list[DrawnBlock]:
    """Draw the blocks of these numbers, in their order."""
    drawn = []
    for first, last in _stretches(sorted(set(numbers))):
        drawn += render_blocks(session, revision, shown, first=first, last=last)
    return drawn


def _is_elsewhere(state: AnnotationState, annotation: Annotation) -> bool:
    place = (annotation.revision_id, annotation.start, annotation.end)
    return place != (state.revision, state.start, state.end)


def _stretches(numbers: list[int]) -> list[tuple[int, int]]:
    """Join numbers that follow one another: [1, 2, 5] to [(1, 2), (5, 5)]."""
    stretches: list[tuple[int, int]] = []
    for number in numbers:
        if stretches and stretches[-1][1] == number - 1:
            stretches[-1] = (stretches[-1][0], number)
        else:
            stretches.append((number, number))
    return stretches
