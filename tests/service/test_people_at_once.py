"""Two at once who make accounts, join, leave, change roles and use links: one is first."""

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, PasswordReset
from app.accounts.service import accounts, reset_tokens
from app.annotations.models import Annotation
from app.articles.models import Article
from app.assignments.service import assignments
from app.core.db import Database
from app.core.errors import GlossError, Invalid, NotFound
from app.events.models import Event
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.service import reset_links
from app.projects.service.invitations import join
from app.projects.service.members import member_by_id
from app.projects.service.memberships import change_role, leave, remove
from app.projects.service.projects import join_first
from tests.harness.builders import (
    QUICK_HASH,
    Room,
    add_account,
    add_invitation,
    add_member,
    add_project,
    add_reset_link,
)
from tests.harness.racing import (
    PAUSE_SECONDS,
    QUOTE,
    ROUNDS,
    at_once,
    count,
    creating,
)


def test_of_two_first_accounts_exactly_one_becomes_the_owner(
    database: Database, session: Session
) -> None:
    add_project(session)
    session.commit()

    def joining(name: str) -> Callable[[Session], Role]:
        def act(own: Session) -> Role:
            email = f"{name}@example.org"
            account = accounts.create(own, name=name, email=email, password_hash=QUICK_HASH)
            member = join_first(own, account_id=account.id)
            assert member is not None
            return member.role

        return act

    roles = at_once(database, *(joining(name) for name in ("ada", "bea", "cleo", "dora")))
    assert roles.count(Role.OWNER) == 1
    assert roles.count(Role.ANNOTATOR) == 3


def acting_on(
    act: Callable[..., object], actor: Member, **values: object
) -> Callable[[Session], object]:
    """Return an act of a member on the people of their project."""

    def run(own: Session) -> object:
        found = member_by_id(own, project_id=actor.project_id, account_id=actor.account_id)
        return act(own, actor=found, **values)

    return run


def owners(session: Session, project_id: int) -> int:
    session.rollback()
    query = select(func.count()).where(
        Member.project_id == project_id, Member.role_name == Role.OWNER.value
    )
    return session.scalars(query).one()


@pytest.mark.parametrize("act", ["demote", "remove", "leave"])
def test_two_owners_at_once_never_leave_a_project_without_one(
    database: Database, session: Session, act: str
) -> None:
    for number in range(ROUNDS):
        one, other = (add_member(session, Role.OWNER, name, f"p{number}") for name in ("A", "B"))
        if act == "demote":
            results = at_once(
                database,
                acting_on(change_role, one, account_id=other.account_id, role="reader"),
                acting_on(change_role, other, account_id=one.account_id, role="reader"),
            )
        elif act == "remove":
            results = at_once(
                database,
                acting_on(remove, one, account_id=other.account_id),
                acting_on(remove, other, account_id=one.account_id),
            )
        else:
            results = at_once(database, acting_on(leave, one), acting_on(leave, other))
        assert sum(isinstance(result, GlossError) for result in results) == 1
        assert owners(session, one.project_id) == 1


def test_of_two_who_come_at_once_by_a_link_for_one_one_gets_in(
    database: Database, session: Session, room: Room
) -> None:
    for _ in range(ROUNDS):
        token = add_invitation(session, room.owner)[1]
        accounts_made = [add_account(session, name).id for name in ("Ada", "Bea")]
        results = at_once(
            database,
            *(partial(join, account_id=account_id, token=token) for account_id in accounts_made),
        )
        assert [type(result) for result in results].count(Member) == 1
        assert [type(result) for result in results].count(NotFound) == 1
        session.rollback()
        found = select(func.count()).where(Member.account_id.in_(accounts_made))
        assert session.scalars(found).one() == 1


def test_pressing_join_twice_at_once_makes_one_member_and_one_use(
    database: Database, session: Session, room: Room
) -> None:
    token = add_invitation(session, room.owner)[1]
    account_id = add_account(session).id
    act = partial(join, account_id=account_id, token=token)
    results = at_once(database, act, act)
    assert [type(result) for result in results] == [Member, Member]
    session.rollback()
    used = select(func.count()).where(Event.kind == "invitation.used")
    assert session.scalars(used).one() == 1


