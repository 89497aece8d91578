"""How many SQL statements a page or an act takes: few, and as many with more rows."""

import uuid

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.annotations.service import annotations
from app.articles.service import articles
from app.assignments.service import assignments
from app.projects.roles import Role
from tests.harness.builders import (
    Room,
    add_annotation,
    add_article,
    add_comment,
    add_member,
    csrf_token,
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
    "/projects/first/articles?thread=question",
    "/projects/first/trash",
    "/projects/first/activity",
    "/projects/first/articles/{article}/activity",
    "/projects/first/people",
    "/projects/first/guidelines",
    "/projects/first/themes",
    "/projects/first/findings/parties",
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


MOST = {
    "/projects/first/articles/{article}": 7,
    "/projects/first/articles": 11,
    "/projects/first/articles?sort=due": 11,
    "/projects/first/articles?assignee=me&state=to+do": 12,
    "/projects/first/trash": 6,
    "/projects/first/activity": 7,
    "/projects/first/people": 8,
    "/inbox": 13,
}
MOST_OF_A_DRAWING = 10  # of an article in which something was tagged since it was last drawn
MOST_OF_A_CREATE = 9


def test_opening_an_article_and_each_list_takes_few_statements(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    fill(session, room, people=3)
    counted = {page: count(app, client, page.format(article=room.article.id)) for page in MOST}
    assert {page: number for page, number in counted.items() if number > MOST[page]} == {}
    add_annotation(session, room.annotator, room.article, "said the mayor")
    with requested_statements(app) as statements:
        client.get(f"/projects/first/articles/{room.article.id}")
    assert len(statements) <= MOST_OF_A_DRAWING


@pytest.mark.parametrize("situation", ["shared", "independent", "assigned"])
def test_a_tag_takes_few_statements(
    app: Flask, client: PageClient, session: Session, room: Room, situation: str
) -> None:
    if situation == "independent":
        articles.set_mode(session, actor=room.curator, article=room.article, mode=situation)
    if situation == "assigned":
        assignments.assign(
            session,
            actor=room.curator,
            articles=[room.article],
            account_ids=[room.annotator.account_id],
            due_on=None,
        )
    session.commit()
    fill(session, room, people=2)
    sign_in(client, session, room.annotator.account)
    address = f"/projects/first/articles/{room.article.id}"
    token = csrf_token(client)
    client.get(address)  # the text is in memory then
    is_first = True  # and so begins what was assigned
    for quote in QUOTES:
        fields = {"quote": quote, "tag": "claim", "client_key": uuid.uuid4().hex}
        with requested_statements(app) as statements:
            answer = client.post(
                f"{address}/annotations",
                data={**fields, "csrf_token": token},
                headers={"X-Fragment": "1"},
            )
        assert answer.status_code == 200
        assert is_first or len(statements) <= MOST_OF_A_CREATE, "\n".join(statements)
        is_first = False
