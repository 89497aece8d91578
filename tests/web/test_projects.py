"""Projects in the browser: the way in, the list, a new one, settings, switching."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.clock import now
from app.projects.roles import Role
from tests.harness.builders import (
    Room,
    add_account,
    add_annotation,
    add_article,
    add_project,
    join,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, read


@pytest.fixture
def owner(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the owner is signed in."""
    return sign_in(client, session, room.owner.account)


def start(client: PageClient) -> str:
    return str(client.get("/").headers["Location"])


def switcher(answer: TestResponse) -> list[str]:
    """Return the projects that the masthead offers, the present one with a star."""
    links = read(answer.text).iterfind(".//details[@class='switcher']//li/a")
    return [f"{'*' if link.get('aria-current') else ''}{link.text}" for link in links][:-1]


def test_a_new_project_is_mine_and_empty(owner: PageClient) -> None:
    made = owner.submit(owner.get("/projects"), "/projects", {"name": "日本語の論説"})
    assert made.status_code == 303
    page = owner.get(made.headers["Location"])
    assert "“日本語の論説” is made, and you own it." in page.text
    assert "There are no articles here yet." in page.text
    assert switcher(page) == ["Project first", "*日本語の論説"]
    listed = owner.get("/projects").text
    assert "owner · 0 articles · 1 member<" in listed
    assert "owner · 1 article · 4 members<" in listed


@pytest.mark.sqlite_only
def test_a_bad_name_is_said_at_its_field_and_kept(owner: PageClient) -> None:
    for path in ("/projects", "/projects/first/settings"):
        refused = owner.submit(owner.get(path), path, {"name": "x" * 101})
        assert refused.status_code == 422
        assert "at most 100 characters; this has 101" in refused.text
        assert f'value="{"x" * 101}"' in refused.text
        assert 'aria-invalid="true"' in refused.text


@pytest.mark.sqlite_only
def test_a_project_is_renamed_and_its_links_stay(owner: PageClient, room: Room) -> None:
    page = owner.get("/projects/first/settings")
    path = "/projects/first/settings"
    assert owner.submit(page, path, {"name": "<b>Roads</b>"}).status_code == 303
    article = owner.get(f"/projects/first/articles/{room.article.id}")
    assert "&lt;b&gt;Roads&lt;/b&gt;" in article.text
    assert switcher(article) == ["*<b>Roads</b>"]


def test_an_archived_project_stands_apart_and_comes_back(
    owner: PageClient, session: Session, room: Room
) -> None:
    join(session, room.owner.account, Role.READER, "second")
    owner.submit(owner.get("/projects/first/settings"), "/projects/first/archive")
    assert switcher(owner.get("/projects/second/articles")) == ["*Project second"]
    listed = owner.get("/projects").text
    assert "Project first" in listed.partition("Archived</h2>")[2]
    assert start(owner) == "/projects/second/articles"
    # On its own pages it is named, and says that it is archived.
    page = owner.get(f"/projects/first/articles/{room.article.id}")
    assert switcher(page) == ["*Project first", "Project second"]
    assert ">archived</span>" in page.text
    owner.submit(owner.get("/projects/first/settings"), "/projects/first/restore")
    page = owner.get("/projects")
    assert "Archived</h2>" not in page.text


def test_of_many_projects_the_masthead_shows_the_ten_used_last_and_the_list_has_pages(
    owner: PageClient, session: Session, room: Room
) -> None:
    for number in range(100, 160):
        join(session, room.owner.account, Role.READER, f"p{number}")
    # Of those that this browser has not used, the first by name.
    others = [f"Project p{number}" for number in range(100, 109)]
    assert switcher(owner.get("/projects/first/articles")) == ["*Project first", *others]
    for number in range(140, 152):
        owner.get(f"/projects/p{number}/articles")
    used = [f"Project p{number}" for number in range(142, 151)]
    assert switcher(owner.get("/projects/p151/trash")) == [*used, "*Project p151"]
    # A page that leads to an annotation of another project names it, too.
    made = add_annotation(session, room.curator, room.article)
    card = switcher(owner.get(f"/annotations/{made.id}/card"))
    assert card[0] == "*Project first"
    assert len(card) == 10
    listed = owner.get("/projects").text
    assert "Project p148<" in listed
    assert "Project p149<" not in listed
    assert "Page 1 of 2" in listed
    assert "Project p149<" in owner.get("/projects?page=2").text


# --- the way in ---------------------------------------------------------------------------------


def test_the_bare_address_leads_to_the_only_project(owner: PageClient) -> None:
    assert start(owner) == "/projects/first/articles"


@pytest.mark.sqlite_only
def test_of_several_projects_it_leads_to_the_one_used_last(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    join(session, room.owner.account, Role.READER, "second")
    assert start(owner) == "/projects"
    owner.get(f"/projects/first/articles/{room.article.id}")
    assert start(owner) == "/projects/first/articles"
    owner.get("/projects/second/articles")
    assert start(owner) == "/projects/second/articles"
    # A part of a page that is fetched in another tab is no use of it.
    block = f"/projects/first/articles/{room.article.id}/blocks/1"
    assert owner.get(block, headers={"X-Fragment": "1"}).status_code == 200
    assert start(owner) == "/projects/second/articles"
    # A project that is not mine is not used by asking for it.
    add_project(session, "third")
    assert owner.get("/projects/third/articles").status_code == 404
    assert start(owner) == "/projects/second/articles"
    # Another browser knows nothing of it.
    assert start(sign_in(page_client(app), session, room.owner.account)) == "/projects"


@pytest.mark.sqlite_only
def test_who_is_in_no_project_is_told_so_and_may_make_one(
    client: PageClient, session: Session
) -> None:
    add_article(session, slug="strange", title="Strange title")
    sign_in(client, session, add_account(session))
    page = client.get("/", follow_redirects=True)
    assert (page.status_code, page.request.path) == (200, "/projects")
    assert "You are in no project yet" in page.text
    assert "strange" not in page.text.lower()
    client.submit(page, "/projects", {"name": "Mine"})
    assert start(client).startswith("/projects/mine-")


@pytest.mark.sqlite_only
def test_who_has_only_archived_projects_is_shown_them(
    owner: PageClient, session: Session, room: Room
) -> None:
    room.owner.project.archived_at = now()
    session.commit()
    page = owner.get("/", follow_redirects=True)
    assert "You are in no project that is in use" in page.text
    assert "Project first" in page.text
