"""Lines of plain text to raw blocks: what belongs together, before anyone asks what it is."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from app.frozen import frozen
from app.text.byline import read_byline
from app.text.dates import DateOrder, is_day_in_words, lacks_day, parse_date
from app.text.footnotes import Note, read_note
from app.text.signing import is_signed_abroad


@frozen
class RawBlock:
    """A block's text on one line, with what its lines showed.

    `marker` is the bullet or number that the text begins with, where it may be a list item; the
    marker is still in the text, whose `body` comes after it. `depth` counts the ">" before it.
    `is_above_byline` of what stands between the first block and the byline: a standfirst, not a
    heading.
    """

    text: str
    marker: str = ""
    depth: int = 0
    is_rule: bool = False
    is_underlined: bool = False
    is_above_byline: bool = False

    @property
    def body(self) -> str:
        """The text without its marker."""
        return self.text[len(self.marker) :].lstrip()


_INVISIBLE = re.compile("[\\s\u00ad\u200b-\u200f\u2060\u2800\u3164\ufeff]*")
_WHITE_SPACE = re.compile("[ \t\n]+")
_RULE = re.compile(r"\s*(?:(?:[-*_=~\u2022\u2013\u2014#]\s*){3,})")
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,}|~{3,})\s*")
_QUOTED = re.compile(r"\s{0,3}((?:>\s?)+)(?![\d=>])")
_MARKER = re.compile(
    r"[*\u2022\u2023\u25e6\u25aa\u25cf-](?=[ \t])|[0-9]{1,2}[.)](?=[ \t]+\S)|\u2022"
)
# "well-" and "known" on two lines are one word; "pre-" and "and post-war" are not.
_HYPHEN_AT_END = re.compile(r"(?<=[^\W\d_])-\n(?=[^\W\d_])(?!(?:and|or|und|oder|et|ou|y)\b)")
_INDENT = re.compile(r" {2,}|\t")

_MIN_BREAKS = 2
_MAX_WRAP = 160
_MIN_WRAP = 40
_MIN_WRAPPED_LINES = 4
_MIN_WRAPPED_SHARE = 0.6
_HEAD_GROUPS = 3
_MAX_HEAD_LINES = 4
_MAX_HEAD_LINE = 120
_MAX_UNDERLINED = 120
_SENTENCE_END = re.compile("[.!?\u2026:][\"'\u201d\u2019)\\]\u00bb]*[0-9]{0,2}\\s*")


def split_blocks(text: str, order: DateOrder) -> Iterator[RawBlock]:
    """Split a normalised text into raw blocks, each made when it is asked for.

    By blank lines where there are at least two breaks of them, else by line. Lines wrapped by
    hand are joined; a line that is longer than anyone wraps by hand is a block of its own.
    """
    groups = _groups(text.split("\n"))
    parts: Iterable[list[str]] = groups
    by_line = False
    if len(groups) > _MIN_BREAKS:
        parts = (part for i in range(len(groups)) for part in _cut_head(groups, i, order))
    elif _is_wrapped([line for group in groups for line in group]):
        parts = (part for group in groups for part in _paragraphs(group))
    else:
        by_line = True
    return (block for part in parts for block in _blocks(part, by_line=by_line))


def is_blank(text: str) -> bool:
    """Tell whether a text shows nothing: white space and invisible characters alone."""
    return _INVISIBLE.fullmatch(text) is not None


def collapse(text: str) -> str:
    """Make each run of spaces, tabs and line feeds one space; non-breaking spaces stay."""
    return _WHITE_SPACE.sub(" ", text).strip()


def join_lines(lines: Sequence[str]) -> str:
    """Join the lines of a paragraph by spaces; a word that a hyphen broke is one word again."""
    text = "\n".join(line.strip() for line in lines)
    return collapse(_HYPHEN_AT_END.sub("-", text))


def _groups(lines: Sequence[str]) -> list[list[str]]:
    """Group lines between blank ones."""
    groups: list[list[str]] = [[]]
    for line in lines:
        if not is_blank(line.strip("> ")):
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    return groups if groups[-1] else groups[:-1]


def _cut_head(groups: Sequence[list[str]], index: int, order: DateOrder) -> list[list[str]]:
    """Cut a title, a standfirst and a byline that stand on lines of their own.

    There is a byline or a whole date among them, or a byline below them; or lines are nowhere
    wrapped by hand, and the first of the text is one that a sentence would run on from.
    """
    group = groups[index]
    is_head = (
        index < _HEAD_GROUPS
        and 1 < len(group) <= _MAX_HEAD_LINES
        and all(len(line) <= _MAX_HEAD_LINE for line in group)
    )
    below = groups[index + 1] if index + 1 < len(groups) else [""]
    if is_head and (
        any(_is_signed(line, order) for line in group)
        or (index == 0 and _is_signed(below[0], order))
        or (index == 0 and any(_is_day(line.strip(), order) for line in group[1:]))
        or (index == 0 and _is_headline(group) and _has_long_lines(groups))
    ):
        return [[line] for line in group]
    return [group]


def _is_day(line: str, order: DateOrder) -> bool:
    """Tell whether a line is nothing but a day, written in whatever language."""
    return is_day_in_words(line) or (parse_date(line, order) is not None and not lacks_day(line))


def _is_headline(group: Sequence[str]) -> bool:
    """Tell whether the first of some lines ends without a stop, and each begins like a new one."""
    return not _SENTENCE_END.search(group[0][-6:]) and all(
        line.strip()[:1].isupper() or line.strip()[:1] in "\u201c\"'" for line in group
    )


def _has_long_lines(groups: Sequence[Sequence[str]]) -> bool:
    """Tell whether paragraphs are lines longer than anyone wraps by hand."""
    return any(len(line) > _MAX_WRAP for group in groups for line in group)


def _is_signed(line: str, order: DateOrder) -> bool:
    if is_signed_abroad(line.strip(), order):
        return True
    byline = read_byline(line, order)
    return byline is not None and bool(byline.author) and "author" not in byline.guessed


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Tell whether lines were wrapped by hand: the next word would not have fitted on most."""
    width = max(map(len, lines), default=0)
    if len(lines) < _MIN_WRAPPED_LINES or not _MIN_WRAP <= width <= _MAX_WRAP:
        return False
    pairs = list(pairwise(lines))
    full = [line for line, after in pairs if _is_full(line, after, width)]
    running_on = [line for line in full if not _SENTENCE_END.search(line[-6:])]
    return len(full) >= len(pairs) * _MIN_WRAPPED_SHARE and len(running_on) * 2 >= len(full)


