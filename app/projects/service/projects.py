"""Projects: making, renaming, archiving and restoring them, and finding one's own."""

import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Integer, Select, bindparam, case, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.service.accounts import lock_account
from app.core.clock import now
from app.core.db import read_columns
from app.core.errors import Conflict, Invalid, NotFound
from app.core.names import clean_line
from app.events.service import record
from app.events.subjects import ProjectActor, Subject
from app.frozen import frozen
from app.projects.models import NAME_LIMIT, Member, Project
from app.projects.roles import Act, Role, require
from app.projects.service.members import add_member, lock_project, lock_project_for

FIRST_SLUG = "first"
FIRST_NAME = "First project"

CREATED = "project.created"
RENAMED = "project.renamed"
ARCHIVED = "project.archived"
RESTORED = "project.restored"
EXPORTED = "project.exported"
IMPORTED = "project.imported"

MOST_OWNED = 100  # projects of one account

SLUG_WORDS = 40  # characters of a name that its slug keeps
_ENDING = "23456789abcdefghjkmnpqrstvwxyz"  # none that is taken for another
_ENDING_LENGTH = 4

_MINE = (
    select(Project.id, Project.slug, Project.name, Member.role_name, Project.archived_at)
    .join(Member, Member.project_id == Project.id)
    .where(Member.account_id == bindparam("account_id"))
)
_BY_NAME = (func.lower(Project.name), Project.id)
# Every page asks for these, so they are put together once: those used first, others in use then.
_IS_USED = Project.slug.in_(bindparam("slugs", expanding=True))
_TO_SWITCH = (
    _MINE.where(or_(_IS_USED, Project.archived_at.is_(None)))
    .order_by(case((_IS_USED, 0), else_=1), *_BY_NAME)
    .limit(bindparam("limit", type_=Integer))
)


@frozen
class MyProject:
    """A project that an account is in, and as what."""

    id: int
    slug: str
    name: str
    role: Role
    is_archived: bool


def count_mine(session: Session, account_id: int) -> int:
    """Return how many projects an account is in, archived ones too."""
    query = select(func.count()).where(Member.account_id == account_id)
    return session.scalars(query).one()


def list_mine(session: Session, account_id: int, *, offset: int, limit: int) -> list[MyProject]:
    """Return a page of the projects that an account is in, by name, archived ones last."""
    query = _MINE.order_by(Project.archived_at.is_not(None), *_BY_NAME)
    return _read(session, query.offset(offset).limit(limit), {"account_id": account_id})


def list_to_switch(
    session: Session, account_id: int, used: Sequence[str], *, limit: int
) -> list[MyProject]:
    """Return at most `limit` of the projects that an account is in, by name.

    Those with these slugs, archived or not; as long as they are fewer, also others in use.
    """
    values = {"account_id": account_id, "slugs": list(used[:limit]), "limit": limit}
    found = _read(session, _TO_SWITCH, values)
    return sorted(found, key=lambda project: (project.name.lower(), project.id))


def _read(
    session: Session,
    query: Select[int, str, str, str, datetime | None],
    values: Mapping[str, object],
) -> list[MyProject]:
    return [
        MyProject(project_id, slug, name, Role(role), archived_at is not None)
        for project_id, slug, name, role, archived_at in read_columns(session, query, values).all()
    ]


def create(session: Session, *, account_id: int, name: str) -> Project:
    """Make a project that the account owns.

    Raises: Invalid (the name cannot be used, or the account owns MOST_OWNED already).
    """
    cleaned = clean_name(name)
    require_room(session, account_id)
    project = add(session, cleaned)
    after = {"name": project.name, "slug": project.slug}
    record(session, ProjectActor(project.id, account_id), CREATED, project.subject, after=after)
    add_member(
        session,
        project_id=project.id,
        account_id=account_id,
        role=Role.OWNER,
        actor_id=account_id,
    )
    return project


def require_room(session: Session, account_id: int) -> None:
    """Do nothing if an account may own one project more; no other is made for it meanwhile.

    Raises: Invalid (it owns MOST_OWNED already).
    """
    lock_account(session, account_id)
    query = select(func.count()).where(
        Member.account_id == account_id, Member.role_name == Role.OWNER.value
    )
    if session.scalars(query).one() >= MOST_OWNED:
        message = (
            f"One person owns at most {MOST_OWNED} projects. Make someone else an owner of one,"
            " then leave it."
        )
        raise Invalid("name", message)


def rename(session: Session, *, actor: Member, name: str) -> None:
    """Give a project another name. Its slug stays, so that every link to it does.

    Raises: Forbidden (no owner, or the project is archived), Invalid (the name cannot be used).
    """
    lock_project_for(session, actor, Act.MANAGE)
    cleaned, before = clean_name(name), actor.project.name
    if cleaned == before:
        return
    actor.project.name = cleaned
    subject = actor.project.subject
    record(session, actor, RENAMED, subject, before={"name": before}, after={"name": cleaned})


