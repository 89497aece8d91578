"""Correcting an article: nothing that was tagged is lost."""

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.pages.event_text import describe
from app.annotations.queries.anchors import PassageQuery
from app.annotations.queries.lists import list_history
from app.annotations.queries.names import Called
from app.annotations.queries.past_revisions import list_earlier
from app.annotations.service import annotations
from app.annotations.service.annotations import EditConflict
from app.articles.models import Article
from app.articles.queries.articles import current_revision
from app.articles.service import articles as article_service
from app.assignments.queries.visibility import EVERYONE
from app.core.db import Database
from app.core.errors import Conflict
from app.corrections.service import correct as corrections
from app.corrections.service.correct import Decision
from app.text.anchoring import Fate
from app.text.document import Document, Piece
from tests.harness.builders import TEXT, Room, add_annotation, add_member, correct
from tests.harness.correcting import (
    FLOODS,
    MAYOR,
    NEW,
    REPORT,
    is_orphan,
    place,
    quoted,
    redo,
    undo,
)

pytestmark = pytest.mark.usefixtures("sound")


def said(session: Session, annotation: Annotation) -> list[str]:
    return [describe(row.event, Called()) for row in list_history(session, annotation.id)]


def test_annotations_go_along_into_the_corrected_text(session: Session, room: Room) -> None:
    moved = add_annotation(session, room.annotator, room.article, FLOODS, note="as ever")
    changed = add_annotation(session, room.owner, room.article, MAYOR, tag="citation")
    orphaned = add_annotation(session, room.annotator, room.article, REPORT, tag="demand")
    revision = correct(session, room.curator, room.article, NEW)
    assert (revision.number, revision.account_id) == (2, room.curator.account_id)
    assert quoted(session, moved) == FLOODS
    assert (moved.first_block, moved.note, moved.version) == (2, "as ever", 2)
    assert quoted(session, changed) == "“We have some money,” said the mayor."
    assert is_orphan(session, orphaned)
    assert quoted(session, orphaned) == REPORT
    assert "into a corrected text, with ““We have some money" in said(session, changed)[1]
    assert said(session, orphaned)[1] == "corrected the text, which no longer has its words"


def test_a_corrected_revision_keeps_what_was_tagged_in_it(session: Session, room: Room) -> None:
    kept = add_annotation(session, room.annotator, room.article, FLOODS, note="then")
    first = current_revision(session, room.article.id)
    correct(session, room.curator, room.article, NEW)
    annotations.change(
        session,
        actor=room.annotator,
        annotation_id=kept.id,
        version=2,
        tag="demand",
        note="now",
    )
    (then,) = list_earlier(session, first, EVERYONE)
    was = then.state
    assert (then.id, was.tag, was.note, was.deleted) == (kept.id, "claim", "then", False)
    assert first.text[was.start : was.end] == was.quote == FLOODS


def test_what_was_decided_by_hand_goes_before_what_was_found(session: Session, room: Room) -> None:
    placed = add_annotation(session, room.annotator, room.article, REPORT)
    left = add_annotation(session, room.annotator, room.article, FLOODS)
    start = NEW.index("look away")
    decisions = {placed.id: (start, start + len("look away")), left.id: None}
    correct(session, room.curator, room.article, NEW, decisions)
    assert quoted(session, placed) == "look away"
    assert not is_orphan(session, placed)
    assert is_orphan(session, left)


def test_what_waits_in_the_trash_goes_along_and_can_be_restored(
    session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, FLOODS)
    annotations.delete(session, actor=room.annotator, annotation_id=made.id, version=1)
    session.commit()
    correct(session, room.curator, room.article, NEW)
    annotations.restore(session, actor=room.annotator, annotation_id=made.id)
    session.commit()
    assert not is_orphan(session, made)


