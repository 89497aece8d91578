"""What happened, below the pages: words for every kind, and lists that stay quick."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from app.activity import queries
from app.activity.pages.event_groups import GROUPS, LEFT_OUT
from app.activity.pages.event_text import EventNames, describe
from app.discussion.service import threads
from app.events.models import Event
from app.events.service import record
from app.events.subjects import ProjectActor
from tests.harness.builders import Room, add_annotation, add_comment
from tests.harness.server import ROOT

KINDS = frozenset(kind for group in GROUPS.values() for kind in group.kinds)
_KIND = re.compile(r"[a-z_]+\.[a-z_]+")


def recorders() -> Iterator[ast.Module]:
    """Yield every module that records events."""
    for path in (ROOT / "app").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "app.events.service" in source or path.match("accounts/views/audit.py"):
            yield ast.parse(source)


def constants(module: ast.Module) -> Iterator[str]:
    """Yield the kinds that a module gives names to."""
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            value = node.value.value
            if isinstance(value, str) and _KIND.fullmatch(value):
                yield value


def test_every_kind_that_a_service_records_has_words_or_is_left_out_on_purpose() -> None:
    recorded = {kind for module in recorders() for kind in constants(module)}
    assert {"annotation.created", "article.added", "member.removed", "invitation.used"} <= recorded
    assert recorded <= KINDS | LEFT_OUT
    assert not KINDS & LEFT_OUT


def test_a_kind_that_is_recorded_has_a_name() -> None:
    named = 0
    for module in recorders():
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id == "record":
                kind = node.args[2]
            elif isinstance(node.func, ast.Attribute) and node.func.attr == "record":
                kind = node.args[0]
            else:
                continue
            assert isinstance(kind, ast.Name), ast.unparse(node)
            named += 1
    assert named > 20


def test_no_kind_is_in_two_groups() -> None:
    assert sum(len(group.kinds) for group in GROUPS.values()) == len(KINDS)


@pytest.mark.parametrize(
    ("kind", "after", "words"),
    [
        ("article.corrected", {"revision": 2}, "corrected the text (revision 2)"),
        ("article.correction_taken_back", {"revision": 3}, "took back a correction (revision 3)"),
        ("account.sessions_ended", {"count": 1}, "ended 1 session of theirs"),
        ("account.sessions_ended", {"count": 1200}, "ended 1,200 sessions of theirs"),
        (
            "account.sessions_ended",
            {"count": 2, "account": 7},
            "ended 2 sessions of Ines {of} Ghent",
        ),
        (
            "article.changed",
            {"title": "T", "published_on": None},
            "changed title, date of publication",
        ),
        (
            "search.saved",
            {"name": "\u202eevil\u2069 \u05d0\u05d1"},
            "shared the search “\u2068evil \u05d0\u05d1\u2069” with the project",
        ),
        ("search.saved", {"name": "\u202eevil"}, "shared the search “evil” with the project"),
        ("something.new", None, "something.new"),
    ],
)
def test_each_case_of_an_event_and_unknown_kinds_have_words(
    kind: str, after: dict[str, object] | None, words: str
) -> None:
    event = Event(kind=kind, before=None, after=after)
    assert describe(event, EventNames({7: "Ines {of} Ghent"})) == words


@contextmanager
def plans(session: Session) -> Iterator[list[str]]:
    """Collect how SQLite answers what is asked meanwhile, a line for each step."""
    connection: Connection = session.connection()
    asked: list[tuple[str, object]] = []

    def keep(*arguments: object) -> None:
        asked.append((str(arguments[2]), arguments[3]))

    event.listen(connection, "before_cursor_execute", keep)
    lines: list[str] = []
    yield lines
    event.remove(connection, "before_cursor_execute", keep)
    for statement, values in asked:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]  # as the driver got them
        lines += [row[3] for row in rows]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("people", [None, frozenset({1})])
def test_a_page_reads_no_more_events_than_it_needs(
    session: Session, room: Room, people: frozenset[int] | None
) -> None:
    add_annotation(session, room.annotator, room.article)
    for scope in (
        queries.ActivityScope(room.owner),
        queries.ActivityScope(room.annotator),
        queries.ActivityScope(room.annotator, room.article.id),
    ):
        with plans(session) as lines:
            shown = queries.ActivityFilter(KINDS, people)
            queries.list_events(session, scope, shown, before=10**6, limit=51)
        assert lines
        steps = "\n".join(lines)
        assert "SCAN" not in steps
        assert "TEMP B-TREE" not in steps  # it would sort all of them


@pytest.mark.sqlite_only
@pytest.mark.parametrize("group", GROUPS)
def test_a_page_of_some_kinds_looks_at_events_of_no_other(
    session: Session, room: Room, group: str
) -> None:
    for member in (room.owner, room.annotator):
        with plans(session) as lines:
            shown = queries.ActivityFilter(frozenset(GROUPS[group].kinds))
            queries.list_events(
                session, queries.ActivityScope(member), shown, before=10**6, limit=51
            )
        found = [line for line in lines if line.startswith("SEARCH events USING")]
        by_kind = [line for line in found if "(project_id=? AND kind=? AND id<?)" in line]
        assert len(by_kind) == len(GROUPS[group].kinds)
        assert all("rowid=?" in line for line in set(found) - set(by_kind))  # those that are shown
        assert not any("SCAN events" in line for line in lines)


def test_a_page_of_several_kinds_has_the_newest_of_all(session: Session, room: Room) -> None:
    made = [
        add_annotation(session, room.annotator, room.article, quote)
        for quote in ("must close", "The council", "The road floods.")
    ]
    for each in made[:2]:
        add_comment(session, room.curator, each)
    threads.resolve(session, actor=room.curator, annotation_id=made[0].id)
    shown = queries.ActivityFilter(frozenset(GROUPS["discussion"].kinds))
    kinds = ["thread.resolved", "comment.written", "comment.written"]
    for limit in (2, 3, 9):
        rows = queries.list_events(
            session, queries.ActivityScope(room.annotator), shown, before=None, limit=limit
        )
        assert [row.event.kind for row in rows] == kinds[:limit]
    older = queries.list_events(
        session, queries.ActivityScope(room.annotator), shown, before=rows[1].event.id, limit=9
    )
    assert [row.event.id for row in older] == [rows[2].event.id]


@pytest.mark.sqlite_only
def test_who_did_something_is_found_without_reading_every_event(
    session: Session, room: Room
) -> None:
    with plans(session) as lines:
        queries.list_people(session, queries.ActivityScope(room.owner), KINDS)
    assert any("(project_id=? AND account_id=?)" in line for line in lines)
    assert not any("SCAN events" in line for line in lines)


def test_what_the_installation_did_is_in_its_name(session: Session, room: Room) -> None:
    actor = ProjectActor(room.owner.project_id)
    record(session, actor, "project.created", room.owner.project.subject)
    scope = queries.ActivityScope(room.owner)
    rows = queries.list_events(session, scope, queries.ActivityFilter(KINDS), before=None, limit=9)
    assert [(row.name, row.event.kind) for row in rows] == [
        ("Gloss", "project.created"),
        ("Gloss", "article.added"),
    ]
    assert queries.list_people(session, scope, KINDS) == []


def test_no_kinds_and_nobody_show_nothing(session: Session, room: Room) -> None:
    scope = queries.ActivityScope(room.owner)
    for shown in (queries.ActivityFilter(frozenset()), queries.ActivityFilter(KINDS, frozenset())):
        assert queries.list_events(session, scope, shown, before=None, limit=9) == []
    assert session.scalar(text("SELECT count(*) FROM events"))