def _is_full(line: str, after: str, width: int) -> bool:
    first_word = after.split(maxsplit=1)[0] if after.split() else ""
    return len(line.rstrip()) + 1 + len(first_word) > width


def _paragraphs(group: list[str]) -> Iterator[list[str]]:
    """Cut wrapped lines into paragraphs: at an indent, or after a line that had room left."""
    width = max(map(len, group))
    indents = sum(1 for line in group if _INDENT.match(line))
    has_indents = 0 < indents * 2 < len(group)
    paragraph: list[str] = []
    for line, after in zip(group, [*group[1:], ""], strict=True):
        paragraph.append(line)
        has_room = not _is_full(line, after, width)
        runs_on = after[:1].islower() and not _SENTENCE_END.search(line[-6:])
        if (has_room and not runs_on) or (has_indents and _INDENT.match(after)):
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _blocks(group: Sequence[str], *, by_line: bool) -> Iterator[RawBlock]:
    """Cut a group of lines into raw blocks and join the lines of each."""
    chunks: list[list[str]] = []
    for line in group:
        if by_line or not chunks or _begins(line, chunks[-1]):
            chunks.append([])
        chunks[-1].append(line)
    was_underlined = False
    for chunk, after in zip(chunks, [*chunks, [""]][1:], strict=True):
        if _RULE.fullmatch(chunk[0]):
            if not was_underlined:
                yield RawBlock(chunk[0].strip(), is_rule=True)
            was_underlined = False
        else:
            was_underlined = _is_underlined(chunk, after[0])
            yield _block(chunk, is_underlined=was_underlined)


def _begins(line: str, chunk: Sequence[str]) -> bool:
    """Tell whether a line begins a block of its own after the lines of `chunk`."""
    before = chunk[-1]
    return (
        max(len(line), len(before)) > _MAX_WRAP
        or _RULE.fullmatch(line) is not None
        or _RULE.fullmatch(before) is not None
        or _quote_depth(line) != _quote_depth(before)
        or _begins_item(line, chunk)
        or _begins_note(line, chunk[0])
    )


def _begins_item(line: str, chunk: Sequence[str]) -> bool:
    """Tell a list item from a wrapped line that happens to begin with a dash or a number."""
    marker = marker_of(line)
    if not marker:
        return False
    before = marker_of(chunk[0])
    if marker[:-1].isdecimal():
        follows = before[:-1].isdecimal() and int(marker[:-1]) == int(before[:-1]) + 1
        return follows or (marker[:-1] == "1" and chunk[-1].rstrip().endswith(":"))
    return marker in {before, "\u2022"} or chunk[-1].rstrip().endswith(":")


def _begins_note(line: str, first: str) -> bool:
    note, before = read_note(line.strip()), read_note(first.strip())
    if note is None or before is None or note.number != before.number + 1:
        return False
    # "2 of them" on a wrapped line is no note.
    return not note.is_plain or not (_begins_small(line, note) or _begins_small(first, before))


def _begins_small(line: str, note: Note) -> bool:
    return line.strip()[note.start :][:1].islower()


def _is_underlined(chunk: Sequence[str], after: str) -> bool:
    line = chunk[0].strip()
    return (
        len(chunk) == 1
        and len(line) <= _MAX_UNDERLINED
        and _UNDERLINE.fullmatch(after) is not None
        and len(after.strip()) * 2 >= len(line)
    )


def _block(lines: Sequence[str], *, is_underlined: bool) -> RawBlock:
    depth = _quote_depth(lines[0])
    if depth:
        lines = [_QUOTED.sub("", line, count=1) for line in lines]
    text = join_lines(lines)
    return RawBlock(text, marker_of(text), depth, is_underlined=is_underlined)


def _quote_depth(line: str) -> int:
    match = _QUOTED.match(line)
    return match[1].count(">") if match else 0


def marker_of(line: str) -> str:
    """Return the bullet or number that a line begins with, "" without one."""
    match = _MARKER.match(line.lstrip())
    return match[0] if match else ""
