"""What owners may see of signing in: an event in each project that the account is in by then.

It holds who, when, how, and the kind of browser: no network address, and nothing of a password.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.service import accounts
from app.accounts.views.current_account import current_account, is_signed_in, this_browser
from app.core.errors import TooMany
from app.core.hooks import Hook
from app.core.throttle import count_attempt
from app.events.models import Snapshot
from app.integrations.email_addresses import address_key

account_event: Hook[[Session, int, str, Snapshot | None, Snapshot]] = Hook("account_event")
"""Called with what happened to an account, to be recorded: accounts know nothing of projects."""

RENAMED = "account.renamed"
SIGNED_IN = "account.signed_in"
SIGNED_OUT = "account.signed_out"
REFUSED = "account.refused"
SESSIONS_ENDED = "account.sessions_ended"
EMAIL_CHANGED = "account.email_changed"
PASSWORD_CHANGED = "account.password_changed"  # noqa: S105  (a kind of event)
CONNECTED = "account.connected"
DISABLED = "account.disabled"
ENABLED = "account.enabled"
DISCONNECTED = "account.disconnected"
PASSWORD_RESET = "account.password_reset"  # noqa: S105  (the same)

REFUSALS_AN_HOUR = 5  # of one address that are kept, so that nobody can fill the table


class SignInMethod(StrEnum):
    """By what somebody signed in."""

    PASSWORD = "a password"  # noqa: S105  (words)
    PROVIDER = "the provider"
    INVITATION = "an invitation"
    RESET_LINK = "a link for a new password"
    NEW_ACCOUNT = "a new account"


def audit(
    session: Session,
    account_id: int,
    kind: str,
    before: Snapshot | None = None,
    **after: str | int | None,
) -> None:
    """Record what happened to an account, in each of its projects."""
    account_event(session, account_id, kind, before, after)


def sign_in(session: Session, account_id: int, how: SignInMethod) -> str:
    """Begin a session in this browser, record it, and return its token.

    One that this browser has already ends: its token is lost with the cookie that holds it.
    """
    if is_signed_in():
        end_session(session)
    browser = this_browser()
    token = accounts.sign_in(session, account_id=account_id, browser=browser)
    audit(session, account_id, SIGNED_IN, how=how.value, browser=browser)
    return token


def end_session(session: Session) -> None:
    """End the session of this browser, and record it if it lasted until now."""
    me = current_account()
    if accounts.end_session(session, account_id=me.id, session_id=me.session_id):
        audit(session, me.id, SIGNED_OUT)


def audit_refusal(session: Session, email: str, account: Account | None) -> None:
    """Record that a sign-in was refused; for an address without account the same is counted."""
    what = f"refused:{address_key(email)}"
    try:
        count_attempt(session, what=what, limit=REFUSALS_AN_HOUR, window=timedelta(hours=1))
    except TooMany:
        return
    if account is not None:
        audit(session, account.id, REFUSED, browser=this_browser())
