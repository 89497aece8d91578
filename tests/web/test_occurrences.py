"""Tagging every place where words occur: the ticks, the preview, the act and its undo, as HTML."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations, bulk
from app.findings.pages import occurrences as pages
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_theme,
    correct,
    sign_in,
)
from tests.harness.pages import PageClient
from tests.harness.passages import PASSAGES, words_of
from tests.web.test_bulk import press

EVERY = "/projects/first/findings/occurrences"
FORM, PREVIEW = "occurrences", "bulk-preview"


def made(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    query = select(Annotation.quote, Annotation.tag_name).where(Annotation.deleted_at.is_(None))
    return [(row[0], row[1]) for row in session.execute(query.order_by(Annotation.id))]


def test_ticked_places_are_tagged_after_a_preview_and_undone_as_one(
    me: PageClient, session: Session, room: Room
) -> None:
    theme = add_theme(session, room.curator, "floods")
    add_annotation(session, room.annotator, room.article, "road", tag="claim")
    add_annotation(session, room.annotator, room.article, "The road floods.", tag="demand")
    page = me.get(f"{EVERY}?q=road")
    words = words_of(page.text)
    assert "3 places in 1 article" in words
    assert "claim already" in words
    assert "overlapping demand" in words
    places = re.findall(r'name="pick" value="([0-9.]+)"[^>]* checked', page.text)
    assert len(places) == 3
    preview = press(
        me, page, FORM, pick=places[:2], act="tag", tag="claim", note="So?", theme=str(theme.id)
    )
    words = words_of(preview.text)
    assert "Tag 2 places" in words
    assert "Tag 1 place as claim" in words
    assert "1 place has that tag already." in words
    assert "With the theme floods" in words
    assert len(made(session)) == 2
    # The ticks are as they were for who goes back to them.
    again = me.submit(preview, PREVIEW, {"page": "1"})
    assert re.findall(r'name="pick" value="([0-9.]+)"[^>]* checked', again.text) == places[:2]
    assert 'value="So?"' in again.text
    done = press(me, preview, PREVIEW, confirm="1")
    assert done.status_code == 303
    said = me.get(done.location)
    assert "Tagged 1 place as claim." in words_of(said.text)
    assert made(session)[2:] == [("road", "claim")]
    assert press(me, preview, PREVIEW, confirm="1").location == done.location  # pressed twice
    assert "tagged 1 place as claim, as one act" in words_of(
        me.get("/projects/first/activity?kind=tagging").text
    )
    undone = press(me, said, f"{done.location}/undo")
    assert "Undone: 1 passage is in the trash." in words_of(me.get(undone.location).text)
    assert len(made(session)) == 2


def test_without_words_no_place_is_offered(me: PageClient, session: Session, room: Room) -> None:
    add_annotation(session, room.annotator, room.article, "The road floods.")
    page = me.get(EVERY)
    assert "Search the words first that you want to tag." in words_of(page.text)
    assert 'name="pick"' not in page.text


@pytest.mark.usefixtures("room")
def test_ticks_hold_on_every_page_and_all_or_none_are_taken(
    me: PageClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PLACES_A_PAGE", 2)
    add_article(session, "A road. A road.", title="Another")
    page = me.get(f"{EVERY}?q=road")
    shown = re.findall(r'name="pick" value="([0-9.]+)"', page.text)
    second = me.submit(page, FORM, {"pick": shown[:1], "page": "2", "note": "Mine"})
    assert "Page 2 of 3" in words_of(second.text)
    first = me.submit(second, FORM, {"pick": [], "page": "1"})
    assert re.findall(r'value="([0-9.]+)"[^>]* checked', first.text) == shown[:1]
    preview = press(me, first, FORM, act="tag", tag="claim")
    assert "Tag 2 places as claim" in words_of(preview.text)
    none = me.get(f"{EVERY}?q=road&tick=none")
    assert not re.findall(r'name="pick"[^>]* checked', none.text)
    refused = press(me, none, FORM, act="tag", tag="claim")
    assert refused.status_code == 422
    assert "Tick some places first." in refused.text
    preview = press(me, none, FORM, pick=shown[1:], act="tag", tag="claim")
    press(me, preview, PREVIEW, confirm="1")
    assert made(session) == [("road", "claim")]


def test_what_was_corrected_after_it_was_looked_at_is_listed_and_left(
    me: PageClient, session: Session, room: Room
) -> None:
    add_article(session, "A road.", title="Another")
    page = me.get(f"{EVERY}?q=road")
    correct(session, room.curator, room.article, f"{TEXT} One more road.")
    preview = press(me, page, FORM, act="tag", tag="claim")
    words = words_of(preview.text)
    assert "Tag 1 place as claim" in words
    assert "corrected, added or archived meanwhile" in words
    assert preview.text.count(f'href="/projects/first/articles/{room.article.id}"') == 4
    # And what is corrected after the preview.
    page = me.get(f"{EVERY}?q=road&article={room.article.id}")
    preview = press(me, page, FORM, act="tag", tag="claim")
    correct(session, room.curator, room.article, TEXT)
    answer = press(me, preview, PREVIEW, confirm="1")
    assert answer.status_code == 409
    assert "Nothing is to be tagged." in answer.text
    assert made(session) == []


def test_a_place_that_one_tagged_since_one_looked_at_it_is_listed(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, "The road", tag="claim")
    retagged = add_annotation(session, room.annotator, room.article, "It floods", tag="demand")
    page = me.get(f"{EVERY}?q=%22it+floods%22+OR+mayor+OR+nobody")
    own = add_annotation(session, room.annotator, room.article, "mayor", tag="claim")
    annotations.change(
        session, actor=room.annotator, annotation_id=retagged.id, version=1, tag="claim"
    )
    session.commit()
    preview = press(me, page, FORM, act="tag", tag="claim")
    words = words_of(preview.text)
    assert "Tag 1 place as claim" in words
    annotator = room.annotator.account.name
    listed = (
        f"Claim “ It floods ” · The River Road · changed by {annotator} ,",
        f"Claim “ mayor ” · The River Road · tagged by {annotator} ,",
    )
    done = press(me, preview, PREVIEW, confirm="1")
    said = me.get(done.location).text
    assert f'href="/annotations/{own.id}"' in said
    for text in (words, words_of(said)):
        named = text.partition("Tagged by you since, and left as they are:")[2]
        assert [line for line in listed if line not in named] == []
        assert "has that tag already" not in text


def test_a_place_that_is_looked_for_no_more_since_it_was_tagged_is_listed(
    me: PageClient, session: Session, room: Room
) -> None:
    page = me.get(f"{EVERY}?q=road&hits=untagged")
    assert "3 places in 1 article" in words_of(page.text)
    add_annotation(session, room.annotator, room.article, "The road floods.", tag="demand")
    add_annotation(session, room.annotator, room.article, "We have no time", tag="demand")
    words = words_of(press(me, page, FORM, act="tag", tag="claim").text)
    assert "The list said 3; it says 2 now. These are meant." in words
    listed = words.partition("Tagged by you since, and left as they are:")[2]
    assert "Demand “ The road floods. ” · The River Road · tagged by" in listed
    assert "We have no time" not in listed


def test_the_ways_there_keep_what_is_asked_of_articles(
    me: PageClient, session: Session, room: Room
) -> None:
    add_article(session, "A road.", title="Another")
    number = room.article.id
    context = me.get(f"{PASSAGES}?view=context&q=road&article={number}&tag=claim").text
    there = f'href="{EVERY}?q=road&amp;article={number}"'
    assert there in context
    find = me.get(f"/projects/first/articles/{number}?find=road").text
    assert there in find
    page = me.get(f"{EVERY}?q=road&article={number}")
    assert "3 places in 1 article" in words_of(page.text)
    assert "Article: The River Road" in words_of(page.text)
    wide = me.get(f"{EVERY}?q=the+road").text
    assert "Search them as one phrase" in wide
    assert "Search them as one phrase" not in me.get(f"{EVERY}?q=%22the+road%22").text
    assert "None of these articles has these words" in me.get(f"{EVERY}?q=river").text
    assert me.get(EVERY).status_code == 200
    sign_in(me, session, room.reader.account)
    assert EVERY not in me.get(f"{PASSAGES}?view=context&q=road").text
    assert EVERY not in me.get(f"/projects/first/articles/{number}?find=road").text
    assert me.get(f"{EVERY}?q=road").status_code == 403


@pytest.mark.usefixtures("room")
def test_what_cannot_be_done_is_said_and_keeps_the_ticks(
    me: PageClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = me.get(f"{EVERY}?q=road")
    first = re.findall(r'name="pick" value="([0-9.]+)"', page.text)[:1]
    refused = press(me, page, FORM, pick=first, act="tag", tag="claim", note="x" * 10_001)
    assert refused.status_code == 422
    assert "A note has at most 10,000 characters" in refused.text
    assert re.findall(r'name="pick" value="([0-9.]+)"[^>]* checked', refused.text) == first
    monkeypatch.setattr(pages, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    many = me.get(f"{EVERY}?q=road").text
    assert "places are tagged at once, and these are more." in words_of(many)
    assert 'id="occurrences"' not in many
    assert press(me, page, FORM, act="tag", tag="claim").status_code == 409
    assert made(session) == []
