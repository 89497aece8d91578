"""Making invitations and taking them back."""

from flask import flash, request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from app.core.errors import Conflict, Invalid
from app.people import pages
from app.people.views.members import MADE_LINK, refuse
from app.projects.roles import Act
from app.projects.service import invitations
from app.projects.views.current_member import current_member
from app.web.responses import see_other
from app.web.session import get_session

ONE, MANY = "one", "many"  # whom an invitation is for, as the form says it
UNCLEAR = "Choose whether the invitation is for one person or for any number of people."


def invite(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.MANAGE)
    session = get_session()
    form = pages.InvitationForm(
        role=request.form.get("role", ""),
        days=request.form.get("days", ""),
        is_for_one=request.form.get("for") != MANY,
    )
    if request.form.get("for") not in {ONE, MANY}:
        return refuse(slug, Invalid("for", UNCLEAR), form)
    try:
        invitation, token = invitations.make(
            session, actor=member, role=form.role, days=form.days, is_for_one=form.is_for_one
        )
    except (Invalid, Conflict) as error:
        return refuse(slug, error, form)
    session.commit()
    cookie[MADE_LINK] = [invitation.id, token]
    return see_other("members.people", slug=slug)


def revoke_invitation(slug: str, invitation_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.MANAGE)
    session = get_session()
    invitations.revoke(session, actor=member, invitation_id=invitation_id)
    session.commit()
    flash("The invitation is revoked: its link lets nobody in any more.")
    return see_other("members.people", slug=slug, _anchor="invite")
