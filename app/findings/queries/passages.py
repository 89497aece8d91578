"""Which passages stand on a page: in their order, after the last one of the page before.

Nothing is skipped by counting: each page begins where an index has the last row shown. What a list
is sorted by belongs to the annotation itself, or to its article; in the latter case the articles
are put in order first, of which there are few, and then asked for what they hold.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, case, func, literal, select, tuple_
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service.bulk_acts import Seen
from app.articles.models import Article
from app.core.conditions import is_among
from app.core.db import read_columns
from app.findings.asked import NONE, Asked, Grouping, PassageSort
from app.findings.queries import name_order
from app.findings.queries.few import find_few
from app.findings.queries.groups import OF_NAMES, list_groups, used_groups
from app.findings.queries.matching import (
    NAMED,
    asks_of_articles,
    asks_of_themes,
    is_article_matching,
    is_matching,
    is_said,
)
from app.findings.queries.narrowed import MOST_SEARCHED
from app.findings.queries.searched_first import SearchedFirst, search_first
from app.frozen import frozen
from app.projects.models import Member

FEW = 8  # articles that are looked at first, since mostly they fill a page
_NUMBER = re.compile("[0-9]{1,18}", re.ASCII)  # of 64 bits
_NUMBERS = (3, 4)  # in a place, without and with that of a name
_LAST = 2**31 - 1  # of the numbers that ids and starts can be
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_annotation = Annotation.__table__.c
_article = Article.__table__.c


class Place(NamedTuple):
    """Where an annotation stands in a list: in which group, in which article, and where there.

    `at` is its start, or the microsecond when it was made where the newest come first. `group` is a
    value of the facet that the list is grouped by, "" where its article says in which.
    `name_id` is that of the main party or position by whose name it stands, 0 where it has none or
    names make no difference.
    """

    group: str
    article_id: int
    at: int
    id: int
    name_id: int = 0

    @property
    def written(self) -> str:
        """Return it as an address has it."""
        return ".".join(map(str, self if self.name_id else self[:-1]))


def read_place(written: str | None) -> Place | None:
    """Return what `written` gave, or None where it is none."""
    group, *numbers = (written or "").split(".")
    if len(numbers) not in _NUMBERS or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    article_id, at, *ids = map(int, numbers)
    return Place(group, article_id, at, *ids) if max(article_id, *ids) <= _LAST else None


@frozen
class _List:
    """What a list is made of: who asks, for what, and the conditions of it.

    Where words are common, `search` looks for them in the first `most_searched` annotations.
    """

    session: Session
    member: Member
    asked: Asked
    most_searched: int
    conditions: Sequence[ColumnElement[bool]]
    is_of_few: bool = False
    search: SearchedFirst | None = None

    def also(self, condition: ColumnElement[bool]) -> "_List":
        """Return the same list of what another condition is true of."""
        search = self.search and self.search.also(condition)
        return replace(self, conditions=[*self.conditions, condition], search=search)

    @property
    def is_newest_first(self) -> bool:
        return self.asked.sort is PassageSort.TAGGED

    @property
    def is_by_name(self) -> bool:
        """Say whether the names of parties or positions are what rows stand by."""
        return self.asked.sort.value in NAMED

    @property
    def at(self) -> ColumnElement[object]:
        """Return by what rows of one article, or of all, stand."""
        return _annotation.created_at if self.is_newest_first else _annotation.start


def list_places(
    session: Session,
    member: Member,
    asked: Asked,
    *,
    after: Place | None,
    limit: int,
    most_searched: int = MOST_SEARCHED,
) -> list[Place]:
    """Return the places of the passages that are asked for, those after a place alone.

    Grouped by party or position, these are asked for by their main ones (`with_mains`). PostgreSQL
    looks for words that are common in the first `most_searched` annotations one by one, and lists
    all that have them only if these fill no page.
    """
    asked_list = _list_of(session, member, asked, most_searched)
    groups = list_groups(session, member, asked)
    if groups is None:
        return list(_in_order(asked_list, "", after, limit))
    first = groups.index(after.group) if after and after.group in groups else 0
    found: list[Place] = []
    used: Collection[str] = groups
    for name in groups[first:]:
        if name not in used:
            continue
        start = after if after and after.group == name else None
        here = list(_in_order(_in_group(asked_list, name), name, start, limit - len(found)))
        found += here
        if len(found) == limit:
            break
        is_quick = asked.group in OF_NAMES or asked_list.is_of_few or asks_of_themes(asked)
        if is_quick and not here and used is groups:
            used = used_groups(session, member, asked, asked_list.conditions)
    return found


def _list_of(session: Session, member: Member, asked: Asked, most_searched: int) -> _List:
    few = find_few(session, member, asked)
    search = None if few is not None else search_first(session, member, asked)
    conditions = (
        is_matching(session, asked, member, few=few)
        if search is None
        else [*search.conditions, search.in_all]
    )
    return _List(
        session,
        member,
        asked,
        most_searched,
        conditions,
        is_of_few=few is not None,
        search=search,
    )


def _in_group(asked_list: _List, group: str) -> _List:
    """Return the list of what stands in one group."""
    if asked_list.asked.group is Grouping.TAG:
        return asked_list.also(_annotation.tag == group)
    if asked_list.asked.group is Grouping.ANNOTATOR:
        return asked_list.also(_annotation.account_id == int(group))
    # Again, since few may carry a theme where many carry any of those asked for.
    asked = asked_list.asked.only(asked_list.asked.group.value, group)
    return _list_of(asked_list.session, asked_list.member, asked, asked_list.most_searched)


def _in_order(asked_list: _List, group: str, after: Place | None, limit: int) -> Iterable[Place]:
    asked = asked_list.asked
    is_by_author = asked.group is Grouping.AUTHOR
    if asked_list.is_by_name and not is_by_author and asked.group is not Grouping.ARTICLE:
        return _by_name(asked_list, group, after, limit)
    is_newest_of_all = asked_list.is_newest_first and asked.group is not Grouping.ARTICLE
    is_by_place = asked.sort is PassageSort.PLACE and not asks_of_articles(asked)
    if not is_by_author and (is_newest_of_all or is_by_place):
        return _walk(asked_list, group, after, limit)
    return _by_articles(asked_list, group, after, limit)


def _by_name(asked_list: _List, group: str, after: Place | None, limit: int) -> Iterator[Place]:
    """Put in order those that have a name, of which there are few, and go on to the others."""
    asked, facet = asked_list.asked, asked_list.asked.sort.value
    if after is None or after.name_id:
        named = asked_list.also(is_said(facet))
        is_later = None if after is None else _is_after_in_names(asked_list, after)
        found = _read(named, group, is_later, name_order.order_by_name(facet), limit)
        yield from found
        after, limit = None, limit - len(found)
    if limit and NONE in asked.filters.get(facet, (NONE,)):
        others = replace(
            asked_list.also(~is_said(facet)), asked=replace(asked, sort=PassageSort.PUBLISHED)
        )
        yield from _by_articles(others, group, after, limit)


def _is_after_in_names(asked_list: _List, after: Place) -> ColumnElement[bool]:
    """Return the condition that an annotation stands after a place in the order of names."""
    facet = asked_list.asked.sort.value
    point = name_order.point_of(
        asked_list.session,
        facet,
        asked_list.member.project_id,
        name_id=after.name_id,
        article_id=after.article_id,
    )
    place = (_annotation.article_id, _annotation.start, _annotation.id)
    return name_order.is_after(facet, point, _is_after(asked_list, after, *place))


def _walk(asked_list: _List, group: str, after: Place | None, limit: int) -> Iterable[Place]:
    """Go through an index that has the rows in order."""
    columns: tuple[ColumnElement[object], ...] = (_annotation.created_at, _annotation.id)
    if not asked_list.is_newest_first:
        columns = (_annotation.article_id, _annotation.start, _annotation.id)
    is_later = None
    if after is not None:
        is_later = _is_after(asked_list, after, *columns)
    if asked_list.is_of_few:
        # An order that no index has: by one PostgreSQL would go through the project for these few.
        columns = (func.coalesce(columns[0], columns[0]), *columns[1:])
    order = [column.desc() if asked_list.is_newest_first else column for column in columns]
    return _read(asked_list, group, is_later, order, limit)


def _is_after(
    asked_list: _List, after: Place, *columns: ColumnElement[object]
) -> ColumnElement[bool]:
    at: object = min(after.at, _LAST)
    if asked_list.is_newest_first:
        at = _EPOCH + min(after.at, 10**17) * _MICROSECOND
    values = {
        _annotation.article_id: after.article_id,
        asked_list.at: at,
        _annotation.id: after.id,
    }
    here = tuple_(*columns)
    there = tuple_(*(literal(values[column], column.type) for column in columns))
    return here < there if asked_list.is_newest_first else here > there


def _read(
    asked_list: _List,
    group: str,
    condition: ColumnElement[bool] | None,
    order: Sequence[ColumnElement[object]],
    limit: int,
) -> list[Place]:
    columns = [_annotation.article_id, asked_list.at, _annotation.id]
    table: FromClause = Annotation.__table__
    if asked_list.is_by_name:
        facet = asked_list.asked.sort.value
        columns.append(name_order.sql_name_id(facet))
        table = name_order.with_names(facet)
    later = [] if condition is None else [condition]
    in_order = select(*columns).select_from(table).order_by(*order).limit(limit)
    if asked_list.search is not None:
        first = (
            select(_annotation.id)
            .select_from(table)
            .where(*asked_list.search.conditions, *later)
            .order_by(*order)
            .limit(asked_list.most_searched)
        )
        ids = read_columns(asked_list.session, first).scalars().all()
        among = is_among(asked_list.session, _annotation.id, ids)
        found = _places(asked_list, group, in_order.where(among, asked_list.search.has_words))
        if len(found) == limit or len(ids) < asked_list.most_searched:
            return found
    return _places(asked_list, group, in_order.where(*asked_list.conditions, *later))


def _places(asked_list: _List, group: str, query: Select[*tuple[Any, ...]]) -> list[Place]:
    rows = read_columns(asked_list.session, query).all()
    return [Place(group, article_id, _number(at), *numbers) for article_id, at, *numbers in rows]


def _number(at: object) -> int:
    return (at - _EPOCH) // _MICROSECOND if isinstance(at, datetime) else int(str(at))


def _by_articles(asked_list: _List, group: str, after: Place | None, limit: int) -> Iterator[Place]:
    """Go through the articles in order, as many at once as it takes."""
    runs = _runs(asked_list)
    if len(runs) == 1 and after is None:
        # Not counted beforehand: PostgreSQL would list all that has the words for that.
        yield from _of_runs(asked_list, group, runs, None, limit)
        return
    if after is not None:
        first = next((n for n, run in enumerate(runs) if after.article_id in run), None)
        if first is not None:
            is_later = (
                _is_after_in_names(asked_list, after)
                if asked_list.is_by_name
                else _is_after(asked_list, after, asked_list.at, _annotation.id)
            )
            found = _of_runs(asked_list, group, runs[first : first + 1], is_later, limit)
            yield from found
            limit -= len(found)
            runs = runs[first + 1 :]
    for some, is_rest in ((runs[:FEW], False), (runs[FEW:], True)):
        if limit <= 0 or not some:
            return
        counts = _counts(
            asked_list, None if is_rest else [number for run in some for number in run]
        )
        wanted, there = [], 0
        for run in some:
            here = sum(counts.get(number, 0) for number in run)
            if here:
                wanted.append([number for number in run if number in counts])
                there += here
            if there >= limit:
                break
        if wanted:
            found = _of_runs(asked_list, group, wanted, None, limit)
            yield from found
            limit -= len(found)


def _runs(asked_list: _List) -> list[list[int]]:
    """Return the ids of the articles in order: those in one list hold what stands mixed."""
    asked = asked_list.asked
    order: list[ColumnElement[object]] = []
    if asked.group is Grouping.AUTHOR:
        order = [_article.author_key, _article.author]
    if asked.sort is PassageSort.PUBLISHED:
        order.append(_article.published_on.desc().nulls_last())
    elif asked.sort is PassageSort.AUTHOR:
        order.append(_article.author_key)
    query = (
        select(_article.id, _article.author)
        .where(*is_article_matching(asked, asked_list.member))
        .order_by(*order, _article.id)
    )
    rows = read_columns(asked_list.session, query).all()
    if asked.group is Grouping.AUTHOR and (asked_list.is_newest_first or asked_list.is_by_name):
        authors = groupby(rows, key=lambda row: row[1])
        return [[number for number, _author in some] for _author, some in authors]
    return [[number] for number, _author in rows]


def _counts(asked_list: _List, article_ids: Sequence[int] | None) -> Mapping[int, int]:
    """Return how many of what is asked for each article has, of some or of all."""
    query = (
        select(_annotation.article_id, func.count())
        .where(*asked_list.conditions)
        .group_by(_annotation.article_id)
    )
    if article_ids is not None:
        query = query.where(_annotation.article_id.in_(article_ids))
    return {row[0]: row[1] for row in read_columns(asked_list.session, query)}


def _of_runs(
    asked_list: _List,
    group: str,
    runs: Sequence[Sequence[int]],
    condition: ColumnElement[bool] | None,
    limit: int,
) -> list[Place]:
    """Return the places in some articles, which stand in order."""
    ranks = {number: rank for rank, run in enumerate(runs) for number in run}
    narrowed = asked_list.also(_annotation.article_id.in_(ranks))
    order = [asked_list.at, _annotation.id]
    if asked_list.is_by_name:
        order = [*name_order.order_by_name(asked_list.asked.sort.value)]
    elif asked_list.is_newest_first:
        order = [column.desc() for column in order]
    if len(runs) > 1:
        order.insert(0, case(ranks, value=_annotation.article_id))
    return _read(narrowed, group, condition, order, limit)


def list_versions(session: Session, member: Member, asked: Asked, *, most: int) -> list[Seen]:
    """Return all that are asked for as they are now, by article and place, at most so many."""
    few = find_few(session, member, asked)
    query = (
        select(_annotation.id, _annotation.version)
        .where(*is_matching(session, asked, member, few=few))
        .order_by(_annotation.article_id, _annotation.start, _annotation.id)
        .limit(most)
    )
    return [Seen(number, version) for number, version in read_columns(session, query)]
