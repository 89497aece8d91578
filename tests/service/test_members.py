"""Members, below the pages: roles, removing, leaving, and what stays of who has gone."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.events.models import Event
from app.projects.roles import Role
from app.projects.service import members, memberships
from tests.harness.builders import Room, add_member


def last_event(session: Session) -> tuple[str, int | None, object, object]:
    event = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    return event.kind, event.account_id, event.before, event.after


def test_an_owner_changes_a_role(session: Session, room: Room) -> None:
    account_id = room.reader.account_id
    changed = memberships.change_role(
        session, actor=room.owner, account_id=account_id, role="curator"
    )
    assert changed.role is Role.CURATOR
    assert last_event(session) == (
        "member.role_changed",
        room.owner.account_id,
        {"account": account_id, "role": "reader"},
        {"account": account_id, "role": "curator"},
    )


@pytest.mark.sqlite_only
def test_the_same_role_again_is_no_change(session: Session, room: Room) -> None:
    before = last_event(session)
    for member in (room.reader, room.owner):
        role = member.role.value
        memberships.change_role(session, actor=room.owner, account_id=member.account_id, role=role)
    assert last_event(session) == before


@pytest.mark.sqlite_only
def test_a_role_that_is_none_is_refused(session: Session, room: Room) -> None:
    with pytest.raises(Invalid, match="reader, annotator, curator, owner"):
        memberships.change_role(
            session, actor=room.owner, account_id=room.reader.account_id, role="admin"
        )


@pytest.mark.parametrize("role", [Role.READER, Role.ANNOTATOR, Role.CURATOR])
@pytest.mark.sqlite_only
def test_only_an_owner_changes_roles_and_removes(session: Session, room: Room, role: Role) -> None:
    actor = room.member(role)
    with pytest.raises(Forbidden):
        memberships.change_role(session, actor=actor, account_id=actor.account_id, role="owner")
    with pytest.raises(Forbidden):
        memberships.remove(session, actor=actor, account_id=room.owner.account_id)


def test_the_last_owner_is_neither_demoted_nor_removed_nor_leaves(
    session: Session, room: Room
) -> None:
    account_id = room.owner.account_id
    for act in (
        lambda: memberships.change_role(
            session, actor=room.owner, account_id=account_id, role="curator"
        ),
        lambda: memberships.remove(session, actor=room.owner, account_id=account_id),
        lambda: memberships.leave(session, actor=room.owner),
    ):
        with pytest.raises(Conflict, match="at least one owner"):
            act()
    assert (
        members.refresh(session, project_id=room.owner.project_id, account_id=account_id).role
        is Role.OWNER
    )


def test_an_owner_leaves_where_there_is_another(session: Session, room: Room) -> None:
    other = add_member(session, Role.OWNER, "Omar")
    memberships.leave(session, actor=room.owner)
    assert last_event(session)[0] == "member.left"
    with pytest.raises(Conflict):
        memberships.leave(session, actor=other)


def test_who_is_removed_is_a_stranger_at_once(session: Session, room: Room) -> None:
    account_id = room.annotator.account_id
    memberships.remove(session, actor=room.owner, account_id=account_id)
    assert last_event(session) == (
        "member.removed",
        room.owner.account_id,
        {"account": account_id, "role": "annotator"},
        None,
    )
    with pytest.raises(NotFound):
        members.member_of(session, slug="first", account_id=account_id)
    with pytest.raises(NotFound):
        memberships.remove(session, actor=room.owner, account_id=account_id)


@pytest.mark.sqlite_only
def test_an_archived_project_can_be_left_but_nobody_is_removed(
    session: Session, room: Room
) -> None:
    room.owner.project.archived_at = now()
    session.commit()
    with pytest.raises(Forbidden, match="archived"):
        memberships.remove(session, actor=room.owner, account_id=room.reader.account_id)
    memberships.leave(session, actor=room.reader)
    assert last_event(session)[0] == "member.left"
