"""Links from what is counted of statements to the passages that it counts."""

from collections.abc import Callable, Collection, Mapping
from urllib.parse import urlencode

from flask import url_for

from app.findings.asked import MOST_VALUES, NONE
from app.statements.asked import AskedPositions
from app.statements.statement import Statement

_VALUES: Mapping[str, Callable[[Statement], object]] = {
    "article": lambda one: one.article,
    "party": lambda one: one.party,
    "position": lambda one: one.position or NONE,
    "side": lambda one: one.side or NONE,
}
"""What a statement has in each of the facets of passages that links use."""


class PassageLinks:
    """The addresses of passages, with everything that is asked for of the statements."""

    def __init__(self, slug: str, asked: AskedPositions) -> None:
        self._slug = slug
        self._address = url_for("findings.passages", slug=slug)
        self._is_of_time = asked.is_of_time
        self._kept = asked.filters.filter_pairs

    def of(self, statements: Collection[Statement], *facets: str) -> str:
        """Return the address of the passages that have in some facets what statements have there.

        The facets are "party", "position", "side" and, where days are asked for, "article" by
        itself. Of one with too many values for an address nothing is asked: more is shown then, and
        nothing is missing.
        """
        asked = ("article", *facets) if self._is_of_time else facets
        pairs = [(name, value) for name, value in self._kept if name not in asked]
        for facet in asked:
            pairs += few(facet, {_VALUES[facet](one) for one in statements})
        return f"{self._address}?{urlencode(pairs)}"

    def of_party(self, party: int) -> str:
        """Return the address of a party's own page."""
        return url_for("parties.one", slug=self._slug, what="parties", row_id=party)


def few(name: str, values: Collection[object]) -> list[tuple[str, str]]:
    """Return the parameters of some values, none where they are too many for an address."""
    return (
        [(name, value) for value in sorted(map(str, values))] if len(values) <= MOST_VALUES else []
    )


def passages_of(slug: str, *more: tuple[str, str], **values: object) -> str:
    """Return the address of the passages that have these values, one for each facet.

    `more` are further parameters, such as `few` returns.
    """
    pairs = [*((name, str(value)) for name, value in values.items()), *more]
    return f"{url_for('findings.passages', slug=slug)}?{urlencode(pairs)}"
