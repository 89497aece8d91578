"""From a quote to its place in a text: the quote is the truth, the numbers are a hint."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from app.frozen import frozen
from app.text.anchoring.contexts import best_in_context
from app.text.folding import (
    Folded,
    fold_letters,
    fold_matches,
    fold_typography,
    fold_white,
)

# Code points kept on each side of a quote.
CONTEXT = 32
# How many places are listed of a quote that occurs all over a text.
MAX_PLACES = 1_000
# Of how many places the surroundings are compared: of one letter all over a book it takes seconds.
_PLACES_COMPARED = 20_000
# How much of the given context must stand around words that are not where they were said to be.
_CONTEXT_SHARE = 0.5
# So long a quote is told from others by itself.
_TELLING = CONTEXT
# Characters compared to list the occurrences of one quote.
_COMPARED_AT_MOST = 20_000_000
_LINE_BREAK = re.compile(r"\s*\n\s*")


class QuoteNotFound(LookupError):
    """The words of the quote do not occur in the text."""


class Ambiguous(LookupError):
    """The quote occurs several times, or elsewhere than it should, and nothing says what is meant.

    `places` are the occurrences that are equally likely, as `(start, end)` in code points, in
    order, at most MAX_PLACES.
    """

    def __init__(self, places: list[tuple[int, int]]) -> None:
        super().__init__(f"the quote occurs {len(places)} times")
        self.places = places


@frozen
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
    with `prefix` and `suffix`; of those that agree as well, the one nearest to `start`. With a
    `start` at which the words do not stand, the surroundings must agree well: it may have been
    taken from another text, as from a page that is translated. Of more than 20,000 occurrences only
    the surroundings of those nearest to `start` are compared.

    Raises: QuoteNotFound (also for a blank quote), Ambiguous (several are equally likely, or the
    words stand at another place than `start` and in other surroundings).
    """
    words = quote.strip()
    if start is not None:
        start = _skip_white(text, max(0, start))
        if words and text.startswith(words, start):
            return start, start + len(words)
    places = _occurrences(text, words)
    if not places:
        message = "the quote does not occur in the text"
        raise QuoteNotFound(message)
    if start is not None:
        at_hint = [place for place in places if place[0] == start]
        if at_hint:
            return at_hint[0]
    everywhere, agreement = places, 0.0
    if (prefix or suffix) and (near := _near(places, start)):
        places, agreement = best_in_context(text, near, prefix, suffix)
    if start is not None and agreement >= _CONTEXT_SHARE:
        hint = start
        return min(places, key=lambda place: abs(place[0] - hint))
    is_elsewhere = start is not None and (prefix or suffix) and len(words) < _TELLING
    if is_elsewhere or len(places) > 1:
        raise Ambiguous((places if start is None else everywhere)[:MAX_PLACES])
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
    found = islice(_finds(text, prefix + quote + suffix), MAX_PLACES)
    starts = (place + len(prefix) for place in found)
    return [(start, start + len(quote)) for start in starts]


# --- comparing words -------------------------------------------------------------------------


def _occurrences(text: str, words: str) -> list[tuple[int, int]]:
    """List the places of trimmed words, by the strictest comparison that finds any."""
    if not words:
        return []
    places = _places_in(fold_white(text), fold_white(words).text)
    if not places and "\n" in words:
        places = _places_across_blocks(text, words)
    if not places and not (
        unicodedata.is_normalized("NFC", text) and unicodedata.is_normalized("NFC", words)
    ):
        places = _places_in(fold_letters(text), fold_letters(words).text)
    return places or _places_in(fold_typography(text), fold_typography(words).text.strip())


def _places_in(folded: Folded, sought: str) -> list[tuple[int, int]]:
    """List the original places of folded words in a folded text, also where they overlap."""
    if not sought:
        return []
    found = list(islice(_finds(folded.text, sought), _most_places(sought)))
    if not folded.pieces:
        return [(start, start + len(sought)) for start in found]
    return list(folded.originals(found, len(sought)))


def _places_across_blocks(text: str, words: str) -> list[tuple[int, int]]:
    """List the places of words with line breaks where the text has no white space at all."""
    sought = "".join(words.split())
    if sought not in "".join(text.split()):
        return []
    squeezed = fold_matches(text, re.compile(r"\s+"), lambda _found: "")
    parts = (re.escape(part) for part in _LINE_BREAK.split(words))
    # A line break may stand for nothing, other white space may not.
    pattern = re.compile(r"\s*".join(re.sub(r"(?:\\\s|\s)+", r"\\s+", part) for part in parts))
    return [place for place in _places_in(squeezed, sought) if pattern.fullmatch(text, *place)]


def _most_places(sought: str) -> int:
    """Bound the work on a text of one repeated pattern, where long words are found everywhere."""
    return max(MAX_PLACES, _COMPARED_AT_MOST // len(sought))


def _finds(text: str, sought: str) -> Iterator[int]:
    """Yield where the string starts in the text, also where its occurrences overlap."""
    found = text.find(sought)
    while found >= 0:
        yield found
        found = text.find(sought, found + 1)


# --- choosing among several places ------------------------------------------------------------


def _skip_white(text: str, place: int) -> int:
    """Move a hint over white space: no trimmed quote starts there."""
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _near(places: list[tuple[int, int]], start: int | None) -> list[tuple[int, int]]:
    """Return the places whose surroundings are compared; none of too many without a hint."""
    if len(places) <= _PLACES_COMPARED:
        return places
    if start is None:
        return []
    first = max(0, bisect_left(places, (start,)) - _PLACES_COMPARED // 2)
    return places[first : first + _PLACES_COMPARED]
