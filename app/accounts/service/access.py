"""Ending what lets somebody into an account beside its sessions: links and API tokens."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken, PasswordReset
from app.core.clock import now


def drop_links(session: Session, account_id: int) -> None:
    """End every link that would set a password."""
    session.execute(
        delete(PasswordReset).where(
            PasswordReset.account_id == account_id, PasswordReset.used_at.is_(None)
        )
    )


def revoke_tokens(session: Session, account_id: int) -> None:
    """Revoke every API token of an account."""
    session.execute(
        update(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now())
    )
