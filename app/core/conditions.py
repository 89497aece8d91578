"""Conditions that tell the database how it gets there: the same on both, written for each."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, any_, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def is_among(
    session: Session, column: ColumnElement[int], ids: Collection[int]
) -> ColumnElement[bool]:
    """Return the condition that a column is one of ids, which are one bound value: many are quick.

    Unlike a query in its place it tells the database how many there are.
    """
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(sorted(ids), ARRAY(Integer)))
    listed = func.json_each(json.dumps(sorted(ids))).table_valued("value")
    return column.in_(select(listed.c.value))


class _Unindexed(FunctionElement[int]):
    inherit_cache = True


def unindexed(column: ColumnElement[int]) -> ColumnElement[int]:
    """Return a column for which SQLite takes no index: it keeps no count of what that would find.

    PostgreSQL does, and needs the column itself for it. https://sqlite.org/optoverview.html
    """
    return _Unindexed(column)


@compiles(_Unindexed)
def _compile(element: _Unindexed, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401  (SQLAlchemy's)
    return str(compiler.process(element.clauses, **kw))


@compiles(_Unindexed, "sqlite")
def _compile_on_sqlite(element: _Unindexed, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401  (SQLAlchemy's)
    return f"+{compiler.process(element.clauses, **kw)}"
