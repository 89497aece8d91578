"""Who asks: the session of a token that a browser has, and whose it is."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, SignIn
from app.core.clock import now
from app.core.prepared import Prepared
from app.core.tokens import hash_token
from app.frozen import frozen

SESSION_LASTS = timedelta(days=30)  # since it was last seen


@frozen
class SignedIn:
    """An account, and the session that lasts by which somebody asks in its name."""

    id: int
    name: str
    email: str
    letter_keys: bool
    steps_on: bool
    guide: str
    colour: str
    session_id: int
    seen_at: datetime


# Every request asks for it, so it is put together once.
IS_LIVING = (
    SignIn.token_hash == bindparam("token_hash"),
    SignIn.ended_at.is_(None),
    SignIn.seen_at > bindparam("oldest"),
    Account.disabled_at.is_(None),
)
"""The conditions on a session that lasts; their values are those of `living_values`."""
ASKING = (
    Account.id,
    Account.name,
    Account.email_address,
    Account.letter_keys,
    Account.steps_on,
    Account.guide,
    Account.colour,
    SignIn.id,
    SignIn.seen_at,
)
"""The columns of `SignedIn`, in the order of its fields."""
_LIVING_SESSION = Prepared(
    select(*ASKING).join(Account, Account.id == SignIn.account_id).where(*IS_LIVING)
)


def find_session(session: Session, token: str) -> SignedIn | None:
    """Return the session of a token, or None where it has ended or was not seen for long.

    Nor does one last whose account was disabled at the instant at which it began.
    """
    found = _LIVING_SESSION.run(session, living_values(token))
    return SignedIn(*found[0]) if found else None


def living_values(token: str) -> dict[str, object]:
    """Return the values of IS_LIVING for the session of a token."""
    return {"token_hash": hash_token(token), "oldest": now() - SESSION_LASTS}
