"""Who belongs to a project, in which role: finding members, taking turns, letting one in."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.service import accounts, reset_tokens
from app.core.clock import now
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.hooks import Hook
from app.events.service import record
from app.events.subjects import ProjectActor
from app.projects.models import Member, Project
from app.projects.roles import Act, Role, require

JOINED = "member.joined"
LEFT = "member.left"
REMOVED = "member.removed"
ROLE_CHANGED = "member.role_changed"


# Almost every request asks for it, so it is put together once.
_MEMBER = (
    select(Member)
    .join(Member.project)
    .where(Project.slug == bindparam("slug"), Member.account_id == bindparam("account_id"))
)


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


def list_members(session: Session, project_id: int) -> list[Member]:
    """Return everyone in a project, by name."""
    query = (
        select(Member)
        .join(Account, Account.id == Member.account_id)
        .where(Member.project_id == project_id)
        .order_by(func.lower(Account.name), Account.id)
    )
    return list(session.scalars(query))


def clean_role(role: str) -> Role:
    """Return the role of a name.

    Raises: Invalid.
    """
    if role not in set(Role):
        raise Invalid("role", f"Choose one of the roles {', '.join(Role)}.")
    return Role(role)


def lock_project(session: Session, project_id: int) -> None:
    """Let nobody else change a project's members, roles, invitations or settings before the commit.

    On SQLite a session that writes has its turn already. On PostgreSQL the weaker lock is enough,
    and a tag that is being written, whose event points at the project, is not in its way.
    """
    query = select(Project.id).where(Project.id == project_id)
    session.execute(query.with_for_update(key_share=True))


def lock_project_for(session: Session, actor: Member, act: Act) -> None:
    """Lock the actor's project, and look again at what they may do: it may just have changed.

    Raises: NotFound (they are no member any more), Forbidden.
    """
    lock_project(session, actor.project_id)
    refresh(session, project_id=actor.project_id, account_id=actor.account_id)
    require(actor, act)


def refresh(session: Session, *, project_id: int, account_id: int) -> Member:
    """Return a membership as it is now, whatever the session knew of it.

    Raises: NotFound (the account is not in the project).
    """
    query = select(Member).where(Member.project_id == project_id, Member.account_id == account_id)
    member = session.scalar(query.execution_options(populate_existing=True))
    if member is None:
        raise NotFound
    return member


member_joined: Hook[[Session, Member]] = Hook("member_joined")
"""Called with whoever comes into a project, before the event of it."""


def add_member(
    session: Session, *, project_id: int, account_id: int, role: Role, actor_id: int | None
) -> Member:
    """Take an account that is not in a project into it.

    `actor_id` is who does it: mostly the account itself, None for whoever runs the server.

    Raises: Forbidden (OUTSIDER).
    """
    if accounts.get(session, account_id).is_outsider:
        raise Forbidden(accounts.OUTSIDER)
    member = Member(
        project_id=project_id, account_id=account_id, role_name=role.value, joined_at=now()
    )
    session.add(member)
    session.flush()
    # Before any event: other rooms lock rows of theirs, and then the events, in this order too.
    member_joined(session, member)
    record(
        session,
        ProjectActor(project_id, actor_id),
        JOINED,
        member.subject,
        after={"account": account_id, "role": role.value},
    )
    reset_tokens.take_back(session, account_id=account_id)
    return member
