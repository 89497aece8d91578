"""The reply in which a search found a passage, as the list of passages shows it."""

import html
import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.articles.service import articles
from app.discussion.service import comments, stances, threads
from app.findings.queries import replies
from app.projects.roles import Role
from tests.harness.builders import (
    Room,
    add_annotation,
    add_comment,
    add_member,
    add_stance,
    sign_in,
)
from tests.harness.pages import PageClient
from tests.harness.statements import requested_statements

PASSAGES = "/projects/first/findings/passages"


@pytest.fixture
def passage(session: Session, room: Room) -> Annotation:
    """Give a passage on which replies are written."""
    return add_annotation(session, room.annotator, room.article, "It floods every spring")


def said_on(page: str) -> list[str]:
    """Return the replies that a page shows, marks and all, each in one line."""
    found = re.findall(r'<div class="reply">(.*?)</div>', page, re.DOTALL)
    return [html.unescape(" ".join(each.split())) for each in found]


def drawn(number: int, who: str, words: str) -> str:
    """Return a reply as a page shows it."""
    link = f'<p><a href="/annotations/{number}/card">{who}</a></p>'
    marked = re.sub(r"\[(.+?)\]", r'<em class="searched">\1</em>', words)
    return f'{link} <p dir="auto">{marked}</p>'


