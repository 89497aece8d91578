"""A text and the ranges in it: what one block or one cell of a table shows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.frozen import frozen
from app.text.document import Inline, InlineKind
from app.text.links import find_links
from app.text.normalise import normalise

EDGE = "".join(char for char in map(chr, range(0x3001)) if char.isspace())  # blanks of any width
_NOT_SEARCHED = frozenset({InlineKind.CODE, InlineKind.HYPERLINK})
_MOST_MOVED = 50_000_000  # places times characters: only a file made to be slow has more


@frozen
class InlineText:
    """A text and the inlines in it, counted from its start."""

    text: str
    inlines: tuple[Inline, ...] = ()

    def moved(self, by: int) -> tuple[Inline, ...]:
        """Return the inlines as they are where the text stands `by` code points further on."""
        return tuple(
            replace(inline, start=inline.start + by, end=inline.end + by) for inline in self.inlines
        )


def finish(
    text: str, inlines: Iterable[Inline], *, finds_links: bool = True, edge: str = EDGE
) -> InlineText:
    """Find the bare addresses, cut `edge` off the ends, and put the text into its last form.

    Inlines come back in order, an outer one before those in it; one that shows nothing is left
    out.
    """
    text, inlines = _composed(text, list(inlines))
    if finds_links:
        outside = [inline for inline in inlines if inline.kind in _NOT_SEARCHED]
        inlines = [*inlines, *find_links(text, outside)]
    lead = len(text) - len(text.lstrip(edge))
    shown = text.strip(edge)
    if not inlines:
        return InlineText(shown)
    clipped = (_clip(inline, lead, shown) for inline in inlines)
    kept = (inline for inline in clipped if inline.start < inline.end)
    return InlineText(shown, tuple(sorted(kept, key=lambda inline: (inline.start, -inline.end))))


def join_cells(rows: Sequence[Sequence[InlineText]]) -> InlineText:
    """Join a table's cells by tabs and its rows by line feeds."""
    texts: list[str] = []
    inlines: list[Inline] = []
    length = 0
    for row in rows:
        for number, cell in enumerate(row):
            before = "\t" if number else "\n" if texts else ""
            inlines.extend(cell.moved(length + len(before)))
            # A break or tab in a cell would look like the end of its row, or of itself.
            texts.append(before + cell.text.replace("\n", " ").replace("\t", " "))
            length += len(texts[-1])
    return InlineText("".join(texts), tuple(inlines))


def _composed(text: str, inlines: list[Inline]) -> tuple[str, list[Inline]]:
    """Compose letters and accents that stood in different elements, and move the ranges along."""
    composed = normalise(text)
    if composed == text:
        return text, inlines
    places = {place for inline in inlines for place in (inline.start, inline.end)}
    if len(places) * len(text) > _MOST_MOVED:
        return composed, []
    moved = {place: min(len(normalise(text[:place])), len(composed)) for place in places}
    return composed, [
        replace(inline, start=moved[inline.start], end=moved[inline.end]) for inline in inlines
    ]


def _clip(inline: Inline, lead: int, text: str) -> Inline:
    """Move a range by the white space cut off at the start, and off its own ends."""
    start = min(max(inline.start - lead, 0), len(text))
    end = min(max(inline.end - lead, 0), len(text))
    while start < end and text[start] in EDGE:
        start += 1
    while start < end and text[end - 1] in EDGE:
        end -= 1
    if start == inline.start and end == inline.end:
        return inline
    return replace(inline, start=start, end=end)
