"""Stances by the forms of the card, as without JavaScript, and by fragments."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.discussion.models import Stance
from app.discussion.service import threads
from tests.harness.builders import (
    Room,
    add_annotation,
    csrf_token,
    sign_in,
)
from tests.harness.discussing import (
    card,
    kinds,
    post,
)
from tests.harness.pages import PageClient, page_client, visible

FRAGMENT = {"X-Fragment": "1"}


@pytest.mark.sqlite_only
def test_a_stance_is_not_taken_on_what_one_has_not_seen(
    app: Flask, me: PageClient, session: Session, room: Room, number: int
) -> None:
    page = card(me, number)
    curator = sign_in(page_client(app), session, room.curator.account)
    post(curator, f"/annotations/{number}", version="1", tag="demand")
    fields = {"value": "dispute", "reason": "This is no claim."}
    answer = me.submit(page, f"dispute-{number}", fields)
    assert answer.status_code == 409
    assert "is a demand on the words above now" in answer.text
    assert "This is no claim.</textarea>" in answer.text
    assert session.get(Stance, (number, room.annotator.account_id)) is None
    assert me.submit(answer, f"dispute-{number}", fields).status_code == 303


@pytest.mark.sqlite_only
def test_a_stance_after_one_on_what_is_no_more_has_no_way_back(
    app: Flask, me: PageClient, session: Session, room: Room, number: int
) -> None:
    path = f"/annotations/{number}/stance"
    post(me, path, value="agree")
    curator = sign_in(page_client(app), session, room.curator.account)
    post(curator, f"/annotations/{number}", version="1", tag="demand")
    fields = {"csrf_token": csrf_token(me), "value": "agree"}
    answer = me.post(path, data=fields, headers=FRAGMENT)
    # Nor does the undo of the article stand in for it, which would take back a tag.
    assert ' data-back="" ' in answer.text


def test_one_agrees_or_disputes_changes_ones_mind_and_withdraws(
    me: PageClient, session: Session, room: Room, number: int
) -> None:
    path = f"/annotations/{number}/stance"
    answer = post(me, path, value="dispute")
    assert answer.status_code == 422
    assert "Say why you dispute it" in answer.text
    assert post(me, path, value="agree").status_code == 303
    assert "You agree" in visible(card(me, number))
    post(me, path, value="dispute", reason="It asks for something.")
    assert "You dispute it: It asks for something." in visible(card(me, number))
    session.rollback()
    assert session.scalars(select(func.count()).select_from(Stance)).one() == 1
    assert ", 1 dispute<" in me.get(f"/projects/first/articles/{room.article.id}").text
    for _ in range(2):
        assert post(me, f"{path}/withdraw").status_code == 303
    assert "You dispute it" not in visible(card(me, number)).partition("Withdrawn")[2]
    history = visible(me.get(f"/annotations/{number}/history"))
    assert "Ines agreed" in history
    assert "Ines changed their mind, and disputed it It asks for something." in history
    assert "Ines withdrew that they dispute It asks for something." in history


@pytest.mark.sqlite_only
def test_a_dispute_is_settled_without_a_comment_and_its_sign_goes_quiet(
    me: PageClient, session: Session, room: Room, number: int
) -> None:
    article = f"/projects/first/articles/{room.article.id}"
    post(me, f"/annotations/{number}/stance", value="dispute", reason="It asks.")
    assert "✗ 1" in me.get(article).text
    page = card(me, number)
    assert me.submit(page, f"/annotations/{number}/resolve").status_code == 303
    assert "Resolved by Ines" in visible(card(me, number))
    assert "✗ 1" not in me.get(article).text
    assert ",0,1,resolved" in me.get(f"{article}/annotations.csv").text
    post(me, f"/annotations/{number}/stance", value="agree")
    assert threads.REOPENED not in kinds(session)
    post(me, f"/annotations/{number}/stance", value="dispute", reason="Again.")
    assert kinds(session)[-1] == threads.REOPENED
    assert "✗ 1" in me.get(article).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tag": "demand"}, "the claim it was"),
        ({"quote": "must close"}, "it with the words it had"),
    ],
)
def test_a_stance_is_about_what_the_annotation_was_then(  # noqa: PLR0917  (fixtures)
    app: Flask,
    me: PageClient,
    session: Session,
    room: Room,
    number: int,
    change: dict[str, str],
    words: str,
) -> None:
    article = f"/projects/first/articles/{room.article.id}"

    def said_in_file() -> list[str]:
        (row,) = me.csv_rows(f"{article}/annotations.csv")
        return [row[name] for name in ("agreements", "disputes", "thread", "disputed_by")]

    owner = sign_in(page_client(app), session, room.owner.account)
    post(me, f"/annotations/{number}/stance", value="dispute", reason="It asks.")
    post(owner, f"/annotations/{number}/stance", value="agree")
    curator = sign_in(page_client(app), session, room.curator.account)
    post(curator, f"/annotations/{number}", version="1", **change)
    assert f"You disputed {words}: It asks." in visible(card(me, number))
    assert f"Olga agreed with {words}" in visible(card(me, number))
    assert "✗ 1" not in me.get(article).text
    assert said_in_file() == ["0", "0", "", ""]
    assert "Resolve the thread" not in card(me, number).text
    assert post(me, f"/annotations/{number}/resolve").status_code == 409
    assert "Disputed, not resolved" not in me.get("/inbox").text
    assert 'class="unread"' in me.get("/inbox").text
    assert "Cato changed the tag" in me.get("/inbox").text or "boundaries" in me.get("/inbox").text
    post(me, f"/annotations/{number}/stance", value="dispute", reason="It asks.")
    assert "You dispute it: It asks." in visible(card(me, number))
    assert "✗ 1" in me.get(article).text
    assert said_in_file() == ["0", "1", "open", "Ines"]
    assert "Resolve the thread" in card(me, number).text
    assert "Ines disputed it again, as it is now" in visible(
        me.get(f"/annotations/{number}/history")
    )
    assert 'class="unread"' not in me.get("/inbox").text
    post(curator, f"/annotations/{number}", version="2", note="Only a note.")
    assert "✗ 1" in me.get(article).text
    assert 'class="unread"' not in me.get("/inbox").text


def test_nobody_takes_a_stance_on_their_own_annotation(
    me: PageClient, session: Session, room: Room
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    path = f"/annotations/{mine.id}/stance"
    assert path not in card(me, mine.id).text
    answer = post(me, path, value="agree")
    assert answer.status_code == 422
    assert "This annotation is yours." in answer.text
