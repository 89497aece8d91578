"""What an event keeps of an annotation."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Self

from app.annotations.models import ANNOTATION, Annotation
from app.events.models import Event, Snapshot
from app.events.state import EventState
from app.frozen import frozen

COLUMNS = {
    "tag": "tag_name",
    "revision": "revision_id",
    "block": "first_block",
    "party": "party_id",
    "position": "position_id",
}
"""The attributes of the row that a field's name is not."""


@frozen
class AnnotationState(EventState):
    """An annotation as it is, or was.

    A field here, and the column of its name in `Annotation`, is all that events, undo, corrections
    and verification need to know of it. It needs a default, which stands for what events of before
    do not hold, and goes at the end.
    """

    tag: str
    note: str
    revision: int  # its id
    start: int
    end: int
    quote: str
    block: int  # the number of the one where it starts
    deleted: bool
    themes: tuple[int, ...] = ()  # their ids, ascending
    party: int | None = None  # its id, and so on
    addressees: tuple[int, ...] = ()
    position: int | None = None
    side: str = ""

    @classmethod
    def of(cls, annotation: Annotation) -> Self:
        """Return what an annotation is now."""
        names = (name for name in cls.__match_args__ if name != "deleted")  # of the fields
        row = {name: getattr(annotation, COLUMNS.get(name, name)) for name in names}
        return cls(**row, deleted=annotation.deleted_at is not None)

    @classmethod
    def from_json(cls, kept: Snapshot) -> Self:
        """Read what an event keeps; what it does not hold has its default."""
        return cls(**cls.known(kept) | {name: tuple(kept.get(name, ())) for name in SEVERAL})

    def to_json(self) -> Snapshot:
        """Return what an event is to keep."""
        return EventState.to_json(self) | {name: list(getattr(self, name)) for name in SEVERAL}

    @property
    def place(self) -> tuple[Any, ...]:
        """Return where the annotation is: the fields of PLACE."""
        return tuple(getattr(self, name) for name in PLACE)

    @property
    def claim(self) -> tuple[Any, ...]:
        """Return what a stance on the annotation is about: the fields of CLAIM."""
        return tuple(getattr(self, name) for name in CLAIM)

    def with_fields(self, changed: Mapping[str, Any]) -> Self:
        """Return the same with some fields changed."""
        return replace(self, **changed)

    def at_place_of(self, other: Self) -> Self:
        """Return the same at the place of another state."""
        return replace(self, **{name: getattr(other, name) for name in PLACE})

    @property
    def content(self) -> Mapping[str, Any]:
        """Return all that the state says but the place, and whether it is deleted, by field."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in NOT_SAID
        }

    def adds_to(self, other: Self) -> bool:
        """Return whether something is said in the content that another state does not say."""
        unsaid = {field.name: ("", field.default) for field in fields(self)}
        there = other.content
        return any(
            not set(value) <= set(there[name])
            if name in SEVERAL
            else value not in (*unsaid[name], there[name])
            for name, value in self.content.items()
        )

    def write_content(self, annotation: Annotation) -> None:
        """Give an annotation the content of the state."""
        write_fields(annotation, self.content)


SEVERAL = ("themes", "addressees")  # fields of several ids: JSON has lists for tuples
PLACE = ("revision", "start", "end", "quote", "block")
CLAIM = ("tag", "quote")
NOT_SAID = frozenset({*PLACE, "deleted"})


def write_fields(annotation: Annotation, changed: Mapping[str, Any]) -> None:
    """Give an annotation the values of fields, by their names in `AnnotationState`."""
    for name, value in changed.items():
        setattr(annotation, COLUMNS.get(name, name), value)


def states_of(event: Event) -> tuple[AnnotationState | None, AnnotationState | None]:
    """Return what an annotation was before an event and after it.

    Both are None where the event is about anything else, such as a comment.
    """
    if event.subject_kind != ANNOTATION:
        return None, None
    before, after = event.before, event.after
    return (
        AnnotationState.from_json(before) if before else None,
        AnnotationState.from_json(after) if after else None,
    )


def state_after(event: Event) -> AnnotationState:
    """Return what an annotation was after an event that is about it.

    Raises: ValueError (it is about something else).
    """
    _before, after = states_of(event)
    if after is None:
        message = f"event {event.id} is not about an annotation"
        raise ValueError(message)
    return after
