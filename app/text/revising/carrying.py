"""Where the inlines of the old text stand in the edited one."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from app.text.anchoring.words import NONE
from app.text.document import Document, Inline, InlineKind
from app.text.revising.continuing import CommonRun, Continuation
from app.text.revising.written import Written, cut

# How alike, of 100, words must be that replaced others, to be those words mended; and of how many
# characters, since letters are compared each with each.
_MENDED = 60.0
_LONGEST_MENDED = 400
# The share of an inline's old or new characters that must stand in both texts.
_KEPT = 0.5


class Carrier:
    """Moves inlines of an old text to where the same words stand in a new document.

    `found` says what of `old` stands in `typed`; the document's text is the typed one with other
    white space, so that the ranks of both are the same.
    """

    def __init__(
        self, old: Written, typed: Written, found: Continuation, document: Document
    ) -> None:
        self._old, self._new = old, cut(document.text)
        self._blocks = document.blocks
        self._block_starts = [block.start for block in document.blocks]
        runs = sorted({*found.runs, *_edges(old, typed, found)})
        self._runs = [*_mended(old, typed, runs, found.doubtful), *runs]
        self._runs.sort()
        self._starts = [run.old for run in self._runs]
        self._turns = _turns(self._runs)

    def carry(self, inline: Inline) -> Iterator[Inline]:
        """Yield an inline where its words stand now, nothing if they do not.

        One whose block was cut in two inside of it is two, but a footnote's mark is nothing then.
        """
        ranks = self._find(inline)
        if ranks is None:
            return
        start, end = self._new.places[ranks[0]], self._new.places[ranks[1] - 1] + 1
        first = bisect_right(self._block_starts, start) - 1
        last = bisect_left(self._block_starts, end)
        for block in self._blocks[first:last]:
            yield replace(inline, start=max(start, block.start), end=min(end, block.end))

    def _find(self, inline: Inline) -> tuple[int, int] | None:
        """Give the new ranks `[first, last)` of an inline, None where it has no place."""
        old_start, old_end = self._old.ranks[inline.start], self._old.ranks[inline.end]
        first, start = self._find_start(old_start)
        last, end = self._find_end(old_end)
        if NONE in {start, end} or start >= end or not self._is_in_order(first, last):
            return None
        kept = sum(
            max(0, min(run.old + run.length, old_end) - max(run.old, old_start))
            for run in self._runs[first : last + 1]
        )
        if inline.kind is InlineKind.FOOTNOTE_MARK:
            is_kept = kept == old_end - old_start == end - start and self._is_mark(inline, start)
        else:
            is_kept = kept > 0 and kept >= _KEPT * min(old_end - old_start, end - start)
        return (start, end) if is_kept else None

    def _find_start(self, rank: int) -> tuple[int, int]:
        """Give the run that a range begins in, or right behind, and the new rank there."""
        at = bisect_right(self._starts, rank) - 1
        if at == NONE or rank > self._runs[at].old + self._runs[at].length:
            return at, NONE
        return at, self._runs[at].new + rank - self._runs[at].old

    def _find_end(self, rank: int) -> tuple[int, int]:
        """Give the run that a range ends in, or right before, and the new rank there."""
        at = bisect_left(self._starts, rank) - 1
        if at == NONE or rank > self._runs[at].old + self._runs[at].length:
            at += 1
            if at == len(self._runs) or self._runs[at].old != rank:
                return at, NONE
        return at, self._runs[at].new + rank - self._runs[at].old

    def _is_in_order(self, first: int, last: int) -> bool:
        """Tell whether runs follow each other in the new text too, with no other between."""
        turns = self._turns[first : last + 1]
        return all(after == turn + 1 for turn, after in pairwise(turns))

    def _is_mark(self, inline: Inline, start: int) -> bool:
        """Tell whether the characters at a new rank are a mark, and no piece of a number."""
        old, new = self._old.text, self._new.text
        place = self._new.places[start]
        end = place + inline.end - inline.start
        return new[place:end] == old[inline.start : inline.end] and _is_stuck(
            new, place, end
        ) <= _is_stuck(old, inline.start, inline.end)


def _is_stuck(text: str, start: int, end: int) -> bool:
    """Tell whether a range is a piece of a longer number, or of one with letters: "1st"."""
    return text[max(0, start - 1) : start].isdigit() or text[end : end + 1].isalnum()


def _turns(runs: Sequence[CommonRun]) -> list[int]:
    """Give the turn of each run in the order of the new text."""
    order = sorted(range(len(runs)), key=lambda at: (runs[at].new, runs[at].length, at))
    turns = [0] * len(runs)
    for turn, at in enumerate(order):
        turns[at] = turn
    return turns


def _edges(old: Written, new: Written, found: Continuation) -> Iterator[CommonRun]:
    """Yield where the ends of a part are those of its source: nothing stands outside of them.

    These are runs without a character. A part that was cut in two gives its beginning to the first
    of them and its end to the second.
    """
    starts = [old.ranks_of(part)[0] for part in range(len(old.parts))]
    new_starts = [new.ranks_of(part)[0] for part in range(len(new.parts))]
    olds: dict[int, list[CommonRun]] = {}
    news: dict[int, list[CommonRun]] = {}
    for run in found.runs:
        olds.setdefault(bisect_right(starts, run.old) - 1, []).append(run)
    for run in sorted(found.runs, key=lambda run: run.new):
        news.setdefault(bisect_right(new_starts, run.new) - 1, []).append(run)
    for part, source in enumerate(found.sources):
        if source == NONE:
            continue
        of_old, of_new = olds.get(source, []), news.get(part, [])
        if of_old[:1] == of_new[:1]:
            yield CommonRun(starts[source], new_starts[part], 0)
        if of_old[-1:] == of_new[-1:]:
            yield CommonRun(old.ranks_of(source)[1], new.ranks_of(part)[1], 0)


def _mended(
    old: Written, new: Written, runs: Sequence[CommonRun], doubtful: Sequence[int]
) -> Iterator[CommonRun]:
    """Yield the characters left of words that were mended, between runs in the same order."""
    turns = _turns(runs)
    for at, (one, other) in enumerate(pairwise(runs)):
        old_at, new_at = one.old + one.length, one.new + one.length
        lengths = other.old - old_at, other.new - new_at
        if turns[at + 1] != turns[at] + 1 or not 0 < min(lengths) <= max(lengths) < _LONGEST_MENDED:
            continue
        # Of two equal words one was deleted: comparing letters would only guess which.
        if bisect_left(doubtful, old_at) < bisect_left(doubtful, other.old):
            continue
        before, after = old.shown(old_at, other.old), new.shown(new_at, other.new)
        if fuzz.ratio(before, after) >= _MENDED:
            for code in Indel.opcodes(before, after):
                if code.tag == "equal":
                    length = code.src_end - code.src_start
                    yield CommonRun(old_at + code.src_start, new_at + code.dest_start, length)
