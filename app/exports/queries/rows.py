"""The annotations of an export, in their order, with a value for each of the columns."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.articles.models import Article, Revision
from app.core.db import Database
from app.discussion.models import Thread
from app.exports.queries.columns import COLUMNS
from app.projects.models import Project

ROWS_AT_ONCE = 1_000  # so many that asking for them takes a tenth of what reading them does

# The bare tables: the ORM would look at every row.
_annotation, _account = Annotation.__table__, Account.__table__
_article, _revision, _project = Article.__table__, Revision.__table__, Project.__table__
_thread = Thread.__table__


@dataclass(frozen=True, slots=True)
class Selection:
    """Which annotations go into a file: the living ones of a project, or of one article of it.

    All `conditions`, on the bare table, are true of them when the file begins, and all of `seen`
    when their row is read. Permalinks begin with `permalink_base`.
    """

    project_id: int
    permalink_base: str
    article_id: int | None = None
    conditions: Sequence[ColumnElement[bool]] = ()
    seen: Sequence[ColumnElement[bool]] = ()


def list_rows(
    database: Database, selection: Selection
) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """Yield the rows of a selection, many at a time, in a session of its own.

    They come by article, start, end, id. Orphans come last in their article, with the revision that
    had their words.

    Which annotations there are, and in which order, is of the moment at which it begins; what a row
    says, of the moment at which the row is read. An annotation that
    is deleted or hidden before that is left out. No session is open between two pieces: a reader
    may take them as slowly as it likes.
    """
    is_there = (_annotation.c.deleted_at.is_(None), *selection.seen)
    with database.session() as session:
        wanted = _ids(session, selection, [*is_there, *selection.conditions])
    query = _query().where(_annotation.c.id.in_(bindparam("ids", expanding=True)), *is_there)
    for first in range(0, len(wanted), ROWS_AT_ONCE):
        part = wanted[first : first + ROWS_AT_ONCE]
        with database.session() as session:
            # Without the ORM, which the condition on what is seen would bring into it.
            found = session.connection().execute(
                query, {"ids": part, "permalink_base": selection.permalink_base}
            )
            by_id = {row[0]: row for row in found}
        yield [by_id[number] for number in part if number in by_id]


def _ids(
    session: Session, selection: Selection, conditions: Sequence[ColumnElement[bool]]
) -> Sequence[int]:
    """Return the ids of the annotations in the order of the file, in four bytes each."""
    query = (
        select(_annotation.c.id)
        .join(_article, _article.c.id == _annotation.c.article_id)
        .join(_revision, _revision.c.id == _annotation.c.revision_id)
        .where(_article.c.project_id == selection.project_id, *conditions)
        .order_by(
            _article.c.id,
            _revision.c.number.desc(),
            _annotation.c.start,
            _annotation.c.end,
            _annotation.c.id,
        )
    )
    if selection.article_id is not None:
        query = query.where(_article.c.id == selection.article_id)
    ids = session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).scalars()
    return array("I", chain.from_iterable(ids.partitions()))


def _query() -> Select[*tuple[Any, ...]]:
    """Return the query of the columns, the id first, without a condition."""
    return (
        select(*(column.source.label(column.name) for column in COLUMNS))
        .join_from(_annotation, _article, _article.c.id == _annotation.c.article_id)
        .join(_project, _project.c.id == _article.c.project_id)
        .join(_revision, _revision.c.id == _annotation.c.revision_id)
        .join(_account, _account.c.id == _annotation.c.account_id)
        .outerjoin(_thread, _thread.c.annotation_id == _annotation.c.id)
    )
