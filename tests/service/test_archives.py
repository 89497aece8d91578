"""Project archives: taken away and brought back."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.activity.pages.event_text import describe, names_in
from app.annotations.models import Annotation
from app.annotations.queries.verify import verify
from app.annotations.service import annotations, bulk, undo
from app.archives.queries.description import LEFT_OUT, TABLES
from app.archives.queries.dictionary import write_dictionary
from app.archives.queries.zip_file import archive_chunks
from app.archives.service.ids import AllIds, Ids
from app.archives.service.importing import is_late
from app.archives.service.reading import UnfitArchive
from app.archives.service.references import IN_STATES, SUBJECTS, map_state
from app.articles.models import Article
from app.codebook.service import undo_merge
from app.core.db import Database
from app.core.migrate import upgrade
from app.discussion.queries.verify import verify as verify_discussion
from app.events.models import Event
from app.exports.queries.csv_file import csv_chunks
from app.exports.queries.rows import Selection
from app.guidelines.service import current
from app.inbox.queries.inbox import count_unread
from app.models import metadata
from app.parties.queries import verify as verify_parties
from app.projects.models import Member
from app.projects.service import projects
from app.search.queries.verify import verify as verify_search
from app.themes.queries import list_themes
from app.themes.queries import verify as verify_themes
from app.themes.service.themes import MERGED
from tests.harness.archives import (
    NEW_PERMALINKS,
    PERMALINKS,
    Files,
    add_everything,
    bring_in,
    changed_archive,
    read_archive,
    take_away,
)
from tests.harness.builders import add_account, add_annotation, add_room
from tests.harness.postgres import PostgresServer

NOT_IDS = {"start", "end", "block", "position", "version", "number", "added", "changed", "same"} | {
    *("not_own", "placed", "orphaned", "count")
}
"""Fields of the states of events that are numbers, and no ids."""


def csv_of(database: Database, project_id: int) -> list[dict[str, str]]:
    """Return the rows of the CSV without what is another in a copy."""
    content = b"".join(csv_chunks(database, Selection(project_id, "")))
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    other = {"annotation_id", "article_id", "project", "permalink"}
    return [{name: row[name] for name in row if name not in other} for row in rows]


def problems(database: Database) -> list[str]:
    with database.session() as session:
        checks = (verify, verify_themes, verify_parties, verify_discussion, verify_search)
        return [problem for check in checks for problem in check(session)]


def relabelled(files: Files) -> Files:
    """Return the rows of an archive with what is the same in a copy in place of each id."""
    places: dict[str, dict[int, Any]] = {
        name: {row["id"]: place for place, row in enumerate(rows, 1)}
        for name, rows in files.items()
        if rows and "id" in rows[0]
    }
    places["accounts"] = {row["id"]: row["name"] for row in files["accounts"]}  # all different

    def of(table: str, value: Any) -> Any:  # noqa: ANN401  (an id, or several)
        if isinstance(value, list):
            return [of(table, each) for each in value]
        return places[table].get(value, 0) if value else value

    made: Files = {}
    for name, rows in files.items():
        columns = {each.name: TABLES[name].target(each) for each in TABLES[name].columns}
        columns |= {"id": name} if TABLES[name].has_id else {}
        made[name] = [
            {key: of(columns[key], row[key]) if columns[key] else row[key] for key in row}
            for row in rows
        ]
        if name == "events":
            for row in made[name]:
                row["subject_id"] = of(SUBJECTS[row["subject_kind"]], row["subject_id"])
                for state in filter(None, (row["before"], row["after"])):
                    for key, table in IN_STATES.get(row["subject_kind"], {}).items():
                        state[key] = of(table, state.get(key))
                    for each in state.get("affiliations", ()):
                        each[0] = of("parties", each[0])
                    for reason in state.get("left", {}):
                        state["left"][reason] = of("annotations", state["left"][reason])
    return made


def test_every_table_is_in_the_archive_or_left_out_with_a_reason() -> None:
    assert {*TABLES, *LEFT_OUT} == set(metadata.tables)
    assert not TABLES.keys() & LEFT_OUT.keys()
    known: set[str] = set()
    for name, each in TABLES.items():
        known.add(name)
        for column in each.columns:
            target = each.target(column)
            assert not target or target in known or is_late(column), f"{name}.{column.name}"
        assert each.left_out.keys() <= set(each.table.columns.keys())
        assert f"## {each.file}" in write_dictionary()


def test_a_copy_has_everything_and_holds_together(database: Database, session: Session) -> None:
    room = add_everything(session)
    project_id = room.article.project_id
    session.rollback()
    assert problems(database) == []
    content = take_away(database, project_id)
    olga_id = room.owner.account_id
    before = session.scalars(select(func.max(Event.id))).one()
    unread = count_unread(session, olga_id)
    session.rollback()
    copy_id = bring_in(database, content, olga_id)
    assert problems(database) == []
    assert csv_of(database, copy_id) == csv_of(database, project_id)
    assert len(csv_of(database, copy_id)) == 4

    files, copied = read_archive(content), read_archive(take_away(database, copy_id))
    assert files["accounts"].pop(0)["name"] == "Rita"  # who has done nothing
    del files["members"], copied["members"]  # of the copy whoever imports, alone
    *_others, imported, joined = copied["events"]
    assert imported["kind"] == projects.IMPORTED
    assert joined["account_id"] == imported["account_id"] == olga_id
    copied["events"] = copied["events"][: len(files["events"])]
    there, here = relabelled(files), relabelled(copied)
    for name in files:
        assert _without_chance(name, there[name]) == _without_chance(name, here[name]), name
    texts = json.dumps(files, ensure_ascii=False)
    assert "@example.org" not in texts
    assert "$argon2" not in texts
    assert {"account.signed_in", "invitation.made"}.isdisjoint(
        row["kind"] for row in files["events"]
    )

    guidelines = current(session, copy_id)
    claim = session.scalars(
        select(Annotation).where(Annotation.project_id == copy_id).order_by(Annotation.id)
    ).first()
    assert guidelines is not None
    assert claim is not None
    link = f"[Annotation {claim.id}]({NEW_PERMALINKS}/annotations/{claim.id})"
    assert guidelines.text.endswith(link)
    query = copied["saved_searches"][0]["query"]
    assert f"article={claim.article_id}&" in query
    assert f"annotator={claim.account_id}&annotator=me" in query
    assert count_unread(session, olga_id) == unread  # it is no news
    with database.session() as reading:  # pages can say all of it
        events = reading.scalars(select(Event).where(Event.id > before)).all()
        names = names_in(reading, events)
        assert all(describe(event, names) for event in events)


def _without_chance(name: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return rows, in some order, without what is another in each copy or compared by itself."""
    chance = {
        "projects": {"slug"},
        "accounts": {"kind", "created_at", "colour"},
        "guidelines": {"text"},
        "saved_searches": {"query"},
    }
    for row in rows:
        for state in filter(None, (row.get("before"), row.get("after"))):
            state.pop("query", None)
    left_out = chance.get(name, set())
    return sorted(
        json.dumps({key: row[key] for key in row.keys() - left_out}, sort_keys=True) for row in rows
    )


