"""How many SQL statements a page takes: as many with more rows as with a few."""

from flask import Flask
from sqlalchemy.orm import Session

from app.annotations.service import annotations
from app.projects.roles import Role
from tests.harness.builders import (
    Room,
    add_annotation,
    add_article,
    add_comment,
    add_member,
    sign_in,
)
from tests.harness.pages import PageClient
from tests.harness.statements import requested_statements

QUOTES = (
    "The council must close the road.",
    "It floods every spring",
    "nobody repairs it",
    "We have no money",
    "Ask the family",
)
PAGES = (
    "/projects/first/articles/{article}",
    "/projects/first/articles",
    "/projects/first/articles?sort=due",
    "/projects/first/articles?assignee=me&state=to+do",
    "/projects/first/articles?said=question",
    "/projects/first/trash",
    "/projects/first/activity",
    "/projects/first/articles/{article}/activity",
    "/projects/first/people",
    "/projects/first/guidelines",
    "/inbox",
    "/projects",
)


def fill(session: Session, room: Room, people: int) -> None:
    """Add people who tag, talk to the owner and delete, and an article and a project for each."""
    for number in range(people):
        name = f"Person {number}"
        member = add_member(session, Role.ANNOTATOR, name)
        article = add_article(session, title=f"Article of {name}")
        for quote in QUOTES:
            made = add_annotation(session, member, room.article, quote, note=f"{name}: {quote}")
            add_comment(session, member, made, "@Olga, is this so?", is_question=True)
        deleted = add_annotation(session, member, article)
        annotations.delete(session, actor=member, annotation_id=deleted.id, version=deleted.version)
        session.commit()


def test_pages_take_no_more_statements_when_they_have_more_rows(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    pages = [page.format(article=room.article.id) for page in PAGES]
    fill(session, room, people=3)
    few = {page: count(app, client, page) for page in pages}
    fill(session, room, people=3)
    assert {page: count(app, client, page) for page in pages} == few


def count(app: Flask, client: PageClient, address: str) -> int:
    """Return how many statements a page takes that was opened before."""
    client.get(address)
    with requested_statements(app) as statements:
        assert client.get(address).status_code == 200
    return len(statements)
