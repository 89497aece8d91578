"""Two who tag at once: the row decides who was first, and nobody waits for ever."""

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.annotations.service.annotations import EditConflict
from app.annotations.service.undo import undo
from app.articles.models import Article
from app.articles.queries.articles import current_revision
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.core.db import Database
from app.core.errors import Conflict
from app.discussion.models import Comment
from app.discussion.service import comments
from app.events.models import Event
from app.projects.models import Member
from app.projects.tagging_modes import Mode
from tests.harness.builders import (
    Room,
    add_annotation,
    correct,
)
from tests.harness.correcting import NEW
from tests.harness.racing import (
    PAUSE_SECONDS,
    QUOTE,
    ROUNDS,
    at_once,
    count,
    creating,
)


def test_two_creates_with_one_key_make_one_row_and_one_event(
    database: Database, session: Session, room: Room
) -> None:
    for number in range(1, ROUNDS + 1):
        act = creating(room.annotator, room.article.id, key=str(number), quote=QUOTE[:-number])
        before = count(session, Event)
        one, other = at_once(database, act, act)
        assert isinstance(one, int)
        assert one == other
        assert count(session, Annotation) == number
        assert count(session, Event) == before + 1


def test_two_creates_with_one_key_for_two_passages_lose_neither_silently(
    database: Database, session: Session, room: Room
) -> None:
    results = at_once(
        database,
        creating(room.annotator, room.article.id, key="k"),
        creating(room.annotator, room.article.id, key="k", quote="nobody repairs it"),
    )
    assert [type(result) for result in sorted(results, key=str)].count(int) == 1
    assert [type(result) for result in results].count(Conflict) == 1
    assert count(session, Annotation) == 1


def test_two_creates_of_one_passage_with_one_tag_make_one_row(
    database: Database, session: Session, room: Room
) -> None:
    for number in range(1, ROUNDS + 1):
        act = creating(room.annotator, room.article.id, quote=QUOTE[:-number])
        one, other = at_once(database, act, act)
        assert isinstance(one, int)
        assert one == other
        assert count(session, Annotation) == number


