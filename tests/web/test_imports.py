"""Bringing annotations in by pages: a file, what becomes of it, choosing, adding, taking back."""

import io

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.models import Annotation
from app.core.clock import now
from app.core.db import Database
from app.imports.models import Import, ImportFile, ImportRow
from app.imports.service import imports, running
from app.projects.models import Member
from app.projects.roles import Role
from tests.harness.builders import Room, add_annotation, add_member, csrf_token, sign_in
from tests.harness.pages import PageClient

PATH = "/projects/first/imports"
TABLE = (
    "article_id,tag,quote,annotator,themes,start,colour\n"
    "1,claim,money,Zoe,ports,,red\n"
    "1,demand,The road floods.,,,,\n"
    "1,claim,cheese,,,,\n"
    "1,claim,The council must close the road.,Ines,,,\n"
)


@pytest.fixture
def curator(client: PageClient, session: Session, room: Room) -> PageClient:
    add_annotation(session, room.annotator, room.article)
    return sign_in(client, session, room.curator.account)


def bring(client: PageClient, content: str, name: str = "tags.csv", **fields: str) -> TestResponse:
    file = (io.BytesIO(content.encode()), name)
    data = {"csrf_token": csrf_token(client), "file": file, **fields}
    return client.post(PATH, data=data)


def bring_to_look(client: PageClient, content: str = TABLE) -> TestResponse:
    answer = bring(client, content)
    assert answer.status_code == 303
    return client.get(answer.headers["Location"])


