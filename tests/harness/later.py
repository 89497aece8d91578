"""What a later version may add, for tests that it disturbs nothing that was recorded before."""

from dataclasses import dataclass

from app.annotations.state import AnnotationState


@dataclass(frozen=True, slots=True)
class LaterState(AnnotationState):
    """The state of an annotation with a field more."""

    voice: str = "author"
