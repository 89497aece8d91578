"""What an event keeps of a theme."""

from typing import Self

from app.events.state import EventState
from app.frozen import frozen
from app.themes.models import Theme


@frozen
class ThemeState(EventState):
    """A theme as it is, or was."""

    name: str
    definition: str = ""
    example: str = ""
    colour: str = "slate"
    parent: int | None = None  # its id
    position: int = 0
    archived: bool = False

    @classmethod
    def of(cls, theme: Theme) -> Self:
        """Return what a theme is now."""
        return cls(
            name=theme.name,
            definition=theme.definition,
            example=theme.example,
            colour=theme.colour,
            parent=theme.parent_id,
            position=theme.position,
            archived=theme.archived_at is not None,
        )
