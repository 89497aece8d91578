"""The styles of a Word file: what a paragraph is by its style, and by those that it is based on."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from app.frozen import frozen

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
QUOTATION = "GlossQuotation"  # the style of what is a quotation by its indents alone

_PLAIN_NAMES = frozenset(
    (
        "title",
        "quote",
        "intense quote",
        "block text",
        "quotations",
        "caption",
        "html preformatted",
        "preformatted text",
        "macro",
        *(f"heading {level}" for level in range(1, 7)),
        *(f"list {kind}" for kind in ("bullet", "number")),
        *(f"list {kind} {depth}" for kind in ("bullet", "number") for depth in range(2, 6)),
    )
)
_LONGEST_CHAIN = 20
_LEVELS = 6
_LEAST_INDENT = 280  # twentieths of a point on either side: half a centimetre
_FALSE = frozenset({"0", "false", "off"})


@frozen
class _Style:
    name: str
    base: str
    properties: Element | None
    run: Element | None


class Styles:
    """The styles of a file, by their ids."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        for style in () if root is None else root.iter(f"{WORD}style"):
            self._styles[style.get(f"{WORD}styleId", "")] = _Style(
                _value(style, "name").lower(),
                _value(style, "basedOn"),
                style.find(f"{WORD}pPr"),
                style.find(f"{WORD}rPr"),
            )

    def meant(self, properties: Element) -> str:
        """Return the id of the style that a paragraph is to be read by, "" to leave it its own.

        That is the nearest that has a meaning of those that its own is based on, or a heading's
        where an outline level says so.
        """
        own = _value(properties, "pStyle")
        for number, (style_id, style) in enumerate(self._chain(own)):
            if style.name in _PLAIN_NAMES:
                return style_id if number else ""
            if style.properties is not None and style.properties.find(f"{WORD}numPr") is not None:
                return ""
            if level := _outline_level(style.properties):
                return f"Heading{level}"
        level = _outline_level(properties)
        return f"Heading{level}" if level else ""

    def has_meaning(self, properties: Element) -> bool:
        """Tell whether a paragraph is a heading, list item or quotation by itself or its style."""
        if properties.find(f"{WORD}numPr") is not None or self.meant(properties):
            return True
        return any(
            style.name in _PLAIN_NAMES
            or (style.properties is not None and style.properties.find(f"{WORD}numPr") is not None)
            for _, style in self._chain(_value(properties, "pStyle"))
        )

    def is_inset(self, properties: Element) -> bool:
        """Tell whether a paragraph is indented on both sides, and not set in the middle."""
        chain = [style.properties for _, style in self._chain(_value(properties, "pStyle"))]
        known = [properties, *(found for found in chain if found is not None)]
        if next(filter(None, (_value(found, "jc") for found in known)), "") == "center":
            return False
        return all(
            _indent(known, *names) >= _LEAST_INDENT
            for names in (("left", "start"), ("right", "end"))
        )

    def is_hidden(self, run: Element | None) -> bool:
        """Tell whether the properties of a run, or its style, hide it."""
        if run is None:
            return False
        chain = [style.run for _, style in self._chain(_value(run, "rStyle"))]
        for properties in (run, *chain):
            mark = None if properties is None else properties.find(f"{WORD}vanish")
            if mark is not None:
                return mark.get(f"{WORD}val", "true").lower() not in _FALSE
        return False

    def hides_paragraph(self, properties: Element | None) -> bool:
        """Tell whether a paragraph's style hides its runs."""
        chain = self._chain("" if properties is None else _value(properties, "pStyle"))
        return any(self.is_hidden(style.run) for _, style in chain)

    def _chain(self, style_id: str) -> Iterator[tuple[str, _Style]]:
        """Yield a style and those that it is based on, nearest first."""
        for _ in range(_LONGEST_CHAIN):
            style = self._styles.get(style_id)
            if style is None:
                return
            yield style_id, style
            style_id = style.base


def _value(parent: Element, name: str) -> str:
    found = parent.find(f"{WORD}{name}")
    return "" if found is None else found.get(f"{WORD}val", "")


def _outline_level(properties: Element | None) -> int:
    """Return the level of a heading that an outline level makes, 0 for none."""
    written = "" if properties is None else _value(properties, "outlineLvl")
    return int(written) + 1 if written in {str(level) for level in range(_LEVELS)} else 0


def _indent(known: list[Element], *names: str) -> int:
    for properties in known:
        found = properties.find(f"{WORD}ind")
        attributes: Mapping[str, str] = {} if found is None else found.attrib
        for name in names:
            written = attributes.get(f"{WORD}{name}", "")
            if written.lstrip("-").isdecimal() and len(written) < 7:  # noqa: PLR2004 no page is wider
                return int(written)
    return 0
