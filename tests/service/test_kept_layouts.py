"""A block that is drawn into what is kept of it looks as one that is drawn from nothing."""

import random
import re
from collections.abc import Callable, Sized
from contextlib import suppress

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.marks import EVERYTHING
from app.annotations.service import annotations
from app.annotations.tags import Tag
from app.articles.queries.articles import current_revision
from app.core.db import Database
from app.core.errors import GlossError
from app.core.memory import MEMORY, Memory
from app.projects.models import Member
from app.reading.pages.rendering import kept_layouts
from app.reading.pages.rendering.blocks import DrawnBlock, render_blocks
from tests.harness.builders import Room, add_annotation, add_comment
from tests.harness.correcting import place, redo, undo

BLOCKS = range(1, 5)
STEPS = 50
Act = Callable[[Session, Room, Member, random.Random], None]


def tag(session: Session, room: Room, member: Member, dice: random.Random) -> None:
    quote = words(session, room, dice)
    add_annotation(session, member, room.article, quote, tag=dice.choice(list(Tag)).value)


def delete(session: Session, room: Room, _member: Member, dice: random.Random) -> None:
    made = any_annotation(session, room, dice)
    annotations.delete(session, actor=room.curator, annotation_id=made.id, version=made.version)


def restore(session: Session, room: Room, _member: Member, dice: random.Random) -> None:
    made = any_annotation(session, room, dice)
    annotations.restore(session, actor=room.curator, annotation_id=made.id)


def retag(session: Session, room: Room, _member: Member, dice: random.Random) -> None:
    made = any_annotation(session, room, dice)
    annotations.change(
        session,
        actor=room.curator,
        annotation_id=made.id,
        version=made.version,
        tag=dice.choice(list(Tag)).value,
    )


def move(session: Session, room: Room, _member: Member, dice: random.Random) -> None:
    made = any_annotation(session, room, dice)
    place(session, room.curator, made, words(session, room, dice))


def undo_last(session: Session, room: Room, member: Member, _dice: random.Random) -> None:
    undo(session, member, room.article.id)


def redo_last(session: Session, room: Room, member: Member, _dice: random.Random) -> None:
    redo(session, member, room.article.id)


def comment(session: Session, room: Room, member: Member, dice: random.Random) -> None:
    add_comment(session, member, any_annotation(session, room, dice))


ACTS: tuple[Act, ...] = (delete, restore, retag, move, undo_last, redo_last, comment)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_is_drawn_as_from_nothing_whatever_happens(
    session: Session,
    database: Database,
    room: Room,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setattr(kept_layouts, "MANY", 1)
    dice = random.Random(seed)
    for step in range(STEPS):
        act = tag if step < STEPS // 2 or dice.randrange(3) else dice.choice(ACTS)
        # What is refused, as two tags of one person on the same words are, changes nothing.
        with suppress(GlossError):
            act(session, room, dice.choice((room.annotator, room.curator, room.owner)), dice)
            session.commit()
        session.rollback()
        # A block may be looked at after one change or after several, with all others or alone.
        if not dice.randrange(4):
            assert_all_as_drawn_anew(database, room)
        assert_kept_as_drawn_anew(database, room, dice.sample(BLOCKS, 2))
    assert_kept_as_drawn_anew(database, room, BLOCKS)
    assert_all_as_drawn_anew(database, room)


def test_a_reader_who_comes_later_is_given_what_was_drawn_for_another(
    session: Session, database: Database, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_layouts, "MANY", 1)
    add_annotation(session, room.annotator, room.article)
    layouts = []
    for _reader in range(2):
        assert_kept_as_drawn_anew(database, room, [1])
        layouts.append(kept_layout(database, room))
    assert layouts[0] is layouts[1] is not None


def test_what_a_page_has_drawn_is_kept_for_the_tags_on_it(
    session: Session, database: Database, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_layouts, "MANY", 1)
    add_annotation(session, room.annotator, room.article)
    assert_all_as_drawn_anew(database, room)
    before = kept_layout(database, room)
    add_annotation(session, room.curator, room.article, "Ask the family")
    assert_all_as_drawn_anew(database, room)
    assert kept_layout(database, room) is before is not None
    add_annotation(session, room.curator, room.article)
    monkeypatch.setattr(kept_layouts, "lay_out", None)  # so that nothing is drawn from nothing
    with database.session() as reading:
        revision = current_revision(reading, room.article.id)
        render_blocks(reading, revision, EVERYTHING, first=1, last=1)


def kept_layout(database: Database, room: Room) -> object:
    """Return how the first block was drawn last, None where nothing is kept of it."""
    with database.session() as reading:
        revision = current_revision(reading, room.article.id)
        kept = reading.info[MEMORY].find(("layout", revision.id, 1))
        return kept and kept.layout


def words(session: Session, room: Room, dice: random.Random) -> str:
    """Return words of the article that stand beside each other, perhaps over several blocks."""
    text = current_revision(session, room.article.id).text
    bounds = [found.span() for found in re.finditer(r"\S+", text)]
    first = dice.randrange(len(bounds))
    last = min(first + dice.randrange(12), len(bounds) - 1)
    return text[bounds[first][0] : bounds[last][1]]


def any_annotation(session: Session, room: Room, dice: random.Random) -> Annotation:
    query = select(Annotation).where(Annotation.article_id == room.article.id)
    return dice.choice(session.scalars(query.order_by(Annotation.id)).all())


def assert_kept_as_drawn_anew(database: Database, room: Room, numbers: range | list[int]) -> None:
    anew = draw_anew(database, room)
    with database.session() as reading:
        revision = current_revision(reading, room.article.id)
        for number in numbers:
            (kept,) = render_blocks(reading, revision, EVERYTHING, first=number, last=number)
            assert kept == anew[number - 1]


def assert_all_as_drawn_anew(database: Database, room: Room) -> None:
    with database.session() as reading:
        revision = current_revision(reading, room.article.id)
        kept = render_blocks(reading, revision, EVERYTHING)
    assert kept == draw_anew(database, room)


def draw_anew(database: Database, room: Room) -> list[DrawnBlock]:
    """Draw the whole article without anything that is kept in memory."""
    with database.session() as reading:
        reading.info[MEMORY] = Memory[Sized](0, len)
        return render_blocks(reading, current_revision(reading, room.article.id), EVERYTHING)
