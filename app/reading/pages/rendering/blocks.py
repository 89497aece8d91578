"""Drawing blocks: one text, its inlines and its marks become HTML in one sweep.

What a block shows depends on the annotations that are shown, never on who reads: whose they may be
is a part of the filter.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.annotations.queries import annotations
from app.annotations.queries.annotations import Card, Filter, Span
from app.annotations.queries.past_revisions import Earlier, cards_of, spans_of
from app.annotations.tags import BIT, CLASSES
from app.articles.models import Revision
from app.articles.queries.content import BlockValues, InlineValues, content_of
from app.articles.service.articles import sentences_of
from app.core.db import LARGEST_NUMBER
from app.discussion.queries.discussion import NO_SIGNS, ThreadBadges, thread_badges
from app.text.document import BlockKind, Document, InlineKind
from app.text.runs import mark_runs

CARDS_SHOWN = 12  # of one block; the rest are on the block's own page
LINKED_SCHEMES = ("http://", "https://", "mailto:")

MarkSpan = tuple[int, int, int]
Run = tuple[int, int, int]
InlineRange = tuple[int, int, str, str]


class DrawnBlock(NamedTuple):
    """A block as its section needs it.

    `element` is the HTML element of the text, `html` its content; `marker` a list item's bullet
    or a footnote's number; `sentences` the bounds from the block's start, as the database has
    them; `more` how many cards there are beyond `cards`; `signs` what is said of these, by id.
    """

    number: int
    start: int
    label: str
    element: str
    css: str
    marker: str
    html: Markup
    sentences: str
    cards: Sequence[Card]
    more: int
    signs: Mapping[int, ThreadBadges]


@dataclass(frozen=True, slots=True)
class Structure:
    """What a block must know of the rest of its revision: the levels of headings, footnotes."""

    heading_levels: tuple[int, ...]
    footnotes: dict[str, int]


def render_blocks(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    first: int = 1,
    last: int = LARGEST_NUMBER,
    links_footnotes: bool = True,
) -> list[DrawnBlock]:
    """Draw the blocks numbered `first` to `last`, all where neither is given.

    On a page without the footnotes their marks are no links.
    """
    content = content_of(session, revision.id)
    rows = content.blocks[first - 1 : last]
    if not rows:
        return []
    if len(rows) == len(content.blocks):
        spans = annotations.spans(session, revision, shown)
    else:
        spans = annotations.spans_between(session, revision, shown, first=first, last=last)
    cards = annotations.cards_from(session, revision, shown, _first_starts(spans))
    structure = structure_of(content.headings_and_footnotes)
    if not links_footnotes:
        structure = replace(structure, footnotes={})
    return _draw_rows(
        session,
        revision,
        rows,
        structure,
        spans=spans,
        cards=cards,
        most=CARDS_SHOWN,
        with_signs=True,
    )


def draw_earlier(
    session: Session, revision: Revision, tagged: Sequence[Earlier]
) -> list[DrawnBlock]:
    """Draw all blocks of a corrected revision with what was tagged in it, all cards included."""
    content = content_of(session, revision.id)
    cards = cards_of(tagged)
    return _draw_rows(
        session,
        revision,
        content.blocks,
        structure_of(content.headings_and_footnotes),
        spans=spans_of(tagged, [row.start for row in content.blocks]),
        cards=cards,
        most=len(cards),
        with_signs=False,
    )


def draw_document(document: Document, *, language: str = "") -> list[DrawnBlock]:
    """Draw a document that is no revision yet, without annotations.

    With a language the blocks know where their sentences end.
    """
    text = document.text
    rows = [
        BlockValues(
            number,
            block.start,
            block.end,
            block.kind,
            block.level,
            block.depth,
            block.marker,
            sentences_of(text[block.start : block.end], language) if language else "",
        )
        for number, block in enumerate(document.blocks, start=1)
    ]
    inlines = [InlineValues(i.start, i.end, i.kind, i.target) for i in document.inlines]
    inlines_by_block = _by_block(rows, sorted(inlines, key=lambda row: (row.start, -row.end)))
    structure = structure_of(rows)
    return [
        _draw_block(text, row, structure, inlines=inlines_by_block.get(row.number, ()))
        for row in rows
    ]


def _draw_rows(
    session: Session,
    revision: Revision,
    rows: Sequence[BlockValues],
    structure: Structure,
    *,
    spans: Sequence[Span],
    cards: Sequence[Card],
    most: int,
    with_signs: bool,
) -> list[DrawnBlock]:
    """Draw blocks with what is tagged in them, and at most so many cards each."""
    spans_by_block, counts = _spread(spans)
    cards_by_block: dict[int, list[Card]] = defaultdict(list)
    for card in cards:
        first_cards = cards_by_block[card.first_block]
        if len(first_cards) < most:
            first_cards.append(card)
    signs = NO_SIGNS
    if with_signs:
        drawn = [card.id for cards in cards_by_block.values() for card in cards]
        signs = thread_badges(session, article_id=revision.article_id, annotation_ids=drawn)
    content = content_of(session, revision.id)
    inlines = content.inlines_from(rows[0].start, rows[-1].end)
    inlines_by_block = _by_block(rows, inlines)
    return [
        _draw_block(
            content.text,
            row,
            structure,
            spans=spans_by_block.get(row.number, ()),
            inlines=inlines_by_block.get(row.number, ()),
            cards=cards_by_block.get(row.number, ()),
            count=counts.get(row.number, 0),
            signs=signs,
        )
        for row in rows
    ]


def _draw_block(
    text: str,
    row: BlockValues,
    structure: Structure,
    *,
    spans: Sequence[MarkSpan] = (),
    inlines: Sequence[InlineRange] = (),
    cards: Sequence[Card] = (),
    count: int = 0,
    signs: Mapping[int, ThreadBadges] = NO_SIGNS,
) -> DrawnBlock:
    number, start, end, kind, level, depth, marker, sentences = row
    element, css = _look(kind, level, depth, structure)
    is_table = kind == BlockKind.TABLE
    footnotes = structure.footnotes
    html = draw_text(text, start, end, spans, inlines, footnotes=footnotes, is_table=is_table)
    return DrawnBlock(
        number,
        start,
        LABELS[kind],
        element,
        css,
        marker,
        Markup(html),  # noqa: S704  (draw_text escapes every character of the text)
        sentences,
        cards,
        count - len(cards),
        signs,
    )


def structure_of(blocks: Sequence[BlockValues]) -> Structure:
    """Return a revision's levels of heading and the numbers of its footnotes' blocks."""
    levels = {block.level for block in blocks if block.kind == BlockKind.HEADING}
    footnotes = {
        block.marker.strip(".[]() "): block.number
        for block in blocks
        if block.kind == BlockKind.FOOTNOTE
    }
    return Structure(tuple(sorted(levels)), footnotes)


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


LABELS: dict[str, str] = {
    BlockKind.HEADING: "Heading",
    BlockKind.PARAGRAPH: "Paragraph",
    BlockKind.QUOTATION: "Quotation",
    BlockKind.LIST_ITEM: "List item",
    BlockKind.TABLE: "Table",
    BlockKind.CAPTION: "Caption",
    BlockKind.PREFORMATTED: "Preformatted text",
    BlockKind.FOOTNOTE: "Footnote",
    BlockKind.IMAGE: "Image",
}

_ELEMENTS: dict[str, str] = {
    BlockKind.QUOTATION: "blockquote",
    BlockKind.PREFORMATTED: "pre",
    BlockKind.TABLE: "table",
}
DEEPEST_DRAWN = 4


def _look(kind: str, level: int, depth: int, structure: Structure) -> tuple[str, str]:
    """Return the element and the CSS classes of a block's text."""
    if kind == BlockKind.HEADING:
        # The page's h1 is the title, and no level is left out below it.
        return f"h{min(6, structure.heading_levels.index(level) + 2)}", "heading"
    css = kind.replace("_", "-")
    if depth > 1:
        css += f" depth-{min(depth, DEEPEST_DRAWN)}"
    return _ELEMENTS.get(kind, "p"), css


