"""A PostgreSQL server for one run of tests: on a socket of its own, gone afterwards."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

import psycopg
from psycopg import sql

START_SECONDS = 30.0
STOP_SECONDS = 15.0
PAUSE_SECONDS = 0.02
ACCOUNTS = ("postgres", "nobody")  # whom root becomes: the server refuses to run as root

# Nothing here outlives a power cut, so nothing waits for the disk.
SERVER_OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=100",
    "shared_buffers=32MB",
    "autovacuum=off",
    "lock_timeout=60s",  # who waits longer waits for ever: it fails, and says for which row
)

MANY_BYTES = 1_000_000  # of a table, from which on its dead rows would slow the tests that follow
ASKED = "asked"  # the one role that is asked for its password
PASSWORD = "p@ss: w/ord"


class _RunAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class PostgresServer:
    """A running server; `folder` holds its socket and everything else of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        self._connections: dict[str, psycopg.Connection] = {}
        self._fillings: dict[str, sql.Composed] = {}

    def close(self) -> None:
        """Close what it keeps open."""
        for connection in self._connections.values():
            connection.close()

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of `database`, without a driver, as an operator writes it."""
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self.folder), safe='')}"

    def url_with_password(self, database: str) -> str:
        """Return the URL of `database` for one who is asked for a password, and owns all of it."""
        connection = self._connect()
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ASKED])
        if known.fetchone() is None:
            made = sql.SQL("CREATE ROLE {} LOGIN SUPERUSER PASSWORD {}")
            connection.execute(made.format(sql.Identifier(ASKED), sql.Literal(PASSWORD)))
        name = f"{ASKED}:{quote(PASSWORD, safe='')}"
        return self.url(database).replace("postgres@", f"{name}@")

    def create_database(self, template: str = "template0") -> str:
        """Create a database with a new name, as a copy of `template`; return its name.

        Raises: psycopg.errors.ObjectInUse (someone is connected to the template).
        """
        name = f"gloss_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def empty_database(self, name: str) -> None:
        """Take every row out of a database's tables, whoever is still connected to it."""
        connection = self._connect(name)
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tables = self._find_filled(name)
        names = [sql.Identifier(table) for table, _ in tables]
        if any(size > MANY_BYTES for _, size in tables):
            every = sql.SQL(", ").join(names)
            connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(every))
        else:  # to truncate makes new files, which the next test pays for, too
            for table in names:
                connection.execute(sql.SQL("DELETE FROM {}").format(table))
        connection.execute(
            "SELECT setval(format('%I', sequencename), start_value, false) FROM pg_sequences"
        )

    def keep_rows(self, name: str) -> None:
        """Keep what is in a database's tables beside them, for `fill_database`."""
        connection = self._connect(name)
        connection.execute("CREATE SCHEMA kept")
        steps: list[sql.Composable] = []
        for table, _ in self._find_filled(name):
            both = {"table": sql.Identifier(table), "kept": sql.Identifier("kept", table)}
            connection.execute(sql.SQL("CREATE TABLE {kept} AS TABLE {table}").format(**both))
            steps.append(sql.SQL("INSERT INTO {table} TABLE {kept}").format(**both))
        connection.execute(
            "CREATE TABLE kept.numbers AS SELECT format('%I', sequencename) AS name, last_value"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )
        steps.append(sql.SQL("SELECT setval(name, last_value) FROM kept.numbers"))
        self._fillings[name] = sql.SQL("; ").join(steps)

    def fill_database(self, name: str) -> None:
        """Put the rows that are kept into a database's tables, which are empty."""
        self._connect(name).execute(self._fillings[name])

    def _find_filled(self, name: str) -> list[tuple[str, int]]:
        """Return the tables of a database that have had rows, and how many bytes each takes."""
        return (
            self._connect(name)
            .execute(
                "SELECT relname, pg_relation_size(oid) FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                " AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0"
            )
            .fetchall()
        )

    def _execute(self, statement: sql.Composed) -> None:
        self._connect().execute(statement)

    def _connect(self, name: str = "postgres") -> psycopg.Connection:
        """Return a connection that stays: a new one costs more than most of what it is asked."""
        if name not in self._connections:
            address = f"{self._address} dbname={name}"
            connection = psycopg.connect(address, autocommit=True)
            connection.execute("SET session_replication_role = replica")  # no trigger refuses it
            self._connections[name] = connection
        return self._connections[name]

    @property
    def _address(self) -> str:
        return f"host={self.folder} user=postgres connect_timeout=30"

    def wait_until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        """Return once the server answers.

        Raises: RuntimeError (it ended, or did not answer in time; holds its log).
        """
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(f"{self._address} dbname=postgres").close()
            except psycopg.OperationalError:
                if process.poll() is None and time.monotonic() < deadline:
                    time.sleep(PAUSE_SECONDS)
                    continue
                message = f"PostgreSQL did not start:\n{log.read_text(errors='replace')}"
                raise RuntimeError(message) from None
            return


@contextmanager
def running_postgres(binaries: Path) -> Iterator[PostgresServer]:
    """Run a new server with the programs in `binaries`, until the block ends.

    Raises: RuntimeError (it does not start).
    """
    # The path of a socket is at most about 100 bytes long: a test's own folder is too deep.
    folder = Path(tempfile.mkdtemp(prefix="gloss-pg-"))
    try:
        account = account_for(folder)
        cluster = folder / "cluster"
        make_cluster(binaries / "initdb", cluster, account)
        log = folder / "log"
        command = [str(binaries / "postgres"), "-D", str(cluster), "-k", str(folder)]
        command += [part for option in SERVER_OPTIONS for part in ("-c", option)]
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, **account)
        try:
            server = PostgresServer(folder)
            server.wait_until_ready(process, log)
            with closing(server):
                yield server
        finally:
            process.send_signal(signal.SIGINT)  # the fast shutdown: open sessions are ended
            process.wait(STOP_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def account_for(folder: Path) -> _RunAs:
    """Say whom to run the server as, and give them `folder`; nobody else where we are not root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = next(known[name] for name in ACCOUNTS if name in known)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def make_cluster(initdb: Path, cluster: Path, account: _RunAs) -> None:
    command = [str(initdb), "-D", str(cluster), "-U", "postgres", "-A", "trust"]
    command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    made = subprocess.run(
        command, cwd=cluster.parent, capture_output=True, text=True, check=False, **account
    )
    if made.returncode != 0:
        message = f"initdb failed:\n{made.stderr}"
        raise RuntimeError(message)
    rules = cluster / "pg_hba.conf"  # the first that fits counts
    rules.write_text(f"local all {ASKED} scram-sha-256\n{rules.read_text()}")