def test_whoever_imports_goes_on_with_what_is_theirs_and_nobody_else_signs_in(
    database: Database, session: Session
) -> None:
    room = add_everything(session)
    content = take_away(database, room.article.project_id)
    cato_id, note = room.curator.account_id, session.get_one(Annotation, 2).note
    session.rollback()
    copy_id = bring_in(database, content, cato_id, name="  The   copy ")
    me = session.get_one(Member, (copy_id, cato_id))
    assert me.project.name == "The copy"
    assert me.role == "owner"
    assert session.scalars(select(Member).where(Member.project_id == copy_id)).all() == [me]
    query = select(Annotation).where(Annotation.project_id == copy_id).order_by(Annotation.id)
    claim, demand, gone, own, _of_lena = session.scalars(query)
    assert [each.annotator.is_outsider for each in (claim, demand, gone, own)] == [
        *(True, True, True, False)
    ]
    assert claim.annotator.name == "Ines"
    assert (claim.note, demand.note) == (note, "Look here.")

    many = session.scalars(
        select(Event).where(Event.project_id == copy_id, Event.kind == bulk.CHANGED_MANY)
    ).all()
    bulk.undo(session, actor=me, event_id=many[-1].id)
    merged = session.scalars(
        select(Event).where(Event.project_id == copy_id, Event.kind == MERGED)
    ).one()
    undo_merge(session, actor=me, event_id=merged.id)
    annotations.change(session, actor=me, annotation_id=own.id, version=own.version, tag="demand")
    session.commit()
    assert [theme.name for theme in list_themes(session, copy_id) if not theme.archived_at] == [
        *("Ports", "Quays")
    ]
    session.refresh(demand)
    assert demand.note == ""
    article_id = own.article_id
    undo.undo(session, actor=me, article_id=article_id, client_key="undo")
    undo.redo(session, actor=me, article_id=article_id, client_key="redo")
    session.commit()
    session.refresh(own)
    assert own.tag == "demand"
    article = session.get_one(Article, claim.article_id)
    add_annotation(session, me, article, "wave the flags")
    # Nobody of that name in the archive, or not the only one: then all are others.
    stranger_id = add_account(session, "Zoë").id
    session.rollback()
    other_id = bring_in(database, content, stranger_id)
    people = select(Annotation.account_id).where(Annotation.project_id == other_id)
    kinds = session.scalars(select(Account.kind_name).where(Account.id.in_(people)))
    assert set(kinds) == {"outsider"}
    assert problems(database) == []


