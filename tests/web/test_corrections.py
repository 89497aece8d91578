"""Correcting an article through its pages: one new text, a review, old revisions, orphans."""

import io
import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.models import Annotation
from app.annotations.queries.verify import verify
from app.articles.models import Draft, Revision
from app.articles.queries.articles import current_revision, document_of
from app.text.document import Inline, InlineKind, Piece
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_theme,
    correct,
    csrf_token,
    sign_in,
)
from tests.harness.files import zipped
from tests.harness.pages import PageClient

ROAD = "The council must close the road."
FLOODS = "It floods every spring, and nobody repairs it."
MAYOR = "“We have no money,” said the mayor."
REPORT = "read Dr. Smith’s report"
HOLE = "\u0437\u0434\u0435\u0441\u044c \u0434\u044b\u0440\u0430"
NEW = "A first paragraph came.\n\n" + TEXT.replace(
    MAYOR, "“We have some money,” said the mayor."
).replace(REPORT, "look away")


@pytest.fixture
def curator(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the curator is signed in."""
    return sign_in(client, session, room.curator.account)


def send(client: PageClient, path: str, **fields: object) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_token(client), **fields})


def path_of(room: Room) -> str:
    return f"/projects/first/articles/{room.article.id}"


def begin(client: PageClient, room: Room, text: str = NEW) -> str:
    """Edit the text and return the address of the review."""
    number = re.findall(r'name="number" value="(\d+)"', client.get(f"{path_of(room)}/correct").text)
    edited = text.replace("\n", "\r\n")
    answer = send(client, f"{path_of(room)}/correct", edited=edited, number=number[0])
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def hidden(page: str) -> dict[str, str]:
    """Return what the form that stores a correction sends beside its token."""
    return dict(re.findall(r'name="(number|seen|fingerprint)" value="(\w+)"', page))


def store(client: PageClient, review: str) -> TestResponse:
    return send(client, review, **hidden(client.get(review).text))


def texts(session: Session, room: Room) -> int:
    session.rollback()
    return session.scalars(
        select(func.count()).select_from(Revision).where(Revision.article_id == room.article.id)
    ).one()


# --- a new text ---------------------------------------------------------------------------------


def test_a_correction_is_looked_at_before_anything_is_stored(
    curator: PageClient, session: Session, room: Room
) -> None:
    kept = add_annotation(session, room.annotator, room.article, FLOODS)
    changed = add_annotation(session, room.annotator, room.article, MAYOR, tag="citation")
    orphan = add_annotation(session, room.annotator, room.article, REPORT, tag="demand")
    review = begin(curator, room)
    page = curator.get(review).text
    assert texts(session, room) == 1
    assert "<ins>A first paragraph came.</ins>" in page
    assert "<del>no</del><ins>some</ins>" in page
    assert page.index("What changes in the text") < page.index("3 annotations")
    assert '<a href="#annotations-title">2 annotations need a look</a>' in page
    for title, made in ((">Unchanged", kept), ("With other words", changed), ("Without", orphan)):
        group = page.partition(title)[2].partition("</details>")[0]
        assert f'id="a{made.id}"' in group
    answer = store(curator, review)
    assert answer.headers["Location"] == path_of(room)
    article = curator.get(path_of(room)).text
    assert "A first paragraph came." in article
    assert ">revision 2</a>" in article
    assert "1 annotation has no place in this revision" in article
    session.rollback()
    assert session.scalars(select(Draft)).all() == []
    assert list(verify(session)) == []


@pytest.mark.sqlite_only
def test_of_a_half_kept_passage_the_review_shows_what_is_left(
    curator: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, f"{ROAD} {FLOODS}")
    review = begin(curator, room, TEXT.replace(f"{ROAD} ", ""))
    page = curator.get(review).text
    group = page.partition("With other words: 1")[2].partition("</details>")[0]
    assert f'id="a{made.id}"' in group
    assert "Some of its words are gone" in group
    assert f"<strong><del>{ROAD} </del>{FLOODS}</strong>" in group


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


# --- the review ---------------------------------------------------------------------------------


def test_an_annotation_is_placed_by_hand_or_left_before_storing(
    curator: PageClient, session: Session, room: Room
) -> None:
    orphan = add_annotation(session, room.annotator, room.article, REPORT)
    moved = add_annotation(session, room.annotator, room.article, FLOODS)
    review = begin(curator, room)
    place = f"{review}/annotations/{orphan.id}"
    page = curator.get(place).text
    assert f"<strong>{REPORT}</strong>" in page
    assert "look away" in page
    answer = send(curator, place, quote="look awya")
    assert answer.status_code == 422
    assert "look awya</textarea>" in answer.text
    assert "Nearest" in answer.text
    answer = send(curator, place, quote="The road floods.")
    assert answer.text.count('name="start"') == 3  # two to choose from, one of the selection
    assert send(curator, place, quote="look away").location == f"{review}#a{orphan.id}"
    send(curator, f"{review}/annotations/{moved.id}", leave="1")
    page = curator.get(review).text
    assert "Placed by hand" in page
    assert "Left without a place" in page
    send(curator, f"{review}/annotations/{moved.id}", find="1")
    assert "Left without a place" not in curator.get(review).text
    store(curator, review)
    session.rollback()
    session.expire_all()
    assert orphan.quote == "look away"
    assert moved.quote == FLOODS


def test_the_second_of_two_curators_sees_the_firsts_revision_and_starts_from_it(
    curator: PageClient, session: Session, room: Room
) -> None:
    review = begin(curator, room)
    sent = hidden(curator.get(review).text)
    correct(session, room.owner, room.article, TEXT + "\n\nThe end.")
    answer = send(curator, review, **sent)
    assert answer.status_code == 409
    assert "its text is revision 2 now" in answer.text
    assert "<del>The end.</del>" in answer.text
    assert texts(session, room) == 2
    assert "The end.</textarea>" in curator.get(f"{path_of(room)}/correct").text
    assert store(curator, review).status_code == 303
    session.rollback()
    assert current_revision(session, room.article.id).number == 3


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
def test_footnote_marks_are_raised_and_words_whole_wherever_a_correction_is_judged(
    curator: PageClient, session: Session, room: Room
) -> None:
    said = (
        "Infrastructure was promised to everybody.1 Nobody has built it, and the road still floods."
    )
    mark = said.index("1")
    inlines = (Inline(mark, mark + 1, InlineKind.FOOTNOTE_MARK, "1"),)
    article = add_article(session, [Piece(f"{said} The mayor is silent.", inlines=inlines)])
    made = add_annotation(session, room.annotator, article, "The mayor is silent.")
    path = f"/projects/first/articles/{article.id}/correct"
    text = f"{said} The mayor is silent. So are we."
    answer = send(curator, path, number="1", edited=text)
    page = curator.get(answer.headers["Location"]).text
    context = page.partition(f'id="a{made.id}"')[2].partition("<strong>")[0]
    assert "…was promised to everybody.\N{SUPERSCRIPT ONE} Nobody has built it" in context
    store(curator, str(answer.headers["Location"]))
    late = send(curator, path, number="1", edited=text.replace("Nobody", "Who"))
    assert late.status_code == 409
    assert "everybody.\N{SUPERSCRIPT ONE} Nobody" in late.text


@pytest.mark.sqlite_only
def test_only_the_correction_that_was_looked_at_is_stored(
    curator: PageClient, session: Session, room: Room
) -> None:
    review = begin(curator, room)
    seen = hidden(curator.get(review).text)
    send(curator, f"{review}/discard")
    another = begin(curator, room, TEXT + "\n\nAnother end.")
    assert send(curator, review, **seen).status_code == 404
    answer = send(curator, another, **seen)
    assert answer.status_code == 409
    assert "changed in another tab" in answer.text
    assert texts(session, room) == 1


@pytest.mark.sqlite_only
def test_an_archived_article_is_not_corrected(
    curator: PageClient, session: Session, room: Room
) -> None:
    revision = correct(session, room.owner, room.article, NEW)
    send(curator, f"{path_of(room)}/archive")
    assert curator.get(f"{path_of(room)}/correct").status_code == 409
    number = str(revision.number)
    assert send(curator, f"{path_of(room)}/take-back", revision=number).status_code == 409


@pytest.mark.sqlite_only
def test_a_review_of_a_text_that_was_taken_back_says_so(
    curator: PageClient, session: Session, room: Room
) -> None:
    correct(session, room.owner, room.article, NEW)
    review = begin(curator, room, NEW + "\n\nThe end.")
    seen = hidden(curator.get(review).text)
    send(curator, f"{path_of(room)}/take-back", revision="2")
    answer = send(curator, review, **seen)
    assert answer.status_code == 409
    assert "A correction was taken back meanwhile" in answer.text


@pytest.mark.sqlite_only
def test_sentences_ticked_in_an_older_text_tag_nothing(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.annotator.account)
    correct(session, room.owner, room.article, NEW)
    path = f"{path_of(room)}/annotations"
    fields = {"block": "1", "sentence": "0", "tag": "claim", "client_key": "k"}
    answer = send(client, path, revision="1", **fields)
    assert answer.status_code == 422
    assert "Tick the sentences once more" in answer.text
    assert "checked" not in answer.text.partition('name="sentence"')[2].partition("</fieldset>")[0]
    assert send(client, path, revision="2", **fields).status_code == 303


def test_what_was_tagged_since_the_review_is_looked_at_too(
    curator: PageClient, session: Session, room: Room
) -> None:
    review = begin(curator, room)
    sent = hidden(curator.get(review).text)
    add_annotation(session, room.annotator, room.article, FLOODS)
    add_annotation(session, room.annotator, room.article, MAYOR)
    answer = send(curator, review, **sent)
    assert answer.status_code == 409
    assert "Someone tagged or changed a passage meanwhile" in answer.text
    assert texts(session, room) == 1
    # What comes along as it is holds nobody up.
    sent = hidden(answer.text)
    add_annotation(session, room.annotator, room.article, "The council")
    assert send(curator, review, **sent).status_code == 303


@pytest.mark.sqlite_only
def test_a_correction_is_ones_own_until_it_is_stored_or_discarded(
    curator: PageClient, session: Session, room: Room
) -> None:
    review = begin(curator, room)
    sign_in(curator, session, room.owner.account)
    assert curator.get(review).status_code == 404
    sign_in(curator, session, room.curator.account)
    assert curator.get(f"/projects/first/drafts/{review.rsplit('/', 1)[1]}").status_code == 404
    send(curator, f"{review}/discard")
    assert curator.get(review).status_code == 404
    assert texts(session, room) == 1


@pytest.mark.sqlite_only
def test_the_words_of_a_correction_are_escaped(
    curator: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, MAYOR)
    review = begin(curator, room, TEXT.replace("no money", "<script>alert(1)</script> money"))
    page = curator.get(review).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


# --- revisions ----------------------------------------------------------------------------------


def test_an_old_revision_shows_what_it_showed(
    curator: PageClient, session: Session, room: Room
) -> None:
    moved = add_annotation(session, room.annotator, room.article, FLOODS, note="a thought")
    orphan = add_annotation(session, room.annotator, room.article, REPORT, tag="demand")
    correct(session, room.owner, room.article, NEW)
    page = curator.get(f"{path_of(room)}/revisions/1").text
    assert f'id="a{moved.id}"' in page
    assert f'id="a{orphan.id}"' in page
    assert "a thought" in page
    assert f'<q dir="auto">{REPORT}</q>' in page
    assert f">{FLOODS}</mark>" in page
    assert "A first paragraph came" not in page
    assert 'class="pilcrow"' not in page
    answer = curator.get(f"{path_of(room)}/revisions/2")
    assert answer.headers["Location"] == path_of(room)
    assert curator.get(f"{path_of(room)}/revisions/3").status_code == 404
    changes = curator.get(f"{path_of(room)}/revisions/2/changes").text
    assert "<ins>A first paragraph came.</ins>" in changes
    assert "By Olga" in changes
    assert curator.get(f"{path_of(room)}/revisions/1/changes").status_code == 404


def test_a_revision_is_taken_back_until_someone_tags_on_it(
    curator: PageClient, session: Session, room: Room
) -> None:
    orphan = add_annotation(session, room.annotator, room.article, REPORT)
    correct(session, room.owner, room.article, NEW)
    assert "Take revision 2 back" in curator.get(f"{path_of(room)}/revisions").text
    answer = send(curator, f"{path_of(room)}/take-back", revision="2")
    assert answer.headers["Location"] == f"{path_of(room)}/revisions"
    page = curator.get(path_of(room)).text
    assert f'id="a{orphan.id}"' in page
    history = curator.get(f"{path_of(room)}/details").text
    assert "corrected the text (revision 2)" in history
    assert "took back a correction (revision 2)" in history
    correct(session, room.owner, room.article, NEW)
    add_annotation(session, room.annotator, room.article, "A first paragraph came.")
    page = curator.get(f"{path_of(room)}/revisions").text
    assert "Someone has tagged in this revision already" in page
    assert send(curator, f"{path_of(room)}/take-back", revision="3").status_code == 409


def test_an_orphan_waits_in_a_list_until_it_is_placed(
    client: PageClient, session: Session, room: Room
) -> None:
    ports = add_theme(session, room.curator, "Ports")
    orphan = add_annotation(session, room.annotator, room.article, REPORT, themes=(ports,))
    correct(session, room.curator, room.article, NEW)
    sign_in(client, session, room.annotator.account)
    permalink = client.get(f"/annotations/{orphan.id}")
    assert permalink.headers["Location"] == f"/annotations/{orphan.id}/card"
    card = client.get(permalink.headers["Location"]).text
    assert "The corrected text no longer has these words" in card
    orphans = client.get(f"{path_of(room)}/orphans").text
    assert f"“{REPORT}”" in orphans
    assert "Themes: <bdi>Ports</bdi>" in orphans
    place = client.get(f"/annotations/{orphan.id}/place").text
    assert f"<strong>{REPORT}</strong>" in place
    assert "Themes: <bdi>Ports</bdi>" in place
    wrong = send(client, f"/annotations/{orphan.id}", version="2", quote="look awya", back="place")
    assert wrong.status_code == 422
    assert "look awya</textarea>" in wrong.text
    assert "A first paragraph came." in wrong.text
    session.refresh(orphan)
    version = str(orphan.version)
    answer = send(client, f"/annotations/{orphan.id}", version=version, note="kept")
    assert answer.headers["Location"] == f"/annotations/{orphan.id}/card"
    version = str(orphan.version + 1)
    answer = send(client, f"/annotations/{orphan.id}", version=version, quote="look away")
    assert answer.headers["Location"] == f"{path_of(room)}#b4"
    assert "Every annotation of this article has its place" in (
        client.get(f"{path_of(room)}/orphans").text
    )
    assert client.get(f"/annotations/{orphan.id}/place").location.endswith("/card")
    session.rollback()
    session.expire_all()
    made = session.get_one(Annotation, orphan.id)
    assert (made.quote, made.note) == ("look away", "kept")
    sign_in(client, session, room.reader.account)
    assert client.get(f"/annotations/{orphan.id}/place").status_code == 403
