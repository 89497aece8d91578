"""Links that set a new password, below the pages: who may make one, for whom, for how long."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, PasswordReset
from app.accounts.service import accounts, asking, reset_tokens
from app.accounts.service.reset_tokens import LASTS, MOST_OPEN
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, NotFound
from app.core.tokens import hash_token
from app.events.models import Event
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.service import memberships, projects, reset_links
from app.projects.service.invitations import join as join_by_invitation
from tests.harness.builders import (
    Room,
    add_account,
    add_invitation,
    add_member,
    add_reset_link,
    add_room,
    join,
)

HASH = "the hash of another password"


def make(session: Session, actor: Member, account_id: int) -> str:
    token = reset_links.make(session, actor=actor, account_id=account_id)
    session.commit()
    return token


def is_open(session: Session, token: str) -> bool:
    try:
        return bool(reset_tokens.find(session, token))
    except NotFound:
        return False


def helped(session: Session, actor: Member) -> list[str]:
    return [member.account.name for member in reset_links.list_helped(session, actor)]


# --- using --------------------------------------------------------------------------------------


def test_a_link_sets_the_password_once_and_ends_every_session_and_every_other_link(
    session: Session,
) -> None:
    account, other = add_account(session), add_account(session, "Otto")
    used, unused = (add_reset_link(session, account) for _ in range(2))
    theirs = add_reset_link(session, other)
    tokens = [accounts.sign_in(session, account_id=each.id) for each in (account, account, other)]
    assert reset_tokens.use(session, token=used, password_hash=HASH) == account.id
    session.commit()
    session.expire_all()
    assert account.password_hash == HASH
    assert other.password_hash != HASH
    living = [asking.find_session(session, token) is not None for token in tokens]
    assert living == [False, False, True]
    assert [is_open(session, token) for token in (used, unused, theirs)] == [False, False, True]
    for token in (used, unused):
        with pytest.raises(NotFound, match="does not work"):
            reset_tokens.use(session, token=token, password_hash="a third")


def test_only_a_hash_is_kept_and_no_event_holds_the_token(session: Session, room: Room) -> None:
    token = make(session, room.owner, room.reader.account_id)
    row = session.scalars(select(PasswordReset)).one()
    assert len(token) >= 43
    assert row.token_hash == hash_token(token) != token
    assert (row.account_id, row.made_by_id) == (room.reader.account_id, room.owner.account_id)
    event = session.scalars(select(Event).where(Event.kind == reset_links.MADE)).one()
    assert (event.account_id, event.after) == (
        room.owner.account_id,
        {"account": room.reader.account_id},
    )
    kept = [json.dumps([each.before, each.after]) for each in session.scalars(select(Event))]
    assert not [line for line in kept if token in line or row.token_hash in line]


def test_a_link_lasts_a_day(session: Session) -> None:
    token = add_reset_link(session, add_account(session))
    row = session.scalars(select(PasswordReset)).one()
    assert row.expires_at - row.made_at == LASTS == timedelta(hours=24)
    row.made_at = now() - LASTS - timedelta(seconds=1)
    row.expires_at = row.made_at + LASTS
    session.commit()
    assert not is_open(session, token)
    with pytest.raises(NotFound):
        reset_tokens.use(session, token=token, password_hash=HASH)
    assert not is_open(session, "x" * 43)


def test_a_change_of_the_password_ends_the_links(session: Session) -> None:
    account = add_account(session)
    token = add_reset_link(session, account)
    accounts.change_password(
        session, account_id=account.id, password_hash=HASH, keep_session_id=None
    )
    assert not is_open(session, token)


@pytest.mark.sqlite_only
def test_owners_make_so_many_links_for_an_account_and_no_more(session: Session) -> None:
    account, owner = add_account(session), add_account(session, "Olga")
    for _ in range(MOST_OPEN):
        add_reset_link(session, account, owner)
    with pytest.raises(Conflict, match=f"There are {MOST_OPEN} links"):
        add_reset_link(session, account, owner)
    add_reset_link(session, account)  # whoever runs the server is never refused
    add_reset_link(session, add_account(session, "Otto"), owner)
    row = session.scalars(select(PasswordReset)).first()
    assert row is not None
    row.made_at = now() - LASTS - timedelta(seconds=1)
    row.expires_at = row.made_at + LASTS
    session.commit()
    add_reset_link(session, account, owner)


# --- what an owner may do -----------------------------------------------------------------------


def test_an_owner_helps_those_alone_whose_every_project_they_own_and_who_own_none(
    session: Session, room: Room
) -> None:
    add_member(session, Role.OWNER, "Omar")  # an owner is nobody's to take over
    elsewhere = add_room(session, "second")
    join(session, room.curator.account, Role.READER, "second")
    assert helped(session, room.owner) == ["Ines", "Rita"]
    join(session, room.owner.account, Role.CURATOR, "second")
    assert helped(session, room.owner) == ["Ines", "Rita"]
    memberships.change_role(
        session, actor=elsewhere.owner, account_id=room.owner.account_id, role="owner"
    )
    assert helped(session, room.owner) == ["Cato", "Ines", "Rita"]
    for name in helped(session, room.owner):
        member = session.scalars(
            select(Member)
            .join(Account, Account.id == Member.account_id)
            .where(Member.project_id == room.owner.project_id, Account.name == name)
        ).one()
        assert is_open(session, make(session, room.owner, member.account_id))


def test_an_owner_cannot_take_over_someone_by_making_a_project_and_inviting_them(
    session: Session, room: Room
) -> None:
    mallory = add_account(session, "Mallory")
    project = projects.create(session, account_id=mallory.id, name="A trap")
    owner = session.get_one(Member, (project.id, mallory.id))
    _, token = add_invitation(session, owner)
    for victim in (room.owner, room.reader):
        join_by_invitation(session, account_id=victim.account_id, token=token)
        session.commit()
        _, token = add_invitation(session, owner)
        with pytest.raises(Forbidden, match="every project you own"):
            make(session, owner, victim.account_id)
        session.rollback()
    assert session.scalars(select(PasswordReset)).all() == []


@pytest.mark.sqlite_only
def test_an_archived_project_of_somebody_else_counts_too(session: Session, room: Room) -> None:
    other = add_room(session, "second")
    join(session, room.reader.account, Role.READER, "second")
    other.owner.project.archived_at = now()
    session.commit()
    assert "Rita" not in helped(session, room.owner)


@pytest.mark.sqlite_only
def test_nobody_makes_a_link_for_themselves_a_stranger_or_an_equal(
    session: Session, room: Room
) -> None:
    stranger = add_account(session, "Stranger")
    equal = add_member(session, Role.OWNER, "Omar")
    for account_id, refusal in (
        (room.owner.account_id, Forbidden),
        (equal.account_id, Forbidden),
        (stranger.id, NotFound),
    ):
        with pytest.raises(refusal):
            make(session, room.owner, account_id)
        session.rollback()
    for role in (Role.READER, Role.ANNOTATOR, Role.CURATOR):
        with pytest.raises(Forbidden):
            make(session, room.member(role), room.reader.account_id)
        session.rollback()


Change = Callable[[Session, Room], object]
CHANGES: dict[str, Change] = {
    "the member makes a project": lambda session, room: projects.create(
        session, account_id=room.reader.account_id, name="My own"
    ),
    "the member joins another": lambda session, room: join_by_invitation(
        session,
        account_id=room.reader.account_id,
        token=add_invitation(session, add_room(session, "second").owner)[1],
    ),
    "the member becomes an owner": lambda session, room: memberships.change_role(
        session, actor=room.owner, account_id=room.reader.account_id, role="owner"
    ),
    "the member leaves": lambda session, room: memberships.leave(session, actor=room.reader),
    "the maker is no owner any more": lambda session, room: memberships.change_role(
        session,
        actor=add_member(session, Role.OWNER, "Omar"),
        account_id=room.owner.account_id,
        role="curator",
    ),
    "the maker is removed": lambda session, room: memberships.remove(
        session,
        actor=add_member(session, Role.OWNER, "Omar"),
        account_id=room.owner.account_id,
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_link_of_an_owner_ends_when_it_would_give_more_than_when_it_was_made(
    session: Session, room: Room, change: Change
) -> None:
    by_owner = make(session, room.owner, room.reader.account_id)
    other = make(session, room.owner, room.annotator.account_id)
    by_server = add_reset_link(session, room.reader.account)
    is_about_the_maker = change in list(CHANGES.values())[-2:]
    change(session, room)
    session.commit()
    assert not is_open(session, by_owner)
    assert is_open(session, by_server)
    assert is_open(session, other) is not is_about_the_maker
