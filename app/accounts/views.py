"""Signing in and out, and one's own account."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import service
from app.accounts.current import (
    SIGN_UP,
    begin_session,
    current_account,
    end_session,
    is_signed_in,
)
from app.accounts.forms import KeysForm, NameForm, PasswordForm, SignInForm
from app.accounts.passwords import hash_password, verify_password
from app.core.access import public
from app.core.errors import GlossError, Invalid, TooMany
from app.core.pages import render, safe_next, see_other
from app.core.requests import get_session
from app.core.throttle import count_attempt, forget_attempts

blueprint = Blueprint("accounts", __name__)

WINDOW = timedelta(minutes=15)
TRIES_FOR_ADDRESS = 10
TRIES_FROM_HOST = 300

NO_MATCH = "The email and the password do not fit together. Check both and try again."


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Sign in. `problem` is "" or says what to mend."""

    form: SignInForm
    problem: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One's own account: each form with what is to mend in it."""

    name_form: NameForm
    keys_form: KeysForm
    password_form: PasswordForm


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if is_signed_in():
        return redirect("/")
    if not service.has_accounts(get_session()):
        return redirect(url_for(SIGN_UP))
    form = SignInForm(data={"next": safe_next(request.args.get("next"), "/")})
    return render("accounts/sign_in.html", SignInPage(form, ""))


@blueprint.post("/sign-in")
@public
def begin() -> ResponseReturnValue:
    form = SignInForm()
    email, password = form.email.data or "", form.password.data or ""
    session = get_session()
    host = f"sign-in-from:{request.remote_addr}"
    key = f"{host}:{email.strip().casefold()}"
    try:
        count_attempt(session, what=key, limit=TRIES_FOR_ADDRESS, window=WINDOW)
        count_attempt(session, what=host, limit=TRIES_FROM_HOST, window=WINDOW)
    except TooMany as error:
        return render("accounts/sign_in.html", SignInPage(form, error.message), error.status)
    account = service.find_by_email(session, email)
    session.commit()  # the count stands, and nobody waits for the database while we hash
    if not verify_password(password, account.password_hash if account else None) or not account:
        return render("accounts/sign_in.html", SignInPage(form, NO_MATCH), Invalid.status)
    token = service.sign_in(session, account_id=account.id)
    forget_attempts(session, what=key)
    session.commit()
    begin_session(token)
    return redirect(safe_next(form.next.data, "/"), code=303)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    session = get_session()
    service.sign_out(session, session_id=current_account().session_id)
    session.commit()
    end_session()
    return see_other("accounts.sign_in")


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    return _account_page()


@blueprint.post("/account/name")
def change_name() -> ResponseReturnValue:
    form = NameForm()
    session = get_session()
    try:
        service.change_name(session, account_id=current_account().id, name=form.name.data or "")
    except Invalid as error:
        return _mend(error, name_form=form)
    session.commit()
    flash("Your name is changed.")
    return see_other("accounts.account")


@blueprint.post("/account/keys")
def change_keys() -> ResponseReturnValue:
    form = KeysForm()
    session = get_session()
    service.change_letter_keys(
        session, account_id=current_account().id, letter_keys=bool(form.letter_keys.data)
    )
    session.commit()
    flash("Your keys are changed.")
    return see_other("accounts.account")


@blueprint.post("/account/password")
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    me = current_account()
    session = get_session()
    try:
        count_attempt(session, what=f"password:{me.id}", limit=TRIES_FOR_ADDRESS, window=WINDOW)
        present_hash = service.get(session, me.id).password_hash
        session.commit()
        _check_present(form.present.data or "", present_hash)
        service.check_password(form.password.data or "")
    except (Invalid, TooMany) as error:
        return _mend(error, password_form=form)
    password_hash = hash_password(form.password.data or "")
    service.change_password(
        session, account_id=me.id, password_hash=password_hash, keep_session_id=me.session_id
    )
    forget_attempts(session, what=f"password:{me.id}")
    session.commit()
    flash("Your password is changed, and your other sessions have ended.")
    return see_other("accounts.account")


def _check_present(password: str, present_hash: str) -> None:
    if not verify_password(password, present_hash):
        raise Invalid("present", "This is not your present password. Type it again.")


def _account_page(status: int = 200, **forms: Any) -> ResponseReturnValue:  # noqa: ANN401  (forms have no types)
    me = current_account()
    page = AccountPage(
        name_form=forms.get("name_form") or NameForm(formdata=None, data={"name": me.name}),
        keys_form=KeysForm(formdata=None, data={"letter_keys": me.letter_keys}),
        password_form=forms.get("password_form") or PasswordForm(formdata=None),
    )
    return render("accounts/account.html", page, status)


def _mend(error: GlossError, **forms: Any) -> ResponseReturnValue:  # noqa: ANN401  (forms have no types)
    """Show the account page again with the error at its field."""
    for form in forms.values():
        name = getattr(error, "field", "") or "present"
        form[name].errors = [error.message]
    return _account_page(error.status, **forms)
