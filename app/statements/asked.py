"""What the page of positions is asked for by an address, read from it and written to it. Pure.

Which statements are meant is asked as on the page of passages; days, how many count and how it is
shown are parameters of its own.
"""

from collections.abc import Mapping
from dataclasses import field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from app.core.arguments import Arguments, read_choices
from app.findings.asked import FACETS, Asked, ask
from app.frozen import frozen
from app.statements.bounds import PARAMETERS, read_bounds
from app.statements.duplicates import CountAs, Duplicates
from app.statements.matrix import Order
from app.text.dates import read_day


class PositionsView(StrEnum):
    """How positions are shown."""

    MATRIX = "matrix"
    TABLE = "table"


@frozen
class AskedPositions:
    """Which statements are counted, how, and how they are shown.

    `since` and `until` are days as they were typed, both included, "" for no bound. `by` None
    lets people stand for their organisations where there are too many of them.
    """

    filters: Asked = field(default_factory=Asked)
    since: str = ""
    until: str = ""
    duplicates: Duplicates = Duplicates.DOCUMENT
    by: CountAs | None = None
    sort: Order = Order.BLOCS
    view: PositionsView = PositionsView.MATRIX

    @property
    def first_day(self) -> date | None:
        """Return the first day that is asked for, None for any."""
        return read_day(self.since)

    @property
    def last_day(self) -> date | None:
        """Return the last day that is asked for, None for any."""
        return read_day(self.until)

    @property
    def is_of_time(self) -> bool:
        """Say whether days are asked for: then undated articles stand apart."""
        return self.first_day is not None or self.last_day is not None

    @property
    def problem(self) -> str:
        """Return what is wrong with the days, in a sentence, "" for nothing."""
        for words, typed in (("From", self.since), ("To", self.until)):
            if typed and read_day(typed) is None:
                return (
                    f"{words} is “{typed}”, which is not a day. Write it as year-month-day, "
                    "such as 2025-01-31."
                )
        first, last = self.first_day, self.last_day
        if first and last and first > last:
            return "From comes after To, so that nothing lies between them. Change one of them."
        return ""

    @property
    def own_pairs(self) -> list[tuple[str, str]]:
        """Return the parameters that are not filters of passages, without what goes by itself."""
        values = [(each.name, getattr(self, each.name), each.default) for each in fields(self)[1:]]
        return [
            (PARAMETERS.get(name, name), str(value))
            for name, value, default in values
            if value != default
        ]

    @property
    def query(self) -> str:
        """Return the query of the address: "" for everything, else "?tag=…"."""
        return f"?{self.record}" if self.record else ""

    @property
    def record(self) -> str:
        """Return what the audit keeps of it, as in an address: "" for everything."""
        return urlencode(self.filters.pairs + self.own_pairs)

    def but(self, **changed: Any) -> "AskedPositions":  # noqa: ANN401  (fields of their own types)
        """Return the same with other values in some fields."""
        return replace(self, **changed)


ASKED_OF_POSITIONS = (
    *FACETS,
    *(PARAMETERS.get(each.name, each.name) for each in fields(AskedPositions)[1:]),
)
"""The names of all parameters that `ask_positions` reads."""
_CHOICES: Mapping[str, type[StrEnum]] = {
    "duplicates": Duplicates,
    "by": CountAs,
    "sort": Order,
    "view": PositionsView,
}


class _FiltersAlone:
    """The filters among the arguments of an address."""

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments

    def getlist(self, key: str) -> list[str]:
        return self._arguments.getlist(key) if key in FACETS else []


def ask_positions(arguments: Arguments) -> tuple[AskedPositions, list[str]]:
    """Return what the arguments of an address ask for, and what of them is ignored, as written.

    An argument of another name is not looked at. What was typed as a day is kept: `problem` says
    what is wrong with it.
    """
    filters, ignored = ask(_FiltersAlone(arguments))
    found, unknown = read_choices(arguments, _CHOICES)
    found |= read_bounds(arguments)
    return AskedPositions(filters, **found), [*ignored, *unknown]
