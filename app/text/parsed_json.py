"""What a reader found as JSON, and back: checked, since it comes from where a file was read."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from app.text.document import (
    BLOCK_SEPARATOR,
    Block,
    BlockKind,
    Document,
    Inline,
    InlineKind,
    Piece,
)
from app.text.left_out import LeftOut
from app.text.links import is_safe_target, is_web_address
from app.text.parsed import EncodingGuess, ParsedArticle


def article_to_json(article: ParsedArticle) -> dict[str, Any]:
    """Return an article as plain values that JSON knows."""
    document = article.document
    return {
        "text": document.text,
        "blocks": [
            [each.start, each.end, each.kind, each.level, each.depth, each.marker]
            for each in document.blocks
        ],
        "inlines": [[each.start, each.end, each.kind, each.target] for each in document.inlines],
        "title": article.title,
        "author": article.author,
        "publication": article.publication,
        "published_on": article.published_on and article.published_on.isoformat(),
        "source_url": article.source_url,
        "language": article.language,
        "guessed": sorted(article.guessed),
        "origins": dict(article.origins),
        "encoding": article.encoding and [article.encoding.name, article.encoding.confidence],
        "unread": list(article.unread),
        "left_out": left_out_to_json(article.left_out),
    }


def article_from_json(found: dict[str, Any]) -> ParsedArticle:
    """Return the article again.

    Raises: ValueError, TypeError, KeyError, AttributeError (it is none, or breaks its rules).
    """
    blocks = tuple(
        Block(int(start), int(end), BlockKind(kind), int(level), int(depth), str(marker))
        for start, end, kind, level, depth, marker in found["blocks"]
    )
    document = Document(str(found["text"]), blocks, _inlines(found["inlines"]))
    _check(document)
    left_out = left_out_from_json(found["left_out"])
    _check_left_out(left_out, len(blocks))
    published, encoding, url = found["published_on"], found["encoding"], str(found["source_url"])
    if url and not is_web_address(url):
        message = "this is no address"
        raise ValueError(message)
    return ParsedArticle(
        document,
        title=str(found["title"]),
        author=str(found["author"]),
        publication=str(found["publication"]),
        published_on=date.fromisoformat(published) if published else None,
        source_url=url,
        language=str(found["language"]),
        guessed=frozenset(map(str, found["guessed"])),
        origins={str(field): str(origin) for field, origin in found["origins"].items()},
        encoding=EncodingGuess(str(encoding[0]), int(encoding[1])) if encoding else None,
        unread=tuple(map(str, found["unread"])),
        left_out=left_out,
    )


def left_out_to_json(left_out: Sequence[LeftOut]) -> list[Any]:
    """Return what was left out of a page as plain values that JSON knows."""
    return [
        [
            one.place,
            one.is_back,
            one.piece.text,
            one.piece.kind.value,
            one.piece.level,
            one.piece.depth,
            one.piece.marker,
            [[each.start, each.end, each.kind.value, each.target] for each in one.piece.inlines],
        ]
        for one in left_out
    ]


def left_out_from_json(found: Sequence[Any]) -> tuple[LeftOut, ...]:
    """Return what was left out of a page again.

    Raises: ValueError, TypeError (it is none).
    """
    return tuple(
        LeftOut(
            Piece(
                str(text),
                BlockKind(kind),
                int(level),
                int(depth),
                str(marker),
                _inlines(inlines),
            ),
            int(place),
            bool(is_back),
        )
        for place, is_back, text, kind, level, depth, marker, inlines in found
    )


def _inlines(found: Sequence[Any]) -> tuple[Inline, ...]:
    return tuple(
        Inline(int(start), int(end), InlineKind(kind), str(target))
        for start, end, kind, target in found
    )


def _check_left_out(left_out: Sequence[LeftOut], blocks: int) -> None:
    """Check that each has a place among the blocks, not before that of the last, and is none yet.

    Raises: ValueError.
    """
    places = [0, *(one.place for one in left_out), blocks]
    is_sorted = all(before <= after for before, after in pairwise(places))
    if not is_sorted or any(one.is_back for one in left_out):
        message = "this has no place"
        raise ValueError(message)
    for one in left_out:
        _check(Document.from_pieces([one.piece]))


def _check(document: Document) -> None:
    """Check that the blocks are the text, and that inlines stand in it and lead nowhere unsafe.

    Raises: ValueError.
    """
    text = document.text
    parts = [text[each.start : each.end] for each in document.blocks]
    is_whole = bool(parts) and all(parts) and BLOCK_SEPARATOR.join(parts) == text
    is_inside = all(0 <= each.start < each.end <= len(text) for each in document.inlines)
    links = (each for each in document.inlines if each.kind is InlineKind.HYPERLINK)
    if not (is_whole and is_inside and all(is_safe_target(each.target) for each in links)):
        message = "this is no document"
        raise ValueError(message)
