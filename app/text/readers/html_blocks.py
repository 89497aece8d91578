"""HTML elements to blocks, in the order in which a browser shows them."""

from dataclasses import replace
from urllib.parse import urljoin

from app.frozen import frozen
from app.text.document import BlockKind, InlineKind, Piece
from app.text.limits import Limits
from app.text.links import is_safe_target
from app.text.normalise import normalise
from app.text.readers import html_display as display
from app.text.readers.html_lists import markers
from app.text.readers.html_notes import Notes, find_notes
from app.text.readers.html_words import BLANKS, GrowingText
from app.text.readers.markup import Element
from app.text.readers.text_lines import is_blank
from app.text.readers.words import InlineText, join_cells

_PARAGRAPH_BREAKS = 2  # line breaks in a row that part paragraphs
_MAX_SPAN = 20
_MAX_TARGET = 2_000


@frozen
class _Around:
    """What stands around a text: how many lists and quotations, and which of them last."""

    depth: int = 0
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0


@frozen
class PlacedPiece:
    """A piece, the element that its first words are in, and how many characters of it are links."""

    piece: Piece
    element: Element
    linked: int


def read_blocks(root: Element, limits: Limits, *, base: str = "") -> list[Piece]:
    """Turn what an element shows into pieces; `base` is the page's address for relative links.

    A hyperlink that leads nowhere safe, or nowhere without a base, is its words alone.

    Raises: Unreadable (the text is too long, or has too many blocks).
    """
    walker = _Walker(find_notes(root), limits, base)
    walker.walk(root, _Around())
    walker.end_block(_Around())
    return walker.pieces


def place_blocks(root: Element, limits: Limits, *, base: str = "") -> list[PlacedPiece]:
    """Turn what a page shows into pieces, each with where it stands.

    Its pictures are left out, but for those that stand for words in a line and for formulas.

    Raises: Unreadable, as `read_blocks`.
    """
    walker = _Walker(find_notes(root), limits, base, leaves_pictures=True)
    walker.walk(root, _Around())
    walker.end_block(_Around())
    return [
        PlacedPiece(piece, *place)
        for piece, place in zip(walker.pieces, walker.places, strict=True)
    ]


