"""Where a newcomer begins: three steps on the page of an article, each of which goes for good."""

from sqlalchemy.orm import Session

from app.projects.roles import Role
from tests.harness.builders import Room, add_annotation, add_member, sign_in
from tests.harness.pages import PageClient

STEPS = [f'name="step" value="{step}"' for step in ("tag", "note", "csv")]


def test_steps_go_away_for_good_when_they_are_done_or_dismissed(
    me: PageClient, session: Session, room: Room
) -> None:
    address = f"/projects/first/articles/{room.article.id}"
    page = me.get(address)
    assert [step for step in STEPS if step in page.text] == STEPS
    # Without JavaScript the tag itself is seen by the page, and each step has a button.
    add_annotation(session, room.annotator, room.article)
    page = me.get(address)
    assert [step for step in STEPS if step in page.text] == STEPS[1:]
    answer = me.submit(page, "/account/guide", {"step": "note"})
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    page = me.get(address)
    assert [step for step in STEPS if step in page.text] == STEPS[2:]
    me.submit(page, "/account/guide", {"step": "all"})
    assert 'id="guide"' not in me.get(address).text
    assert me.post("/account/guide", data={"step": "x"}).status_code == 400  # no token


def test_who_may_not_tag_is_shown_no_steps(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, add_member(session, Role.READER, "Rita").account)
    assert 'id="guide"' not in client.get(f"/projects/first/articles/{room.article.id}").text
