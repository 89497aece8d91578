"""Helping a member back in: a link that sets a new password."""

from flask import request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from app.core.errors import Conflict, Forbidden, NotFound
from app.people.views.members import MADE_RESET, refuse
from app.projects.roles import Act
from app.projects.service import reset_links
from app.projects.service.memberships import GONE
from app.projects.views.current_member import current_member
from app.web.responses import read_number, see_other
from app.web.session import get_session


def make_reset_link(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.MANAGE)
    session = get_session()
    account_id = read_number(request.form.get("account"))
    if account_id is None:
        raise NotFound
    try:
        token = reset_links.make(session, actor=member, account_id=account_id)
    except NotFound:
        return refuse(slug, NotFound(GONE))
    except (Conflict, Forbidden) as error:
        return refuse(slug, error)
    session.commit()
    cookie[MADE_RESET] = [account_id, token]
    return see_other("members.people", slug=slug)
