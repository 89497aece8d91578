"""Quotations that run over several blocks of plain text."""

import re
from collections.abc import Iterator, Sequence

_PAIRS = {"\u201c": "\u201d", "\u00ab": "\u00bb", "\u201e": "\u201c\u201d", "\u2018": "\u2019"}
_STRAIGHT = '"'
# A straight mark opens after white space or an opening bracket, and before a word.
_STRAIGHT_OPENING = re.compile(r"(?:(?<=[\s(\[\u2014\u2013-])|^)\"(?=\S)")
# A single closing mark looks like an apostrophe: it closes after a sentence's end, before a space.
_SINGLE_CLOSING = re.compile(
    "(?<=[.,!?;:\u2026)])\u2019(?=\\W|\\d|$)|\u2019(?=[.,;:!?]?[0-9]{0,2}$)"
)


def find_quotations(blocks: Sequence[str]) -> Iterator[range]:
    """Find the runs of two and more blocks that are one quotation.

    Every block of a run begins with an opening mark, and only the last one closes it. Curly,
    straight, single, low and angled marks are understood. Yields ranges of indices from 0.
    """
    start = 0
    while start < len(blocks):
        end, is_closed = _run(blocks, start)
        if is_closed and end > start + 1:
            yield range(start, end)
        start = end


def _run(blocks: Sequence[str], start: int) -> tuple[int, bool]:
    """Follow a quotation from its first block: the index after its last, and whether it closes.

    Where it does not, neither does one that begins at a later block of the run.
    """
    mark = blocks[start][:1]
    if mark not in _PAIRS and mark != _STRAIGHT:
        return start + 1, False
    for index in range(start, len(blocks)):
        if blocks[index][:1] != mark:
            return index, False
        if _closes(blocks[index], mark):
            return index + 1, True
    return len(blocks), False


def _closes(text: str, mark: str) -> bool:
    """Tell whether the mark that a text begins with is closed in it."""
    if mark == "\u2018":
        return _SINGLE_CLOSING.search(text) is not None
    depth = 0
    for is_opening in _directions(text, mark):
        depth += 1 if is_opening else -1
        if depth == 0:
            return True
    return False


def _directions(text: str, mark: str) -> Iterator[bool]:
    """Go through the marks of one kind: True where one opens, False where one closes."""
    if mark == _STRAIGHT:
        openings = {match.start() for match in _STRAIGHT_OPENING.finditer(text)}
        for match in re.finditer(_STRAIGHT, text):
            yield match.start() in openings
        return
    for char in text:
        if char == mark:
            yield True
        elif char in _PAIRS[mark]:
            yield False
