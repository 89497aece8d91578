"""Coming in by an invitation: with an account, or with a new one."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.forms import SignUpForm
from app.accounts.views.audit import SignInMethod, sign_in
from app.accounts.views.current_account import (
    begin_session,
    current_account,
    is_signed_in,
    provider_name,
)
from app.core.errors import GlossError, Invalid, NotFound, TooMany
from app.frozen import frozen
from app.projects.models import Invitation, Member
from app.projects.roles import Role
from app.projects.service import invitations
from app.signup.views.create_account import count_sign_up, make_account
from app.web.access import public
from app.web.error_pages import answer
from app.web.link_throttle import counting_wrong_links
from app.web.responses import render, see_other
from app.web.session import get_session
from app.web.view_marks import hashes_passwords


@frozen
class InvitationPage:
    """An invitation, as who holds its link sees it and is not in the project."""

    token: str
    project: str
    role: Role
    inviter: str
    form: SignUpForm
    problem: str
    provider: str


@public
def invitation(token: str) -> ResponseReturnValue:
    session = get_session()
    if is_signed_in():
        mine = invitations.find_member(session, account_id=current_account().id, token=token)
        if mine is not None:  # they may have come by this very link, which is used up by that
            return welcome(mine)
    try:
        with counting_wrong_links():
            found = invitations.find(session, token)
    except NotFound as error:
        return answer(error.status, error.title, error.message, wanted=request.path)
    return _page(token, found, SignUpForm(formdata=None))


def join(token: str) -> ResponseReturnValue:
    session = get_session()
    with counting_wrong_links():
        member = invitations.join(session, account_id=current_account().id, token=token)
    session.commit()
    return welcome(member)


@public
@hashes_passwords
def sign_up_invited(token: str) -> ResponseReturnValue:
    """Create an account that joins the project of the invitation, and no other."""
    session = get_session()
    with counting_wrong_links():
        found = invitations.find(session, token)
    if is_signed_in():
        return see_other("join.invitation", token=token)
    form = SignUpForm()
    try:
        count_sign_up(session)
        account = make_account(session, form)
    except Invalid as error:
        form[error.field].errors = [error.message]
        return _page(token, found, form, status=error.status)
    except TooMany as error:
        return _page(token, found, form, error)
    member = invitations.join(session, account_id=account.id, token=token)
    signed_in = sign_in(session, account.id, SignInMethod.INVITATION)
    session.commit()
    begin_session(signed_in)
    return welcome(member)


def welcome(member: Member) -> ResponseReturnValue:
    """Lead a member to the articles of the project, new in it or not."""
    flash(f"You are in “{member.project.name}” as {member.role}.")
    return redirect(url_for("article_list.article_list", slug=member.project.slug), code=303)


def _page(
    token: str,
    found: Invitation,
    form: SignUpForm,
    error: GlossError | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = InvitationPage(
        token=token,
        project=found.project.name,
        role=found.role,
        inviter=found.inviter.name,
        form=form,
        problem=error.message if error else "",
        provider=provider_name(),
    )
    return render("signup/invitation.html", page, error.status if error else status)
