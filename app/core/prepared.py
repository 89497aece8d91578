"""Statements that are put together once, and run by the driver itself.

SQLAlchemy keeps what it has compiled, and yet works out each time what a statement's values and
columns are: from 1,800 steps of Python for two values to 4,700 for a list of them, where the driver
takes ten. A tag has five such statements, which were a fifth of all that it took.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from sqlalchemy import Dialect, Executable
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

ONE = False  # what events are told of a statement that runs for one set of values

Process = Callable[[Any], Any]


class Prepared:
    """A statement of Core for what runs with each request; its values are given by name.

    It is for the few that run again and again. All others are executed as ever.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}  # by the name of the dialect

    def run(self, session: Session, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Run it in the transaction of a session, after what waits there, and return its rows.

        Raises: what SQLAlchemy raises for an error of the driver.
        """
        session.flush()
        connection = session.connection()
        dialect = connection.dialect
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _make_ready(self._statement, dialect)
        given = ready.bind(values)
        cursor = connection.connection.cursor()
        try:
            for tell in connection.dispatch.before_cursor_execute:  # as who counts statements
                tell(connection, cursor, ready.text, given, None, ONE)
            cursor.execute(ready.text, given)
            rows = list(cursor.fetchall()) if ready.has_rows else []
        except dialect.loaded_dbapi.Error as error:
            # It raises its own error, and gives up the connections where the database is gone.
            connection._handle_dbapi_exception(error, ready.text, given, cursor, None)  # noqa: SLF001  (as `execute` does)
        cursor.close()
        return ready.read(rows)


class _Ready(NamedTuple):
    """The words of a statement for one driver, and what becomes of its values and its rows.

    `bound` are the names of the values in their order, `readers` the places of columns; each with
    what makes of a value what the other side knows, None where it stays as it is.
    """

    text: str
    is_positional: bool
    constants: Mapping[str, object]
    bound: list[tuple[str, Process | None]]
    has_rows: bool
    readers: list[tuple[int, Process]]

    def bind(self, values: Mapping[str, object]) -> tuple[object, ...] | dict[str, object]:
        """Return what the driver is given."""
        known = {**self.constants, **values}
        if self.is_positional:
            return tuple([made(known[name]) if made else known[name] for name, made in self.bound])
        return {name: made(known[name]) if made else known[name] for name, made in self.bound}

    def read(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Return rows as their columns have them."""
        if not self.readers:
            return rows
        return [self._read(row) for row in rows]

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for place, made in self.readers:
            values[place] = made(values[place])
        return tuple(values)


def _make_ready(statement: Executable, dialect: Dialect) -> _Ready:
    compiled = cast("Any", statement).compile(
        dialect=dialect, compile_kwargs={"render_postcompile": True}
    )
    names = compiled.positiontup if compiled.positional else list(compiled.params)
    columns = list(cast("Any", statement).exported_columns)
    impls = [column.type.dialect_impl(dialect) for column in columns]
    readers = [impl.result_processor(dialect, None) for impl in impls]
    return _Ready(
        text=str(compiled),
        is_positional=compiled.positional,
        constants={name: value for name, value in compiled.params.items() if value is not None},
        bound=[(name, _bind_processor(compiled.binds[name].type, dialect)) for name in names],
        has_rows=bool(columns),
        readers=[(place, reader) for place, reader in enumerate(readers) if reader],
    )


def _bind_processor(type_: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return type_.dialect_impl(dialect).bind_processor(dialect)
