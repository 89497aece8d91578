"""Conditions that tell the database how it gets there: the same on both, written for each."""

import json
from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    FromClause,
    Integer,
    Text,
    any_,
    bindparam,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


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


_T = TypeVar("_T")


class _Numbers(TypeDecorator[Collection[int]]):
    """Numbers as one bound value."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Send PostgreSQL an array, and SQLite JSON."""
        kind = ARRAY(Integer) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> object:
        """Write them as the database reads them."""
        numbers = list(value or ())
        return numbers if dialect.name == "postgresql" else json.dumps(numbers)


class _AmongBound(FunctionElement[bool]):
    inherit_cache = True  # without a type: of a Boolean SQLite would ask whether it is 1


def is_among_bound(
    column: ColumnElement[int] | InstrumentedAttribute[int], name: str
) -> ColumnElement[bool]:
    """Return the same for numbers that are bound by a name when the query runs."""
    return _AmongBound(column, bindparam(name, type_=_Numbers))


@compiles(_AmongBound, "postgresql")
def _compile_among(element: _AmongBound, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401  (SQLAlchemy's)
    column, numbers = (compiler.process(each, **kw) for each in element.clauses)
    return f"{column} = ANY ({numbers})"


@compiles(_AmongBound, "sqlite")
def _compile_among_on_sqlite(element: _AmongBound, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401  (SQLAlchemy's)
    column, numbers = (compiler.process(each, **kw) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608  (compiled parts)


def table_of(session: Session, rows: Sequence[Sequence[int]], *names: str) -> FromClause:
    """Return a table of rows of numbers, one at least, with columns of these names.

    It is a few bound values, however many rows there are.
    """
    if session.get_bind().dialect.name == "postgresql":
        columns = (literal(list(each), ARRAY(Integer)) for each in zip(*rows, strict=True))
        named = (column(name, Integer) for name in names)
        return func.unnest(*columns).table_valued(*named).render_derived()
    row = func.json_each(json.dumps(rows)).table_valued("value").c.value
    numbers = (
        func.json_extract(row, f"$[{place}]", type_=Integer).label(name)
        for place, name in enumerate(names)
    )
    return select(*numbers).subquery()


class _Unindexed(FunctionElement[Any]):
    inherit_cache = True


def unindexed(column: ColumnElement[_T]) -> ColumnElement[_T]:
    """Return a column, or a condition, for which SQLite takes no index.

    It keeps no count of what that would find.

    PostgreSQL does, and needs the column itself for it. https://sqlite.org/optoverview.html
    """
    return _Unindexed(column)


@compiles(_Unindexed)
def _compile(element: _Unindexed, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401  (SQLAlchemy's)
    return f"({compiler.process(element.clauses, **kw)})"


@compiles(_Unindexed, "sqlite")
def _compile_on_sqlite(element: _Unindexed, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401  (SQLAlchemy's)
    return f"+({compiler.process(element.clauses, **kw)})"
