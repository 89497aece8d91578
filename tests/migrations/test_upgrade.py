"""Bringing databases up to date: whole or not at all, with a copy of what was there before."""

import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, inspect, text

from app.core.database_urls import driver_url, sqlite_path
from app.core.db import Database
from app.core.migrate import (
    INDEX,
    MIGRATIONS,
    BrokenReferences,
    DatabaseForeign,
    DatabaseNewer,
    DatabaseState,
    alembic_config,
    backup,
    migrating,
    state,
    upgrade,
    upgrade_with_backup,
)
from app.models import metadata
from tests.harness.server import ROOT
from tests.harness.sql import execute

ONE_PROJECT = (
    "INSERT INTO projects (slug, name, created_at) VALUES ('first', 'First', '2025-01-13 00:00:00')"
)
ONE_REVISION_MORE = '''
"""Give projects a colour."""

import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "{down_revision}"


def upgrade() -> None:
    {act}
'''


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """Give the migrations with one more, which alters a table that others point at."""
    return migrations_with(
        tmp_path,
        'with op.batch_alter_table("projects") as batch:\n'
        '        batch.add_column(sa.Column("colour", sa.String(20)))',
    )


def migrations_with(folder: Path, act: str) -> Path:
    """Copy the migrations and add one that does `act`."""
    copy = folder / "migrations"
    shutil.copytree(MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    newest = max(path.name[:4] for path in copy.glob("versions/[0-9]*.py"))
    (copy / "versions" / "later.py").write_text(
        ONE_REVISION_MORE.format(down_revision=newest, act=act)
    )
    return copy


@pytest.fixture
def database_url(copy_of: Callable[[str], str]) -> str:
    """Give the URL of a migrated database without rows, whose tables the test may change."""
    return copy_of("migrated")


def tables(database_url: str) -> set[str]:
    """Return the names of the tables, that of the index of the search without those inside it."""
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
    engine.dispose()
    return {name for name in names if not name.startswith(f"{INDEX}_")}


def test_an_empty_database_gets_every_table(empty_database_url: str) -> None:
    assert state(empty_database_url) is DatabaseState.EMPTY
    upgrade(empty_database_url)
    assert state(empty_database_url) is DatabaseState.CURRENT
    assert tables(empty_database_url) == {*metadata.tables, INDEX, "alembic_version"}


def test_an_upgrade_that_finds_nothing_to_do_changes_nothing(database_url: str) -> None:
    execute(database_url, ONE_PROJECT)
    before = definitions(database_url)
    upgrade(database_url)
    assert definitions(database_url) == before


def test_a_migrated_database_is_what_the_models_say(
    empty_database_url: str, request: pytest.FixtureRequest, dialect: str, tmp_path: Path
) -> None:
    upgrade(empty_database_url)
    if dialect == "sqlite":
        created = f"sqlite:///{tmp_path / 'created.sqlite3'}"
    else:
        postgres = request.getfixturevalue("postgres")
        created = postgres.url(postgres.create_database())
    database = Database(created)
    metadata.create_all(database.engine)
    database.dispose()
    migrated = definitions(empty_database_url)
    assert len(migrated) > len(metadata.tables)
    assert any("CHECK" in line for line in migrated)
    assert any("TRIGGER" in line for line in migrated)
    assert migrated == definitions(created)


def test_alembic_finds_no_difference(database_url: str) -> None:
    config = alembic_config()
    config.attributes["database_url"] = database_url
    command.check(config)


def test_every_migration_can_be_taken_back(database_url: str) -> None:
    config = alembic_config()
    config.attributes["database_url"] = database_url
    command.downgrade(config, "base")
    assert tables(database_url) == {"alembic_version"}
    upgrade(database_url)
    assert state(database_url) is DatabaseState.CURRENT


def test_a_newer_database_is_refused_and_left_alone(database_url: str) -> None:
    execute(database_url, "UPDATE alembic_version SET version_num = '9999'")
    before = definitions(database_url)
    assert state(database_url) is DatabaseState.NEWER
    with pytest.raises(DatabaseNewer, match="revision 9999, which this version of Gloss") as caught:
        upgrade(database_url)
    assert "\n" not in str(caught.value)
    assert definitions(database_url) == before


def test_a_database_of_another_program_is_refused_and_left_alone(empty_database_url: str) -> None:
    execute(empty_database_url, "CREATE TABLE recipes (id INTEGER PRIMARY KEY)")
    with pytest.raises(DatabaseForeign, match=r"another program \(recipes\)"):
        upgrade(empty_database_url)
    assert tables(empty_database_url) == {"recipes"}


def test_rows_outlive_a_migration_that_alters_their_parents(database_url: str, later: Path) -> None:
    execute(
        database_url,
        ONE_PROJECT,
        "INSERT INTO accounts (name, email, password_hash, letter_keys, created_at, colour)"
        " VALUES ('Ann', 'ann@example.org', 'x', true, '2025-01-13 00:00:00', 'blue')",
        "INSERT INTO members (project_id, account_id, role, joined_at)"
        " SELECT p.id, a.id, 'owner', a.created_at FROM projects p, accounts a",
    )
    assert state(database_url, migrations=later) is DatabaseState.BEHIND
    upgrade(database_url, migrations=later)
    assert state(database_url, migrations=later) is DatabaseState.CURRENT
    with migrating(database_url) as connection:
        rows = connection.execute(
            text("SELECT m.role, p.slug, p.colour FROM members m JOIN projects p ON true")
        ).all()
    assert [tuple(row) for row in rows] == [("owner", "first", None)]


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    database_url: str, tmp_path: Path
) -> None:
    failing = migrations_with(
        tmp_path,
        'op.create_table("half", sa.Column("id", sa.Integer()))\n'
        '    op.execute("DELETE FROM projects")\n'
        '    raise RuntimeError("the power went")',
    )
    execute(database_url, ONE_PROJECT)
    before = definitions(database_url)
    with pytest.raises(RuntimeError, match="the power went"):
        upgrade(database_url, migrations=failing)
    assert definitions(database_url) == before
    assert count_projects(database_url) == 1


