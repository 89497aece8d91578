"""Invitations: links that let somebody into a project in a role, until they end."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.core.tokens import hash_token, new_token
from app.events.models import Event, Snapshot
from app.events.service import record
from app.projects.models import Invitation, Member
from app.projects.roles import Act
from app.projects.service.members import (
    REMOVED,
    ROLE_CHANGED,
    add_member,
    clean_role,
    lock_project,
    lock_project_for,
)

MADE = "invitation.made"
REVOKED = "invitation.revoked"
USED = "invitation.used"

DAYS = (1, 7, 30)  # that one may last
MOST_OPEN = 100  # of one project

UNUSABLE = (
    "This invitation cannot be used: it has expired, was used up or revoked, or the link is "
    "incomplete. Ask whoever sent it for a new one."
)


def make(
    session: Session, *, actor: Member, role: str, days: str, is_for_one: bool
) -> tuple[Invitation, str]:
    """Make an invitation into the actor's project; return it with its token, which is not kept.

    Raises: Forbidden (no owner, or the project is archived), Invalid (role or days), Conflict
    (there are MOST_OPEN already).
    """
    lock_project_for(session, actor, Act.MANAGE)
    given = clean_role(role)
    if days not in {str(number) for number in DAYS}:
        raise Invalid("days", f"An invitation lasts {', '.join(map(str, DAYS))} days.")
    if len(list_open(session, actor.project_id)) >= MOST_OPEN:
        message = f"A project has at most {MOST_OPEN} open invitations. Revoke one first."
        raise Conflict(message)
    token = new_token()
    moment = now()
    invitation = Invitation(
        project_id=actor.project_id,
        role_name=given.value,
        token_hash=hash_token(token),
        account_id=actor.account_id,
        made_at=moment,
        expires_at=moment + timedelta(days=int(days)),
        max_uses=1 if is_for_one else None,
        uses=0,
        revoked_at=None,
    )
    session.add(invitation)
    session.flush()
    limits = {
        "expires_at": invitation.expires_at.isoformat(),
        "max_uses": invitation.max_uses,
    }
    record(session, actor, MADE, invitation.subject, after=_snapshot(invitation) | limits)
    return invitation, token


def list_open(session: Session, project_id: int) -> list[Invitation]:
    """Return the invitations of a project that still let somebody in, newest first."""
    query = (
        select(Invitation)
        .where(
            Invitation.project_id == project_id,
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        )
        .order_by(Invitation.id.desc())
    )
    return [invitation for invitation in session.scalars(query) if _is_open(invitation)]


def revoke(session: Session, *, actor: Member, invitation_id: int) -> None:
    """Take an invitation back. One that has ended stays as it is.

    Raises: Forbidden (no owner, or the project is archived), NotFound (no such invitation here).
    """
    lock_project_for(session, actor, Act.MANAGE)
    query = select(Invitation).where(
        Invitation.id == invitation_id, Invitation.project_id == actor.project_id
    )
    invitation = session.scalar(query.execution_options(populate_existing=True))
    if invitation is None:
        raise NotFound
    if _is_open(invitation):
        _revoke(session, invitation, actor)


def revoke_made_by(session: Session, *, actor: Member, account_id: int) -> None:
    """Take back what someone made who is no owner any more: they may not let anyone in."""
    for invitation in list_open(session, actor.project_id):
        if invitation.account_id == account_id:
            _revoke(session, invitation, actor)


def find(session: Session, token: str) -> Invitation:
    """Return the invitation of a token.

    Raises: NotFound (UNUSABLE: unknown, ended, or into an archived project; nobody learns which).
    """
    invitation = _get(session, token)
    if not _is_open(invitation):
        raise NotFound(UNUSABLE)
    return invitation


def find_member(session: Session, *, account_id: int, token: str) -> Member | None:
    """Return an account's membership of the project of an invitation, also of an ended one."""
    query = (
        select(Member)
        .join(Invitation, Invitation.project_id == Member.project_id)
        .where(Invitation.token_hash == hash_token(token), Member.account_id == account_id)
    )
    return session.scalar(query)


def join(session: Session, *, account_id: int, token: str) -> Member:
    """Let an account into the project of an invitation. Who is in it stays as they are.

    Asked twice, also by a link for one, it is done once. The project's row is locked and the
    invitation looked at again, so that of two who come at once by a link for one, one gets in. Who
    was removed, or was given another role, needs a link that was made since: else they would take
    their old role back by leaving.

    Raises: NotFound (UNUSABLE).
    """
    project_id = _get(session, token).project_id
    lock_project(session, project_id)
    member = session.get(Member, (project_id, account_id), populate_existing=True)
    if member is not None:
        return member
    invitation = find(session, token)
    if _was_decided_since(session, invitation, account_id):
        raise NotFound(UNUSABLE)
    invitation.uses += 1
    session.flush()
    member = add_member(
        session,
        project_id=project_id,
        account_id=account_id,
        role=invitation.role,
        actor_id=account_id,
    )
    record(session, member, USED, invitation.subject, after=_snapshot(invitation))
    return member


def _get(session: Session, token: str) -> Invitation:
    query = select(Invitation).where(Invitation.token_hash == hash_token(token))
    invitation = session.scalar(query.execution_options(populate_existing=True))
    if invitation is None:
        raise NotFound(UNUSABLE)
    return invitation


def _is_open(invitation: Invitation) -> bool:
    return (
        invitation.revoked_at is None
        and invitation.expires_at > now()
        and (invitation.max_uses is None or invitation.uses < invitation.max_uses)
        and invitation.project.archived_at is None
    )


def _was_decided_since(session: Session, invitation: Invitation, account_id: int) -> bool:
    """Say whether an owner removed the account, or gave it another role, after the invitation."""
    decisions = session.scalars(
        select(Event.before).where(
            Event.project_id == invitation.project_id,
            Event.kind.in_((REMOVED, ROLE_CHANGED)),
            Event.at > invitation.made_at,
        )
    )
    return any(before is not None and before["account"] == account_id for before in decisions)


def _revoke(session: Session, invitation: Invitation, actor: Member) -> None:
    invitation.revoked_at = now()
    session.flush()
    record(session, actor, REVOKED, invitation.subject, after=_snapshot(invitation))


def _snapshot(invitation: Invitation) -> Snapshot:
    return {"invitation": invitation.id, "role": invitation.role_name}
