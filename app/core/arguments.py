"""The arguments of an address, and what nobody knows of them: named on pages, refused for files."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from app.core.errors import Invalid
from app.core.names import clean_line

_SHOWN = 40  # characters of what was typed, where it is not known
_OF_COUNTERS = re.compile(r"(utm|mc|mtm|pk)_.*|_.*|[a-z]*cl(k)?id")


class Arguments(Protocol):
    """The arguments of an address, as a request has them."""

    def getlist(self, key: str) -> list[str]:
        """Return every value of a parameter."""


def last_value(arguments: Arguments, name: str) -> str:
    """Return the last value of a parameter in one line, "" for none."""
    *_others, value = ["", *arguments.getlist(name)]
    return clean_line(value)


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
            ignored.append(f"{name}={shorten(value)}")
    return found, ignored


def ignored_names(arguments: Mapping[str, str], known: Collection[str]) -> list[str]:
    """Return the arguments of a page's address with names that it does not know, as written.

    What other sites add to a link that they count is none of them.
    """
    return [
        f"{shorten(name)}={shorten(value)}"
        for name, value in arguments.items()
        if name not in known and not _OF_COUNTERS.fullmatch(name)
    ]


def refuse_unknown(arguments: Iterable[str], known: Sequence[str]) -> None:
    """Do nothing if an address has no argument of another name: a file would hold everything.

    Raises: Invalid.
    """
    said = f"can have {', '.join(known)}" if known else "has none"
    for name in arguments:
        if name not in known:
            message = f"There is no parameter “{shorten(name)}” here. This address {said}."
            raise Invalid(name, message)


def refuse_ignored(ignored: Sequence[str]) -> None:
    """Do nothing if all that an address asks for is known: in a file it would pass for everything.

    Raises: Invalid.
    """
    if ignored:
        name = ignored[0].partition("=")[0].split()[0]
        raise Invalid(name, f"This cannot be asked for: {', '.join(ignored)}.")


def shorten(value: str) -> str:
    """Return a value as a line can show it, cut after some characters."""
    shown = "".join(c if c.isprintable() else " " for c in value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
