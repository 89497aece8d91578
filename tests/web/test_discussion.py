"""Threads by the forms of the card, as without JavaScript, and by fragments."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.service import accounts
from app.annotations.models import Annotation
from app.articles.service import articles
from app.assignments.service import assignments
from app.discussion.models import COMMENT_LIMIT, Thread
from app.discussion.service import comments as service
from app.discussion.service import stances, threads
from app.projects.roles import Role
from app.web.filters import utc
from tests.harness.builders import (
    Room,
    add_annotation,
    add_comment,
    add_member,
    csrf_token,
    sign_in,
)
from tests.harness.discussing import (
    card,
    comments,
    kinds,
    post,
    press_undo,
    say,
)
from tests.harness.pages import PageClient, page_client, visible

FRAGMENT = {"X-Fragment": "1"}


# --- threads ------------------------------------------------------------------------------------


def test_a_comment_stands_on_the_card_with_its_addresses_as_links(
    me: PageClient, session: Session, number: int
) -> None:
    answer = say(me, number, "See https://example.org/a?b=1.\r\n<b>Not</b> bold.")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/annotations/{number}/card#discussion-{number}",
    )
    page = card(me, number)
    assert 'href="https://example.org/a?b=1"' in page.text
    assert "&lt;b&gt;Not&lt;/b&gt; bold." in page.text
    assert "The comment is saved." in page.text
    assert kinds(session) == [service.WRITTEN]


@pytest.mark.sqlite_only
def test_sending_a_comment_twice_writes_it_once(
    me: PageClient, session: Session, number: int
) -> None:
    for _ in range(2):
        assert say(me, number, "Once.", client_key="same").status_code == 303
    assert len(comments(session)) == 1
    answer = say(me, number, "Other words.", client_key="same")
    assert answer.status_code == 409
    assert "Other words.</textarea>" in answer.text
    assert len(comments(session)) == 1


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("  \n ", "Write something first."),
        ("x" * (COMMENT_LIMIT + 1), "A comment has at most 5,000 characters; this has 5,001"),
    ],
)
def test_a_comment_that_cannot_be_kept_stays_in_its_form(
    me: PageClient, session: Session, number: int, text: str, problem: str
) -> None:
    answer = say(me, number, text, question="1")
    assert answer.status_code == 422
    assert problem in answer.text
    assert f"{text}</textarea>" in answer.text
    assert 'value="1" checked' in answer.text
    assert comments(session) == []


def test_one_edits_ones_own_comment_and_its_former_text_stays_in_the_history(
    me: PageClient, session: Session, number: int
) -> None:
    say(me, number, "First words.")
    comment = comments(session)[0]
    path = f"/annotations/{number}/comments/{comment.id}"
    assert post(me, path, text="Better words.", comment_version="1").status_code == 303
    assert "· edited" in card(me, number).text
    assert "First words." not in card(me, number).text  # the message that offered it is gone
    history = visible(me.get(f"/annotations/{number}/history"))
    assert "Ines wrote a comment First words." in history
    assert "Ines edited a comment Better words." in history


def test_of_two_edits_of_one_comment_the_second_sees_both_texts(
    me: PageClient, session: Session, number: int
) -> None:
    say(me, number, "First words.")
    path = f"/annotations/{number}/comments/{comments(session)[0].id}"
    post(me, path, text="From one window.", comment_version="1")
    answer = post(me, path, text="From the other.", comment_version="1")
    assert answer.status_code == 409
    assert "From one window." in answer.text
    assert "From the other.</textarea>" in answer.text
    assert 'name="comment_version" value="2"' in answer.text
    assert comments(session)[0].text == "From one window."


def test_a_deleted_comment_leaves_a_trace_where_others_went_on(
    me: PageClient, session: Session, room: Room, number: int, app: Flask
) -> None:
    say(me, number, "A secret of mine.")
    path = f"/annotations/{number}/comments/{comments(session)[0].id}"
    post(me, f"{path}/delete")
    session.rollback()
    other = sign_in(page_client(app), session, room.reader.account)
    assert "deleted" not in card(other, number).text
    assert "Ines: deleted" in visible(card(me, number))  # who may restore it
    say(me, number, "Another.")
    assert "Ines: deleted" in visible(card(other, number))
    assert "A secret of mine." not in card(other, number).text
    assert post(me, f"{path}/restore").status_code == 303
    assert "A secret of mine." in card(other, number).text
    assert kinds(session) == [service.WRITTEN, service.DELETED, service.WRITTEN, service.RESTORED]


def test_nobody_but_a_curator_touches_the_comment_of_somebody_else(
    app: Flask, session: Session, room: Room, number: int
) -> None:
    other = add_member(session, Role.ANNOTATOR, "Jan")
    comment = add_comment(session, other, session.get_one(Annotation, number))
    path = f"/annotations/{number}/comments/{comment.id}"
    ines = sign_in(page_client(app), session, room.annotator.account)
    assert path not in card(ines, number).text
    for act in ("", "/delete", "/restore"):
        expected = 303 if act == "/restore" else 403  # it is there: nothing to do
        answer = post(ines, path + act, text="Mine now.", comment_version="1")
        assert answer.status_code == expected, act
    cato = sign_in(page_client(app), session, room.curator.account)
    assert post(cato, f"{path}/delete").status_code == 303
    jan = sign_in(page_client(app), session, other.account)
    assert post(jan, f"{path}/restore").status_code == 403
    assert comments(session)[0].text == "Is this so?"


def test_a_comment_is_found_under_its_own_annotation_alone(
    me: PageClient, session: Session, room: Room, number: int
) -> None:
    say(me, number, "Here.")
    elsewhere = add_annotation(session, room.annotator, room.article, "nobody repairs it")
    path = f"/annotations/{elsewhere.id}/comments/{comments(session)[0].id}"
    for act in ("", "/delete", "/restore"):
        assert post(me, path + act, text="x", comment_version="1").status_code == 404


# --- questions, resolving -----------------------------------------------------------------------


def test_a_question_is_open_until_the_thread_is_resolved(
    me: PageClient, session: Session, room: Room, number: int
) -> None:
    article = f"/projects/first/articles/{room.article.id}"
    assert 'class="signs"' not in me.get(article).text
    say(me, number, "A demand?", question="1")
    assert "A question is open." in card(me, number).text
    assert ", open question" in me.get(article).text
    assert ", 1 comment" in me.get(article).text
    post(me, f"/annotations/{number}/resolve")
    page = card(me, number)
    assert "Resolved by Ines" in visible(page)
    assert "A question is open." not in page.text
    assert ", open question" not in me.get(article).text
    say(me, number, "But this?", question="1")
    assert "A question is open." in card(me, number).text
    assert kinds(session)[-2:] == [service.WRITTEN, threads.REOPENED]


@pytest.mark.sqlite_only
def test_resolving_and_reopening_twice_is_as_good_as_once(
    me: PageClient, session: Session, number: int
) -> None:
    answer = post(me, f"/annotations/{number}/resolve")
    assert answer.status_code == 409
    assert "There is nothing to settle here." in answer.text
    say(me, number, "So.")
    for act in ("resolve", "resolve", "reopen", "reopen"):
        assert post(me, f"/annotations/{number}/{act}").status_code == 303
    assert kinds(session) == [service.WRITTEN, threads.RESOLVED, threads.REOPENED]


def test_undo_of_what_reopened_a_thread_resolves_it_as_it_was(
    app: Flask, me: PageClient, session: Session, room: Room, number: int
) -> None:
    owner = sign_in(page_client(app), session, room.owner.account)
    say(owner, number, "So.")
    post(owner, f"/annotations/{number}/resolve")
    session.expire_all()
    resolved_at = session.get_one(Thread, number).resolved_at
    for act, fields in (
        ("reopen", {}),
        ("comments", {"text": "And now?", "question": "1", "client_key": "one"}),
        ("stance", {"value": "dispute", "reason": "It asks."}),
    ):
        post(me, f"/annotations/{number}/{act}", **fields)
        page = card(me, number)
        assert "Resolved by" not in page.text
        assert press_undo(me, page).status_code == 303
        assert "Resolved by Olga" in visible(card(me, number))
        session.rollback()
        session.expire_all()
        assert session.get_one(Thread, number).resolved_at == resolved_at
    history = visible(me.get(f"/annotations/{number}/history"))
    assert history.count("Ines resolved the thread, by undo") == 3


def test_undo_of_a_reopening_settles_nothing_that_others_said_since(
    app: Flask, me: PageClient, number: int, room: Room, session: Session
) -> None:
    owner = sign_in(page_client(app), session, room.owner.account)
    say(owner, number, "So.")
    post(owner, f"/annotations/{number}/resolve")
    post(me, f"/annotations/{number}/reopen")
    page = card(me, number)
    post(owner, f"/annotations/{number}/comments", text="Why?", question="1", client_key="one")
    assert press_undo(me, page).status_code == 303
    assert "It stays open: others have gone on since." in visible(card(me, number))
    assert "A question is open." in visible(card(me, number))


@pytest.mark.sqlite_only
def test_each_act_in_a_thread_offers_its_way_back_on_the_next_page_too(
    me: PageClient, session: Session, number: int
) -> None:
    say(me, number, "First.")
    page = card(me, number)
    path = f"/annotations/{number}/comments/{comments(session)[0].id}"
    assert page.text.count(f'action="{path}/delete"') == 2
    post(me, path, text="Second.", comment_version="1")
    page = card(me, number)
    assert press_undo(me, page).status_code == 303
    assert [comment.text for comment in comments(session)] == ["First."]
    post(me, path, text="x" * COMMENT_LIMIT, comment_version="3")
    post(me, path, text="y" * COMMENT_LIMIT, comment_version="4")
    assert "Saved." in card(me, number).text


# --- where nothing is said ----------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_nothing_is_said_in_the_trash_nor_in_an_archived_article(
    client: PageClient, session: Session, room: Room, number: int
) -> None:
    sign_in(client, session, room.curator.account)
    post(client, f"/annotations/{number}/delete", version="1")
    assert say(client, number, "Late.").status_code == 409
    assert "/comments" not in card(client, number).text
    post(client, f"/annotations/{number}/restore")
    post(client, f"/projects/first/articles/{room.article.id}/archive")
    answer = say(client, number, "Late.")
    assert answer.status_code == 409
    assert "This article is archived" in answer.text
    assert comments(session) == []


def test_what_was_typed_stays_readable_where_its_field_is_gone(
    me: PageClient, app: Flask, session: Session, room: Room, number: int
) -> None:
    say(me, number, "First words.")
    path = f"/annotations/{number}"
    curator = sign_in(page_client(app), session, room.curator.account)
    post(curator, f"{path}/comments/{comments(session)[0].id}/delete")
    edited = post(
        me, f"{path}/comments/{comments(session)[0].id}", text="Edited.", comment_version="1"
    )
    post(curator, path + "/delete", version="1")
    answers = [edited, say(me, number, "Late."), post(me, f"{path}/stance", reason="So.")]
    post(curator, path + "/restore")
    post(curator, f"/projects/first/articles/{room.article.id}/archive")
    answers.append(say(me, number, "Later."))
    for answer, words in zip(answers, ("Edited.", "Late.", "So.", "Later."), strict=True):
        assert answer.status_code == 409
        assert "What you typed" in answer.text
        assert f"{words}</textarea>" in answer.text


def test_what_is_said_keeps_nobody_from_saving_what_they_opened_before(
    me: PageClient, session: Session, room: Room
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, mine)
    path = f"/annotations/{mine.id}"
    assert post(me, path, version="1", note="One.").status_code == 303
    add_comment(session, room.curator, mine, "And this?")
    assert post(me, path, version="1", note="Two.").status_code == 409
    assert post(me, path, version="2", note="Two.").status_code == 303


# --- answers ------------------------------------------------------------------------------------


def test_the_answer_to_an_act_holds_the_block_the_card_and_the_way_back(
    me: PageClient, session: Session, number: int
) -> None:
    token = csrf_token(me)
    fields = {"csrf_token": token, "text": "Hm.", "client_key": "k"}
    answer = me.post(f"/annotations/{number}/comments", data=fields, headers=FRAGMENT)
    assert answer.status_code == 200
    comment = comments(session)[0]
    back = f"/annotations/{number}/comments/{comment.id}/delete"
    assert f'data-back="{back}"' in answer.text
    assert ", 1 comment" in answer.text
    assert 'id="b1"' in answer.text
    answer = me.post(back, data={"csrf_token": token}, headers=FRAGMENT)
    assert 'class="signs"' not in answer.text
    back = f"/annotations/{number}/comments/{comment.id}/restore"
    assert f'data-back="{back}"' in answer.text


# --- names --------------------------------------------------------------------------------------


def test_a_member_who_is_named_stays_named_under_a_new_name(
    me: PageClient, session: Session, room: Room, number: int
) -> None:
    say(me, number, "Ask @cato, not ines@example.org or @nobody.")
    assert '<b class="named">@Cato</b>, not ines@' in card(me, number).text
    accounts.change_name(session, account_id=room.curator.account_id, name="Caterina Toh")
    session.commit()
    assert '<b class="named">@Caterina Toh</b>' in card(me, number).text
    path = f"/annotations/{number}/comments/{comments(session)[0].id}"
    post(me, path, text="Ask @cato or @Caterina.", comment_version="1")
    assert card(me, number).text.count('<b class="named">@Caterina Toh</b>') == 2


def test_a_name_that_several_have_is_asked_about(
    me: PageClient, session: Session, number: int
) -> None:
    first, second = (add_member(session, role, "Jan Kos") for role in (Role.READER, Role.OWNER))
    add_member(session, Role.READER, "Jan Maas")
    answer = say(me, number, "What does @Jan say?")
    assert answer.status_code == 422
    for label in (f"@Jan Kos ({first.account_id})", f"@Jan Kos ({second.account_id})"):
        assert label in answer.text
    assert "@Jan Maas, reader." in visible(answer)
    assert f"owner, joined {utc(second.joined_at)}" in visible(answer)
    assert "What does @Jan say?</textarea>" in answer.text
    assert say(me, number, f"What does @Jan Kos ({second.account_id}) say?").status_code == 303
    assert (
        f'data-label="Jan Kos ({first.account_id})"' in me.get(f"/annotations/{number}/names").text
    )


@pytest.mark.sqlite_only
def test_nobody_of_another_project_can_be_named(
    me: PageClient, session: Session, number: int
) -> None:
    add_member(session, Role.OWNER, "Zora", "second")
    assert "Zora" not in me.get(f"/annotations/{number}/names").text
    say(me, number, "@Zora?")
    assert 'class="named"' not in card(me, number).text


@pytest.mark.sqlite_only
def test_a_name_that_names_nobody_is_told(me: PageClient, number: int) -> None:
    say(me, number, "@Dr and @Cato?")
    assert "The comment is saved. “@Dr” names nobody here." in card(me, number).text


# --- two directions -----------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_words_and_names_of_another_direction_turn_nothing_around_them(
    me: PageClient, session: Session, room: Room, number: int
) -> None:
    accounts.change_name(session, account_id=room.annotator.account_id, name="إيناس")
    session.commit()
    say(me, number, "هل هذا صحيح؟")
    page = card(me, number).text
    assert '<p class="said" dir="auto">هل هذا صحيح؟</p>' in page
    assert "<b><bdi>إيناس</bdi></b>" in page
    assert page.count("<textarea") == len(re.findall(r"<textarea[^>]* dir=.auto.", page))
    article = me.get(f"/projects/first/articles/{room.article.id}").text
    assert '<bdi class="excerpt of-quote">' in article


# --- activity -----------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_the_activity_of_the_project_says_who_discussed_what(me: PageClient, number: int) -> None:
    say(me, number, "A demand?", question="1")
    words = visible(me.get("/projects/first/activity?kind=discussion"))
    assert "Ines asked a question · “The council must close the road.”" in words


def test_who_is_done_says_nothing_of_what_the_others_tag_apart(
    me: PageClient, session: Session, room: Room
) -> None:
    bo = add_member(session, Role.ANNOTATOR, "Bo")
    theirs = add_annotation(session, bo, room.article)
    own = add_annotation(session, room.annotator, room.article, "It floods")
    stances.set_stance(
        session, actor=room.annotator, annotation_id=theirs.id, value="agree", reason=""
    )
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    session.commit()
    page = card(me, theirs.id)
    assert "Wait until it is revealed" in page.text
    assert f"{theirs.id}/comments" not in page.text
    assert f"{theirs.id}/stance" not in page.text
    refused = [
        say(me, theirs.id, "I think not."),
        post(me, f"/annotations/{theirs.id}/stance", value="dispute", reason="No."),
        post(me, f"/annotations/{theirs.id}/stance/withdraw"),
        post(me, f"/annotations/{theirs.id}/resolve"),
    ]
    for answer in refused:
        assert answer.status_code == 409
        assert "Wait until it is revealed" in answer.text
    assert not comments(session)
    assert "Wait until" not in card(me, own.id).text
    own_id, theirs_id = own.id, theirs.id
    session.rollback()  # it has read, and the client writes
    assert say(me, own_id, "Of mine I may.").status_code == 303
    articles.reveal(session, actor=room.curator, article=room.article)
    session.commit()
    assert say(me, theirs_id, "I think not.").status_code == 303


def test_curators_give_feedback_on_what_is_tagged_apart(
    client: PageClient, session: Session, room: Room
) -> None:
    theirs = add_annotation(session, room.annotator, room.article)
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    sign_in(client, session, room.curator.account)
    assert "Wait until" not in card(client, theirs.id).text
    assert say(client, theirs.id, "Shorter, please.").status_code == 303
