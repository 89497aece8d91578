"""What stands for a person where there is little room: initials on one of a few colours."""

import unicodedata
from enum import StrEnum

import regex

_FIRST_LETTER = regex.compile(r"\p{L}\p{M}*")
_FIRST_SIGN = regex.compile(r"\X")


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
    letters = [found[0] for word in whole.split() if (found := _FIRST_LETTER.search(word))]
    if not letters:
        return "".join(_FIRST_SIGN.findall(whole)[:1])
    return "".join(map(_capital, letters[:1] + letters[1:][-1:]))


def _capital(letter: str) -> str:
    capital = letter.upper()
    return capital if len(capital) == len(letter) else letter  # ß would be two letters
