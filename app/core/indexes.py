"""Indexes of some rows of a table, alike on both databases."""

from sqlalchemy import ColumnElement, Index, TextClause
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.compiler import DDLCompiler


class PartialIndex(Index):
    """An index of the rows for which a condition holds.

    SQLAlchemy's `postgresql_where` says the same, and loads all drivers of PostgreSQL at each
    start, which is a twentieth of it on SQLite.
    """

    def __init__(
        self,
        name: str,
        *columns: str,
        where: ColumnElement[bool] | TextClause,
        unique: bool = False,
    ) -> None:
        super().__init__(name, *columns, unique=unique)
        self.where = where


@compiles(CreateIndex)
def _create_index(create: CreateIndex, compiler: DDLCompiler, **options: object) -> str:
    statement: str = compiler.visit_create_index(create, **options)  # type: ignore[no-untyped-call]  # SQLAlchemy's
    index = create.element
    if isinstance(index, PartialIndex):
        where = compiler.sql_compiler.process(index.where, literal_binds=True)
        statement += f" WHERE {where}"
    return statement
