"""How many of what is asked for have each party, position or side.

Few annotations of many have any: these are looked at alone, by indexes of their own.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.core.db import read_columns
from app.findings.asked import NONE
from app.findings.queries.matching import NAMED, OF_STATEMENTS, is_said
from app.findings.queries.narrowed import Narrowed
from app.parties import queries as parties
from app.projects.models import Member

_annotation = Annotation.__table__.c


class SaidCounts(NamedTuple):
    """How many have each value, an alias counted for its main one, and whether these are all.

    `NONE` is among the values only where some alone are searched.
    """

    by: Counter[str]
    is_all: bool


def count_said(
    session: Session, member: Member, narrowed: Narrowed, facet: str, *, limit: int | None
) -> SaidCounts:
    """Count without what is asked of a facet; at most `limit` annotations, None for all."""
    is_of_some = narrowed.is_among_some(facet)
    query = select(OF_STATEMENTS[facet].label("said")).where(*narrowed.conditions(facet))
    if not is_of_some:
        query = query.where(is_said(facet))
    if limit is not None:
        query = query.limit(limit + 1)
    said = query.subquery().c.said
    grouped: Select[int | str | None, int] = select(said, func.count()).group_by(said)
    mains: Mapping[Any, int] = {}
    if facet in NAMED:
        mains = parties.mains_of_aliases(session, NAMED[facet], member.project_id)
    by: Counter[str] = Counter()
    for value, number in read_columns(session, grouped):
        by[str(mains.get(value, value)) if value else NONE] += number
    is_within = limit is None or by.total() <= limit
    return SaidCounts(by, is_within and not is_of_some)
