"""Changing the address by which somebody signs in."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.service import accounts
from app.accounts.service.access import drop_links
from app.core.clock import now
from app.core.errors import Invalid, NotFound
from app.core.tokens import hash_token

LASTS = timedelta(hours=24)
HOURS = LASTS // timedelta(hours=1)
UNUSABLE = (
    "This link does not work any more: it works once, for a day, and until the password changes."
    " Ask for another on the page of your account."
)
SAME = "This is your address already."


class AddressChange(NamedTuple):
    """What a link to a new address stands for: whose it is, from which to which, and since when.

    `proof` is a hash of the password's hash: another password ends the link.
    """

    account_id: int
    before: str
    after: str
    asked_at: int  # seconds since 1970
    proof: str


def clean_new(account: Account, email: str) -> str:
    """Return the address that an account is to have, as it is kept.

    Raises: Invalid (it is none, or is the one that the account has).
    """
    cleaned = accounts.clean_email(email)
    if cleaned == account.email:
        raise Invalid("email", SAME)
    return cleaned


def plan(account: Account, email: str) -> AddressChange:
    """Return what is to be changed, for a link."""
    proof = hash_token(account.password_hash)
    return AddressChange(account.id, account.email, email, int(now().timestamp()), proof)


def find(session: Session, account_id: int, planned: list[object] | None) -> AddressChange:
    """Return what a link stands for, as long as it can be used by the account that is signed in.

    Raises: NotFound (UNUSABLE).
    """
    account = session.get_one(Account, account_id, populate_existing=True)
    if planned is None or planned[0] != account.id:
        raise NotFound(UNUSABLE)
    change = AddressChange(*planned)  # type: ignore[arg-type]  # we signed it
    is_young = now() - datetime.fromtimestamp(change.asked_at, now().tzinfo) < LASTS
    fits = (account.email, hash_token(account.password_hash)) == (change.before, change.proof)
    if not is_young or not fits:
        raise NotFound(UNUSABLE)
    return change


def change_email(
    session: Session, *, account_id: int, email: str, keep_session_id: int | None
) -> str:
    """Give an account another address, and return the one before.

    Its other sessions end, and every link that would set a password: it went to the old address.

    Raises: Invalid (it cannot be used, is the same, or is taken).
    """
    accounts.lock_account(session, account_id)
    account = session.get_one(Account, account_id, populate_existing=True)
    before, cleaned = account.email, clean_new(account, email)
    try:
        with session.begin_nested():
            account.email_address = cleaned
            session.flush()
    except IntegrityError:
        raise Invalid("email", accounts.EMAIL_TAKEN) from None
    accounts.end_other_sessions(session, account_id=account_id, keep_session_id=keep_session_id)
    drop_links(session, account_id)
    return before
