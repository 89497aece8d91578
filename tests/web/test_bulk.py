"""Changing many passages from the list: ticking, the preview, the act and its undo, as HTML."""

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.models import NOTE_LIMIT, Annotation
from app.annotations.service import annotations, bulk
from app.annotations.service.bulk_acts import BulkAct, Seen, Verb
from app.codebook.service import merge
from app.events.models import Event
from app.events.service import record
from app.findings.pages.passages import PASSAGES_A_PAGE
from app.findings.views import bulk as views
from app.themes.service.themes import archive
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_many,
    add_party,
    add_position,
    add_theme,
    correct,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient, read
from tests.harness.passages import PASSAGES, words_of

BULK = "/projects/first/findings/bulk"
FORM, PREVIEW = "bulk", "bulk-preview"
ACTIVITY = "/projects/first/activity"


def press(
    client: PageClient, page: TestResponse, form: str, **changed: str | list[str]
) -> TestResponse:
    return client.submit(page, form, changed)


def tags(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Annotation.tag_name).order_by(Annotation.id)))


def test_ticked_passages_are_changed_after_a_preview_and_undone_as_one(
    me: PageClient, session: Session, room: Room
) -> None:
    own = add_annotation(session, room.annotator, room.article, tag="demand")
    same = add_annotation(session, room.annotator, room.article, "nobody repairs it")
    other = add_annotation(session, room.curator, room.article, "We have no time", tag="demand")
    ids = [f"{one.id}.1" for one in (own, same, other)]
    page = me.get(f"{PASSAGES}?sort=tagged")
    preview = press(me, page, FORM, annotation=ids, act="retag", tag="claim")
    assert preview.status_code == 200
    words = words_of(preview.text)
    assert "Change 3 passages" in words
    assert "Tag 1 passage as claim" in words
    assert "1 passage needs no change." in words
    assert "1 passage is not yours to change." in words
    assert tags(session) == ["demand", "claim", "demand"]
    done = press(me, preview, PREVIEW, confirm="1")
    assert done.status_code == 303
    said = me.get(done.location)
    assert "Tagged 1 passage as claim." in words_of(said.text)
    assert f'href="{PASSAGES}?sort=tagged"' in said.text
    assert tags(session) == ["claim", "claim", "demand"]
    undone = press(me, said, f"{done.location}/undo")
    answer = me.get(undone.location).text
    assert "Undone: 1 passage is as before." in words_of(answer)
    assert "Undo</button>" not in answer
    assert "Undo</button>" not in me.get(done.location).text
    assert tags(session) == ["demand", "claim", "demand"]
    again = press(me, said, f"{done.location}/undo")
    assert (again.status_code, again.location) == (303, done.location)
    assert "This was taken back already." in words_of(me.get(again.location).text)
    assert tags(session) == ["demand", "claim", "demand"]


