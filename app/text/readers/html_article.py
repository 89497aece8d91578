"""Finding the article in a web page: the rest, such as menus and comments, is left out."""

import re
from collections.abc import Iterable

from app.text.readers.html_look import HEADINGS, is_dropped
from app.text.readers.html_notes import find_notes
from app.text.readers.markup import Element
from app.text.readers.words import word_set

_PROSE = frozenset({"p", "li", "blockquote", "pre", "td", "dd", *HEADINGS})
_CLUTTER_TAGS = frozenset({"nav", "form"})
_OUTSIDE_TAGS = frozenset({"footer", "aside"})
_CLUTTER_ROLES = word_set(
    "navigation banner contentinfo search dialog alertdialog toolbar menu menubar form "
    "complementary"
)
_CLUTTER_WORDS = re.compile(
    r"(?:^|[-_])(?:comments?|disqus|respond|share|shar(?:e|ing)[-_]?(?:bar|buttons?|links?|tools)|"
    r"social|related|recirc(?:ulation)?|recommended|newsletter|subscribe|subscription|signup|promo|"
    r"advert(?:isement)?s?|ads?|sponsor(?:ed)?|sidebar|breadcrumbs?|cookies?|consent|paywall|popup|"
    r"modal|navbar|navigation|menu|most[-_]?read|trending|outbrain|taboola|author[-_]?bio|tags|"
    r"pagination|pager|skip[-_]?link|site[-_]?(?:header|footer)|print[-_]?only|edit[-_]?section|"
    r"editsection|toc)(?:$|[-_])"
)
_ARTICLE_WORDS = word_set(
    "article-body article__body articlebody article-content article__content entry-content "
    "post-content post-body post__content story-body story-content storybody body-content "
    "mw-parser-output available-content c-article-content"
)
# Whatever holds this share of the page's words is no clutter, however it is called.
_MOST_SHARE = 0.5
_ARTICLE_SHARE = 0.4
_DESCENT_SHARE = 0.9
_LINKED_SHARE = 0.7
_LEAST_LINKS = 3


def find_article(page: Element) -> Element:
    """Return the article of a page, with its heading first, as a tree of its own.

    It is what the page marks as one, if that holds a good part of the words; else the smallest
    element that holds nearly all of them. A page without either comes back whole.
    """
    body = page.find("body") or page
    weights = _weights(body)
    whole = weights[body]
    marked = [e for e in body.walk() if _is_marked(e) and weights[e] >= whole * _ARTICLE_SHARE]
    if marked:
        root = _innermost(marked, weights)
        article = _without_clutter(root, weights[root], weights, keeps_links=True)
        article.children.extend(_notes_outside(body, root))
        heading = _heading_before(body, root)
    else:
        cleaned = _without_clutter(body, whole, weights)
        article = _descend(cleaned)
        heading = _heading_before(cleaned, article)
    if heading is not None and article.find("h1") is None:
        article.children.insert(0, heading)
    return article


def _notes_outside(body: Element, root: Element) -> list[Element]:
    """Return the footnotes that are marked in the article and stand elsewhere on the page."""
    inside = set(root.walk())
    notes = find_notes(body)
    marked = {number for link, number in notes.marks.items() if link in inside}
    return [
        container
        for container, number in notes.containers.items()
        if container not in inside and number in marked
    ]


def _weights(root: Element) -> dict[Element, int]:
    """Count, for each element, the characters of prose in it that are no links."""
    weights: dict[Element, int] = {}
    elements = list(root.walk())
    for element in reversed(elements):
        own = 0
        if not is_dropped(element) and element.tag != "a":
            own = sum(len(c.strip()) for c in element.children if isinstance(c, str))
            own += sum(weights[child] for child in element.elements)
        weights[element] = own
    return weights


def _is_marked(element: Element) -> bool:
    return (
        element.tag in {"article", "main"}
        or element.get("role") in {"article", "main"}
        or element.get("itemprop").lower() == "articlebody"
        or not _ARTICLE_WORDS.isdisjoint(element.words)
    )


def _innermost(marked: list[Element], weights: dict[Element, int]) -> Element:
    """Return the smallest of the marked elements that holds most of what the largest does."""
    most = max(weights[element] for element in marked)
    return [e for e in marked if weights[e] >= most * _MOST_SHARE][-1]


def _descend(root: Element) -> Element:
    """Go down as long as one element holds nearly all of the words."""
    weights = _weights(root)
    while True:
        inner = [e for e in root.elements if weights[e] >= weights[root] * _DESCENT_SHARE]
        if len(inner) != 1 or inner[0].tag in _PROSE or not weights[root]:
            return root
        root = inner[0]


def _without_clutter(
    root: Element, whole: int, weights: dict[Element, int], *, keeps_links: bool = False
) -> Element:
    """Copy an element without what belongs to the page and not to the article."""
    copy = Element(root.tag, root.attributes)
    for child in root.children:
        if isinstance(child, str):
            copy.children.append(child)
        elif not is_dropped(child):
            is_most = weights.get(child, 0) > whole * _MOST_SHARE
            if is_most or not _is_clutter(child, is_in_quotation=root.tag == "blockquote"):
                inner = _without_clutter(child, whole, weights, keeps_links=keeps_links)
                if is_most or keeps_links or not _is_link_list(inner):
                    copy.children.append(inner)
    return copy


def _is_clutter(element: Element, *, is_in_quotation: bool) -> bool:
    if element.tag in _CLUTTER_TAGS or element.get("role") in _CLUTTER_ROLES:
        return True
    if element.tag in _OUTSIDE_TAGS and not is_in_quotation:
        return not _is_note(element)
    if element.tag in _PROSE or element.tag in {"a", "span", "em", "strong", "sup"}:
        return False
    return any(_CLUTTER_WORDS.search(word) for word in element.words)


def _is_note(element: Element) -> bool:
    kinds = f"{element.get('role')} {element.get('type')} {element.get('class')}".lower()
    return "note" in kinds or element.get("id").lower().startswith(("fn", "footnote", "note"))


def _is_link_list(element: Element) -> bool:
    """Tell a list of links to other pages from one of the article's."""
    if element.tag not in {"ul", "ol", "div", "section", "table"}:
        return False
    links = list(element.find_all("a"))
    if len(links) < _LEAST_LINKS or any(link.get("href").startswith("#") for link in links):
        return False
    linked = sum(len(link.text().strip()) for link in links)
    return linked > len("".join(element.text().split())) * _LINKED_SHARE


def _heading_before(body: Element, root: Element) -> Element | None:
    """Return the last main heading that stands before an element: its title, most likely."""
    found = None
    for element in _before(body.walk(), root):
        if element.tag == "h1" and element.text().strip() and not is_dropped(element):
            found = element
    return found


def _before(elements: Iterable[Element], last: Element) -> Iterable[Element]:
    for element in elements:
        if element is last:
            return
        yield element
