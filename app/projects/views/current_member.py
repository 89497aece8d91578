"""Which project is asked for, and as whom; and the projects that stand in every masthead.

The projects that were used last are kept in the browser's signed cookie: no page has to write to
the database, and each browser has its own order.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from flask import Flask, session

from app.accounts.views.current_account import current_account, is_signed_in
from app.projects.models import Member
from app.projects.roles import Act, require
from app.projects.service import members
from app.projects.service import projects as service
from app.projects.service.projects import MyProject
from app.web.responses import add_layout_context, wants_fragment
from app.web.session import get_session

USED = "projects"  # slugs in the cookie, the one used last first
SWITCHED = 10  # projects in the masthead; the others are a link away
MEMBER = "gloss_member"  # in the `info` of a session: the membership that was found with who asks


def current_member(slug: str, act: Act = Act.READ) -> Member:
    """Return the membership of who is asking in the project of a URL, which is now the last used.

    Raises: NotFound (not a member), Forbidden (the role does not allow the act, or the project is
    archived).
    """
    account = current_account()
    member: Member | None = get_session().info.get(MEMBER)
    if member is None or (member.project.slug, member.account_id) != (slug, account.id):
        member = members.member_of(get_session(), slug=slug, account_id=account.id)
    if not wants_fragment() and last_used() != slug:
        session[USED] = _with_first(slug, _used())
    require(member, act)
    return member


def last_used() -> str:
    """Return the slug of the project that this browser used last, "" where there is none."""
    return next(iter(_used()), "")


def _used() -> list[str]:
    return list(session.get(USED, []))


def _frame() -> Mapping[str, object]:
    if not is_signed_in():
        return {}

    @cache
    def projects(slug: str = "") -> Sequence[MyProject]:
        account_id = current_account().id
        used = _with_first(slug, _used()) if slug else _used()
        return service.list_to_switch(get_session(), account_id, used, limit=SWITCHED)

    @cache
    def project_used() -> str:
        """Return the slug of the project used last, of those between which one can switch."""
        slugs = [project.slug for project in projects()]
        return next((slug for slug in [last_used(), *slugs] if slug in slugs), "")

    return {"projects": projects, "project_used": project_used}


def _with_first(slug: str, used: Sequence[str]) -> list[str]:
    return [slug, *(each for each in used if each != slug)][:SWITCHED]


def register(app: Flask) -> None:
    """Give every whole page the projects to switch between; that of a slug is among them."""
    add_layout_context(app, _frame)
