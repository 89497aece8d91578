"""Undo and redo: one's own acts in one article, last first, whatever came between."""

import uuid

import pytest
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.pages.event_text import tell_undone
from app.annotations.queries.anchors import PassageQuery
from app.annotations.queries.lists import list_history
from app.annotations.service import annotations
from app.annotations.service import undo as undoing
from app.annotations.service.duplicates import DuplicateAnnotation
from app.annotations.service.undo import UndoResult
from app.core.db import Database
from app.core.errors import Conflict, Forbidden, NotFound
from app.projects.models import Member
from app.projects.roles import Role
from tests.harness.builders import Room, add_annotation, add_article, add_member

NOTHING_TO_UNDO = "nothing of yours to undo"
NOTHING_TO_REDO = "nothing of yours to redo"


def undo(session: Session, *, actor: Member, article_id: int, key: str = "") -> UndoResult:
    key = key or uuid.uuid4().hex
    return undoing.undo(session, actor=actor, article_id=article_id, client_key=key)


def redo(session: Session, *, actor: Member, article_id: int, key: str = "") -> UndoResult:
    key = key or uuid.uuid4().hex
    return undoing.redo(session, actor=actor, article_id=article_id, client_key=key)


def test_an_undo_or_redo_sent_again_with_its_key_is_done_once(session: Session, room: Room) -> None:
    me, article = room.annotator, room.article
    first = add_annotation(session, me, article, "It floods every spring")
    last = add_annotation(session, me, article, "nobody repairs it")
    for _ in range(2):
        taken = undo(session, actor=me, article_id=article.id, key="lost answer")
        assert taken.annotation is last
    assert first.deleted_at is None
    assert last.deleted_at is not None
    for _ in range(2):
        assert redo(session, actor=me, article_id=article.id, key="again").annotation is last
    assert last.deleted_at is None


def change(session: Session, actor: Member, annotation: Annotation, **fields: str) -> None:
    annotations.change(
        session,
        actor=actor,
        annotation_id=annotation.id,
        version=annotation.version,
        tag=fields.get("tag"),
        note=fields.get("note"),
        asked=PassageQuery(fields["quote"], start=0) if "quote" in fields else None,
    )


def state(annotation: Annotation) -> tuple[str, str, str, bool]:
    is_living = annotation.deleted_at is None
    return annotation.tag_name, annotation.note, annotation.quote, is_living


def test_every_kind_of_act_is_taken_back_and_done_again_in_order(
    session: Session, room: Room
) -> None:
    me, article = room.annotator, room.article
    made = add_annotation(session, me, article, "It floods every spring")
    states = [state(made)]
    for fields in ({"tag": "demand"}, {"note": "a note"}, {"quote": "nobody repairs it"}):
        change(session, me, made, **fields)
        states.append(state(made))
    annotations.delete(session, actor=me, annotation_id=made.id, version=made.version)
    states.append(state(made))
    annotations.restore(session, actor=me, annotation_id=made.id)
    states.append(state(made))
    for expected in reversed(states[:-1]):
        undo(session, actor=me, article_id=article.id)
        assert state(made) == expected
    undo(session, actor=me, article_id=article.id)
    assert made.deleted_at is not None  # the making itself
    with pytest.raises(Conflict, match=NOTHING_TO_UNDO):
        undo(session, actor=me, article_id=article.id)
    for expected in states:
        redo(session, actor=me, article_id=article.id)
        assert state(made) == expected
    with pytest.raises(Conflict, match=NOTHING_TO_REDO):
        redo(session, actor=me, article_id=article.id)


def test_undo_and_redo_may_alternate(session: Session, room: Room) -> None:
    me, article = room.annotator, room.article
    made = add_annotation(session, me, article)
    change(session, me, made, note="one")
    change(session, me, made, note="two")
    for act, expected in (
        (undo, "one"),
        (redo, "two"),
        (undo, "one"),
        (undo, ""),
        (redo, "one"),
        (undo, ""),
        (redo, "one"),
        (redo, "two"),
    ):
        act(session, actor=me, article_id=article.id)
        assert made.note == expected


def test_acts_on_several_annotations_are_taken_back_last_first(
    session: Session, room: Room
) -> None:
    me, article = room.annotator, room.article
    one = add_annotation(session, me, article)
    two = add_annotation(session, me, article, "nobody repairs it")
    change(session, me, one, note="last")
    undone = [undo(session, actor=me, article_id=article.id).annotation.id for _ in range(3)]
    assert undone == [one.id, two.id, one.id]
    redone = [redo(session, actor=me, article_id=article.id).annotation.id for _ in range(3)]
    assert redone == [one.id, two.id, one.id]


def test_a_new_act_clears_what_could_be_redone(session: Session, room: Room) -> None:
    me, article = room.annotator, room.article
    made = add_annotation(session, me, article)
    change(session, me, made, note="one")
    undo(session, actor=me, article_id=article.id)
    change(session, me, made, note="two")
    with pytest.raises(Conflict, match=NOTHING_TO_REDO):
        redo(session, actor=me, article_id=article.id)
    undo(session, actor=me, article_id=article.id)
    assert made.note == ""
    redo(session, actor=me, article_id=article.id)
    assert made.note == "two"


