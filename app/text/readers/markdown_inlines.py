"""The words of one Markdown block: its text as shown, and the ranges in it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Self

from markdown_it.token import Token

from app.frozen import frozen
from app.text.document import Inline, InlineKind
from app.text.links import is_safe_target
from app.text.normalise import normalise, without_soft_hyphens
from app.text.readers import markdown_notes
from app.text.readers.markdown_pages import HIDDEN, is_markup, read_tag
from app.text.readers.words import EDGE, InlineText, finish

_WHITE_SPACE = re.compile("[ \t\n]+")
_MOST_OPEN = 100  # spans in spans among which the one that ends is looked for
_HTML_SPANS = {
    "a": InlineKind.HYPERLINK,
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), InlineKind.EMPHASIS),
    **dict.fromkeys(("strong", "b"), InlineKind.STRONG),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), InlineKind.CODE),
}
_SPANS = {"em": InlineKind.EMPHASIS, "strong": InlineKind.STRONG, "link": InlineKind.HYPERLINK}


@frozen
class NoteNumbers:
    """The number that each footnote's label is shown as.

    Where all labels are numbers they are shown as they are, else counted in the order of their
    marks. A label without a definition that is no number is no footnote.
    """

    by_label: dict[str, str]

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> Self:
        """Give each footnote of a text, which comes as its tokens, a number."""
        defined = [token.content for token in tokens if token.type == markdown_notes.OPEN]
        marked = [
            child.content
            for token in tokens
            for child in token.children or ()
            if child.type == markdown_notes.MARK
        ]
        labels = list(dict.fromkeys([*marked, *defined]))
        known = set(defined)
        labels = [label for label in labels if label in known or label.isdecimal()]
        if all(label.isdecimal() for label in labels):
            return cls({label: str(int(label)) for label in labels})
        return cls({label: str(number) for number, label in enumerate(labels, 1)})


def read_words(tokens: Iterable[Token], numbers: NoteNumbers) -> InlineText:
    """Read a block's inline tokens into the text that a reader sees.

    White space runs are one space and a hard break is a line feed. Hyperlinks are those to http,
    https and mailto, and bare addresses. An image is "[Image: its text]".
    """
    line = _Line(numbers)
    for token in tokens:
        line.take(token)
    return line.finished()


@dataclass(slots=True)
class _Line:
    """The text of a block as it grows."""

    numbers: NoteNumbers
    text: list[str] = field(default_factory=list)
    length: int = 0
    inlines: list[Inline] = field(default_factory=list)
    open_spans: list[tuple[str, InlineKind, str, int]] = field(default_factory=list)
    dropped: str = ""  # the element of HTML whose content is not shown, while it is open

    def take(self, token: Token) -> None:
        """Add one token."""
        name, _, end = token.type.rpartition("_")
        if token.type == "html_inline":
            self._take_html(token.content)
        elif self.dropped:
            return
        elif name in _SPANS and end == "open":
            self._open_span(name, _SPANS[name], str(token.attrGet("href") or ""))
        elif name in _SPANS and end == "close":
            self._close_span(name)
        elif token.type == "softbreak":
            self._add(" ")
        elif token.type == "hardbreak":
            self._add_break()
        elif token.type == "code_inline":
            self._add_range(token.content, InlineKind.CODE, "", is_verbatim=True)
        elif token.type == "image":
            alt = read_words(token.children or (), self.numbers).text.replace("\n", " ")
            self._add(f"[Image: {alt}]" if alt else "[Image]")
        elif token.type == markdown_notes.MARK:
            self._add_mark(token.content)
        else:
            self._add(token.content)

    def finished(self) -> InlineText:
        """Find the bare addresses, and cut white space off the ends."""
        return finish("".join(self.text), self.inlines)

    def _add(self, content: str, *, is_verbatim: bool = False) -> None:
        content = without_soft_hyphens(normalise(content))
        content = content.replace("\n", " ") if is_verbatim else _WHITE_SPACE.sub(" ", content)
        if not is_verbatim and (not self.text or self.text[-1][-1] in EDGE):
            content = content.lstrip(" ")
        if content:
            self.text.append(content)
            self.length += len(content)

    def _add_break(self) -> None:
        if self.text and self.text[-1] != "\n":
            self.text.append("\n")
            self.length += 1

    def _add_range(
        self, content: str, kind: InlineKind, target: str, *, is_verbatim: bool = False
    ) -> None:
        start = self.length
        self._add(content, is_verbatim=is_verbatim)
        if self.length > start:
            self.inlines.append(Inline(start, self.length, kind, target))

    def _add_mark(self, label: str) -> None:
        number = self.numbers.by_label.get(label)
        if number is None:
            self._add(f"[^{label}]")
        else:
            self._add_range(number, InlineKind.FOOTNOTE_MARK, number)

    def _take_html(self, written: str) -> None:
        """Take one tag as what it means; a word in angle brackets is a word."""
        if not is_markup(written):
            self._add(written)
            return
        tag = read_tag(written)
        if tag is None:
            return
        if self.dropped:
            self.dropped = "" if tag.is_end and tag.name == self.dropped else self.dropped
        elif tag.name in HIDDEN and not tag.is_end:
            self.dropped = tag.name
        elif tag.name == "br":
            self._add_break()
        elif tag.name == "q":
            self._add("\u201d" if tag.is_end else "\u201c")
        elif tag.name == "img":
            alt = unescape(tag.attributes.get("alt", ""))
            self._add(f"[Image: {alt}]" if alt.strip() else "[Image]")
        elif tag.name in _HTML_SPANS:
            if tag.is_end:
                self._close_span(f"<{tag.name}>")
            else:
                target = unescape(tag.attributes.get("href", ""))
                self._open_span(f"<{tag.name}>", _HTML_SPANS[tag.name], target)

    def _open_span(self, name: str, kind: InlineKind, target: str) -> None:
        self.open_spans.append((name, kind, target, self.length))

    def _close_span(self, name: str) -> None:
        """End the span of a name that began last, whatever HTML was left open in it."""
        last = len(self.open_spans) - 1
        for place in range(last, max(last - _MOST_OPEN, -1), -1):
            if self.open_spans[place][0] == name:
                break
        else:
            return
        _name, kind, target, start = self.open_spans.pop(place)
        is_safe = kind is not InlineKind.HYPERLINK or is_safe_target(target)
        if is_safe and self.length > start:
            self.inlines.append(Inline(start, self.length, kind, target))
