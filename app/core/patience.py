"""How long pages wait for PostgreSQL, so that one that hangs does not hang them without end.

A server that is stopped keeps its connections, and cannot keep its own limits: the end is here.
What takes long by nature, such as a migration or a backup, waits without these limits.
"""

from time import monotonic
from typing import Any, TypeVar

from psycopg import Connection
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, OperationalError
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

LOCK_SECONDS = 10  # for what another holds, as long as on SQLite
STATEMENT_SECONDS = 15  # for one statement
ANSWER_SECONDS = 18.0  # for the server, which should say itself that a statement took too long
CONNECT_SECONDS = 5
SILENT_SECONDS = 3.0  # in which nobody tries to connect, after it was tried in vain

SETTINGS = f"SET lock_timeout = '{LOCK_SECONDS}s'; SET statement_timeout = '{STATEMENT_SECONDS}s'"

_T = TypeVar("_T")


class PatientConnection(Connection[TupleRow]):
    """A connection that is closed where the server does not answer within ANSWER_SECONDS."""

    def wait(self, gen: PQGen[_T], interval: float = 0.1, timeout: float | None = None) -> _T:
        """Wait for an answer of the server.

        Raises: psycopg.OperationalError (there was none in time), and what the server says.
        """
        if timeout is not None:  # to hear nothing is no fault of the server's
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, ANSWER_SECONDS)
        except OperationalError:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise  # it has answered, or is gone
            self.pgconn.finish()  # a later answer would pass for that to another statement
            message = f"no answer within {ANSWER_SECONDS:g} seconds"
            raise OperationalError(message) from None


class Connector:
    """Makes connections for an engine; after a vain wait it refuses for a moment, and at once."""

    def __init__(self) -> None:
        self._silent_until = 0.0

    def connect(
        self, _dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]
    ) -> PatientConnection:
        """Connect, as SQLAlchemy's event `do_connect` asks for.

        Raises: psycopg.OperationalError.
        """
        if monotonic() < self._silent_until:
            message = "it did not answer a moment ago"
            raise OperationalError(message)
        try:
            given = {"connect_timeout": CONNECT_SECONDS, **options}
            connection = PatientConnection.connect(*arguments, **given)
        except ConnectionTimeout:
            self._silent_until = monotonic() + SILENT_SECONDS
            raise
        connection.autocommit = True  # what is set in a transaction goes when that is rolled back
        connection.execute(SETTINGS)
        connection.autocommit = False
        return connection
