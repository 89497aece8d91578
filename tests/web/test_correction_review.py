"""The review of a correction: what becomes of each annotation is looked at, and then stored."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.queries.verify import verify
from app.articles.models import Draft
from app.articles.queries.articles import current_revision
from app.text.document import Inline, InlineKind, Piece
from tests.harness.builders import TEXT, Room, add_annotation, add_article, correct, sign_in
from tests.harness.correcting import FLOODS, MAYOR, NEW, REPORT
from tests.harness.correction_pages import begin, hidden, path_of, send, store, texts
from tests.harness.pages import PageClient

ROAD = "The council must close the road."


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
