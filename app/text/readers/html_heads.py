"""The head of an article in a page: from its title to its first paragraph.

What leads into the article there is its own, though it is short or a heading. What repeats the
title, the author or the paragraph before it is not.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from app.text.byline import read_byline
from app.text.dates import DateOrder
from app.text.document import BlockKind
from app.text.names import ROLE
from app.text.readers.html_article import ancestors_of, has_clutter, is_prose, letters_of
from app.text.readers.html_blocks import PlacedPiece
from app.text.readers.html_display import BLOCKS
from app.text.readers.markup import Element
from app.text.word_sets import word_set

_LEAST = 20  # characters of a sentence or of a heading that lead into an article
_MOST_LINKED = 0.4
_MOST_SIGNED = 3  # of an article's first paragraphs and captions, among which its byline may stand
_MOST_LENGTH = 200  # characters of a byline below the first of them
_SENTENCE_END = re.compile(r"[.!?\u2026][\"'\u201d\u2019\u00bb)\]]*$")
# How a standfirst is called in the trade, by itself or within a class.
_STANDFIRST = word_set(
    "standfirst subtitle subheadline subheading subhead subhed deck dek sapo chapo chapeau vorspann"
)
_NAME_PARTS = re.compile(r"[^a-z]+")
_LABEL = re.compile(
    r"(?:by|from|share|save|print|listen|(?:press|news) release|"
    r"(?:first |last |date )?(?:published|posted|updated|modified)|"
    r"[0-9]+[\s-]min(?:ute)?s?(?:\s+read)?)\s*:?",
    re.IGNORECASE,
)
_NEAR = 3  # elements, from the inside
_LEADING = frozenset({BlockKind.HEADING, BlockKind.PARAGRAPH})
_BY = re.compile(r"(?:(?:written|posted)\s+)?by:?\s+|(?:par|von|por|di):?\s+", re.IGNORECASE)
_AFTER_NAME = re.compile(r"\s*(?:$|[,(|\u00b7\u2022\u2013\u2014-]|(?:and|&)\s)", re.IGNORECASE)
# "Jane Doe 5 March": a day without its year, which no byline has.
_DAY_AFTER = re.compile(
    r"\s(?:on\s)?(?:[0-9]{1,2}\.?\s[^\W\d_]{3,10}|[^\W\d_]{3,10}\.?\s[0-9]{1,2})\.?"
)
_PART = re.compile(r"\s*[|\u00b7\u2022\n]\s*")


def with_lead(
    placed: Sequence[PlacedPiece],
    parents: Mapping[Element, Element],
    is_article: Sequence[bool],
    title: int | None,
) -> list[bool]:
    """Add to an article what stands between its title and its first paragraph, and leads into it.

    That is prose, or a short sentence or a heading that ends as one in the box of either, unless
    its element says that it is no part of an article. Bylines, dates and links are not.
    """
    article = list(is_article)
    first = next((i for i, is_its in enumerate(article) if is_its and i != title), 0)
    if title is None or first <= title:
        return article
    around = set(ancestors_of(placed[first].element, parents))
    boxes = {_box(placed[index].element, parents) for index in (title, first)}
    for index in range(title + 1, first):
        one = placed[index]
        line = ancestors_of(one.element, parents)
        is_boxed = is_prose(one) or _box(one.element, parents) in boxes
        if (_leads(one) and is_boxed) or _is_standfirst(one, line):
            depth = next((d for d, element in enumerate(line) if element in around), None)
            article[index] = not has_clutter(line, depth)
    return article


def find_repeated(
    placed: Sequence[PlacedPiece],
    parents: Mapping[Element, Element],
    is_article: Sequence[bool],
    title: int | None,
    *,
    authors: Sequence[str],
    order: DateOrder,
) -> frozenset[int]:
    """Find the blocks of an article's head that repeat what is known, by index from 0.

    They are the title once more, a line with one of the `authors` that does not read as a byline,
    and the first paragraph where it stands once more in another box.
    """
    head, body = _head_and_body(placed, is_article, title)
    titled = "" if title is None else letters_of(placed[title].piece.text)
    found = {index for index in head if letters_of(placed[index].piece.text) == titled}
    names = [name for name in authors if " " in name]
    for at, index in enumerate([*head, *body[:_MOST_SIGNED]]):
        text = placed[index].piece.text
        if at > len(head) and len(text) > _MOST_LENGTH:
            continue  # below a paragraph a long one is another
        if _is_signed(text, names) and not _is_byline(text, order):
            found.add(index)
    body = [index for index in body if index not in found]
    first = next(iter(body), 0)
    for index in body[1:]:
        one = placed[index]
        is_same = letters_of(one.piece.text) == letters_of(placed[first].piece.text)
        # What an author says twice stands side by side.
        if not is_same or _box(one.element, parents) is _box(placed[first].element, parents):
            break
        found.add(index)
    return frozenset(found)


def find_about(
    placed: Sequence[PlacedPiece], is_article: Sequence[bool], title: int, order: DateOrder
) -> frozenset[int]:
    """Find the blocks between a title and the first paragraph that are labels, roles or days."""
    head, body = _head_and_body(placed, is_article, title)
    return frozenset(
        index
        for index in head
        if body and index > title and _is_about(placed[index].piece.text, order)
    )


def _head_and_body(
    placed: Sequence[PlacedPiece], is_article: Sequence[bool], title: int | None
) -> tuple[list[int], list[int]]:
    """Part the blocks of an article, but for its title, before its first paragraph of prose."""
    own = [index for index, is_its in enumerate(is_article) if is_its and index != title]
    end = next((at for at, index in enumerate(own) if is_prose(placed[index])), len(own))
    return own[:end], own[end:]


def _leads(one: PlacedPiece) -> bool:
    text = one.piece.text
    is_linked = one.linked >= len(text) * _MOST_LINKED
    if one.piece.kind not in _LEADING or is_linked or len(text) < _LEAST:
        return False
    return is_prose(one) or _SENTENCE_END.search(text) is not None


def _is_standfirst(one: PlacedPiece, line: Sequence[Element]) -> bool:
    """Tell whether a block, or what it stands in, is called the standfirst of the article."""
    is_linked = one.linked >= len(one.piece.text) * _MOST_LINKED
    return not is_linked and any(
        not _STANDFIRST.isdisjoint(_NAME_PARTS.split(name))
        for element in line[:_NEAR]
        for name in (*element.words, element.get("data-gu-name"), element.get("data-testid"))
    )


def _box(element: Element, parents: Mapping[Element, Element]) -> Element | None:
    """Return what holds the innermost block, such as a paragraph, that an element is or is in."""
    line = ancestors_of(element, parents)
    depth = next((d for d, outer in enumerate(line) if outer.tag in BLOCKS), len(line))
    return next(iter(line[depth + 1 :]), None)


def _is_signed(text: str, names: Sequence[str]) -> bool:
    """Tell whether a line, or a part of it, is "By NAME" with what NAME is, or a name alone."""
    return any(
        part.casefold() == name or _begins_with_name(part, name)
        for name in map(str.casefold, names)
        for part in _parts(text)
    )


def _begins_with_name(part: str, name: str) -> bool:
    by = _BY.match(part)
    if by is None:
        is_first = part.casefold().startswith(f"{name} ")
        return is_first and _DAY_AFTER.fullmatch(part, len(name)) is not None
    if not part[by.end() :].casefold().startswith(name):
        return False
    return _AFTER_NAME.match(part, by.end() + len(name)) is not None


def _parts(text: str) -> Iterator[str]:
    return (part for part in _PART.split(text) if part)


def _is_about(text: str, order: DateOrder) -> bool:
    """Tell a label such as "Published:", what an author is, or a day alone."""
    if _LABEL.fullmatch(text) or ROLE.fullmatch(text):
        return True
    found = read_byline(text, order)
    return found is not None and not found.author and found.published_on is not None


def _is_byline(text: str, order: DateOrder) -> bool:
    byline = read_byline(text, order)
    return byline is not None and bool(byline.author)
