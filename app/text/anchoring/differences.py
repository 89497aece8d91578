"""What changed between two texts, by words: for a page that shows a correction."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import count, pairwise

from app.frozen import frozen
from app.text.anchoring.alignment import Alignment, align
from app.text.anchoring.order import runs_in_order
from app.text.anchoring.words import NONE

# Start and end in the old text, then in the new one.
_Range = tuple[int, int, int, int]


class DifferenceKind(StrEnum):
    """What became of a range of the old text."""

    EQUAL = "equal"
    INSERTED = "inserted"
    DELETED = "deleted"
    REPLACED = "replaced"


@frozen
class Difference:
    """A range of the old text and the range of the new one that took its place.

    `[old_start, old_end)` and `[new_start, new_end)` are in code points. EQUAL ranges hold the
    same characters; of INSERTED the old range is empty, of DELETED the new one.
    """

    kind: DifferenceKind
    old_start: int
    old_end: int
    new_start: int
    new_end: int


def differences(old: str, new: str) -> list[Difference]:
    """List what is equal, inserted, deleted and replaced, by whole words.

    The ranges cover both texts in order, and no two in a row are of one kind. Words that moved are
    deleted in one place and inserted in another. Two empty texts have no ranges.
    """
    if old == new:
        return [Difference(DifferenceKind.EQUAL, 0, len(old), 0, len(new))] if old else []
    return list(_differences(old, new, align(old, new)))


def offset_in_new(found: Sequence[Difference], offset: int) -> int:
    """Return where in the new text a place of the old one is, or where it was if its words went.

    Both are in code points; `found` are the differences of the two texts.
    """
    for difference in found:
        if offset < difference.old_end:
            by = offset - difference.old_start if difference.kind is DifferenceKind.EQUAL else 0
            return difference.new_start + by
    return found[-1].new_end if found else 0


def _differences(old: str, new: str, alignment: Alignment) -> Iterator[Difference]:
    old_at = new_at = 0
    ends = (len(old), len(old), len(new), len(new))
    ranges = _with_white_space(old, new, [*_equal_ranges(alignment), ends])
    for old_start, old_end, new_start, new_end in ranges:
        kind = _kind(old_start - old_at, new_start - new_at)
        if kind != DifferenceKind.EQUAL:
            yield Difference(kind, old_at, old_start, new_at, new_start)
        if old_start < old_end:
            yield Difference(DifferenceKind.EQUAL, old_start, old_end, new_start, new_end)
        old_at, new_at = old_end, new_end


def _kind(old_length: int, new_length: int) -> DifferenceKind:
    """Say what became of a range that lies between equal ones."""
    if old_length and new_length:
        return DifferenceKind.REPLACED
    if old_length:
        return DifferenceKind.DELETED
    return DifferenceKind.INSERTED if new_length else DifferenceKind.EQUAL


def _with_white_space(old: str, new: str, ranges: Sequence[_Range]) -> list[_Range]:
    """Widen equal ranges by the white space beside them, so that a difference begins at a word."""
    widened = [ranges[0]]
    for old_start, old_end, new_start, new_end in ranges[1:]:
        before_start, i, before_new_start, j = widened[-1]
        while (
            before_start < i < old_start and j < new_start and old[i] == new[j] and old[i].isspace()
        ):
            i, j = i + 1, j + 1
        widened[-1] = (before_start, i, before_new_start, j)
        k, m = old_start, new_start
        while k < old_end and i < k and j < m and old[k - 1] == new[m - 1] and old[k - 1].isspace():
            k, m = k - 1, m - 1
        widened.append((k, old_end, m, new_end))
    return widened


def _equal_ranges(alignment: Alignment) -> Iterator[_Range]:
    """Yield the longest ranges that hold the same characters, in order in both texts."""
    old, new = alignment.old, alignment.new
    # The ends of the texts are as good as words: white space beside them may be equal too.
    bounds = [(0, 0, 0, 0)]
    written_alike = (
        (i, j)
        for i, j in enumerate(alignment.to_new)
        if j != NONE and old.written(i) == new.written(j)
    )
    for first, new_first, length in runs_in_order(written_alike):
        for i, j in zip(count(first), range(new_first, new_first + length), strict=False):
            bounds.append((old.starts[i], old.ends[i], new.starts[j], new.ends[j]))
    bounds.append((len(old.text),) * 2 + (len(new.text),) * 2)
    start = bounds[0]
    for one, other in pairwise(bounds):
        if old.text[one[1] : other[0]] != new.text[one[3] : other[2]]:
            if one[1] > start[0]:
                yield start[0], one[1], start[2], one[3]
            start = other
    if start[0] < len(old.text):
        yield start[0], len(old.text), start[2], len(new.text)
