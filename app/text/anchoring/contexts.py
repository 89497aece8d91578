"""Which of several places of a quote stands between the words that are said to be around it."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from app.text.folding import fold_typography

# How much of a given prefix or suffix is read.
CONTEXT_READ = 128
# How alike, of 100, other words around must be to be those words mended, and around how many
# places they are compared so.
_MENDED = 70.0
_COMPARED_AT_MOST = 1_000
# How many characters more than those expected are looked at: some may have been inserted.
_INSERTED = 12


def best_in_context(
    text: str, places: Sequence[tuple[int, int]], prefix: str, suffix: str
) -> tuple[list[tuple[int, int]], float]:
    """Keep the places whose surroundings share most characters with prefix and suffix.

    Context only has to tell places apart, so it is compared as loosely as can be: without white
    space, folded, and also where it was mended. Returns also how much of it they share, from 0
    to 1.
    """
    if len(places) > 1:
        # Words that stand so to the letter need no comparison, and no other place does better.
        exact = [
            (start, end)
            for start, end in places
            if text.endswith(prefix, 0, start) and text.startswith(suffix, end)
        ]
        places = exact or places
    folded = fold_typography(text)
    expected_before = _squeezed(fold_typography(prefix[-CONTEXT_READ:]).text)[::-1]
    expected_after = _squeezed(fold_typography(suffix[:CONTEXT_READ]).text)
    is_mended_known = len(places) <= _COMPARED_AT_MOST
    best = 0.0
    kept: list[tuple[int, int]] = []
    for start, end in places:
        before_end, after_start = folded.folded_place(start), folded.folded_place(end)
        reach = 2 * len(expected_before) + _INSERTED
        before = _squeezed(folded.text[max(0, before_end - reach) : before_end])[::-1]
        reach = 2 * len(expected_after) + _INSERTED
        after = _squeezed(folded.text[after_start : after_start + reach])
        score = _shared(before, expected_before, is_mended_known=is_mended_known) + _shared(
            after, expected_after, is_mended_known=is_mended_known
        )
        if score > best:
            best, kept = score, []
        if score == best:
            kept.append((start, end))
    return kept, best / (len(expected_before) + len(expected_after) or 1)


def _squeezed(text: str) -> str:
    """Leave out all white space: where a passage is trimmed, some of it is cut off."""
    return "".join(text.split())


def _shared(one: str, expected: str, *, is_mended_known: bool) -> float:
    """Count the expected characters that a string begins with, or that are left there, mended."""
    if one.startswith(expected):
        return len(expected)
    count = 0
    for character, other in zip(one, expected, strict=False):
        if character != other:
            break
        count += 1
    if not is_mended_known:
        return count
    around = one[: len(expected) + _INSERTED]
    if len(around) < len(expected):
        mended = fuzz.ratio(around, expected, score_cutoff=_MENDED)
    else:
        mended = fuzz.partial_ratio(expected, around, score_cutoff=_MENDED)
    return max(count, mended * len(expected) / 100)