def archive(session: Session, *, actor: Member) -> None:
    """Let a project take no change until it is restored. An archived one stays as it is.

    Raises: Forbidden (no owner).
    """
    lock_project_for(session, actor, Act.ARCHIVE)
    if actor.project.archived_at is None:
        actor.project.archived_at = now()
        record(session, actor, ARCHIVED, actor.project.subject)


def restore(session: Session, *, actor: Member) -> None:
    """Let an archived project take changes again.

    Raises: Forbidden (no owner).
    """
    lock_project_for(session, actor, Act.ARCHIVE)
    if actor.project.archived_at is not None:
        actor.project.archived_at = None
        record(session, actor, RESTORED, actor.project.subject)


def record_export(session: Session, *, actor: Member | ProjectActor) -> None:
    """Record that somebody exports the whole project, with all that anyone tagged in it.

    Whoever runs the server may without being a member.

    Raises: Forbidden (no owner).
    """
    if isinstance(actor, Member):
        require(actor, Act.EXPORT_PROJECT)
    record(session, actor, EXPORTED, Subject("project", actor.project_id))


def ensure_first(session: Session) -> Project:
    """Return the project that set-up makes, made now if it is not there."""
    project = session.scalar(select(Project).where(Project.slug == FIRST_SLUG))
    if project is None:
        project = Project(slug=FIRST_SLUG, name=FIRST_NAME, created_at=now(), archived_at=None)
        session.add(project)
        session.flush()
        record(session, ProjectActor(project.id), CREATED, project.subject)
    return project


def join_first(
    session: Session, *, account_id: int, role: Role | None = None, by_command: bool = False
) -> Member | None:
    """Make an account a member of the first project; None without a role while it is archived.

    Without a role, the first member becomes the owner and every other an annotator; the row of
    the project is locked, so that of two who come at once only one is the first. With
    `by_command` whoever runs the server does it, and not the person.
    """
    project = ensure_first(session)
    lock_project(session, project.id)
    if role is None and project.archived_at is not None:
        return None
    if role is None:
        members = session.scalar(
            select(func.count()).select_from(Member).where(Member.project_id == project.id)
        )
        role = Role.ANNOTATOR if members else Role.OWNER
    actor_id = None if by_command else account_id
    return add_member(
        session, project_id=project.id, account_id=account_id, role=role, actor_id=actor_id
    )


def find_project(session: Session, slug: str) -> Project:
    """Return a project by its slug.

    Raises: NotFound.
    """
    project = session.scalar(select(Project).where(Project.slug == slug))
    if project is None:
        message = f"There is no project “{slug}”."
        raise NotFound(message)
    return project


def find_open_project(session: Session, slug: str) -> Project:
    """Return a project that takes changes, by its slug.

    Raises: NotFound, Conflict (it is archived).
    """
    project = find_project(session, slug)
    if project.archived_at is not None:
        message = f"The project “{slug}” is archived. An owner can restore it."
        raise Conflict(message)
    return project


def list_all(session: Session) -> list[tuple[Project, int]]:
    """Return every project with the number of its members, by slug."""
    query = (
        select(Project, func.count(Member.account_id))
        .outerjoin(Member, Member.project_id == Project.id)
        .group_by(Project.id)
        .order_by(Project.slug)
    )
    return [(project, members) for project, members in session.execute(query)]


def clean_name(name: str) -> str:
    """Return a project's name with single spaces.

    Raises: Invalid (it is empty or too long).
    """
    cleaned = clean_line(name)
    if not cleaned:
        raise Invalid("name", "Give the project a name.")
    if len(cleaned) > NAME_LIMIT:
        message = f"A project's name has at most {NAME_LIMIT} characters; this has {len(cleaned)}."
        raise Invalid("name", message)
    return cleaned


def make_slug(name: str) -> str:
    """Return a new slug for a name: its Latin letters and digits, and four characters by chance.

    Chance makes a slug of a name in any script, and keeps secret whether a stranger's project has
    the same name.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:SLUG_WORDS].strip("-") or "project"
    return f"{words}-{''.join(secrets.choice(_ENDING) for _ in range(_ENDING_LENGTH))}"


def add(session: Session, name: str) -> Project:
    """Make a project of a name that is clean, which nobody owns yet, and no event of it."""
    while True:
        project = Project(slug=make_slug(name), name=name, created_at=now(), archived_at=None)
        try:
            with session.begin_nested():
                session.add(project)
        except IntegrityError:
            continue  # chance gave a slug that is there: once in 800,000 of one name
        return project
