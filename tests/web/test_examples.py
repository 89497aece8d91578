"""A settled question becomes an example in the guidelines."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.articles.service import articles
from app.discussion.service import threads
from app.guidelines import service as guidelines
from tests.harness.builders import Room, add_annotation, add_comment, sign_in
from tests.harness.pages import PageClient, page_client

GUIDELINES = "/projects/first/guidelines"


@pytest.fixture
def curator(app: Flask, session: Session, room: Room) -> PageClient:
    """Give a client in which the curator is signed in."""
    return sign_in(page_client(app), session, room.curator.account)


def settled(session: Session, room: Room) -> int:
    """Return the number of an annotation whose thread is resolved."""
    made = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, made, "Is “must” *a* demand?", is_question=True)
    add_comment(session, room.owner, made, "With someone to act it is.")
    threads.resolve(session, actor=room.owner, annotation_id=made.id)
    session.commit()
    return made.id


def test_a_resolved_thread_becomes_an_example_with_a_link_back(
    curator: PageClient, session: Session, room: Room
) -> None:
    guidelines.write(session, actor=room.owner, text="# How\n\nShort passages.", number=0)
    number = settled(session, room)
    path = f"/annotations/{number}/example"
    assert f'href="{path}"' in curator.get(f"/annotations/{number}/card").text
    page = curator.get(path)
    assert "Is “must” *a* demand?</textarea>" in page.text
    assert "With someone to act it is.</textarea>" in page.text
    answer = curator.submit(page, path, {"tag": "demand"})
    assert answer.headers["Location"] == GUIDELINES
    shown = curator.get(GUIDELINES)
    text = shown.text
    assert ">Examples of demands</h" in text
    assert "The council must close the road.</blockquote>" in text
    assert "Is “must” *a* demand?" in text
    assert f'/annotations/{number}" rel="noreferrer"' in text
    card = curator.get(f"/annotations/{number}/card").text
    assert f'href="{GUIDELINES}/versions/2">guidelines, version 2</a>' in card
    history = curator.get(f"/annotations/{number}/history").text
    assert "made it an example in the guidelines (version 2)" in history
    curator.submit(shown, f"{GUIDELINES}/versions/1/restore")  # Undo
    assert "Examples of demands" not in curator.get(GUIDELINES).text


@pytest.mark.sqlite_only
def test_the_same_example_is_added_once_and_what_is_to_mend_keeps_the_rest(
    curator: PageClient, session: Session, room: Room
) -> None:
    number = settled(session, room)
    path = f"/annotations/{number}/example"
    page = curator.get(path)
    answer = curator.submit(page, path, {"settled": "  "})
    assert answer.status_code == 422
    assert "Write what was settled." in answer.text
    assert "The council must close the road.</textarea>" in answer.text
    assert curator.submit(page, path).status_code == 303
    answer = curator.submit(page, path)
    assert answer.status_code == 409
    assert "This example stands in the guidelines already." in answer.text
    session.rollback()
    assert guidelines.count_versions(session, room.owner.project_id) == 1


@pytest.mark.sqlite_only
def test_an_open_thread_is_no_example_yet(
    curator: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, made)
    assert "/example" not in curator.get(f"/annotations/{made.id}/card").text
    answer = curator.get(f"/annotations/{made.id}/example")
    assert answer.status_code == 409
    assert "This thread is not resolved. Resolve it first." in answer.text


@pytest.mark.sqlite_only
def test_the_guidelines_are_a_click_away_in_a_tab_of_their_own(
    curator: PageClient, room: Room
) -> None:
    article = curator.get(f"/projects/first/articles/{room.article.id}").text
    assert article.count(f'href="{GUIDELINES}" target="_blank" rel="noopener"') == 2
    assert f'href="{GUIDELINES}" target="_blank"' in curator.get("/help").text


def test_what_is_tagged_apart_becomes_no_example_before_it_is_revealed(
    curator: PageClient, session: Session, room: Room
) -> None:
    number = settled(session, room)
    path = f"/annotations/{number}/example"
    page = curator.get(path)
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    assert path not in curator.get(f"/annotations/{number}/card").text
    for answer in (curator.get(path), curator.submit(page, path)):
        assert answer.status_code == 409
        assert "Reveal the article first" in answer.text
    assert guidelines.current(session, room.owner.project_id) is None
    articles.reveal(session, actor=room.curator, article=room.article)
    session.commit()
    assert path in curator.get(f"/annotations/{number}/card").text
    assert curator.submit(curator.get(path), path).status_code == 303
