"""Invitations, below the pages: who is let in, by which link, for how long."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.tokens import hash_token
from app.events.models import Event
from app.projects.models import Invitation, Member
from app.projects.roles import Role
from app.projects.service import invitations, memberships
from app.projects.service.invitations import MOST_OPEN, UNUSABLE
from tests.harness.builders import Room, add_account, add_member, add_room


def make(
    session: Session,
    actor: Member,
    role: str = "annotator",
    days: str = "7",
    *,
    is_for_one: bool = True,
) -> tuple[Invitation, str]:
    made = invitations.make(session, actor=actor, role=role, days=days, is_for_one=is_for_one)
    session.commit()
    return made


def join(session: Session, token: str, name: str = "Nora") -> Member:
    return invitations.join(session, account_id=add_account(session, name).id, token=token)


def refused(session: Session, token: str) -> bool:
    with pytest.raises(NotFound) as caught:
        join(session, token)
    return caught.value.message == UNUSABLE


def events(session: Session) -> list[tuple[str, int | None]]:
    rows = session.execute(select(Event.kind, Event.account_id).order_by(Event.id))
    return [(kind, account_id) for kind, account_id in rows if kind.startswith(("inv", "mem"))]


@pytest.mark.parametrize("role", list(Role))
def test_who_comes_by_an_invitation_gets_its_role(session: Session, room: Room, role: Role) -> None:
    _, token = make(session, room.owner, role)
    member = join(session, token)
    assert (member.role, member.project_id) == (role, room.owner.project_id)
    assert events(session) == [
        ("invitation.made", room.owner.account_id),
        ("member.joined", member.account_id),
        ("invitation.used", member.account_id),
    ]


def test_only_a_hash_is_kept_and_no_event_holds_the_token(session: Session, room: Room) -> None:
    invitation, token = make(session, room.owner)
    join(session, token)
    assert len(token) >= 43
    assert invitation.token_hash == hash_token(token) != token
    kept = [json.dumps([event.before, event.after]) for event in session.scalars(select(Event))]
    assert not [line for line in kept if token in line or invitation.token_hash in line]


def test_a_link_for_one_lets_in_one_and_a_link_for_many_many(session: Session, room: Room) -> None:
    _, one = make(session, room.owner)
    invitation, many = make(session, room.owner, is_for_one=False)
    join(session, one)
    assert refused(session, one)
    for name in ("Bea", "Cleo", "Dora"):
        join(session, many, name)
    assert invitation.uses == 3
    assert invitations.list_open(session, room.owner.project_id) == [invitation]


def test_an_invitation_that_has_ended_lets_nobody_in(session: Session, room: Room) -> None:
    expired, old = make(session, room.owner, is_for_one=False)
    expired.expires_at = now() - timedelta(seconds=1)
    revoked, back = make(session, room.owner, is_for_one=False)
    invitations.revoke(session, actor=room.owner, invitation_id=revoked.id)
    before = events(session)
    assert refused(session, old)
    assert refused(session, back)
    assert refused(session, "x" * 43)
    assert invitations.list_open(session, room.owner.project_id) == []
    assert events(session) == before
    # Revoked once more, it stays as it is.
    invitations.revoke(session, actor=room.owner, invitation_id=revoked.id)
    assert events(session) == before


def test_an_archived_project_lets_nobody_in_until_it_is_restored(
    session: Session, room: Room
) -> None:
    _, token = make(session, room.owner)
    room.owner.project.archived_at = now()
    session.commit()
    assert refused(session, token)
    room.owner.project.archived_at = None
    session.commit()
    assert join(session, token).role is Role.ANNOTATOR


def test_who_is_in_the_project_stays_in_their_role_and_uses_nothing(
    session: Session, room: Room
) -> None:
    invitation, token = make(session, room.owner, "owner")
    before = events(session)
    for member in (room.reader, room.curator):
        joined = invitations.join(session, account_id=member.account_id, token=token)
        assert joined.role is member.role
    assert (invitation.uses, events(session)) == (0, before)


def test_who_was_removed_needs_a_link_that_was_made_since(session: Session, room: Room) -> None:
    _, old = make(session, room.owner, is_for_one=False)
    account_id = room.annotator.account_id
    memberships.remove(session, actor=room.owner, account_id=account_id)
    with pytest.raises(NotFound):
        invitations.join(session, account_id=account_id, token=old)
    assert join(session, old).role is Role.ANNOTATOR  # anyone else may still come
    _, new = make(session, room.owner, "reader")
    assert invitations.join(session, account_id=account_id, token=new).role is Role.READER


def test_who_was_given_another_role_does_not_take_the_old_one_back_by_leaving(
    session: Session, room: Room
) -> None:
    _, old = make(session, room.owner, "curator", is_for_one=False)
    account_id = room.curator.account_id
    memberships.change_role(session, actor=room.owner, account_id=account_id, role="reader")
    memberships.leave(session, actor=room.curator)
    with pytest.raises(NotFound) as caught:
        invitations.join(session, account_id=account_id, token=old)
    assert caught.value.message == UNUSABLE
    assert join(session, old).role is Role.CURATOR  # anyone else may still come
    _, new = make(session, room.owner, "reader")
    assert invitations.join(session, account_id=account_id, token=new).role is Role.READER


@pytest.mark.sqlite_only
def test_who_left_may_come_back_by_an_open_link(session: Session, room: Room) -> None:
    _, token = make(session, room.owner, is_for_one=False)
    memberships.leave(session, actor=room.curator)
    account_id = room.curator.account_id
    member = invitations.join(session, account_id=account_id, token=token)
    assert member.role is Role.ANNOTATOR


@pytest.mark.parametrize("how", ["removed", "demoted", "left"])
def test_the_links_of_who_is_no_owner_any_more_let_nobody_in(
    session: Session, room: Room, how: str
) -> None:
    other = add_member(session, Role.OWNER, "Omar")
    _, theirs = make(session, other, "owner", is_for_one=False)
    _, mine = make(session, room.owner)
    if how == "removed":
        memberships.remove(session, actor=room.owner, account_id=other.account_id)
    elif how == "demoted":
        memberships.change_role(
            session, actor=room.owner, account_id=other.account_id, role="curator"
        )
    else:
        memberships.leave(session, actor=other)
    assert refused(session, theirs)
    assert join(session, mine).role is Role.ANNOTATOR


@pytest.mark.parametrize("role", [Role.READER, Role.ANNOTATOR, Role.CURATOR])
@pytest.mark.sqlite_only
def test_only_an_owner_makes_and_revokes(session: Session, room: Room, role: Role) -> None:
    invitation, _ = make(session, room.owner)
    actor = room.member(role)
    with pytest.raises(Forbidden):
        make(session, actor)
    with pytest.raises(Forbidden):
        invitations.revoke(session, actor=actor, invitation_id=invitation.id)


@pytest.mark.sqlite_only
def test_an_invitation_of_another_project_is_not_there(session: Session, room: Room) -> None:
    other = add_room(session, "second")
    invitation, token = make(session, other.owner)
    with pytest.raises(NotFound):
        invitations.revoke(session, actor=room.owner, invitation_id=invitation.id)
    assert invitations.list_open(session, room.owner.project_id) == []
    assert join(session, token).project_id == other.owner.project_id


@pytest.mark.parametrize(
    ("role", "days", "said"),
    [("king", "7", "Choose one of"), ("reader", "365", "1, 7, 30 days")],
)
@pytest.mark.sqlite_only
def test_what_no_invitation_has_is_refused(
    session: Session, room: Room, role: str, days: str, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        make(session, room.owner, role, days)


@pytest.mark.sqlite_only
def test_a_project_has_so_many_open_invitations_and_no_more(session: Session, room: Room) -> None:
    for _ in range(MOST_OPEN):
        last, _token = invitations.make(
            session, actor=room.owner, role="reader", days="1", is_for_one=True
        )
    with pytest.raises(Conflict, match=f"at most {MOST_OPEN}"):
        make(session, room.owner)
    invitations.revoke(session, actor=room.owner, invitation_id=last.id)
    make(session, room.owner)
