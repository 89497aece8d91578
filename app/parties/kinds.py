"""The kinds of events about parties and positions."""

from collections.abc import Mapping
from typing import NamedTuple


class Kinds(NamedTuple):
    """What happens to a party, or to a position, as events call it."""

    created: str
    changed: str
    archived: str
    restored: str
    aliased: str
    merged: str
    split: str
    undone: str

    @property
    def undoable(self) -> tuple[str, ...]:
        """Return those that are taken back by what is `undone`."""
        return tuple(kind for kind in self if kind not in {self.created, self.undone})


PARTY = Kinds(*(f"party.{name}" for name in Kinds._fields))
POSITION = Kinds(*(f"position.{name}" for name in Kinds._fields))
KINDS: Mapping[str, Kinds] = {"party": PARTY, "position": POSITION}
"""By what the events are about."""
EVERY = (*PARTY, *POSITION)
UNDOABLE = {each: kinds.undone for kinds in KINDS.values() for each in kinds.undoable}
"""The kinds that can be taken back, each with the kind of what takes it back."""
