"""Lines of a PDF to paragraphs, by spacing, indents and how full a line is."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from statistics import median

from app.frozen import frozen
from app.text.document import Inline
from app.text.footnotes import read_note
from app.text.normalise import normalise
from app.text.readers.pdfium import PdfLine
from app.text.readers.text_lines import is_blank
from app.text.readers.words import finish
from app.text.word_sets import word_set

_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_SENTENCE_END = re.compile("[.!?\u2026:][\"'\u201d\u2019)\\]\u00bb]*[0-9]{0,2}\\s*$")
_ITEM = re.compile(r"(?:[\u2022\u2023\u25e6\u25aa\u25cf*\u2013-]|\(?[0-9]{1,2}[.)])\s+\S")
_CUT = re.compile(r"([^\W\d_]+)[-\u2010]\s*$")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_KEPT_PREFIXES = word_set(
    "self well non anti ex half long short high low co all cross full far near so"
)
_SAME_SIZE = 0.08
_WIDE_GAP = 1.35  # of the usual distance between lines
_INDENT = 0.7  # of the letters' size
_ROOM = 0.12  # of a column's width: a line that leaves more is not full
_GRID = 2.0
_MOST_RAGGED = 2.5  # of the letters' size, between the beginnings of lines


@dataclass(slots=True)
class Paragraph:
    """Lines that are one block: its text on one line, and the ranges in it."""

    lines: list[PdfLine]
    text: str = ""
    inlines: tuple[Inline, ...] = ()
    is_inset: bool = False  # from both edges of its column, as quotations are

    @property
    def size(self) -> float:
        """The size of its letters."""
        return self.lines[0].size

    @property
    def is_bold(self) -> bool:
        """Tell whether all of it is bold."""
        return all(line.is_bold for line in self.lines)


@frozen
class _Column:
    """Where the lines of one run down a page begin and end, and how far they are apart."""

    left: float
    right: float
    leading: float


def body_size(lines: Sequence[PdfLine]) -> float:
    """Return the size in which most of the text is set."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def join_into_paragraphs(lines: Sequence[PdfLine]) -> list[Paragraph]:
    """Join lines into paragraphs, over the breaks of columns and pages too."""
    columns = _columns(lines)
    groups: list[list[PdfLine]] = []
    for index, line in enumerate(lines):
        after = lines[index + 1] if index + 1 < len(lines) else None
        if index and not _begins(lines[index - 1], line, after, columns):
            groups[-1].append(line)
        else:
            groups.append([line])
    known = _known_words(lines)
    paragraphs = [Paragraph(group, is_inset=_is_inset(group, columns)) for group in groups]
    for paragraph in paragraphs:
        _write(paragraph, known)
    return [paragraph for paragraph in paragraphs if not is_blank(paragraph.text)]


def join_notes(lines: Sequence[PdfLine]) -> list[Paragraph]:
    """Join the lines of footnotes: each begins with the number after the last one's, or with 1."""
    known = _known_words(lines)
    paragraphs: list[Paragraph] = []
    number = 0
    for line in lines:
        note = read_note(line.text)
        if not paragraphs or (note is not None and note.number in {1, number + 1}):
            paragraphs.append(Paragraph([]))
            number = note.number if note else number
        paragraphs[-1].lines.append(line)
    for paragraph in paragraphs:
        _write(paragraph, known)
    return [paragraph for paragraph in paragraphs if not is_blank(paragraph.text)]


def _begins(
    before: PdfLine, line: PdfLine, after: PdfLine | None, columns: dict[int, _Column]
) -> bool:
    """Tell whether a line begins a paragraph."""
    if abs(line.size - before.size) > _SAME_SIZE * before.size or line.is_bold != before.is_bold:
        # A line with a bold word in a paragraph is not all bold; one that is, stands out.
        return True
    if _ITEM.match(line.text):
        return True
    column, earlier = columns[id(line)], columns[id(before)]
    is_full = before.right > earlier.right - _ROOM * (earlier.right - earlier.left)
    ends = _SENTENCE_END.search(before.text) is not None
    is_indented = line.left > column.left + _INDENT * line.size and (
        after is None or after.left < line.left - _INDENT * line.size / 2
    )
    if column is not earlier:
        # Over the break of a page: a sentence that is cut goes on, whatever the spacing.
        return ends and (is_indented or not is_full)
    gap = before.baseline - line.baseline
    if line.size > column.leading:
        # A title or heading of several lines, each where the one before ended in its own letters.
        return gap > _WIDE_GAP * line.size
    if gap > _WIDE_GAP * column.leading:
        return True
    starts_indent = is_indented and before.left < line.left - _INDENT * line.size / 2
    return starts_indent or (ends and not is_full)


