"""Projects, and who belongs to them in which role."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import NotFound
from app.events.service import record
from app.projects.models import Member, Project
from app.projects.roles import Role

FIRST_SLUG = "first"
FIRST_NAME = "First project"

# Almost every request asks for it, so it is put together once.
_MEMBER = (
    select(Member)
    .join(Member.project)
    .where(Project.slug == bindparam("slug"), Member.account_id == bindparam("account_id"))
)


def ensure_first(session: Session) -> Project:
    """Return the project that set-up makes, made now if it is not there."""
    project = session.scalar(select(Project).where(Project.slug == FIRST_SLUG))
    if project is None:
        project = Project(slug=FIRST_SLUG, name=FIRST_NAME, created_at=now())
        session.add(project)
        session.flush()
        record(session, kind="project.created", project_id=project.id, account_id=None)
    return project


def join_first(session: Session, *, account_id: int, role: Role | None = None) -> Member:
    """Make an account a member of the first project.

    Without a role, the first member becomes the owner and every other an annotator; the row of
    the project is locked, so that of two who come at once only one is the first.
    """
    project = ensure_first(session)
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    if role is None:
        members = session.scalar(
            select(func.count()).select_from(Member).where(Member.project_id == project.id)
        )
        role = Role.ANNOTATOR if members else Role.OWNER
    member = Member(
        project_id=project.id, account_id=account_id, role_name=role.value, joined_at=now()
    )
    session.add(member)
    session.flush()
    record(
        session,
        kind="member.joined",
        project_id=project.id,
        account_id=account_id,
        after={"account": account_id, "role": role.value},
    )
    return member


def find_project(session: Session, slug: str) -> Project:
    """Return a project by its slug.

    Raises: NotFound.
    """
    project = session.scalar(select(Project).where(Project.slug == slug))
    if project is None:
        message = f"There is no project “{slug}”."
        raise NotFound(message)
    return project


def member_of(session: Session, *, slug: str, account_id: int) -> Member:
    """Return an account's membership of a project.

    Raises: NotFound (no such project, or the account is not in it: a stranger learns neither).
    """
    member = session.scalar(_MEMBER, {"slug": slug, "account_id": account_id})
    if member is None:
        raise NotFound
    return member


def member_by_id(session: Session, *, project_id: int, account_id: int) -> Member:
    """Return an account's membership of a project.

    Raises: NotFound (the account is not in it).
    """
    member = session.get(Member, (project_id, account_id))
    if member is None:
        raise NotFound
    return member


def first_membership(session: Session, *, account_id: int) -> Member:
    """Return the membership in which an account begins: the oldest.

    Raises: NotFound (the account is in no project).
    """
    member = session.scalar(
        select(Member)
        .where(Member.account_id == account_id)
        .order_by(Member.joined_at, Member.project_id)
        .limit(1)
    )
    if member is None:
        message = "You are in no project yet. Ask a colleague who owns one to take you in."
        raise NotFound(message)
    return member
