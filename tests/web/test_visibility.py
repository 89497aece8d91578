"""What is tagged independently: nobody learns of another's annotation before they may see it."""

from flask import Flask
from sqlalchemy.orm import Session

from app.annotations.service import annotations
from app.articles.service import articles
from app.discussion.service import threads
from app.projects.models import Member
from app.projects.roles import Role
from app.web.responses import FRAGMENT_HEADER
from tests.harness.builders import TEXT, Room, add_annotation, correct, csrf_token, sign_in
from tests.harness.independent import ARTICLE, SECRET, tag_much
from tests.harness.pages import PageClient, page_client


def test_an_act_answers_with_ones_own_alone(
    me: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    tag_much(session, zeno, room)
    token = csrf_token(me)
    answer = me.post(
        f"{ARTICLE}/annotations",
        data={"csrf_token": token, "quote": "It floods", "tag": "claim", "client_key": "k"},
        headers={FRAGMENT_HEADER: "1"},
    )
    assert answer.status_code == 200
    assert "Zeno" not in answer.text
    assert SECRET not in answer.text
    rail = me.get(f"{ARTICLE}/rail", headers={FRAGMENT_HEADER: "1"})
    assert 'data-total="1 annotation"' in rail.text
    assert "Zeno" not in rail.text
    # Who tags the very words of another hears of no duplicate.
    answer = me.post(
        f"{ARTICLE}/annotations",
        data={
            "csrf_token": token,
            "quote": "nobody repairs it",
            "tag": "demand",
            "note": "mine",
            "client_key": "k2",
        },
    )
    assert answer.status_code == 303


def test_a_corrected_text_and_its_orphans_show_ones_own_alone(
    me: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    add_annotation(session, room.annotator, room.article, "It floods every spring", note="my own")
    tag_much(session, zeno, room)
    correct(session, room.curator, room.article, "Another text. " + TEXT.split("\n\n")[3])
    for page in (me.get(ARTICLE), me.get(f"{ARTICLE}/orphans"), me.get(f"{ARTICLE}/revisions/1")):
        assert SECRET[:8] not in page.text
        assert "Zeno" not in page.text
    assert "1 annotation has no place" in me.get(ARTICLE).text
    assert me.get(f"{ARTICLE}/orphans").text.count("my own") == 1
    assert "my own" in me.get(f"{ARTICLE}/revisions/1").text
    assert "someone has tagged" not in me.get(f"{ARTICLE}/revisions").text.lower()


def test_who_marks_an_article_done_sees_all_and_who_reopens_it_their_own(
    me: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    kept = tag_much(session, zeno, room)
    page = me.get(ARTICLE)
    assert "you see only your own annotations until you mark it done" in page.text
    answer = me.submit(page, f"{ARTICLE}/state", {"state": "done"})
    assert answer.status_code == 303
    page = me.get(ARTICLE)
    assert "Marked as done. You see what everyone tagged now." in page.text
    assert "Zeno" in page.text
    assert "what you tag now, you tag knowing it" in page.text
    assert me.get(f"/annotations/{kept.id}/card").status_code == 200
    assert SECRET in me.get(f"{ARTICLE}/annotations.csv").text
    assert SECRET in me.get("/projects/first/annotations.csv").text
    # Tagging more takes nothing away.
    add_annotation(session, room.annotator, room.article, "It floods")
    assert "Zeno" in me.get(ARTICLE).text
    me.submit(me.get(ARTICLE), f"{ARTICLE}/state", {"state": "in progress"})
    page = me.get(ARTICLE)
    assert "You see only your own annotations again." in page.text
    assert "Zeno" not in page.text
    assert me.get(f"/annotations/{kept.id}/card").status_code == 404


def test_a_reader_sees_nothing_before_it_is_revealed(
    client: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    kept = tag_much(session, zeno, room)
    sign_in(client, session, room.reader.account)
    page = client.get(ARTICLE)
    assert "shown when a curator reveals it" in page.text
    assert f"{ARTICLE}/state" not in page.text
    articles.reveal(session, actor=room.curator, article=room.article)
    session.commit()
    assert "everyone sees everything" in client.get(ARTICLE).text
    assert client.get(f"/annotations/{kept.id}/card").status_code == 200
    articles.hide(session, actor=room.curator, article=room.article)
    session.commit()
    assert client.get(f"/annotations/{kept.id}/card").status_code == 404


def test_who_sees_by_role_reads_that_their_own_tags_are_not_independent(
    client: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    tag_much(session, zeno, room)
    page = sign_in(client, session, room.curator.account).get(ARTICLE)
    assert "because you are curator, so what you tag here yourself is not independent" in page.text
    assert "Zeno" in page.text


def test_an_undo_of_who_is_no_curator_any_more_shows_nothing(
    app: Flask, session: Session, room: Room, zeno: Member
) -> None:
    kept = tag_much(session, zeno, room)
    annotations.change(
        session, actor=room.curator, annotation_id=kept.id, version=2, note=SECRET + "?"
    )
    room.curator.role_name = Role.ANNOTATOR.value
    session.commit()
    client = sign_in(page_client(app), session, room.curator.account)
    answer = client.post(f"{ARTICLE}/undo", data={"csrf_token": csrf_token(client)})
    assert answer.status_code == 409
    assert "There is nothing of yours to undo" in answer.text
    assert "Zeno" not in answer.text


def test_when_the_others_last_tagged_is_told_to_nobody(
    session: Session, room: Room, zeno: Member
) -> None:
    before = room.article.touched_at
    kept = tag_much(session, zeno, room)
    session.refresh(room.article)
    assert room.article.touched_at == before
    threads.reopen(session, actor=room.curator, annotation_id=kept.id)
    session.commit()
    session.refresh(room.article)
    assert room.article.touched_at == before
