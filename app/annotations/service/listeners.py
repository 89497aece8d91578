"""Who rests on what annotations are, in rooms to the right, hears of each change of them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.annotations.state import AnnotationState
from app.core.hooks import Hook


class AnnotationChange(NamedTuple):
    """A change by a person that was recorded as the event of this id."""

    event_id: int
    annotation_id: int
    before: AnnotationState
    after: AnnotationState


annotations_changed: Hook[[Session, Sequence[AnnotationChange]]] = Hook("annotations_changed")
"""Called after every act by a person, of one annotation or many, once its events have ids."""
