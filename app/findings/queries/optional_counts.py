"""How many of what is asked for have each theme, party, position or side.

Few annotations of many have any: these are looked at alone, by indexes of their own.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.core.db import read_columns
from app.findings.asked import NONE
from app.findings.queries.asked_themes import ThemeTrees
from app.findings.queries.matching import HAS_THEMES, NAMED, OF_STATEMENTS, is_said
from app.findings.queries.narrowed import Narrowed
from app.parties import queries as parties
from app.projects.models import Member

OPTIONAL = ("theme", *OF_STATEMENTS)
"""The facets of what an annotation may have, and most have not."""

_themes = Annotation.__table__.c.themes


class OptionalCounts(NamedTuple):
    """How many have each value, how many were looked at, and whether these are all.

    An alias counts for its main one, a theme for its tree as well. `NONE` is among the values, and
    what has none was looked at, only where words are searched in some alone.
    """

    by: Counter[str]
    total: int
    is_all: bool


def count_optional(
    session: Session,
    member: Member,
    narrowed: Narrowed,
    facet: str,
    *,
    is_much: bool,
    limit: int | None,
) -> OptionalCounts:
    """Count without what is asked of a facet; look at `limit` annotations at most, None for all.

    Where there `is_much` without it, what has any is found by its own index and no other.
    """
    is_of_some = narrowed.is_among_some(facet)
    column = _themes if facet == "theme" else OF_STATEMENTS[facet]
    query = select(column.label("had")).where(
        *narrowed.conditions(facet, by_own_index=is_much and not is_of_some)
    )
    if not is_of_some:
        query = query.where(HAS_THEMES if facet == "theme" else is_said(facet))
    if limit is not None:
        query = query.limit(limit + 1)
    had = query.subquery().c.had
    grouped: Select[Any, int] = select(had, func.count()).group_by(had)
    values_of = _ValuesOf(session, member, facet)
    by: Counter[str] = Counter()
    total = 0
    for value, number in read_columns(session, grouped):
        total += number
        for each in values_of(value):
            by[each] += number
    is_within = limit is None or total <= limit
    return OptionalCounts(by, total, is_within and not is_of_some)


class _ValuesOf:
    """The values of a facet that find what has something in its column."""

    def __init__(self, session: Session, member: Member, facet: str) -> None:
        self._trees = ThemeTrees(session, member) if facet == "theme" else None
        self._mains: Mapping[Any, int] = {}
        if facet in NAMED:
            self._mains = parties.mains_of_aliases(session, NAMED[facet], member.project_id)

    def __call__(self, had: Any) -> Collection[str]:  # noqa: ANN401  (as the column has it)
        if self._trees is not None:
            return self._trees.values_of(had)
        return [str(self._mains.get(had, had)) if had else NONE]
