"""Themes out of a project as a table, and in again: what holds on both databases."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.pages.event_text import describe, names_in
from app.activity.queries import acts_to_undo
from app.core.errors import Conflict, Forbidden, Invalid
from app.events.models import Event
from app.projects.roles import Role
from app.text.csv_rows import BOM
from app.themes.models import Theme
from app.themes.queries import list_themes, verify
from app.themes.service import importing, themes
from app.themes.service.importing import ThemeImportPlan
from app.themes.state import ThemeState
from app.themes.table import read_table, write_table
from tests.harness.builders import Room, add_member, add_theme

HEAD = "name,definition,example,colour,parent,order,archived\n"


def take_in(session: Session, room: Room, text: str) -> tuple[ThemeImportPlan, int | None]:
    done = importing.carry_out(session, actor=room.curator, rows=read_table(text.encode(), 100))
    session.commit()
    assert list(verify(session)) == []
    return done


def states(session: Session, project_id: int) -> dict[str, ThemeState]:
    session.expire_all()
    return {theme.name: ThemeState.of(theme) for theme in list_themes(session, project_id)}


def names(session: Session, project_id: int) -> list[str]:
    return [theme.name for theme in list_themes(session, project_id)]


@pytest.mark.parametrize("separator", [",", ";"])
def test_what_was_exported_changes_nothing_and_makes_the_same_elsewhere(
    session: Session, room: Room, separator: str
) -> None:
    sea = add_theme(session, room.curator, "=sea")
    port = add_theme(session, room.curator, 'the "port", so', parent=sea)
    add_theme(session, room.curator, "'quay", parent=port)
    old = add_theme(session, room.curator, "old")
    themes.archive(session, actor=room.curator, theme_id=old.id)
    themes.move(session, actor=room.curator, theme_id=old.id, is_up=True)
    themes.change(
        session,
        actor=room.curator,
        theme_id=sea.id,
        version=sea.version,
        typed={"definition": "@water\nsalt", "colour": "blue"},
        parent_id=None,
    )
    session.commit()
    table = write_table(list_themes(session, room.article.project_id), separator)
    assert "'=sea" in table
    assert "''quay" in table
    planned = importing.plan(session, actor=room.curator, rows=read_table(table.encode(), 100))
    assert (planned.added, planned.changed, planned.refused, planned.same) == ([], [], [], 4)
    assert take_in(session, room, table)[1] is None
    other = add_member(session, Role.OWNER, slug="second")
    with_bom = (BOM + table).encode()
    importing.carry_out(session, actor=other, rows=read_table(with_bom, 100))
    session.commit()
    made = list_themes(session, other.project_id)
    assert write_table(made, separator) == table


def test_rows_make_and_change_themes_as_one_act_which_is_taken_back_as_one(
    session: Session, room: Room
) -> None:
    project_id = room.article.project_id
    for name in ("sea", "port", "quay"):
        add_theme(session, room.curator, name)
    before = states(session, project_id)
    done, event_id = take_in(
        session, room, f"{HEAD}Port,A harbour,,teal,sea,,\nquay,,,,,1,\nfish,,,,port,,yes\nsea\n"
    )
    assert event_id is not None
    assert [(line.name, line.columns) for line in done.changed] == [
        ("Port", ["name", "definition", "colour", "parent"]),
        ("quay", ["order"]),
        ("sea", ["order"]),
    ]
    assert [line.name for line in done.added] == ["fish"]
    after = states(session, project_id)
    ids = {theme.name: theme.id for theme in list_themes(session, project_id)}
    assert (after["Port"].parent, after["fish"].parent) == (ids["sea"], ids["Port"])
    assert after["quay"].position < after["sea"].position
    assert after["fish"].archived
    event = session.get_one(Event, event_id)
    assert describe(event, names_in(session, [event])) == (
        "imported themes from a file: 1 new, 3 changed"
    )
    assert acts_to_undo(session, room.curator, [event]) == {event_id}
    assert acts_to_undo(session, room.annotator, [event]) == set()
    # What somebody changed since stays.
    sea = session.get_one(Theme, ids["sea"])
    themes.change(
        session,
        actor=room.owner,
        theme_id=sea.id,
        version=sea.version,
        typed={"example": "mine"},
        parent_id=None,
    )
    session.commit()
    assert importing.undo(session, actor=room.curator, event_id=event_id) == (3, 1)
    session.commit()
    assert list(verify(session)) == []
    undone = states(session, project_id)
    assert undone["port"] == before["port"]
    assert undone["quay"] == before["quay"]
    assert undone["sea"].example == "mine"
    assert undone["fish"].archived
    assert acts_to_undo(session, room.curator, [event]) == set()
    with pytest.raises(Conflict, match="taken back already"):
        importing.undo(session, actor=room.curator, event_id=event_id)


def test_each_row_that_cannot_be_is_refused_with_the_reason_and_the_others_are_taken(
    session: Session, room: Room
) -> None:
    add_theme(session, room.curator, "sea")
    rows = (
        "salt,,,,sea,,",
        "Salt,,,,,,",
        ",no name,,,,,",
        "a;b,,,,,,",
        "red,,,red,,,",
        "lost,,,,nowhere,,",
        "one,,,,two,,",
        "two,,,,one,,",
        "late,,,,,first,",
        "gone,,,,,,perhaps",
        *(f"l{level},,,,{f'l{level - 1}' if level > 1 else ''},," for level in range(1, 7)),
    )
    lines = "\n".join(f'"{row.replace(",", chr(34) + "," + chr(34))}"' for row in rows)
    done, _event_id = take_in(session, room, HEAD + lines)
    why = {line.number: line.why for line in done.refused}
    assert set(why) == {3, 4, 5, 6, 7, 8, 9, 10, 11, 17}
    assert why[3] == "Row 2 has the same name."
    assert "nowhere" in why[7]
    assert "under itself" in why[8]
    assert "5 levels" in why[17]
    # One of the two that would stand under each other is refused, and then the other has nowhere.
    taken = set(names(session, room.article.project_id))
    assert taken == {"sea", "salt", "l1", "l2", "l3", "l4", "l5"}


def test_who_keeps_no_themes_imports_none_and_a_file_that_is_none_says_so(
    session: Session, room: Room
) -> None:
    rows = read_table(f"{HEAD}salt".encode(), 100)
    for member in (room.reader, room.annotator):
        with pytest.raises(Forbidden):
            importing.carry_out(session, actor=member, rows=rows)
    for data, why in (
        (b"", "not an empty one"),
        (b"title\nsalt", "no column"),
        (b"\xff\xfename", "UTF-8"),
        (b"name\na\nb\nc", "at most 2"),
    ):
        with pytest.raises(Invalid, match=why):
            read_table(data, 2)
    assert session.scalars(select(Theme)).all() == []
