"""What a selection becomes before it is kept: a passage with clean ends."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

# Code points. A spreadsheet's cell holds 32,767; forms name this limit and services enforce it.
MAX_PASSAGE = 20_000

# A zero-width space, a byte order mark and a soft hyphen show nothing, as white space does.
_INVISIBLE = frozenset("\u200b\ufeff\u00ad")


class EmptyPassage(ValueError):
    """Nothing is left of a selection but white space and footnote marks."""


def tidy(
    text: str, start: int, end: int, footnote_marks: Sequence[tuple[int, int]] = ()
) -> tuple[int, int]:
    """Give the passage that the selection `[start, end)` of the text means.

    All offsets are code points, ends exclusive. A bound inside a grapheme cluster moves outwards
    to take in the whole cluster; then white space, characters without width and footnote marks are
    left out at both ends. Part of a word stays as it was selected.

    Raises: EmptyPassage (nothing remains), ValueError (the range is not inside the text).
    """
    if not 0 <= start <= end <= len(text):
        message = f"the range {start} to {end} is not inside a text of {len(text)} characters"
        raise ValueError(message)
    if start < end:
        start = _cluster_around(text, start)[0]
        end = _cluster_around(text, end)[1]
    while start < end:
        bounds = _without_blank_ends(text, start, end)
        bounds = _without_marks_at_ends(*bounds, footnote_marks)
        if bounds == (start, end):
            return bounds
        start, end = bounds
    message = "nothing but white space and footnote marks"
    raise EmptyPassage(message)


def _without_blank_ends(text: str, start: int, end: int) -> tuple[int, int]:
    """Move both bounds inwards over whole clusters that show nothing."""
    while start < end and _is_blank(text[start]):
        after = _cluster_around(text, start + 1)[1]
        if after > end or not all(map(_is_blank, text[start:after])):
            break
        start = after
    while start < end and _is_blank(text[end - 1]):
        before = _cluster_around(text, end - 1)[0]
        if before < start or not all(map(_is_blank, text[before:end])):
            break
        end = before
    return start, end


def _without_marks_at_ends(
    start: int, end: int, footnote_marks: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """Move a bound that lies in or against a footnote mark to the mark's other side."""
    for mark_start, mark_end in footnote_marks:
        if mark_start <= start < mark_end:
            start = mark_end
        if mark_start < end <= mark_end:
            end = mark_start
    return start, end


def _is_blank(character: str) -> bool:
    return character.isspace() or character in _INVISIBLE


def _cluster_around(text: str, place: int) -> tuple[int, int]:
    """Give the bounds of the cluster that `place` cuts, or `(place, place)` where it cuts none.

    Only the text around the place is read.
    """
    if not 0 < place < len(text):
        return place, place
    start = place
    is_plain = _plain().match
    while start and not (is_plain(text, start - 1) and is_plain(text, start)):
        start -= 1
    # From a sure bound on, clusters are counted: flags are pairs of letters from their run's start.
    for cluster in _cluster().finditer(text, start):
        if cluster.end() > place:
            return cluster.span() if cluster.start() < place else (place, place)
    return place, place


@cache
def _cluster() -> "regex.Pattern[str]":
    import regex  # noqa: PLC0415 loaded when needed

    return regex.compile(r"\X")


@cache
def _plain() -> "regex.Pattern[str]":
    """Return what finds a character between two of which a grapheme cluster always ends.

    So it does at a control character, whatever stands around. Not so beside marks, joiners, flags,
    emoji and Hangul syllables.
    """
    import regex  # noqa: PLC0415 loaded when needed

    return regex.compile(
        r"[[\p{GCB=Other}\p{GCB=Control}\p{GCB=LF}]--\p{Extended_Pictographic}]", regex.V1
    )
