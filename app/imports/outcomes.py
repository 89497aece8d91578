"""What becomes of the rows of a file, before anything is done: pure values, to JSON and back."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from app.frozen import frozen
from app.text.sorting import fold


class RowOutcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"  # it is added where it says, or at the one place of its words
    MOVED = "moved"  # it is added where its words stand, which is not where it says
    SEVERAL = "several"  # its words stand at several places, of which one may be chosen
    SAME = "same"  # the annotator has that tag there already
    PLACELESS = "placeless"  # it is of an orphan, which has no place
    REFUSED = "refused"


ADDED = (RowOutcome.NEW, RowOutcome.MOVED)

PlaceRange = tuple[int, int]
"""`[start, end)` of a text, in code points."""


@frozen
class Who:
    """Who says what to whom, by names; "" for what a row does not say.

    `kind` is that of the party, "person" or "organization", where it is yet to be made.
    """

    party: str = ""
    kind: str = ""
    organization: str = ""
    addressees: Sequence[str] = ()
    position: str = ""
    side: str = ""

    @property
    def names(self) -> list[str]:
        """Return the names of all parties."""
        return [name for name in (self.party, self.organization, *self.addressees) if name]

    @property
    def speaks_for_another(self) -> bool:
        """Say whether the party speaks for another one."""
        return bool(self.organization) and fold(self.organization) != fold(self.party)


@frozen
class WantedAnnotation:
    """An annotation that a row asks for.

    `annotator` is the id of an account, or the name of an outsider who is yet to be made; `themes`
    are names. Of a time that the file does not say it is None.
    """

    article_id: int
    revision_id: int
    tag: str
    annotator: int | str
    note: str = ""
    themes: Sequence[str] = ()
    made_blind: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None
    who: Who = Who()


@frozen
class Planned:
    """What becomes of a row, and why where that is to be said.

    `wanted` is None where it can never be added, `place` until it has one; `places` are those to
    choose from. `title`, `tag` and `quote` are to show it by.
    """

    number: int
    outcome: RowOutcome
    why: str = ""
    title: str = ""
    tag: str = ""
    quote: str = ""
    wanted: WantedAnnotation | None = None
    place: PlaceRange | None = None
    places: Sequence[PlaceRange] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what a row of the database keeps, without the outcome."""
        kept: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("number", "why", "title", "tag", "quote", "place", "places")
            if getattr(self, name)
        }
        if self.wanted is not None:
            wanted = self.wanted
            kept["wanted"] = [
                wanted.article_id,
                wanted.revision_id,
                wanted.tag,
                wanted.annotator,
                wanted.note,
                list(wanted.themes),
                wanted.made_blind,
                wanted.created_at and wanted.created_at.isoformat(),
                wanted.updated_at and wanted.updated_at.isoformat(),
            ]
            if wanted.who != Who():
                kept["who"] = astuple(wanted.who)
        return kept

    @classmethod
    def from_json(cls, outcome: str, kept: Mapping[str, Any]) -> Self:
        """Read what a row of the database keeps."""
        place = kept.get("place")
        return cls(
            number=kept["number"],
            outcome=RowOutcome(outcome),
            why=kept.get("why", ""),
            title=kept.get("title", ""),
            tag=kept.get("tag", ""),
            quote=kept.get("quote", ""),
            wanted=_wanted(kept["wanted"], Who(*kept.get("who", ()))) if "wanted" in kept else None,
            place=(place[0], place[1]) if place else None,
            places=[(start, end) for start, end in kept.get("places", ())],
        )


def _wanted(kept: Sequence[Any], who: Who) -> WantedAnnotation:
    article_id, revision_id, tag, annotator, note, themes, made_blind, *moments = kept
    created_at, updated_at = map(_moment, moments)
    return WantedAnnotation(
        *(article_id, revision_id, tag, annotator, note, themes, made_blind),
        created_at=created_at,
        updated_at=updated_at,
        who=who,
    )


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None


@dataclass(slots=True)
class Summary:
    """What becomes of all rows: how many of each outcome, and what has to be made for them.

    `unknown` are the columns that nothing here knows, `annotators`, `themes`, `parties` and
    `positions` the names of those that are made. `torn` are the parties that are made of which the
    file names several organisations: they speak for the first.
    """

    unknown: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    annotators: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    parties: list[str] = field(default_factory=list)
    positions: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)

    def of(self, *outcomes: RowOutcome) -> int:
        """Return how many rows come to one of some ends."""
        return sum(self.counts.get(each.value, 0) for each in outcomes)
