"""What an event keeps of a party or a position."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, Self

from app.core.clock import now
from app.events.models import Snapshot
from app.events.state import EventState
from app.frozen import frozen
from app.parties.models import Affiliation, Named, Party, Position


class Affiliated(NamedTuple):
    """An organisation that a person speaks for, and its days: None for without an end."""

    organization: int  # its id
    since: date | None = None
    until: date | None = None

    @classmethod
    def from_json(cls, kept: list[Any]) -> Self:
        """Read what an event keeps: an id and two days."""
        organization, *days = kept
        since, until = (date.fromisoformat(day) if day else None for day in days)
        return cls(organization, since, until)

    def to_json(self) -> list[Any]:
        """Return what an event is to keep."""
        days = (day and day.isoformat() for day in (self.since, self.until))
        return [self.organization, *days]

    def holds(self, day: date | None) -> bool:
        """Say whether a day is one of its days; one that is not known is, where there is no end."""
        if day is None:
            return self.until is None
        return (self.since or day) <= day <= (self.until or day)


@frozen
class PartyState(EventState):
    """A party as it is, or was."""

    name: str
    kind: str = ""
    note: str = ""
    affiliations: tuple[Affiliated, ...] = ()
    alias_of: int | None = None  # the id of the main one
    archived: bool = False

    @classmethod
    def of(cls, party: Party) -> Self:
        """Return what a party is now."""
        return cls(
            name=party.name,
            kind=party.kind,
            note=party.note,
            affiliations=in_order(
                Affiliated(each.organization_id, each.since, each.until)
                for each in party.affiliations
            ),
            alias_of=party.alias_of_id,
            archived=party.archived_at is not None,
        )

    @classmethod
    def from_json(cls, kept: Snapshot) -> Self:
        """Read what an event keeps; what it does not hold has its default."""
        affiliations = map(Affiliated.from_json, kept.get("affiliations", ()))
        return cls(**cls.known(kept) | {"affiliations": in_order(affiliations)})

    def to_json(self) -> Snapshot:
        """Return what an event is to keep."""
        affiliations = [each.to_json() for each in self.affiliations]
        return EventState.to_json(self) | {"affiliations": affiliations}


@frozen
class PositionState(EventState):
    """A position as it is, or was."""

    sentence: str
    note: str = ""
    alias_of: int | None = None  # the id of the main one
    archived: bool = False

    @classmethod
    def of(cls, position: Position) -> Self:
        """Return what a position is now."""
        return cls(
            sentence=position.sentence,
            note=position.note,
            alias_of=position.alias_of_id,
            archived=position.archived_at is not None,
        )


NamedState = PartyState | PositionState


def state_of(row: Named) -> NamedState:
    """Return what a party or a position is now.

    Raises: TypeError (it is neither).
    """
    if isinstance(row, Party):
        return PartyState.of(row)
    if isinstance(row, Position):
        return PositionState.of(row)
    raise TypeError(row)


def read_state(kind: str, kept: Snapshot) -> NamedState:
    """Read what an event about a "party" or a "position" keeps."""
    return PartyState.from_json(kept) if kind == Party.SUBJECT else PositionState.from_json(kept)


def write_state(row: Named, state: NamedState) -> None:
    """Make a party or a position what a state of it says.

    Raises: TypeError (it is a state of the other).
    """
    if isinstance(row, Party) and isinstance(state, PartyState):
        row.name, row.kind = state.name, state.kind
        if PartyState.of(row).affiliations != state.affiliations:
            row.affiliations = [
                Affiliation(organization_id=each.organization, since=each.since, until=each.until)
                for each in state.affiliations
            ]
    elif isinstance(row, Position) and isinstance(state, PositionState):
        row.sentence = state.sentence
    else:
        raise TypeError(row)
    row.note, row.alias_of_id = state.note, state.alias_of
    if (row.archived_at is not None) != state.archived:
        row.archived_at = now() if state.archived else None


def in_order(affiliations: Iterable[Affiliated]) -> tuple[Affiliated, ...]:
    """Return affiliations by their days."""
    return tuple(sorted(affiliations, key=lambda one: (one.since or date.min, one.organization)))
