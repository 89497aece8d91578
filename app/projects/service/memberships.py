"""Changing who is in a project and as what; there is always an owner."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.service import reset_tokens
from app.core.errors import Conflict, NotFound
from app.events.models import Snapshot
from app.events.service import record
from app.events.subjects import ProjectActor
from app.projects.models import Member
from app.projects.roles import Act, Role
from app.projects.service.invitations import revoke_made_by
from app.projects.service.members import (
    LEFT,
    REMOVED,
    ROLE_CHANGED,
    add_member,
    clean_role,
    lock_project,
    lock_project_for,
    refresh,
)

LAST_OWNER = "A project has at least one owner, and there is no other. Make someone else one first."

GONE = "They are no longer in this project."
OTHER_ROLE = (
    "{name} is here as {role} by now: someone changed it while this page was open. Look again, and"
    " change it if you still want to."
)


def change_role(
    session: Session, *, actor: Member, account_id: int, role: str, seen: str | None = None
) -> Member:
    """Give a member another role. `seen` is the one that the actor thinks they have, if any.

    Raises: Forbidden (the actor is no owner, or the project is archived), NotFound (GONE: no such
    member), Invalid (no such role), Conflict (they have another role than `seen` by now, or are
    the last owner).
    """
    lock_project_for(session, actor, Act.MANAGE)
    member = _find(session, actor, account_id)
    before, after = member.role, clean_role(role)
    if after is before:
        return member
    if seen is not None and seen != before:
        raise Conflict(OTHER_ROLE.format(name=member.account.name, role=before))
    if before is Role.OWNER:
        _keep_an_owner(session, actor.project_id)
        revoke_made_by(session, actor=actor, account_id=account_id)
    member.role_name = after.value
    session.flush()
    record(
        session,
        actor,
        ROLE_CHANGED,
        member.subject,
        before=_snapshot(member, before),
        after=_snapshot(member, after),
    )
    reset_tokens.take_back(session, account_id=account_id)
    return member


def make_owner(session: Session, *, project_id: int, account_id: int) -> None:
    """Make an account an owner of a project, in it already or not, for whoever runs the server."""
    lock_project(session, project_id)
    member = session.get(Member, (project_id, account_id), populate_existing=True)
    if member is None:
        add_member(
            session,
            project_id=project_id,
            account_id=account_id,
            role=Role.OWNER,
            actor_id=None,
        )
        return
    if member.role is Role.OWNER:
        return
    before = _snapshot(member, member.role)
    member.role_name = Role.OWNER.value
    session.flush()
    record(
        session,
        ProjectActor(project_id),
        ROLE_CHANGED,
        member.subject,
        before=before,
        after=_snapshot(member, Role.OWNER),
    )
    reset_tokens.take_back(session, account_id=account_id)


def remove(session: Session, *, actor: Member, account_id: int) -> Member:
    """Take a member out of the project. What they tagged stays, under their name.

    Raises: Forbidden (the actor is no owner, or the project is archived), NotFound (GONE: no such
    member), Conflict (they are the last owner).
    """
    lock_project_for(session, actor, Act.MANAGE)
    member = _find(session, actor, account_id)
    _take_out(session, actor, member)
    return member


def leave(session: Session, *, actor: Member) -> None:
    """Take oneself out of a project, also of an archived one. What one tagged stays.

    Raises: NotFound (they are no member any more), Conflict (they are the last owner).
    """
    lock_project_for(session, actor, Act.READ)
    _take_out(session, actor, actor)


def _find(session: Session, actor: Member, account_id: int) -> Member:
    try:
        return refresh(session, project_id=actor.project_id, account_id=account_id)
    except NotFound:
        raise NotFound(GONE) from None


def _take_out(session: Session, actor: Member, member: Member) -> None:
    if member.role is Role.OWNER:
        _keep_an_owner(session, member.project_id)
        revoke_made_by(session, actor=actor, account_id=member.account_id)
    session.delete(member)
    session.flush()
    kind = LEFT if member.account_id == actor.account_id else REMOVED
    record(session, actor, kind, member.subject, before=_snapshot(member, member.role))
    reset_tokens.take_back(session, account_id=member.account_id)


def _keep_an_owner(session: Session, project_id: int) -> None:
    query = select(func.count()).where(
        Member.project_id == project_id, Member.role_name == Role.OWNER.value
    )
    if session.scalars(query).one() == 1:
        raise Conflict(LAST_OWNER)


def _snapshot(member: Member, role: Role) -> Snapshot:
    return {"account": member.account_id, "role": role.value}