class _Walker:
    def __init__(
        self, notes: Notes, limits: Limits, base: str, *, leaves_pictures: bool = False
    ) -> None:
        self.pieces: list[Piece] = []
        self.places: list[tuple[Element, int]] = []  # where each piece begins; linked characters
        self._notes = notes
        self._limits = limits
        self._base = base
        self._leaves_pictures = leaves_pictures
        self._line = GrowingText()
        self._place: Element | None = None  # where the words of the line begin
        self._links = 0  # that are open
        self._linked = 0  # characters of the line that are links
        self._marker = ""  # of the list item or footnote whose first block is yet to come
        self._is_in_cell = False
        self._length = 0

    def walk(self, parent: Element, around: _Around) -> None:
        """Add all that an element shows."""
        is_link = parent.tag == "a" and parent.get("href")[:1] not in {"", "#"}
        self._links += is_link
        for child in parent.children:
            if isinstance(child, str):
                self._add_text(child, parent, around)
            elif not display.is_dropped(child) and child not in self._notes.returns:
                self._take(child, around)
        self._links -= is_link

    def end_block(self, around: _Around) -> None:
        """Make a block of the words so far, if there are any."""
        if self._is_in_cell:
            self._line.add(" ")
            return
        is_image = self._line.is_image
        words = self._line.take()
        kind = around.kind
        if is_image and kind is BlockKind.PARAGRAPH:
            kind = BlockKind.IMAGE
        self._add_block(words, around, kind)

    def _add_block(self, words: InlineText, around: _Around, kind: BlockKind) -> None:
        place, self._place = self._place, None
        linked, self._linked = self._linked, 0
        if is_blank(words.text) or place is None:
            return
        self._length += len(words.text) + 2
        self._limits.check_text(self._length)
        self._limits.check_blocks(len(self.pieces) + 1)
        has_marker = kind in {BlockKind.LIST_ITEM, BlockKind.FOOTNOTE}
        self.pieces.append(
            Piece(
                words.text,
                kind,
                level=around.level if kind is BlockKind.HEADING else 0,
                depth=0 if kind is BlockKind.FOOTNOTE else around.depth,
                marker=self._marker if has_marker else "",
                inlines=words.inlines,
            )
        )
        self.places.append((place, linked))
        self._marker = ""

    def _add_text(self, text: str, parent: Element, around: _Around) -> None:
        if not text.strip(BLANKS) and not self._line.is_verbatim:
            self._line.add_blank()
            return
        if self._line.breaks >= _PARAGRAPH_BREAKS and text.strip() and not self._line.is_verbatim:
            self.end_block(around)
        self._begin(parent, text)
        self._line.add(text)

    def _begin(self, place: Element, text: str = "") -> None:
        """Keep where the words of a line begin."""
        if self._place is None and (not text or not is_blank(text)):
            self._place = place
        if self._links:
            self._linked += len(text.strip())

    def _take(self, element: Element, around: _Around) -> None:
        if element in self._notes.containers:
            self._take_note(element, around)
        elif element.tag in display.BLOCKS or display.heading_level(element):
            self.end_block(around)
            self._take_block(element, around)
        else:
            self._take_inline(element, around)

    def _take_note(self, element: Element, around: _Around) -> None:
        self.end_block(around)
        self._marker = self._notes.containers[element]
        inside = replace(around, kind=BlockKind.FOOTNOTE)
        first = len(self.pieces)
        self.walk(element, inside)
        self.end_block(inside)
        self._marker = ""
        self._cut_number(first, self._notes.containers[element])

    def _cut_number(self, index: int, number: str) -> None:
        """Take the number off a footnote's text: it is the marker already."""
        if index >= len(self.pieces) or self.pieces[index].kind is not BlockKind.FOOTNOTE:
            return
        piece = self.pieces[index]
        for written in (f"[{number}]", f"({number})", f"{number}."):
            if piece.text.startswith(f"{written} "):
                cut = len(written) + 1
                inlines = tuple(
                    replace(inline, start=max(inline.start - cut, 0), end=inline.end - cut)
                    for inline in piece.inlines
                    if inline.end > cut
                )
                self.pieces[index] = replace(piece, text=piece.text[cut:], inlines=inlines)
                return

    def _take_block(self, element: Element, around: _Around) -> None:
        level = display.heading_level(element)
        if level:
            self._walk_block(element, replace(around, kind=BlockKind.HEADING, level=level))
        elif element.tag in display.LISTS:
            self._take_list(element, around)
        elif element.tag == "blockquote" and around.kind is not BlockKind.FOOTNOTE:
            self._walk_block(element, _Around(around.depth + 1, BlockKind.QUOTATION))
        elif element.tag == "pre" and not self._is_in_cell:
            self._take_preformatted(element, around)
        elif element.tag == "table" and not self._is_in_cell and display.is_data_table(element):
            self._take_table(element, around)
        elif element.tag in {"figcaption", "caption"}:
            self._walk_block(element, replace(around, kind=BlockKind.CAPTION))
        else:
            self._walk_block(element, around)

    def _walk_block(self, element: Element, around: _Around) -> None:
        self.walk(element, around)
        self.end_block(around)

    def _take_list(self, element: Element, around: _Around) -> None:
        is_note = around.kind is BlockKind.FOOTNOTE
        inside = around if is_note else _Around(around.depth + 1, BlockKind.LIST_ITEM)
        marks = markers(element)
        for child in element.children:
            if isinstance(child, str):
                self._add_text(child, element, around)
            elif child.tag == "li" and child not in self._notes.containers:
                self.end_block(inside)
                if display.is_dropped(child):
                    continue
                self._marker = self._marker if is_note else marks[child]
                self._walk_block(child, inside)
                self._marker = self._marker if is_note else ""
            elif not display.is_dropped(child):
                # A list inside a list, without an item around it, as browsers and Word write.
                self._take(child, inside)
        self.end_block(around)

    def _take_preformatted(self, element: Element, around: _Around) -> None:
        self._line.is_verbatim = True
        self.walk(element, around)
        kind = around.kind if around.kind is BlockKind.FOOTNOTE else BlockKind.PREFORMATTED
        self._add_block(self._line.take(), around, kind)
        self._line.is_verbatim = False

    def _take_table(self, table: Element, around: _Around) -> None:
        for caption in table.elements:
            if caption.tag == "caption":
                self._walk_block(caption, replace(around, kind=BlockKind.CAPTION))
        rows = [self._cells(row) for row in display.rows_of(table) if not display.is_dropped(row)]
        words = join_cells([row for row in rows if any(cell.text for cell in row)])
        kind = around.kind if around.kind is BlockKind.FOOTNOTE else BlockKind.TABLE
        self._place = table
        self._add_block(words, around, kind)

    def _cells(self, row: Element) -> list[InlineText]:
        cells = []
        self._is_in_cell = True
        for cell in row.elements:
            if cell.tag in {"td", "th"} and not display.is_dropped(cell):
                self.walk(cell, _Around())
                cells.append(self._line.take())
                span = cell.get("colspan")
                wide = min(int(span), _MAX_SPAN) if span.isdecimal() and len(span) < 4 else 1  # noqa: PLR2004 no table has more digits
                cells.extend([InlineText("")] * (wide - 1))
        self._is_in_cell = False
        return cells

    def _take_inline(self, element: Element, around: _Around) -> None:
        if element.tag == "br":
            self._line.add(" ") if self._is_in_cell else self._line.add_break()
        elif element.tag == "a" and around.level and display.is_permalink(element):
            return
        elif element.tag == "img":
            self._take_image(element)
        elif element.tag == "math" and element.get("alttext"):
            self._begin(element)
            self._line.add(element.get("alttext"))
        elif element in self._notes.marks:
            self._begin(element)
            self._line.add_mark(element.text(), self._notes.marks[element])
        elif element.tag == "q":
            self._line.add("\u201c")
            self.walk(element, around)
            self._line.add("\u201d")
        else:
            spans = self._spans(element)
            for kind, target in spans:
                self._line.open(kind, target)
            self.walk(element, around)
            for _ in spans:
                self._line.close()

    def _take_image(self, element: Element) -> None:
        if self._leaves_pictures and self._line.is_empty and not display.is_formula(element):
            return
        is_pixel = {element.get("width"), element.get("height")} & {"0", "1", "2", "1px", "0px"}
        # An empty text says that the image is an ornament.
        if not is_pixel and ("alt" not in element.attributes or element.get("alt").strip()):
            self._begin(element)
            self._line.add_image(element.get("alt"))

    def _spans(self, element: Element) -> list[tuple[InlineKind, str]]:
        if element.tag not in display.STYLED:
            return []
        spans = []
        if element.tag == "a" and (target := self._target(element.get("href"))):
            spans.append((InlineKind.HYPERLINK, target))
        if display.is_strong(element):
            spans.append((InlineKind.STRONG, ""))
        if display.is_emphasis(element):
            spans.append((InlineKind.EMPHASIS, ""))
        if display.is_code(element) and not self._line.is_verbatim:
            spans.append((InlineKind.CODE, ""))
        return spans

    def _target(self, href: str) -> str:
        href = normalise(href).strip().replace("\n", "").replace("\t", "")
        if not href or href.startswith("#") or len(href) > _MAX_TARGET:
            return ""
        is_whole = href.startswith(("https://", "http://"))
        try:
            target = urljoin(self._base, href) if self._base and not is_whole else href
        except ValueError:
            return ""
        return target if is_safe_target(target) else ""
