"""A new text of an article, however it comes: what is taken, and what is refused."""

import io
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Draft
from app.articles.queries.articles import current_revision, document_of
from app.text.document import Inline, InlineKind, Piece
from tests.harness.builders import TEXT, Room, add_annotation, add_article, correct
from tests.harness.correcting import NEW
from tests.harness.correction_pages import hidden, path_of, send, store, texts
from tests.harness.files import zipped
from tests.harness.pages import PageClient

ROAD = "The council must close the road."
HOLE = "\u0437\u0434\u0435\u0441\u044c \u0434\u044b\u0440\u0430"


def test_an_edited_text_keeps_its_structure(curator: PageClient, session: Session) -> None:
    pieces = [Piece("See it here.", inlines=(Inline(0, 3, InlineKind.STRONG),)), Piece("x")]
    article = add_article(session, pieces)
    path = f"/projects/first/articles/{article.id}"
    edited = "See it here, now.\r\n\r\nx"
    review = send(curator, f"{path}/correct", edited=edited).headers["Location"]
    store(curator, review)
    session.rollback()
    document = document_of(session, current_revision(session, article.id))
    assert document.text == "See it here, now.\n\nx"
    assert document.inlines == (Inline(0, 3, InlineKind.STRONG),)


@pytest.mark.sqlite_only
def test_a_new_text_comes_from_a_paste_or_a_file_too(curator: PageClient, room: Room) -> None:
    for fields in (
        {"text": NEW},
        {"text": "x", "html": "<p>The <b>council</b> must close the road.</p>"},
        {"files": (io.BytesIO(NEW.encode()), "new.txt")},
    ):
        answer = send(curator, f"{path_of(room)}/correct", edited=TEXT, **fields)
        assert answer.status_code == 303, fields
        assert "Nothing is stored before you say so" in curator.get(answer.location).text
    page = curator.get(f"{path_of(room)}/correct").text
    assert page.count("Discard the correction from") == 3
    assert curator.get("/projects/first/articles/add").text.count("Discard the draft") == 0


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Nothing is changed yet"),
        ({"edited": " \r\n "}, "The text is empty"),
        ({"edited": "Other.", "text": "Another."}, "Give the new text in one way"),
        ({"name": "new.exe"}, "files can be read"),
        ({"name": "new.zip"}, "holds 2 articles"),
        ({"url": "http://127.0.0.1:9/"}, "127.0.0.1"),
    ],
)
def test_what_cannot_be_taken_says_why_and_keeps_what_was_typed(
    curator: PageClient, room: Room, fields: dict[str, str], words: str
) -> None:
    sent: dict[str, object] = dict(fields)
    if "name" in fields:
        packed = zipped({"a.txt": b"One.\n\nFirst.", "b.txt": b"Two.\n\nSecond."})
        contents = {"new.zip": packed, "new.exe": b"MZ"}
        content = contents[fields["name"]]
        sent["files"] = (io.BytesIO(content), fields["name"])
    answer = send(curator, f"{path_of(room)}/correct", **sent)
    assert answer.status_code == 422
    alert = answer.text.partition('role="alert"')[2].partition("</p>")[0]
    assert words in alert
    for typed in ("edited", "text", "url"):
        if fields.get(typed, "").strip():
            assert fields[typed] in answer.text


def test_a_correction_is_read_in_another_encoding_that_is_chosen(
    curator: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, ROAD)
    file = (io.BytesIO(f"{ROAD}\n\n{HOLE}.".encode("cp1251")), "new.txt")
    review = str(send(curator, f"{path_of(room)}/correct", files=file).headers["Location"])
    send(curator, f"{review}/encoding", encoding="KOI8-R")
    page = curator.get(review).text
    assert "<option selected>KOI8-R</option>" in page
    assert HOLE not in page
    send(curator, f"{review}/annotations/{made.id}", leave="1")
    seen = hidden(curator.get(review).text)

    answer = send(curator, f"{review}/encoding", encoding="Windows-1251")
    assert (answer.status_code, answer.headers["Location"]) == (303, review)
    page = curator.get(review).text
    assert HOLE in page
    assert "Left without a place" not in page  # what was decided was of another text
    assert send(curator, review, **seen).status_code == 409  # and so was what was looked at
    assert store(curator, review).status_code == 303
    assert HOLE in current_revision(session, room.article.id).text


@pytest.mark.sqlite_only
def test_an_encoding_that_a_new_text_is_not_in_is_told(curator: PageClient, room: Room) -> None:
    file = (io.BytesIO(b"\xa6\xa3\xd0\xfe"), "new.txt")
    review = str(send(curator, f"{path_of(room)}/correct", files=file).headers["Location"])
    assert re.search(r"guessed, \d+ % sure", curator.get(review).text)
    answer = send(curator, f"{review}/encoding", encoding="UTF-8")
    assert answer.status_code == 422
    assert "The file is not UTF-8. Choose another encoding." in answer.text
    assert "<option selected>UTF-8</option>" in answer.text


@pytest.mark.sqlite_only
def test_of_a_new_text_whose_encoding_is_certain_none_is_chosen(
    curator: PageClient, room: Room
) -> None:
    file = (io.BytesIO(NEW.encode()), "new.txt")
    review = str(send(curator, f"{path_of(room)}/correct", files=file).headers["Location"])
    assert 'name="encoding"' not in curator.get(review).text
    assert send(curator, f"{review}/encoding", encoding="KOI8-R").status_code == 422


@pytest.mark.sqlite_only
def test_an_edited_text_has_no_more_blocks_than_an_article_may_have(
    curator: PageClient, room: Room
) -> None:
    path = f"{path_of(room)}/correct"
    answer = send(curator, path, edited="a\r\n\r\n" * 20_001, number="1")
    assert answer.status_code == 422
    assert "more than 20,000 paragraphs" in answer.text
    assert send(curator, path, edited="a\r\n\r\n" * 200, number="1").status_code == 303


@pytest.mark.sqlite_only
def test_the_same_text_is_nothing_to_store(
    curator: PageClient, session: Session, room: Room
) -> None:
    review = send(curator, f"{path_of(room)}/correct", text=TEXT).headers["Location"]
    page = curator.get(review).text
    assert "there is nothing to store" in page
    assert "Accept and store" not in page
    answer = send(curator, review, number="1", seen="99")
    assert answer.status_code == 409
    assert texts(session, room) == 1


def test_who_began_to_edit_an_older_text_is_shown_what_changed_in_it(
    curator: PageClient, session: Session, room: Room
) -> None:
    path = f"{path_of(room)}/correct"
    correct(session, room.owner, room.article, TEXT.replace("every spring", "each April"))
    answer = send(curator, path, number="1", edited=TEXT.replace("The council", "The town"))
    assert answer.status_code == 409
    assert "its text is revision 2 now" in answer.text
    assert "<ins>each April" in answer.text
    assert "The town must close the road" in answer.text
    assert 'name="number" value="2"' in answer.text
    # Who has only looked at it has edited nothing.
    assert "Nothing is changed yet" in send(curator, path, number="1", edited=TEXT).text
    session.rollback()
    assert session.scalars(select(Draft)).all() == []


@pytest.mark.sqlite_only
def test_an_archived_article_is_not_corrected(
    curator: PageClient, session: Session, room: Room
) -> None:
    revision = correct(session, room.owner, room.article, NEW)
    send(curator, f"{path_of(room)}/archive")
    assert curator.get(f"{path_of(room)}/correct").status_code == 409
    number = str(revision.number)
    assert send(curator, f"{path_of(room)}/take-back", revision=number).status_code == 409
