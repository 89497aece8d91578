"""What the addresses of the pages of statements say, read in one way. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app.core.names import clean_line
from app.findings.asked import Arguments

PARAMETERS: Mapping[str, str] = {"since": "from", "until": "to"}
"""The names of parameters that no field can have."""
_SHOWN = 40  # characters of what was typed, where it is not known


def last_value(arguments: Arguments, name: str) -> str:
    """Return the last value of a parameter in one line, "" for none."""
    *_others, value = ["", *arguments.getlist(name)]
    return clean_line(value)


def shorten_value(typed: str) -> str:
    """Return what is shown of a value that may not be known."""
    return typed if len(typed) <= _SHOWN else f"{typed[:_SHOWN]}…"


def read_choices(
    arguments: Arguments, choices: Mapping[str, type[StrEnum]]
) -> tuple[dict[str, Any], list[str]]:
    """Return what is chosen by the parameters that have a few values, and what is not known.

    `choices` are these parameters, each with its values; what is not known is as written.
    """
    found: dict[str, Any] = {}
    ignored = []
    for name, values in choices.items():
        value = last_value(arguments, name)
        try:
            found |= {name: values(value)} if value else {}
        except ValueError:
            ignored.append(f"{name}={shorten_value(value)}")
    return found, ignored


def read_bounds(arguments: Arguments) -> dict[str, str]:
    """Return the days `since` and `until` as they were typed, "" for no bound."""
    return {name: shorten_value(last_value(arguments, said)) for name, said in PARAMETERS.items()}