@pytest.mark.sqlite_only
def test_who_says_what_is_set_for_the_ticked_after_a_preview_and_undone_as_one(
    me: PageClient, session: Session, room: Room
) -> None:
    port = add_party(session, room.curator, "Port <of> Brack")
    harbour = add_position(session, room.curator)
    made = [
        add_annotation(session, room.annotator, room.article, quote, tag=tag)
        for quote, tag in (("must close", "demand"), ("nobody repairs it", "claim"))
    ]
    ids = [f"{one.id}.1" for one in made]
    chosen = press(me, me.get(PASSAGES), FORM, annotation=ids, act="")
    assert "What is to be done?" in words_of(chosen.text)
    wrong = press(me, chosen, FORM, act="party", party="Port of Brak")
    assert wrong.status_code == 422
    assert "There is no party “Port of Brak” here" in words_of(wrong.text)
    assert "Port &lt;of&gt; Brack" in wrong.text
    assert 'value="Port of Brak"' in wrong.text  # what was typed stays
    preview = press(me, wrong, FORM, act="address", addressees="port <OF> brack")
    words = words_of(preview.text)
    assert "Set the addressees of 1 passage to" in words
    assert "since only demands have addressees: Claim “ nobody repairs it ”" in words
    press(me, preview, PREVIEW, confirm="1")
    ids = [f"{made[0].id}.2", f"{made[1].id}.1"]
    chosen = press(me, me.get(PASSAGES), FORM, annotation=ids, act="")
    preview = press(
        me, chosen, FORM, act="position", position="the harbour stays public", side="against"
    )
    done = press(me, preview, PREVIEW, confirm="1")
    said = me.get(done.location)
    assert "Set the position of 2 passages to “− The harbour stays public.”." in words_of(said.text)
    session.rollback()
    session.expire_all()
    assert [(one.position_id, one.side) for one in made] == [(harbour.id, "against")] * 2
    assert [one.addressees for one in made] == [(port.id,), ()]
    shown = words_of(me.get(f"{PASSAGES}?position={harbour.id}&side=against").text)
    assert "2 of 2 passages" in shown
    press(me, said, f"{done.location}/undo")
    session.rollback()
    session.expire_all()
    assert [(one.position_id, one.side) for one in made] == [(None, "")] * 2


def test_it_is_undone_from_activity_by_who_did_it_and_by_a_curator(
    me: PageClient, session: Session, room: Room
) -> None:
    one = add_annotation(session, room.annotator, room.article)
    for member in (room.annotator, room.curator):
        _done, event_id = bulk.carry_out(
            session,
            actor=room.annotator,
            seen=[Seen(one.id, 99)],
            act=BulkAct(Verb.TRASH),
        )
        session.commit()
        sign_in(me, session, room.reader.account)
        undo = f"/projects/first/findings/acts/{event_id}/undo"
        assert "moved 1 passage to the trash, as one act" in words_of(me.get(ACTIVITY).text)
        assert undo not in me.get(ACTIVITY).text
        sign_in(me, session, member.account)
        assert press(me, me.get(ACTIVITY), undo).status_code == 303
        assert undo not in me.get(ACTIVITY).text
        session.rollback()
        session.refresh(one)
        assert one.deleted_at is None


def test_all_that_are_asked_for_are_taken_page_by_page_or_as_a_whole(
    me: PageClient, session: Session, room: Room
) -> None:
    add_many(session, room.annotator, room.article, PASSAGES_A_PAGE + 3)
    add_annotation(session, room.annotator, room.article, tag="demand")
    list_of_claims = me.get(f"{PASSAGES}?tag=claim").text
    assert "checked" not in re.findall(r'<label class="pick">.*?</label>', list_of_claims)[0]
    assert f'<a href="{PASSAGES}?tag=claim&amp;tick=page">Tick all on this page</a>' in (
        list_of_claims
    )
    ticked = me.get(f"{PASSAGES}?tag=claim&tick=page").text
    assert len(re.findall(r'name="annotation"[^>]* checked', ticked)) == PASSAGES_A_PAGE
    (link,) = re.findall(r'href="([^"]+)">Take all 53 that are asked for', ticked)
    taken = me.get(html.unescape(link))
    # One more is tagged before it is pressed: what was not seen is counted, and said.
    add_annotation(session, room.annotator, room.article, "We have no time")
    preview = press(me, taken, FORM, act="retag", tag="citation")
    words = words_of(preview.text)
    assert "The list said 53; it says 54 now. These are meant." in words
    assert "Tag 54 passages as citation" in words
    # What is tagged after that is not meant.
    add_annotation(session, room.annotator, room.article, "nobody repairs it")
    press(me, preview, PREVIEW, confirm="1")
    found = tags(session)
    assert (found.count("citation"), found.count("claim"), found.count("demand")) == (54, 1, 1)


