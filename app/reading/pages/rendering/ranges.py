"""Drawing a text: a range of it, with its marks and inlines, becomes HTML in one sweep."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from html import escape

from app.reading.pages.rendering.lanes import LanePassage, Run, draw_runs
from app.text.document import InlineKind

LINKED_SCHEMES = ("http://", "https://", "mailto:")

InlineRange = tuple[int, int, str, str]
FindRuns = Callable[[Collection[int]], list[Run]]
"""What gives the runs of a block that is cut at these places, too."""


def draw_text(
    text: str,
    start: int,
    end: int,
    passages: Sequence[LanePassage],
    inlines: Sequence[InlineRange],
    *,
    footnotes: dict[str, int],
    is_table: bool = False,
    find_runs: FindRuns | None = None,
) -> str:
    """Return the HTML of `text[start:end]`: taking the tags out again gives back the text.

    Where the runs are kept, `find_runs` has them in place of the passages.
    """
    if not (passages or inlines or is_table or find_runs):  # as in most blocks of a long article
        return escape(text[start:end], quote=False)
    find_runs = find_runs or partial(draw_runs, start, end, passages)
    cuts = {cut for inline in inlines for cut in inline[:2]}
    if is_table:
        lines = _lines_of_cells(text, start, end)
        cuts.update(cell_end for cells in lines for _start, cell_end in cells)
        runs = find_runs(cuts)
        return _draw_table(text, lines, runs, inlines, footnotes)
    return _draw_range(text, start, find_runs(cuts), inlines, footnotes)


def _draw_range(
    text: str,
    start: int,
    runs: Sequence[Run],
    inlines: Sequence[InlineRange],
    footnotes: dict[str, int],
) -> str:
    """Draw runs from a place on; they are cut wherever an inline starts or ends."""
    if not inlines:
        return "".join([_draw_run(text, run) for run in runs])
    out: list[str] = []
    opened: list[tuple[int, str]] = []  # where each open inline ends, and its closing tag
    waiting = list(reversed(inlines))
    for run in runs:
        while opened and opened[-1][0] <= run.start:
            out.append(opened.pop()[1])
        while waiting and waiting[-1][0] <= run.start:
            inline_start, inline_end, kind, target = waiting.pop()
            if inline_start < start or (opened and inline_end > opened[-1][0]):
                continue  # it would cross another: the text matters more than its look
            opening, closing = _tags(kind, target, footnotes)
            out.append(opening)
            opened.append((inline_end, closing))
        out.append(_draw_run(text, run))
    out.extend(closing for _end, closing in reversed(opened))
    return "".join(out)


def _draw_run(text: str, run: Run) -> str:
    start, end, css, more, begins, ends = run
    piece = text[start:end]
    if "&" in piece or "<" in piece or ">" in piece:  # hardly ever; each call of `escape` shows
        piece = escape(piece, quote=False)
    if not css:
        return piece
    about = f'class="{css}" data-start="{start}"'
    if begins:
        about += f' data-begins="{begins}"'
    if ends:
        about += " data-ends"
    if more:
        about += f' data-more="{more}"'
    return f"<mark {about}>{piece}</mark>"


def _tags(kind: str, target: str, footnotes: dict[str, int]) -> tuple[str, str]:
    if kind == InlineKind.HYPERLINK:
        if not target.lower().startswith(LINKED_SCHEMES):
            return "<span>", "</span>"
        opening = f'<a href="{escape(target)}" rel="noreferrer" draggable="false">'
        return opening, "</a>"
    if kind == InlineKind.FOOTNOTE_MARK:
        number = footnotes.get(target)
        if number is None:
            return '<sup class="footnote-mark">', "</sup>"
        opening = f'<sup class="footnote-mark"><a href="#b{number}" draggable="false">'
        return opening, "</a></sup>"
    element = {InlineKind.EMPHASIS: "em", InlineKind.STRONG: "strong", InlineKind.CODE: "code"}[
        InlineKind(kind)
    ]
    return f"<{element}>", f"</{element}>"


def _lines_of_cells(text: str, start: int, end: int) -> list[list[tuple[int, int]]]:
    """Return where the cells of each line lie, each with the tab or line feed after it."""
    lines = []
    cell_start = start
    for line in text[start:end].split("\n"):
        cells = []
        for cell in line.split("\t"):
            cell_end = min(cell_start + len(cell) + 1, end)
            cells.append((cell_start, cell_end))
            cell_start = cell_end
        lines.append(cells)
    return lines


def _draw_table(
    text: str,
    lines: Sequence[Sequence[tuple[int, int]]],
    runs: Sequence[Run],
    inlines: Sequence[InlineRange],
    footnotes: dict[str, int],
) -> str:
    """Draw rows and cells; the runs are cut at the cells' bounds."""
    out = ["<tbody>"]
    place = 0
    for line_number, cells in enumerate(lines):
        element = "td" if line_number else "th"
        out.append("<tr>")
        for start, end in cells:
            inside = [inline for inline in inlines if start <= inline[0] and inline[1] <= end]
            first = place
            while place < len(runs) and runs[place].start < end:
                place += 1
            drawn = _draw_range(text, start, runs[first:place], inside, footnotes)
            out.append(f"<{element}>{drawn}</{element}>")
        out.append("</tr>")
    out.append("</tbody>")
    return "".join(out)
