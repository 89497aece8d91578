"""Taking a correction back: all that it did, and nothing that someone did since."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.annotations.models import EarlierPlace
from app.annotations.queries.anchors import PassageQuery
from app.annotations.service import annotations
from app.articles.models import Article, Revision
from app.articles.queries.articles import current_revision, find_revision, list_revisions
from app.core.errors import Conflict, NotFound
from app.corrections.service import revert
from app.projects.models import Member
from tests.harness.builders import TEXT, Room, add_annotation, correct
from tests.harness.correcting import FLOODS, MAYOR, NEW, REPORT, is_orphan, place, quoted, undo

pytestmark = pytest.mark.usefixtures("sound")


def take_back(session: Session, actor: Member, revision: Revision) -> None:
    article = session.get_one(Article, revision.article_id)
    revert.take_back(session, actor=actor, article=article, revision=revision)
    session.commit()


def test_a_correction_is_taken_back_with_all_that_it_did(session: Session, room: Room) -> None:
    quotes = (FLOODS, MAYOR, REPORT)
    made = [add_annotation(session, room.annotator, room.article, quote) for quote in quotes]
    places = [(row.start, row.end, row.first_block) for row in made]
    revision = correct(session, room.curator, room.article, NEW)
    take_back(session, room.owner, revision)
    assert [quoted(session, row) for row in made] == list(quotes)
    assert [(row.start, row.end, row.first_block) for row in made] == places
    assert not any(is_orphan(session, row) for row in made)
    assert session.scalars(select(func.count()).select_from(EarlierPlace)).one() == 0
    with pytest.raises(NotFound, match="or it was taken back"):
        find_revision(session, room.article.id, 2)
    again = correct(session, room.curator, room.article, NEW)
    assert again.number == 3
    assert [row.number for row in list_revisions(session, room.article.id)] == [3, 1]


def test_corrections_are_taken_back_one_after_the_other(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, REPORT)
    second = correct(session, room.curator, room.article, NEW)
    third = correct(session, room.curator, room.article, TEXT + "\n\nThe end.")
    assert not is_orphan(session, made)
    with pytest.raises(Conflict, match="Only the newest"):
        take_back(session, room.curator, second)
    take_back(session, room.curator, third)
    assert is_orphan(session, made)
    take_back(session, room.curator, second)
    assert not is_orphan(session, made)
    with pytest.raises(Conflict, match="first text"):
        take_back(session, room.curator, current_revision(session, room.article.id))


def test_a_revision_stays_once_someone_has_tagged_on_it(session: Session, room: Room) -> None:
    revision = correct(session, room.curator, room.article, NEW)
    add_annotation(session, room.annotator, room.article, "A first paragraph came.")
    with pytest.raises(Conflict, match="tagged in this revision already"):
        take_back(session, room.curator, revision)


def test_a_revision_stays_once_an_annotation_was_placed_on_it(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, REPORT)
    revision = correct(session, room.curator, room.article, NEW)
    asked = PassageQuery("look away", start=NEW.index("look away"))
    version = made.version
    annotations.change(
        session, actor=room.annotator, annotation_id=made.id, version=version, asked=asked
    )
    session.commit()
    with pytest.raises(Conflict, match="tagged in this revision already"):
        take_back(session, room.curator, revision)


def test_a_note_written_since_keeps_nobody_from_taking_back(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, FLOODS)
    revision = correct(session, room.curator, room.article, NEW)
    annotations.change(session, actor=room.annotator, annotation_id=made.id, version=2, note="kept")
    session.commit()
    take_back(session, room.curator, revision)
    assert (quoted(session, made), made.note) == (FLOODS, "kept")


def test_a_place_given_by_hand_is_never_taken_back(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, REPORT)
    second = correct(session, room.curator, room.article, NEW)
    place(session, room.annotator, made, "look away")
    third = correct(session, room.curator, room.article, NEW + "\n\nThe end.")
    take_back(session, room.curator, third)
    with pytest.raises(Conflict, match="tagged in this revision already"):
        take_back(session, room.curator, second)


def test_boundaries_of_an_orphan_stay_where_its_words_were(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, "read Dr. Smith’s")
    place(session, room.annotator, made, REPORT)
    revision = correct(session, room.curator, room.article, NEW)
    with pytest.raises(Conflict, match="its boundaries stay"):
        undo(session, room.annotator, room.article.id)
    session.rollback()
    take_back(session, room.curator, revision)
    assert quoted(session, made) == REPORT
