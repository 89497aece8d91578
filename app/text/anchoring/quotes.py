"""From a quote to its place in a text: the quote is the truth, the numbers are a hint."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rapidfuzz import fuzz

from app.text.anchoring.folding import Folded, fold, fold_letters, fold_typography, fold_white

# Code points kept on each side of a quote.
CONTEXT = 32
# How many places are listed of a quote that occurs all over a text.
MAX_PLACES = 1_000
# How much of a given prefix or suffix is read.
_CONTEXT_READ = 4 * CONTEXT
# Characters compared to list the occurrences of one quote.
_COMPARED_AT_MOST = 20_000_000
# How much of a quote and a stretch must agree, of 100, for the stretch to be offered as near.
NEAREST_FLOOR = 60.0
# Aligning takes time by the square of the quote: of a longer one only its ends are aligned.
_ALIGNED = 256
# What is compared once more at either end of a stretch, as an alignment is as long as the quote.
_END = 32
# How much longer or shorter than the quote the stretch between its two ends may be.
_STRETCH = 1.5
_LINE_BREAK = re.compile(r"\s*\n\s*")


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
    if len(places) > 1 and (prefix or suffix):
        places = _best_in_context(text, places, prefix, suffix)
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
    found = islice(_finds(text, prefix + quote + suffix), MAX_PLACES)
    starts = (place + len(prefix) for place in found)
    return [(start, start + len(quote)) for start in starts]


def nearest(text: str, quote: str) -> tuple[int, int] | None:
    """Find the stretch of the text that is most like a quote which does not occur in it.

    Returns `(start, end)` in code points, widened to whole words, or None where nothing agrees
    by NEAREST_FLOOR per cent. A quote longer than some hundred characters is found by its ends.
    """
    folded = fold_typography(text)
    words = fold_typography(quote.strip()).text.strip()
    found = _nearest_stretch(folded.text, words)
    if found is None:
        return None
    start, end = _with_exact_ends(folded.text, words, *found)
    bounds = folded.original_start(start), folded.original_end(end)
    return _whole_words(text, *bounds, words)


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
    return [
        (folded.original_start(start), folded.original_end(start + len(sought)))
        for start in found
        if not folded.cuts(start) and not folded.cuts(start + len(sought))
    ]


def _places_across_blocks(text: str, words: str) -> list[tuple[int, int]]:
    """List the places of words with line breaks where the text has no white space at all."""
    sought = "".join(words.split())
    if sought not in "".join(text.split()):
        return []
    squeezed = fold(text, re.compile(r"\s+"), lambda _found: "")
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


def _best_in_context(
    text: str, places: list[tuple[int, int]], prefix: str, suffix: str
) -> list[tuple[int, int]]:
    """Keep the places whose surroundings share most characters with prefix and suffix.

    Context only has to tell places apart, so it is compared as loosely as can be.
    """
    folded = fold_typography(text)
    expected_before = fold_typography(prefix[-_CONTEXT_READ:]).text[::-1]
    expected_after = fold_typography(suffix[:_CONTEXT_READ]).text
    best = 0
    kept: list[tuple[int, int]] = []
    for start, end in places:
        before_end = folded.folded_place(start)
        before = folded.text[max(0, before_end - len(expected_before)) : before_end][::-1]
        after_start = folded.folded_place(end)
        after = folded.text[after_start : after_start + len(expected_after)]
        score = _shared(before, expected_before) + _shared(after, expected_after)
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


def _with_exact_ends(text: str, words: str, start: int, end: int) -> tuple[int, int]:
    """Move the bounds of a stretch to where the first and the last words of the quote stand."""
    before = max(0, start - 2 * _END)
    first = _aligned(text[before : start + 2 * _END], words[:_END])
    after = max(before, end - 2 * _END)
    last = _aligned(text[after : end + 2 * _END], words[-_END:])
    exact_start = before + first[0] if first else start
    exact_end = after + last[1] if last else end
    return (exact_start, exact_end) if exact_start < exact_end else (start, end)


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


def _whole_words(text: str, start: int, end: int, words: str) -> tuple[int, int] | None:
    """Take in the rest of a word that a bound cuts.

    At either end white space is left out first, and marks where the quote has a word there.
    """
    while start < end and (text[start].isspace() or _lacks_word(words[0], text[start])):
        start += 1
    while start < end and (text[end - 1].isspace() or _lacks_word(words[-1], text[end - 1])):
        end -= 1
    if start == end:
        return None
    while start and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _lacks_word(expected: str, character: str) -> bool:
    """Say whether a mark stands where a letter or digit is expected."""
    return expected.isalnum() and not character.isalnum()
