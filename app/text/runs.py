"""Flat runs for drawing marks: one per change in the set of tags that cover the text."""

from collections import defaultdict
from collections.abc import Iterable

BITS = (1, 2, 4, 8)


def mark_runs(
    start: int, end: int, spans: Iterable[tuple[int, int, int]]
) -> list[tuple[int, int, int]]:
    """Cut `[start, end)` into runs that the same tags cover.

    `spans` are `(start, end, bit)` in any order, `bit` being 1, 2, 4 or 8 for one of the four
    tags; they are clipped to the range, and empty ones count for nothing. Returns
    `(start, end, mask)` in order, without gaps, `mask` being the sum of the bits that cover the
    run, 0 for none; neighbours differ in it. All offsets are code points, ends exclusive. The time
    is linear in the spans, after a sort of the distinct places where they start.

    Raises: ValueError (the range ends before it starts, or a bit is none of the four).
    """
    if end < start:
        message = f"a range cannot end at {end} when it starts at {start}"
        raise ValueError(message)
    changes: dict[int, int] = defaultdict(int)
    for bit, reach in _farthest_ends(spans).items():
        for covered_start, covered_end in _merged(reach, start, end):
            changes[covered_start] ^= bit
            changes[covered_end] ^= bit
    runs = []
    mask = 0
    run_start = start
    for place in sorted(changes):
        if run_start < place:
            runs.append((run_start, place, mask))
            run_start = place
        mask ^= changes[place]
    if run_start < end:
        runs.append((run_start, end, mask))
    return runs


def _farthest_ends(spans: Iterable[tuple[int, int, int]]) -> dict[int, dict[int, int]]:
    """For each bit: the places where its spans start, and how far the longest there goes.

    Thousands of spans share few starts, so this keeps everything after it small.
    """
    reaches: dict[int, dict[int, int]] = {}
    for start, end, bit in spans:
        reach = reaches.get(bit)
        if reach is None:
            if bit not in BITS:
                message = f"a tag's bit is one of {BITS}, not {bit}"
                raise ValueError(message)
            reach = reaches[bit] = {}
        if end > reach.get(start, start):
            reach[start] = end
    return reaches


def _merged(reach: dict[int, int], low: int, high: int) -> list[tuple[int, int]]:
    """Join the spans of one bit that overlap or touch, and clip what comes out to `[low, high)`."""
    if not reach:
        return []
    merged = []
    starts = sorted(reach)
    joined_start = joined_end = starts[0]
    for start in starts:
        if start > joined_end:
            merged.append((joined_start, joined_end))
            joined_start = start
        end = reach[start]
        if end > joined_end:  # noqa: PLR1730 - a call of max() would take most of the time here
            joined_end = end
    merged.append((joined_start, joined_end))
    clipped = ((max(start, low), min(end, high)) for start, end in merged)
    return [(start, end) for start, end in clipped if start < end]
