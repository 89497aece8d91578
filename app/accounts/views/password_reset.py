"""Setting a new password by a link."""

from flask import current_app, flash, redirect
from flask.typing import ResponseReturnValue

from app.accounts.forms import NewPasswordForm
from app.accounts.passwords import hash_password
from app.accounts.service import accounts, reset_tokens
from app.accounts.views.audit import PASSWORD_RESET, SignInMethod, audit, sign_in
from app.accounts.views.current_account import begin_session
from app.config import Config
from app.core.errors import Invalid
from app.frozen import frozen
from app.web.access import public
from app.web.link_throttle import counting_wrong_links
from app.web.responses import render
from app.web.session import get_session
from app.web.view_marks import hashes_passwords


@frozen
class ResetPage:
    """A link that sets a password, as who holds it sees it."""

    token: str
    name: str
    email: str
    form: NewPasswordForm


def reset_address(token: str) -> str:
    """Return the whole address of a link: it stands on the settings, never on a request."""
    config: Config = current_app.config["GLOSS"]
    path = current_app.url_map.bind("").build("password_reset.reset", {"token": token})
    return config.permalink_base + path


@public
def reset(token: str) -> ResponseReturnValue:
    return _page(token, NewPasswordForm(formdata=None))


@public
@hashes_passwords
def set_password(token: str) -> ResponseReturnValue:
    session = get_session()
    with counting_wrong_links():
        reset_tokens.find(session, token)
    form = NewPasswordForm()
    password = form.password.data or ""
    try:
        accounts.check_password(password)
    except Invalid as error:
        form.password.errors = [error.message]
        return _page(token, form, error.status)
    session.rollback()  # nobody waits for the database while we hash
    password_hash = hash_password(password)
    with counting_wrong_links():
        account_id = reset_tokens.use(session, token=token, password_hash=password_hash)
    audit(session, account_id, PASSWORD_RESET)
    signed_in = sign_in(session, account_id, SignInMethod.RESET_LINK)
    session.commit()
    begin_session(signed_in)
    flash("Your password is changed, and your other sessions have ended.")
    return redirect("/", code=303)


def _page(token: str, form: NewPasswordForm, status: int = 200) -> ResponseReturnValue:
    with counting_wrong_links():
        account = reset_tokens.find(get_session(), token).account
    page = ResetPage(token=token, name=account.name, email=account.email, form=form)
    return render("accounts/password_reset.html", page, status)
