"""One's API tokens: making, naming, limiting and revoking them."""

from flask import flash, request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from app.accounts.service import api_tokens
from app.accounts.views.current_account import current_account
from app.api.pages.tokens import TokenForm, tokens_page
from app.core.errors import Conflict, Invalid, NotFound
from app.projects.service import members, projects, token_audit
from app.web.responses import render, see_other
from app.web.session import get_session, reopen_for_reading

MADE = "made_token"  # in the cookie, from the making of a token to the next page
PROJECTS_OFFERED = 500
NOT_IN_PROJECT = "You are not in that project any more. Choose another."


def tokens() -> ResponseReturnValue:
    return _page(TokenForm(), made=_take_made())


def make() -> ResponseReturnValue:
    session = get_session()
    me = current_account()
    names = ("name", "scope", "project", "ends", "day")
    form = TokenForm(**{name: request.form.get(name, "") for name in names})
    try:
        token, secret = api_tokens.make(
            session,
            account_id=me.id,
            name=form.name,
            scope=form.scope,
            project_id=_project_id(form.project),
            ends=form.ends,
            day=form.day,
        )
    except (Invalid, Conflict) as error:
        reopen_for_reading()
        return _page(form, error)
    token_audit.record_token(session, token, token_audit.MADE)
    session.commit()
    cookie[MADE] = [token.id, secret]
    return see_other("api_tokens.tokens")


def revoke(token_id: int) -> ResponseReturnValue:
    session = get_session()
    token = api_tokens.revoke(session, account_id=current_account().id, token_id=token_id)
    if token is not None:
        token_audit.record_token(session, token, token_audit.REVOKED)
    session.commit()
    flash("The token is revoked: it no longer works.")
    return see_other("api_tokens.tokens")


def _project_id(slug: str) -> int | None:
    """Return the id of the project that a form names, None for all.

    Raises: Invalid (the account is not in it).
    """
    if not slug:
        return None
    try:
        member = members.member_of(get_session(), slug=slug, account_id=current_account().id)
    except NotFound:
        raise Invalid("project", NOT_IN_PROJECT) from None
    return member.project_id


def _page(
    form: TokenForm,
    error: Invalid | Conflict | None = None,
    made: tuple[int, str] | None = None,
) -> ResponseReturnValue:
    session = get_session()
    me = current_account()
    page = tokens_page(
        api_tokens.list_kept(session, me.id),
        projects.list_mine(session, me.id, offset=0, limit=PROJECTS_OFFERED),
        form=form,
        made=made,
        problem=error.message if error else "",
        field=getattr(error, "field", ""),
    )
    return render("api/tokens.html", page, error.status if error else 200)


def _take_made() -> tuple[int, str] | None:
    """Return the token that this browser just made, once, with its secret."""
    made = cookie.pop(MADE, None)
    return None if made is None else (made[0], made[1])
