"""The people of a project: who is in it, in which role, and who leaves."""

from flask import flash, request
from flask.typing import ResponseReturnValue

from app.core.errors import Conflict, GlossError, Invalid
from app.core.pages import render, see_other
from app.core.requests import get_session, reopen_for_reading
from app.people import pages, queries
from app.people.views import blueprint
from app.projects import members
from app.projects.current import current_member
from app.projects.models import Member
from app.projects.roles import Act

PERSON = "/projects/<slug>/people/<int:account_id>"


@blueprint.get("/projects/<slug>/people")
def people(slug: str) -> ResponseReturnValue:
    return _people_page(current_member(slug))


@blueprint.post(f"{PERSON}/role")
def change_role(slug: str, account_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.MANAGE)
    session = get_session()
    role = request.form.get("role", "")
    try:
        changed = members.change_role(session, actor=member, account_id=account_id, role=role)
    except (Invalid, Conflict) as error:
        return _refuse(slug, error)
    session.commit()
    flash(f"{changed.account.name} is here as {changed.role} now.")
    return see_other("people.people", slug=slug)


@blueprint.post(f"{PERSON}/remove")
def remove(slug: str, account_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.MANAGE)
    session = get_session()
    try:
        removed = members.remove(session, actor=member, account_id=account_id)
    except Conflict as error:
        return _refuse(slug, error)
    session.commit()
    flash(f"{removed.account.name} is no longer in this project.")
    if removed.account_id == member.account_id:
        return see_other("people.projects")
    return see_other("people.people", slug=slug)


@blueprint.post("/projects/<slug>/leave")
def leave(slug: str) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    try:
        members.leave(session, actor=member)
    except Conflict as error:
        return _refuse(slug, error)
    session.commit()
    flash(f"You have left “{member.project.name}”.")
    return see_other("people.projects")


def _refuse(slug: str, error: GlossError) -> ResponseReturnValue:
    """Show the people as they are now, and why nothing was changed."""
    reopen_for_reading()
    return _people_page(current_member(slug), error)


def _people_page(member: Member, error: GlossError | None = None) -> ResponseReturnValue:
    session = get_session()
    page = pages.people_page(
        member,
        members.list_members(session, member.project_id),
        queries.list_taggers(session, member.project_id),
        error.message if error else "",
    )
    return render("people/people.html", page, error.status if error else 200)
