"""Which network an address or a command asks for. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from urllib.parse import urlencode

from app.core.arguments import Arguments, read_choices
from app.core.errors import Invalid
from app.frozen import frozen
from app.statements.bounds import PARAMETERS, read_bounds
from app.statements.duplicates import CountAs, Duplicates
from app.statements.networks import NetworkKind, NetworkOptions, Normalise, Relation
from app.text.dates import read_day

CHOICES: Mapping[str, type[StrEnum]] = {
    "kind": NetworkKind,
    "relation": Relation,
    "duplicates": Duplicates,
    "normalise": Normalise,
    "by": CountAs,
}
"""The parameters that have a few values, each with these."""


@frozen
class AskedNetwork:
    """A network as it is asked for, whether there is such a one or not.

    `since` and `until` are days as they were typed, "" for no bound.
    """

    kind: NetworkKind = NetworkKind.PARTY_POSITION
    relation: Relation = Relation.NONE
    duplicates: Duplicates = Duplicates.DOCUMENT
    normalise: Normalise = Normalise.NONE
    by: CountAs = CountAs.PERSON
    since: str = ""
    until: str = ""

    @property
    def options(self) -> NetworkOptions:
        """Return what is asked for, as a network is made by it.

        Raises: Invalid (a day is none, or the network is not defined).
        """
        return NetworkOptions(
            self.kind,
            self.relation,
            self.duplicates,
            self.normalise,
            self.by,
            _read_day("from", self.since),
            _read_day("to", self.until),
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters in their order, without what goes by itself."""
        return [
            (PARAMETERS.get(field.name, field.name), str(value))
            for field in fields(self)
            if (value := getattr(self, field.name)) != field.default
        ]

    @property
    def query(self) -> str:
        """Return the query of the address: "" for what goes by itself, else "?kind=…"."""
        return f"?{urlencode(self.pairs)}" if self.pairs else ""

    @property
    def record(self) -> str:
        """Return what the audit keeps of it: as in an address, the kind of network always."""
        others = [pair for pair in self.pairs if pair[0] != "kind"]
        return urlencode([("kind", str(self.kind)), *others])


ASKED_OF_NETWORKS = tuple(PARAMETERS.get(each.name, each.name) for each in fields(AskedNetwork))
"""The names of all parameters that `ask_network` reads."""


def ask_network(arguments: Arguments) -> tuple[AskedNetwork, list[str]]:
    """Return what the arguments of an address ask for, and what of them is ignored, as written.

    An argument of another name is not looked at.
    """
    found, ignored = read_choices(arguments, CHOICES)
    found |= read_bounds(arguments)
    return AskedNetwork(**found), ignored


def _read_day(field: str, typed: str) -> date | None:
    day = read_day(typed)
    if typed and day is None:
        message = f"“{typed}” is not a day: write it as year-month-day, such as 2025-01-31."
        raise Invalid(field, message)
    return day
