"""The words of one block of HTML, as a browser would show them."""

import re
from dataclasses import dataclass, field

from app.text.document import Inline, InlineKind
from app.text.normalise import normalise, without_soft_hyphens
from app.text.readers.words import EDGE, InlineText, finish

_NO_WORDS = InlineText("")
BLANKS = " \t\n"
_WHITE_SPACE = re.compile(f"[{BLANKS}]+")


@dataclass(slots=True)
class _Span:
    """An inline that is open; it may go on from one block into the next."""

    kind: InlineKind
    target: str
    start: int


@dataclass(slots=True)
class GrowingText:
    """The text of a block as it grows."""

    is_verbatim: bool = False
    breaks: int = 0  # line breaks since the last word
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _inlines: list[Inline] = field(default_factory=list)
    _spans: list[_Span] = field(default_factory=list)
    _images: int = 0
    _words: int = 0  # parts that are shown and no image

    @property
    def is_image(self) -> bool:
        """Tell whether one image is all that there is."""
        return self._images == 1 and self._words == 0

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing in it yet."""
        return self._images + self._words == 0

    def add(self, text: str) -> None:
        """Add text; white space runs are one space, but in preformatted text."""
        text = without_soft_hyphens(normalise(text))
        if not self.is_verbatim:
            text = _WHITE_SPACE.sub(" ", text)
            if not self._parts or self._parts[-1][-1] in EDGE:
                text = text.lstrip(" ")
        self._append(text)
        if text.strip():
            self._words += 1
            self.breaks = 0

    def add_blank(self) -> None:
        """Add what stands between two elements: one space, but at the start and after another."""
        if self._parts and self._parts[-1][-1] not in EDGE:
            self._append(" ")

    def add_image(self, alt: str) -> None:
        """Add an image, as its text in brackets."""
        alt = " ".join(without_soft_hyphens(normalise(alt)).split())
        self._append(f"[Image: {alt}]" if alt else "[Image]")
        self._images += 1
        self.breaks = 0

    def add_mark(self, shown: str, number: str) -> None:
        """Add the mark of a footnote, whose number says which."""
        start = self._length
        self.add(shown)
        if self._length > start:
            self._inlines.append(
                Inline(start, self._length, InlineKind.FOOTNOTE_MARK, number),
            )

    def add_break(self) -> None:
        """Add a line break, which never stands first nor twice."""
        self.breaks += 1
        if not self.is_verbatim and self._parts and self._parts[-1].endswith(" "):
            self._length -= 1
            self._parts[-1] = self._parts[-1][:-1]
            if not self._parts[-1]:
                self._parts.pop()
        if self.is_verbatim or (self._parts and not self._parts[-1].endswith("\n")):
            self._append("\n")

    def open(self, kind: InlineKind, target: str = "") -> None:
        """Begin an inline."""
        self._spans.append(_Span(kind, target, self._length))

    def close(self) -> None:
        """End the inline that began last."""
        self._end(self._spans.pop())

    def take(self) -> InlineText:
        """Return the words and begin again; inlines that are open go on in what follows."""
        for span in reversed(self._spans):
            self._end(span)
            span.start = 0
        if not self._parts:
            self.breaks = 0
            return _NO_WORDS
        words = finish(
            "".join(self._parts),
            self._inlines,
            finds_links=not self.is_verbatim,
            edge="\n" if self.is_verbatim else EDGE,
        )
        self._parts, self._inlines, self._length = [], [], 0
        self._images = self._words = self.breaks = 0
        return words

    def _append(self, text: str) -> None:
        if text:
            self._parts.append(text)
            self._length += len(text)

    def _end(self, span: _Span) -> None:
        if self._length > span.start:
            self._inlines.append(Inline(span.start, self._length, span.kind, span.target))
