"""Acting on annotations by the forms of the pages, as without JavaScript, and by fragments."""

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select
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
from tests.harness.pages import PageClient, page_client, read

FRAGMENT = {"X-Fragment": "1"}
QUOTE = "It floods every spring"


def article_path(room: Room) -> str:
    return f"/projects/first/articles/{room.article.id}"


def tag(client: PageClient, room: Room, **fields: str | list[str]) -> TestResponse:
    """Send the form that takes exact words."""
    page = client.get(f"{article_path(room)}/tag")
    return client.submit(page, f"{article_path(room)}/annotations", {"tag": "claim", **fields})


def annotations(session: Session) -> list[Annotation]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Annotation).order_by(Annotation.id)))


def visible(answer: TestResponse) -> str:
    """Return the words of an answer, with single spaces."""
    return " ".join("".join(read(answer.text).itertext()).split())


# --- tagging ------------------------------------------------------------------------------------


def test_pasted_words_and_a_tag_make_an_annotation(
    me: PageClient, session: Session, room: Room
) -> None:
    answer = tag(me, room, quote=f"  {QUOTE}\r\n", tag="demand", note="\nmy note")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{article_path(room)}#b1")
    made = annotations(session)[0]
    assert (made.quote, made.tag_name, made.note) == (QUOTE, "demand", "my note")
    page = me.get(answer.headers["Location"])
    assert "Tagged as demand." in page.text
    drawn = f'data-start="{made.start}" data-begins="demand" data-ends>{QUOTE}</mark>'
    assert drawn in page.text
    assert f'id="a{made.id}"' in page.text


@pytest.mark.sqlite_only
def test_sending_a_form_twice_makes_one_annotation(
    me: PageClient, session: Session, room: Room
) -> None:
    page = me.get(f"{article_path(room)}/tag")
    for _ in range(2):
        fields = {"quote": QUOTE, "tag": "claim"}
        answer = me.submit(page, f"{article_path(room)}/annotations", fields)
        assert answer.status_code == 303
    assert len(annotations(session)) == 1


@pytest.mark.sqlite_only
def test_a_form_sent_again_with_other_words_loses_nothing(
    me: PageClient, session: Session, room: Room
) -> None:
    page = me.get(f"{article_path(room)}/tag")
    action = f"{article_path(room)}/annotations"
    me.submit(page, action, {"quote": QUOTE, "tag": "claim"})
    again = me.submit(page, action, {"quote": "nobody repairs it", "tag": "claim"})
    assert again.status_code == 409
    assert "nobody repairs it</textarea>" in again.text
    assert me.submit(again, action).status_code == 303
    assert [made.quote for made in annotations(session)] == [QUOTE, "nobody repairs it"]


def test_words_that_occur_several_times_are_shown_in_their_context_to_choose_from(
    me: PageClient, session: Session, room: Room
) -> None:
    asked = tag(me, room, quote="The road floods.", note="which?")
    assert asked.status_code == 422
    assert asked.text.count("occur 2 times. Choose the place, or give more words.") == 1
    starts = re.findall(r'type="radio" name="start" value="(\d+)"', asked.text)
    first = TEXT.index("The road floods.")
    assert starts == [str(first), str(TEXT.index("The road floods.", first + 1))]
    assert "Smith’s report. <strong>The road floods.</strong> The road floods." in asked.text
    assert "which?</textarea>" in asked.text
    action = f"{article_path(room)}/annotations"
    assert me.submit(asked, action, {"start": starts[1]}).status_code == 303
    made = annotations(session)[0]
    assert (made.start, made.note, made.tag_name) == (int(starts[1]), "which?", "claim")


def test_words_that_occur_nowhere_come_with_the_nearest_and_what_was_typed(
    me: PageClient, session: Session, room: Room
) -> None:
    asked = tag(me, room, quote="It flooded <every> spring", tag="demand", note="why?")
    assert asked.status_code == 422
    assert asked.text.count("do not occur in this article") == 1
    assert "It flooded &lt;every&gt; spring</textarea>" in asked.text
    assert "why?</textarea>" in asked.text
    assert 'value="demand" required checked' in asked.text
    nearest = read(asked.text).find(".//form[@class='nearest']")
    assert nearest is not None
    assert "It floods every spring" in "".join(nearest.itertext())
    values = {field.get("name"): field.get("value") for field in nearest.iter("input")}
    answer = me.post(f"{article_path(room)}/annotations", data=values)
    assert answer.status_code == 303
    made = annotations(session)[0]
    assert QUOTE in made.quote
    assert (made.tag_name, made.note) == ("demand", "why?")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"quote": ""}, "Give the words of the passage"),
        ({"quote": QUOTE, "tag": "other"}, "Choose one of the four tags"),
        ({"quote": QUOTE, "note": "x" * 10_001}, "A note has at most 10,000 characters"),
        ({"quote": "x" * 20_001}, "A passage has at most 20,000 characters"),
        ({"quote": "zzzz qqqq"}, "do not occur in this article"),
    ],
)
@pytest.mark.sqlite_only
def test_what_cannot_be_tagged_is_said_and_nothing_typed_is_lost(
    me: PageClient, session: Session, room: Room, fields: dict[str, str], said: str
) -> None:
    given = {"note": "kept", **fields}
    answer = tag(me, room, **given)
    assert answer.status_code == 422
    assert answer.text.count(said) == 1
    assert answer.text.count("autofocus") == 1
    assert f"{given['note']}</textarea>" in answer.text
    assert f"{given['quote']}</textarea>" in answer.text
    assert annotations(session) == []


