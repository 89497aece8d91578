"""The lines of words in context: every place of a searched word, or the first word of each passage.

Sorted by words, as many lines as can be sorted while one waits are read and sorted; by place, each
page is read alone. A page continues after the last line of the one before: the words that this is
sorted by are read again from its revision, which never changes. Where nearly every place of a word
is tagged, and those that are not are asked for, a page has those of so many places that are looked
at, be they none, and the next one continues after the last of these.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.tags import TAGS
from app.articles.models import Article, Revision
from app.articles.queries.content import Content, content_of
from app.core.db import read_columns
from app.findings.asked import Asked, ContextSort, Grouping, Hits, PassageSort
from app.findings.queries.limited_counts import Count
from app.findings.queries.matching import asks_of_articles, is_article_matching
from app.findings.queries.passages import Place, list_places
from app.frozen import frozen
from app.projects.models import Member
from app.search.concordance import WIDTH, Context, Side
from app.search.queries.texts import ProjectPlace, TaggedPlace, find_places, list_tagged_places
from app.search.query import read_query
from app.text.direction import Direction, direction_of
from app.text.search_words import list_words

MOST_SORTED = 1_000  # lines that are sorted by words; of more, the first by place
MOST_LOOKED_AT = 1_000  # places of words, to find those of them that are not tagged
SORTED_BY: Mapping[ContextSort, tuple[Side, int]] = {
    ContextSort.AFTER_1: (Side.RIGHT, 1),
    ContextSort.AFTER_2: (Side.RIGHT, 2),
    ContextSort.AFTER_3: (Side.RIGHT, 3),
    ContextSort.BEFORE_1: (Side.LEFT, 1),
    ContextSort.BEFORE_2: (Side.LEFT, 2),
    ContextSort.BEFORE_3: (Side.LEFT, 3),
}
"""On which side the word stands that lines are sorted by, and its number from the hit on."""

_NUMBER = re.compile("[0-9]{1,9}", re.ASCII)  # of 32 bits

_annotation = Annotation.__table__.c
_revision = Revision.__table__.c
_article = Article.__table__.c


class LinePlace(NamedTuple):
    """What a line is of: `[start, end)` of a revision, in code points.

    It is a searched word, or the passage that has the `annotation_id`, which is 0 for a word.
    """

    article_id: int
    revision_id: int
    start: int
    end: int
    annotation_id: int = 0

    @property
    def written(self) -> str:
        """Return it as an address has it."""
        return ".".join(map(str, self))

    @property
    def order(self) -> tuple[int, int, int]:
        """Return by what lines stand that are not told apart by words."""
        first = self.article_id if self.annotation_id else self.revision_id
        return first, self.start, self.annotation_id


def read_line_place(written: str | None) -> LinePlace | None:
    """Return what `written` gave, or None where it is none."""
    numbers = (written or "").split(".")
    if len(numbers) != len(LinePlace._fields) or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    return LinePlace._make(map(int, numbers))


@frozen
class ContextLine:
    """A line: words with what stands beside them in paragraph `block` of the article.

    `sorted_word` is `[start, end)` of the side that it is sorted by, None for none or by place;
    `run` is that word folded. `tagged` is what the member sees tagged where the words stand.
    """

    place: LinePlace
    block: int
    context: Context
    direction: Direction
    sorted_word: tuple[int, int] | None
    run: str
    tagged: Sequence[TaggedPlace]


@frozen
class Lines:
    """A page of lines. `total` counts searched words, None where passages stand in context.

    Where not `is_all`, the first MOST_SORTED by place alone are sorted. `looked_to` is the place
    at which the look for what is not tagged ended, None where it went on to the end or filled the
    page. `next` is the place after which another page begins, None for the last page.
    """

    shown: Sequence[ContextLine]
    total: Count | None
    is_all: bool
    looked_to: LinePlace | None
    next: LinePlace | None


def list_lines(
    session: Session, member: Member, asked: Asked, *, after: LinePlace | None, limit: int
) -> Lines:
    """Return the lines that are asked for, those after a place alone, at most `limit`."""
    reader = _Reader(session, member, asked)
    after = reader.check(after)
    is_by_place = asked.by is ContextSort.PLACE
    most = _Read([], None)
    if asked.is_of_words or not is_by_place:
        most = reader.read(None, MOST_SORTED + 1)
    if not is_by_place:
        lines, looked_to = reader.sort(most.lines[:MOST_SORTED], after), most.looked_to
    elif asked.is_of_words and after is None:
        lines, looked_to = most
    else:
        lines, looked_to = reader.read(after, limit + 1)
    shown = lines[:limit]
    following = shown[-1] if len(lines) > limit else None
    if is_by_place and following is None:
        following = looked_to
    number, is_all = min(len(most.lines), MOST_SORTED), len(most.lines) <= MOST_SORTED
    return Lines(
        shown=reader.draw(shown),
        total=Count(number, is_all and most.looked_to is None) if asked.is_of_words else None,
        is_all=is_all or is_by_place,
        looked_to=None if is_by_place and len(lines) > limit else looked_to,
        next=following,
    )


def find_hits(session: Session, member: Member, asked: Asked, *, most: int) -> list[LinePlace]:
    """Return the places of the searched words by place, at most so many."""
    return _Reader(session, member, asked).read(None, most, is_bounded=False).lines


def draw_hits(
    session: Session, member: Member, asked: Asked, hits: Sequence[LinePlace]
) -> list[ContextLine]:
    """Return what is shown of some of these places."""
    return _Reader(session, member, asked).draw(hits)


class _Read(NamedTuple):
    """Lines by place, and how far was looked for them where the look ended early."""

    lines: list[LinePlace]
    looked_to: LinePlace | None


class _Reader:
    """Reads lines for one member and one address."""

    def __init__(self, session: Session, member: Member, asked: Asked) -> None:
        self._session, self._member, self._asked = session, member, asked

    def check(self, after: LinePlace | None) -> LinePlace | None:
        """Return a place of an address if it is one of a text of the project, else None."""
        if after is None or bool(after.annotation_id) == self._asked.is_of_words:
            return None
        query = (
            select(_revision.id)
            .join(Article.__table__, _article.id == _revision.article_id)
            .where(
                _revision.id == after.revision_id,
                _article.id == after.article_id,
                _article.project_id == self._member.project_id,
            )
        )
        if read_columns(self._session, query).first() is None:
            return None
        text = content_of(self._session, after.revision_id).text
        return after if after.start < after.end <= len(text) else None

    def read(self, after: LinePlace | None, limit: int, *, is_bounded: bool = True) -> _Read:
        """Return lines by place, those after one alone; the look is short where it is bounded."""
        if not self._asked.is_of_words:
            return _Read(self._passages(after, limit), None)
        asked = self._asked
        is_untagged = asked.hits is Hits.UNTAGGED
        places, looked_to = find_places(
            self._session,
            self._member,
            read_query(asked.q),
            after=(after.revision_id, after.start) if after else None,
            most=limit,
            most_looked_at=MOST_LOOKED_AT if is_untagged and is_bounded else None,
            is_untagged=is_untagged,
            among=is_article_matching(asked, self._member) if asks_of_articles(asked) else (),
        )
        lines = [_line_place(each) for each in places]
        return _Read(lines, _line_place(looked_to) if looked_to else None)

    def _passages(self, after: LinePlace | None, limit: int) -> list[LinePlace]:
        asked = replace(self._asked, sort=PassageSort.PLACE, group=Grouping.NOTHING)
        start = Place("", after.article_id, after.start, after.annotation_id) if after else None
        places = list_places(self._session, self._member, asked, after=start, limit=limit)
        ids = [place.id for place in places]
        query = select(
            _annotation.id,
            _annotation.article_id,
            _annotation.revision_id,
            _annotation.start,
            _annotation.end,
        ).where(_annotation.id.in_(ids))
        rows = {row[0]: row for row in read_columns(self._session, query)}
        return [LinePlace(*rows[each][1:], each) for each in ids if each in rows]

    def sort(self, lines: Sequence[LinePlace], after: LinePlace | None) -> list[LinePlace]:
        """Return lines by the words that are asked for, those after one alone."""
        keyed = sorted((self._key(line), line) for line in lines)
        if after is None:
            return [line for _key, line in keyed]
        last = self._key(after)
        return [line for key, line in keyed if key > last]

    def _key(self, line: LinePlace) -> tuple[tuple[str, ...], tuple[int, int, int]]:
        side, nth = SORTED_BY[self._asked.by]
        return self._context(line).sort_key(side, nth), line.order

    def _context(self, line: LinePlace) -> Context:
        content = content_of(self._session, line.revision_id)
        start, end, number = _place_of(content, line)
        block = content.blocks[number - 1]
        return Context.of(content.text, start, end, first=block.start, last=block.end)

    def draw(self, lines: Sequence[LinePlace]) -> list[ContextLine]:
        """Return what is shown of some lines."""
        tagged = self._tagged(lines)
        return [self._line(line, tagged) for line in lines]

    def _line(self, line: LinePlace, tagged: Mapping[int, Sequence[TaggedPlace]]) -> ContextLine:
        content = content_of(self._session, line.revision_id)
        _start, _end, number = _place_of(content, line)
        block = content.blocks[number - 1]
        direction = None
        if content.has_right_to_left:
            direction = direction_of(content.text[block.start : block.end])
        context = self._context(line)
        sorted_word, run = None, str(line.article_id)
        if self._asked.by is not ContextSort.PLACE:
            side, nth = SORTED_BY[self._asked.by]
            sorted_word = context.sorted_word(side, nth)
            run = next(iter(context.sort_key(side, nth)), "")
        there = [
            each
            for each in tagged.get(line.revision_id, ())
            if each.start < line.end
            and each.end > line.start
            and line.annotation_id in {0, each.id}
        ]
        return ContextLine(
            place=line,
            block=number,
            context=context,
            direction=direction or Direction.LEFT_TO_RIGHT,
            sorted_word=sorted_word,
            run=run,
            tagged=sorted(there, key=lambda each: (TAGS.index(each.tag), each.start, each.id)),
        )

    def _tagged(self, lines: Sequence[LinePlace]) -> Mapping[int, Sequence[TaggedPlace]]:
        bounds: dict[int, tuple[int, int]] = {}
        for line in lines:
            first, last = bounds.get(line.revision_id, (line.start, line.end))
            bounds[line.revision_id] = (min(first, line.start), max(last, line.end))
        return list_tagged_places(self._session, self._member, bounds)


def _line_place(hit: ProjectPlace) -> LinePlace:
    return LinePlace(hit.article_id, hit.revision_id, hit.place.start, hit.place.end)


def _first_word(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the first word of `[start, end)` stands; all of it where there is none."""
    cut = start + WIDTH
    for last in (min(cut, end), end):  # mostly it is near
        words = list_words(text[start:last])
        if words and (last == end or start + words[0].end < last):
            return start + words[0].start, start + words[0].end
    return start, end


def _place_of(content: Content, line: LinePlace) -> tuple[int, int, int]:
    """Return where the words of a line stand, and the number of their block.

    Of a passage it is the first word, which may stand in the block after that where it begins.
    """
    start, end = line.start, line.end
    if line.annotation_id:
        start, end = _first_word(content.text, start, end)
    return start, end, min(content.block_numbers(start, end)[0], len(content.blocks))
