"""What an earlier version recorded still verifies, shows, and can be undone and done again."""

import io
import json
import uuid
from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.queries.verify import verify
from app.annotations.service import annotations
from app.annotations.service import undo as undoing
from app.annotations.service.undo import UndoResult
from app.archives.queries.zip_file import archive_chunks
from app.archives.service.importing import Importer, import_project
from app.archives.service.reading import opened_archive
from app.articles.models import Article
from app.core.db import Database
from app.core.errors import Conflict
from app.core.migrate import alembic_config, upgrade
from app.discussion.queries.verify import verify as verify_discussion
from app.events.models import Event
from app.projects.models import Member
from app.projects.service.members import member_by_id
from app.search.queries.annotations import Source, WordLook
from app.search.queries.verify import verify as verify_search
from app.search.query import read_query
from tests.harness import old_rows
from tests.harness.builders import add_annotation, sign_in
from tests.harness.later import LaterState
from tests.harness.pages import PageClient, read, visible

CORRECTED = 1  # the article that was corrected twice, and once back
INDEPENDENT = 2
UNDONE = {
    CORRECTED: [
        "1 assumption: It floods every spring, and nobody repairs it. [Every spring?]",
        "6 claim: A first paragraph came. [New.] (in the trash)",
        "5 claim: nobody repairs it",
        "5 claim: nobody repairs it (in the trash)",
        "3 citation: read Dr. Smith’s report (in the trash)",
        "2 claim: The council must close [Who closes it?] (in the trash)",
        "2 claim: The council must close [Who closes it?]",
        "2 claim: The council must close",
        "2 demand: The council must close",
    ],
    INDEPENDENT: [
        "9 demand: The mill is [Seen before.]",
        "9 demand: The mill is closed. [Seen before.]",
        "9 demand: The mill is closed. [Seen before.] (in the trash)",
        "7 claim: Bread is dear this year. (in the trash)",
    ],
}
"""What the annotator’s undoing leaves after each step, by article."""
REDONE_LAST = {
    CORRECTED: "1 claim: It floods every spring, and nobody repairs it. [Every spring?]",
    INDEPENDENT: "9 claim: The mill is [Seen before.]",
}
END = {CORRECTED: "its boundaries stay as they are", INDEPENDENT: "nothing of yours to undo"}
"""Why no more is undone."""
HISTORIES = {
    1: ["from claim to assumption", "Is it really one, @Ines?", "On second thoughts.", "to claim"],
    2: ["from “The council must close the road.”", "from demand to claim", "Who closes it?"],
    3: ["tagged as citation", "no longer has its words"],
    4: ["“We have some money,” said the mayor.”", "took the correction back"],
    5: ["moved to the trash", "took the correction back"],
    6: ["by undo", "by redo", "from citation to claim, by undo"],
    9: ["tagged as demand", "Seen before.", "from “The mill is closed.”", "from demand to claim"],
}
"""Words in the history of each annotation."""
IN_REVISION_1 = [
    "The council must close",
    "It floods every spring, and nobody repairs it.",
    "“We have no money,” said the mayor.",
    "read Dr. Smith’s report",
]
IN_ACTIVITY = [
    "from “Project first” to “The River”",
    "from reader to annotator",
    "invitation 1",
    "from demand to claim: “The mill is”",
    "from assumption to claim: “It floods every spring, and nobody repairs it.”",
    "(revision 3)",
    "agreed · “The council must close”",
]

Act = Callable[..., UndoResult]


@pytest.fixture
def database_url(copy_of: Callable[[str], str]) -> str:
    """Give the URL of a database that an earlier version filled and this one has migrated."""
    return copy_of("old")


def assert_sound(session: Session) -> None:
    assert [*verify(session), *verify_discussion(session), *verify_search(session)] == []


def member(session: Session, name: str) -> Member:
    account_id = session.scalars(select(Account.id).where(Account.name == name)).one()
    return member_by_id(session, project_id=1, account_id=account_id)


def repeat(session: Session, actor: Member, article_id: int, act: Act) -> tuple[list[str], str]:
    """Undo or redo all that can be; return what each step leaves, and why no more can be."""
    said: list[str] = []
    while True:
        try:
            taken = act(session, actor=actor, article_id=article_id, client_key=uuid.uuid4().hex)
        except Conflict as conflict:
            session.rollback()
            return said, str(conflict)
        session.commit()
        assert_sound(session)
        said.append(state(taken.annotation))


def state(row: Annotation) -> str:
    trash = " (in the trash)" if row.deleted_at else ""
    note = f" [{row.note}]" if row.note else ""
    return f"{row.id} {row.tag}: {row.quote}{note}{trash}"


def states(session: Session) -> list[str]:
    return [state(row) for row in session.scalars(select(Annotation).order_by(Annotation.id))]


def test_old_rows_are_sound(session: Session) -> None:
    assert_sound(session)


def test_old_reasons_are_searched_until_the_migration_is_taken_back(
    database_url: str, session: Session
) -> None:
    def finds(words: str) -> list[int]:
        condition = WordLook(session, read_query(words), frozenset({Source.THREAD})).condition()
        return list(session.scalars(select(Annotation.id).where(condition)))

    assert finds('"nobody says so"') == finds('"on second thoughts"') == [1]
    session.rollback()
    config = alembic_config()
    config.attributes["database_url"] = database_url
    command.downgrade(config, "0040")
    assert finds('"nobody says so"') == []
    assert list(verify_search(session)) != []
    session.rollback()
    upgrade(database_url)
    assert finds('"nobody says so"') == [1]
    assert_sound(session)


