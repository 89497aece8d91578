"""Changing, deleting, restoring and undoing by the forms of the pages, as without JavaScript."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.models import Annotation
from app.annotations.service import annotations as service
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_theme,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, read, visible
from tests.harness.tagging import FRAGMENT, QUOTE, annotations, article_path, tag

# --- changing -----------------------------------------------------------------------------------


def card(client: PageClient, made: Annotation) -> TestResponse:
    return client.get(f"/annotations/{made.id}/card")


def form(page: TestResponse, css: str) -> dict[str, str]:
    """Return the hidden fields and text of a form of a card."""
    found = read(page.text).find(f".//form[@class='{css}']")
    assert found is not None
    values = {field.get("name", ""): field.get("value", "") for field in found.iter("input")}
    for area in found.iter("textarea"):
        values[area.get("name", "")] = "".join(area.itertext())
    return values


def test_note_tag_and_boundaries_are_changed_by_forms(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, QUOTE, note="\n\nold <note>")
    path = f"/annotations/{made.id}"
    assert form(card(me, made), "note-form")["note"] == "old <note>"
    for css, fields in (
        ("note-form", {"note": "new\r\nnote"}),
        ("tag-form", {"tag": "citation"}),
        ("bounds-form", {"quote": "floods every"}),
    ):
        answer = me.post(path, data={**form(card(me, made), css), **fields})
        assert answer.status_code == 303
    made = annotations(session)[0]
    assert (made.note, made.tag_name, made.quote) == ("new\nnote", "citation", "floods every")
    assert made.version == 4


def test_a_conflict_shows_both_versions_and_saves_again(
    app: Flask, me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, QUOTE, note="first")
    old = form(card(me, made), "note-form")
    curator = sign_in(page_client(app), session, room.curator.account)
    curator.post(
        f"/annotations/{made.id}",
        data={**form(card(curator, made), "note-form"), "note": "by Cato", "tag": "demand"},
    )
    for headers in ({}, FRAGMENT):
        stale = me.post(
            f"/annotations/{made.id}", data={**old, "note": "mine, late"}, headers=headers
        )
        assert stale.status_code == 409
        words = visible(stale)
        assert "was changed since you opened it" in words
        assert "Now: demand. by Cato" in words
        assert "Yours: demand. mine, late" in words
        assert form(stale, "note-form")["note"] == "mine, late"
    assert annotations(session)[0].note == "by Cato"
    again = me.post(f"/annotations/{made.id}", data=form(stale, "note-form"))
    assert again.status_code == 303
    made = annotations(session)[0]
    assert (made.note, made.tag_name, made.version) == ("mine, late", "demand", 3)


def test_boundaries_that_are_nowhere_come_with_the_nearest(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, "nobody repairs it")
    data = {**form(card(me, made), "bounds-form"), "quote": "It flooded every spring"}
    answer = me.post(f"/annotations/{made.id}", data=data)
    assert answer.status_code == 422
    assert "The nearest passage is shown below." in answer.text
    assert "Nearest, in paragraph 1" in visible(answer)
    assert "It flooded every spring</textarea>" in answer.text
    nearest = read(answer.text).findall(".//details[@class='fold bounds']/form")[-1]
    values = {field.get("name"): field.get("value") for field in nearest.iter("input")}
    assert me.post(f"/annotations/{made.id}", data=values).status_code == 303
    assert QUOTE in annotations(session)[0].quote


def test_editing_and_restoring_into_a_duplicate_shows_the_other(
    me: PageClient, session: Session, room: Room
) -> None:
    claim = add_annotation(session, room.annotator, room.article, QUOTE)
    demand = add_annotation(session, room.annotator, room.article, QUOTE, tag="demand")
    data = {**form(card(me, demand), "tag-form"), "tag": "claim"}
    answer = me.post(f"/annotations/{demand.id}", data=data)
    assert answer.status_code == 409
    assert f'href="/annotations/{claim.id}">Open it</a>' in answer.text
    me.post(f"/annotations/{claim.id}/delete", data=form(card(me, claim), "delete-form"))
    me.post(f"/annotations/{demand.id}", data=data)
    token = csrf_token(me)
    answer = me.post(f"/annotations/{claim.id}/restore", data={"csrf_token": token})
    assert answer.status_code == 409
    assert f'href="/annotations/{demand.id}">Open it</a>' in answer.text
    assert [made.deleted_at is None for made in annotations(session)] == [False, True]


def test_delete_trash_and_restore(me: PageClient, session: Session, room: Room) -> None:
    ports = add_theme(session, room.curator, "Ports")
    made = add_annotation(
        session, room.annotator, room.article, QUOTE, note="kept", themes=(ports,)
    )
    data = form(card(me, made), "delete-form")
    for _ in range(2):
        answer = me.post(f"/annotations/{made.id}/delete", data=data)
        assert answer.headers["Location"] == f"{article_path(room)}#b1"
    page = me.get(article_path(room))
    assert "Moved to the trash." in page.text
    assert "<mark" not in page.text
    assert me.get(f"/annotations/{made.id}").headers["Location"] == f"/annotations/{made.id}/card"
    assert "In the trash." in card(me, made).text
    trash = me.get("/projects/first/trash")
    assert "“It floods every spring”" in trash.text
    assert "deleted by Ines" in trash.text
    assert "Themes: <bdi>Ports</bdi>" in trash.text
    back = me.submit(trash, f"/annotations/{made.id}/restore")
    assert back.headers["Location"] == "/projects/first/trash"
    empty = me.get("/projects/first/trash").text
    assert "The trash is empty" in empty
    assert "0 deleted" not in empty
    assert f'id="a{made.id}"' in me.get(article_path(room)).text
    history = visible(me.get(f"/annotations/{made.id}/history"))
    for words in ("tagged as claim", "moved to the trash", "restored from the trash"):
        assert f"Ines {words}" in history


@pytest.mark.sqlite_only
def test_a_delete_in_conflict_shows_what_is_there_now(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, QUOTE)
    old = form(card(me, made), "delete-form")
    service.change(session, actor=room.curator, annotation_id=made.id, version=1, note="by Cato")
    session.commit()
    answer = me.post(f"/annotations/{made.id}/delete", data=old)
    assert answer.status_code == 409
    assert "was not deleted" in answer.text
    assert "Yours:" not in visible(answer)
    assert "by Cato</textarea>" in answer.text
    again = me.post(f"/annotations/{made.id}/delete", data=form(answer, "delete-form"))
    assert again.status_code == 303


@pytest.mark.sqlite_only
def test_a_save_into_the_trash_keeps_what_was_typed(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, QUOTE)
    old = form(card(me, made), "note-form")
    service.delete(session, actor=room.curator, annotation_id=made.id, version=1)
    session.commit()
    answer = me.post(f"/annotations/{made.id}", data={**old, "note": "typed in vain?"})
    assert answer.status_code == 409
    assert "This annotation is in the trash. Restore it first" in answer.text
    assert "Yours: claim. typed in vain?" in visible(answer)
    assert ">Restore</button>" in answer.text


@pytest.mark.sqlite_only
def test_pages_of_the_trash_keep_to_their_article(
    me: PageClient, session: Session, room: Room
) -> None:
    other = add_article(session, "The council must close the road. Elsewhere.")
    for article, count in ((room.article, 51), (other, 1)):
        for length in range(1, count + 1):
            quote = TEXT[:31][:30] if article is other else TEXT[: length + 4]
            made = add_annotation(session, room.annotator, article, quote, note=str(length))
            if made.deleted_at is None:
                service.delete(
                    session, actor=room.annotator, annotation_id=made.id, version=made.version
                )
    session.commit()
    path = f"/projects/first/trash?article={room.article.id}"
    page = me.get(path)
    following = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert following is not None
    second = me.get(following[1].replace("&amp;", "&"))
    assert f"article={room.article.id}" in following[1]
    assert visible(second).count("deleted by Ines") == 1
    assert "The River Road that you can restore. Show all of the project." in visible(second)


# --- undo ---------------------------------------------------------------------------------------


def test_undo_and_redo_say_what_and_where(me: PageClient, session: Session, room: Room) -> None:
    tag(me, room, quote=QUOTE)
    for act, said in (("undo", "No longer tagged as claim"), ("redo", "Tagged as claim again")):
        token = csrf_token(me)
        answer = me.post(f"{article_path(room)}/{act}", data={"csrf_token": token})
        assert answer.headers["Location"] == f"{article_path(room)}#b1"
        page = me.get(article_path(room))
        assert f"{said}: “{QUOTE}”" in page.text
    assert annotations(session)[0].deleted_at is None
    answer = me.post(f"{article_path(room)}/redo", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "There is nothing of yours to redo in this article." in answer.text


@pytest.mark.sqlite_only
def test_undo_survives_signing_in_anew(
    app: Flask, me: PageClient, session: Session, room: Room
) -> None:
    tag(me, room, quote=QUOTE)
    later = sign_in(page_client(app), session, room.annotator.account)
    data = {"csrf_token": csrf_token(later)}
    assert later.post(f"{article_path(room)}/undo", data=data).status_code == 303
    assert annotations(session)[0].deleted_at is not None
