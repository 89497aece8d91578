"""How many passages of each tag are asked for, by what they have in common, and where they lie.

Where what is asked for is a matter of tag, annotator and article alone, the sums that the database
keeps answer; else the annotations are counted.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation, AnnotationCount, AnnotationTheme
from app.annotations.queries.annotations import counted_for
from app.articles.models import Article, BlockRow
from app.core.db import read_columns
from app.findings.asked import ME, Asked
from app.findings.queries.matching import (
    ARTICLE_FACETS,
    find_few,
    is_article_matching,
    is_matching,
)
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, roles_with
from app.themes.models import Theme

Tally = Mapping[str, int]
"""How many passages there are of each tag; of a tag that is not in it there are none."""

_annotation = Annotation.__table__.c
_count = AnnotationCount.__table__.c
_article = Article.__table__.c
_carried = AnnotationTheme.__table__.c
_block = BlockRow.__table__.c
_OF_SUMS = {"tag", "annotator", *ARTICLE_FACETS}


class ArticleFacts(NamedTuple):
    """What pictures say of an article."""

    title: str
    author: str
    publication: str
    published_on: date | None


class Spot(NamedTuple):
    """Where a passage lies in its text: code points, and blocks from 1, the last one included."""

    tag: str
    start: int
    first_block: int
    last_block: int


@frozen
class ArticleMap:
    """A text and what is tagged in it: its blocks from the first, by start and end, and spots."""

    blocks: Sequence[tuple[int, int]]
    spots: Sequence[Spot]

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


@frozen
class Tallies:
    """The tallies of what is asked for, by article and by annotator: only of those with any."""

    by_article: Mapping[int, Tally]
    by_annotator: Mapping[int, Tally]


def tally(session: Session, member: Member, asked: Asked) -> Tallies:
    """Count what a member sees of what is asked for."""
    rows = _sums(session, member, asked) if _has_sums(asked) else _counts(session, member, asked)
    by_article: dict[int, Counter[str]] = defaultdict(Counter)
    by_annotator: dict[int, Counter[str]] = defaultdict(Counter)
    for article_id, account_id, tag, number in rows:
        if article_id is not None:
            by_article[article_id][tag] += int(number)
        if account_id is not None:
            by_annotator[account_id][tag] += int(number)
    return Tallies(by_article, by_annotator)


def tally_months_tagged(session: Session, member: Member, asked: Asked) -> Mapping[str, Tally]:
    """Count what is asked for by the month in which it was tagged, such as "2025-03", in UTC."""
    keys = (_annotation.tagged_month, _annotation.tag)
    query: Select[int, str, int] = (
        select(*keys, func.count()).where(*_is_meant(session, asked, member)).group_by(*keys)
    )
    months: dict[str, Counter[str]] = defaultdict(Counter)
    for month, tag, number in read_columns(session, query):
        months[f"{month // 100:04}-{month % 100:02}"][tag] += number
    return months


def tally_themes(
    session: Session, member: Member, asked: Asked, everything: Tally
) -> Mapping[int | None, Tally]:
    """Count what is asked for by theme; None are those of `everything` asked for without one.

    A passage with several themes counts in each. Where the project has no theme, nothing is
    counted.
    """
    has_any = select(Theme.id).where(Theme.project_id == member.project_id).limit(1)
    if read_columns(session, has_any).first() is None:
        return {}
    # Few annotations carry any: to look these up is quicker than to look at all the others.
    keys = (_annotation.themes, _annotation.tag)
    query: Select[tuple[int, ...], str, int] = (
        select(*keys, func.count())
        .where(
            *_is_meant(session, asked, member), _annotation.id.in_(select(_carried.annotation_id))
        )
        .group_by(*keys)
    )
    themes: dict[int | None, Counter[str]] = defaultdict(Counter)
    without = Counter(everything)
    for theme_ids, tag, number in read_columns(session, query):
        without[tag] -= number
        for theme_id in theme_ids:
            themes[theme_id][tag] += number
    if left := +without:
        themes[None] = left
    return themes


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
    spots: dict[int, list[Spot]] = defaultdict(list)
    for article_id, *spot in read_columns(session, placed):
        spots[article_id].append(Spot._make(spot))
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


def facts_of_articles(session: Session, member: Member) -> Mapping[int, ArticleFacts]:
    """Return what pictures say of each article of the project, by its id."""
    columns = (
        _article.id,
        _article.title,
        _article.author,
        _article.publication,
        _article.published_on,
    )
    query = select(*columns).where(_article.project_id == member.project_id)
    return {row[0]: ArticleFacts._make(row[1:]) for row in read_columns(session, query)}


def names_of_annotators(session: Session, account_ids: Collection[int]) -> Mapping[int, str]:
    """Return the names of some accounts."""
    query = select(Account.id, Account.name).where(Account.id.in_(account_ids))
    return {row[0]: row[1] for row in read_columns(session, query)}


def names_of_themes(session: Session, member: Member) -> Mapping[int, str]:
    """Return the names of the project's themes, in use and archived, by their ids."""
    query = select(Theme.id, Theme.name).where(Theme.project_id == member.project_id)
    return {row[0]: row[1] for row in read_columns(session, query)}


def count_who_tag(session: Session, project_id: int) -> int:
    """Return how many members of a project may tag."""
    query = select(func.count()).where(
        Member.project_id == project_id, Member.role_name.in_(sorted(roles_with(Act.TAG)))
    )
    return read_columns(session, query).scalar_one()


def _is_meant(session: Session, asked: Asked, member: Member) -> list[ColumnElement[bool]]:
    # Threads in a state are few, and annotations in them found by these.
    few = find_few(session, member, asked)
    return is_matching(session, asked, member, few=few, by_project=not asked.state)


def _has_sums(asked: Asked) -> bool:
    return not asked.q and set(asked.filters) <= _OF_SUMS


def _sums(session: Session, member: Member, asked: Asked) -> list[tuple[Any, ...]]:
    """Return rows of article, annotator, tag and number; each row is about one of the first two."""
    conditions: list[ColumnElement[bool]] = [
        _count.project_id == member.project_id,
        _count.living > 0,
        counted_for(member),
    ]
    if asked.tag:
        conditions.append(_count.tag.in_(asked.tag))
    if asked.annotator:
        ids = {member.account_id if value == ME else int(value) for value in asked.annotator}
        conditions.append(_count.account_id.in_(sorted(ids)))
    if set(asked.filters) & set(ARTICLE_FACETS):
        articles = select(_article.id).where(*is_article_matching(asked, member))
        conditions.append(_count.article_id.in_(articles))
    rows: list[tuple[Any, ...]] = []
    for key in (_count.article_id, _count.account_id):
        query: Select[int, str, int] = (
            select(key, _count.tag, func.sum(_count.living))
            .where(*conditions)
            .group_by(key, _count.tag)
        )
        is_article = key is _count.article_id
        rows += [
            (one, None, tag, number) if is_article else (None, one, tag, number)
            for one, tag, number in read_columns(session, query)
        ]
    return rows


def _counts(session: Session, member: Member, asked: Asked) -> list[tuple[Any, ...]]:
    keys = (_annotation.article_id, _annotation.account_id, _annotation.tag)
    query: Select[*tuple[Any, ...]] = (
        select(*keys, func.count()).where(*_is_meant(session, asked, member)).group_by(*keys)
    )
    return [tuple(row) for row in read_columns(session, query)]
