"""From a quote to its place in a text: the quote is the truth, the numbers are a hint."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex
from rapidfuzz import fuzz

# Code points kept on each side of a quote.
CONTEXT = 32
# How many places are listed of a quote that occurs all over a text.
MAX_PLACES = 1_000
# How much of a quote and a stretch must agree, of 100, for the stretch to be offered as near.
NEAREST_FLOOR = 60.0
# Aligning takes time by the square of the quote: of a longer one only its ends are aligned.
_ALIGNED = 400
# How much longer or shorter than the quote the stretch between its two ends may be.
_STRETCH = 1.5


class QuoteNotFound(LookupError):
    """The words of the quote do not occur in the text."""


class Ambiguous(LookupError):
    """The quote occurs several times, and nothing says which is meant.

    `places` are the occurrences that are equally likely, as `(start, end)` in code points, in
    order, at most MAX_PLACES.
    """

    def __init__(self, places: list[tuple[int, int]]) -> None:
        super().__init__(f"the quote occurs {len(places)} times")
        self.places = places


@dataclass(frozen=True, slots=True)
class Quote:
    """The exact words of a passage, with up to CONTEXT code points on each side."""

    exact: str
    prefix: str
    suffix: str


def describe(text: str, start: int, end: int) -> Quote:
    """Quote the passage `[start, end)` of the text, in code points, with its context.

    Raises: ValueError (the range is not inside the text).
    """
    if not 0 <= start <= end <= len(text):
        message = f"the range {start} to {end} is not inside a text of {len(text)} characters"
        raise ValueError(message)
    return Quote(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])


def locate(
    text: str, quote: str, *, start: int | None = None, prefix: str = "", suffix: str = ""
) -> tuple[int, int]:
    """Find the one place `(start, end)` in the text, in code points, that the quote means.

    White space around the quote is left out; inside it any run of white space equals any other,
    and a line break also equals none. Where the words do not occur so, composed and decomposed
    letters are taken as equal; at last also curly and straight quotation marks, the dashes, and
    an ellipsis and three dots, and characters without width are passed over.

    Of several occurrences the one at `start` is meant; else the one whose surroundings agree best
    with `prefix` and `suffix`; of those that agree as well, the one nearest to `start`.

    Raises: QuoteNotFound (also for a blank quote), Ambiguous (several are equally likely).
    """
    words = quote.strip()
    if start is not None:
        start = _skip_white(text, start)
        if words and text.startswith(words, start):
            return start, start + len(words)
    places = _occurrences(text, words)
    if not places:
        message = "the quote does not occur in the text"
        raise QuoteNotFound(message)
    if start is not None:
        for place in places[bisect_left(places, (start, start)) :][:1]:
            if place[0] == start:
                return place
    if len(places) > 1 and (prefix or suffix):
        places = _best_in_context(text, places, _context_key(prefix), _context_key(suffix))
    if start is not None:
        hint = start
        return min(places, key=lambda place: abs(place[0] - hint))
    if len(places) > 1:
        raise Ambiguous(places[:MAX_PLACES])
    return places[0]


def find_all(text: str, quote: str) -> list[tuple[int, int]]:
    """List where the quote occurs, as `locate` compares words, also where places overlap.

    Returns `(start, end)` in code points, in order, at most MAX_PLACES; none for a blank quote.
    """
    return _occurrences(text, quote.strip())[:MAX_PLACES]


def locate_all(text: str, quote: str, prefix: str = "", suffix: str = "") -> list[tuple[int, int]]:
    """List where the quote stands exactly so, right between `prefix` and `suffix`.

    This is the W3C Web Annotation model's TextQuoteSelector, to the letter: white space counts, an
    empty quote has a place between any two characters, and places may overlap. Returns
    `(start, end)` in code points, in order, at most MAX_PLACES.
    """
    places: list[tuple[int, int]] = []
    for found in _finds(text, prefix + quote + suffix):
        if len(places) == MAX_PLACES:
            break
        start = found + len(prefix)
        places.append((start, start + len(quote)))
    return places


def nearest(text: str, quote: str) -> tuple[int, int] | None:
    """Find the stretch of the text that is most like a quote which does not occur in it.

    Returns `(start, end)` in code points, widened to whole words, or None where nothing agrees
    by NEAREST_FLOOR per cent. A quote longer than some hundred characters is found by its ends.
    """
    folded = _fold(text, _TYPOGRAPHY, _plain_typography)
    words = _fold(quote.strip(), _TYPOGRAPHY, _plain_typography).text
    found = _nearest_stretch(folded.text, words)
    if found is None:
        return None
    return _whole_words(text, folded.original_start(found[0]), folded.original_end(found[1]))


# --- comparing words -------------------------------------------------------------------------

_LINE_BREAK = re.compile(r"\s*\n\s*")
# White space that is not one plain space already.
_WHITE = regex.compile(r"[^\S ]\s*| \s+")
# A letter and its marks, Hangul written by its parts, and letters that have another normal form.
_COMPOSABLE = (
    r"|[^\p{M}\s]\p{M}+|[\u1100-\u115f\uac00-\ud7a3][\u1160-\u11ff]+|[\p{NFC_QC=No}--\p{M}]"
)
_CANONICAL = regex.compile(_WHITE.pattern + _COMPOSABLE, regex.V1)
_INVISIBLE = r"\u200b\ufeff\u00ad"
_DOUBLE_MARKS = "“”„‟«»＂"
_SINGLE_MARKS = "‘’‚‛‹›"
_DASHES = "‐‑‒–—―−"  # noqa: RUF001 - the look-alikes are the point
_TYPOGRAPHY = regex.compile(
    rf" [\s{_INVISIBLE}]+|[^\S ][\s{_INVISIBLE}]*|[{_INVISIBLE}]+(?:\s[\s{_INVISIBLE}]*)?"
    rf"|[{_DOUBLE_MARKS}{_SINGLE_MARKS}…]|[{_DASHES}-]*[{_DASHES}][{_DASHES}-]*|--+" + _COMPOSABLE,
    regex.V1,
)
_PLAIN = {
    **dict.fromkeys(_DOUBLE_MARKS, '"'),
    **dict.fromkeys(_SINGLE_MARKS, "'"),
    **dict.fromkeys(_DASHES + "-", "-"),
    "…": "...",
}


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text in which what counts as equal is equal, and the way back to the original.

    A piece is what folding changed: `(start, end)` in the folded text and in the original.
    """

    text: str
    starts: list[int]
    pieces: list[tuple[int, int, int, int]]

    def _piece_at(self, place: int) -> tuple[int, int, int, int]:
        index = bisect_right(self.starts, place) - 1
        return self.pieces[index] if index >= 0 else (0, 0, 0, 0)

    def original_start(self, place: int) -> int:
        """Give the original place of the character at `place`, or its piece's start."""
        start, end, original_start, original_end = self._piece_at(place)
        return original_start if start <= place < end else original_end + place - end

    def original_end(self, place: int) -> int:
        """Give the original place after the character before `place`, or its piece's end."""
        start, end, _, original_end = self._piece_at(place - 1)
        return original_end if start < place <= end else original_end + place - end

    def cuts(self, place: int) -> bool:
        """Say whether `place` lies inside a piece, which has no place in the original."""
        start, end, _, _ = self._piece_at(place)
        return start < place < end