def test_undo_says_what_and_where(session: Session, room: Room) -> None:
    add_annotation(session, room.annotator, room.article, "said the mayor", tag="citation")
    taken = undo(session, actor=room.annotator, article_id=room.article.id)
    assert tell_undone(taken.act) == "No longer tagged as citation: “said the mayor”"


def test_undo_takes_back_only_my_acts_in_this_article(session: Session, room: Room) -> None:
    other = add_article(session, "The council must close the road. Elsewhere.")
    mine = add_annotation(session, room.annotator, room.article)
    elsewhere = add_annotation(session, room.annotator, other)
    theirs = add_annotation(session, room.curator, room.article, "nobody repairs it")
    assert undo(session, actor=room.annotator, article_id=room.article.id).annotation is mine
    with pytest.raises(Conflict, match=NOTHING_TO_UNDO):
        undo(session, actor=room.annotator, article_id=room.article.id)
    assert elsewhere.deleted_at is None
    assert theirs.deleted_at is None


def test_undo_stops_when_someone_else_changed_it_since(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article)
    change(session, room.curator, made, note="by Cato")
    with pytest.raises(Conflict, match="Cato changed this annotation since"):
        undo(session, actor=room.annotator, article_id=room.article.id)
    assert state(made)[1:] == ("by Cato", "The council must close the road.", True)


def test_redo_stops_when_someone_else_changed_it_since(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article)
    change(session, room.annotator, made, tag="demand")
    undo(session, actor=room.annotator, article_id=room.article.id)
    change(session, room.curator, made, note="by Cato")
    with pytest.raises(Conflict, match="Cato changed this annotation since"):
        redo(session, actor=room.annotator, article_id=room.article.id)


def test_a_change_by_someone_else_of_another_annotation_stops_nothing(
    session: Session, room: Room
) -> None:
    theirs = add_annotation(session, room.curator, room.article, "nobody repairs it")
    mine = add_annotation(session, room.annotator, room.article)
    change(session, room.curator, theirs, note="by Cato")
    undo(session, actor=room.annotator, article_id=room.article.id)
    assert mine.deleted_at is not None


def test_a_curator_takes_back_what_they_did_to_someone_elses(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, note="mine")
    annotations.delete(session, actor=room.curator, annotation_id=made.id, version=1)
    undo(session, actor=room.curator, article_id=room.article.id)
    assert state(made)[1:] == ("mine", "The council must close the road.", True)
    assert made.account_id == room.annotator.account_id


def test_undo_into_a_duplicate_is_a_conflict(session: Session, room: Room) -> None:
    old = add_annotation(session, room.annotator, room.article)
    annotations.delete(session, actor=room.curator, annotation_id=old.id, version=1)
    new = add_annotation(session, room.annotator, room.article)
    with pytest.raises(DuplicateAnnotation) as caught:
        undo(session, actor=room.curator, article_id=room.article.id)
    assert caught.value.annotation.id == new.id
    assert old.deleted_at is not None


def test_who_may_no_longer_change_may_no_longer_undo(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article)
    room.annotator.role_name = Role.READER
    session.commit()
    with pytest.raises(Forbidden):
        undo(session, actor=room.annotator, article_id=room.article.id)
    assert made.deleted_at is None


def test_undo_and_redo_survive_a_restart(session: Session, room: Room, database_url: str) -> None:
    made = add_annotation(session, room.annotator, room.article)
    change(session, room.annotator, made, note="before the restart")
    session.commit()
    for act, expected in ((undo, ""), (redo, "before the restart")):
        database = Database(database_url)
        with database.writing() as later:
            me = later.get_one(Member, (room.annotator.project_id, room.annotator.account_id))
            taken = act(later, actor=me, article_id=room.article.id)
            assert taken.annotation.note == expected
            later.commit()
        database.dispose()


def test_undo_is_itself_part_of_the_history(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article)
    act = undo(session, actor=room.annotator, article_id=room.article.id).act
    redo(session, actor=room.annotator, article_id=room.article.id)
    rows = list_history(session, made.id)
    assert [(row.event.undoes_id, row.event.redoes_id) for row in rows] == [
        (None, None),
        (act.id, None),
        (None, act.id),
    ]


def test_undo_in_an_article_of_another_project_is_not_there(session: Session, room: Room) -> None:
    stranger = add_member(session, Role.OWNER, "Otto", slug="second")
    for act in (undo, redo):
        with pytest.raises(NotFound):
            act(session, actor=stranger, article_id=room.article.id)


def test_who_is_no_curator_any_more_undoes_what_is_their_own(session: Session, room: Room) -> None:
    me, article = room.curator, room.article
    theirs = add_annotation(session, room.annotator, article, "It floods every spring")
    own = add_annotation(session, me, article, "nobody repairs it")
    change(session, me, theirs, note="a curator's")
    me.role_name = Role.ANNOTATOR.value
    session.commit()
    assert undo(session, actor=me, article_id=article.id).annotation is own
    with pytest.raises(Conflict, match=NOTHING_TO_UNDO):
        undo(session, actor=me, article_id=article.id)
    assert redo(session, actor=me, article_id=article.id).annotation is own
    assert theirs.note == "a curator's"