@pytest.mark.sqlite_only
def test_an_old_project_goes_into_an_archive_and_comes_back(
    database: Database, session: Session
) -> None:
    before = [(row.tag, row.quote, row.note) for row in session.scalars(_IN_ORDER)]
    session.rollback()
    content = b"".join(archive_chunks(database, 1, "https://old.example"))
    with opened_archive(io.BytesIO(content)) as archive, database.writing() as writing:
        import_project(writing, archive, Importer(None, "https://new.example"))
        writing.commit()
    assert [(row.tag, row.quote, row.note) for row in session.scalars(_IN_ORDER)] == 2 * before
    assert_sound(session)


_IN_ORDER = select(Annotation).order_by(Annotation.id)


@pytest.mark.parametrize("article_id", [CORRECTED, INDEPENDENT])
def test_old_acts_are_undone_and_redone(session: Session, article_id: int) -> None:
    ines = member(session, "Ines")
    before = states(session)
    undone, reason = repeat(session, ines, article_id, undoing.undo)
    assert undone == UNDONE[article_id]
    assert END[article_id] in reason
    redone, reason = repeat(session, ines, article_id, undoing.redo)
    assert (len(redone), redone[-1]) == (len(undone), REDONE_LAST[article_id])
    assert "nothing of yours to redo" in reason
    assert states(session) == before


@pytest.mark.parametrize("number", HISTORIES)
def test_the_history_of_an_old_annotation_shows(
    client: PageClient, session: Session, number: int
) -> None:
    me = sign_in(client, session, member(session, "Ines").account)
    page = visible(me.get(f"/annotations/{number}/history"))
    assert [words for words in HISTORIES[number] if words not in page] == []


def test_what_an_old_revision_showed_is_shown(client: PageClient, session: Session) -> None:
    me = sign_in(client, session, member(session, "Ines").account)
    page = read(me.get("/projects/first/articles/1/revisions/1").text)
    marked = ["".join(mark.itertext()) for mark in page.iter("mark")]
    assert marked == IN_REVISION_1


def test_old_events_are_in_the_activity(client: PageClient, session: Session) -> None:
    olga = sign_in(client, session, member(session, "Olga").account)
    page = visible(olga.get("/projects/first/activity"))
    assert [words for words in IN_ACTIVITY if words not in page] == []


def test_what_is_tagged_after_a_migration_is_undone(session: Session) -> None:
    ines = member(session, "Ines")
    article = session.get_one(Article, INDEPENDENT)
    made = add_annotation(session, ines, article, "dear this year")
    annotations.delete(session, actor=ines, annotation_id=made.id, version=1)
    session.commit()
    undone, _reason = repeat(session, ines, INDEPENDENT, undoing.undo)
    is_made = f"{made.id} claim: dear this year"
    assert undone == [is_made, f"{is_made} (in the trash)", *UNDONE[INDEPENDENT]]


def test_an_annotation_of_before_that_a_correction_moved_is_changed_without_a_conflict(
    session: Session,
) -> None:
    """Who opened it before the correction changes it: nobody else has."""
    ines = member(session, "Ines")
    three = annotations.change(session, actor=ines, annotation_id=2, version=6, note="Since.")
    assert three.note == "Since."
    with pytest.raises(annotations.EditConflict):
        annotations.change(session, actor=ines, annotation_id=2, version=5, note="Before.")


ABOUT = [
    ("annotation.created", "annotation", 1, 1),
    ("annotation.changed", "annotation", 1, 2),
    ("annotation.reanchored", "annotation", 1, 3),
    ("annotation.changed", "annotation", 1, 6),
    ("comment.written", "comment", 1, 1),
    ("comment.edited", "comment", 1, 2),
    ("comment.deleted", "comment", 3, 2),
    ("stance.withdrawn", "thread", 2, None),
    ("thread.resolved", "thread", 1, None),
    ("article.corrected", "article", CORRECTED, None),
    ("assignment.state_changed", "article", INDEPENDENT, None),
    ("annotations.exported", "article", CORRECTED, None),
    ("invitation.made", "invitation", 1, None),
    ("member.role_changed", "account", 1, None),
    ("project.renamed", "project", 1, None),
]


def test_old_events_say_what_they_are_about(session: Session) -> None:
    rows = session.execute(select(Event.kind, Event.subject_kind, Event.subject_id, Event.version))
    found = {tuple(row) for row in rows}
    assert [each for each in ABOUT if each not in found] == []
    versions = select(Annotation.id, Annotation.version)
    newest = (
        select(Event.subject_id, func.max(Event.version))
        .where(Event.subject_kind == "annotation")
        .group_by(Event.subject_id)
    )
    assert set(session.execute(newest)) == set(session.execute(versions))


def test_old_events_can_still_not_be_changed(session: Session) -> None:
    with pytest.raises(DBAPIError, match="never changed"):
        session.execute(text("UPDATE events SET version = 1"))


def test_old_events_say_what_annotations_are_after_a_field_is_added(session: Session) -> None:
    for row in session.scalars(select(Annotation)):
        row.voice = "author"  # type: ignore[attr-defined]  # the default of the new column
        last = select(Event).where(Event.subject_kind == "annotation", Event.subject_id == row.id)
        event = session.scalars(last.order_by(Event.id.desc()).limit(1)).one()
        assert "voice" not in (event.after or {})
        assert LaterState.from_json(event.after or {}) == LaterState.of(row)


def test_old_rows_are_what_they_were_when_the_migrations_are_taken_back(database_url: str) -> None:
    config = alembic_config()
    config.attributes["database_url"] = database_url
    command.downgrade(config, old_rows.REVISION)
    assert old_rows.read(database_url) == json.loads(old_rows.ROWS.read_text())
