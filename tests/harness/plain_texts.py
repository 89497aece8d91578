"""Reading plain text, and what has been read."""

from app.text.dates import DateOrder
from app.text.document import BlockKind, InlineKind
from app.text.parsed import ParsedArticle
from app.text.readers import read_file

PROSE = "This is a paragraph of prose, long enough that a heading may well stand above it."


def read(text: str, name: str = "a-file.txt", order: DateOrder = DateOrder.MDY) -> ParsedArticle:
    return read_file(name, text.encode(), date_order=order)


def blocks(article: ParsedArticle) -> list[tuple[BlockKind, str]]:
    text = article.document.text
    return [(block.kind, text[block.start : block.end]) for block in article.document.blocks]


def texts(article: ParsedArticle) -> list[str]:
    return [text for _, text in blocks(article)]


def of_kind(article: ParsedArticle, kind: BlockKind) -> list[str]:
    return [text for block_kind, text in blocks(article) if block_kind is kind]


def inlines(article: ParsedArticle, kind: InlineKind) -> list[tuple[str, str]]:
    text = article.document.text
    return [
        (text[inline.start : inline.end], inline.target)
        for inline in article.document.inlines
        if inline.kind is kind
    ]


def paragraphs(*parts: str) -> str:
    return "\n\n".join(parts)


TITLE = "The Bridge Nobody Asked For"
BODY = paragraphs(*[f"{PROSE} {PROSE} {PROSE}"] * 3)
