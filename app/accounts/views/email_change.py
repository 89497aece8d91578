"""Changing one's own address: confirmed by the password, and by a link where mail can be sent."""

from threading import Thread
from typing import cast

from flask import Flask, current_app, flash
from flask.typing import ResponseReturnValue

from app.accounts.forms import EmailForm
from app.accounts.models import Account
from app.accounts.service import accounts, addresses
from app.accounts.views.audit import EMAIL_CHANGED, audit
from app.accounts.views.current_account import current_account
from app.accounts.views.my_account import (
    NOT_PRESENT,
    TRIES_FOR_ADDRESS,
    WINDOW,
    check_present,
    show_account_error,
)
from app.config import Config
from app.core.errors import Invalid, TooMany
from app.core.throttle import count_attempt
from app.frozen import frozen
from app.integrations.mail import MailServer, describe_failure, send_mail
from app.web.responses import render, see_other
from app.web.session import get_database, get_session
from app.web.signing import read_signed, sign
from app.web.view_marks import hashes_passwords

MAILS = 3  # within WINDOW, of one account and to one address
PURPOSE = "email change"

SENT = (
    "A link is on its way to {email}, if no other account has that address. Open it within {hours}"
    " hours, in a browser in which you are signed in. Until then your address stays as it is."
)
CHANGED = "Your address is changed, and your other sessions have ended."
CONFIRM = """Hello {name},

somebody, you perhaps, wants to sign in to Gloss with this address instead of
{before}. This link confirms it within {hours} hours, where you are signed in:

{link}

If it was not you, do nothing.
"""
NOTICE = """Hello {name},

your account of Gloss has another address now: {after}. You can no longer sign in with this one.

If it was not you, tell whoever runs the server at once.
"""


@frozen
class ConfirmPage:
    """The way to a new address, as whoever follows the link sees it."""

    token: str
    before: str
    after: str


@hashes_passwords
def ask() -> ResponseReturnValue:
    """Change the address at once, or send a link to the new one where mail can be sent."""
    form = EmailForm()
    me = current_account()
    session = get_session()
    server = _mail_server()
    try:
        count_attempt(session, what=f"password:{me.id}", limit=TRIES_FOR_ADDRESS, window=WINDOW)
        account = accounts.get(session, me.id)
        session.commit()  # the count stands, and nobody waits for the database while we hash
        check_present(form.present.data or "", account.password_hash)
        email = addresses.clean_new(account, form.email.data or "")
        _require_still(account)
        if server is None:
            _change(me.id, email, me.session_id)
            session.commit()
            flash(CHANGED)
            return see_other("accounts.account", _anchor="address")
        count_attempt(session, what=f"email-change:{me.id}", limit=MAILS, window=WINDOW)
        count_attempt(session, what=f"email-change-to:{email}", limit=MAILS, window=WINDOW)
    except (Invalid, TooMany) as error:
        return show_account_error(error, email_form=form)
    session.commit()
    token = sign(list(addresses.plan(account, email)), purpose=PURPOSE)
    text = CONFIRM.format(
        name=me.name, before=me.email, hours=addresses.HOURS, link=_link_address(token)
    )
    # All that differs for an address that is taken happens after the answer.
    _start_sending(server, email, "Your new address for Gloss", text, unless_taken=True)
    flash(SENT.format(email=email, hours=addresses.HOURS))
    return see_other("accounts.account", _anchor="address")


def confirm(token: str) -> ResponseReturnValue:
    change = _find(token)
    page = ConfirmPage(token=token, before=change.before, after=change.after)
    return render("accounts/email_change.html", page)


def use(token: str) -> ResponseReturnValue:
    me = current_account()
    session = get_session()
    accounts.lock_account(session, me.id)
    change = _find(token)
    _change(me.id, change.after, me.session_id)
    session.commit()
    server = _mail_server()
    if server is not None:
        text = NOTICE.format(name=me.name, after=change.after)
        _start_sending(server, change.before, "Your address for Gloss is changed", text)
    flash(CHANGED)
    return see_other("accounts.account", _anchor="address")


def _require_still(account: Account) -> None:
    """Refuse a password that was changed while it was checked.

    Raises: Invalid.
    """
    if not accounts.has_password(get_session(), account):
        raise Invalid("present", NOT_PRESENT)


def _find(token: str) -> addresses.AddressChange:
    planned = read_signed(token, purpose=PURPOSE)
    return addresses.find(get_session(), current_account().id, planned)


def _change(account_id: int, email: str, session_id: int) -> None:
    session = get_session()
    addresses.change_email(session, account_id=account_id, email=email, keep_session_id=session_id)
    audit(session, account_id, EMAIL_CHANGED)


def _link_address(token: str) -> str:
    """Return the whole address of a link: it stands on the settings, never on a request."""
    config: Config = current_app.config["GLOSS"]
    path = current_app.url_map.bind("").build("email_change.confirm", {"token": token})
    return config.permalink_base + path


def _mail_server() -> MailServer | None:
    config: Config = current_app.config["GLOSS"]
    return config.mail_server


def _start_sending(
    server: MailServer, to: str, subject: str, text: str, *, unless_taken: bool = False
) -> None:
    app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001  (the proxy ends with the request)
    arguments = (app, server, to, subject, text)
    Thread(target=_send, args=(*arguments, unless_taken), daemon=True).start()


def _send(  # noqa: PLR0917  (a thread has no keywords of its own)
    app: Flask,
    server: MailServer,
    to: str,
    subject: str,
    text: str,
    unless_taken: bool,  # noqa: FBT001  (the same)
) -> None:
    with app.app_context():
        try:
            if unless_taken:
                with get_database().session() as session:
                    if accounts.find_by_email(session, to) is not None:
                        return
            send_mail(server, to=to, subject=subject, text=text)
        except Exception as error:  # noqa: BLE001  (nobody waits for this thread, so it says it here)
            what = describe_failure(error)
            app.logger.error("an email about a new address was not sent: %s", what)  # noqa: TRY400  (a traceback ends with the error's words)
