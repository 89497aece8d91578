"""The days between which the pages of statements are asked for, as an address has them. Pure."""

from collections.abc import Mapping

from app.core.arguments import Arguments, last_value, shorten

PARAMETERS: Mapping[str, str] = {"since": "from", "until": "to"}
"""The names of parameters that no field can have."""


def read_bounds(arguments: Arguments) -> dict[str, str]:
    """Return the days `since` and `until` as they were typed, "" for no bound."""
    return {name: shorten(last_value(arguments, said)) for name, said in PARAMETERS.items()}