@pytest.mark.sqlite_only
def test_a_migration_that_leaves_rows_pointing_at_nothing_is_taken_back(
    database_url: str, tmp_path: Path
) -> None:
    orphaning = migrations_with(
        tmp_path,
        'op.execute("INSERT INTO members (project_id, account_id, role, joined_at)'
        " VALUES (41, 42, 'owner', '2025-01-13 00:00:00')\")",
    )
    with pytest.raises(BrokenReferences, match="in members"):
        upgrade(database_url, migrations=orphaning)
    assert state(database_url) is DatabaseState.CURRENT


@pytest.mark.sqlite_only
def test_rows_are_copied_before_their_tables_change(
    database_url: str, tmp_path: Path, later: Path
) -> None:
    execute(database_url, ONE_PROJECT)
    file = sqlite_path(database_url)
    assert file is not None
    file.chmod(0o640)
    said: list[str] = []
    upgrade_with_backup(database_url, tmp_path / "backups", echo=said.append, migrations=later)
    (copy,) = (tmp_path / "backups").iterdir()
    assert re.fullmatch(r"gloss-\d{8}-\d{6}\.sqlite3", copy.name)
    assert said == [
        f"Copied the database to {copy} before changing its tables.",
        "Step later is done: Give projects a colour.",
    ]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o640
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert opened.execute("SELECT slug FROM projects").fetchall() == [("first",)]
    assert state(f"sqlite:///{copy}", migrations=later) is DatabaseState.BEHIND
    assert state(database_url, migrations=later) is DatabaseState.CURRENT