def test_states_of_events_have_no_number_of_which_nobody_knows_whether_it_is_an_id(
    session: Session,
) -> None:
    """A new field of this kind: add it to IN_STATES of the archives, or here to NOT_IDS."""
    add_everything(session)
    for event in session.scalars(select(Event)):
        known = NOT_IDS | IN_STATES.get(event.subject_kind, {}).keys()
        for state in filter(None, (event.before, event.after)):
            numbers = {name for name, value in state.items() if type(value) is int}
            if event.kind == "article.corrected" or event.kind.endswith("taken_back"):
                numbers -= {"revision"}  # its number
            if not event.kind.startswith("invitation."):
                assert numbers <= known, event.kind


@pytest.mark.postgres
@pytest.mark.sqlite_only
def test_a_project_moves_to_postgresql_and_back(
    database: Database, session: Session, postgres: PostgresServer
) -> None:
    room = add_everything(session)
    project_id = room.article.project_id
    session.rollback()
    name = postgres.create_database()
    upgrade(postgres.url(name))
    there = Database(postgres.url(name))
    with there.session() as other:
        add_room(other, "other")
    copy_id = bring_in(there, take_away(database, project_id))
    assert problems(there) == []
    assert csv_of(there, copy_id) == csv_of(database, project_id)
    back_id = bring_in(database, take_away(there, copy_id, NEW_PERMALINKS))
    assert problems(database) == []
    assert csv_of(database, back_id) == csv_of(database, project_id)
    there.dispose()
    postgres.drop_database(name)


@pytest.mark.sqlite_only
def test_an_archive_of_before_a_column_came_is_imported_and_a_lost_column_is_not(
    database: Database, session: Session
) -> None:
    room = add_room(session)
    add_annotation(session, room.annotator, room.article)
    content = take_away(database, room.article.project_id)

    def without(table: str, column: str) -> bytes:
        def change(files: Files, _manifest: dict[str, Any]) -> None:
            for row in files[table]:
                del row[column]

        return changed_archive(content, change)

    session.rollback()
    made = bring_in(database, without("annotations", "themes"))
    assert len(csv_of(database, made)) == 1
    with pytest.raises(UnfitArchive, match="other columns"):
        bring_in(database, without("annotations", "quote"))


@pytest.mark.sqlite_only
def test_an_archive_is_of_one_moment_though_people_go_on(
    database: Database, session: Session
) -> None:
    room = add_room(session)
    add_annotation(session, room.annotator, room.article)
    chunks = archive_chunks(database, room.article.project_id, PERMALINKS)
    begun = next(chunks)
    add_annotation(session, room.annotator, room.article, "every spring")
    session.rollback()
    made = bring_in(database, begun + b"".join(chunks))
    assert len(csv_of(database, made)) == 1
    assert problems(database) == []


def test_which_positions_and_changes_were_exported_is_told_in_the_copy_too() -> None:
    ids = AllIds()
    for table in ("parties", "positions", "articles", "accounts", "themes"):
        ids.put(table, Ids(table, [77]))
        ids.of(table).add(7)
    for of, query, mapped in (
        ("positions", "party=7&party=8&from=2025-01-01&by=person", "party=77&from=2025-01-01"),
        ("changes", "party=7&position=8&article=7&view=every", "party=77&article=77&view=every"),
    ):
        state = {"of": of, "format": "CSV", "query": query}
        kept = map_state(ids, "project", state)
        assert kept is not None
        assert kept["query"].startswith(mapped), of


def test_which_network_was_taken_away_is_told_in_the_copy_too() -> None:
    kept = "kind=party-party&relation=subtract&from=2025-01-01"
    state = {"of": "networks", "format": "CSV", "query": f"{kept}&party=7&by=nobody"}
    assert map_state(AllIds(), "project", state) == {**state, "query": kept}
    with pytest.raises(UnfitArchive, match="asks for too much"):
        map_state(AllIds(), "project", {**state, "query": 5})
