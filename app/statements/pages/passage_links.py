"""Links from what is counted of statements to the passages that it counts."""

from collections.abc import Collection
from urllib.parse import urlencode

from flask import url_for

from app.findings.asked import MOST_VALUES, NONE
from app.findings.pages.periods import month_of
from app.statements.asked import AskedPositions
from app.statements.statement import Statement


class PassageLinks:
    """The addresses of passages, with everything that is asked for of the statements."""

    def __init__(self, slug: str, asked: AskedPositions) -> None:
        self._address = url_for("findings.passages", slug=slug)
        self._is_of_time = asked.is_of_time
        self._kept = [
            pair
            for pair in asked.filters.filter_pairs
            if pair[0] not in {"party", "position", "side"}
        ]

    def of(
        self,
        statements: Collection[Statement],
        *,
        of_parties: bool = True,
        position: int | None = None,
        side: str = "",
    ) -> str:
        """Return the address of the passages of statements, by their parties, position and side.

        Where months are asked for, it names those of the statements. What would be too long for an
        address is left out: more is shown then, and nothing is missing.
        """
        pairs = [*self._kept]
        if self._is_of_time:
            pairs += few("published", {month_of(one.day) for one in statements})
        if of_parties:
            pairs += few("party", {one.party for one in statements})
        pairs += [("position", str(position))] if position is not None else []
        pairs += [("side", side)] if side else []
        return f"{self._address}?{urlencode(pairs)}"

    def lacking(self, name: str) -> str:
        """Return the address of the passages that lack something."""
        return f"{self._address}?{urlencode([*self._kept, (name, NONE)])}"


def few(name: str, values: Collection[object]) -> list[tuple[str, str]]:
    """Return the parameters of some values, none where they are too many for an address."""
    return (
        [(name, value) for value in sorted(map(str, values))] if len(values) <= MOST_VALUES else []
    )