def test_a_tag_goes_into_the_text_that_a_correction_gives_while_its_words_are_looked_for(
    database: Database, session: Session, room: Room
) -> None:
    """The words are found before the article is held: what is found must be looked at again."""
    project_id, curator_id = room.annotator.project_id, room.curator.account_id
    corrected: list[str] = []

    def correct_now(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if corrected or not ("FOR NO KEY UPDATE" in sql or sql.startswith("INSERT INTO annotat")):
            return
        corrected.append(sql)
        if database.is_postgresql:  # on SQLite nobody can write now
            with database.writing() as own:
                actor = own.get_one(Member, (project_id, curator_id))
                correct(own, actor, own.get_one(Article, room.article.id), NEW)

    event.listen(database.engine, "before_cursor_execute", correct_now)
    with database.writing() as own:
        made_id = creating(room.annotator, room.article.id)(own)
        own.commit()
    made = session.get_one(Annotation, made_id)
    assert corrected
    current = current_revision(session, room.article.id)
    assert (made.revision_id, made.quote) == (current.id, QUOTE)
    assert current.text[made.start : made.end] == QUOTE
    assert current.number == (2 if database.is_postgresql else 1)


@pytest.mark.parametrize("act", ["archive", "make independent", "reveal"])
def test_a_tag_heeds_what_a_curator_does_with_the_article_while_its_words_are_looked_for(
    database: Database, session: Session, room: Room, act: str
) -> None:
    if act == "reveal":
        articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    key = (room.curator.project_id, room.curator.account_id)
    done: list[str] = []

    def do_it_now(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if done or "FOR NO KEY UPDATE" not in sql:
            return
        done.append(sql)
        with database.writing() as own:
            actor, article = own.get_one(Member, key), own.get_one(Article, room.article.id)
            if act == "archive":
                articles.archive(own, actor=actor, article=article)
            elif act == "reveal":
                articles.reveal(own, actor=actor, article=article)
            else:
                articles.set_mode(own, actor=actor, article=article, mode="independent")
            own.commit()

    event.listen(database.engine, "before_cursor_execute", do_it_now)
    with database.writing() as own:
        create = creating(room.annotator, room.article.id)
        if database.is_postgresql and act == "archive":
            with pytest.raises(Conflict, match="archived"):
                create(own)
            return
        made = own.get_one(Annotation, create(own))
        assert bool(done) is database.is_postgresql  # on SQLite nobody can write meanwhile
        assert made.made_blind is (act == ("make independent" if done else "reveal"))


@pytest.mark.parametrize("is_first", [True, False])
def test_a_tag_heeds_the_mode_that_its_project_gets_at_the_same_moment(
    database: Database,
    session: Session,
    room: Room,
    *,
    is_first: bool,  # the tag, whose words are found before the project is made independent
) -> None:
    session.commit()
    owner_key = (room.owner.project_id, room.owner.account_id)
    begun = threading.Event()

    def make_independent() -> None:
        begun.wait()
        with database.writing() as own:
            set_project_mode(own, actor=own.get_one(Member, owner_key), mode="independent")
            own.commit()

    create = creating(room.annotator, room.article.id)
    with ThreadPoolExecutor(1) as pool:
        change = pool.submit(make_independent)
        with database.writing() as own:
            if is_first:
                made = own.get_one(Annotation, create(own))
                begun.set()
                time.sleep(PAUSE_SECONDS)
                assert not change.done()  # it waits for the tag
            else:
                actor = own.get_one(Member, (room.annotator.project_id, room.annotator.account_id))
                assert actor.project.mode is Mode.SHARED  # as the page knew it
                if database.is_postgresql:
                    begun.set()
                    change.result()
                made = own.get_one(Annotation, create(own))
                begun.set()
            assert made.made_blind is (database.is_postgresql and not is_first)
            own.commit()
        change.result()


def test_of_two_edits_at_one_version_one_wins_and_the_other_is_a_conflict(
    database: Database, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    session.commit()

    def editing(member: Member, version: int, note: str) -> Callable[[Session], str]:
        def act(own: Session) -> str:
            annotations.change(
                own,
                actor=own.get_one(Member, (member.project_id, member.account_id)),
                annotation_id=made.id,
                version=version,
                note=note,
            )
            return note

        return act

    for version in range(1, ROUNDS + 1):
        results = at_once(
            database,
            editing(room.annotator, version, f"mine {version}"),
            editing(room.curator, version, f"theirs {version}"),
        )
        won = [result for result in results if isinstance(result, str)]
        lost = [result for result in results if isinstance(result, EditConflict)]
        assert (len(won), len(lost)) == (1, 1)
        assert lost[0].annotation.note == won[0]
        session.rollback()
        session.refresh(made)
        assert (made.note, made.version) == (won[0], version + 1)
    assert count(session, Event) == 1 + 1 + ROUNDS  # the article, the making, each edit once


def test_pressing_undo_twice_at_once_takes_back_one_act_or_two_but_none_twice(
    database: Database, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    key = (room.annotator.project_id, room.annotator.account_id)

    def act(own: Session) -> int:
        actor = own.get_one(Member, key)
        fresh = uuid.uuid4().hex
        taken = undo(own, actor=actor, article_id=room.article.id, client_key=fresh)
        return taken.act.id

    results = at_once(database, act, act)
    assert [type(result) for result in results].count(int) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 1
    session.rollback()
    session.refresh(made)
    assert made.deleted_at is not None
    undone = select(func.count()).where(Event.undoes_id.is_not(None))
    assert session.scalars(undone).one() == 1


def test_a_delete_and_an_undo_at_once_do_not_wait_for_each_other_for_ever(
    database: Database, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    project_id = room.annotator.project_id

    def delete_it(own: Session) -> object:
        event.listen(own, "after_flush", lambda *_: time.sleep(PAUSE_SECONDS))
        actor = own.get_one(Member, (project_id, room.curator.account_id))
        return annotations.delete(own, actor=actor, annotation_id=made.id, version=made.version)

    def undo_it(own: Session) -> object:
        actor = own.get_one(Member, (project_id, room.annotator.account_id))
        time.sleep(PAUSE_SECONDS / 2)
        return undo(own, actor=actor, article_id=room.article.id, client_key=uuid.uuid4().hex)

    at_once(database, delete_it, undo_it)
    session.rollback()
    session.refresh(made)
    assert made.deleted_at is not None


def test_a_first_comment_and_a_correction_at_once_do_not_wait_for_each_other_for_ever(
    database: Database, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    project_id = room.annotator.project_id

    def comment(own: Session) -> object:
        event.listen(own, "after_flush", lambda *_: time.sleep(PAUSE_SECONDS))
        actor = own.get_one(Member, (project_id, room.annotator.account_id))
        key = uuid.uuid4().hex
        return comments.write(
            own, actor=actor, annotation_id=made.id, text="So?", is_question=False, client_key=key
        )

    def correct_it(own: Session) -> object:
        actor = own.get_one(Member, (project_id, room.curator.account_id))
        time.sleep(PAUSE_SECONDS / 2)
        return correct(own, actor, own.get_one(Article, room.article.id), NEW)

    at_once(database, comment, correct_it)
    assert current_revision(session, room.article.id).number == 2
    assert session.scalars(select(func.count()).select_from(Comment)).one() == 1


def test_events_become_visible_in_the_order_of_their_ids(
    database: Database, session: Session, room: Room
) -> None:
    seen: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        with database.session() as own:
            while not stop.is_set():
                newest = max(seen, default=0)
                ids = own.scalars(select(Event.id).where(Event.id > newest).order_by(Event.id))
                seen.extend(ids)
                own.rollback()

    watcher = threading.Thread(target=watch)
    watcher.start()
    quotes = [QUOTE[: 5 + number] for number in range(6)]
    try:
        at_once(database, *(creating(room.annotator, room.article.id, quote=q) for q in quotes))
    finally:
        stop.set()
        watcher.join()
    session.rollback()
    ids = session.scalars(select(Event.id).order_by(Event.id)).all()
    newest = max(seen)
    assert seen == [event_id for event_id in ids if event_id <= newest]
