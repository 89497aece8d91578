"""Footnotes of HTML: which links are marks, what they lead to, and which links lead back."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.text.readers.html_display import BLOCKS, is_dropped
from app.text.readers.markup import Element

_MARK = re.compile(
    r"[\[({]?\s*(?:[0-9]{1,4}|[a-z]|[ivxl]{1,6}|[*\u2020\u2021\u00a7\u00b6#]{1,4})"
    r"\s*[\])}]?[.:]?",
    re.IGNORECASE,
)
_NOTE_NAME = re.compile(r"(?:^|[_:.-])(?:foot|end)?(?:fn|note|ftn|edn|cite)", re.IGNORECASE)
_NOTE_ROLES = frozenset({"doc-noteref", "noteref"})
_BACK_ROLES = frozenset({"doc-backlink", "backlink"})
_BACK_WORDS = frozenset({"", "back", "return", "jump up", "go back", "return to text"})
_WRAPPINGS = " \t\n[](){}.:"
_ARROWS = "\u21a9\u21b5\u2191\u2934\u23ce\u2b06\u25b2^\ufe0e\ufe0f"
_CONTAINERS = frozenset({"li", "p", "aside", "dd", "div", "section", "td", "tr", "blockquote"})
_MOST_LOOKED_AT = 20_000


@dataclass(slots=True)
class Notes:
    """The footnotes of a page, by the identity of its elements.

    `marks` are the links in the text and `containers` the footnotes, each with the number that it
    is shown as; `returns` are the links back, which are not of the text.
    """

    marks: dict[Element, str] = field(default_factory=dict)
    containers: dict[Element, str] = field(default_factory=dict)
    returns: set[Element] = field(default_factory=set)


def find_notes(root: Element) -> Notes:
    """Find the footnotes of a page.

    A mark is a short link to a later place that is named as a note, or that links back.
    """
    links = [link for link in root.find_all("a") if _aim(link)][:_MOST_LOOKED_AT]
    links = [link for link in links if _MARK.fullmatch(link.text().strip())]
    if not links:
        return Notes()
    places, parents, order = _places(root)
    candidates: list[tuple[Element, Element]] = []
    for link in links:
        target = places.get(_aim(link))
        if target is None:
            continue
        container = _container(target, parents)
        is_later = order[container] > order[link] if container else False
        if container is not None and is_later and not _is_around(container, link, parents):
            candidates.append((link, container))
    containers = {container for _link, container in candidates}
    aims = {each: {_aim(link) for link in each.find_all("a")} for each in containers}
    pairs = [
        (link, container)
        for link, container in candidates
        if _is_named_note(link) or aims[container] & _names(link, parents)
    ]
    return _numbered(pairs, parents)


def _numbered(pairs: list[tuple[Element, Element]], parents: dict[Element, Element]) -> Notes:
    """Give each note the number that its marks show, or count where that is not one each."""
    notes = Notes()
    shown: dict[Element, str] = {}
    for link, container in pairs:
        shown.setdefault(container, link.text().strip(_WRAPPINGS))
    counted = Counter(shown.values())
    is_distinct = all(count == 1 for count in counted.values())
    for number, container in enumerate(shown, start=1):
        notes.containers[container] = shown[container] if is_distinct else str(number)
    names = set()
    for link, container in pairs:
        notes.marks[link] = notes.containers[container]
        names |= _names(link, parents)
    for container, written in notes.containers.items():
        notes.returns.update(_returns(container, names, shown[container], written))
    return notes


def _returns(container: Element, names: set[str], *numbers: str) -> Iterator[Element]:
    """Yield the links of a footnote that only lead back to its marks."""
    for link in container.find_all("a"):
        text = link.text().strip().strip(_ARROWS + _WRAPPINGS).lower()
        is_bare = text in _BACK_WORDS or text in numbers
        is_back = _aim(link) in names or link.get("role") in _BACK_ROLES
        if is_bare and (is_back or link.get("type") in _BACK_ROLES):
            yield link


def _is_named_note(link: Element) -> bool:
    """Tell a footnote's mark from any other short link within the page, by what it is called."""
    if link.get("role") in _NOTE_ROLES or link.get("type") in _NOTE_ROLES:
        return True
    return any(_NOTE_NAME.search(name) for name in (_aim(link), *link.get("class").split()))


def _places(
    root: Element,
) -> tuple[dict[str, Element], dict[Element, Element], dict[Element, int]]:
    """Return the elements by name, the parent of each, and its number in the document."""
    places: dict[str, Element] = {}
    parents: dict[Element, Element] = {}
    order: dict[Element, int] = {}
    for number, element in enumerate(root.walk()):
        order[element] = number
        for child in element.elements:
            parents[child] = element
        names = [element.get("id"), element.get("name") if element.tag == "a" else ""]
        for name in filter(None, names):
            places.setdefault(name, element)
    return places, parents, order


def _aim(link: Element) -> str:
    """Return the name of the place in the page that a link leads to, or ""."""
    before, _, name = link.get("href").partition("#")
    return name if not before else ""


def _names(link: Element, parents: dict[Element, Element]) -> set[str]:
    """Return the names by which a mark may be linked back to: its own and its <sup>'s."""
    elements = [link, *link.elements]
    parent = parents.get(link)
    if parent is not None and parent.tag in {"sup", "span"}:
        elements.append(parent)
    return {e.get(name) for e in elements for name in ("id", "name")} - {""}


def _container(target: Element, parents: dict[Element, Element]) -> Element | None:
    """Return the block that a footnote is, given the element that bears its name."""
    element: Element | None = target
    while element is not None and element.tag not in BLOCKS:
        element = parents.get(element)
    if element is None or element.tag not in _CONTAINERS or is_dropped(element):
        return None
    parent = parents.get(element)
    # The paragraph that bears the name may be the first of several in the note.
    if element.tag == "p" and parent is not None and parent.tag in {"li", "aside", "dd"}:
        return parent
    if parent is not None and parent.tag == "div" and _NOTE_NAME.search(parent.get("id")):
        return parent
    if element.tag == "td" and parent is not None:
        return parent
    return element


def _is_around(container: Element, link: Element, parents: dict[Element, Element]) -> bool:
    element: Element | None = link
    while element is not None:
        if element is container:
            return True
        element = parents.get(element)
    return False
