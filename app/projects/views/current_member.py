"""Which project is asked for, and as whom; and the projects that stand in every masthead."""

from collections.abc import Mapping

from flask import Flask, session

from app.accounts.views.current_account import current_account, is_signed_in
from app.projects.models import Member
from app.projects.roles import Act, require
from app.projects.service import members, projects
from app.web.responses import add_layout_context, wants_fragment
from app.web.session import get_session

LAST_USED = "project"


def current_member(slug: str, act: Act = Act.READ) -> Member:
    """Return the membership of who is asking in the project of a URL, which is now the last used.

    Raises: NotFound (not a member), Forbidden (the role does not allow the act, or the project is
    archived).
    """
    member = members.member_of(get_session(), slug=slug, account_id=current_account().id)
    if session.get(LAST_USED) != slug and not wants_fragment():
        session[LAST_USED] = slug
    require(member, act)
    return member


def last_used() -> str:
    """Return the slug of the project that this browser used last, "" where there is none."""
    return str(session.get(LAST_USED, ""))


def _frame() -> Mapping[str, object]:
    if not is_signed_in():
        return {}
    return {"projects": projects.list_mine(get_session(), current_account().id)}


def register(app: Flask) -> None:
    """Give every whole page the projects to switch between."""
    add_layout_context(app, _frame)
