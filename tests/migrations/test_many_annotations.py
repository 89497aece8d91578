"""Bringing a database with many annotations up to date, also where somebody ends it midway."""

import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.verify import verify
from app.articles.models import Article
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.models import State
from app.assignments.service import assignments
from app.core.db import Database
from app.core.migrate import (
    DatabaseState,
    alembic_config,
    migrating,
    state,
    upgrade,
    upgrade_with_backup,
)
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.service import memberships
from app.projects.tagging_modes import Mode
from tests.harness.builders import add_annotation, add_article, add_room
from tests.harness.server import ROOT

BEFORE = "0014"
MANY = 60_000
ROWS = (
    """
    INSERT INTO accounts (id, name, email, password_hash, letter_keys, created_at, colour)
    VALUES (1, 'a', 'a@example.org', 'x', true, '2025-01-13', 'blue')
    """,
    "INSERT INTO projects (id, slug, name, created_at) VALUES (7, 'first', 'First', '2025-01-13')",
    """
    INSERT INTO articles (id, project_id, title, author, publication, source_url, language, guessed,
    content_hash, created_at, touched_at)
    VALUES (1, 7, '', '', '', '', 'en', '[]', 'x', '2025-01-13', '2025-01-13')
    """,
    """
    INSERT INTO revisions (id, article_id, number, text, words, hash, created_at)
    VALUES (3, 1, 1, 'Words.', 1, 'x', '2025-01-13'), (4, 1, 2, 'Other.', 1, 'x', '2025-01-13')
    """,
    """
    INSERT INTO annotations (id, article_id, revision_id, account_id, tag, start, "end",
    first_block, last_block, quote, prefix, suffix, note, client_key, version, created_at,
    updated_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)
    SELECT i, 1, 4, 1, 'demand', i, i + 5, 1, 1, 'Words', '', '', '', CAST(i AS VARCHAR), 1,
    '2025-01-13', '2025-01-13' FROM n
    """,
    "UPDATE annotations SET deleted_at = '2025-01-14' WHERE id <= 5",
)
# It waits at each line of progress for another line to read: the test ends it just there.
PROGRAM = """
import sys
from pathlib import Path
from app.core.migrate import upgrade_with_backup

def echo(sentence):
    print(sentence, flush=True)
    sys.stdin.readline()

upgrade_with_backup(sys.argv[1], Path(sys.argv[2]), echo=echo)
"""
MIDWAY = f"50,000 of {MANY:,} annotations are done."


@pytest.fixture
def large_url(empty_database_url: str) -> str:
    """Give the URL of a database of an older version, with many annotations."""
    config = alembic_config()
    config.attributes["database_url"] = empty_database_url
    command.upgrade(config, BEFORE)
    database = Database(empty_database_url)  # which lets SQLite be in WAL mode from now on
    with database.engine.begin() as connection:
        for statement in ROWS:
            values = {"many": MANY} if ":many" in statement else {}
            connection.execute(text(statement), values)
    database.dispose()
    return empty_database_url


@pytest.mark.slow
def test_a_migration_that_is_killed_midway_is_begun_again_and_ends_well(
    large_url: str, dialect: str, tmp_path: Path
) -> None:
    backups = tmp_path / "backups"
    for _ in range(2):
        kill_midway(large_url, backups)
        assert state(large_url) is DatabaseState.BEHIND
    said: list[str] = []
    upgrade_with_backup(large_url, backups, echo=said.append)
    assert state(large_url) is DatabaseState.CURRENT
    assert MIDWAY in said
    with migrating(large_url) as connection:
        kept = "SELECT count(*), min(project_id), max(project_id) FROM annotations"
        assert tuple(connection.execute(text(kept)).one()) == (MANY, 7, 7)
        counted = "SELECT project_id, account_id, article_id, tag, living FROM annotation_counts"
        assert connection.execute(text(counted)).all() == [(7, 1, 1, "demand", MANY - 5)]
        current = connection.execute(text("SELECT current_revision_id FROM articles"))
        assert current.scalar_one() == 4
    # A database that did not change is not copied again by each try; PostgreSQL's never is.
    copies = sorted(backups.glob("*")) if dialect == "sqlite" else []
    assert len(copies) == (1 if dialect == "sqlite" else 0)
    for copy in copies:
        assert state(f"sqlite:///{copy}") is DatabaseState.BEHIND


