"""Footnotes of plain text: the marks in the text and the notes at its end."""

import re
from collections.abc import Iterator, Sequence

from app.frozen import frozen
from app.text.document import Document, Inline, InlineKind

_CLOSING = "\u201d\u2019\u00bb\"')\\]"
_SUPERSCRIPTS = str.maketrans(
    "\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u2070", "1234567890"
)
_SUPERSCRIPT = "[\u00b9\u00b2\u00b3\u2074-\u2079][\u2070\u00b9\u00b2\u00b3\u2074-\u2079]?"
# A mark is stuck to what it follows: to a word (or a year, or a percentage) and its full stop or
# comma, or to a closing quotation mark or bracket. A number inside a name or a measure never is.
_MARK = re.compile(
    r"(?P<before>[^\W\d_]|%|(?<![0-9.,])[12][0-9]{3})"
    rf"(?P<stop>[.,;:!?\u2026]{{1,4}})[{_CLOSING}]{{0,3}}(?P<after_stop>[1-9][0-9]?)"
    rf"(?=[\s{_CLOSING}\u2014\u2013]|$)"
    rf"|(?<=[^\W_])[{_CLOSING}]{{1,3}}(?P<after_closing>[1-9][0-9]?)"
    rf"(?=[\s{_CLOSING}\u2014\u2013]|$|[.,;:!?\u2026](?:[\s{_CLOSING}]|$))"
    r"|(?<=\S)\[(?P<bracketed>[1-9][0-9]?)\](?![(\w])"
    rf"|(?<=\S)(?P<superscript>{_SUPERSCRIPT})(?![\w\u2070-\u209c])"
)
_MAX_ABBREVIATION = 5
_ABBREVIATION = re.compile(
    r"(?:^|[^\w.])(?:[Nn]os?|[Nn]r|pp?|vv?|[Vv]ols?|[Cc]h|[Ss]ec|[Ff]igs?|eq|Art|Ph|Op|op)$"
)
_UNIT = re.compile(r"(?:^|[\s\d(/])(?:[munckdh]?m|ft|in|mi|yd|s|sec|CO|H|x|[a-z])$", re.ASCII)
_MAX_UNIT = 5

_NOTE = re.compile(
    rf"(?:\[(?P<bracketed>[1-9][0-9]?)\]|(?P<plain>[1-9][0-9]?)(?P<stop>[.):]?)|"
    rf"(?P<superscript>{_SUPERSCRIPT}))(?:\s+|(?<=[\]\u00b9\u00b2\u00b3\u2074-\u2079]))(?=\S)"
)
_SECTION = re.compile(r"(?:foot|end)?notes?(?:\s+and\s+references)?:?", re.IGNORECASE)


_RAISED = {digit: raised for raised, digit in _SUPERSCRIPTS.items()}


def raise_marks(document: Document) -> str:
    """Return a document's text with the digits of its footnote marks raised, each in its place."""
    pieces = []
    end = 0
    for inline in sorted(document.inlines, key=lambda inline: inline.start):
        if inline.kind is InlineKind.FOOTNOTE_MARK:
            mark = document.text[inline.start : inline.end].translate(_RAISED)
            pieces += [document.text[end : inline.start], mark]
            end = inline.end
    return "".join([*pieces, document.text[end:]])


@frozen
class Note:
    """The beginning of a footnote: its number, and where its own text starts in its block."""

    number: int
    start: int
    is_plain: bool  # "1 text" or "1. text", which any list could be


def find_marks(texts: Sequence[str], links: Sequence[Sequence[Inline]]) -> list[list[Inline]]:
    """Find the footnote marks of an article's blocks, given the hyperlinks of each block.

    Accepted are only those that through the article run 1, 2, 3 ... Returns a list for each
    block; an inline's target is the mark's number, its range the digits (with their brackets, if
    they have any).
    """
    expected = 1
    marks = []
    for text, block_links in zip(texts, links, strict=True):
        inlines = []
        for start, end, number in _candidates(text):
            if number == expected and not any(
                link.start <= start < link.end for link in block_links
            ):
                inlines.append(Inline(start, end, InlineKind.FOOTNOTE_MARK, str(number)))
                expected += 1
        marks.append(inlines)
    return marks


def read_note(text: str) -> Note | None:
    """Read the number with which a footnote's block begins: "1. text", "[1] text", "1 text"."""
    match = _NOTE.match(text)
    if not match:
        return None
    number = match["bracketed"] or match["plain"] or match["superscript"]
    return Note(_number(number), match.end(), is_plain=match["plain"] is not None)


def is_section_heading(text: str) -> bool:
    """Tell whether a block is the heading of the footnotes: "Notes", "Footnotes", "Endnotes"."""
    return _SECTION.fullmatch(text.strip()) is not None


def _candidates(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _MARK.finditer(text):
        group = match.lastgroup or ""
        start, end = match.span(group)
        if group == "bracketed":
            start, end = start - 1, end + 1
        if not (_follows_abbreviation(match) or _follows_unit(match)):
            yield start, end, _number(match[group])


def _follows_abbreviation(match: re.Match[str]) -> bool:
    """Tell "No.1" and "p.2" from a mark after a sentence."""
    if match["stop"] != ".":
        return False
    end = match.start("stop")
    return _ABBREVIATION.search(match.string, max(0, end - _MAX_ABBREVIATION), end) is not None


def _follows_unit(match: re.Match[str]) -> bool:
    """Tell "5 km\u00b2" from a mark after a word."""
    if match["superscript"] is None:
        return False
    before = match.string[max(0, match.start() - _MAX_UNIT) : match.start()]
    return before[-1].isdigit() or _UNIT.search(before) is not None


def _number(digits: str) -> int:
    return int(digits.translate(_SUPERSCRIPTS))
