"""Counts up to a limit: how many there are of a value where there is very much."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.core.conditions import unindexed
from app.core.db import read_columns
from app.findings.queries.matching import INDEXED
from app.findings.queries.narrowed import Narrowed

_annotation = Annotation.__table__.c
_NOTHING: Mapping[str, int] = {}


class Count(NamedTuple):
    """How many there are, or at least so many."""

    number: int
    is_exact: bool = True

    @classmethod
    def up_to(cls, most: int | None, number: int) -> "Count":
        """Return the count of so many: at least `most` where there are more, None for no limit."""
        return cls(number) if most is None or number <= most else cls(most, is_exact=False)


def count_each(
    session: Session,
    narrowed: Narrowed,
    facet: str,
    conditions: Mapping[str, ColumnElement[bool]],
    *,
    most: int | None,
    at_least: Mapping[str, int] = _NOTHING,
    by_project: bool = True,
) -> dict[str, Count]:
    """Count what the condition of each value is true of, up to `most`; leave out what none is.

    What is asked of the facet is left out. Where it is known of a value that there are `at_least`
    more than that, nothing is asked of it. Not `by_project` is as in `is_matching`.
    """
    if not conditions:
        return {}
    others = narrowed.conditions(facet, by_project=by_project, is_bounded=False)
    is_by_themes = facet in INDEXED and narrowed.is_by_themes(facet)
    counts = {}
    for value, is_of in conditions.items():
        number = at_least.get(value, 0)
        if most is None or number <= most:
            condition = unindexed(is_of) if is_by_themes else is_of
            query: Select[int] = select(_annotation.id).where(*others, condition)
            if most is not None:
                query = query.limit(most + 1)
                if facet == "tagged":  # else PostgreSQL reads its rows up to those of the month
                    query = query.order_by(_annotation.article_id, _annotation.start)
            counted = select(func.count()).select_from(query.subquery())
            number = read_columns(session, counted).scalar_one()
        if number:
            counts[value] = Count.up_to(most, number)
    return counts
