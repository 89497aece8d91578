"""Passages kept in memory are those of the database, whatever happened since they were read."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.kept_spans import find_spans_of_block
from app.annotations.queries.marks import EVERYTHING, find_spans_between
from app.annotations.service import annotations
from app.articles.queries.articles import current_revision
from app.core.db import Database
from tests.harness.builders import Room, add_annotation, add_comment, add_member, correct
from tests.harness.correcting import place, undo

BLOCKS = range(1, 5)
Act = Callable[[Session, Room, Annotation], None]


def tag_elsewhere(session: Session, room: Room, _made: Annotation) -> None:
    add_annotation(session, room.curator, room.article, "It floods every spring")


def tag_the_same_words(session: Session, room: Room, made: Annotation) -> None:
    add_annotation(session, room.curator, room.article, made.quote)


def tag_the_same_words_otherwise(session: Session, room: Room, made: Annotation) -> None:
    add_annotation(session, room.annotator, room.article, made.quote, tag="demand")


def tag_from_the_block_before(session: Session, room: Room, _made: Annotation) -> None:
    text = current_revision(session, room.article.id).text
    start = text.index("\n\n") - 10
    add_annotation(session, room.owner, room.article, text[start : start + 30])


def comment(session: Session, room: Room, made: Annotation) -> None:
    add_comment(session, room.curator, made)


def delete(session: Session, room: Room, made: Annotation) -> None:
    annotations.delete(session, actor=room.curator, annotation_id=made.id, version=made.version)
    session.commit()


def delete_and_restore(session: Session, room: Room, made: Annotation) -> None:
    delete(session, room, made)
    annotations.restore(session, actor=room.curator, annotation_id=made.id)
    session.commit()


def tag_and_undo(session: Session, room: Room, made: Annotation) -> None:
    tag_elsewhere(session, room, made)
    undo(session, room.curator, room.article.id)


def move(session: Session, room: Room, made: Annotation) -> None:
    place(session, room.annotator, made, "nobody repairs it")


def change_tag(session: Session, room: Room, made: Annotation) -> None:
    annotations.change(
        session, actor=room.curator, annotation_id=made.id, version=made.version, tag="citation"
    )
    session.commit()


def correct_text(session: Session, room: Room, _made: Annotation) -> None:
    text = current_revision(session, room.article.id).text
    correct(session, room.curator, room.article, f"One more.\n\n{text}")


def tag_often(session: Session, room: Room, made: Annotation) -> None:
    for number in range(60):
        member = add_member(session, room.annotator.role, f"Person {number}")
        add_annotation(session, member, room.article, made.quote)


ACTS = (
    tag_elsewhere,
    tag_the_same_words,
    tag_the_same_words_otherwise,
    tag_from_the_block_before,
    comment,
    delete,
    delete_and_restore,
    tag_and_undo,
    move,
    change_tag,
    correct_text,
    tag_often,
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_what_is_kept_is_what_the_database_has(
    session: Session, database: Database, room: Room, act: Act
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    assert_kept_as_stored(database, room)
    act(session, room, made)
    assert_kept_as_stored(database, room)
    add_annotation(session, room.owner, room.article, "It floods", tag="assumption")
    assert_kept_as_stored(database, room)


def test_a_tag_is_added_without_reading_the_others_again(
    session: Session, database: Database, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    assert_kept_as_stored(database, room)
    with database.session() as reading:
        revision = current_revision(reading, room.article.id)
        before = find_spans_of_block(reading, revision, 1).spans
    add_annotation(session, room.curator, room.article, "It floods every spring")
    with database.session() as reading:
        after = find_spans_of_block(reading, revision, 1).spans
    assert all(any(span is one for one in after) for span in before)


def assert_kept_as_stored(database: Database, room: Room) -> None:
    with database.session() as reading:
        revision = current_revision(reading, room.article.id)
        for number in BLOCKS:
            stored = find_spans_between(reading, revision, EVERYTHING, first=number, last=number)
            kept = find_spans_of_block(reading, revision, number).spans
            assert sorted(kept) == sorted(map(tuple, stored))
            assert [(span[3], span[0]) for span in kept] == sorted(
                (span[3], span[0]) for span in stored
            )
