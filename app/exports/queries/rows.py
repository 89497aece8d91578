"""The annotations of an export, in their order, with a value for each of the columns."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.articles.models import Article, Revision
from app.core.db import Database
from app.discussion.models import Thread
from app.exports.queries.columns import COLUMNS, Column
from app.frozen import frozen
from app.projects.models import Project

ROWS_AT_ONCE = 1_000  # so many that asking for them takes a tenth of what reading them does

# The bare tables: the ORM would look at every row.
_annotation, _account = Annotation.__table__, Account.__table__
_article, _revision, _project = Article.__table__, Revision.__table__, Project.__table__
_thread = Thread.__table__

ExportRow = Row[*tuple[Any, ...]]
"""An annotation with a value for each of the columns, by their names."""
ExportRows = Sequence[ExportRow]


@frozen
class Selection:
    """Which annotations go into a file: the living ones of a project, or of one article of it.

    All `conditions`, on the bare table, are true of them when the file begins, and all of `seen`
    when their row is read. Permalinks begin with `permalink_base`. `query` is what an address asks
    for of the project, where the conditions are of that, "" for everything.
    """

    project_id: int
    permalink_base: str
    article_id: int | None = None
    conditions: Sequence[ColumnElement[bool]] = ()
    seen: Sequence[ColumnElement[bool]] = ()
    query: str = ""


def list_rows(
    database: Database, selection: Selection, columns: Sequence[Column] = COLUMNS
) -> Iterator[ExportRows]:
    """Yield the rows of a selection, many at a time, in a session of its own.

    They come by article, start, end, id. Orphans come last in their article, with the revision that
    had their words. They have `columns`, of which the first is the annotation's id.

    Which annotations there are, and in which order, is of the moment at which it begins; what a row
    says, of the moment at which the row is read. An annotation that is deleted or hidden before
    that is left out. No session is open between two pieces: a reader may take them as slowly as it
    likes.
    """
    yield from read_rows(database, selection, list_ids(database, selection), columns)


def read_rows(
    database: Database, selection: Selection, ids: Sequence[int], columns: Sequence[Column]
) -> Iterator[ExportRows]:
    """Yield the rows of some annotations of a selection, in their order, as `list_rows` does."""
    query = _query(selection, columns)  # put together once

    def find(some: Sequence[int]) -> ExportRows:
        with database.session() as session:
            return _find(session, query, selection, some)

    # By `map`, which holds no rows while a reader takes them: of each that stalls they are 2.5 MiB.
    yield from map(find, (ids[i : i + ROWS_AT_ONCE] for i in range(0, len(ids), ROWS_AT_ONCE)))


def find_rows(
    session: Session, selection: Selection, ids: Sequence[int], columns: Sequence[Column]
) -> ExportRows:
    """Return the rows of a few annotations in their order, without those that are not seen."""
    return _find(session, _query(selection, columns), selection, ids)


def list_ids(database: Database, selection: Selection) -> Sequence[int]:
    """Return the ids of the annotations in the order of a file, in four bytes each."""
    with database.session() as session:
        return _ids(session, selection, [*_is_there(selection), *selection.conditions])


def _is_there(selection: Selection) -> Sequence[ColumnElement[bool]]:
    return (_annotation.c.deleted_at.is_(None), *selection.seen)


def _ids(
    session: Session, selection: Selection, conditions: Sequence[ColumnElement[bool]]
) -> Sequence[int]:
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


def _find(
    session: Session, query: Select[*tuple[Any, ...]], selection: Selection, ids: Sequence[int]
) -> ExportRows:
    # Without the ORM, which the condition on what is seen would bring into it.
    found = session.connection().execute(
        query, {"ids": ids, "permalink_base": selection.permalink_base}
    )
    by_id = {row[0]: row for row in found.all()}
    return [by_id[number] for number in ids if number in by_id]


def _query(selection: Selection, columns: Sequence[Column]) -> Select[*tuple[Any, ...]]:
    """Return the query of columns, the id first, of the annotations with some `ids`."""
    return (
        select(*(column.source.label(column.name) for column in columns))
        .join_from(_annotation, _article, _article.c.id == _annotation.c.article_id)
        .join(_project, _project.c.id == _article.c.project_id)
        .join(_revision, _revision.c.id == _annotation.c.revision_id)
        .join(_account, _account.c.id == _annotation.c.account_id)
        .outerjoin(_thread, _thread.c.annotation_id == _annotation.c.id)
        .where(_annotation.c.id.in_(bindparam("ids", expanding=True)), *_is_there(selection))
    )
