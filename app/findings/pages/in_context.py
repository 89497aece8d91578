"""What the page of passages shows of words in context."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from flask import url_for

from app.findings.asked import Asked, ContextSort
from app.findings.pages.facet_lists import TITLES, FacetNames
from app.findings.queries.every_place import MOST_SORTED_TOGETHER
from app.findings.queries.in_context import (
    MOST_LOOKED_AT,
    MOST_SORTED,
    SORTED_BY,
    ContextLine,
    Lines,
)
from app.findings.queries.matching import ARTICLE_FACETS, of_words
from app.frozen import frozen
from app.search.concordance import Side
from app.search.query import Query, read_query
from app.text.direction import Direction

SORTS: Mapping[ContextSort, str] = {
    ContextSort.AFTER_1: "first word after",
    ContextSort.AFTER_2: "second word after",
    ContextSort.AFTER_3: "third word after",
    ContextSort.BEFORE_1: "first word before",
    ContextSort.BEFORE_2: "second word before",
    ContextSort.BEFORE_3: "third word before",
    ContextSort.PLACE: "place",
}


class ContextPart(NamedTuple):
    """Some words of a line, and whether the line is sorted by them."""

    words: str
    is_sorted_by: bool


class TagShown(NamedTuple):
    """A tag that the words of a line carry, and the address of the passage.

    `is_same` says that the passage is these words and no others.
    """

    tag: str
    address: str
    is_same: bool


@frozen
class LineShown:
    """A line: what stands before, the words, what stands after, and where in which article.

    `is_divided` says that a line is drawn above it: it is sorted by another word than the one
    before, or stands in another article where lines stand by place.
    """

    before: Sequence[ContextPart]
    words: str
    after: Sequence[ContextPart]
    direction: Direction
    address: str
    article: str
    paragraph: int
    tags: Sequence[TagShown]
    is_divided: bool


@frozen
class PlaceFiles:
    """Where the files are of every place of the searched words."""

    csv: str
    csv_with_semicolons: str
    xlsx: str


@frozen
class ContextShown:
    """The lines of a page.

    `left_aside` names the facets that are asked of passages where words are searched. `most` says
    how many are sorted where not all are, else None. `looked_to` is the title of the article in
    which the look for what is not tagged ended, "" where it went on to the end or filled the page.
    `files` is None where passages stand in context: their files are those of the list.
    """

    lines: Sequence[LineShown]
    left_aside: Sequence[str]
    most: int | None
    looked_to: str
    sorts: Mapping[ContextSort, str]
    files: PlaceFiles | None
    looked_at: int = MOST_LOOKED_AT
    sorted_in_files: int = MOST_SORTED_TOGETHER

    @property
    def is_empty(self) -> bool:
        """Say whether there are no lines, and no more to look at."""
        return not self.lines and not self.looked_to


def context_shown(slug: str, asked: Asked, lines: Lines, names: FacetNames) -> ContextShown:
    """Return what is shown of a page of lines."""
    query = read_query(asked.q)
    before = [None, *lines.shown]
    shown = [
        _line(slug, asked, line, query, names, is_divided=last is not None and last.run != line.run)
        for last, line in zip(before, lines.shown, strict=False)
    ]
    return ContextShown(
        lines=shown,
        left_aside=[
            TITLES[name].lower()
            for name in asked.filters
            if asked.is_of_words and name not in ARTICLE_FACETS
        ],
        most=None if lines.is_all else MOST_SORTED,
        looked_to=names.label("article", str(lines.looked_to.article_id))
        if lines.looked_to
        else "",
        sorts=SORTS,
        files=_files(slug, asked) if asked.is_of_words else None,
    )


def _files(slug: str, asked: Asked) -> PlaceFiles:
    query = replace(of_words(asked), by=asked.by).query
    csv = url_for("exports.places_file", slug=slug, extension="csv")
    return PlaceFiles(
        csv=csv + query,
        csv_with_semicolons=f"{csv}{query}&sep=semicolon",
        xlsx=f"{csv.removesuffix('csv')}xlsx{query}",
    )


def _line(
    slug: str, asked: Asked, line: ContextLine, query: Query, names: FacetNames, *, is_divided: bool
) -> LineShown:
    place, context = line.place, line.context
    side = SORTED_BY[asked.by][0] if asked.by in SORTED_BY else None
    if place.annotation_id:
        address = url_for("annotation.permalink", annotation_id=place.annotation_id)
    else:
        address = url_for(
            "reading.article",
            slug=slug,
            article_id=place.article_id,
            find=query.typed,
            _anchor=f"b{line.block}",
        )
    ends = (place.start, place.end)
    tagged = {each.tag: each for each in reversed(line.tagged)}
    tagged |= {each.tag: each for each in line.tagged if (each.start, each.end) == ends}
    return LineShown(
        before=_parts(context.left, line.sorted_word if side is Side.LEFT else None),
        words=context.words,
        after=_parts(context.right, line.sorted_word if side is Side.RIGHT else None),
        direction=line.direction,
        address=address,
        article=names.label("article", str(place.article_id)),
        paragraph=line.block,
        tags=[
            TagShown(
                tag,
                url_for("annotation.permalink", annotation_id=tagged[tag].id),
                is_same=(tagged[tag].start, tagged[tag].end) == ends,
            )
            for tag in dict.fromkeys(each.tag for each in line.tagged)
        ],
        is_divided=is_divided,
    )


def _parts(words: str, sorted_word: tuple[int, int] | None) -> list[ContextPart]:
    """Cut the words of a side where the word begins and ends that the line is sorted by."""
    cuts = [0, *(sorted_word or ()), len(words)]
    return [
        ContextPart(words[first:last], (first, last) == sorted_word)
        for first, last in pairwise(cuts)
        if first < last
    ]
