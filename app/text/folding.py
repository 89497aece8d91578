"""Texts made comparable: what counts as equal is equal, and every place leads back."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from app.frozen import frozen

if TYPE_CHECKING:
    import regex

_OTHER_WHITE = r"\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVISIBLE = r"\u200b\ufeff\u00ad"
_DOUBLE_MARKS = "“”„‟«»＂"
_SINGLE_MARKS = "‘’‚‛‹›"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
# Each of these two begins with one class, which is what makes a search of a long text fast.
# White space that is not one plain space already.
_WHITE = re.compile(rf"[ {_OTHER_WHITE}](?:\s+|(?<! ))")
# That, and whatever pasting or a careful editor changes.
_TYPOGRAPHY = re.compile(
    rf"[ {_OTHER_WHITE}{_INVISIBLE}{_DOUBLE_MARKS}{_SINGLE_MARKS}{_DASHES}…-]"
    rf"(?:(?<=[\s{_INVISIBLE}])[\s{_INVISIBLE}]+|(?<=[{_DASHES}-])[{_DASHES}-]+|(?<![ -]))"
)
# A letter and its marks, Hangul written by its parts, and letters that have another normal form.
_COMPOSABLE = (
    r"|[^\p{M}\s]\p{M}+|[\u1100-\u115f\uac00-\ud7a3][\u1160-\u11ff]+|[\p{NFC_QC=No}--\p{M}]"
)
_PLAIN = {
    **dict.fromkeys(_DOUBLE_MARKS, '"'),
    **dict.fromkeys(_SINGLE_MARKS, "'"),
    **dict.fromkeys(_DASHES + "-", "-"),
    "…": "...",
}


LONG = 1_000  # characters: what has fewer is folded in no time


@frozen
class Folded:
    """A text in which what counts as equal is equal, and the way back to the original.

    A piece is what folding changed: `(start, end)` in the folded text and in the original.
    """

    text: str
    pieces: list[tuple[int, int, int, int]]

    def _piece_at(self, place: int) -> tuple[int, int, int, int]:
        index = bisect_right(self.pieces, place, key=itemgetter(0)) - 1
        return self.pieces[index] if index >= 0 else (0, 0, 0, 0)

    def original_start(self, place: int) -> int:
        """Give the original place of the character at `place`, or its piece's start."""
        start, end, original_start, original_end = self._piece_at(place)
        return original_start if start <= place < end else original_end + place - end

    def original_end(self, place: int) -> int:
        """Give the original place after the character before `place`, or its piece's end."""
        start, end, _, original_end = self._piece_at(place - 1)
        return original_end if start < place <= end else original_end + place - end

    def originals(self, found: Iterable[int], length: int) -> Iterator[tuple[int, int]]:
        """Yield the original `(start, end)` of what begins at rising places and is `length` long.

        What begins or ends inside a piece has none, and is left out. All pieces are gone through
        once: a letter may stand at a million places.
        """
        first = last = 0  # how many pieces begin before the second character, and before the end
        for start in found:
            end = start + length
            while first < len(self.pieces) and self.pieces[first][0] <= start:
                first += 1
            while last < len(self.pieces) and self.pieces[last][0] < end:
                last += 1
            begun, stopped, origin, after = self.pieces[first - 1] if first else (0, 0, 0, 0)
            _, closed, _, beyond = self.pieces[last - 1] if last else (0, 0, 0, 0)
            if not begun < start < stopped and closed <= end:
                yield origin if start < stopped else after + start - stopped, beyond + end - closed

    def folded_place(self, original: int) -> int:
        """Give the folded place of an original one; its piece's end inside one."""
        index = bisect_right(self.pieces, original, key=itemgetter(2)) - 1
        if index < 0:
            return original
        start, end, original_start, original_end = self.pieces[index]
        if original == original_start:
            return start
        return end + max(0, original - original_end)


def fold_matches(
    text: str,
    pattern: "re.Pattern[str] | regex.Pattern[str]",
    replace: Callable[[str], str],
) -> Folded:
    """Replace all that the pattern finds, and remember where it stood."""
    parts: list[str] = []
    pieces: list[tuple[int, int, int, int]] = []
    copied = length = 0
    for match in pattern.finditer(text):
        piece_start, piece_end = match.span()
        replaced = replace(match.group())
        parts += (text[copied:piece_start], replaced)
        start = length + piece_start - copied
        length = start + len(replaced)
        pieces.append((start, length, piece_start, piece_end))
        copied = piece_end
    parts.append(text[copied:])
    return Folded("".join(parts), pieces)


def fold_white(text: str) -> Folded:
    """Make every run of white space one plain space."""
    return _fold_long_white(text) if len(text) > LONG else _fold_white(text)


def _fold_white(text: str) -> Folded:
    return fold_matches(text, _WHITE, lambda _found: " ")


def fold_letters(text: str) -> Folded:
    """Fold white space, and give every letter its composed form."""
    if unicodedata.is_normalized("NFC", text):
        return fold_white(text)
    return fold_matches(text, _pattern_with_letters(_WHITE), _replace_found)


def fold_typography(text: str) -> Folded:
    """Fold white space, letters, quotation marks, dashes, ellipses and what has no width."""
    return _fold_long_typography(text) if len(text) > LONG else _fold_typography(text)


def _fold_typography(text: str) -> Folded:
    if unicodedata.is_normalized("NFC", text):
        return fold_matches(text, _TYPOGRAPHY, _replace_found)
    return fold_matches(text, _pattern_with_letters(_TYPOGRAPHY), _replace_found)


# An article is folded once where many quotes are looked for in it, one after the other.
_fold_long_white = lru_cache(maxsize=1)(_fold_white)
_fold_long_typography = lru_cache(maxsize=1)(_fold_typography)


@cache
def _pattern_with_letters(pattern: re.Pattern[str]) -> "regex.Pattern[str]":
    """Extend a pattern for a text that is not in its normal form, which is slow to search."""
    import regex  # noqa: PLC0415 loaded when needed

    return regex.compile(pattern.pattern + _COMPOSABLE, regex.V1)


def _replace_found(found: str) -> str:
    """Give what stands in a folded text for something that a pattern found."""
    if found[0] in _PLAIN:
        return _PLAIN[found[0]]  # a run of dashes is one dash
    if any(map(str.isspace, found)):
        return " "
    return "" if found[0] in "\u200b\ufeff\u00ad" else unicodedata.normalize("NFC", found)