def _spread(spans: Sequence[Span]) -> tuple[dict[int, list[MarkSpan]], dict[int, int]]:
    """Sort the spans by the blocks that they touch; count those that start in each."""
    by_block: dict[int, list[MarkSpan]] = defaultdict(list)
    counts: dict[int, int] = defaultdict(int)
    for start, end, tag, first, last, count in spans:
        counts[first] += count
        span = (start, end, BIT[tag])
        for number in range(first, last + 1):
            by_block[number].append(span)
    return by_block, counts


def _first_starts(spans: Sequence[Span]) -> list[int]:
    """Return where the passages start that the first cards of each block are about."""
    counts: dict[int, int] = defaultdict(int)
    starts = {}
    for start, _end, _tag, first, _last, count in spans:
        if counts[first] < CARDS_SHOWN:
            starts[start] = True
        counts[first] += count
    return list(starts)


def _by_block(
    blocks: Sequence[BlockValues], inlines: Sequence[InlineValues]
) -> dict[int, list[InlineRange]]:
    by_block: dict[int, list[InlineRange]] = defaultdict(list)
    place = 0
    for inline in inlines:
        while inline[0] >= blocks[place][2]:
            place += 1
        by_block[blocks[place][0]].append((inline[0], inline[1], inline[2], inline[3]))
    return by_block


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
