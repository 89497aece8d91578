"""How many SQL statements a page or an act takes: few, and as many with more rows."""

import itertools
import uuid

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.annotations.models import SIDES
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
    add_party,
    add_position,
    add_theme,
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
PAGES = {
    "/projects/first/articles/{article}": 7,
    "/projects/first/articles": 11,
    "/projects/first/articles?sort=due": 11,
    "/projects/first/articles?assignee=me&state=to+do": 12,
    "/projects/first/articles?thread=question": 12,
    "/projects/first/articles/{article}/activity": 8,
    "/projects/first/articles/{article}/revisions": 5,
    "/projects/first/articles/{article}/orphans": 4,
    "/projects/first/trash": 6,
    "/projects/first/activity": 8,
    "/projects/first/people": 8,
    "/projects/first/guidelines": 4,
    "/projects/first/themes": 5,
    "/projects/first/imports": 4,
    "/projects/first/findings/passages": 30,
    "/projects/first/findings/passages?theme=none&sort=newest": 26,
    "/projects/first/findings/passages?q=so&in=text": 28,
    "/projects/first/findings/passages?q=so": 37,
    "/projects/first/findings/passages/by/annotator": 7,
    "/projects/first/findings/occurrences?q=road": 8,
    "/projects/first/findings/summary": 14,
    "/projects/first/findings/parties": 7,
    "/projects/first/findings/positions": 10,
    "/projects/first/findings/positions/list": 6,
    "/projects/first/findings/changes": 10,
    "/projects/first/findings/networks": 7,
    "/inbox": 13,
    "/inbox/questions": 5,
    "/inbox/disputes": 5,
    "/projects": 7,
}
"""Opening an article, and each list, with the most statements that it may take."""
MOST_OF_A_DRAWING = 10  # of an article in which something was tagged since it was last drawn
MOST_OF_A_CREATE = 9


def fill(session: Session, room: Room, people: int) -> None:
    """Add people who tag, talk to the owner and delete, and an article and names for each."""
    for number in range(people):
        name = f"Person {number}"
        member = add_member(session, Role.ANNOTATOR, name)
        article = add_article(session, title=f"Article of {name}")
        theme = add_theme(session, room.curator, f"Theme of {member.account_id}")
        party = add_party(session, member, f"Party of {member.account_id}")
        position = add_position(session, member, f"Road {member.account_id} is closed.")
        for side, quote in zip(itertools.cycle(SIDES), QUOTES):
            made = add_annotation(
                session,
                member,
                room.article,
                quote,
                note=f"{name}: {quote}",
                themes=[theme],
                party=party,
                position=position,
                side=side,
            )
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


def test_opening_an_article_and_each_list_takes_few_statements(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    fill(session, room, people=3)
    counted = {page: count(app, client, page.format(article=room.article.id)) for page in PAGES}
    assert {page: number for page, number in counted.items() if number > PAGES[page]} == {}
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
