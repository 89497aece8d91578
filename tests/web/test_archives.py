"""A whole project as a download for its owners, and the page that makes a project of one."""

import io
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.models import Annotation
from app.archives import views
from app.events.models import Event
from app.projects.models import Member, Project
from app.projects.service import projects
from tests.harness.archives import add_everything, read_archive
from tests.harness.builders import Room, add_annotation, csrf_token, sign_in
from tests.harness.pages import PageClient, page_client

ADDRESS = "/projects/first/archive.zip"
IMPORT = "/projects/import"


def send(client: PageClient, content: bytes | None, **fields: str) -> TestResponse:
    data: dict[str, object] = {"csrf_token": csrf_token(client), **fields}
    if content is not None:
        data["file"] = (io.BytesIO(content), "project.zip")
    return client.post(IMPORT, data=data)


@pytest.mark.sqlite_only
def test_an_owner_takes_a_project_away_and_makes_another_of_it(
    client: PageClient, session: Session
) -> None:
    room = add_everything(session)
    sign_in(client, session, room.owner.account)
    assert f'href="{ADDRESS}"' in client.get("/projects/first/settings").text
    with client.get(ADDRESS) as answer:
        content = answer.data
    assert answer.mimetype == "application/zip"
    assert 'filename="first-archive.zip"' in answer.headers["Content-Disposition"]
    assert read_archive(content)["projects"][0]["slug"] == "first"
    assert client.head(ADDRESS).status_code == 200
    taken = select(func.count()).where(Event.kind == projects.EXPORTED)
    assert session.scalar(taken) == 1  # HEAD exports nothing
    shown = client.get("/projects/first/activity?kind=exports").text
    assert "exported the whole project as an archive" in shown

    page = client.get(IMPORT).text
    assert f'href="{IMPORT}"' in client.get("/projects").text
    assert "called “<bdi>Olga</bdi>”" in page
    assert "At most 50 MB" in page
    made = send(client, content, name="", mine="1")
    assert made.status_code == 303
    copy = client.get(made.headers["Location"])
    assert "“Project first” is imported, and you own it." in copy.text
    session.rollback()
    project = session.scalars(select(Project).order_by(Project.id.desc())).first()
    assert project is not None
    activity = client.get(f"/projects/{project.slug}/activity").text
    assert "imported the project from an archive of “Project first”" in activity
    assert "took back that" not in activity
    for path in ("articles", "findings/passages", "findings/summary", "trash", "people", "themes"):
        assert client.get(f"/projects/{project.slug}/{path}").status_code == 200
    assert client.get(f"/projects/{project.slug}/guidelines").status_code == 200
    query = select(Annotation).where(Annotation.project_id == project.id)
    annotations = session.scalars(query).all()
    for annotation in annotations:
        assert client.get(f"/annotations/{annotation.id}/history").status_code == 200
    for article_id in {annotation.article_id for annotation in annotations}:
        article = f"/projects/{project.slug}/articles/{article_id}"
        for path in ("", "/revisions", "/revisions/1", "/orphans", "/activity"):
            assert client.get(article + path).status_code == 200


@pytest.mark.sqlite_only
def test_what_cannot_be_imported_is_said_and_what_was_typed_stays(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.reader.account)
    count = session.scalars(select(func.count()).select_from(Project)).one()
    session.rollback()
    cases = (
        (None, "", "Choose the file of a project archive."),
        (
            b"",
            "",
            "This is not a project archive of Gloss, or it is damaged. Nothing was",
        ),
        (b"PK", "x" * 101, "at most 100 characters; this has 101"),
    )
    for content, name, words in cases:
        answer = send(client, content, name=name)
        assert answer.status_code == 422
        assert words in answer.text
        assert f'value="{name}"' in answer.text
        assert 'value="1">' in answer.text  # the tick is still taken away
    config = app.config["GLOSS"]
    app.config["GLOSS"] = replace(config, limits=replace(config.limits, packed_bytes=1_500))
    assert "larger than 0.0015 MB, the most that is" in send(client, b"x" * 1_501).text
    session.rollback()
    assert session.scalars(select(func.count()).select_from(Project)).one() == count


@pytest.mark.sqlite_only
def test_few_archives_are_taken_away_at_once(app: Flask, session: Session, room: Room) -> None:
    add_annotation(session, room.annotator, room.article)
    client = sign_in(page_client(app), session, room.owner.account)
    open_ones = [client.get(ADDRESS) for _ in range(views.AT_ONCE)]
    refused = client.get(ADDRESS)
    assert refused.status_code == 503
    assert "Wait until one is done" in refused.text
    for answer in open_ones:
        answer.close()  # whoever leaves makes room
    with client.get(ADDRESS) as taken:
        assert taken.status_code == 200


@pytest.mark.sqlite_only
def test_an_archive_that_nobody_begins_to_read_makes_room(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    cookie = client.get_cookie("gloss")
    assert cookie is not None
    headers = {"Cookie": f"gloss={cookie.value}", "User-Agent": "tests"}
    for is_closed in [False, True] * views.AT_ONCE:  # else it is forgotten
        with app.test_request_context(ADDRESS, headers=headers):
            answer = app.full_dispatch_request()
            assert answer.status_code == 200
            if is_closed:
                answer.close()
            del answer


@pytest.mark.sqlite_only
def test_who_owns_as_many_projects_as_one_may_imports_none(
    client: PageClient, session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, session, room.owner.account)
    with client.get(ADDRESS) as answer:
        content = answer.data
    monkeypatch.setattr(projects, "MOST_OWNED", 1)
    refused = send(client, content)
    assert refused.status_code == 422
    assert "One person owns at most 1 projects" in refused.text
    assert session.scalars(select(func.count()).select_from(Member)).one() == 4