def kill_midway(database_url: str, backups: Path) -> None:
    """Begin to migrate, and kill the process when it is in the middle of the annotations."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, database_url, str(backups)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        while (line := process.stdout.readline().strip()) != MIDWAY:
            assert line, "it ended before"
            process.stdin.write("\n")
            process.stdin.flush()
        process.kill()


def test_which_annotations_were_made_blind_is_found_from_the_events(
    empty_database_url: str,
) -> None:
    upgrade(empty_database_url)
    database = Database(empty_database_url)
    with database.session() as session:
        tag_in_every_way(session)
        made = blind_ids(session)
        # As a version left them that did not keep it.
        session.execute(update(Annotation).values(made_blind=False))
        session.commit()
    database.dispose()
    config = alembic_config()
    config.attributes["database_url"] = empty_database_url
    command.downgrade(config, "0016-1")
    upgrade(empty_database_url)
    with database.session() as session:
        assert blind_ids(session) == made
        assert list(verify(session)) == []
    database.dispose()


def blind_ids(session: Session) -> set[int]:
    return set(session.scalars(select(Annotation.id).where(Annotation.made_blind)))


def tag_in_every_way(session: Session) -> None:
    """Let three people tag, with everything between that lets them see more, or less."""
    room = add_room(session)
    words = " ".join(f"word{number:03}" for number in range(100))
    article, other = add_article(session, words), add_article(session, words)
    members = (room.annotator, room.curator, room.reader)

    def tag(where: Article, *expected: Member) -> None:
        """Tag as everyone who may; `expected` are those who see only their own annotations."""
        for member in members:
            if member.role is not Role.READER:
                annotation = add_annotation(session, member, where, f"word{next(numbers):03}")
                assert annotation.made_blind == (member in expected), annotation.quote

    def act(done: Callable[[], object]) -> None:
        done()
        session.commit()

    numbers = itertools.count()
    tag(article)
    act(lambda: articles.set_mode(session, actor=room.owner, article=article, mode="independent"))
    tag(article, room.annotator)
    tag(other)
    act(
        lambda: memberships.change_role(
            session, actor=room.owner, account_id=room.reader.account_id, role="annotator"
        )
    )
    tag(article, room.annotator, room.reader)
    act(
        lambda: assignments.set_progress(
            session, actor=room.reader, article=article, state=State.DONE
        )
    )
    tag(article, room.annotator)
    act(
        lambda: assignments.set_progress(
            session, actor=room.reader, article=article, state=State.IN_PROGRESS
        )
    )
    tag(article, room.annotator, room.reader)
    act(lambda: articles.reveal(session, actor=room.owner, article=article))
    tag(article)
    act(lambda: articles.hide(session, actor=room.owner, article=article))
    tag(article, room.annotator, room.reader)
    act(lambda: set_project_mode(session, actor=room.owner, mode=Mode.INDEPENDENT))
    tag(other, room.annotator, room.reader)
    act(
        lambda: memberships.change_role(
            session, actor=room.owner, account_id=room.annotator.account_id, role="curator"
        )
    )
    tag(other, room.reader)
    act(lambda: articles.reveal(session, actor=room.owner, article=other))
    tag(other)
    act(lambda: articles.set_mode(session, actor=room.owner, article=other, mode="shared"))
    act(lambda: articles.set_mode(session, actor=room.owner, article=other, mode=""))
    tag(other, room.reader)
    act(lambda: articles.set_mode(session, actor=room.owner, article=article, mode="shared"))
    tag(article)
