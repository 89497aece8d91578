"""Projects, below the pages: names, slugs, archiving, and their events."""

import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Forbidden, Invalid, NotFound
from app.events.models import Event
from app.projects.models import SLUG_LIMIT, Member
from app.projects.roles import Role
from app.projects.service import projects
from app.projects.service.members import member_of
from tests.harness.builders import Room, add_account, add_member


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


@pytest.mark.parametrize("name", ["River Road", "Ça coûte cher", "日本語の論説", "!!!", "x" * 100])
def test_a_project_is_made_of_a_name_in_any_script_and_its_maker_owns_it(
    session: Session, name: str
) -> None:
    account = add_account(session)
    project = projects.create(session, account_id=account.id, name=f"  {name} ")
    member = member_of(session, slug=project.slug, account_id=account.id)
    assert (project.name, member.role) == (name, Role.OWNER)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-[2-9a-z]{4}", project.slug)
    assert kinds(session) == ["project.created", "member.joined"]


@given(st.text())
def test_a_slug_is_short_and_plain_whatever_the_name(name: str) -> None:
    slug = projects.make_slug(name)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= SLUG_LIMIT


def test_two_projects_of_one_name_have_two_slugs(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = add_account(session)
    # Chance that gives the same four characters twice, then others.
    drawn = iter("aaaaaaaabbbb")
    monkeypatch.setattr(secrets, "choice", lambda _: next(drawn))
    slugs = [projects.create(session, account_id=account.id, name="One").slug for _ in range(2)]
    assert slugs == ["one-aaaa", "one-bbbb"]


@pytest.mark.parametrize(
    ("name", "said"), [(" \n", "Give the project"), ("x" * 101, "at most 100")]
)
def test_a_name_that_cannot_be_used_is_refused(
    session: Session, room: Room, name: str, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        projects.create(session, account_id=room.owner.account_id, name=name)
    with pytest.raises(Invalid, match=said):
        projects.rename(session, actor=room.owner, name=name)


def test_a_renamed_project_keeps_its_slug(session: Session, room: Room) -> None:
    projects.rename(session, actor=room.owner, name=" Other  name ")
    projects.rename(session, actor=room.owner, name="Other name")
    event = session.scalars(select(Event).where(Event.kind == "project.renamed")).one()
    assert (room.owner.project.name, room.owner.project.slug) == ("Other name", "first")
    assert (event.before, event.after) == ({"name": "Project first"}, {"name": "Other name"})
    assert event.account_id == room.owner.account_id


def test_archiving_and_restoring_are_done_once_each(session: Session, room: Room) -> None:
    before = kinds(session)
    for act in (projects.archive, projects.archive, projects.restore, projects.restore):
        act(session, actor=room.owner)
    assert kinds(session)[len(before) :] == ["project.archived", "project.restored"]


def test_an_archived_project_is_not_renamed(session: Session, room: Room) -> None:
    projects.archive(session, actor=room.owner)
    with pytest.raises(Forbidden, match="this project is archived"):
        projects.rename(session, actor=room.owner, name="Other")


@pytest.mark.parametrize("role", [Role.READER, Role.ANNOTATOR, Role.CURATOR])
def test_only_an_owner_renames_archives_and_restores(
    session: Session, room: Room, role: Role
) -> None:
    actor = room.member(role)
    with pytest.raises(Forbidden):
        projects.rename(session, actor=actor, name="Other")
    for act in (projects.archive, projects.restore):
        with pytest.raises(Forbidden):
            act(session, actor=actor)


def test_my_projects_are_mine_alone_and_stand_by_name(session: Session) -> None:
    member = add_member(session, name="Ada", slug="zebra")
    add_member(session, name="Bea", slug="secret")
    projects.create(session, account_id=member.account_id, name="another")
    session.commit()
    mine = projects.list_mine(session, member.account_id, offset=0, limit=10)
    assert [(each.name, each.role) for each in mine] == [
        ("another", Role.OWNER),
        ("Project zebra", Role.ANNOTATOR),
    ]


def test_who_is_no_member_any_more_changes_nothing(session: Session, room: Room) -> None:
    session.delete(session.get_one(Member, (room.owner.project_id, room.owner.account_id)))
    session.flush()
    with pytest.raises(NotFound):
        projects.archive(session, actor=room.owner)


@pytest.mark.sqlite_only
def test_one_person_owns_so_many_projects_and_no_more(session: Session) -> None:
    ada, bea = add_account(session, "Ada"), add_account(session, "Bea")
    for number in range(projects.MOST_OWNED):
        projects.create(session, account_id=ada.id, name=f"Project {number}")
    with pytest.raises(Invalid, match="Make someone else an owner of one"):
        projects.create(session, account_id=ada.id, name="One more")
    assert projects.create(session, account_id=bea.id, name="Hers")
