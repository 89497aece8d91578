"""The one door to lxml: HTML and XML become a tree of our own, without entities or network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement as HtmlElement  # noqa: PLC0414  for the extractor

from app.frozen import frozen
from app.text.limits import Limits
from app.text.unreadable import Unreadable
from app.text.word_sets import word_set

_NO_WORDS: frozenset[str] = frozenset()
# Deeper elements are read as if they stood this deep, as browsers do: whoever walks the tree may
# then call itself once for each level.
MAX_DEPTH = 100
_NO_CHARACTERS = ("\ufffe", "\uffff")  # XML has none of them
# One class for all elements is looked up without a call of Python, which lxml.html's own needs.
_HTML_ELEMENTS = etree.ElementDefaultClassLookup(element=HtmlElement)
_NOT_ARTICLE = word_set(
    "style svg template iframe noscript object embed canvas audio video map source button select "
    "datalist textarea input"
)


@dataclass(slots=True, eq=False)
class Element:
    """An element: its name in lower case without a namespace, attributes likewise, children."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)
    _words: frozenset[str] | None = None

    def get(self, name: str) -> str:
        """Return an attribute's value, "" without one."""
        return self.attributes.get(name, "")

    @property
    def words(self) -> frozenset[str]:
        """The words of the attributes `class` and `id`, in lower case, as they were first asked."""
        if self._words is None:
            written = [self.attributes[name] for name in ("class", "id") if name in self.attributes]
            self._words = frozenset(" ".join(written).lower().split()) if written else _NO_WORDS
        return self._words

    @property
    def elements(self) -> list["Element"]:
        """The children that are elements."""
        return [child for child in self.children if type(child) is Element]

    def walk(self) -> Iterator["Element"]:
        """Yield this element and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            if element.children:
                waiting += [child for child in element.children[::-1] if type(child) is Element]

    def find_all(self, *tags: str) -> Iterator["Element"]:
        """Yield the elements of some names, in the order of the document."""
        return (element for element in self.walk() if element.tag in tags)

    def find(self, tag: str) -> "Element | None":
        """Return the first element of a name, or None."""
        return next(self.find_all(tag), None)

    def text(self) -> str:
        """Return all text in the element, as it is written."""
        parts: list[str] = []
        waiting: list[Element | str] = [self]
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                parts.append(item)
            else:
                waiting.extend(reversed(item.children))
        return "".join(parts)


@frozen
class Page:
    """A whole web page: its `html` element, and its elements by name, in their order.

    `nodes` is lxml's tree of it, for the extractor; None where it has what XML has not, which
    libraries cannot write into a tree.
    """

    root: Element
    by_tag: Mapping[str, Sequence[Element]]
    nodes: HtmlElement | None

    def find_all(self, tag: str) -> Sequence[Element]:
        """Return the elements of a name, in the order of the document."""
        return self.by_tag.get(tag, ())

    def find(self, tag: str) -> Element | None:
        """Return the first element of a name, or None."""
        return next(iter(self.find_all(tag)), None)


def parse_html(text: str, limits: Limits) -> Element:
    """Parse HTML, however broken; returns its `html` element. Comments are left out.

    Raises: Unreadable (empty, too many elements, or elements inside elements without end).
    """
    return _tree(_parsed(text, limits))


def parse_page(text: str, limits: Limits) -> Page:
    """Parse a page as `parse_html` does.

    Raises: Unreadable, as `parse_html`.
    """
    nodes = _parsed(text, limits)
    is_fit = isinstance(nodes, HtmlElement) and not any(char in text for char in _NO_CHARACTERS)
    root = _tree(nodes)
    by_tag: dict[str, list[Element]] = {}
    for element in root.walk():
        by_tag.setdefault(element.tag, []).append(element)
    return Page(root, by_tag, nodes if is_fit else None)


def prepare_for_extractor(root: HtmlElement, most_children: int) -> HtmlElement | None:
    """Make a tree of `parse_page` smaller for a library that copies it; None where it is unsafe.

    Scripts are empty in it, but for JSON-LD.
    """
    if max(map(len, root.iter())) > most_children:
        return None
    for script in root.iter("script"):
        if script.get("type", "").strip().lower() != "application/ld+json":
            script.text = None
    etree.strip_elements(root, *_NOT_ARTICLE, with_tail=False)
    return root


def parse_xml(content: bytes, limits: Limits) -> Element:
    """Parse XML strictly; entities that it declares are left out, nothing else is loaded.

    Raises: Unreadable (it is not XML, or has too many elements).
    """
    check_elements(content.count(b"<"), limits)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _not_markup() from error
    return _tree(root)


def check_elements(count: int, limits: Limits) -> None:
    """Refuse a file with more elements than one file may have, in all of its parts together.

    Raises: Unreadable.
    """
    if count > limits.elements:
        message = (
            f"The file has more than {limits.elements:,} elements, the most that can be read. "
            "Split it into several files."
        )
        raise Unreadable(message)


def _parsed(text: str, limits: Limits) -> etree._Element:
    check_elements(text.count("<"), limits)
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    parser.set_element_class_lookup(_HTML_ELEMENTS)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _not_markup() from error
    if root is None:
        raise _not_markup()
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        message = (
            "The page has elements inside elements, too deep to be read. Open it in a browser, "
            "copy the article, and paste it."
        )
        raise Unreadable(message)
    return root


def _not_markup() -> Unreadable:
    return Unreadable("The file is broken: its markup cannot be read. Save it again, and try that.")


def _tree(root: etree._Element) -> Element:
    top = Element("")
    line = [top]  # the elements that are open, outermost first
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            tag = _local(node.tag) if isinstance(node.tag, str) else ""
            element = Element(tag, _attributes(node))
            line[min(len(line), MAX_DEPTH) - 1].children.append(element)
            line.append(element)
            if tag and node.text:
                element.children.append(str(node.text))
        else:
            line.pop()
            # The text after the root is none of the document's.
            if node.tail and len(line) > 1:
                line[min(len(line), MAX_DEPTH) - 1].children.append(str(node.tail))
    return top.elements[0]


def _attributes(node: etree._Element) -> dict[str, str]:
    return {_local(name): value for name, value in node.items()}


@lru_cache(maxsize=256)
def _local(name: str) -> str:
    """Return a name without its namespace: "{http://…}href" and "epub:type" lose theirs."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()
