"""Acts on many annotations: one event of the act, and one of each annotation as a part of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service.annotations import ACTS, CHANGED, DELETED, RESTORED
from app.annotations.service.last_activity import update_last_activity
from app.annotations.service.listeners import AnnotationChange, annotations_changed
from app.annotations.state import AnnotationState, states_of
from app.articles.queries import articles
from app.core.clock import now
from app.core.errors import Conflict
from app.events.models import Event
from app.events.service import NewEvent, record_all
from app.frozen import frozen
from app.projects.models import Member

AT_ONCE = 500


@frozen
class ActPart:
    """What an act on many made of one annotation: its event, and its states before and after.

    Before it was made, an annotation is as good as in the trash.
    """

    event_id: int
    annotation_id: int
    before: AnnotationState
    after: AnnotationState


def lock_annotations(session: Session, annotation_ids: Sequence[int]) -> list[Annotation]:
    """Return annotations by id, and let nobody change them or their articles before the commit.

    The articles first, in their order, as all that change annotations hold them.
    """
    found: list[Annotation] = []
    article_ids: set[int] = set()
    for some in in_pieces(annotation_ids):
        of_some = select(Annotation.article_id).where(Annotation.id.in_(some)).distinct()
        article_ids.update(session.scalars(of_some))
    for article_id in sorted(article_ids):
        articles.lock_article(session, article_id)
    for some in in_pieces(sorted(annotation_ids)):
        rows = select(Annotation).where(Annotation.id.in_(some)).order_by(Annotation.id)
        rows = rows.with_for_update(of=Annotation, key_share=True)
        found += session.scalars(rows.execution_options(populate_existing=True))
    return found


def in_pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield ids in pieces that one query takes."""
    return (ids[first : first + AT_ONCE] for first in range(0, len(ids), AT_ONCE))


class Step(NamedTuple):
    """What an act makes of one annotation; `undoes_id` is the event that this takes back."""

    annotation: Annotation
    before: AnnotationState
    after: AnnotationState
    undoes_id: int | None


def write(
    session: Session,
    actor: Member,
    wanted: Mapping[Annotation, AnnotationState],
    *,
    undoes: Mapping[int, int] = MappingProxyType({}),
) -> list[Step]:
    """Make annotations that are held what is wanted, each at its place; `record_parts` is next.

    `undoes` are the events that this takes back, by the ids of the annotations.

    Raises: Conflict (someone tagged one of the same passages at this moment).
    """
    steps: list[Step] = []
    moment = now()
    try:
        with session.begin_nested():
            for annotation, after in wanted.items():
                before = AnnotationState.of(annotation)
                after.write_content(annotation)
                if before.deleted != after.deleted:
                    annotation.deleted_at = moment if after.deleted else None
                annotation.version += 1
                annotation.updated_at = moment
                steps.append(Step(annotation, before, after, undoes.get(annotation.id)))
    except IntegrityError:
        message = (
            "Someone tagged one of these passages at this moment. Nothing was done: try again."
        )
        raise Conflict(message) from None
    for article_id in sorted({annotation.article_id for annotation in wanted}):
        update_last_activity(session, actor=actor, article_id=article_id, is_held=True)
    return steps


def record_parts(
    session: Session, actor: Member, steps: Sequence[Step], *, part_of_id: int
) -> None:
    """Record what was written, as parts of an act that was recorded."""
    changes = [
        NewEvent(
            _kind(before, after),
            annotation.subject,
            before.to_json(),
            after.to_json(),
            undoes_id,
        )
        for annotation, before, after, undoes_id in steps
    ]
    events = record_all(session, actor, changes, part_of_id=part_of_id)
    changed = [
        AnnotationChange(events[annotation.id], annotation.id, before, after)
        for annotation, before, after, _undoes_id in steps
    ]
    annotations_changed(session, changed)


def _kind(before: AnnotationState, after: AnnotationState) -> str:
    if before.deleted == after.deleted:
        return CHANGED
    return DELETED if after.deleted else RESTORED


def parts_of(session: Session, event_id: int) -> Iterator[ActPart]:
    """Yield the parts of an act on many, by the ids of their events."""
    query = select(Event).where(Event.part_of_id == event_id).order_by(Event.id)
    for event in session.scalars(query.execution_options(yield_per=AT_ONCE)):
        before, after = states_of(event)
        if after is not None and event.annotation_id is not None:
            before = before or replace(after, deleted=True)
            yield ActPart(event.id, event.annotation_id, before, after)


def changed_since(session: Session, event_id: int) -> Collection[int]:
    """Return which annotations of an act on many somebody has changed since."""
    part = select(Event.id, Event.annotation_id).where(Event.part_of_id == event_id).subquery()
    query = (
        select(part.c.annotation_id)
        .join(Event, Event.annotation_id == part.c.annotation_id)
        .where(Event.id > part.c.id, Event.kind.in_(ACTS))
        .distinct()
    )
    return set(session.scalars(query))
