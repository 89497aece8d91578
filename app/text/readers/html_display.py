"""How a browser displays an element: as a block, a list, a heading, in italics, or not at all."""

import re
from itertools import islice

from app.text.readers.markup import Element
from app.text.word_sets import word_set

DROPPED = word_set(
    "head script style template noscript iframe object embed applet audio video canvas svg map "
    "button input select option textarea datalist progress meter dialog rt rp link meta"
)
BLOCKS = word_set(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav "
    "ol p pre search section summary table tbody td tfoot th thead title tr ul"
)
LISTS = frozenset({"ul", "ol", "menu", "dir"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
STYLED = word_set("a em i cite dfn var strong b span font code kbd samp tt")  # perhaps

_HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE
)
_FOR_SCREEN_READERS = word_set(
    "sr-only visually-hidden visuallyhidden screen-reader-text screenreader-text "
    "element-invisible assistive-text u-visually-hidden"
)
_PERMALINKS = frozenset({"", "#", "\u00b6", "\u00a7", "\u2693", "\U0001f517", "link", "permalink"})
_STRONG_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_PLAIN_STYLE = re.compile(r"font-(?:weight|style)\s*:\s*(?:normal|400)", re.IGNORECASE)
_ITALIC_STYLE = re.compile(r"font-style\s*:\s*(?:italic|oblique)", re.IGNORECASE)


def is_dropped(element: Element) -> bool:
    """Tell whether nothing of an element is shown in an article: code, controls, what is hidden."""
    if element.tag in DROPPED or not element.tag:
        return True
    attributes = element.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
        return True
    if "style" in attributes and _HIDDEN_STYLE.search(attributes["style"]):
        return True
    return not _FOR_SCREEN_READERS.isdisjoint(element.words)


def is_emphasis(element: Element) -> bool:
    """Tell whether an element is shown in italics."""
    if element.tag in {"em", "i", "cite", "dfn", "var"}:
        return not _PLAIN_STYLE.search(element.get("style"))
    return element.tag in {"span", "font"} and bool(_ITALIC_STYLE.search(element.get("style")))


def is_strong(element: Element) -> bool:
    """Tell whether an element is shown in bold."""
    if element.tag in {"strong", "b"}:
        return not _PLAIN_STYLE.search(element.get("style"))
    return element.tag in {"span", "font"} and bool(_STRONG_STYLE.search(element.get("style")))


def is_code(element: Element) -> bool:
    """Tell whether an element is shown in a typewriter's letters."""
    return element.tag in {"code", "kbd", "samp", "tt"}


def is_formula(image: Element) -> bool:
    """Tell whether an image is a formula, whose text are the signs in it."""
    return any("math" in word or "latex" in word for word in image.words)


def is_permalink(link: Element) -> bool:
    """Tell whether a link in a heading is only a sign that leads to the heading itself."""
    return link.get("href").startswith("#") and link.text().strip() in _PERMALINKS


def heading_level(element: Element) -> int:
    """Return the level of a heading, 1 to 6, and 0 for any other element."""
    if element.tag in HEADINGS:
        return int(element.tag[1])
    if element.get("role") == "heading":
        level = element.get("aria-level")
        return int(level) if level in {"1", "2", "3", "4", "5", "6"} else 2
    return 0


def is_data_table(table: Element) -> bool:
    """Tell a table of data from one that only lays out a page."""
    if table.get("role") in {"presentation", "none"}:
        return False
    below = list(islice(table.walk(), 1, _MOST_CELLS))
    if len(below) == _MOST_CELLS - 1 or any(e.tag in _NEVER_IN_CELLS for e in below):
        return False
    if any(element.tag in {"th", "caption"} for element in below):
        return True
    rows = rows_of(table)
    if len(rows) == 1:
        return False  # the columns of a page
    widest = max(sum(cell.tag in {"td", "th"} for cell in row.elements) for row in [*rows, table])
    longest = max((len(e.text()) for e in below if e.tag == "td"), default=0)
    return widest > 1 and longest <= _MAX_CELL


def rows_of(table: Element) -> list[Element]:
    """Return the rows of a table."""
    return list(table.find_all("tr"))


_NEVER_IN_CELLS = HEADINGS | LISTS | {"table", "blockquote", "pre", "article", "section", "figure"}
_MAX_CELL = 1_000
_MOST_CELLS = 50_000