def test_coming_back_and_an_unassigning_do_not_wait_for_each_other_for_ever(
    database: Database, session: Session, room: Room
) -> None:
    project_id, account_id = room.annotator.project_id, room.annotator.account_id
    article_id = room.article.id
    assignments.assign(
        session,
        actor=room.curator,
        articles=[room.article],
        account_ids=[account_id],
        due_on=None,
    )
    assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    remove(session, actor=room.owner, account_id=account_id)
    session.commit()
    token = add_invitation(session, room.owner)[1]
    slow: list[int] = []

    def come_back(own: Session) -> object:
        return join(own, account_id=account_id, token=token)

    def unassign(own: Session) -> object:
        slow.append(threading.get_ident())
        actor = own.get_one(Member, (project_id, room.curator.account_id))
        article = own.get_one(Article, article_id)
        return assignments.unassign(own, actor=actor, article=article, account_id=account_id)

    def wait_before_events(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if "advisory" in sql and threading.get_ident() in slow:
            time.sleep(PAUSE_SECONDS)

    event.listen(database.engine, "before_cursor_execute", wait_before_events)
    for result in at_once(database, come_back, unassign):
        assert not isinstance(result, GlossError)


def test_tagging_and_a_change_of_role_do_not_wait_for_each_other_for_ever(
    database: Database, session: Session, room: Room
) -> None:
    for number in range(1, ROUNDS + 1):
        role = "curator" if number % 2 else "reader"
        results = at_once(
            database,
            creating(room.annotator, room.article.id, quote=QUOTE[:-number]),
            acting_on(change_role, room.owner, account_id=room.reader.account_id, role=role),
        )
        assert not [result for result in results if isinstance(result, GlossError)]
    assert count(session, Annotation) == ROUNDS


def test_of_two_accounts_with_one_address_one_is_made(database: Database, session: Session) -> None:
    def act(own: Session) -> str:
        return accounts.create(
            own, name="Ines", email="Ines@Example.org", password_hash=QUICK_HASH
        ).email

    results = at_once(database, act, act)
    assert results.count("ines@example.org") == 1
    assert [type(result) for result in results].count(Invalid) == 1
    assert count(session, Account) == 1


@pytest.mark.parametrize("links", [1, 2])
def test_of_two_who_use_links_of_one_account_at_once_one_sets_the_password(
    database: Database, session: Session, links: int
) -> None:
    account = add_account(session)
    for _ in range(ROUNDS):
        tokens = [add_reset_link(session, account) for _ in range(links)]
        acts = [
            partial(reset_tokens.use, token=tokens[number % links], password_hash=f"{number}")
            for number in range(2)
        ]
        results = at_once(database, *acts)
        assert sorted(type(result).__name__ for result in results) == ["NotFound", "int"]
        session.rollback()
        session.refresh(account)
        assert results[int(account.password_hash)] == account.id


def test_a_link_of_an_owner_and_the_joining_of_another_project_at_once_leave_no_link(
    database: Database, session: Session, room: Room
) -> None:
    def making(own: Session, account_id: int) -> object:
        owner = room.owner
        actor = member_by_id(own, project_id=owner.project_id, account_id=owner.account_id)
        return reset_links.make(own, actor=actor, account_id=account_id)

    for number in range(ROUNDS):
        account_id = add_member(session, Role.READER, "Rita").account_id
        host = add_member(session, Role.OWNER, "Otto", f"other{number}")
        _, token = add_invitation(session, host)
        at_once(
            database,
            partial(making, account_id=account_id),
            partial(join, account_id=account_id, token=token),
        )
        session.rollback()
        query = select(PasswordReset).where(PasswordReset.account_id == account_id)
        assert session.scalars(query).all() == []
        assert session.get(Member, (host.project_id, account_id)) is not None


def test_who_signs_in_by_the_old_password_while_it_is_reset_is_not_in_afterwards(
    database: Database, session: Session
) -> None:
    account_id = add_account(session).id
    for number in range(ROUNDS):
        session.rollback()
        token = add_reset_link(session, accounts.get(session, account_id))
        with database.session() as earlier:
            known = accounts.get(earlier, account_id)  # read, and its password being checked

        def sign_in(own: Session, known: Account = known) -> int:
            if accounts.has_password(own, known):
                accounts.sign_in(own, account_id=known.id)
            return known.id

        reset = partial(reset_tokens.use, token=token, password_hash=f"{number}")
        assert at_once(database, sign_in, reset) == [account_id, account_id]
        assert accounts.list_sessions(session, account_id) == []
