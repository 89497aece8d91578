"""The one door to pypdfium2: the pages of a PDF become lines of text with their places."""

import ctypes
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

from app.frozen import frozen
from app.text.document import Inline, InlineKind
from app.text.limits import Limits
from app.text.links import is_safe_target
from app.text.unreadable import Unreadable

# PDFium may be used by one thread at a time.
_ONE_AT_A_TIME = threading.Lock()
_HYPHENS = "\x02\ufffe\u00ad"  # how PDFium gives the hyphen of a word that is cut at a line's end
_RAISED = 0.5  # of the letters' size: a footnote's mark is still on its line
_COLUMN_GAP = 3.5  # of the letters' size, from where one letter begins to where the next does
_FORCED_BOLD = 1 << 18
_ITALIC = 1 << 6
_MAX_CODE = 0x10FFFF


@dataclass(slots=True)
class PdfLine:
    """One line of a page, in points from the page's lower left corner.

    `text` ends with a hyphen where a word goes on in the next line. Inlines count from its start.
    """

    page: int
    page_height: float
    left: float
    baseline: float
    size: float
    right: float = 0
    text: str = ""
    is_bold: bool = False
    inlines: list[Inline] = field(default_factory=list)


@frozen
class Pages:
    """The lines of a PDF in the order of its text, and its properties by name."""

    lines: list[PdfLine]
    page_count: int
    properties: dict[str, str]


def read_pages(content: bytes, limits: Limits) -> Pages:
    """Read the text of a PDF.

    Raises: Unreadable (protected, damaged, too many pages, too much text).
    """
    with _ONE_AT_A_TIME:
        try:
            opened = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise _refusal(str(error)) from error
        try:
            return _pages(opened, limits)
        except pypdfium2.PdfiumError as error:
            raise _refusal(str(error)) from error
        finally:
            opened.close()


def _refusal(reason: str) -> Unreadable:
    if "password" in reason.lower() or "security" in reason.lower():
        return Unreadable("The PDF is protected by a password. Save it without one, and try that.")
    return Unreadable("The PDF is damaged and cannot be read. Save it again, and try that.")


def _pages(opened: pypdfium2.PdfDocument, limits: Limits) -> Pages:
    count = len(opened)
    if count > limits.pdf_pages:
        message = (
            f"The PDF has more than {limits.pdf_pages:,} pages, the most that can be read. "
            "Split it into several files."
        )
        raise Unreadable(message)
    lines: list[PdfLine] = []
    length = 0
    for number in range(count):
        page = opened[number]
        try:
            for line in _Page(number, page).lines():
                length += len(line.text) + 1
                limits.check_text(length)
                lines.append(line)
        finally:
            page.close()
    properties = {name: str(value) for name, value in opened.get_metadata_dict().items()}
    return Pages(lines, count, properties)


class _Page:
    """One page while its characters are read."""

    def __init__(self, number: int, page: pypdfium2.PdfPage) -> None:
        self._number = number
        self._page = page
        self._text = page.get_textpage()
        self._height = float(page.get_height())
        self._links = list(_links(page))
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._box = raw.FS_RECTF()
        self._name = ctypes.create_string_buffer(100)
        self._flags = ctypes.c_int()

    def lines(self) -> Iterator[PdfLine]:
        """Yield the lines of the page; those without words are left out."""
        line: _Growing | None = None
        for index in range(self._text.count_chars()):
            code = raw.FPDFText_GetUnicode(self._text, index)
            char = chr(code) if 0 < code <= _MAX_CODE else "\ufffd"
            if char in "\r\n":
                continue
            raw.FPDFText_GetCharOrigin(self._text, index, self._x, self._y)
            x, y = self._x.value, self._y.value
            if char == " " and raw.FPDFText_IsGenerated(self._text, index) == 1:
                if line is not None:
                    line.add_space()
                continue
            if line is None or not line.goes_on_at(x, y):
                if line is not None and (made := line.finished(self._right(line.last))):
                    yield made
                line = _Growing(PdfLine(self._number, self._height, x, y, self._size(index)))
            self._add(line, char, index, x)
        if line is not None and (made := line.finished(self._right(line.last))):
            yield made
        self._text.close()

    def _add(self, line: "_Growing", char: str, index: int, x: float) -> None:
        if line.begins_word():
            line.style(*self._style(index))
        if self._links:
            raw.FPDFText_GetLooseCharBox(self._text, index, self._box)
            line.link(next((t for t, area in self._links if _is_in(self._box, area)), ""))
        line.is_cut = char in _HYPHENS
        line.add("-" if line.is_cut else char, index, x)

    def _right(self, index: int) -> float:
        raw.FPDFText_GetLooseCharBox(self._text, index, self._box)
        return float(self._box.right)

    def _size(self, index: int) -> float:
        raw.FPDFText_GetLooseCharBox(self._text, index, self._box)
        return max(float(self._box.top) - float(self._box.bottom), 1.0)

    def _style(self, index: int) -> tuple[bool, bool]:
        length = raw.FPDFText_GetFontInfo(
            self._text, index, self._name, len(self._name), self._flags
        )
        name = self._name.value.decode("latin-1").lower() if length else ""
        is_bold = "bold" in name or "black" in name or bool(self._flags.value & _FORCED_BOLD)
        is_italic = "italic" in name or "oblique" in name or bool(self._flags.value & _ITALIC)
        return is_bold, is_italic


