"""Titles and names as a person looks for them: without accents, capitals and quotation marks.

What these return is stored beside the text. Whoever changes a rule writes a migration that fills
the columns again.
"""

import re
import unicodedata

from app.text.folding import fold_typography

_DIGITS = 12  # a number of fewer stands in its place among longer ones

# Accents, and points and vowels that Hebrew and Arabic may leave out; й and ў are letters.
_MARKS = re.compile(
    "(?<![иу])[\u0300-\u036f]|(?<=[иу])(?!\u0306)[\u0300-\u036f]"
    "|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]"
)
# Letters that no normal form takes apart.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "æ": "ae",
        "œ": "oe",
    }
)
# Beside those that typography folds to one of the first two: accents, primes, and those of Hebrew.
_QUOTATION_MARKS = str.maketrans(dict.fromkeys("\"'\u00b4`\u2032\u2033\u02bc\u05f3\u05f4", ""))
_NUMBER = re.compile(r"[0-9]+")
_SIGNS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return a text as it is searched: what differs by accents, case or typography is equal.

    Quotation marks and apostrophes are left out.
    """
    plain = fold_typography(text).text.translate(_QUOTATION_MARKS)
    letters = unicodedata.normalize("NFKD", plain.casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", letters)).translate(_LETTERS)


def sort_key(text: str) -> str:
    """Return what a title or name is sorted by, code point by code point.

    No sign counts at the beginning, no quotation mark anywhere, and a number counts by its size.
    """
    folded = fold(text)
    words = folded[found.end() :] if (found := _SIGNS.match(folded)) else folded
    return _NUMBER.sub(lambda number: number[0].lstrip("0").rjust(_DIGITS, "0"), words)
