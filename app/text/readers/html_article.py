"""Finding the article in a web page: the rest, such as menus and comments, is left out.

Trafilatura finds which words are the article's. Where it is too strict we are not: what stands
among them or just before them is the article's too, unless the page says what else it is.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from app.text.document import BlockKind, InlineKind
from app.text.readers.extractor import Extractor
from app.text.readers.html_blocks import PlacedPiece
from app.text.readers.html_display import HEADINGS
from app.text.readers.markup import Element
from app.text.word_sets import word_set

_CLUTTER_TAGS = frozenset({"nav", "form"})
_OUTSIDE_TAGS = frozenset({"footer", "aside"})
_CLUTTER_ROLES = word_set(
    "navigation banner contentinfo search dialog alertdialog toolbar menu menubar form "
    "complementary"
)
_NAMELESS = HEADINGS | word_set("p li blockquote pre td dd a span em strong sup b i body html main")
# A name says that an element is no part of the article if all of its parts are such words or
# such as say nothing, "related-posts", "share_buttons"; "social-history" is no such name.
_CLUTTER_WORDS = word_set(
    "comment comments disqus respond reply replies share sharing sharedaddy social related "
    "relatedposts relatedcontent recirc recirculation recommended recommendations newsletter "
    "subscribe subscription signup promo promoted advert adverts advertisement advertising ad ads "
    "sponsor sponsored sidebar breadcrumb breadcrumbs cookie cookies consent popup modal navbar "
    "nav navigation menu trending popular outbrain taboola zergnet tags topics pagination pager "
    "next previous prev skip editsection toc byline author authors bio meta dateline timestamp "
    "toolbar suggested noprint onetrust cookiebot didomi gdpr"
)
_NEUTRAL_WORDS = word_set(
    "article articles post posts entry story stories content block module widget box container "
    "wrapper wrap section list links link buttons button bar tools icons icon area inner outer top "
    "bottom left right inline item items js jp site page main header footer most read reading "
    "more also on first last info name date print only edit body row col "
    "component group panel pane banner notice sdk print text title card cards media feed the for "
    "you in to of mod"
)
_BYLINE_WORDS = word_set("byline author authors meta dateline timestamp")
_NAME_PARTS = re.compile(r"[^a-z]+")
_IMAGE = re.compile(r"\[Image(?:: [^\]]*)?\]")
# What a page says of itself before one may read it; an article on cookies is found as one.
_NOTICE = re.compile(r"\bcookies?\b|\bstore and/or access\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W_]+")

_CERTAIN = 40  # letters that stand twice in a page by chance only where it repeats itself
_WINDOW = 20_000  # letters of the article in which a block is looked for
_MOST_BETWEEN = 5  # blocks from one that was found to a short one
_PROSE = 60  # characters of a paragraph that says something
_LINKED = 0.6
_LINKED_PROSE = 0.4
_MOST_BEFORE = 15  # blocks
_MOST_AFTER = 6
_LEAST_SHARE = 0.25  # of the page's prose: with less the extractor is asked to try harder
_PROSE_KINDS = frozenset(
    {BlockKind.PARAGRAPH, BlockKind.QUOTATION, BlockKind.LIST_ITEM, BlockKind.CAPTION}
)


def find_article_blocks(
    placed: Sequence[PlacedPiece], parents: Mapping[Element, Element], extractor: Extractor
) -> list[bool]:
    """Tell of each block of a page whether it is the article's.

    `parents` has the parent of each element of the page.
    """
    lines = [ancestors_of(one.element, parents) for one in placed]
    within = {line[0]: line for line in lines}
    clutter = {element: has_clutter(line) for element, line in within.items()}
    is_clutter = [clutter[line[0]] for line in lines]
    taken = _match(placed, extractor.words())
    prose = _length(
        one for one, is_its in zip(placed, is_clutter, strict=True) if not is_its and is_prose(one)
    )
    if _length(_taken(placed, taken)) < prose * _LEAST_SHARE:
        taken = _match(placed, extractor.words(is_thorough=True))
    if any(taken):
        taken = _without_named(placed, lines, taken)
        article = _with_islands(placed, lines, taken)
    else:
        article = [
            not is_its and one.linked <= len(one.piece.text) * _LINKED
            for one, is_its in zip(placed, is_clutter, strict=True)
        ]
    if not any(article):
        return [True] * len(placed)
    marks = {
        inline.target
        for one in _taken(placed, article)
        for inline in one.piece.inlines
        if inline.kind is InlineKind.FOOTNOTE_MARK
    }
    return [
        is_its or (one.piece.kind is BlockKind.FOOTNOTE and one.piece.marker in marks)
        for one, is_its in zip(placed, article, strict=True)
    ]


def title_of(
    placed: Sequence[PlacedPiece], article: Sequence[bool], titles: Sequence[str]
) -> int | None:
    """Return which block is the article's heading, perhaps one that stands before it.

    `titles` are what the page says that it is called. A heading that is in one of them goes before
    any other; else it is the first of the article or the last main heading before it.
    """
    prose = [index for index, is_its in enumerate(article) if is_its and is_prose(placed[index])]
    end = prose[0] if prose else len(placed)
    headings = [
        (index, one.piece)
        for index, one in enumerate(placed[:end])
        if one.piece.kind is BlockKind.HEADING
    ]
    said = [letters_of(title) for title in titles]
    named = [
        index
        for index, piece in headings
        if any(
            (key := letters_of(piece.text)) and key in title and len(key) * 2 >= len(title)
            for title in said
        )
    ]
    if named:
        return named[-1]
    inside = [index for index, piece in headings if article[index]]
    main = [index for index, piece in headings if piece.level == 1]
    if inside and (placed[inside[0]].piece.level == 1 or not main):
        return inside[0]
    return main[-1] if main else None


def parents_of(root: Element) -> dict[Element, Element]:
    """Return the parent of each element below another."""
    return {
        child: element
        for element in root.walk()
        for child in element.children
        if type(child) is Element
    }


@lru_cache(maxsize=4096)
def is_clutter_name(name: str) -> bool:
    """Tell whether a class or an id says that its element is no part of an article."""
    parts = [part for part in _NAME_PARTS.split(name.lower()) if part]
    known = _CLUTTER_WORDS | _NEUTRAL_WORDS
    return all(part in known for part in parts) and not _CLUTTER_WORDS.isdisjoint(parts)


def _match(placed: Sequence[PlacedPiece], words: str) -> list[bool]:
    """Tell which blocks are in the words that were taken, compared by their letters alone.

    A long block is found wherever it stands; a short one only right after or before another.
    """
    lines = [letters_of(line) for line in words.split("\n")]
    whole, lines_known = "".join(lines), frozenset(lines)
    keys = [letters_of(_IMAGE.sub("", one.piece.text)) for one in placed]
    spans: list[tuple[int, int] | None] = [None] * len(keys)
    place = 0
    for index, key in enumerate(keys):
        if len(key) < _CERTAIN:
            continue
        start = whole.find(key, place, place + len(key) + _WINDOW)
        if start < 0:
            start = whole.find(key, max(place - _WINDOW, 0), place)
        else:
            place = start + len(key)
        if start >= 0:
            spans[index] = (start, start + len(key))
    _match_short(keys, spans, whole)
    return [
        span is not None or (len(key) >= _CERTAIN and key in lines_known)
        for span, key in zip(spans, keys, strict=True)
    ]


def _match_short(keys: Sequence[str], spans: list[tuple[int, int] | None], whole: str) -> None:
    """Find short blocks: the words right after those of a block before them, or before the next."""
    end, since = 0, _MOST_BETWEEN + 1
    for index, key in enumerate(keys):
        is_short = 0 < len(key) < _CERTAIN and spans[index] is None
        if is_short and since <= _MOST_BETWEEN and whole.startswith(key, end):
            spans[index] = (end, end + len(key))
        end, since = _after(spans[index], end, since, 1)
    start, since = 0, _MOST_BETWEEN + 1
    for index, key in reversed(list(enumerate(keys))):
        is_short = 0 < len(key) < _CERTAIN and spans[index] is None
        if is_short and since <= _MOST_BETWEEN and whole.endswith(key, 0, start):
            spans[index] = (start - len(key), start)
        start, since = _after(spans[index], start, since, 0)


def _after(span: tuple[int, int] | None, place: int, since: int, side: int) -> tuple[int, int]:
    """Return where the words of the last block that was found are left, and how long ago it was."""
    return (place, since + 1) if span is None else (span[side], 0)


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, folded: what is compared where blanks differ."""
    return "".join(_LETTERS.findall(text.casefold()))