def _is_inset(lines: Sequence[PdfLine], columns: dict[int, _Column]) -> bool:
    if len(lines) < 2:  # noqa: PLR2004 one line may end anywhere
        return False
    margins = [(columns[id(line)], line) for line in lines]
    lefts = [line.left for line in lines]
    if max(lefts) - min(lefts) > _MOST_RAGGED * lines[0].size:
        return False  # set in the middle
    return all(
        line.left > column.left + line.size and line.right < column.right - line.size
        for column, line in margins
    )


def _columns(lines: Sequence[PdfLine]) -> dict[int, _Column]:
    """Give each line its column: a run of lines, each below the one before, on one page."""
    runs: list[list[PdfLine]] = []
    for line in lines:
        last = runs[-1][-1] if runs else None
        if last and last.page == line.page and line.baseline < last.baseline:
            runs[-1].append(line)
        else:
            runs.append([line])
    usual = _leading(runs)
    found: dict[int, _Column] = {}
    for run in runs:
        lefts = Counter(round(line.left / _GRID) for line in run)
        most = max(lefts.values())
        left = min(place for place, count in lefts.items() if count * 2 >= most) * _GRID
        leading = _leading([run]) if len(run) > 2 else usual  # noqa: PLR2004 two gaps are a habit
        column = _Column(left, max(line.right for line in run), leading or usual)
        found.update((id(line), column) for line in run)
    return found


def _leading(runs: Iterable[Sequence[PdfLine]]) -> float:
    gaps = [
        first.baseline - second.baseline
        for run in runs
        for first, second in pairwise(run)
        if abs(first.size - second.size) <= _SAME_SIZE * first.size
    ]
    if not gaps:
        return 0.0
    # Between paragraphs there is more room, so the usual distance is among the smaller ones.
    smaller = [gap for gap in gaps if gap <= median(gaps)]
    return median(smaller)


def _known_words(lines: Sequence[PdfLine]) -> frozenset[str]:
    """Return the words that stand whole in a line, in lower case, with their hyphens."""
    known: set[str] = set()
    for line in lines:
        text = _CUT.sub("", line.text)
        known.update(match[0].lower().replace("\u2010", "-") for match in _WORD.finditer(text))
    return frozenset(known)


def _write(paragraph: Paragraph, known: frozenset[str]) -> None:
    parts: list[str] = []
    inlines: list[Inline] = []
    length = 0
    for line, after in zip(paragraph.lines, [*paragraph.lines[1:], None], strict=True):
        text, own = _clean(line)
        joint = " " if after else ""
        if after and (cut := _CUT.search(text)):
            text, joint = text.rstrip(), ""
            if _is_one_word(cut[1], after.text.lstrip(), known):
                text = text[:-1]
        for inline in own:
            start, end = min(inline.start, len(text)), min(inline.end, len(text))
            if end > start:
                _add_range(inlines, replace(inline, start=start + length, end=end + length))
        parts.append(text + joint)
        length += len(text) + len(joint)
    words = finish("".join(parts), inlines, finds_links=False)
    paragraph.text, paragraph.inlines = words.text, words.inlines


def _add_range(inlines: list[Inline], inline: Inline) -> None:
    """Add a range, or lengthen the one of the same kind that it goes on from."""
    for index in range(len(inlines) - 1, max(len(inlines) - 4, -1), -1):
        last = inlines[index]
        is_next = 0 <= inline.start - last.end <= 1
        if is_next and (last.kind, last.target) == (inline.kind, inline.target):
            inlines[index] = replace(last, end=inline.end)
            return
    inlines.append(inline)


def _clean(line: PdfLine) -> tuple[str, list[Inline]]:
    """Return a line with one space for several and letters for ligatures, and its ranges moved."""
    if line.text.isprintable() and line.text.isascii() and "  " not in f" {line.text}":
        return line.text.rstrip(), line.inlines
    parts: list[str] = []
    places = [0]
    length = 0
    for char in line.text:
        shown = char if char.isascii() and char.isprintable() else _shown(char)
        if shown in {"\n", "\t"}:
            shown = " "
        if shown == " " and (not parts or parts[-1] == " "):
            shown = ""
        if shown:
            parts.append(shown)
            length += len(shown)
        places.append(length)
    moved = [replace(i, start=places[i.start], end=places[i.end]) for i in line.inlines]
    return "".join(parts).rstrip(), moved


@lru_cache(maxsize=4_096)
def _shown(char: str) -> str:
    return _LIGATURES.get(char) or normalise(char)


def _is_one_word(head: str, rest: str, known: frozenset[str]) -> bool:
    """Tell a word cut at a line's end from one that is written with a hyphen."""
    match = re.match(r"[^\W\d_]+", rest)
    if match is None or not rest[:1].islower():
        return False
    tail = match[0].lower()
    head = head.lower()
    if f"{head}-{tail}" in known:
        return False
    return head + tail in known or head not in _KEPT_PREFIXES