class _Growing:
    """A line while characters are added to it."""

    def __init__(self, line: PdfLine) -> None:
        self.is_cut = False
        self._line = line
        self._parts: list[str] = []
        self.last = 0  # the number on the page of the last character
        self._x = line.left
        self._bold: list[tuple[bool, int]] = []
        self._italic: list[tuple[bool, int]] = []
        self._targets: list[tuple[str, int]] = [("", 0)]

    def goes_on_at(self, x: float, y: float) -> bool:
        """Tell whether a character at a place stands on this line."""
        size = self._line.size
        is_level = abs(y - self._line.baseline) <= size * _RAISED
        return not self.is_cut and is_level and -size <= x - self._x <= size * _COLUMN_GAP

    def begins_word(self) -> bool:
        """Tell whether the next character begins a word."""
        return not self._parts or self._parts[-1] == " "

    def style(self, is_bold: bool, is_italic: bool) -> None:  # noqa: FBT001 two of a kind
        """Note how the next word looks."""
        self._bold.append((is_bold, len(self._parts)))
        self._italic.append((is_italic, len(self._parts)))

    def link(self, target: str) -> None:
        """Note where the next character leads to."""
        if target != self._targets[-1][0]:
            self._targets.append((target, len(self._parts)))

    def add_space(self) -> None:
        """Add a space that was only seen between two characters."""
        self._parts.append(" ")

    def add(self, char: str, index: int, x: float) -> None:
        """Add a character, by its number on the page, that begins at a place."""
        self._parts.append(char)
        self.last, self._x = index, x

    def finished(self, right: float) -> PdfLine | None:
        """Return the line, which ends at a place; None where it shows nothing."""
        line = self._line
        line.text, line.right = "".join(self._parts), right
        if not line.text.strip():
            return None
        line.is_bold = all(is_bold for is_bold, _ in self._bold)
        line.inlines = [
            *self._ranges(self._bold, InlineKind.STRONG),
            *self._ranges(self._italic, InlineKind.EMPHASIS),
            *self._ranges(self._targets, InlineKind.HYPERLINK),
        ]
        return line

    def _ranges(
        self, changes: list[tuple[bool, int]] | list[tuple[str, int]], kind: InlineKind
    ) -> Iterator[Inline]:
        ends = [start for _, start in changes[1:]] + [len(self._parts)]
        for (value, start), end in zip(changes, ends, strict=True):
            if value and end > start:
                yield Inline(start, end, kind, value if isinstance(value, str) else "")


_Area = tuple[float, float, float, float]


def _links(page: pypdfium2.PdfPage) -> Iterator[tuple[str, _Area]]:
    """Yield the web addresses that a page leads to, and where on it."""
    place, link, area = ctypes.c_int(0), raw.FPDF_LINK(), raw.FS_RECTF()
    while raw.FPDFLink_Enumerate(page, place, link):
        action = raw.FPDFLink_GetAction(link)
        length = raw.FPDFAction_GetURIPath(page.pdf, action, None, 0) if action else 0
        if not length or not raw.FPDFLink_GetAnnotRect(link, area):
            continue
        written = ctypes.create_string_buffer(length)
        raw.FPDFAction_GetURIPath(page.pdf, action, written, length)
        target = written.value.decode("utf-8", errors="replace").strip()
        if is_safe_target(target):
            low, high = sorted((area.bottom, area.top))
            yield target, (area.left, low, area.right, high)


def _is_in(box: raw.FS_RECTF, area: _Area) -> bool:
    x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    left, bottom, right, top = area
    return bool(left <= x <= right and bottom <= y <= top)
