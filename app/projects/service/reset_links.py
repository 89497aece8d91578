"""Which members an owner may help back in by a link that sets a password, and making it."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.accounts.service import reset_tokens
from app.core.errors import Forbidden
from app.events.service import record
from app.projects.models import Member
from app.projects.roles import Act, Role
from app.projects.service.members import lock_project_for, refresh

MADE = "reset_link.made"

NOT_YOURS = (
    "You can make such a link only for someone whose every project you own, and who owns none. "
    "Ask whoever runs this server to make it."
)


def list_helped(session: Session, actor: Member) -> list[Member]:
    """Return the members of the actor's project for whom they may make a link, by name.

    Those whose every project, archived ones too, the actor owns, and who own none themselves.
    Whoever has such a link has the account and all that it may do: an owner must gain nothing by
    it that they do not have already.
    """
    theirs, mine = aliased(Member), aliased(Member)
    is_owned_by_actor = (
        select(mine.account_id)
        .where(
            mine.project_id == theirs.project_id,
            mine.account_id == actor.account_id,
            mine.role_name == Role.OWNER.value,
        )
        .exists()
    )
    out_of_reach = (
        select(theirs.account_id)
        .where(
            theirs.account_id == Member.account_id,
            (theirs.role_name == Role.OWNER.value) | ~is_owned_by_actor,
        )
        .exists()
    )
    query = select(Member).where(Member.project_id == actor.project_id, ~out_of_reach)
    return sorted(session.scalars(query), key=lambda member: member.account.name.casefold())


def make(session: Session, *, actor: Member, account_id: int) -> str:
    """Make a link that sets the password of a member; return its token, which is not kept.

    Raises: Forbidden (the actor is no owner, or the project is archived, or NOT_YOURS), NotFound
    (no such member), Conflict (there are too many for the account).
    """
    lock_project_for(session, actor, Act.MANAGE)
    member = refresh(session, project_id=actor.project_id, account_id=account_id)
    # The event comes first: from it to the commit nobody else records one, so that no membership
    # changes unseen. Such a change takes the link back after its own event.
    record(session, actor, MADE, member.subject, after={"account": account_id})
    if member not in list_helped(session, actor):
        raise Forbidden(NOT_YOURS)
    return reset_tokens.make(session, account_id=account_id, made_by_id=actor.account_id)