def _without_named(
    placed: Sequence[PlacedPiece], lines: Sequence[Sequence[Element]], taken: Sequence[bool]
) -> list[bool]:
    """Leave out what was taken of an element that says it is no part of the article.

    What holds half of all that was taken is the article, whatever it says.
    """
    around = _around(placed, lines, taken)
    whole = _length(_taken(placed, taken))
    kept = []
    for line, is_taken in zip(lines, taken, strict=True):
        depth = next(d for d, element in enumerate(line) if around[element] * 2 >= whole)
        kept.append(is_taken and not has_clutter(line, depth))
    return kept if any(kept) else list(taken)


def _around(
    placed: Sequence[PlacedPiece], lines: Sequence[Sequence[Element]], taken: Sequence[bool]
) -> Counter[Element]:
    """Count for each element the characters in it that were taken."""
    around: Counter[Element] = Counter()
    for one, line, is_taken in zip(placed, lines, taken, strict=True):
        if is_taken:
            for element in line:
                around[element] += len(one.piece.text)
    return around


def _with_islands(
    placed: Sequence[PlacedPiece], lines: Sequence[Sequence[Element]], taken: Sequence[bool]
) -> list[bool]:
    """Add to the blocks that were taken what stands among them, or is prose near their ends."""
    around = _around(placed, lines, taken)
    whole = _length(_taken(placed, taken))
    first, last = taken.index(True), len(taken) - 1 - list(reversed(taken)).index(True)
    article = list(taken)
    for island in _islands(lines, taken, around):
        begins, ends = island[0], island[-1]
        length = _length(placed[index] for index in island)
        linked = sum(placed[index].linked for index in island)
        is_near = begins - last <= _MOST_AFTER and first - ends <= _MOST_BEFORE
        for index in island:
            one = placed[index]
            line = lines[index]
            if first < index < last:
                depth = next(d for d, element in enumerate(line) if around[element])
                article[index] = linked <= length * _LINKED and not has_clutter(line, depth)
            elif is_near and is_prose(one) and not _NOTICE.search(one.piece.text):
                depth = next(d for d, element in enumerate(line) if around[element] * 2 >= whole)
                article[index] = not has_clutter(line, depth)
    return article