def test_the_reply_that_has_the_words_stands_with_its_passage(
    me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    add_comment(session, room.curator, passage, "The harbour <fees> rose.")
    add_comment(session, room.owner, passage, "Who says?", is_question=True)
    other = add_annotation(session, room.annotator, room.article, "We have no money")
    add_comment(session, room.owner, other, "Which fees?", is_question=True)
    page = me.get(f"{PASSAGES}?q=fees").text
    assert said_on(page) == [
        drawn(1, "<bdi>Cato</bdi> replied", "The harbour <[fees]> rose."),
        drawn(2, "<bdi>Olga</bdi> asked", "Which [fees]?"),
    ]
    assert "2 replies" in page
    assert said_on(me.get(f"{PASSAGES}?q=fees&in=thread").text) == said_on(page)


def test_a_passage_found_elsewhere_shows_no_reply(
    me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    add_comment(session, room.curator, passage, "Does the spring flood it?")
    assert said_on(me.get(PASSAGES).text) == []
    assert said_on(me.get(f"{PASSAGES}?q=floods").text) == []
    assert said_on(me.get(f"{PASSAGES}?q=spring&in=text&in=note").text) == []
    assert len(said_on(me.get(f"{PASSAGES}?q=spring").text)) == 1


def test_the_reply_with_most_of_the_words_is_shown_and_of_these_the_newest(
    me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    for text in ("Harbour fees, old.", "Port fees, new.", "Fees alone.", "Neither."):
        add_comment(session, room.curator, passage, text)
    (reply,) = said_on(me.get(f"{PASSAGES}?q=harbour+OR+port+fees").text)
    assert reply == drawn(1, "<bdi>Cato</bdi> replied", "[Port] [fees], new.")
    (reply,) = said_on(me.get(f"{PASSAGES}?q=fees").text)
    assert reply == drawn(1, "<bdi>Cato</bdi> replied", "[Fees] alone.")


def test_a_deleted_comment_is_never_shown(
    me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    add_comment(session, room.curator, passage, "Spring tides, first.")
    gone = add_comment(session, room.curator, passage, "Spring tides, secret.")
    comments.delete(session, actor=room.curator, annotation_id=passage.id, comment_id=gone.id)
    session.commit()
    page = me.get(f"{PASSAGES}?q=spring").text
    assert said_on(page) == [drawn(1, "<bdi>Cato</bdi> replied", "[Spring] tides, first.")]
    assert "secret" not in page


def test_a_reply_is_seen_by_whoever_sees_the_passage(
    client: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    add_comment(session, room.curator, passage, "The spring tide.")
    own = add_annotation(session, room.curator, room.article, "We have no money")
    add_comment(session, room.owner, own, "Not even in spring.")
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    seen = {}
    for member in (room.reader, room.annotator, room.owner):
        sign_in(client, session, member.account)
        seen[member.role] = len(said_on(client.get(f"{PASSAGES}?q=spring").text))
    assert seen == {room.reader.role: 0, room.annotator.role: 1, room.owner.role: 2}


def test_words_that_run_from_right_to_left_are_marked_and_run_so(
    me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    add_comment(session, room.curator, passage, "זה לא נָכוֹן, לדעתי.")
    (reply,) = said_on(me.get(f"{PASSAGES}?q=נכון").text)
    assert reply == drawn(1, "<bdi>Cato</bdi> replied", "זה לא [נָכוֹן], לדעתי.")


def test_of_a_long_reply_the_words_around_the_first_hit_are_shown(
    me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    text = f"{'before ' * 400}\n\nthe weir, the\nweir {'after ' * 200}weir"
    add_comment(session, room.curator, passage, text)
    (reply,) = said_on(me.get(f"{PASSAGES}?q=weir").text)
    words = re.sub("<[^>]+>", "", reply)
    assert "the weir, the weir after" in words
    assert " …before" in words
    assert words.endswith("after…")
    assert len(words) < 300
    assert reply.count('<em class="searched">weir</em>') == 2


def test_phrases_prefixes_and_words_to_be_without(
    me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    add_comment(session, room.curator, passage, "No port has a fee: port fees are a tale.")
    (reply,) = said_on(me.get(f"{PASSAGES}?q=“port+fees”").text)
    assert reply.endswith('>No port has a fee: <em class="searched">port fees</em> are a tale.</p>')
    (reply,) = said_on(me.get(f"{PASSAGES}?q=fee*+-weir").text)
    assert reply.count('<em class="searched">') == 2
    assert said_on(me.get(f"{PASSAGES}?q=fee*+-tale").text) == []


def test_a_reason_is_a_reply_too(
    me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    for value, did in (("dispute", "disputed it"), ("agree", "agreed")):
        stances.set_stance(
            session,
            actor=room.curator,
            annotation_id=passage.id,
            value=value,
            reason="As each spring.",
        )
        session.commit()
        (reply,) = said_on(me.get(f"{PASSAGES}?q=spring").text)
        assert reply == drawn(1, f"<bdi>Cato</bdi> {did}", "As each [spring].")


def test_a_reply_with_the_words_is_shown_however_many_newer_ones_have_none(
    me: PageClient,
    session: Session,
    room: Room,
    passage: Annotation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = add_annotation(session, room.annotator, room.article, "nobody repairs it")
    add_comment(session, room.curator, other, "The spring of old.")
    for text in ("A spring, oldest.", "A spring, newer.", "Nothing.", "Nothing more.", "No."):
        add_comment(session, room.curator, passage, text)
    monkeypatch.setattr(replies, "MOST_REPLIES", 2)
    assert said_on(me.get(f"{PASSAGES}?q=spring").text) == [
        drawn(1, "<bdi>Cato</bdi> replied", "A [spring], newer."),
        drawn(2, "<bdi>Cato</bdi> replied", "The [spring] of old."),
    ]


# --- who disputes it, and why -------------------------------------------------------------------


def disputes_on(page: str) -> list[list[str]]:
    """Return what a page says of who disputes each passage: names and reasons."""
    found = re.findall(r'<div class="reply disputes">(.*?)</div>', page, re.DOTALL)
    return [
        [html.unescape(re.sub("<[^>]+>", "", part)) for part in re.findall("<p.*?</p>", each)]
        for each in found
    ]


def test_who_disputes_a_passage_stands_with_it_and_why(
    me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    add_stance(session, room.curator, passage, "It floods <each> autumn, too.")
    add_stance(session, room.owner, passage, f"Never. {'On and on. ' * 30}")
    bo = add_member(session, Role.ANNOTATOR, "Bo")
    add_stance(session, bo, passage, value=stances.AGREE)
    add_annotation(session, room.annotator, room.article, "We have no money")
    ((first, why, second, other),) = disputes_on(me.get(f"{PASSAGES}?state=disputed").text)
    assert (first, why) == ("Cato disputes it", "It floods <each> autumn, too.")
    assert (second, other[:20], other[-1]) == ("Olga disputes it", "Never. On and on. On", "…")
    assert len(other) < 130
    # What a search found in a reason is not said twice.
    page = me.get(f"{PASSAGES}?q=autumn").text
    told = "It floods <each> [autumn], too."
    assert said_on(page) == [drawn(1, "<bdi>Cato</bdi> disputed it", told)]
    assert [each[0] for each in disputes_on(page)] == ["Olga disputes it"]


def test_what_was_disputed_before_or_is_resolved_has_no_reason_in_the_list(
    me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    add_stance(session, room.curator, passage)
    assert disputes_on(me.get(PASSAGES).text) == [["Cato disputes it", "It is not so."]]
    threads.resolve(session, actor=room.curator, annotation_id=passage.id)
    session.commit()
    assert disputes_on(me.get(PASSAGES).text) == []
    threads.reopen(session, actor=room.curator, annotation_id=passage.id)
    annotations.change(
        session,
        actor=room.annotator,
        annotation_id=passage.id,
        version=passage.version,
        tag="demand",
    )
    session.commit()
    assert disputes_on(me.get(PASSAGES).text) == []


def test_a_dispute_is_seen_by_whoever_sees_the_passage(
    client: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    add_stance(session, room.owner, passage, "Nobody else may read this yet.")
    own = add_annotation(session, room.curator, room.article, "We have no money")
    add_stance(session, room.owner, own)
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    seen = {}
    for member in (room.reader, room.annotator, room.owner):
        sign_in(client, session, member.account)
        page = client.get(PASSAGES).text
        seen[member.role] = len(disputes_on(page))
        assert ("Nobody else" in page) == (member is not room.reader)
    assert seen == {room.reader.role: 0, room.annotator.role: 1, room.owner.role: 2}


def test_many_disputes_are_counted_and_asked_for_at_once(
    app: Flask, me: PageClient, session: Session, room: Room, passage: Annotation
) -> None:
    def count() -> int:
        with requested_statements(app) as statements:
            assert me.get(PASSAGES).status_code == 200
        return len(statements)

    add_stance(session, room.curator, passage)
    one = count()
    for number in range(6):
        add_stance(session, add_member(session, Role.ANNOTATOR, f"Bo {number}"), passage)
    for quote in ("We have no money", "nobody repairs it"):
        add_stance(
            session, room.owner, add_annotation(session, room.annotator, room.article, quote)
        )
    assert count() == one
    counted, *_others = sorted(disputes_on(me.get(PASSAGES).text), key=len, reverse=True)
    assert len(counted) == 7
    assert counted[-1] == "4 more dispute it"