def test_duplicates_never_come_of_a_correction(session: Session, room: Room) -> None:
    first = add_annotation(session, room.annotator, room.article, "The road floods.")
    second = annotations.create(
        session,
        actor=room.annotator,
        article_id=room.article.id,
        tag="claim",
        asked=PassageQuery("The road floods.", start=TEXT.rindex("The road floods.")),
        note="",
        client_key="second",
    )
    session.commit()
    place = (0, 5)
    before = corrections.load_correction_input(session, room.article)
    document = Document.from_pieces([Piece(part) for part in NEW.split("\n\n")])
    proposals = corrections.propose(before, document, {first.id: place, second.id: place})
    assert [(p.place, p.decision) for p in proposals] == [
        (place, Decision.BY_HAND),
        (None, Decision.DOUBLED),
    ]
    correct(session, room.curator, room.article, NEW, {first.id: place, second.id: place})
    assert is_orphan(session, second)


def test_an_orphan_comes_back_with_its_words(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, REPORT)
    correct(session, room.curator, room.article, NEW)
    assert is_orphan(session, made)
    correct(session, room.curator, room.article, TEXT)
    assert not is_orphan(session, made)
    assert quoted(session, made) == REPORT


def test_an_orphan_is_placed_by_hand_and_that_is_undone_and_redone(
    session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, REPORT)
    correct(session, room.curator, room.article, NEW)
    asked = PassageQuery("look away", start=NEW.index("look away"))
    annotations.change(
        session, actor=room.annotator, annotation_id=made.id, version=made.version, asked=asked
    )
    session.commit()
    assert quoted(session, made) == "look away"
    assert not is_orphan(session, made)
    assert "gave it a place in the corrected text" in said(session, made)[-1]
    undo(session, room.annotator, room.article.id)
    assert is_orphan(session, made)
    redo(session, room.annotator, room.article.id)
    assert quoted(session, made) == "look away"


def test_a_tag_and_a_note_are_undone_where_the_correction_put_them(
    session: Session, room: Room
) -> None:
    me, article = room.annotator, room.article
    made = add_annotation(session, me, article, FLOODS)
    annotations.change(session, actor=me, annotation_id=made.id, version=1, tag="demand")
    session.commit()
    correct(session, room.curator, article, NEW)
    undo(session, me, article.id)
    assert (made.tag_name, quoted(session, made)) == ("claim", FLOODS)
    assert not is_orphan(session, made)
    undo(session, me, article.id)
    assert made.deleted_at is not None
    redo(session, me, article.id)
    redo(session, me, article.id)
    assert made.tag_name == "demand"
    assert made.deleted_at is None


def test_boundaries_of_a_corrected_text_stay_and_say_why(session: Session, room: Room) -> None:
    me, article = room.annotator, room.article
    made = add_annotation(session, me, article, FLOODS)
    asked = PassageQuery("It floods every spring", start=TEXT.index("It floods"))
    annotations.change(session, actor=me, annotation_id=made.id, version=1, asked=asked)
    session.commit()
    correct(session, room.curator, article, NEW)
    with pytest.raises(Conflict, match="corrected since, so its boundaries stay"):
        undo(session, me, article.id)


def test_a_correction_is_no_act_that_its_curator_undoes(session: Session, room: Room) -> None:
    add_annotation(session, room.annotator, room.article, FLOODS)
    correct(session, room.curator, room.article, NEW)
    with pytest.raises(Conflict, match="nothing of yours to undo"):
        undo(session, room.curator, room.article.id)


def test_a_note_that_was_begun_before_a_correction_is_still_saved(
    session: Session, room: Room
) -> None:
    me, article = room.annotator, room.article
    made = add_annotation(session, me, article, FLOODS)
    correct(session, room.curator, article, NEW)
    annotations.change(session, actor=me, annotation_id=made.id, version=1, note="begun before")
    session.commit()
    assert (made.note, made.version) == ("begun before", 3)
    with pytest.raises(EditConflict):
        annotations.change(session, actor=me, annotation_id=made.id, version=1, note="too late")


def test_a_placing_is_not_redone_into_a_text_that_was_corrected_since(
    session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, REPORT)
    correct(session, room.curator, room.article, NEW)
    place(session, room.annotator, made, "look away")
    undo(session, room.annotator, room.article.id)
    correct(session, room.curator, room.article, NEW + "\n\nThe end.", {made.id: None})
    with pytest.raises(Conflict, match="corrected since"):
        redo(session, room.annotator, room.article.id)
    session.rollback()
    assert is_orphan(session, made)