def living(session: Session) -> list[Annotation]:
    session.rollback()
    query = select(Annotation).where(Annotation.deleted_at.is_(None)).order_by(Annotation.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def test_a_file_is_looked_at_then_added_and_taken_back(
    curator: PageClient, session: Session
) -> None:
    assert f'href="{PATH}"' in curator.get("/projects/first/articles").text
    assert f'href="{PATH}"' in curator.get("/projects/first/findings/passages").text
    page = bring_to_look(curator)
    here = page.request.path
    for words in (
        "Import 1 annotation<",
        "1 to choose",
        "1 refused",
        "1 to be added",
        "1 there already",
        "Annotators who are not here become outsiders, who cannot sign in: Zoe.",
        "New themes are made: ports.",
        "Columns that are not read: colour.",
        "Its words stand at 2 places.",
    ):
        assert words in page.text, words
    refused = curator.get(f"{here}?show=refused")
    assert "Row 4" in refused.text
    assert "Its words do not occur in the article" in refused.text
    assert len(living(session)) == 1
    place = session.scalars(select(ImportRow).where(ImportRow.outcome == "several")).one()
    start = place.planned["places"][1][0]
    kept = curator.submit(page, "import-rows", {f"place-{place.position}": str(start)})
    assert kept.status_code == 303
    page = curator.get(kept.headers["Location"])
    assert "Import 2 annotations" in page.text
    added = curator.post(
        f"{here}/add",
        data={"csrf_token": csrf_token(curator), f"place-{place.position}": str(start)},
    )
    page = curator.get(added.headers["Location"])
    assert "2 annotations were added." in page.text
    assert "1 was there already." in page.text
    assert "/choices" not in page.text
    assert "Row 4" in curator.get(f"{here}?show=refused").text
    assert [(one.quote, one.annotator.name) for one in living(session)[1:]] == [
        ("money", "Zoe"),
        ("The road floods.", "Cato"),
    ]
    assert living(session)[2].start == start
    assert session.scalars(select(ImportFile)).all() == []
    assert (
        "imported 2 passages from the file “tags.csv”"
        in curator.get("/projects/first/activity").text
    )
    undone = curator.submit(page, "/projects/first/findings/acts/")
    page = curator.get(undone.headers["Location"])
    assert "Undone: 2 passages are in the trash." in page.text
    assert "This was undone" in curator.get(here).text
    assert len(living(session)) == 1
    assert curator.post(f"{here}/discard", data={"csrf_token": csrf_token(curator)})
    assert curator.get(here).status_code == 404
    assert (
        "imported this from a file, tagged as claim" in curator.get("/annotations/2/history").text
    )


def test_what_cannot_be_read_is_told_with_what_to_do(curator: PageClient, session: Session) -> None:
    page = bring(curator, TABLE, "tags.pdf")
    assert page.status_code == 422
    assert "in no format that is read here" in page.text
    assert bring(curator, TABLE, "").status_code == 422
    page = bring_to_look(curator, "a,b\n1,2\n")
    assert "The first row has to name the columns" in page.text
    again = curator.submit(page, f"{page.request.path}/again")
    assert again.status_code == 303
    page = bring_to_look(curator, 'article_id,tag,quote\n1,claim,"money\n')
    assert "Row 2 cannot be read as CSV" in page.text
    for _number in range(imports.MOST_WAITING - 2):
        assert bring(curator, TABLE).status_code == 303
    refused = bring(curator, TABLE, format="csv")
    assert refused.status_code == 409
    assert "10 imports of yours wait here already" in refused.text
    assert '<option value="csv" selected>' in refused.text
    session.execute(update(Import).values(made_at=now() - imports.KEPT - imports.QUIET))
    session.commit()
    assert bring(curator, TABLE).status_code == 303
    assert len(session.scalars(select(Import)).all()) == 1


def test_anothers_import_is_not_there(curator: PageClient, session: Session, room: Room) -> None:
    here = bring_to_look(curator).request.path
    for member in (room.owner, add_member(session, Role.OWNER, "Otto", "second")):
        sign_in(curator, session, member.account)
        token = csrf_token(curator)
        assert curator.get(here).status_code == 404
        assert "tags.csv" not in curator.get(f"/projects/{member.project.slug}/imports").text
        for act in ("choices", "add", "again", "discard"):
            assert curator.post(f"{here}/{act}", data={"csrf_token": token}).status_code == 404
        elsewhere = here.replace("first", member.project.slug)
        assert curator.get(elsewhere).status_code == 404
    assert len(living(session)) == 1


def test_one_that_stopped_says_so_and_is_started_again(
    app: Flask, curator: PageClient, session: Session
) -> None:
    database: Database = app.extensions["database"]
    here = bring_to_look(curator).request.path
    one = session.scalars(select(Import)).one()

    def leave(state: str, run: int, since: int) -> None:
        session.rollback()
        session.refresh(one)
        one.state, one.run, one.problem = state, run, ""
        one.beat_at = now() - since * imports.QUIET
        session.commit()

    leave("reading", 2, 0)
    page = curator.get(here)
    assert "goes on when you close this page" in page.text
    assert "Start again" not in page.text
    assert curator.get(here, headers={"X-Fragment": "1"}).text.count("<section") == 1
    token = {"csrf_token": csrf_token(curator)}
    assert curator.post(f"{here}/again", data=token).status_code == 409
    running.note_end(database, one.id, 1)  # an earlier one
    assert "Start again" not in curator.get(here).text
    running.note_end(database, one.id, 2)
    assert "It stopped before it was done. Nothing of it was added." in curator.get(here).text
    leave("reading", 3, 2)
    page = curator.get(here)
    assert "It has stopped" in page.text
    assert curator.submit(page, f"{here}/again").status_code == 303
    assert "1 to be added" in curator.get(here).text
    leave("adding", 5, 2)
    page = curator.get(here)
    assert curator.submit(page, f"{here}/again").status_code == 303
    assert "Import 1 annotation" in curator.get(here).text
    running.run_import(database, one.id, 5)  # the one that was given up
    assert len(living(session)) == 1


def test_who_may_import_no_more_adds_nothing(
    app: Flask, curator: PageClient, session: Session, room: Room
) -> None:
    database: Database = app.extensions["database"]
    here = bring_to_look(curator).request.path
    one = session.scalars(select(Import)).one()
    run = imports.go_on(session, actor=room.curator, import_id=one.id)
    member = session.get_one(Member, (room.curator.project_id, room.curator.account_id))
    member.role_name = Role.ANNOTATOR.value
    session.commit()
    running.run_import(database, one.id, run)
    assert len(living(session)) == 1
    assert curator.get(here).status_code == 403
    session.refresh(one)
    assert one.problem.startswith("You may not import annotations")
