"""What an event keeps of a theme: one typed value, to JSON and back."""

from dataclasses import fields
from typing import Self

from app.events.models import Snapshot
from app.frozen import frozen
from app.themes.models import Theme


@frozen
class ThemeState:
    """A theme as it is, or was. A field more goes at the end and has a default."""

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

    @classmethod
    def from_json(cls, kept: Snapshot) -> Self:
        """Read what an event keeps; what it does not hold has its default."""
        return cls(**{field.name: kept[field.name] for field in fields(cls) if field.name in kept})

    def to_json(self) -> Snapshot:
        """Return what an event is to keep."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
