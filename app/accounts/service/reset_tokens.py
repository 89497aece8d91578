"""Links by which somebody sets a new password for an account, once and within a day."""

from datetime import timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, PasswordReset
from app.accounts.service import accounts
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.tokens import hash_token, new_token

HOURS = 24  # that a link lasts
LASTS = timedelta(hours=HOURS)
MOST_OPEN = 10  # of one account, made by owners

UNUSABLE = (
    "This link does not work: it has expired, was used or was revoked, or it is incomplete. "
    "Ask whoever gave it to you for a new one."
)


def make(session: Session, *, account_id: int, made_by_id: int | None) -> str:
    """Make a link for an account and return its token, which is not kept.

    `made_by_id` is the owner who makes it, None for whoever runs the server. What an owner may
    make is not looked at here.

    Raises: Conflict (owners have made MOST_OPEN already; whoever runs the server is never refused
    for that), Forbidden (the account is disabled).
    """
    accounts.lock_account(session, account_id)
    accounts.require_enabled(session, account_id)
    moment = now()
    unused = (PasswordReset.account_id == account_id, PasswordReset.used_at.is_(None))
    session.execute(delete(PasswordReset).where(*unused, PasswordReset.expires_at <= moment))
    query = select(func.count()).where(*unused, PasswordReset.made_by_id.is_not(None))
    if made_by_id is not None and session.scalars(query).one() >= MOST_OPEN:
        message = (
            f"There are {MOST_OPEN} links for this account already. Use one of them, or wait until"
            " one has expired."
        )
        raise Conflict(message)
    token = new_token()
    session.add(
        PasswordReset(
            account_id=account_id,
            token_hash=hash_token(token),
            made_by_id=made_by_id,
            made_at=moment,
            expires_at=moment + LASTS,
            used_at=None,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str) -> PasswordReset:
    """Return what a token stands for, as long as it can be used.

    Raises: NotFound (UNUSABLE: unknown, used, expired, taken back or of a disabled account; nobody
    learns which).
    """
    query = select(PasswordReset).where(
        PasswordReset.token_hash == hash_token(token),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > now(),
        PasswordReset.account.has(Account.disabled_at.is_(None)),
    )
    reset = session.scalar(query.execution_options(populate_existing=True))
    if reset is None:
        raise NotFound(UNUSABLE)
    return reset


def use(session: Session, *, token: str, password_hash: str) -> int:
    """Set the password by a link; end all sessions and all other links; return the account's id.

    The account is locked and the link looked at again: of two who come at once, also by two links
    for one account, one sets the password.

    Raises: NotFound (UNUSABLE).
    """
    accounts.lock_account(session, find(session, token).account_id)
    reset = find(session, token)
    reset.used_at = now()
    session.flush()
    accounts.change_password(
        session, account_id=reset.account_id, password_hash=password_hash, keep_session_id=None
    )
    return reset.account_id


def take_back(session: Session, *, account_id: int) -> None:
    """End the links that owners made for an account, and those that it made as an owner.

    For whenever what it may do in a project changes: what was safe to make no longer is.
    """
    accounts.lock_account(session, account_id)
    session.execute(
        delete(PasswordReset).where(
            PasswordReset.made_by_id.is_not(None),
            or_(PasswordReset.account_id == account_id, PasswordReset.made_by_id == account_id),
            PasswordReset.used_at.is_(None),
        )
    )
