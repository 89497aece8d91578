"""What a later version may add, for tests that it disturbs nothing that was recorded before."""

from app.annotations.state import AnnotationState
from app.frozen import frozen


@frozen
class LaterState(AnnotationState):
    """The state of an annotation with a field more."""

    voice: str = "author"
