"""Changing many annotations by one act, and taking it back: what holds on both databases."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.pages.event_text import describe, names_in
from app.activity.queries import (
    ActivityFilter,
    ActivityScope,
    acts_to_undo,
    count_passages,
    list_events,
)
from app.annotations.models import NOTE_LIMIT, Annotation
from app.annotations.queries.verify import verify
from app.annotations.service import annotations, bulk
from app.annotations.service.bulk_acts import (
    OF_ADDRESSEES,
    BulkAct,
    BulkTyped,
    Seen,
    Verb,
    read_act,
)
from app.annotations.service.undo import undo
from app.annotations.state import AnnotationState
from app.articles.service.tagging_modes import set_project_mode
from app.core.clock import now
from app.core.db import Database
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.discussion.service.stances import set_stance
from app.events.models import Event
from app.inbox.queries import inbox
from app.parties.models import Party, Position
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.tagging_modes import Mode
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_member,
    add_party,
    add_position,
    add_theme,
    correct,
)
from tests.harness.world import QUOTES, TAGS

RETAG = BulkAct(Verb.RETAG, tag="assumption")


def seen_of(made: Sequence[Annotation]) -> list[Seen]:
    return [Seen(one.id, one.version) for one in made]


def states(session: Session, made: Sequence[Annotation]) -> list[AnnotationState]:
    session.expire_all()
    return [AnnotationState.of(one) for one in made]


def said(session: Session, member: Member) -> list[str]:
    """Return what Activity says to a member of acts on many, the newest first."""
    shown = ActivityFilter(frozenset(bulk.KINDS))
    rows = list_events(session, ActivityScope(member), shown, before=None, limit=9)
    names = names_in(session, [row.event for row in rows])
    return [describe(row.event, names) for row in rows]


@dataclass(frozen=True, slots=True)
class Case:
    """Passages, each with its tag, whether the annotator made it, and note; what is done to them.

    `meanwhile` are the places of those that someone changes before it is taken back.
    """

    passages: Sequence[tuple[str, str, bool, str]]
    verb: Verb
    tag: str
    meanwhile: frozenset[int]
    is_by_curator: bool


CASES = st.builds(
    Case,
    passages=st.lists(
        st.tuples(
            st.sampled_from(QUOTES[:4]),
            st.sampled_from(TAGS),
            st.booleans(),
            st.sampled_from(("", "Why?", "A line.", "A line.\nAnother.")),
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda each: each[:3],
    ),
    verb=st.sampled_from(Verb),
    tag=st.sampled_from(TAGS),
    meanwhile=st.frozensets(st.integers(0, 5)),
    is_by_curator=st.booleans(),
)


def names_of_who(session: Session, curator: Member) -> tuple[Party, Position]:
    """Return a party and a position of the project, which are made once."""
    party = session.scalars(select(Party)).first() or add_party(session, curator, "Party")
    position = session.scalars(select(Position)).first()
    return party, position or add_position(session, curator, "It pays.")


@given(CASES)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_act_does_what_it_says_and_its_undo_gives_back_what_was_there(
    session: Session, database: Database, room: Room, case: Case
) -> None:
    article = add_article(session)
    theme = add_theme(session, room.curator, uuid.uuid4().hex)
    party, position = names_of_who(session, room.curator)
    made = []
    for number, (quote, first_tag, is_own, note) in enumerate(case.passages):
        annotator = room.annotator if is_own else room.owner
        is_odd = number % 2 == 1
        made.append(
            add_annotation(
                *(session, annotator, article, quote),
                tag=first_tag,
                note=note,
                themes=[theme] if is_odd else [],
                party=party if is_odd else None,
                position=position if is_odd else None,
                side="for" if is_odd else "",
                addressees=[party] if is_odd else [],
            )
        )
    actor = room.curator if case.is_by_curator else room.annotator
    typed = BulkTyped(case.tag, "A line.", theme.id, "party", "It pays.", "against", "PARTY")
    act = read_act(session, room.article.project_id, verb=case.verb, typed=typed)
    before = states(session, made)
    planned = bulk.plan(session, actor=actor, seen=seen_of(made), act=act)
    assert states(session, made) == before  # a preview changes nothing
    done, event_id = bulk.carry_out(session, actor=actor, seen=seen_of(made), act=act)
    session.commit()
    assert {one.id for one in done.wanted} == {one.id for one in planned.wanted}
    after = states(session, made)
    changed = {one.id for one in done.wanted}
    mine = {one.id for one in made if case.is_by_curator or one.account_id == actor.account_id}
    assert changed <= mine
    for one, was, now_is in zip(made, before, after, strict=True):
        assert now_is == (act.on(was) if one.id in changed else was)
    assert set(done.unfit) == {
        one.id
        for one, was in zip(made, before, strict=True)
        if case.verb in OF_ADDRESSEES and was.tag != "demand"
    }
    left = done.same + done.not_own + len(done.duplicates) + len(done.unfit)
    assert left + len(changed) == len(made)
    assert (event_id is None) == (not changed)
    # What somebody changes meanwhile stays theirs.
    others = {place for place in case.meanwhile if place < len(made) and not after[place].deleted}
    for place in others:
        annotations.change(
            session,
            actor=room.curator,
            annotation_id=made[place].id,
            version=made[place].version,
            note=f"Mine: {uuid.uuid4().hex}",
        )
    session.commit()
    last = states(session, made)
    if event_id is not None:
        expected = [
            was if one.id in changed and place not in others else is_now
            for place, (one, was, is_now) in enumerate(zip(made, before, last, strict=True))
        ]
        if expected == last:
            with pytest.raises(Conflict, match="changed since"):
                bulk.undo(session, actor=actor, event_id=event_id)
            session.rollback()
        else:
            undone_id = bulk.undo(session, actor=actor, event_id=event_id)
            session.commit()
            assert states(session, made) == expected
            with pytest.raises(Conflict, match="taken back already"):
                bulk.undo(session, actor=actor, event_id=event_id)
            session.rollback()
            with pytest.raises(Conflict, match="took something back"):
                bulk.undo(session, actor=actor, event_id=undone_id)
            session.rollback()
    with database.session() as other:
        assert list(verify(other)) == []


def test_what_someone_else_changed_meanwhile_is_left_and_named(
    session: Session, room: Room
) -> None:
    made = [add_annotation(session, room.annotator, room.article, quote) for quote in QUOTES[:4]]
    seen = seen_of(made)
    changes = ((room.curator, made[0], "Why?"), (room.annotator, made[1], "Mine."))
    for actor, one, note in changes:
        annotations.change(session, actor=actor, annotation_id=one.id, version=1, note=note)
    annotations.delete(session, actor=room.curator, annotation_id=made[2].id, version=1)
    session.commit()
    trash = BulkAct(Verb.TRASH)
    planned = bulk.plan(session, actor=room.annotator, seen=seen, act=trash)
    assert planned.meanwhile == [made[0].id, made[2].id]  # one is there already, by the other
    assert planned.same == 0
    # That a correction moves it is no change of what somebody looked at.
    correct(session, room.curator, room.article, TEXT.replace("floods", "often floods"))
    done, event_id = bulk.carry_out(session, actor=room.annotator, seen=seen, act=RETAG)
    session.commit()
    assert done.meanwhile == [made[0].id, made[2].id]
    assert {one.id for one in done.wanted} == {made[1].id, made[3].id}
    event = session.get_one(Event, event_id)
    assert event.after is not None
    assert event.after["left"]["meanwhile"] == [made[0].id, made[2].id]
    assert event.after["changed"] == 2


def test_a_line_is_added_to_each_note_and_none_grows_over_its_limit(
    session: Session, room: Room
) -> None:
    notes = ("", "Who says so?", "x" * (NOTE_LIMIT - 3), "Ask them.\nSee below.")
    made = [
        add_annotation(session, room.annotator, room.article, quote, note=note)
        for quote, note in zip(QUOTES, notes, strict=False)
    ]
    typed = BulkTyped(note=" See below. ")
    act = read_act(session, room.article.project_id, verb="note", typed=typed)
    done, _event_id = bulk.carry_out(session, actor=room.annotator, seen=seen_of(made), act=act)
    session.commit()
    assert [each.note for each in states(session, made)] == [
        "See below.",
        "Who says so?\nSee below.",
        notes[2],
        notes[3],
    ]
    assert (done.over, done.same) == ([made[2].id], 1)


def test_nobody_gets_two_of_one_tag_on_one_passage(session: Session, room: Room) -> None:
    made = [
        add_annotation(session, annotator, room.article, tag=tag)
        for annotator, tag in (
            (room.annotator, "claim"),
            (room.annotator, "demand"),
            (room.curator, "claim"),
        )
    ]
    done, event_id = bulk.carry_out(session, actor=room.curator, seen=seen_of(made), act=RETAG)
    session.commit()
    assert done.duplicates == [made[1].id]
    assert [each.tag for each in states(session, made)] == ["assumption", "demand", "assumption"]
    # Somebody tags the same again before it is taken back.
    assert event_id is not None
    add_annotation(session, room.annotator, room.article, tag="claim")
    bulk.undo(session, actor=room.curator, event_id=event_id)
    session.commit()
    assert [each.tag for each in states(session, made)] == ["assumption", "demand", "claim"]


def test_a_role_changes_what_it_may_and_an_archived_project_nothing(
    session: Session, room: Room
) -> None:
    made = [
        add_annotation(session, annotator, room.article)
        for annotator in (room.annotator, room.curator)
    ]
    seen = seen_of(made)
    with pytest.raises(Forbidden):
        bulk.plan(session, actor=room.reader, seen=seen, act=RETAG)
    planned = bulk.plan(session, actor=room.annotator, seen=seen, act=RETAG)
    assert (len(planned.wanted), planned.not_own) == (1, 1)
    assert len(bulk.plan(session, actor=room.curator, seen=seen, act=RETAG).wanted) == 2
    done, event_id = bulk.carry_out(session, actor=room.curator, seen=seen, act=RETAG)
    session.commit()
    assert event_id is not None
    assert len(done.wanted) == 2
    with pytest.raises(NotFound):  # another's act
        bulk.undo(session, actor=room.annotator, event_id=event_id)
    session.rollback()
    room.owner.project.archived_at = now()
    session.commit()
    for actor in (room.annotator, room.curator, room.owner):
        with pytest.raises(Forbidden, match="archived"):
            bulk.carry_out(session, actor=actor, seen=seen, act=RETAG)
        with pytest.raises(Forbidden, match="archived"):
            bulk.undo(session, actor=actor, event_id=event_id)
        session.rollback()


def test_what_one_may_not_see_is_not_counted_changed_or_told(session: Session, room: Room) -> None:
    zeno = add_member(session, Role.ANNOTATOR, "Zeno")
    set_project_mode(session, actor=room.owner, mode=Mode.INDEPENDENT)
    made = [add_annotation(session, actor, room.article) for actor in (zeno, room.annotator)]
    planned = bulk.plan(session, actor=zeno, seen=seen_of(made), act=RETAG)
    assert (len(planned.wanted), planned.not_own, planned.same) == (1, 0, 0)
    gone = [one.id for one in made]
    assert bulk.plan(session, actor=zeno, seen=[], act=RETAG, gone=gone).gone == [made[0].id]
    _done, event_id = bulk.carry_out(session, actor=zeno, seen=seen_of(made), act=RETAG)
    session.commit()
    assert event_id is not None
    words = ["tagged passages as assumption, as one act"]
    assert said(session, zeno) == said(session, room.curator) == words
    assert said(session, room.annotator) == said(session, room.reader) == []
    event = session.get_one(Event, event_id)
    may_undo = {
        member.account.name
        for member in (zeno, room.annotator, room.curator, room.reader)
        if acts_to_undo(session, member, [event])
    }
    assert may_undo == {"Zeno", room.curator.account.name}
    undone_id = bulk.undo(session, actor=room.curator, event_id=event_id)
    session.commit()
    assert said(session, zeno)[0] == "took back the tag assumption that was given to passages"
    assert not acts_to_undo(session, zeno, [event, session.get_one(Event, undone_id)])
    with pytest.raises(NotFound):
        bulk.find_act(session, actor=room.annotator, event_id=event_id)
    _done, both_id = bulk.carry_out(session, actor=room.curator, seen=seen_of(made), act=RETAG)
    session.commit()
    assert both_id is not None
    both = session.get_one(Event, both_id)
    counted = [
        count_passages(session, member, [both]).get(both_id)
        for member in (room.curator, room.annotator, zeno, room.reader)
    ]
    assert counted == [2, 1, 1, None]


def test_an_act_is_said_once_and_is_no_act_of_an_article_to_undo(
    session: Session, room: Room
) -> None:
    made = [add_annotation(session, room.annotator, room.article, quote) for quote in QUOTES[:3]]
    bulk.carry_out(
        session, actor=room.annotator, seen=seen_of(made), act=BulkAct(Verb.TRASH), query="?tag=x"
    )
    session.commit()
    assert said(session, room.reader) == ["moved passages to the trash, as one act"]
    kinds = session.scalars(select(Event.kind).where(Event.part_of_id.is_not(None))).all()
    assert kinds == [annotations.DELETED] * 3
    with pytest.raises(Conflict, match="changed this annotation since"):
        undo(session, actor=room.annotator, article_id=room.article.id, client_key="back")


def test_who_took_a_stance_hears_of_an_act_on_many(session: Session, room: Room) -> None:
    made = [add_annotation(session, room.annotator, room.article, quote) for quote in QUOTES[:3]]
    for one in made[:2]:
        set_stance(session, actor=room.owner, annotation_id=one.id, value="agree", reason="")
    session.commit()
    before = unread(session, room.owner)
    act = BulkAct(Verb.NOTE, note="See below.")  # no stance is about a note
    bulk.carry_out(session, actor=room.annotator, seen=seen_of(made), act=act)
    session.commit()
    assert unread(session, room.owner) == before
    bulk.carry_out(session, actor=room.curator, seen=seen_of(made), act=RETAG)
    session.commit()
    assert unread(session, room.owner) == before + 2


def unread(session: Session, member: Member) -> int:
    """Return how much is new in a member's inbox."""
    return inbox.count_unread(session, member.account_id)


def test_an_act_that_cannot_be_meant_says_what_to_do(
    session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [add_annotation(session, room.annotator, room.article, quote) for quote in QUOTES[:2]]
    for verb, tag, note, words in (
        ("burn", "claim", "A line.", "Choose what is to be done"),
        ("retag", "opinion", "A line.", "one of the four tags"),
        ("note", "claim", "  ", "Write the line"),
        ("note", "claim", "x" * (NOTE_LIMIT + 1), "at most 10,000 characters"),
        ("theme", "claim", "A line.", "one of the themes"),
        ("party", "claim", "A line.", "Write the name of a party"),
        ("position", "claim", "A line.", "Write the name of a position"),
    ):
        with pytest.raises(Invalid, match=words):
            read_act(
                session, room.article.project_id, verb=verb, typed=BulkTyped(tag=tag, note=note)
            )
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
    for act in (bulk.plan, bulk.carry_out):
        with pytest.raises(Conflict, match="At most 1 passages"):
            act(session, actor=room.annotator, seen=seen_of(made), act=RETAG)
