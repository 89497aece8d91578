"""Who someone is at a provider, and the account that is theirs here."""

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import NO_PASSWORD, Account, Identity
from app.accounts.service import accounts
from app.core.clock import now
from app.core.errors import Conflict

TAKEN = (
    "This account is connected with somebody else at the provider already, or was so just now. "
    "Try again, and ask whoever runs this server if it stays so."
)


def find_account(session: Session, *, issuer: str, subject: str) -> Account | None:
    """Return the account that an identity is connected with, or None."""
    query = (
        select(Account)
        .join(Identity, Identity.account_id == Account.id)
        .where(Identity.issuer == issuer, Identity.subject == subject)
    )
    return session.scalar(query)


def has_identity(session: Session, account_id: int) -> bool:
    """Say whether an account is connected with anyone at a provider."""
    return session.scalar(select(Identity.id).where(Identity.account_id == account_id)) is not None


def add(session: Session, *, account_id: int, issuer: str, subject: str) -> None:
    """Connect an account with an identity.

    Raises: Conflict (TAKEN: either is connected already).
    """
    identity = Identity(issuer=issuer, subject=subject, account_id=account_id, made_at=now())
    try:
        with session.begin_nested():
            session.add(identity)
    except IntegrityError:
        raise Conflict(TAKEN) from None


def disconnect(session: Session, *, account_id: int) -> bool:
    """Let nobody come to an account by the provider any more, and say whether anybody did.

    Whoever comes with its address next, verified, is connected again.
    """
    accounts.lock_account(session, account_id)
    gone = session.scalars(
        delete(Identity).where(Identity.account_id == account_id).returning(Identity.id)
    )
    return bool(gone.all())


def claim(session: Session, *, account_id: int, issuer: str, subject: str) -> None:
    """Connect an identity with an account that was there before, by an address that is verified.

    Nobody has shown that the address is theirs when the account was made: whoever made it may be
    somebody else. So its password, its sessions and its links end.

    Raises: Conflict (TAKEN).
    """
    accounts.lock_account(session, account_id)
    add(session, account_id=account_id, issuer=issuer, subject=subject)
    accounts.change_password(
        session, account_id=account_id, password_hash=NO_PASSWORD, keep_session_id=None
    )
