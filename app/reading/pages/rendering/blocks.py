"""Drawing blocks: one text, its inlines and its marks become HTML in one sweep.

What a block shows depends on the annotations that are shown, never on who reads: whose they may be
is a part of the filter.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.annotations.queries.cards import Card, cards_from
from app.annotations.queries.marks import Filter, Span, find_spans, find_spans_between
from app.annotations.queries.past_revisions import Earlier, cards_of, spans_of
from app.annotations.tags import BIT
from app.articles.models import Revision
from app.articles.queries.content import BlockValues, InlineValues, content_of
from app.articles.service.articles import sentences_of
from app.core.db import LARGEST_NUMBER
from app.discussion.queries.discussion import NO_SIGNS, ThreadBadges, thread_badges
from app.reading.pages.rendering.ranges import InlineRange, MarkSpan, draw_text
from app.text.document import BlockKind, Document

CARDS_SHOWN = 12  # of one block; the rest are on the block's own page


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
        spans = find_spans(session, revision, shown)
    else:
        spans = find_spans_between(session, revision, shown, first=first, last=last)
    cards = cards_from(session, revision, shown, _first_starts(spans))
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
