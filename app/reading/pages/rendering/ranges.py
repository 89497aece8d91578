"""Drawing a text: a range of it, with its marks and inlines, becomes HTML in one sweep."""

from collections.abc import Iterator, Sequence
from html import escape

from app.annotations.tags import CLASSES
from app.text.document import InlineKind
from app.text.runs import mark_runs

LINKED_SCHEMES = ("http://", "https://", "mailto:")

MarkSpan = tuple[int, int, int]
Run = tuple[int, int, int]
InlineRange = tuple[int, int, str, str]


def draw_text(
    text: str,
    start: int,
    end: int,
    spans: Sequence[MarkSpan],
    inlines: Sequence[InlineRange],
    *,
    footnotes: dict[str, int],
    is_table: bool = False,
) -> str:
    """Return the HTML of `text[start:end]`: taking the tags out again gives back the text."""
    if not (spans or inlines or is_table):  # as in most blocks of a long article
        return escape(text[start:end], quote=False)
    runs = mark_runs(start, end, spans) if spans else [(start, end, 0)]
    if is_table:
        return _draw_table(text, (start, end), runs, inlines, footnotes)
    return _draw_range(text, (start, end), runs, inlines, footnotes)


def _draw_range(
    text: str,
    bounds: tuple[int, int],
    runs: Sequence[Run],
    inlines: Sequence[InlineRange],
    footnotes: dict[str, int],
) -> str:
    if not inlines:
        return "".join([_draw_run(text, run) for run in runs])
    start, end = bounds
    out: list[str] = []
    opened: list[tuple[int, str]] = []  # where each open inline ends, and its closing tag
    waiting = list(reversed(inlines))
    for run_start, run_end, mask in _cut(runs, inlines):
        if run_end <= start or run_start >= end:
            continue
        while opened and opened[-1][0] <= run_start:
            out.append(opened.pop()[1])
        while waiting and waiting[-1][0] <= run_start:
            inline_start, inline_end, kind, target = waiting.pop()
            if inline_start < start or (opened and inline_end > opened[-1][0]):
                continue  # it would cross another: the text matters more than its look
            opening, closing = _tags(kind, target, footnotes)
            out.append(opening)
            opened.append((inline_end, closing))
        out.append(_draw_run(text, (run_start, run_end, mask)))
    out.extend(closing for _end, closing in reversed(opened))
    return "".join(out)


def _draw_run(text: str, run: Run) -> str:
    start, end, mask = run
    piece = escape(text[start:end], quote=False)
    if mask:
        return f'<mark class="{CLASSES[mask]}" data-start="{start}">{piece}</mark>'
    return piece


def _cut(runs: Sequence[Run], inlines: Sequence[InlineRange]) -> Iterator[Run]:
    """Yield the runs, cut wherever an inline starts or ends."""
    cuts = sorted({cut for inline in inlines for cut in inline[:2]})
    place = 0
    for start, end, mask in runs:
        while place < len(cuts) and cuts[place] <= start:
            place += 1
        from_here = start
        while place < len(cuts) and cuts[place] < end:
            yield from_here, cuts[place], mask
            from_here = cuts[place]
            place += 1
        yield from_here, end, mask


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


def _draw_table(
    text: str,
    bounds: tuple[int, int],
    runs: Sequence[Run],
    inlines: Sequence[InlineRange],
    footnotes: dict[str, int],
) -> str:
    """Draw rows and cells. Each cell keeps the tab or line feed after it: it is in the text."""
    start, end = bounds
    out = ["<tbody>"]
    cell_start = start
    for line_number, line in enumerate(text[start:end].split("\n")):
        element = "td" if line_number else "th"
        out.append("<tr>")
        for cell in line.split("\t"):
            cell_end = min(cell_start + len(cell) + 1, end)
            inside = [row for row in inlines if cell_start <= row[0] and row[1] <= cell_end]
            clipped = [
                (max(cell_start, s), min(cell_end, e), mask)
                for s, e, mask in runs
                if s < cell_end and e > cell_start
            ]
            drawn = _draw_range(text, (cell_start, cell_end), clipped, inside, footnotes)
            out.append(f"<{element}>{drawn}</{element}>")
            cell_start = cell_end
        out.append("</tr>")
    out.append("</tbody>")
    return "".join(out)