@pytest.mark.sqlite_only
def test_a_form_without_its_key_or_version_is_refused_in_words(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    token = csrf_token(me)
    path = f"{article_path(room)}/annotations"
    for key in ("", "k" * 65, "a\nb"):
        data = {"quote": QUOTE, "tag": "claim", "client_key": key, "csrf_token": token}
        answer = me.post(path, data=data)
        assert answer.status_code == 422
        assert "has no key of its own" in answer.text
        assert f"{QUOTE}</textarea>" in answer.text
    for version in ("", "x", "-1", "9" * 30):
        data = {"version": version, "csrf_token": token, "note": "kept"}
        answer = me.post(f"/annotations/{made.id}", data=data)
        assert (answer.status_code, "kept</textarea>" in answer.text) == (422, True)
    assert len(annotations(session)) == 1


def test_a_duplicate_with_another_note_is_shown(
    me: PageClient, session: Session, room: Room
) -> None:
    first = add_annotation(session, room.annotator, room.article, QUOTE, note="mine")
    for headers in ({}, FRAGMENT):
        answer = me.post(
            f"{article_path(room)}/annotations",
            headers=headers,
            data={
                "quote": QUOTE,
                "tag": "claim",
                "note": "another",
                "client_key": uuid.uuid4().hex,
                "csrf_token": csrf_token(me),
            },
        )
        assert answer.status_code == 409
        assert "tagged as claim by the same person already" in answer.text
        assert f'href="/annotations/{first.id}"' in answer.text
    assert len(annotations(session)) == 1


def test_sentences_are_ticked_without_a_gap(me: PageClient, session: Session, room: Room) -> None:
    path = f"{article_path(room)}/blocks/3"
    action = f"{article_path(room)}/annotations"
    page = me.get(path)
    labels = re.findall(r'name="sentence" value="(\d)"> ([^<]+)</label>', page.text)
    assert [label for _, label in labels] == [
        "Ask the family 👩‍👩‍👧 next door, or read Dr. Smith’s report.",
        "The road floods.",
        "The road floods.",
    ]
    for ticked, said in (
        ([], "Tick at least one sentence."),
        (["0", "2"], "Tick sentences that follow one another, without a gap."),
        (["2", "3"], "This paragraph has fewer sentences."),
    ):
        answer = me.submit(page, action, {"sentence": ticked, "tag": "claim", "note": "kept"})
        assert answer.status_code == 422
        assert said in answer.text
        assert "kept</textarea>" in answer.text
        found = re.findall(r'name="sentence" value="(\d)" checked', answer.text)
        assert found == [number for number in ticked if number < "3"]
    mended = me.submit(answer, action, {"sentence": ["1", "2"]})
    assert mended.headers["Location"] == f"{article_path(room)}#b3"
    made = annotations(session)[0]
    assert (made.quote, made.note) == ("The road floods. The road floods.", "kept")


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


# --- fragments ----------------------------------------------------------------------------------


def test_a_fragment_holds_the_changed_blocks_and_the_card_and_nothing_more(
    me: PageClient, session: Session, room: Room
) -> None:
    answer = me.post(
        f"{article_path(room)}/annotations",
        headers=FRAGMENT,
        data={
            "quote": "nobody repairs it.\n“We have no money",
            "tag": "assumption",
            "client_key": "k",
            "csrf_token": csrf_token(me),
        },
    )
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert re.findall(r'<section class="block" id="b(\d+)"', answer.text) == ["1", "2"]
    made = annotations(session)[0]
    assert f'data-annotation="{made.id}" data-deleted="false"' in answer.text
    assert 'data-version="1"' in answer.text
    drawn = set(re.findall(r'data-drawn="(\d+)"', answer.text))
    assert len(drawn) == 1
    moved = me.post(
        f"/annotations/{made.id}",
        headers=FRAGMENT,
        data={
            "version": "1",
            "quote": "wave the flags",
            "start": str(TEXT.index("wave the flags")),
            "csrf_token": csrf_token(me),
        },
    )
    assert re.findall(r'<section class="block" id="b(\d+)"', moved.text) == ["1", "2", "4"]
    assert int(re.findall(r'data-drawn="(\d+)"', moved.text)[0]) > int(drawn.pop())


@pytest.mark.sqlite_only
def test_a_fragment_is_drawn_with_the_filter_of_its_page(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, "must close", tag="demand")
    answer = me.post(
        f"{article_path(room)}/annotations?tag=demand",
        headers=FRAGMENT,
        data={
            "quote": QUOTE,
            "tag": "claim",
            "client_key": "k",
            "csrf_token": csrf_token(me),
        },
    )
    assert '<mark class="demand ' in answer.text
    assert '<mark class="claim ' not in answer.text


@pytest.mark.sqlite_only
def test_a_refused_fragment_is_one_line(me: PageClient, room: Room) -> None:
    data = {"quote": "zzz", "tag": "claim", "client_key": "k", "csrf_token": csrf_token(me)}
    answer = me.post(f"{article_path(room)}/annotations", headers=FRAGMENT, data=data)
    assert answer.status_code == 422
    assert answer.text.startswith('<p class="refused">These words do not occur')
