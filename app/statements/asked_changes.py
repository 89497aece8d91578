"""What the page of changes is asked for by an address, read from it and written to it. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from app.core.arguments import Arguments, last_value, read_choices, shorten
from app.frozen import frozen
from app.statements.changes import Rank, TimePlace, WantedPairs, Which

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_RANK = re.compile(r"[01](\.[0-9]{1,10}){8}", re.ASCII)


class Verdicts(StrEnum):
    """Pairs with which verdict are shown; `KEPT` are all but those that are neither."""

    KEPT = "kept"
    ALL = "all"
    OPEN = "open"
    GIVEN = "given"
    CHANGE = "change"
    CONTRADICTION = "contradiction"
    NEITHER = "neither"

    def includes(self, value: str) -> bool:
        """Say whether pairs with a verdict, or with "" for none, are shown."""
        return value in _SHOWN_WITH[self]


_SHOWN_WITH: Mapping[Verdicts, Collection[str]] = {
    Verdicts.KEPT: {"", "change", "contradiction"},
    Verdicts.ALL: {"", "change", "contradiction", "neither"},
    Verdicts.OPEN: {""},
    Verdicts.GIVEN: {"change", "contradiction", "neither"},
    Verdicts.CHANGE: {"change"},
    Verdicts.CONTRADICTION: {"contradiction"},
    Verdicts.NEITHER: {"neither"},
}


class ChangesView(StrEnum):
    """Whether the latest pair of a party and a position is shown, or every one."""

    LATEST = "latest"
    EVERY = "every"


@frozen
class AskedChanges:
    """Which pairs are shown: ids of a party, a position and an article, None for any."""

    party: int | None = None
    position: int | None = None
    article: int | None = None
    which: Which | None = None
    verdict: Verdicts = Verdicts.KEPT
    view: ChangesView = ChangesView.LATEST

    @property
    def wanted(self) -> WantedPairs:
        """Return which pairs of a party and a position are wanted."""
        return WantedPairs(self.which, self.article)

    @property
    def filters(self) -> int:
        """Return how many things are asked for beside how they are shown."""
        return sum(name != "view" for name, _value in self.pairs)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters of the address in their order, without what goes by itself."""
        return [
            (name, str(value))
            for name, default in _DEFAULTS.items()
            if (value := getattr(self, name)) != default
        ]

    @property
    def query(self) -> str:
        """Return the query of the address: "" for everything, else "?party=…"."""
        return f"?{self.record}" if self.record else ""

    @property
    def record(self) -> str:
        """Return what the audit keeps of it, as in an address: "" for everything."""
        return urlencode(self.pairs)

    def but(self, **changed: Any) -> "AskedChanges":  # noqa: ANN401  (fields of their own types)
        """Return the same with other values in some fields."""
        return replace(self, **changed)


_DEFAULTS: Mapping[str, object] = {each.name: each.default for each in fields(AskedChanges)}
ASKED_OF_CHANGES = tuple(_DEFAULTS)
"""The names of all parameters that `ask_changes` reads."""
_CHOICES: Mapping[str, type[StrEnum]] = {"which": Which, "verdict": Verdicts, "view": ChangesView}


def ask_changes(arguments: Arguments) -> tuple[AskedChanges, list[str]]:
    """Return what the arguments of an address ask for, and what of them is ignored, as written.

    An argument of another name is not looked at.
    """
    found, ignored = read_choices(arguments, _CHOICES)
    unknown = []
    for name in ("party", "position", "article"):
        value = last_value(arguments, name)
        if _NUMBER.fullmatch(value):
            found[name] = int(value)
        elif value:
            unknown.append(f"{name}={shorten(value)}")
    return AskedChanges(**found), [*unknown, *ignored]


def write_rank(rank: Rank) -> str:
    """Return a rank as an address has it."""
    return ".".join(map(str, (rank.is_dated, *rank.later, *rank.earlier)))


def read_rank(written: str | None) -> Rank | None:
    """Return what `write_rank` gave, or None where it is none."""
    if not written or not _RANK.fullmatch(written):
        return None
    is_dated, *numbers = map(int, written.split("."))
    return Rank(is_dated, TimePlace(*numbers[:4]), TimePlace(*numbers[4:]))
