"""The reader of plain text (`.txt`): structure from the shape of blocks alone."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from app.text.byline import Byline
from app.text.dates import DateOrder
from app.text.document import BlockKind, Document, InlineKind, Piece
from app.text.footnotes import Note, find_marks, is_section_heading, read_note
from app.text.left_out import MOST_PASSAGES, LeftOut
from app.text.limits import Limits
from app.text.links import find_links
from app.text.offers import find_offers
from app.text.parsed import ParsedArticle
from app.text.readers.facts import Facts, settle
from app.text.readers.headings import find_headings
from app.text.readers.mail_head import split_mail_head
from app.text.readers.quotations import find_quotations
from app.text.readers.text_lines import RawBlock, is_blank, split_blocks
from app.text.readers.titles import facts_of_name, title_of_heading
from app.text.signing import find_signed_byline

_BULLET = "\u2022"
_HYPHEN = "-"
_MARKDOWN_HEADING = re.compile(r"#{1,3}[ \t]+(?P<words>\S.{0,200}?)[ \t]*#*[ \t]*")


def read_plain(name: str, text: str, order: DateOrder, limits: Limits) -> ParsedArticle:
    """Read a normalised plain text; `name` is its file's, for a title where no heading gives one.

    The document may be without blocks where the text is blank or nothing but a byline.

    Raises: Unreadable (it has too many blocks).
    """
    mail, mail_head, text = split_mail_head(text, order)
    found = list(islice(split_blocks(text, order), limits.blocks + 1))
    limits.check_blocks(len(found))
    byline, blocks = take_byline(found, order)
    offers = find_offers([block.body for block in blocks])
    own = [block for index, block in enumerate(blocks) if index not in offers]
    shaped = shape_blocks(own, order)
    pieces = add_inlines([piece for _index, piece in shaped])
    title = title_index(pieces)
    if title is not None:
        pieces[title] = replace(pieces[title], level=1)
    heading = _written_heading(pieces) if title is None else title_of_heading(pieces[title])
    article = settle(
        Document.from_pieces(pieces),
        [mail, Facts("heading", title=heading), Facts.of_byline(byline), facts_of_name(name)],
    )
    left_out = _left_out(blocks, offers, [index for index, _ in shaped])
    if mail_head:
        left_out = (LeftOut(Piece(mail_head), 0), *left_out)
    return replace(article, left_out=left_out)


def _written_heading(pieces: Sequence[Piece]) -> str:
    """Return the words of a heading of Markdown that a text begins with, "" where it does not."""
    match = _MARKDOWN_HEADING.fullmatch(pieces[0].text) if pieces else None
    return match["words"] if match else ""


def _left_out(
    blocks: Sequence[RawBlock], offers: frozenset[int], shown: Sequence[int]
) -> tuple[LeftOut, ...]:
    """Return the offers as what was left out of some blocks.

    `shown` are the blocks that became pieces, by their indices among those that are no offers.
    """
    return tuple(
        LeftOut(Piece(blocks[index].text), bisect_left(shown, index - before))
        for before, index in enumerate(sorted(offers)[:MOST_PASSAGES])
    )


def take_byline(blocks: Sequence[RawBlock], order: DateOrder) -> tuple[Byline, list[RawBlock]]:
    """Separate the byline from the blocks of the text."""
    places = [index for index, block in enumerate(blocks) if not block.is_rule]
    texts = [blocks[index].text for index in places]
    byline, found = find_signed_byline(texts, order, has_title=True)
    taken = {places[index] for index in found}
    above = range(1, min(taken)) if byline.author else range(0)
    return byline, [
        replace(block, is_above_byline=True) if index in above else block
        for index, block in enumerate(blocks)
        if index not in taken
    ]


def shape_blocks(blocks: Sequence[RawBlock], order: DateOrder) -> list[tuple[int, Piece]]:
    """Tell what each block is; rules only part others and become nothing.

    Returns the pieces, each with the index of its block. A piece's text is its block's, less the
    marker at its beginning.
    """
    notes = _notes(blocks)
    quoted = _quoted(blocks, notes)
    items = _items(blocks, quoted, notes)
    may_be_heading = [
        not (block.is_rule or block.is_above_byline)
        and not block.depth
        and index not in quoted
        and index not in notes
        and (not items[index] or _is_lone_number(items, blocks, index))
        for index, block in enumerate(blocks)
    ]
    headings = find_headings(blocks, may_be_heading, order)
    pieces = []
    for index, block in enumerate(blocks):
        heads_notes = index + 1 == notes.start and is_section_heading(block.text)
        if block.is_rule:
            continue
        if index in notes:
            piece = footnote_of(block)
        elif index in headings or heads_notes:
            piece = Piece(block.text, BlockKind.HEADING, level=2)
        elif items[index]:
            piece = _item(block)
        elif block.depth or index in quoted:
            piece = Piece(block.text, BlockKind.QUOTATION, depth=block.depth or 1)
        else:
            piece = Piece(block.text)
        if not is_blank(piece.text):
            pieces.append((index, piece))
    return pieces


def _quoted(blocks: Sequence[RawBlock], notes: range) -> frozenset[int]:
    texts = [
        "" if block.is_rule or block.depth or index in notes else block.text
        for index, block in enumerate(blocks)
    ]
    return frozenset(index for run in find_quotations(texts) for index in run)


def _items(blocks: Sequence[RawBlock], quoted: frozenset[int], notes: range) -> list[bool]:
    """Tell which blocks are list items: those with a bullet, and those whose numbers run on."""
    items = []
    last = 0
    for index, block in enumerate(blocks):
        number = block.marker[:-1]
        if index in notes:
            is_item = False
        elif number.isdecimal():
            is_item = int(number) in {1, last + 1}
            last = int(number) if is_item else last
        else:
            is_item = bool(block.marker) and not _is_attribution(blocks, quoted, index)
        items.append(is_item and not is_blank(block.body))
    return items


def _is_attribution(blocks: Sequence[RawBlock], quoted: frozenset[int], index: int) -> bool:
    """Tell "- Jane Doe" under a quotation from a list of one item."""
    if blocks[index].marker != _HYPHEN or index == 0:
        return False
    after = blocks[index + 1].marker if index + 1 < len(blocks) else ""
    follows_quotation = index - 1 in quoted or blocks[index - 1].depth > 0
    return follows_quotation and after != _HYPHEN


def _is_lone_number(items: Sequence[bool], blocks: Sequence[RawBlock], index: int) -> bool:
    """Tell a numbered block with no list around it, which may be a numbered heading."""
    has_neighbour = items[index - 1 : index] == [True] or items[index + 1 : index + 2] == [True]
    return blocks[index].marker[:-1].isdecimal() and not has_neighbour


def _item(block: RawBlock) -> Piece:
    marker = block.marker if block.marker[:-1].isdecimal() else _BULLET
    return Piece(block.body, BlockKind.LIST_ITEM, depth=block.depth + 1, marker=marker)


def footnote_of(block: RawBlock) -> Piece:
    """Make a footnote of a block, whose number becomes its marker."""
    note = read_note(block.text)
    if note is None:
        return Piece(block.text, BlockKind.FOOTNOTE)
    return Piece(block.text[note.start :], BlockKind.FOOTNOTE, marker=str(note.number))


def _notes(blocks: Sequence[RawBlock]) -> range:
    """Find the footnotes: from the first to the last that is numbered.

    They are certain only where their numbers are those of the marks in the text before; else
    the range is empty. What follows the last may be anything, and is no footnote.
    """
    start, is_parted = _notes_section(blocks)
    section = _notes_from(blocks, start, is_parted=is_parted)
    return section or _notes_from(blocks, _numbered_end(blocks), is_parted=True)


def _notes_from(blocks: Sequence[RawBlock], start: int, *, is_parted: bool) -> range:
    """Find the footnotes from a block on, to the last that is numbered."""
    found = {
        index: note
        for index in range(start, len(blocks))
        if (note := read_note(blocks[index].text)) is not None
    }
    if start not in found or not (is_parted or all(map(_stands_out, found.values()))):
        return range(0)
    texts = [block.text for block in blocks[:start]]
    marks = find_marks(texts, [find_links(text) for text in texts])
    marked = [inline.target for inlines in marks for inline in inlines]
    if marked != [str(note.number) for note in found.values()]:
        return range(0)
    return range(start, max(found) + 1)


def _notes_section(blocks: Sequence[RawBlock]) -> tuple[int, bool]:
    """Find where footnotes would begin, and whether a heading or a rule parts them from the text.

    That is after the last heading for notes, else after the last rule, else where the last
    blocks begin like footnotes.
    """
    for parts in (lambda block: is_section_heading(block.text), lambda block: block.is_rule):
        for index in reversed(range(len(blocks) - 1)):
            if parts(blocks[index]):
                return index + 1, True
    start = len(blocks)
    while start and _stands_out(read_note(blocks[start - 1].text)):
        start -= 1
    return start, False


def _numbered_end(blocks: Sequence[RawBlock]) -> int:
    """Find where the last blocks begin to be numbered 1, 2, 3 …, as a list would be.

    They are footnotes only if marks in the text have their numbers.
    """
    start = len(blocks)
    expected = 0
    while start and (note := read_note(blocks[start - 1].text)) is not None:
        if expected and note.number != expected:
            break
        start -= 1
        expected = note.number - 1
        if not expected:
            leads_up_to_list = start and blocks[start - 1].text.endswith((":", "\uff1a"))
            return len(blocks) if leads_up_to_list else start
    return len(blocks)


def _stands_out(note: Note | None) -> bool:
    return note is not None and not note.is_plain


def title_index(pieces: Sequence[Piece]) -> int | None:
    """Find the heading that is the title: the only one, or the one that is the first block."""
    headings = [
        index
        for index, piece in enumerate(pieces)
        if piece.kind is BlockKind.HEADING and not is_section_heading(piece.text)
    ]
    if headings and (len(headings) == 1 or headings[0] == 0):
        return headings[0]
    return None


def add_inlines(pieces: Sequence[Piece]) -> list[Piece]:
    """Add hyperlinks and footnote marks; a footnote's own text has no marks."""
    known = [[i for i in piece.inlines if i.kind is InlineKind.HYPERLINK] for piece in pieces]
    links = [[*own, *find_links(piece.text, own)] for piece, own in zip(pieces, known, strict=True)]
    texts = ["" if piece.kind is BlockKind.FOOTNOTE else piece.text for piece in pieces]
    marks = find_marks(texts, links)
    added = []
    for piece, own, more in zip(pieces, links, marks, strict=True):
        others = [i for i in piece.inlines if i.kind is not InlineKind.HYPERLINK]
        inlines = sorted([*others, *own, *more], key=lambda inline: (inline.start, -inline.end))
        added.append(replace(piece, inlines=tuple(inlines)))
    return added