@pytest.mark.sqlite_only
def test_a_copy_holds_what_was_committed_and_is_still_in_the_journal(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    file = sqlite_path(database_url)
    assert file is not None
    with database.writing() as session:
        session.execute(text(ONE_PROJECT))
        session.commit()
        assert file.with_name(file.name + "-wal").stat().st_size
        first, again = backup(file, tmp_path / "b"), backup(file, tmp_path / "b")
        session.execute(text("UPDATE projects SET name = 'Other'"))
        session.commit()
        second = backup(file, tmp_path / "b")
    # What is there already is not copied once more.
    assert first == again != second
    assert sorted((tmp_path / "b").iterdir()) == sorted([first, second])
    assert count_projects(f"sqlite:///{second}") == 1


@pytest.mark.sqlite_only
def test_migrations_that_are_killed_again_and_again_leave_one_copy(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with database.writing() as session:
        session.execute(text(ONE_PROJECT))
        session.commit()
    database.dispose()
    # It has written some thousand pages when it is killed: more than SQLite keeps in memory.
    act = (
        "op.execute('CREATE TABLE large (id INTEGER PRIMARY KEY, filler BLOB)')\n"
        "    op.execute('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000)"
        " INSERT INTO large (filler) SELECT zeroblob(4000) FROM n')\n"
        "    print('written', flush=True)\n"
        "    __import__('time').sleep(60)"
    )
    migrations = migrations_with(tmp_path, act)
    program = (
        "import sys; from pathlib import Path; from app.core.migrate import upgrade_with_backup\n"
        "upgrade_with_backup(sys.argv[1], Path(sys.argv[2]), echo=lambda said: None,"
        " migrations=Path(sys.argv[3]))"
    )
    backups = tmp_path / "b"
    command = [sys.executable, "-c", program, database_url, str(backups), str(migrations)]
    for _ in range(2):
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as migrating:
            assert migrating.stdout is not None
            assert migrating.stdout.readline() == b"written\n"
            migrating.kill()
        assert state(database_url, migrations=migrations) is DatabaseState.BEHIND
    (copy,) = backups.iterdir()
    assert count_projects(f"sqlite:///{copy}") == 1
    assert "large" not in tables(database_url)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("case", ["no rows", "nothing to do", "no database"])
def test_nothing_is_copied_where_no_row_is_at_stake(
    database_url: str, tmp_path: Path, later: Path, case: str
) -> None:
    if case == "no database":
        database_url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    elif case == "nothing to do":
        execute(database_url, ONE_PROJECT)
    migrations = MIGRATIONS if case == "nothing to do" else later
    said: list[str] = []
    upgrade_with_backup(database_url, tmp_path / "b", echo=said.append, migrations=migrations)
    assert state(database_url, migrations=migrations) is DatabaseState.CURRENT
    assert not said
    assert not (tmp_path / "b").exists()


def test_upgrades_at_once_do_the_work_once(empty_database_url: str) -> None:
    program = (
        "import sys; from app.core.migrate import upgrade;"
        "sys.stdin.readline(); upgrade(sys.argv[1])"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty_database_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    assert state(empty_database_url) is DatabaseState.CURRENT


def count_projects(database_url: str) -> int:
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM projects")).scalar_one()
    engine.dispose()
    return int(count)


def definitions(database_url: str) -> list[str]:
    """Return a line for each column, constraint and index, in an order of its own."""
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        lines = sqlite_definitions(connection) if is_sqlite else postgres_definitions(connection)
    engine.dispose()
    return sorted(line for line in lines if "alembic_version" not in line)


def sqlite_definitions(connection: Connection) -> list[str]:
    query = text("SELECT type, tbl_name, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    lines: list[str] = []
    for kind, table, name, sql in connection.execute(query):
        words = " ".join(sql.replace('"', "").split())
        if kind == "table":
            _, _, body = words.partition("(")
            parts = top_level_parts(body.rpartition(")")[0])
            lines += [f"{table}: {each}" for part in parts for each in column_and_rule(part)]
        else:
            lines.append(f"{table}: {kind} {name}: {words}")
    return lines


def column_and_rule(part: str) -> list[str]:
    """Tell a column from its rule: where it was added later, that stands beside it."""
    column, beside, rule = part.partition(" CONSTRAINT ")
    if not beside or not column:
        return [part]
    name, _, said = rule.partition(" ")
    if said.startswith("REFERENCES"):
        said = f"FOREIGN KEY({column.split()[0]}) {said}"
    return [column, f"CONSTRAINT {name} {said}"]


def top_level_parts(body: str) -> list[str]:
    """Split at the commas that stand outside brackets and quotes."""
    parts, depth, is_quoted = [""], 0, False
    for character in body:
        if character == "'":
            is_quoted = not is_quoted
        elif not is_quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0 and not is_quoted:
            parts.append("")
        else:
            parts[-1] += character
    return [part.replace("( ", "(").replace(" )", ")").strip() for part in parts]


def postgres_definitions(connection: Connection) -> list[str]:
    queries = (
        """
        SELECT c.relname || ': ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
               || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
               || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
        """,
        """
        SELECT conrelid::regclass || ': ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        """,
        "SELECT tablename || ': ' || indexdef FROM pg_indexes WHERE schemaname = 'public'",
        """
        SELECT tgrelid::regclass || ': ' || pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
        """,
        """
        SELECT proname || ': ' || regexp_replace(prosrc, '\\s+', ' ', 'g')
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        """,
    )
    return [line for query in queries for line in connection.execute(text(query)).scalars()]
