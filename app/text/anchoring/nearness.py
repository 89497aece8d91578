"""The stretch of a text that is most like a quote which does not occur in it."""

from rapidfuzz import fuzz

from app.text.folding import fold_typography

# How much of a quote and a stretch must agree, of 100, for the stretch to be offered as near.
NEAREST_FLOOR = 60.0
# How much less a stretch near a hint may agree than the one that agrees best.
_AS_NEAR = 5.0
# How far around a hint is looked first; then twice as far, and so on.
_FIRST_REACH = 8
# Aligning takes time by the square of the quote: of a longer one only its ends are aligned.
_ALIGNED = 256
# What is compared once more at either end of a stretch, as an alignment is as long as the quote.
_END = 32
# How much longer or shorter than the quote the stretch between its two ends may be.
_STRETCH = 1.5


def nearest(text: str, quote: str, *, start: int | None = None) -> tuple[int, int] | None:
    """Find the stretch of the text that is most like a quote which does not occur in it.

    Of several that are about as like it, the one nearest to `start` is meant, in code points.
    Returns `(start, end)` in code points, widened to whole words, or None where nothing agrees
    by NEAREST_FLOOR per cent. A quote longer than some hundred characters is found by its ends.
    """
    folded = fold_typography(text)
    words = fold_typography(quote.strip()).text.strip()
    found = _nearest_stretch(folded.text, words)
    if found is None:
        return None
    if start is not None:
        hint = folded.folded_place(min(max(0, start), len(text)))
        found = _nearer(folded.text, words, found, hint)
    stretch_start, stretch_end = _with_exact_ends(folded.text, words, *found)
    bounds = folded.original_start(stretch_start), folded.original_end(stretch_end)
    return _whole_words(text, *bounds, words)


def _nearer(text: str, words: str, best: tuple[int, int], hint: int) -> tuple[int, int]:
    """Find a stretch nearer to the hint that is about as like the words as the best one."""
    floor = fuzz.ratio(words, text[slice(*best)]) - _AS_NEAR
    farthest = abs(best[0] - hint) - 1
    reach = min(_FIRST_REACH, farthest)
    while reach > 0:
        at = max(0, hint - reach)
        found = _nearest_stretch(text[at : hint + reach + len(words)], words)
        if found:
            near = at + found[0], at + found[1]
            if fuzz.ratio(words, text[slice(*near)], score_cutoff=floor):
                return near
        reach = min(2 * reach, farthest) if reach < farthest else 0
    return best


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
    if len(words) <= _END:
        return start, end  # its ends were found with it, and others may be as near
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
