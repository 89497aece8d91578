"""An article's title: from a heading, or guessed from a file's name."""

import re
from collections.abc import Sequence

from app.text.document import BlockKind, InlineKind, Piece
from app.text.readers.facts import Facts

_ORDER_BEFORE_NAME = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]+)[\s._-]+(?=\S*[^\W\d_])")
_SEPARATORS = re.compile(r"[\s_]+|(?<=\S)-+(?=\S)")
_UNNAMED = "Untitled"


def title_of_heading(heading: Piece) -> str:
    """Return a heading's words on one line, without its footnote marks."""
    text = heading.text
    for inline in reversed(heading.inlines):
        if inline.kind is InlineKind.FOOTNOTE_MARK:
            text = text[: inline.start] + text[inline.end :]
    return " ".join(text.split())


def first_heading(pieces: Sequence[Piece]) -> str:
    """Return the words of the first heading, "" without one."""
    headings = (piece for piece in pieces if piece.kind is BlockKind.HEADING)
    return next((title_of_heading(piece) for piece in headings), "")


def title_of_head(pieces: Sequence[Piece]) -> str:
    """Return the words of the heading that a text begins with, "" where it begins otherwise."""
    is_headed = bool(pieces) and pieces[0].kind is BlockKind.HEADING
    return title_of_heading(pieces[0]) if is_headed else ""


def facts_of_name(name: str) -> Facts:
    """Guess the title from a file's name, where nothing else gives one."""
    return Facts("file name", title=title_of_name(name), guessed=frozenset({"title"}))


def title_of_name(name: str) -> str:
    """Guess a title from a file's name: "2014-11-13-why_we-use-it.txt" is "Why we use it"."""
    stem = re.split(r"[/\\]", name)[-1]
    stem = stem.rpartition(".")[0] or stem
    stem = _ORDER_BEFORE_NAME.sub("", stem, count=1) if _ORDER_BEFORE_NAME.match(stem) else stem
    title = _SEPARATORS.sub(" ", stem).strip(" -")
    return title[:1].upper() + title[1:] or _UNNAMED
