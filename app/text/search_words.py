"""Words as a search compares them: without accents, capitals and typographic marks.

Whatever is searched is folded to the same words, separated by one space each, and so is what is
looked for. SQLite calls `fold_words` by that name; on PostgreSQL `app/search/triggers.py` makes a
function of the same name from the same tables. The index holds what they return: whoever changes a
rule here writes a migration that makes the function and rebuilds the index.

An apostrophe, a hyphen or a dot separates words. Each character of a script that is written without
spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) is a word of its own.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import regex

LONGEST_WORD = 100  # characters that are kept of a longer one

# The insides of brackets of regular expressions, for Python and PostgreSQL.
RAISED = "\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2120\u2122"  # they stand at a word, not in it
# Accents; points and vowels that Hebrew and Arabic may leave out; what has no width.
DROPPED = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
)
ALONE = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1050-\u109f\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
SEPARATORS = (
    "\u0001-/:-@\\[-`{-\u00bf\u00d7\u00f7\u02b9-\u02df\u02e5-\u02ff\u0375\u037e\u0384\u0385\u0387\u03f6"
    "\u0482\u055a-\u055f\u0589-\u058f\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u0600-\u060f\u061b-\u061f"
    "\u066a-\u066d\u06d4\u06dd\u06de\u06e9\u06fd\u06fe\u0700-\u070f\u07f6-\u07f9\u0830-\u083e"
    "\u0964\u0965\u0970\u09f2\u09f3\u0df4\u0e3f\u0e4f\u0e5a\u0e5b\u0f01-\u0f17\u0f3a-\u0f3d"
    "\u104a-\u104f\u10fb\u1360-\u1368\u1400\u166d\u166e\u1680\u16eb-\u16ed\u1735\u1736\u17d4-\u17d6"
    "\u17d8-\u17db\u1800-\u180e\u1944\u1945\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020"
    "\u3030\u3036\u3037\u303d-\u303f\u309b\u309c\u30a0\u30fb\u3190\u3191\u3200-\u33ff\ua4fe\ua4ff"
    "\ua60d-\ua60f\ua673\ua67e\ua6f2-\ua6f7\ua874-\ua877\ua8ce\ua8cf\uabeb\ufd3e\ufd3f\ufdfc"
    "\ufdfd\ufe10-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff"
    "\U0001d000-\U0001d1ff\U0001f000-\U0001faff\U000e0000-\U000e0fff"
)
# These are letters of their own, not others with an accent.
KEPT = (
    *(("\u0438\u0306", "\u0439"), ("\u0418\u0306", "\u0439")),  # й
    *(("\u0443\u0306", "\u045e"), ("\u0423\u0306", "\u045e")),  # ў
)
# Letters that no normal form takes apart, beside those that become one letter.
TAKEN_APART = (
    *(("ß", "ss"), ("ẞ", "ss"), ("æ", "ae"), ("Æ", "ae"), ("œ", "oe"), ("Œ", "oe")),
    *(("þ", "th"), ("Þ", "th")),
)
_LIKE_ANOTHER = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i"}
# The scripts with capitals that are written today: Latin, Greek, Cyrillic, Armenian; Georgian.
_CAPITALS = (range(0xC0, 0x58A), range(0x1C90, 0x1CC0))


def _small_letters() -> dict[str, str]:
    taken = {letter for letter, _letters in TAKEN_APART}
    small = dict(_LIKE_ANOTHER)
    for letter in (chr(code) for codes in _CAPITALS for code in codes):
        folded = letter.casefold()
        if unicodedata.normalize("NFKD", letter) == letter and letter not in taken:
            small[letter] = _LIKE_ANOTHER.get(folded, folded)
    return {
        one: other
        for one, other in small.items()
        if one != other and len(other) == 1 and not unicodedata.combining(one)
    }


SMALL = _small_letters()
"""What each of these letters becomes, one letter for one."""

_RAISED = re.compile(f"[{RAISED}]")
_DROPPED = re.compile(f"[{DROPPED}]+")
_ALONE = re.compile(f"([{ALONE}])")
_TOO_LONG = re.compile(f"([^ ]{{{LONGEST_WORD}}})[^ ]+")
_LETTERS = str.maketrans({**SMALL, **dict(TAKEN_APART)})


@cache
def _separators() -> re.Pattern[str]:
    return re.compile(f"[\0{SEPARATORS}]+")


@cache
def _cluster() -> "regex.Pattern[str]":
    """Return what finds a character with what may be added: marks, the parts of a Hangul."""
    import regex  # noqa: PLC0415 loaded when needed

    return regex.compile(rf"(?s:.)[\p{{M}}\u1160-\u11ff{DROPPED}]*", regex.V1)


class Word(NamedTuple):
    """A folded word, and where it stands in the text: `[start, end)`, in code points."""

    word: str
    start: int
    end: int


def fold_words(text: str) -> str:
    """Return the words of a text as they are compared, with one space between two."""
    folded = text if text.isascii() else _fold_letters(text)
    words = _separators().sub(" ", folded.lower() if folded.isascii() else _lower_ascii(folded))
    return _TOO_LONG.sub(r"\1", words).strip(" ")


def list_words(text: str) -> list[Word]:
    """Return the words of a text, each with its place. Joined by spaces they are `fold_words`."""
    if text.isascii():
        found = _ASCII_WORD.finditer(text)
        return [Word(each[0].lower()[:LONGEST_WORD], each.start(), each.end()) for each in found]
    return list(_words_by_cluster(text))


_ASCII_WORD = re.compile("[0-9A-Za-z]+")


def _fold_letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", _RAISED.sub(" ", text))
    for letter, kept in KEPT:
        folded = folded.replace(letter, kept)
    folded = _DROPPED.sub("", folded).translate(_LETTERS)
    return _ALONE.sub(r" \1 ", unicodedata.normalize("NFC", folded))


def _lower_ascii(text: str) -> str:
    return text.translate(_ASCII_CAPITALS)


_ASCII_CAPITALS = str.maketrans({chr(code): chr(code).lower() for code in range(65, 91)})


@lru_cache(maxsize=4_000)
def _fold_cluster(cluster: str) -> str:
    """Return what a character with its marks adds to the words, with a space for a break."""
    folded = cluster if cluster.isascii() else _fold_letters(cluster)
    return _separators().sub(" ", _lower_ascii(folded))


def _words_by_cluster(text: str) -> Iterator[Word]:
    word, first, last = "", 0, 0
    for cluster in _cluster().finditer(text):
        start, end = cluster.span()
        *closed, rest = _fold_cluster(cluster[0]).split(" ")
        for part in closed:
            if word or part:
                began = first if word else start
                yield Word((word + part)[:LONGEST_WORD], began, end if part else last)
            word = ""
        if rest:
            first = first if word else start
            word, last = word + rest, end
    if word:
        yield Word(word[:LONGEST_WORD], first, last)
