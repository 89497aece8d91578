"""Signing in and out, and one's own account."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.avatars import Colour
from app.accounts.forms import DigestForm, EmailForm, KeysForm, NameForm, PasswordForm, SignInForm
from app.accounts.models import NO_PASSWORD
from app.accounts.passwords import hash_password, verify_password
from app.accounts.service import accounts, identities
from app.accounts.views.audit import (
    PASSWORD_CHANGED,
    RENAMED,
    SESSIONS_ENDED,
    SignInMethod,
    audit,
    audit_refusal,
)
from app.accounts.views.audit import end_session as end_audited
from app.accounts.views.audit import sign_in as begin_audited
from app.accounts.views.current_account import (
    SIGN_UP,
    CurrentAccount,
    begin_session,
    current_account,
    end_session,
    is_signed_in,
    provider_name,
)
from app.config import Config
from app.core.errors import Forbidden, GlossError, Invalid, TooMany
from app.core.throttle import count_attempt, forget_attempts, network_of
from app.frozen import frozen
from app.integrations.email_addresses import address_key
from app.web.access import public
from app.web.responses import render, safe_next, see_other, wants_fragment
from app.web.session import get_session, reopen_for_reading
from app.web.view_marks import hashes_passwords

WINDOW = timedelta(minutes=15)
TRIES_FOR_ADDRESS = 10
TRIES_FROM_HOST = 300
TRIES_ANYWHERE = 100  # for one address, from many hosts that each stay under their own limit
WINDOW_ANYWHERE = timedelta(hours=1)

NOT_PRESENT = "This is not your current password. Type it again."
NO_MATCH = "The email address and the password do not match. Check both and try again."


@frozen
class SignInPage:
    """Sign in. `problem` is "" or says what to correct.

    `provider` is the name of the organisation's own, "" where there is none; `invitation` the token
    of one by which somebody came to it, else "".
    """

    form: SignInForm
    problem: str
    provider: str
    invitation: str = ""


@frozen
class SessionLine:
    """A session in the list; `browser` is "" where it is not known."""

    id: int
    browser: str
    made_at: datetime
    seen_at: datetime
    is_this: bool


@frozen
class AccountPage:
    """One's own account: each form with what is wrong in it, and the sessions, this one first.

    `provider` is the name of the provider by which one signs in, "" where one does not;
    `sends_mail` says whether the server can send a digest, or a link.
    """

    name_form: NameForm
    email_form: EmailForm
    keys_form: KeysForm
    digest_form: DigestForm
    sends_mail: bool
    password_form: PasswordForm
    has_password: bool
    provider: str
    sessions: Sequence[SessionLine]
    colours: Sequence[str]
    colour_error: str


@public
def sign_in() -> ResponseReturnValue:
    if is_signed_in():
        return redirect("/")
    if not accounts.has_accounts(get_session()):
        return redirect(url_for(SIGN_UP))
    form = SignInForm(data={"next": safe_next(request.args.get("next"), "/")})
    return _sign_in_page(form)


@public
@hashes_passwords
def begin() -> ResponseReturnValue:
    form = SignInForm()
    email, password = form.email.data or "", form.password.data or ""
    session = get_session()
    host = f"sign-in-from:{network_of(request.remote_addr)}"
    key = f"{host}:{address_key(email)}"
    try:
        count_attempt(session, what=key, limit=TRIES_FOR_ADDRESS, window=WINDOW)
        count_attempt(session, what=host, limit=TRIES_FROM_HOST, window=WINDOW)
        # The same for an address without account. Not forgotten after a success, which may be that
        # of the person whom somebody else tries to be.
        everywhere = f"sign-in:{address_key(email)}"
        count_attempt(session, what=everywhere, limit=TRIES_ANYWHERE, window=WINDOW_ANYWHERE)
    except TooMany as error:
        return _sign_in_page(form, error)
    account = accounts.find_by_email(session, email)
    session.commit()  # the count stands, and nobody waits for the database while we hash
    is_right = verify_password(password, account.password_hash if account else None)
    if not is_right or account is None or not accounts.has_password(session, account):
        audit_refusal(session, email, account)
        session.commit()
        return _sign_in_page(form, Invalid("", NO_MATCH))
    try:
        token = begin_audited(session, account.id, SignInMethod.PASSWORD)
    except Forbidden as error:
        session.rollback()
        return _sign_in_page(form, error)
    forget_attempts(session, what=key)
    session.commit()
    begin_session(token)
    return redirect(safe_next(form.next.data, "/"), code=303)


def sign_in_page(error: GlossError, wanted: str, invitation: str) -> ResponseReturnValue:
    """Show the page to sign in, and why somebody could not come in by the provider."""
    return _sign_in_page(SignInForm(formdata=None, data={"next": wanted}), error, invitation)


def _sign_in_page(
    form: SignInForm, error: GlossError | None = None, invitation: str = ""
) -> ResponseReturnValue:
    page = SignInPage(form, error.message if error else "", provider_name(), invitation)
    return render("accounts/sign_in.html", page, error.status if error else 200)


def sign_out() -> ResponseReturnValue:
    session = get_session()
    end_audited(session)
    session.commit()
    end_session()
    return see_other("accounts.sign_in")


def account() -> ResponseReturnValue:
    return _account_page()


def change_name() -> ResponseReturnValue:
    form = NameForm()
    me = current_account()
    session = get_session()
    try:
        before = accounts.change_name(session, account_id=me.id, name=form.name.data or "")
    except Invalid as error:
        return show_account_error(error, name_form=form)
    after = accounts.get(session, me.id).name
    if after != before:
        audit(session, me.id, RENAMED, {"name": before}, name=after)
    session.commit()
    flash("Your name is changed.")
    return see_other("accounts.account")


def change_colour() -> ResponseReturnValue:
    session = get_session()
    colour = request.form.get("colour", "")
    try:
        accounts.change_colour(session, account_id=current_account().id, colour=colour)
    except Invalid as error:
        reopen_for_reading()
        return _account_page(error.status, colour_error=error.message)
    session.commit()
    flash("The colour of your initials is changed.")
    return see_other("accounts.account", _anchor="colour")


def change_keys() -> ResponseReturnValue:
    form = KeysForm()
    session = get_session()
    accounts.change_keys(
        session,
        account_id=current_account().id,
        letter_keys=bool(form.letter_keys.data),
        steps_on=bool(form.steps_on.data),
    )
    session.commit()
    flash("Your keys are changed.")
    return see_other("accounts.account")


def leave_guide() -> ResponseReturnValue:
    """Show a step of the first visit no more."""
    session = get_session()
    step = request.form.get("step", "")
    accounts.leave_guide(session, account_id=current_account().id, step=step)
    session.commit()
    if wants_fragment():
        return "", HTTPStatus.NO_CONTENT
    return redirect(safe_next(request.form.get("next"), "/"), code=HTTPStatus.SEE_OTHER)


def change_digest() -> ResponseReturnValue:
    form = DigestForm()
    session = get_session()
    accounts.change_digest(
        session, account_id=current_account().id, daily_digest=bool(form.daily_digest.data)
    )
    session.commit()
    flash("You get a daily digest." if form.daily_digest.data else "You get no digest.")
    return see_other("accounts.account", _anchor="digest")


@hashes_passwords
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    me = current_account()
    session = get_session()
    try:
        count_attempt(session, what=f"password:{me.id}", limit=TRIES_FOR_ADDRESS, window=WINDOW)
        account = accounts.get(session, me.id)
        session.commit()
        check_present(form.present.data or "", account.password_hash)
        accounts.check_password(form.password.data or "")
    except (Invalid, TooMany) as error:
        return show_account_error(error, password_form=form)
    password_hash = hash_password(form.password.data or "")
    if not accounts.has_password(session, account):
        return show_account_error(Invalid("present", NOT_PRESENT), password_form=form)
    accounts.change_password(
        session, account_id=me.id, password_hash=password_hash, keep_session_id=me.session_id
    )
    audit(session, me.id, PASSWORD_CHANGED)
    forget_attempts(session, what=f"password:{me.id}")
    session.commit()
    flash("Your password is changed, and your other sessions have ended.")
    return see_other("accounts.account")


def end_one_session(session_id: int) -> ResponseReturnValue:
    session = get_session()
    me = current_account()
    if accounts.end_session(session, account_id=me.id, session_id=session_id):
        audit(session, me.id, SESSIONS_ENDED, count=1)
    session.commit()
    flash("The session is ended: that browser is signed out.")
    return see_other("accounts.account", _anchor="sessions")


def end_other_sessions() -> ResponseReturnValue:
    me = current_account()
    session = get_session()
    count = accounts.end_other_sessions(session, account_id=me.id, keep_session_id=me.session_id)
    if count:
        audit(session, me.id, SESSIONS_ENDED, count=count)
    session.commit()
    flash(
        "Your other sessions are ended: you are signed in only here."
        if count
        else "There was no other session: you are signed in only here."
    )
    return see_other("accounts.account", _anchor="sessions")


def check_present(password: str, present_hash: str) -> None:
    """Do nothing if this is the current password.

    Raises: Invalid.
    """
    if not verify_password(password, present_hash):
        raise Invalid("present", NOT_PRESENT)


def _account_page(
    status: int = 200,
    *,
    colour_error: str = "",
    **forms: Any,  # noqa: ANN401  (forms have no types)
) -> ResponseReturnValue:
    me = current_account()
    session = get_session()
    account = accounts.get(session, me.id)
    config: Config = current_app.config["GLOSS"]
    page = AccountPage(
        name_form=forms.get("name_form") or NameForm(formdata=None, data={"name": me.name}),
        email_form=forms.get("email_form") or EmailForm(formdata=None),
        keys_form=KeysForm(
            formdata=None, data={"letter_keys": me.letter_keys, "steps_on": me.steps_on}
        ),
        digest_form=DigestForm(formdata=None, data={"daily_digest": account.daily_digest}),
        sends_mail=config.mail_server is not None,
        password_form=forms.get("password_form") or PasswordForm(formdata=None),
        has_password=account.password_hash != NO_PASSWORD,
        provider=provider_name() if identities.has_identity(session, me.id) else "",
        sessions=_session_lines(me),
        colours=list(Colour),
        colour_error=colour_error,
    )
    return render("accounts/account.html", page, status)


def _session_lines(me: CurrentAccount) -> list[SessionLine]:
    lines = [
        SessionLine(row.id, row.browser or "", row.made_at, row.seen_at, row.id == me.session_id)
        for row in accounts.list_sessions(get_session(), me.id)
    ]
    return sorted(lines, key=lambda line: not line.is_this)


def show_account_error(error: GlossError, **forms: Any) -> ResponseReturnValue:  # noqa: ANN401  (forms have no types)
    """Show the account page again with the error at its field."""
    for form in forms.values():
        name = getattr(error, "field", "") or "present"
        form[name].errors = [error.message]
    reopen_for_reading()
    return _account_page(error.status, **forms)