# --- what is refused ----------------------------------------------------------------------------


def test_a_correction_needs_another_text_and_an_article_in_use(
    session: Session, room: Room
) -> None:
    with pytest.raises(Conflict, match="nothing to correct"):
        correct(session, room.curator, room.article, TEXT)
    article_service.archive(session, actor=room.curator, article=room.article)
    session.commit()
    with pytest.raises(Conflict, match="archived"):
        correct(session, room.curator, room.article, NEW)


def test_what_was_looked_at_must_be_what_is_there(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, FLOODS)
    document = Document.from_pieces([Piece(part) for part in NEW.split("\n\n")])

    def store(before: corrections.Before) -> None:
        corrections.correct(
            session,
            actor=room.curator,
            article=room.article,
            base=before.base,
            document=document,
            source="pasted text",
            proposals=corrections.propose(before, document, {}),
        )

    before = corrections.load_correction_input(session, room.article)
    annotations.change(session, actor=room.annotator, annotation_id=made.id, version=1, note="late")
    session.commit()
    with pytest.raises(Conflict, match="at the same moment"):
        store(before)
    session.rollback()
    before = corrections.load_correction_input(session, room.article)
    add_annotation(session, room.annotator, room.article, MAYOR)
    with pytest.raises(Conflict, match="at the same moment"):
        store(before)
    session.rollback()
    before = corrections.load_correction_input(session, room.article)
    correct(session, room.owner, room.article, TEXT + "\n\nThe end.")
    with pytest.raises(Conflict, match="at the same moment"):
        store(before)
    session.rollback()


def test_who_tags_while_the_text_is_corrected_tags_in_the_new_one(
    database: Database, session: Session, room: Room
) -> None:
    add_member(session)  # the tables are there, and nothing is open
    document = Document.from_pieces([Piece(part) for part in NEW.split("\n\n")])
    tagged = threading.Event()

    def tag() -> None:
        with database.writing() as other:
            tagged.set()
            annotations.create(
                other,
                actor=room.annotator,
                article_id=room.article.id,
                tag="claim",
                asked=PassageQuery(FLOODS, start=TEXT.index(FLOODS)),
                note="",
                client_key="at once",
            )
            other.commit()

    thread = threading.Thread(target=tag)
    with database.writing() as writing:
        article = writing.get_one(Article, room.article.id)
        before = corrections.load_correction_input(writing, article)
        corrections.correct(
            writing,
            actor=room.curator,
            article=article,
            base=before.base,
            document=document,
            source="pasted text",
            proposals=corrections.propose(before, document, {}),
        )
        thread.start()
        assert tagged.wait(10)
        thread.join(0.3)
        assert thread.is_alive()
        writing.commit()
    thread.join(10)
    session.rollback()
    session.expire_all()
    made = session.scalars(select(Annotation)).one()
    assert not is_orphan(session, made)
    assert made.first_block == 2


def test_fates_are_told_apart(session: Session, room: Room) -> None:
    for quote in (FLOODS, MAYOR, REPORT):
        add_annotation(session, room.annotator, room.article, quote)
    first = add_annotation(session, room.annotator, room.article, "The council")
    document = Document.from_pieces([Piece(part) for part in (TEXT + "\n\nEnd.").split("\n\n")])
    before = corrections.load_correction_input(session, room.article)
    assert {p.fate for p in corrections.propose(before, document, {})} == {Fate.UNCHANGED}
    document = Document.from_pieces([Piece(part) for part in NEW.split("\n\n")])
    fates = {p.annotation.quote: p.fate for p in corrections.propose(before, document, {})}
    assert fates == {
        FLOODS: Fate.UNCHANGED,
        MAYOR: Fate.CHANGED,
        REPORT: Fate.ORPHANED,
        first.quote: Fate.UNCHANGED,
    }
