"""The order of passages by the name of their party or position: main names, as people sort them.

Where the name is the same, or there is none, the newest published comes first, then the place.
Those without a name stand last. Names and days are of the tables that `with_names` joins.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.annotations.models import Annotation
from app.articles.models import Article
from app.core.db import read_columns
from app.findings.queries.matching import NAMED, OF_STATEMENTS

_annotation = Annotation.__table__.c
_article = Article.__table__.alias("published")
_ROWS = {facet: model.__table__.alias() for facet, model in NAMED.items()}
_MAINS = {facet: model.__table__.alias() for facet, model in NAMED.items()}


class NameCursor(NamedTuple):
    """Where one stands in the order of names: its name, None without one, and its article's day."""

    name: str | None
    day: date


def with_names(facet: str) -> FromClause:
    """Return the table of annotations with what is said here of each."""
    row, main = _ROWS[facet], _MAINS[facet]
    return (
        Annotation.__table__.join(_article, _article.c.id == _annotation.article_id)
        .outerjoin(row, row.c.id == OF_STATEMENTS[facet])
        .outerjoin(main, main.c.id == row.c.alias_of_id)
    )


def sql_name_id(facet: str) -> ColumnElement[int]:
    """Return the id of an annotation's main party or position, 0 where it has none."""
    return func.coalesce(_MAINS[facet].c.id, _ROWS[facet].c.id, 0)


def order_by_name(facet: str) -> Sequence[ColumnElement[Any]]:
    """Return by what annotations are put in order."""
    return (
        _sql_name(facet).asc().nulls_last(),
        _published_on().desc(),
        _annotation.article_id,
        _annotation.start,
        _annotation.id,
    )


def point_of(
    session: Session, facet: str, project_id: int, *, name_id: int, article_id: int
) -> NameCursor:
    """Return where those of a main party or position, 0 for none, stand in an article.

    What is not of the project, as an address may say, stands before all that is.
    """
    name = None
    if name_id:
        row, main = aliased(NAMED[facet]), aliased(NAMED[facet])
        query = (
            select(func.coalesce(main.folded, row.folded))
            .select_from(row)
            .outerjoin(main, main.id == row.alias_of_id)
            .where(row.id == name_id, row.project_id == project_id)
        )
        name = session.scalars(query).one_or_none() or ""
    day = select(_published_on()).where(
        _article.c.id == article_id, _article.c.project_id == project_id
    )
    return NameCursor(name, read_columns(session, day).scalar_one_or_none() or date.max)


def is_after(facet: str, point: NameCursor, is_later: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that an annotation stands after a point.

    `is_later` is that it does where the name and the day are the same.
    """
    name, day = _sql_name(facet), _published_on()
    there = or_(day < point.day, and_(day == point.day, is_later))
    if point.name is None:
        return and_(name.is_(None), there)
    return or_(name > point.name, name.is_(None), and_(name == point.name, there))


def _sql_name(facet: str) -> ColumnElement[str]:
    return func.coalesce(_MAINS[facet].c.folded, _ROWS[facet].c.folded)


def _published_on() -> ColumnElement[date]:
    return func.coalesce(_article.c.published_on, date.min)