def _fold(text: str, pattern: regex.Pattern[str], replace: Callable[[str], str]) -> _Folded:
    """Replace all that the pattern finds, and remember where it stood."""
    parts: list[str] = []
    starts: list[int] = []
    pieces: list[tuple[int, int, int, int]] = []
    copied = length = 0
    for match in pattern.finditer(text):
        piece_start, piece_end = match.span()
        replaced = replace(match.group())
        parts += (text[copied:piece_start], replaced)
        start = length + piece_start - copied
        length = start + len(replaced)
        starts.append(start)
        pieces.append((start, length, piece_start, piece_end))
        copied = piece_end
    parts.append(text[copied:])
    return _Folded("".join(parts), starts, pieces)


def _plain_white(_found: str) -> str:
    return " "


def _canonical(found: str) -> str:
    return " " if found.isspace() else unicodedata.normalize("NFC", found)


def _plain_typography(found: str) -> str:
    if found[0] in _PLAIN:
        return _PLAIN[found[0]]  # a run of dashes is one dash
    if any(map(str.isspace, found)):
        return " "
    return "" if found[0] in "\u200b\ufeff\u00ad" else unicodedata.normalize("NFC", found)


def _occurrences(text: str, words: str) -> list[tuple[int, int]]:
    """List every place of trimmed words, by the strictest comparison that finds one."""
    if not words:
        return []
    places = _places_in(_fold(text, _WHITE, _plain_white), words, _plain_white, _WHITE)
    if places:
        return places
    if not (unicodedata.is_normalized("NFC", text) and unicodedata.is_normalized("NFC", words)):
        places = _places_in(_fold(text, _CANONICAL, _canonical), words, _canonical, _CANONICAL)
    if places:
        return places
    folded = _fold(text, _TYPOGRAPHY, _plain_typography)
    return _places_in(folded, words, _plain_typography, _TYPOGRAPHY)


