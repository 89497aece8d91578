"""A look at some of what is asked for: all counts of one facet that no sum tells come from it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.core.db import read_columns
from app.findings.asked import NO, YES, month_of_number
from app.findings.queries.article_facts import ProjectArticles

_annotation = Annotation.__table__.c
_LOOKED_FOR = (
    _annotation.tag,
    _annotation.account_id,
    _annotation.tagged_month,
    _annotation.has_note,
    _annotation.article_id,
)


class Looked(NamedTuple):
    """How many were found, how many of each value, by facet, and whether these are all."""

    is_all: bool
    total: int
    by: Mapping[str, Counter[str]]


def look_at(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    articles: ProjectArticles,
    *,
    limit: int | None,
) -> Looked:
    """Look at the annotations that conditions are true of: one more than `limit`, None for all."""
    query = select(*_LOOKED_FOR).where(*conditions)
    if limit is not None:
        query = query.limit(limit + 1)
    keys = tuple(query.subquery().c)
    grouped: Select[*tuple[Any, ...]] = select(*keys, func.count()).group_by(*keys)
    by: dict[str, Counter[str]] = {
        name: Counter() for name in ("tag", "annotator", "tagged", "note")
    }
    numbers: Counter[int] = Counter()
    for tag, account_id, month, has_note, article_id, number in read_columns(session, grouped):
        by["tag"][tag] += number
        by["annotator"][str(account_id)] += number
        by["tagged"][month_of_number(month)] += number
        by["note"][YES if has_note else NO] += number
        numbers[article_id] += number
    total = numbers.total()
    return Looked(limit is None or total <= limit, total, by | articles.count_by_facet(numbers))
