"""How many passages of each tag are asked for, by what they have in common, and where they lie.

Where what is asked for is a matter of tag, annotator, article, month and note alone, the sums that
the database keeps answer; else the annotations are counted.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation, AnnotationCount
from app.annotations.tags import TAGS
from app.articles.models import Article, BlockRow
from app.core.conditions import unindexed
from app.core.db import read_columns
from app.findings.asked import NONE, Asked, month_of_number
from app.findings.queries.asked_themes import ThemeTrees, with_trees
from app.findings.queries.few import find_few
from app.findings.queries.matching import HAS_THEMES, has_other, is_matching
from app.findings.queries.sums import has_sums, how_many, is_summed
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, roles_with

TagCounts = Mapping[str, int]
"""How many passages there are of each tag; of a tag that is not in it there are none."""

_annotation = Annotation.__table__.c
_count = AnnotationCount.__table__.c
_article = Article.__table__.c
_block = BlockRow.__table__.c
_LACKING = ("side", "position", "party", "theme")
"""The facets that can ask for passages that have none.

For each there is an index of those alone that have one, in which are the values of those before it.
"""
_KEYS = ("article_id", "account_id", "tagged_month")
_Number = tuple[int, str, int]  # a value of a key, a tag, and how many: negative to take off


class MapSpot(NamedTuple):
    """Where a passage lies in its text: code points, and blocks from 1, the last one included."""

    tag: str
    start: int
    first_block: int
    last_block: int


@frozen
class ArticleMap:
    """A text and what is tagged in it: its blocks from the first, by start and end, and spots."""

    blocks: Sequence[tuple[int, int]]
    spots: Sequence[MapSpot]

    @property
    def length(self) -> int:
        """Return how many code points the text has."""
        return self.blocks[-1][1] if self.blocks else 0

    @property
    def tagged_blocks(self) -> int:
        """Return in how many blocks something is tagged."""
        return len(
            {
                number
                for spot in self.spots
                for number in range(spot.first_block, spot.last_block + 1)
            }
        )


class Tallies:
    """The tallies of what a member sees of what is asked for, each counted when it is needed.

    Only those with any are there. Where the sums that the database keeps would tell but for what is
    without a theme, a party or the like, those that have one are counted, and taken off the sums:
    mostly these are few, and an index holds them alone.
    """

    def __init__(self, session: Session, member: Member, asked: Asked) -> None:
        asked = with_trees(session, member, asked)
        self._session, self._member, self._asked = session, member, asked
        self._lacking = [facet for facet in _LACKING if NONE in getattr(asked, facet)]
        self._summed = asked
        for facet in self._lacking:
            self._summed = self._summed.without(facet)
        self._has_sums = has_sums(self._summed)

    @cached_property
    def by_article(self) -> Mapping[int, TagCounts]:
        """Return them by the id of the article."""
        return self._by("article_id")

    @cached_property
    def by_annotator(self) -> Mapping[int, TagCounts]:
        """Return them by the id of the account."""
        return self._by("account_id")

    @cached_property
    def by_month(self) -> Mapping[str, TagCounts]:
        """Return them by the month in which passages were tagged, such as "2025-03", in UTC."""
        return {month_of_number(number): tags for number, tags in self._by("tagged_month").items()}

    @cached_property
    def theme_trees(self) -> ThemeTrees:
        """Return the themes of the project that have others beneath them."""
        return ThemeTrees(self._session, self._member)

    @cached_property
    def by_theme(self) -> Mapping[str, TagCounts]:
        """Return them by the values of the facet: each theme, each tree, NONE for what has none.

        A passage with several themes counts in each, and once in each tree that any stands in.
        Where the project has no theme, nothing is counted.
        """
        if not self.theme_trees.has_any:
            return {}
        keys = (_annotation.themes, _annotation.tag)
        query: Select[tuple[int, ...], str, int] = (
            select(*keys, func.count())
            .where(*_is_meant(self._session, self._asked, self._member), HAS_THEMES)
            .group_by(*keys)
        )
        # Where only what has none is asked for, no row has any.
        rows = () if self._asked.theme == (NONE,) else read_columns(self._session, query)
        themes: dict[str, Counter[str]] = defaultdict(Counter)
        without: Counter[str] = Counter()
        for tally in self.by_article.values():
            without.update(tally)
        for theme_ids, tag, number in rows:
            without[tag] -= number
            for value in self.theme_trees.values_of(theme_ids):
                themes[value][tag] += number
        if left := +without:
            themes[NONE] = left
        return themes

    def _by(self, key: str) -> Mapping[int, TagCounts]:
        if not self._has_sums:
            place = _KEYS.index(key)
            return _add_up((row[place], row[-2], row[-1]) for row in self._rows)
        return _add_up(chain(self._sums(key), self._having(key)))

    @cached_property
    def _rows(self) -> Sequence[tuple[Any, ...]]:
        """Return what is asked for as `_KEYS`, tag and number."""
        keys = (*(_annotation[key] for key in _KEYS), _annotation.tag)
        query: Select[*tuple[Any, ...]] = (
            select(*keys, func.count())
            .where(*_is_meant(self._session, self._asked, self._member))
            .group_by(*keys)
        )
        return [tuple(row) for row in read_columns(self._session, query)]

    def _sums(self, key: str) -> Iterator[_Number]:
        query: Select[int, str, int] = (
            select(_count[key], _count.tag, func.sum(how_many(self._summed)))
            .where(*is_summed(self._summed, self._member))
            .group_by(_count[key], _count.tag)
        )
        for value, tag, number in read_columns(self._session, query):
            yield value, tag, int(number)

    def _having(self, key: str) -> Iterator[_Number]:
        """Yield what the sums have too many, where only what has none of a facet is asked for.

        These are negative numbers of what has one. Where that is asked of several facets, a passage
        counts once, with the first of which it has one.
        """
        asked = self._summed
        # By an index of this column SQLite would go through all, and look up the row of each.
        by = unindexed(_annotation[key])
        # Numbers by tag are columns: to group by tag too, it would put longer rows in order. The
        # last tag has what the others leave of the total.
        *counted, last = TAGS
        of_tags = [func.count().filter(_annotation.tag == tag) for tag in counted]
        for facet in self._lacking:
            query: Select[*tuple[int, ...]] = (
                select(by, func.count(), *of_tags)
                .where(
                    *_is_meant(self._session, asked, self._member),
                    has_other(self._asked, facet, self._member),
                )
                .group_by(by)
            )
            for value, total, *numbers in read_columns(self._session, query):
                for tag, number in zip(counted, numbers, strict=True):
                    yield value, tag, -number
                yield value, last, sum(numbers) - total
            asked = asked.only(facet, *getattr(self._asked, facet))


def _add_up(numbers: Iterable[_Number]) -> Mapping[int, TagCounts]:
    tallies: dict[int, Counter[str]] = defaultdict(Counter)
    for value, tag, number in numbers:
        tallies[value][tag] += number
    return {value: left for value, tally in tallies.items() if (left := +tally)}


def map_articles(
    session: Session, member: Member, asked: Asked, article_ids: Collection[int]
) -> Mapping[int, ArticleMap]:
    """Return for some articles of the project where in their text what is asked for lies.

    What has no place in the present text is left out.
    """
    placed: Select[int, str, int, int, int] = (
        select(
            _annotation.article_id,
            _annotation.tag,
            _annotation.start,
            _annotation.first_block,
            _annotation.last_block,
        )
        .join(Article.__table__, _article.id == _annotation.article_id)
        .where(
            *_is_meant(session, asked, member),
            _annotation.article_id.in_(article_ids),
            _annotation.revision_id == _article.current_revision_id,
        )
    )
    spots: dict[int, list[MapSpot]] = defaultdict(list)
    for article_id, *spot in read_columns(session, placed):
        spots[article_id].append(MapSpot._make(spot))
    texts: Select[int, int, int] = (
        select(_article.id, _block.start, _block.end)
        .join(BlockRow.__table__, _block.revision_id == _article.current_revision_id)
        .where(_article.id.in_(article_ids), _article.project_id == member.project_id)
        .order_by(_block.revision_id, _block.number)
    )
    blocks: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for article_id, start, end in read_columns(session, texts):
        blocks[article_id].append((start, end))
    return {number: ArticleMap(blocks[number], spots[number]) for number in blocks}


def names_of_annotators(session: Session, account_ids: Collection[int]) -> Mapping[int, str]:
    """Return the names of some accounts."""
    query = select(Account.id, Account.name).where(Account.id.in_(account_ids))
    return {row[0]: row[1] for row in read_columns(session, query)}


def count_who_tag(session: Session, project_id: int) -> int:
    """Return how many members of a project may tag."""
    query = select(func.count()).where(
        Member.project_id == project_id, Member.role_name.in_(sorted(roles_with(Act.TAG)))
    )
    return read_columns(session, query).scalar_one()


def _is_meant(session: Session, asked: Asked, member: Member) -> list[ColumnElement[bool]]:
    # Annotations in a state are few: they are found by their threads, and not by the project.
    few = find_few(session, member, asked)
    return is_matching(session, asked, member, few=few, by_project=not asked.state)