def _islands(
    lines: Sequence[Sequence[Element]],
    taken: Sequence[bool],
    around: Mapping[Element, int],
) -> list[list[int]]:
    """Gather the blocks that were not taken by the largest element in which none was."""
    islands: dict[Element | int, list[int]] = {}
    for index, (line, is_taken) in enumerate(zip(lines, taken, strict=True)):
        if not is_taken:
            depth = next(d for d, element in enumerate(line) if around[element])
            islands.setdefault(line[depth - 1] if depth else index, []).append(index)
    return list(islands.values())


def _taken(placed: Sequence[PlacedPiece], taken: Sequence[bool]) -> list[PlacedPiece]:
    return [one for one, is_taken in zip(placed, taken, strict=True) if is_taken]


def _length(placed: Iterable[PlacedPiece]) -> int:
    return sum(len(one.piece.text) for one in placed)


def ancestors_of(element: Element, parents: Mapping[Element, Element]) -> list[Element]:
    """Return an element and those around it, from the inside."""
    line = [element]
    while (parent := parents.get(line[-1])) is not None:
        line.append(parent)
    return line


def is_prose(one: PlacedPiece) -> bool:
    """Tell a block that says something, a paragraph or the like, from a label or a row of links."""
    length = len(one.piece.text)
    return (
        one.piece.kind in _PROSE_KINDS and length >= _PROSE and one.linked < length * _LINKED_PROSE
    )


def has_clutter(
    line: Sequence[Element], depth: int | None = None, *, ignores_bylines: bool = False
) -> bool:
    """Tell whether one of the `depth` innermost elements of a line is no part of an article.

    If it `ignores_bylines`, names that speak of authors and dates count for nothing.
    """
    is_quoted = any(element.tag == "blockquote" for element in line)
    return any(
        _is_clutter(element, is_quoted=is_quoted) and not (ignores_bylines and _is_byline(element))
        for element in line[:depth]
    )


def _is_byline(element: Element) -> bool:
    parts = {part for name in element.words for part in _NAME_PARTS.split(name)}
    return element.tag not in _CLUTTER_TAGS | _OUTSIDE_TAGS and not parts.isdisjoint(_BYLINE_WORDS)


def _is_clutter(element: Element, *, is_quoted: bool) -> bool:
    if element.tag in _CLUTTER_TAGS or element.get("role") in _CLUTTER_ROLES:
        return True
    if element.tag in _OUTSIDE_TAGS:
        return not is_quoted
    return element.tag not in _NAMELESS and any(map(is_clutter_name, element.words))