def test_one_comes_back_to_the_page_on_which_one_ticked(
    me: PageClient, session: Session, room: Room
) -> None:
    add_many(session, room.annotator, room.article, PASSAGES_A_PAGE + 3)
    (link,) = re.findall(r'rel="next" href="([^"]+)"', me.get(f"{PASSAGES}?tag=claim").text)
    page = me.get(html.unescape(link))
    (target, *_others) = re.findall(r'name="annotation" value="([^"]+)"', page.text)
    preview = press(me, page, FORM, annotation=[target], act="note", note="Who pays?")
    assert f'<a href="{link}">Leave them as they are</a>' in preview.text
    done = press(me, preview, PREVIEW, confirm="1")
    assert f'<a href="{link}">Back to the passages</a>' in me.get(done.location).text


TRASH = "/projects/first/trash"


def test_many_are_restored_from_the_trash_and_that_is_undone_as_one(
    me: PageClient, session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    quotes = ("nobody repairs it", "We have no time", "It floods")
    made = [add_annotation(session, room.annotator, room.article, quote) for quote in quotes]
    others = add_annotation(session, room.curator, room.article)
    for one, actor in (*((one, room.annotator) for one in made), (others, room.curator)):
        annotations.delete(session, actor=actor, annotation_id=one.id, version=1)
    session.commit()
    again = add_annotation(session, room.annotator, room.article, quotes[2])
    page = me.get(TRASH)
    assert page.text.count('name="annotation"') == 3  # the curator's is not theirs to restore
    ids = [f"{one.id}.2" for one in made]
    preview = press(me, page, FORM, annotation=[*ids[1:], f"{others.id}.2"], act="restore")
    words = words_of(preview.text)
    assert "Restore 1 passage Leave" in words
    assert "1 passage is not yours to change." in words
    assert "their annotator has that tag on that passage already" in words
    assert f'href="{TRASH}">Leave' in preview.text
    assert "Change tag" not in preview.text
    done = press(me, preview, PREVIEW, confirm="1")
    said = me.get(done.location)
    assert "Restored 1 passage from the trash." in words_of(said.text)
    assert f'<a href="{TRASH}">Back to the trash</a>' in said.text
    assert living(session) == {made[1].id, again.id}
    undone = press(me, said, f"{done.location}/undo")
    assert "Undone: 1 passage is in the trash." in words_of(me.get(undone.location).text)
    assert living(session) == {again.id}
    # All of them, of one article alone.
    other = add_annotation(session, room.annotator, add_article(session, "Another road."), "road")
    annotations.delete(session, actor=room.annotator, annotation_id=other.id, version=1)
    session.commit()
    taken = me.get(f"{TRASH}?article={room.article.id}&tick=all")
    assert "All 3 are taken, those on other pages too." in words_of(taken.text)
    preview = press(me, taken, FORM, act="restore")
    assert f'href="{TRASH}?article={room.article.id}">Leave' in preview.text
    press(me, preview, PREVIEW, confirm="1")
    assert living(session) == {made[0].id, made[1].id, again.id}
    restored = words_of(me.get(ACTIVITY).text)
    assert "restored 1 passage from the trash, as one act" in restored
    assert "took back the restoring of 1 passage from the trash" in restored
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
    assert press(me, me.get(TRASH), FORM, annotation=ids, act="restore").status_code == 409


def living(session: Session) -> set[int]:
    session.rollback()
    return set(session.scalars(select(Annotation.id).where(Annotation.deleted_at.is_(None))))


def test_what_someone_else_changed_meanwhile_is_listed_and_left(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    page = me.get(PASSAGES)
    annotations.change(session, actor=room.curator, annotation_id=made.id, version=1, note="No!")
    session.commit()
    preview = press(me, page, FORM, annotation=[f"{made.id}.1"], act="trash")
    assert "Changed by someone since, and left as they are:" in preview.text
    assert f'href="/annotations/{made.id}"' in preview.text
    assert "Nothing is to be changed." in preview.text
    answer = me.post(
        BULK,
        data={
            "csrf_token": csrf_token(me),
            "targets": f"{made.id}.1",
            "act": "trash",
            "confirm": "1",
        },
    )
    assert answer.status_code == 409
    session.rollback()
    session.refresh(made)
    assert made.deleted_at is None


def field_of(text: str, name: str) -> str:
    """Return the tag of a field of the form that changes many, and what is said of it."""
    found = re.search(
        rf'<(?:input|select)[^>]* name="{name}"[^>]*>', text.partition('id="bulk"')[2]
    )
    assert found
    described = re.search(r'aria-describedby="([^"]+)"', found[0])
    assert described
    rule = re.search(rf'<span class="rule" id="{described[1]}">(.*?)</span>', text)
    assert rule
    return f"{found[0]} {words_of(rule[1])}"


def test_each_limit_and_each_error_stands_at_its_field(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    add_theme(session, room.owner, "Water")
    page = me.get(PASSAGES)
    limit = f"A note has at most {NOTE_LIMIT:,} characters."
    assert field_of(page.text, "note").endswith(limit)
    wrong = {
        "note": ("note", "", "Write the line that each note is to get."),
        "tag": ("retag", "remark", "Choose"),
        "theme": ("theme", "0", "Choose one of the themes of this project."),
        "party": ("party", "Nobody", "There is no party “Nobody” here"),
        "position": ("position", "Nothing", "There is no position “Nothing” here"),
        "addressees": ("address", "Nobody", "There is no party “Nobody” here"),
    }
    chosen = press(me, page, FORM, annotation=f"{made.id}.1", act="")
    for name, (act, typed, message) in wrong.items():
        token = {"csrf_token": csrf_token(me), "targets": f"{made.id}.1"}
        answer = me.post(BULK, data={**token, "act": act, name: typed})
        assert answer.status_code == 422
        said = html.unescape(field_of(answer.text, name))
        assert 'aria-invalid="true"' in said
        assert message in said
        assert answer.text.count('aria-invalid="true"') == 1
        assert 'class="problem"' not in answer.text  # it is said once
    assert 'aria-invalid="true"' not in chosen.text
    nothing = me.post(BULK, data={"csrf_token": csrf_token(me), "act": "note"})
    assert 'class="problem"' in nothing.text  # there is no field to say it at


def test_what_acts_of_before_left_as_duplicates_is_still_listed(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, tag="demand")
    add_annotation(session, room.annotator, room.article, tag="claim")
    other = add_annotation(session, room.annotator, room.article, "nobody repairs it", tag="demand")
    seen = [Seen(one.id, 1) for one in (made, other)]
    act = BulkAct(Verb.RETAG, tag="claim")
    _done, event_id = bulk.carry_out(session, actor=room.annotator, seen=seen, act=act)
    kept = session.get_one(Event, event_id).after or {}
    before = {
        **kept,
        **{name: {"twins": kept[name]["duplicates"]} for name in ("left", "counts")},
    }
    subject = bulk.subject_of(room.annotator)
    old_id = record(session, room.annotator, bulk.CHANGED_MANY, subject, after=before)
    session.commit()
    why = "Left as they are, since their annotator has that tag on that passage already:"
    for act_id in (event_id, old_id):
        text = me.get(f"/projects/first/findings/acts/{act_id}").text
        assert text.count(why) == 1
        assert f'href="/annotations/{made.id}"' in text


def test_of_all_taken_what_someone_else_changed_since_the_list_was_drawn_is_left(
    client: PageClient, session: Session, room: Room
) -> None:
    quotes = ("The council must close the road.", "It floods every spring", "nobody repairs it")
    changed, own, moved = (
        add_annotation(session, room.annotator, room.article, quote) for quote in quotes
    )
    sign_in(client, session, room.curator.account)
    taken = client.get(f"{PASSAGES}?tick=all")
    annotations.change(
        session, actor=room.annotator, annotation_id=changed.id, version=1, note="No!"
    )
    annotations.change(session, actor=room.curator, annotation_id=own.id, version=1, note="Mine.")
    session.commit()
    correct(session, room.annotator, room.article, f"First of all. {TEXT}")
    new = add_annotation(session, room.annotator, room.article, "We have no time")
    preview = press(client, taken, FORM, act="retag", tag="citation")
    words = words_of(preview.text)
    assert "The list said 3; it says 4 now." in words
    assert "Tag 2 passages as citation" in words
    listed = words.partition("Changed by someone since, and left as they are:")[2]
    assert quotes[0] in listed
    assert "We have no time" in listed
    press(client, preview, PREVIEW, confirm="1")
    session.expire_all()
    assert [one.tag_name for one in (changed, own, moved, new)] == [
        *("claim", "citation", "citation", "claim")
    ]


def test_of_all_taken_what_is_not_asked_for_any_more_is_listed_with_who_changed_it(
    client: PageClient, session: Session, room: Room
) -> None:
    quotes = ("The council must close the road.", "It floods every spring", "nobody repairs it")
    retagged, deleted, own = (
        add_annotation(session, room.annotator, room.article, quote) for quote in quotes
    )
    add_annotation(session, room.annotator, room.article, "We have no time")
    sign_in(client, session, room.curator.account)
    taken, deleting = (client.get(f"{PASSAGES}?tag=claim&tick=all") for _ in range(2))
    for each, actor in ((retagged, room.annotator), (own, room.curator)):
        annotations.change(session, actor=actor, annotation_id=each.id, version=1, tag="demand")
    annotations.delete(session, actor=room.annotator, annotation_id=deleted.id, version=1)
    session.commit()
    preview = press(client, taken, FORM, act="retag", tag="citation")
    words = words_of(preview.text)
    assert "The list said 4; it says 1 now." in words
    assert "Tag 1 passage as citation" in words
    name = room.annotator.account.name
    listed = (
        f"Demand “ {quotes[0]} ” · The River Road · changed by {name} ,",
        f"Claim “ {quotes[1]} ” · The River Road · moved to the trash by {name} ,",
        f"Demand “ {quotes[2]} ” · The River Road · tagged by {name} ,",
    )
    done = press(client, preview, PREVIEW, confirm="1")
    said = words_of(client.get(done.location).text)
    for page in (words, said):
        gone = page.partition("Not in that list any more, and left as they are:")[2]
        assert [line for line in listed if line not in gone] == []
    assert tags(session) == ["demand", "claim", "demand", "citation"]
    # Nothing of it is asked for any more.
    preview = press(client, deleting, FORM, act="trash")
    assert preview.status_code == 200
    words = words_of(preview.text)
    assert "Nothing is to be changed. Not in that list any more" in words
    assert "We have no time ” · The River Road · tagged by" in words


def test_of_all_taken_from_the_trash_what_someone_else_put_there_since_is_left(
    client: PageClient, session: Session, room: Room
) -> None:
    first, later = (
        add_annotation(session, room.annotator, room.article, quote)
        for quote in ("It floods every spring", "nobody repairs it")
    )
    annotations.delete(session, actor=room.annotator, annotation_id=first.id, version=1)
    session.commit()
    sign_in(client, session, room.curator.account)
    taken = client.get(f"{TRASH}?tick=all")
    annotations.delete(session, actor=room.annotator, annotation_id=later.id, version=1)
    session.commit()
    preview = press(client, taken, FORM, act="restore")
    assert "Restore 1 passage" in words_of(preview.text)
    assert f'href="/annotations/{later.id}"' in preview.text
    press(client, preview, PREVIEW, confirm="1")
    assert living(session) == {first.id}
    taken = client.get(f"{TRASH}?tick=all")
    annotations.restore(session, actor=room.annotator, annotation_id=later.id)
    session.commit()
    words = words_of(press(client, taken, FORM, act="restore").text)
    name = room.annotator.account.name
    assert f"Claim “ nobody repairs it ” · The River Road · restored by {name} ," in words


def test_an_archived_theme_is_taken_and_cannot_be_given(
    me: PageClient, session: Session, room: Room
) -> None:
    ports, floods = (add_theme(session, room.curator, name) for name in ("ports", "floods"))
    gone = add_theme(session, room.curator, "gone")
    one = add_annotation(session, room.annotator, room.article, themes=[ports, floods])
    archive(session, actor=room.curator, theme_id=ports.id)
    merge(session, actor=room.curator, theme_id=gone.id, into_id=floods.id)
    session.commit()
    page = me.get(PASSAGES)
    select_theme = read(page.text).find(".//select[@name='theme']")
    assert select_theme is not None
    assert [each.text for each in select_theme.findall("option")] == ["floods"]
    assert [each.text for each in select_theme.findall("optgroup/option")] == ["ports"]
    chosen: dict[str, str | list[str]] = {
        "annotation": [f"{one.id}.{one.version}"],
        "theme": str(ports.id),
    }
    given = press(me, page, FORM, act="theme", **chosen)
    assert given.status_code == 422
    assert "“ports” is archived. Choose another theme." in words_of(given.text)
    preview = press(me, page, FORM, act="untheme", **chosen)
    assert "Take the theme “ports” from 1 passage" in words_of(preview.text)
    press(me, preview, PREVIEW, confirm="1")
    session.refresh(one)
    assert one.themes == (floods.id,)


def test_what_cannot_be_done_is_said_and_keeps_what_was_typed(
    me: PageClient, session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme = add_theme(session, room.curator, "ports")
    ids = [
        f"{add_annotation(session, room.annotator, room.article, quote).id}.1"
        for quote in ("nobody repairs it", "We have no time")
    ]
    page = me.get(PASSAGES)
    nothing = press(me, page, FORM, act="note", note="See below.")
    assert nothing.status_code == 422
    assert "Tick some passages first" in nothing.text
    too_long = "x" * (NOTE_LIMIT + 1)
    for changed, words in (
        ({"act": "note", "note": ""}, "Write the line that each note is to get."),
        ({"act": "note", "note": too_long}, "A note has at most 10,000 characters"),
        ({"act": "theme", "theme": "999"}, "Choose one of the themes"),
        ({"act": "burn"}, "Choose what is to be done"),
    ):
        answer = press(me, page, FORM, annotation=ids, **changed)
        assert answer.status_code == 422
        assert words in answer.text
        assert str(changed.get("note", "")) in answer.text
        assert f'value="{",".join(ids)}"' in answer.text
    chosen = press(me, page, FORM, annotation=ids, act="", theme=str(theme.id), note="Kept.")
    assert "What is to be done?" in chosen.text
    assert 'value="Kept."' in chosen.text
    assert "Give 2 passages the theme “ports”" in press(me, chosen, FORM, act="theme").text
    for module in (bulk, views):
        monkeypatch.setattr(module, "MOST_AT_ONCE", 1)
    answer = press(me, page, FORM, annotation=ids, act="trash")
    assert answer.status_code == 409
    assert "At most 1 passages are changed at once" in answer.text
    garbage = press(me, page, FORM, annotation=["x", "1", "1.x", "²."], act="trash")
    assert garbage.status_code == 422


def test_themes_are_offered_as_the_page_of_themes_has_them(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    add_theme(session, room.curator, "ports")
    water = add_theme(session, room.curator, "water")
    add_theme(session, room.curator, "floods", parent=water)
    offered = read(me.get(PASSAGES).text).findall(".//select[@name='theme']/option")
    assert [option.text for option in offered] == ["ports", "water", "floods"]


def test_who_may_change_nothing_is_offered_nothing(
    client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    assert isinstance(client, FlaskClient)
    sign_in(client, session, room.reader.account)
    page = client.get(f"{PASSAGES}?tick=page").text
    assert 'class="pick' not in page
    assert BULK not in page
