"""What stands for a person where there is little room: initials on one of a few colours."""

import unicodedata
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex


class Colour(StrEnum):
    """The colours to choose from; static/css/avatars.css says what each looks like."""

    BLUE = "blue"
    TEAL = "teal"
    GREEN = "green"
    OCHRE = "ochre"
    RUST = "rust"
    ROSE = "rose"
    PLUM = "plum"
    SLATE = "slate"


def colour_for(account_id: int) -> Colour:
    """Return the colour of a new account: people who come one after another get different ones."""
    colours = list(Colour)
    return colours[account_id % len(colours)]


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name, or of its only one.

    A letter keeps its marks. A name without letters gives its first sign; an empty one nothing.
    """
    whole = unicodedata.normalize("NFC", name)
    letters = [found[0] for word in whole.split() if (found := _first_letter().search(word))]
    if not letters:
        return "".join(_first_sign().findall(whole)[:1])
    return "".join(map(_capital, letters[:1] + letters[1:][-1:]))


def _capital(letter: str) -> str:
    capital = letter.upper()
    return capital if len(capital) == len(letter) else letter  # ß would be two letters


@cache
def _first_letter() -> "regex.Pattern[str]":
    import regex  # noqa: PLC0415 loaded when needed

    return regex.compile(r"\p{L}\p{M}*")


@cache
def _first_sign() -> "regex.Pattern[str]":
    import regex  # noqa: PLC0415 loaded when needed

    return regex.compile(r"\X")