def _places_in(
    folded: _Folded, words: str, replace: Callable[[str], str], pattern: regex.Pattern[str]
) -> list[tuple[int, int]]:
    """List the original places of words in a folded text, after folding them in the same way."""
    sought = _fold(words, pattern, replace).text.strip()
    if not sought:
        return []
    spans = [(found, found + len(sought)) for found in _finds(folded.text, sought)]
    if not spans and "\n" in words:
        # The words of two blocks may stand in the text without any space between them.
        parts = [_fold(part, pattern, replace).text for part in _LINE_BREAK.split(words)]
        spans = list(_find_pattern(folded.text, r"\s*".join(map(re.escape, parts))))
    return [
        (folded.original_start(start), folded.original_end(end))
        for start, end in spans
        if not folded.cuts(start) and not folded.cuts(end)
    ]


def _finds(text: str, sought: str) -> Iterator[int]:
    """Yield where the string starts in the text, also where its occurrences overlap."""
    found = text.find(sought)
    while found >= 0:
        yield found
        found = text.find(sought, found + 1)


def _find_pattern(text: str, pattern: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of a pattern in the text, also where they overlap."""
    compiled = re.compile(pattern)
    match = compiled.search(text)
    while match:
        yield match.span()
        match = compiled.search(text, match.start() + 1)


# --- choosing among several places ------------------------------------------------------------


def _skip_white(text: str, place: int) -> int:
    """Move a hint over white space: no trimmed quote starts there."""
    while 0 <= place < len(text) and text[place].isspace():
        place += 1
    return place


def _context_key(context: str) -> str:
    """Fold context: it only has to tell places apart, so it is compared as loosely as can be."""
    return _fold(context, _TYPOGRAPHY, _plain_typography).text


def _best_in_context(
    text: str, places: list[tuple[int, int]], prefix: str, suffix: str
) -> list[tuple[int, int]]:
    """Keep the places whose surroundings share most characters with prefix and suffix."""
    best = 0
    kept: list[tuple[int, int]] = []
    # Folding shortens more than it lengthens: twice the context is enough to compare with.
    reach_before, reach_after = 2 * len(prefix), 2 * len(suffix)
    reversed_prefix = prefix[::-1]
    for start, end in places:
        before = _context_key(text[max(0, start - reach_before) : start])
        after = _context_key(text[end : end + reach_after])
        score = _shared(before[::-1], reversed_prefix) + _shared(after, suffix)
        if score > best:
            best, kept = score, []
        if score == best:
            kept.append((start, end))
    return kept


def _shared(one: str, other: str) -> int:
    """Count the characters that both strings begin with."""
    count = 0
    for character, expected in zip(one, other, strict=False):
        if character != expected:
            break
        count += 1
    return count


# --- what is near -----------------------------------------------------------------------------


def _nearest_stretch(text: str, words: str) -> tuple[int, int] | None:
    """Find the stretch of a folded text that is most like the folded words."""
    if len(words) <= _ALIGNED:
        return _aligned(text, words)
    head, tail = words[:_ALIGNED], words[-_ALIGNED:]
    longest = int(len(words) * _STRETCH)
    candidates = []
    from_head = _aligned(text, head)
    if from_head:
        start = from_head[0]
        rest = _aligned(text[start : start + longest], tail)
        candidates.append((start, start + (rest[1] if rest else len(words))))
    from_tail = _aligned(text, tail)
    if from_tail:
        end = from_tail[1]
        reach = max(0, end - longest)
        rest = _aligned(text[reach:end], head)
        candidates.append((reach + rest[0] if rest else max(0, end - len(words)), end))
    rated = [
        (fuzz.ratio(words, text[start:end], score_cutoff=NEAREST_FLOOR), (start, end))
        for start, end in candidates
    ]
    score, stretch = max(rated, default=(0.0, (0, 0)))
    return stretch if score else None


def _aligned(text: str, words: str) -> tuple[int, int] | None:
    """Find the stretch of a text that a short string matches best, None below the floor."""
    if not text or not words:
        return None
    # The shorter of the two is the one that is looked for.
    if len(words) > len(text):
        score = fuzz.ratio(words, text, score_cutoff=NEAREST_FLOOR)
        return (0, len(text)) if score else None
    alignment = fuzz.partial_ratio_alignment(words, text, score_cutoff=NEAREST_FLOOR)
    if alignment is None or alignment.dest_start == alignment.dest_end:
        return None
    return alignment.dest_start, alignment.dest_end


def _whole_words(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Leave white space out at both ends, then take in the rest of a word that a bound cuts."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start == end:
        return None
    while start and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end
