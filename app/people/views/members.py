"""The people of a project: who is in it, in which role, and who leaves."""

from collections.abc import Sequence

from flask import current_app, flash, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from app.accounts.views.password_reset import reset_address
from app.assignments.queries.visibility import can_see_all
from app.core.errors import Conflict, GlossError, Invalid, NotFound
from app.people import pages, queries
from app.projects.models import Member
from app.projects.roles import Act, may
from app.projects.service import invitations, members, reset_links
from app.projects.service import memberships as changes
from app.projects.views.current_member import current_member
from app.web.responses import render, see_other
from app.web.session import get_session, reopen_for_reading

# In the cookie, from the making of a link to the next page.
MADE_LINK = "made_link"
MADE_RESET = "made_reset"


def people(slug: str) -> ResponseReturnValue:
    return people_page(current_member(slug))


def change_role(slug: str, account_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.MANAGE)
    session = get_session()
    role, seen = request.form.get("role", ""), request.form.get("role_seen")
    try:
        changed = changes.change_role(
            session, actor=member, account_id=account_id, role=role, seen=seen
        )
    except (Invalid, Conflict, NotFound) as error:
        return refuse(slug, error)
    session.commit()
    flash(f"{changed.account.name} is here as {changed.role} now.")
    return see_other("members.people", slug=slug)


def remove(slug: str, account_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.MANAGE)
    session = get_session()
    try:
        removed = changes.remove(session, actor=member, account_id=account_id)
    except (Conflict, NotFound) as error:
        return refuse(slug, error)
    session.commit()
    flash(f"{removed.account.name} is no longer in this project.")
    if removed.account_id == member.account_id:
        return see_other("people.projects")
    return see_other("members.people", slug=slug)


def leave(slug: str) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    try:
        changes.leave(session, actor=member)
    except Conflict as error:
        return refuse(slug, error)
    session.commit()
    flash(f"You have left “{member.project.name}”.")
    return see_other("people.projects")


def refuse(
    slug: str, error: GlossError, form: pages.InvitationForm | None = None
) -> ResponseReturnValue:
    """Show the people as they are now, and why nothing was changed.

    Raises: NotFound (who asks is no member any more either).
    """
    reopen_for_reading()
    return people_page(current_member(slug), error, form)


def people_page(
    member: Member, error: GlossError | None = None, form: pages.InvitationForm | None = None
) -> ResponseReturnValue:
    """Show the people of a project, and the link of an invitation that was just made."""
    session = get_session()
    may_invite = may(member, Act.MANAGE)
    here = members.list_members(session, member.project_id)
    page = pages.people_page(
        member,
        here,
        queries.list_taggers(session, member),
        invitations.list_open(session, member.project_id) if may_invite else [],
        form=form or pages.InvitationForm(),
        made=_take_link() if may_invite else None,
        helped=reset_links.list_helped(session, member) if may_invite else [],
        reset=_take_reset(here) if may_invite else None,
        leaves_out=not can_see_all(session, member),
        problem=error.message if error else "",
    )
    return render("people/people.html", page, error.status if error else 200)


def _take_link() -> tuple[int, str] | None:
    """Return the invitation that this browser just made, once, with its address."""
    made = cookie.pop(MADE_LINK, None)
    if made is None:
        return None
    invitation_id, token = made
    base = current_app.config["GLOSS"].permalink_base
    return invitation_id, base + url_for("join.invitation", token=token)


def _take_reset(here: Sequence[Member]) -> pages.MadeReset | None:
    """Return the link that this browser just made for somebody here, once, with its address."""
    made = cookie.pop(MADE_RESET, None)
    if made is None:
        return None
    account_id, token = made
    names = [each.account.name for each in here if each.account_id == account_id]
    return pages.MadeReset(names[0], reset_address(token)) if names else None
