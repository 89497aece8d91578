"""Assigning articles, and how far people are with them: rows, events, and two at once."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.pages.event_text import EventNames, describe
from app.articles.models import Article
from app.articles.queries.articles import find_article
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.models import Progress, State
from app.assignments.queries.progress import count_to_do, days_late, who_is_where
from app.assignments.queries.visibility import visibility_for
from app.assignments.service import assignments
from app.core.clock import now
from app.core.db import Database
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.events.models import Event
from app.projects.roles import Role
from app.projects.service import invitations
from app.projects.service.members import member_by_id
from app.projects.service.memberships import change_role, remove
from tests.harness.builders import (
    Room,
    add_annotation,
    add_article,
    add_invitation,
    add_member,
    join,
)
from tests.harness.racing import at_once

SOON = date(2030, 1, 31)


def assign(session: Session, room: Room, *articles: Article, due_on: date | None = None) -> int:
    changed = assignments.assign(
        session,
        actor=room.curator,
        articles=articles or [room.article],
        account_ids=[room.annotator.account_id],
        due_on=due_on,
    )
    session.commit()
    return len(changed.events)


def kinds(session: Session) -> list[str]:
    query = select(Event.kind).where(Event.kind.startswith("assignment.")).order_by(Event.id)
    return list(session.scalars(query))


def state(session: Session, room: Room) -> State:
    return session.get_one(Progress, (room.article.id, room.annotator.account_id)).state


def test_what_is_assigned_twice_changes_only_its_date(session: Session, room: Room) -> None:
    assert assign(session, room) == 1
    assert assign(session, room) == 0
    assert assign(session, room, due_on=SOON) == 1
    assert kinds(session) == ["assignment.made", "assignment.due_changed"]
    event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.before == {"account": room.annotator.account_id, "due": None}
    assert event.after == {"account": room.annotator.account_id, "due": "2030-01-31"}


def test_a_date_stays_until_another_is_given_or_it_is_taken_away(
    session: Session, room: Room
) -> None:
    two = add_article(session, "Another text.", title="Two")
    ask = partial(
        assignments.assign,
        session,
        actor=room.curator,
        articles=[room.article, two],
        account_ids=[room.annotator.account_id],
    )
    assign(session, room, due_on=SOON)
    first = ask(due_on=None)
    assert (first.new, first.dated, first.undated) == (1, 0, 0)
    wheres = [where for [where] in who_is_where(session, [room.article.id, two.id]).values()]
    assert [where.due_on for where in wheres] == [SOON, None]
    other = ask(due_on=SOON)
    assert (other.new, other.dated, other.undated) == (0, 1, 0)
    with pytest.raises(Invalid, match="not both"):
        ask(due_on=SOON, without_date=True)
    taken = ask(due_on=None, without_date=True)
    assert (taken.new, taken.dated, taken.undated) == (0, 0, 2)
    assert ask(due_on=None, without_date=True).events == []


def test_the_first_tag_begins_what_is_assigned_and_only_that(session: Session, room: Room) -> None:
    other = add_article(session, "Another text.", title="Two")
    assign(session, room)
    add_annotation(session, room.annotator, room.article)
    add_annotation(session, room.annotator, room.article, "It floods")
    add_annotation(session, room.annotator, other, "Another text.")
    session.expire_all()
    assert state(session, room) is State.IN_PROGRESS
    assert session.get(Progress, (other.id, room.annotator.account_id)) is None
    assert kinds(session) == ["assignment.made", "assignment.state_changed"]


def test_the_first_tag_begins_what_is_tagged_apart_for_who_sees_their_own_alone(
    session: Session, room: Room
) -> None:
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    add_annotation(session, room.annotator, room.article)
    add_annotation(session, room.annotator, room.article, "It floods")
    add_annotation(session, room.curator, room.article, "It floods")
    [where] = who_is_where(session, [room.article.id])[room.article.id]
    assert (where.name, where.state, where.is_assigned) == ("Ines", State.IN_PROGRESS, False)
    assert kinds(session) == ["assignment.state_changed"]
    assignments.set_progress(
        session, actor=room.annotator, article=room.article, state="not started"
    )
    add_annotation(session, room.annotator, room.article, "nobody repairs it")
    session.expire_all()
    assert state(session, room) is State.IN_PROGRESS
    bo = add_member(session, Role.ANNOTATOR, "Bo")
    articles.reveal(session, actor=room.curator, article=room.article)
    add_annotation(session, bo, room.article)
    assert len(who_is_where(session, [room.article.id])[room.article.id]) == 1


def test_a_tag_leaves_done_what_is_done(session: Session, room: Room) -> None:
    assign(session, room)
    assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    add_annotation(session, room.annotator, room.article)
    session.expire_all()
    assert state(session, room) is State.DONE


def test_who_is_unassigned_stays_as_far_as_they_are(session: Session, room: Room) -> None:
    assign(session, room, due_on=SOON)
    assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    account_id = room.annotator.account_id
    unassign = partial(
        assignments.unassign,
        session,
        actor=room.curator,
        article=room.article,
        account_id=account_id,
    )
    assert unassign() == "2030-01-31"
    [where] = who_is_where(session, [room.article.id])[room.article.id]
    assert (where.state, where.is_assigned, where.due_on) == (State.DONE, False, None)
    with pytest.raises(NotFound):
        unassign()


def test_marking_the_same_twice_is_one_event(session: Session, room: Room) -> None:
    for _ in range(2):
        assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    assert kinds(session) == ["assignment.state_changed"]


def test_what_cannot_be_assigned_or_marked_is_refused(session: Session, room: Room) -> None:
    def ask(articles: list[Article], account_ids: list[int]) -> None:
        assignments.assign(
            session, actor=room.curator, articles=articles, account_ids=account_ids, due_on=None
        )

    with pytest.raises(Invalid, match="at least one article"):
        ask([], [room.annotator.account_id])
    with pytest.raises(Invalid, match="at least one person"):
        ask([room.article], [])
    for account_id in (room.reader.account_id, 999):
        with pytest.raises(Invalid, match="may not tag here"):
            ask([room.article], [room.annotator.account_id, account_id])
    with pytest.raises(Invalid, match="how far you are"):
        assignments.set_progress(
            session, actor=room.annotator, article=room.article, state="nearly"
        )
    with pytest.raises(Forbidden):
        assignments.set_progress(session, actor=room.reader, article=room.article, state="done")
    room.article.archived_at = now()
    with pytest.raises(Conflict, match="archived"):
        ask([room.article], [room.annotator.account_id])
    with pytest.raises(Conflict, match="archived"):
        assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    assert kinds(session) == []


def test_late_is_what_is_due_and_not_done() -> None:
    today = now().date()
    assert days_late(State.IN_PROGRESS, today - timedelta(days=2), today) == 2
    assert days_late(State.IN_PROGRESS, today, today) == 0
    assert days_late(State.NOT_STARTED, None, today) == 0
    assert days_late(State.DONE, today - timedelta(days=2), today) == 0


def test_who_was_removed_has_no_part_any_more_until_they_come_back(
    session: Session, room: Room
) -> None:
    assign(session, room)
    assert count_to_do(session, room.annotator) == 1
    remove(session, actor=room.owner, account_id=room.annotator.account_id)
    session.commit()
    assert who_is_where(session, [room.article.id]) == {room.article.id: []}


def test_who_may_not_tag_any_more_has_no_part_until_they_may(session: Session, room: Room) -> None:
    assign(session, room, due_on=now().date() - timedelta(days=3))
    account_id = room.annotator.account_id
    for role, names in (("reader", []), ("curator", ["Ines"])):
        change_role(session, actor=room.owner, account_id=account_id, role=role)
        session.commit()
        where = who_is_where(session, [room.article.id])[room.article.id]
        assert [each.name for each in where] == names


def test_who_comes_back_is_done_with_nothing(session: Session, room: Room) -> None:
    set_project_mode(session, actor=room.owner, mode="independent")
    bo = add_member(session, Role.ANNOTATOR, "Bo")
    assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    account_id, other = room.annotator.account_id, add_article(session, slug="other")
    elsewhere = join(session, room.annotator.account, Role.ANNOTATOR, "other")
    assignments.set_progress(session, actor=elsewhere, article=other, state="done")
    remove(session, actor=room.owner, account_id=account_id)
    session.commit()
    made = add_annotation(session, bo, room.article)
    _invitation, token = add_invitation(session, room.owner)
    back = invitations.join(session, account_id=account_id, token=token)
    session.commit()
    assert state(session, room) is State.IN_PROGRESS
    assert not visibility_for(session, back, room.article).includes(made.account_id)
    reopened = select(Event).where(Event.kind == assignments.STATE_CHANGED)
    last = session.scalars(reopened.order_by(Event.id.desc()).limit(1)).one()
    assert last.account_id is None
    names = EventNames({account_id: "Ines"})
    assert describe(last, names) == "reopened the article for Ines, who came back"
    assert session.get_one(Progress, (other.id, account_id)).state is State.DONE


def test_a_curator_reopens_what_somebody_is_done_with(session: Session, room: Room) -> None:
    account_id = room.annotator.account_id
    reopen = partial(assignments.reopen, session, article=room.article, account_id=account_id)
    with pytest.raises(NotFound):
        reopen(actor=room.curator)
    assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    with pytest.raises(Forbidden):
        reopen(actor=room.annotator)
    for _ in range(2):
        reopen(actor=room.curator)
    session.commit()
    assert state(session, room) is State.IN_PROGRESS
    assert kinds(session) == ["assignment.state_changed"] * 2
    last = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert describe(last, EventNames({account_id: "Ines"})) == "reopened the article for Ines"
    room.article.archived_at = now()
    with pytest.raises(Conflict, match="archived"):
        reopen(actor=room.curator)


def test_two_who_assign_and_mark_at_once_make_one_row(
    database: Database, session: Session, room: Room
) -> None:
    article_id, project_id = room.article.id, room.curator.project_id
    curator_id, annotator_id = room.curator.account_id, room.annotator.account_id

    def assign_it(session: Session) -> object:
        assigned = assignments.assign(
            session,
            actor=member_by_id(session, project_id=project_id, account_id=curator_id),
            articles=[find_article(session, project_id=project_id, article_id=article_id)],
            account_ids=[curator_id, annotator_id],
            due_on=None,
        )
        return len(assigned.events)

    def mark_it(session: Session) -> object:
        return assignments.set_progress(
            session,
            actor=member_by_id(session, project_id=project_id, account_id=annotator_id),
            article=find_article(session, project_id=project_id, article_id=article_id),
            state="done",
        )

    assert sorted(map(str, at_once(database, assign_it, assign_it, mark_it))) == [
        "0",
        "2",
        "not started",
    ]
    session.rollback()
    where = who_is_where(session, [article_id])[article_id]
    assert [(each.state, each.is_assigned) for each in where] == [
        (State.NOT_STARTED, True),
        (State.DONE, True),
    ]
