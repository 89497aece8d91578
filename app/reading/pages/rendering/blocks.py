"""Drawing blocks: one text, its inlines and its marks become HTML in one sweep.

What a block shows depends on the annotations that are shown, never on who reads: whose they may be
is a part of the filter.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import NamedTuple
from zlib import crc32

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.annotations.queries.kept_spans import (
    KeptSpans,
    find_all_spans,
    find_spans_of_block,
    keep_spans,
)
from app.annotations.queries.marks import (
    EVERYTHING,
    Filter,
    Span,
    find_spans,
    find_spans_between,
)
from app.annotations.queries.past_revisions import Earlier, spans_of
from app.articles.models import Revision
from app.articles.queries.content import BlockValues, InlineValues, content_of
from app.articles.service.articles import sentences_of
from app.core.db import LARGEST_NUMBER
from app.discussion.queries.cards import Card, cards_from, cards_of
from app.frozen import frozen
from app.reading.pages.rendering.kept_layouts import find_runs, has_many, passages_of
from app.reading.pages.rendering.lanes import LanePassage
from app.reading.pages.rendering.margins import (
    CARDS_SHOWN,
    by_block,
    choose_blocks,
    count_of,
    places_beyond,
    share_out,
    starts_of,
)
from app.reading.pages.rendering.ranges import FindRuns, InlineRange, draw_text
from app.text.direction import direction_of, has_right_to_left
from app.text.document import BlockKind, Document

FEW = 3  # blocks that are drawn after a change, whose passages are kept in memory, few or many
TELLING = 20  # blocks that tell which way an article runs


class DrawnBlock(NamedTuple):
    """A block as its section needs it.

    `element` is the HTML element of the text, `html` its content; `marker` a list item's bullet
    or a footnote's number; `sentences` the bounds from the block's start, as the database has
    them; `direction` of the words, empty where all of the text runs from the left; `checksum` of
    the words in UTF-8, by which a browser knows them for the article's own; `total` how many
    annotations touch it, and `cards` those that come with it; `beyond` where the passages of the
    others lie.
    """

    number: int
    start: int
    end: int
    label: str
    element: str
    css: str
    marker: str
    html: Markup
    sentences: str
    direction: str
    checksum: str
    total: int = 0
    cards: Sequence[Card] = ()
    beyond: Sequence[tuple[int, int]] = ()


@frozen
class Structure:
    """What a block must know of the rest of its revision: the levels of headings, footnotes."""

    heading_levels: tuple[int, ...]
    footnotes: dict[str, int]
    has_right_to_left: bool = False


def render_blocks(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    first: int = 1,
    last: int = LARGEST_NUMBER,
    links_footnotes: bool = True,
    room: int = LARGEST_NUMBER,
    with_cards: Collection[int] = (),
    most: int | None = CARDS_SHOWN,
) -> list[DrawnBlock]:
    """Draw the blocks numbered `first` to `last`, all where neither is given.

    On a page without the footnotes their marks are no links. The first blocks have their cards, as
    many blocks as have `room` for all their cards, and those of `with_cards`; each has at most
    `most` of them, all for None.
    """
    content = content_of(session, revision.id)
    rows = content.blocks[first - 1 : last]
    if not rows:
        return []
    kept: dict[int, KeptSpans] = {}
    if len(rows) == len(content.blocks) and shown == EVERYTHING:
        event_id, found = find_all_spans(session, revision)
        spans = by_block(found)
        kept = {
            number: keep_spans(session, revision, number, event_id, here)
            for number, here in spans.items()
            if has_many(here)
        }
    elif len(rows) == len(content.blocks):
        spans = by_block(find_spans(session, revision, shown))
    elif len(rows) <= FEW and shown == EVERYTHING:
        kept = {row.number: find_spans_of_block(session, revision, row.number) for row in rows}
        spans = {number: of_block.spans for number, of_block in kept.items()}
    else:
        spans = by_block(find_spans_between(session, revision, shown, first=first, last=last))
    chosen = choose_blocks(
        {row.number: spans[row.number] for row in rows if row.number in spans}, room, with_cards
    )
    starts = starts_of((spans[number] for number in chosen if number in spans), most)
    near = cards_from(session, revision, shown, starts, first=min(chosen, default=1))
    cards = share_out(near, chosen, most)
    structure = structure_of(content.headings_and_footnotes)
    if not links_footnotes:
        structure = replace(structure, footnotes={})
    return _draw_rows(session, revision, rows, structure, spans=spans, cards=cards, kept=kept)


def draw_earlier(
    session: Session, revision: Revision, tagged: Sequence[Earlier]
) -> list[DrawnBlock]:
    """Draw all blocks of a corrected revision with what was tagged in it, all cards included."""
    content = content_of(session, revision.id)
    starts = [row.start for row in content.blocks]
    numbers = range(1, len(starts) + 1)
    return _draw_rows(
        session,
        revision,
        content.blocks,
        structure_of(content.headings_and_footnotes),
        spans=by_block(spans_of(tagged, starts)),
        cards=share_out(cards_of(tagged, starts), numbers, None),
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
    structure = replace(structure_of(rows), has_right_to_left=has_right_to_left(text))
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
    spans: Mapping[int, Sequence[Span]],
    cards: Mapping[int, Sequence[Card]],
    kept: Mapping[int, KeptSpans] = MappingProxyType({}),
) -> list[DrawnBlock]:
    """Draw blocks with what is tagged in them, each with its cards where it has any."""
    content = content_of(session, revision.id)
    structure = replace(structure, has_right_to_left=content.has_right_to_left)
    inlines = content.inlines_from(rows[0].start, rows[-1].end)
    inlines_by_block = _by_block(rows, inlines)
    drawn = []
    for row in rows:
        inside = inlines_by_block.get(row.number, ())
        here = spans.get(row.number)
        if not here:
            drawn.append(_draw_block(content.text, row, structure, inlines=inside))
            continue
        passages: Sequence[LanePassage] = ()
        runs = None
        if row.number in kept:
            runs = partial(find_runs, session, revision, row, kept[row.number])
        else:
            passages = list(passages_of(here))
        block = _draw_block(
            content.text, row, structure, passages=passages, inlines=inside, find_runs=runs
        )
        drawn.append(_with_margin(block, here, cards.get(row.number, ())))
    return drawn


def _with_margin(block: DrawnBlock, spans: Sequence[Span], cards: Sequence[Card]) -> DrawnBlock:
    total = count_of(spans)
    beyond: Sequence[tuple[int, int]] = ()
    if cards and len(cards) < total:
        beyond = places_beyond(spans, cards, block.start, block.end)
    return block._replace(total=total, cards=cards, beyond=beyond)


def _draw_block(
    text: str,
    row: BlockValues,
    structure: Structure,
    *,
    passages: Sequence[LanePassage] = (),
    inlines: Sequence[InlineRange] = (),
    find_runs: FindRuns | None = None,
) -> DrawnBlock:
    number, start, end, kind, level, depth, marker, sentences = row
    element, css = _look(kind, level, depth, structure)
    is_table = kind == BlockKind.TABLE
    footnotes = structure.footnotes
    html = draw_text(
        text,
        start,
        end,
        passages,
        inlines,
        footnotes=footnotes,
        is_table=is_table,
        find_runs=find_runs,
    )
    words = text[start:end]
    direction = direction_of(words) if structure.has_right_to_left else None
    return DrawnBlock(
        number,
        start,
        end,
        LABELS[kind],
        element,
        css,
        marker,
        Markup(html),  # noqa: S704  (draw_text escapes every character of the text)
        sentences,
        direction or "",
        f"{crc32(words.encode('utf-8', 'surrogatepass')):x}",
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
