"""The reader of PDF files that hold text: blocks from where lines stand on their pages."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.text.byline import Byline
from app.text.dates import DateOrder
from app.text.document import BlockKind, Document, Inline, InlineKind, Piece
from app.text.limits import Limits
from app.text.parsed import ParsedArticle
from app.text.readers.facts import Facts, settle
from app.text.readers.pdf_margins import split_footnotes, without_running_lines
from app.text.readers.pdf_paragraphs import Paragraph, body_size, join_into_paragraphs, join_notes
from app.text.readers.pdfium import Pages, read_pages
from app.text.readers.plain import add_inlines, footnote_of, shape_blocks
from app.text.readers.properties import read_creation_date, read_properties
from app.text.readers.text_lines import RawBlock, marker_of
from app.text.readers.titles import facts_of_name, title_of_head, title_of_heading
from app.text.signing import find_signed_byline
from app.text.unreadable import Unreadable

_LARGER = 1.12
_MAX_HEADING = 200
_MAX_BOLD_HEADING = 110
_LEVELS = 6
_MIN_TEXT = 80
_ABSTRACT = re.compile(
    r"(?:abstract|summary|key ?words|zusammenfassung|r\u00e9sum\u00e9|resumen|resumo|riassunto)\b",
    re.IGNORECASE,
)
_CREATED = re.compile(r"D:([0-9]{4})([0-9]{2})([0-9]{2})")


def read_pdf(name: str, content: bytes, order: DateOrder, limits: Limits) -> ParsedArticle:
    """Read a PDF: running heads and page numbers dropped, words and paragraphs joined again.

    Raises: Unreadable (protected, damaged, over a limit, or pictures of pages without text).
    """
    pages = read_pages(content, limits)
    if not pages.lines:
        message = (
            "The PDF holds pictures of its pages and no text. Have its text recognised first, "
            "or paste the text."
        )
        raise Unreadable(message)
    lines = without_running_lines(pages.lines, pages.page_count) or pages.lines
    size = body_size(lines)
    body, foot = split_footnotes(lines, size)
    joined, notes = join_into_paragraphs(body), join_notes(foot)
    limits.check_blocks(len(joined) + len(notes))
    byline, paragraphs = _take_byline(joined, size, order)
    pieces = add_inlines([*_pieces(paragraphs, size, order), *_notes(notes)])
    stated, created = _properties(pages, order)
    title = _title(pieces)
    is_head = title != "" and title == title_of_head(pieces)
    head, heading = Facts("heading", title=title if is_head else ""), Facts("heading", title=title)
    sources = [head, Facts.of_byline(byline), stated, heading, created, facts_of_name(name)]
    return settle(Document.from_pieces(pieces), sources)


def _take_byline(
    paragraphs: Sequence[Paragraph], size: float, order: DateOrder
) -> tuple[Byline, list[Paragraph]]:
    places = [i for i, paragraph in enumerate(paragraphs) if not _is_heading(paragraph, size)]
    byline, found = find_signed_byline(
        [paragraphs[index].text for index in places], order, has_title=False
    )
    taken = {places[index] for index in found}
    return byline, [paragraph for i, paragraph in enumerate(paragraphs) if i not in taken]


def _pieces(paragraphs: Sequence[Paragraph], size: float, order: DateOrder) -> list[Piece]:
    """Tell what each paragraph is: by its look where that says so, else by its words."""
    begun = _text_begins(paragraphs, size)
    is_titled = bool(paragraphs) and _is_heading(paragraphs[0], size)
    blocks = [
        RawBlock(
            paragraph.text,
            marker_of(paragraph.text),
            depth=int(index > begun and _is_quoted(paragraph)),
            is_underlined=_is_heading(paragraph, size),
        )
        for index, paragraph in enumerate(paragraphs)
    ]
    sizes = sorted({_rounded(p) for p in paragraphs if _is_heading(p, size)}, reverse=True)
    pieces = []
    for index, piece in shape_blocks(blocks, order):
        paragraph = paragraphs[index]
        inlines = _moved(paragraph.inlines, len(paragraph.text) - len(piece.text))
        kind, level = piece.kind, 0
        is_before_text = is_titled and index < begun
        if kind is BlockKind.HEADING and is_before_text and not blocks[index].is_underlined:
            kind = BlockKind.PARAGRAPH  # names and addresses under a title
        if kind is BlockKind.HEADING:
            inlines = tuple(inline for inline in inlines if inline.kind is not InlineKind.STRONG)
            rank = sizes.index(_rounded(paragraph)) if _rounded(paragraph) in sizes else len(sizes)
            level = min(rank + 1, _LEVELS)
        pieces.append(replace(piece, kind=kind, level=level, inlines=inlines))
    return pieces


def _text_begins(paragraphs: Sequence[Paragraph], size: float) -> int:
    """Return where the text begins, after names, addresses and an abstract; else their number."""
    for index, paragraph in enumerate(paragraphs):
        is_long = len(paragraph.text) >= _MIN_TEXT and not paragraph.is_inset
        if is_long and not _is_heading(paragraph, size):
            return index
    return len(paragraphs)


def _is_quoted(paragraph: Paragraph) -> bool:
    text = paragraph.text
    return paragraph.is_inset and not marker_of(text) and not _ABSTRACT.match(text)


def _notes(paragraphs: Sequence[Paragraph]) -> list[Piece]:
    """Make footnotes of the paragraphs that stood at the foot of pages."""
    pieces = []
    for paragraph in paragraphs:
        piece = footnote_of(RawBlock(paragraph.text))
        cut = len(paragraph.text) - len(piece.text)
        pieces.append(replace(piece, inlines=_moved(paragraph.inlines, cut)))
    return pieces


def _moved(inlines: Sequence[Inline], cut: int) -> tuple[Inline, ...]:
    """Move ranges to where they stand in a text without its first `cut` code points."""
    return tuple(
        replace(inline, start=max(inline.start - cut, 0), end=inline.end - cut)
        for inline in inlines
        if inline.end > cut
    )


def _is_heading(paragraph: Paragraph, size: float) -> bool:
    text = paragraph.text
    if paragraph.size >= size * _LARGER:
        return len(text) <= _MAX_HEADING
    is_bold = paragraph.is_bold and len(text) <= _MAX_BOLD_HEADING
    return is_bold and not text.endswith((".", ",", ";")) and paragraph.size >= size


def _rounded(paragraph: Paragraph) -> float:
    return round(paragraph.size * 2) / 2


def _title(pieces: Sequence[Piece]) -> str:
    """Return the first of the largest headings."""
    headings = [piece for piece in pieces if piece.kind is BlockKind.HEADING]
    return title_of_heading(min(headings, key=lambda piece: piece.level)) if headings else ""


def _properties(pages: Pages, order: DateOrder) -> tuple[Facts, Facts]:
    """Return what the properties say, and the day on which the file was made."""
    created = _CREATED.match(pages.properties.get("CreationDate", ""))
    stated = read_properties(
        order, title=pages.properties.get("Title", ""), author=pages.properties.get("Author", "")
    )
    return stated, read_creation_date(order, "-".join(created.groups()) if created else "")
