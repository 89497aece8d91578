"""Tagging by the forms of the pages, as without JavaScript, and by fragments."""

import re
import uuid

import pytest
from sqlalchemy.orm import Session

from tests.harness.builders import TEXT, Room, add_annotation, csrf_token
from tests.harness.pages import PageClient, read
from tests.harness.tagging import FRAGMENT, QUOTE, annotations, article_path, tag

# --- forms --------------------------------------------------------------------------------------


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
