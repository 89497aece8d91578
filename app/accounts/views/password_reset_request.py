"""Asking for a link that sets a new password, by email where a mail server is configured."""

from datetime import timedelta
from threading import BoundedSemaphore, Thread
from typing import cast

from flask import Flask, current_app, flash, request
from flask.typing import ResponseReturnValue

from app.accounts.forms import ForgottenForm
from app.accounts.service import accounts, reset_tokens
from app.accounts.views.password_reset import reset_address
from app.config import Config
from app.core.errors import Forbidden, GlossError, Invalid, TooMany
from app.core.throttle import count_attempt, network_of
from app.frozen import frozen
from app.integrations.mail import MailServer, describe_failure, send_mail
from app.web.access import public
from app.web.responses import render, see_other
from app.web.session import get_database, get_session

WINDOW = timedelta(minutes=15)
MAILS_TO_ADDRESS = 3
MAILS_FROM_HOST = 100  # a class behind one address

WITHOUT_MAIL = "This server sends no email. Ask an owner of your project, or whoever runs it."
SENT = (
    "If there is an account with this address, a link that sets a new password is on its way to"
    " it. It works once, within {hours} hours."
)
TEXT = """Hello {name},

somebody, you perhaps, asked for a new password in Gloss. This link sets one, once, within
{hours} hours:

{link}

If it was not you, do nothing: your password stays as it is.
"""

_turns = BoundedSemaphore(2)


@frozen
class ForgottenPage:
    """Ask for a link. `problem` is "" or says what is wrong with the whole."""

    form: ForgottenForm
    sends_mail: bool
    problem: str


@public
def forgotten() -> ResponseReturnValue:
    return _page(ForgottenForm(formdata=None))


@public
def send_link() -> ResponseReturnValue:
    form = ForgottenForm()
    session = get_session()
    host = f"forgotten-from:{network_of(request.remote_addr)}"
    try:
        server = _mail_server()
        email = accounts.clean_email(form.email.data or "")
        count_attempt(session, what=host, limit=MAILS_FROM_HOST, window=WINDOW)
        to = f"forgotten:{email}"
        count_attempt(session, what=to, limit=MAILS_TO_ADDRESS, window=WINDOW)
    except Invalid as error:
        form.email.errors = [error.message]
        return _page(form, status=error.status)
    except (Forbidden, TooMany) as error:
        session.rollback()
        return _page(form, error)
    session.commit()
    # All that differs for an address that is known happens after the answer, whatever it takes.
    app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001  (the proxy ends with the request)
    Thread(target=_send, args=(app, server, email), daemon=True).start()
    flash(SENT.format(hours=reset_tokens.HOURS))
    return see_other("accounts.sign_in")


def _send(app: Flask, server: MailServer, email: str) -> None:
    """Make a link for an address that is known, and send it there."""
    with _turns, app.app_context():
        try:
            with get_database().writing() as session:
                account = accounts.find_by_email(session, email)
                if account is None or account.disabled_at is not None:
                    return
                token = reset_tokens.make(session, account_id=account.id, made_by_id=None)
                session.commit()
            text = TEXT.format(
                name=account.name, hours=reset_tokens.HOURS, link=reset_address(token)
            )
            send_mail(server, to=account.email, subject="A new password for Gloss", text=text)
        except Exception as error:  # noqa: BLE001  (nobody waits for this thread, so it says it here)
            what = describe_failure(error)
            app.logger.error("a link for a new password was not sent: %s", what)  # noqa: TRY400  (a traceback ends with the error's words)


def _mail_server() -> MailServer:
    """Return the mail server of the settings.

    Raises: Forbidden (there is none).
    """
    config: Config = current_app.config["GLOSS"]
    if config.mail_server is None:
        raise Forbidden(WITHOUT_MAIL)
    return config.mail_server


def _page(
    form: ForgottenForm, error: GlossError | None = None, status: int = 200
) -> ResponseReturnValue:
    page = ForgottenPage(
        form=form,
        sends_mail=current_app.config["GLOSS"].mail_server is not None,
        problem=error.message if error else "",
    )
    return render("accounts/password_reset_request.html", page, error.status if error else status)
