"""The reader of Markdown (`.md`), with front matter."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.text.byline import Byline
from app.text.dates import DateOrder
from app.text.document import BlockKind, Document, Piece
from app.text.limits import Limits
from app.text.normalise import normalise, without_soft_hyphens
from app.text.parsed import ParsedArticle
from app.text.readers import markdown_notes
from app.text.readers.facts import Facts, settle
from app.text.readers.front_matter import ORIGIN, read_front_matter, split_front_matter
from app.text.readers.html_blocks import read_blocks
from app.text.readers.markdown_inlines import NoteNumbers, read_words
from app.text.readers.markdown_pages import (
    add_shortcodes,
    add_wiki_links,
    is_markup,
    stop_at_limit,
)
from app.text.readers.markup import parse_html
from app.text.readers.text_lines import is_blank
from app.text.readers.titles import facts_of_name, first_heading
from app.text.readers.words import InlineText, finish, join_cells
from app.text.signing import find_signed_byline

_DEFAULTS = Limits()
_BULLET = "\u2022"
_QUOTATION = "blockquote"
_LISTS = frozenset({"bullet_list", "ordered_list"})
_ITEM = "list_item"
_FOOTNOTE = "footnote"
_CONTAINERS = _LISTS | {_QUOTATION, _ITEM, _FOOTNOTE}
_IMAGE_ALONE = frozenset({"image", "link_open", "link_close"})


def read_markdown(name: str, text: str, order: DateOrder, limits: Limits) -> ParsedArticle:
    """Read a normalised Markdown text; `name` is its file's, for a title where nothing gives one.

    HTML in it is what it means, and shortcodes of site generators are left out. What the front
    matter does not say is looked for in the text: the title in the first heading, and, where it
    names no author, publication or date, the byline in the first three blocks. The document may
    be without blocks.

    Raises: Unreadable (the front matter is not YAML or TOML, or over a limit).
    """
    written, body, is_toml = split_front_matter(text)
    front = read_front_matter(written, order, is_toml=is_toml) if written else None
    if front is None:
        front, body = Facts(ORIGIN), body if is_blank(written) else text
    pieces = _Blocks(_parse(body, limits), limits).in_order()
    byline = Byline()
    if not front.names_byline():
        byline, pieces = _take_byline(pieces, order)
    return settle(
        Document.from_pieces(pieces),
        [
            front,
            Facts("heading", title=first_heading(pieces)),
            Facts.of_byline(byline),
            facts_of_name(name),
        ],
    )


def read_formatted(text: str) -> Document:
    """Read a normalised Markdown text that is no article: all of it, whatever it begins with."""
    return Document.from_pieces(_Blocks(_parse(text)).in_order())


class Heading(NamedTuple):
    """A heading of a Markdown text: the number of its line, from 0, its level and its words."""

    line: int
    level: int
    words: str


def headings_of(text: str) -> list[Heading]:
    """Return the headings of a normalised text, but for those in quotations and lists."""
    tokens = _parse(text)
    return [
        Heading(token.map[0], int(token.tag[1:]), inline.content)
        for token, inline in pairwise(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]


def _take_byline(pieces: list[Piece], order: DateOrder) -> tuple[Byline, list[Piece]]:
    texts = [piece.text if piece.kind is BlockKind.PARAGRAPH else "" for piece in pieces]
    byline, taken = find_signed_byline(texts, order, has_title=False)
    return byline, [piece for index, piece in enumerate(pieces) if index not in taken]


class _Blocks:
    """Turns a parser's tokens into pieces, one for each block that is shown."""

    def __init__(self, tokens: Sequence[Token], limits: Limits = _DEFAULTS) -> None:
        self._limits = limits
        self._numbers = NoteNumbers.of(tokens)
        self._around: list[str] = []  # the containers that are open, outermost first
        self._marker = ""  # of the list item or footnote whose first block is yet to come
        self._level = 0
        self._rows: list[list[InlineText]] | None = None
        self._pieces: list[Piece] = []
        self._count = 0  # of the pieces, those of footnotes too
        self._outer: list[list[Piece]] = []
        self._footnotes: list[tuple[int, list[Piece]]] = []
        for token in tokens:
            self._take(token)

    def in_order(self) -> list[Piece]:
        """Return the pieces, the footnotes last and by number."""
        self._footnotes.sort(key=lambda note: note[0])
        return self._pieces + [piece for _, note in self._footnotes for piece in note]

    def _take(self, token: Token) -> None:
        name, _, end = token.type.rpartition("_")
        if name in _CONTAINERS:
            self._open(name, token) if end == "open" else self._close(name, token)
        elif name == "heading":
            self._level = int(token.tag[1:]) if end == "open" else 0
        elif name in {"table", "tr"}:
            self._take_table(token)
        elif token.type == "inline" and self._rows is not None:
            self._rows[-1].append(read_words(token.children or (), self._numbers))
        elif token.type == "inline":
            self._add_words(token)
        elif token.type == "html_block":
            self._take_html(token.content)
        elif token.type in {"fence", "code_block"}:
            self._add(
                InlineText(without_soft_hyphens(normalise(token.content)).strip("\n")),
                BlockKind.PREFORMATTED,
            )

    def _take_html(self, written: str) -> None:
        """Add what a block of HTML shows; a word in angle brackets is a word."""
        if is_markup(written):
            page = parse_html(f"<body>{written}", self._limits)
            for piece in read_blocks(page, self._limits):
                kind = piece.kind
                if kind is BlockKind.PARAGRAPH and self._around:
                    kind = self._kind_inside()
                self._add(InlineText(piece.text, piece.inlines), kind, piece)
        else:
            self._add(finish(" ".join(written.split()), ()), self._kind_inside())

    def _kind_inside(self) -> BlockKind:
        """Return what a paragraph is among the containers that are open."""
        if _FOOTNOTE in self._around:
            return BlockKind.FOOTNOTE
        if not self._around:
            return BlockKind.PARAGRAPH
        is_quoted = self._around[-1] == _QUOTATION
        return BlockKind.QUOTATION if is_quoted else BlockKind.LIST_ITEM

    def _open(self, name: str, token: Token) -> None:
        self._around.append(name)
        if name == _ITEM:
            is_numbered = "ordered_list" in self._around[-2:]
            self._marker = f"{token.info}{token.markup}" if is_numbered else _BULLET
        elif name == _FOOTNOTE:
            self._marker = self._numbers.by_label[token.content]
            self._outer.append(self._pieces)
            self._pieces = []

    def _close(self, name: str, token: Token) -> None:
        self._around.pop()
        self._marker = ""
        if name == _FOOTNOTE:
            number = int(self._numbers.by_label[token.content])
            self._footnotes.append((number, self._pieces))
            self._pieces = self._outer.pop()

    def _take_table(self, token: Token) -> None:
        if token.type == "table_open":
            self._rows = []
        elif token.type == "tr_open" and self._rows is not None:
            self._rows.append([])
        elif token.type == "table_close" and self._rows is not None:
            rows, self._rows = self._rows, None
            self._add(join_cells(rows), BlockKind.TABLE)

    def _add_words(self, token: Token) -> None:
        children = token.children or []
        words = read_words(children, self._numbers)
        if self._level:
            self._add(words, BlockKind.HEADING)
        elif not self._around and _is_image_alone(children):
            self._add(words, BlockKind.IMAGE)
        else:
            self._add(words, self._kind_inside())

    def _add(self, words: InlineText, kind: BlockKind, like: Piece | None = None) -> None:
        if is_blank(words.text):
            return
        self._count += 1
        self._limits.check_blocks(self._count)
        takes_marker = kind in {BlockKind.LIST_ITEM, BlockKind.FOOTNOTE}
        depth = 0
        if kind is not BlockKind.FOOTNOTE:
            depth = sum(name in _LISTS or name == _QUOTATION for name in self._around)
            depth += like.depth if like else 0
        level, marker = (like.level, like.marker) if like else (self._level, self._marker)
        self._pieces.append(
            Piece(
                words.text,
                kind,
                level=level if kind is BlockKind.HEADING else 0,
                depth=depth,
                marker=marker if takes_marker else "",
                inlines=words.inlines,
            )
        )
        self._marker = ""


def _parse(text: str, limits: Limits | None = None) -> list[Token]:
    """Parse a text; one that has limits is a page, which may hold HTML and shortcodes."""
    parser = MarkdownIt("commonmark", {"html": limits is not None}).enable("table")
    markdown_notes.add_footnotes(parser)
    if limits is not None:
        add_wiki_links(parser)
        add_shortcodes(parser)
        stop_at_limit(parser, limits)
    return parser.parse(text)


def _is_image_alone(tokens: Sequence[Token]) -> bool:
    """Tell whether a paragraph is one image, which may be a hyperlink."""
    types = [token.type for token in tokens if token.type != "text" or token.content.strip()]
    return types.count("image") == 1 and _IMAGE_ALONE.issuperset(types)
