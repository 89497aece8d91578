"""Who wrote a page and when, as its elements say: by microdata, by `rel`, by class."""

import re
from collections.abc import Iterator, Mapping

from app.text.byline import Byline, read_byline
from app.text.dates import DateOrder
from app.text.readers.facts import Facts, stated
from app.text.readers.html_article import has_clutter
from app.text.readers.html_display import is_dropped
from app.text.readers.markup import Element
from app.text.signing import without_by
from app.text.word_sets import word_set

# "author", "entry-author", "story-meta__authors"; but "comment-author" is another's.
_NAME_CLASS = re.compile(
    r"(?!.*(?:comment|reply|related|teaser))(?:.*[-_])?(?:authors?|byline)"
    r"(?:[-_]+(?:name|names|link|author))?|authorname"
)
_DATE_CLASSES = word_set(
    "published entry-date dt-published post-date pubdate publish-date published-date"
)
_MOST_LENGTH = 200  # characters of a byline
_MOST_NAMES = 6
_TRAILING = re.compile(r"\s*(?:\bFollow\b(?:\s+@\w+)?|\(.*\)|,)\s*$")


def byline_facts(page: Element, parents: Mapping[Element, Element], order: DateOrder) -> Facts:
    """Return what the elements of a page say of its author and its day, comments left out."""
    elements = [e for e in page.walk() if _may_say(e) and not has_clutter_around(e, parents)]
    author, day = _author(elements, parents, order), _day(elements)
    found = stated("byline element", {"author": author.author, "published_on": day}, order)
    if found.published_on is None and author.published_on is not None:
        guessed = frozenset({"published_on"} & author.guessed)
        return Facts(
            "byline element",
            author=found.author,
            published_on=author.published_on,
            guessed=guessed,
        )
    return found


def _may_say(element: Element) -> bool:
    """Tell whether an element may name an author or a day: few of a page do."""
    attributes = element.attributes
    if "itemprop" in attributes or "rel" in attributes or element.tag in {"time", "abbr"}:
        return True
    return "class" in attributes and _is_named(element)


def _is_named(element: Element) -> bool:
    """Tell whether a class of an element says that it names an author; "pb-byline" does, too."""
    names = element.get("class").lower()
    if "author" not in names and "byline" not in names:
        return False
    return any(map(_NAME_CLASS.fullmatch, names.split()))


def has_clutter_around(element: Element, parents: Mapping[Element, Element]) -> bool:
    """Tell whether an element stands in a part of the page that is none of the article.

    An `address` says how to reach the author of the article that it is in, also if it stands aside.
    """
    line: list[Element] = []
    while (parent := parents.get(element)) is not None and element.tag != "address":
        line.append(parent)
        element = parent
    return has_clutter(line, ignores_bylines=True)


def read_name(text: str, order: DateOrder) -> Byline:
    """Read the words of an element that names an author; empty where they name none."""
    words = without_by(_TRAILING.sub("", " ".join(text.split())))
    if not 0 < len(words) <= _MOST_LENGTH:
        return Byline()
    found = read_byline(words, order)
    if found is None or not found.author:
        found = read_byline(f"By {words}", order)
    return found or Byline()


def _author(
    elements: list[Element], parents: Mapping[Element, Element], order: DateOrder
) -> Byline:
    for candidates in (_by_itemprop(elements), _by_rel(elements), _by_class(elements)):
        first: Element | None = None
        whole = Byline()
        names: list[str] = []
        for element, words in candidates:
            if first is not None and not _are_near(first, element, parents):
                break
            read = read_name(words, order)
            if not read.author:
                continue
            if first is None:
                first, whole = element, read
            if read.author not in names:
                names.append(read.author)
        if names:
            author = ", ".join(names[:_MOST_NAMES])
            return Byline(author, "", whole.published_on, whole.guessed)
    return Byline()


def _by_itemprop(elements: list[Element]) -> Iterator[tuple[Element, str]]:
    for element in elements:
        if "author" in element.get("itemprop").lower().split():
            inner = [e for e in element.walk() if e is not element and e.get("itemprop") == "name"]
            named = inner[0] if inner else element
            yield element, named.get("content") or _shown(named)


def _by_rel(elements: list[Element]) -> Iterator[tuple[Element, str]]:
    for element in elements:
        if element.tag != "link" and "author" in element.get("rel").lower().split():
            yield element, _shown(element)


def _by_class(elements: list[Element]) -> Iterator[tuple[Element, str]]:
    for element in elements:
        if _is_named(element):
            yield element, _shown(element)


def _shown(element: Element) -> str:
    """Return what is shown of an element's words; those of two elements do not touch."""
    parts = [
        child if isinstance(child, str) else f" {_shown(child)} "
        for child in element.children
        if isinstance(child, str) or not is_dropped(child)
    ]
    return "".join(parts).replace(" ,", ",")


def _are_near(one: Element, other: Element, parents: Mapping[Element, Element]) -> bool:
    """Tell whether two elements name authors of one article: they have a near parent."""
    above = [parents.get(one), parents.get(parents.get(one, one), one)]
    return any(
        element is not None and element in above
        for element in (parents.get(other), parents.get(parents.get(other, other), other))
    )


def _day(elements: list[Element]) -> str:
    for element in elements:
        classes = element.get("class").lower().split()
        is_published = "datepublished" in element.get("itemprop").lower().split()
        is_time = element.tag in {"time", "abbr"} and (
            "pubdate" in element.attributes or not _DATE_CLASSES.isdisjoint(classes)
        )
        if is_published or is_time:
            for written in (
                element.get("datetime"),
                element.get("content"),
                element.get("title"),
                element.text(),
            ):
                if written.strip():
                    return written.strip()
    return ""
