"""API tokens: made and named by their owner, and found by their hash alone."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import NAME_LIMIT, Account, ApiToken, TokenScope
from app.accounts.service import accounts
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.core.names import clean_line
from app.core.tokens import hash_token, new_token
from app.events.service import lock_events
from app.text.dates import read_day

BEGINS = "gloss_"  # so that whoever finds one somewhere knows what it opens
SHOWN = len(BEGINS) + 6  # characters of a token that are kept, to recognise it by
MOST_TOKENS = 50  # of one account, expired ones too
DAYS = (30, 90, 365)  # after which one may end
NEVER, ON_DAY = "never", "day"  # what else a form may say of the end
USED_EVERY = timedelta(minutes=10)  # between two notes of when it was last used


def make(  # the fields as they were typed, each with its rule here
    session: Session,
    *,
    account_id: int,
    name: str,
    scope: str,
    project_id: int | None,
    ends: str,
    day: str = "",
) -> tuple[ApiToken, str]:
    """Make a token of an account and return it with its secret, which is not kept.

    `scope` is a `TokenScope`; `ends` is one of DAYS, NEVER, or ON_DAY for the end of `day`, in UTC,
    such as "2027-01-31". Whether the account is in the project is not looked at here.

    Raises: Invalid (name, scope, ends, day), Conflict (there are MOST_TOKENS already).
    """
    cleaned = _clean_name(name)
    if scope not in set(TokenScope):
        raise Invalid("scope", "Choose whether the token may only read, or read and write.")
    expires_at = _clean_end(ends, day)
    accounts.lock_account(session, account_id)
    accounts.require_enabled(session, account_id)
    if len(list_kept(session, account_id)) >= MOST_TOKENS:
        message = f"One account has at most {MOST_TOKENS} API tokens. Revoke one first."
        raise Conflict(message)
    secret = BEGINS + new_token()
    token = ApiToken(
        account_id=account_id,
        project_id=project_id,
        name=cleaned,
        scope_name=scope,
        token_hash=hash_token(secret),
        prefix=secret[:SHOWN],
        made_at=now(),
        expires_at=expires_at,
        used_at=None,
        revoked_at=None,
    )
    session.add(token)
    session.flush()
    return token, secret


def _clean_name(name: str) -> str:
    cleaned = clean_line(name)
    if not cleaned:
        raise Invalid("name", "Give the token a name, such as that of the program that gets it.")
    if len(cleaned) > NAME_LIMIT:
        message = f"A name has at most {NAME_LIMIT} characters; this has {len(cleaned):,}."
        raise Invalid("name", message)
    return cleaned


def _clean_end(ends: str, day: str) -> datetime | None:
    moment = now()
    if ends == NEVER:
        return None
    if ends in map(str, DAYS):
        return moment + timedelta(days=int(ends))
    if ends != ON_DAY:
        raise Invalid("ends", "Choose when the token ends.")
    last = read_day(day)
    if last is None or last == date.max:
        raise Invalid("day", "Give the day as year, month and day: 2027-01-31.")
    end = datetime.combine(last + timedelta(days=1), time(), UTC)
    if end <= moment:
        raise Invalid("day", "That day is over. Choose one that is still to come.")
    return end


def list_kept(session: Session, account_id: int) -> list[ApiToken]:
    """Return the tokens of an account that are not revoked, expired ones too, newest first."""
    query = select(ApiToken).where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(query.order_by(ApiToken.id.desc())))


def find(session: Session, secret: str) -> ApiToken | None:
    """Return the token that a program sent, or None where it opens nothing (any more)."""
    query = select(ApiToken).where(
        ApiToken.token_hash == hash_token(secret),
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now()),
        ApiToken.account.has(Account.disabled_at.is_(None)),
    )
    return session.scalar(query)


def note_use(session: Session, token: ApiToken) -> bool:
    """Note that a token is in use, true to USED_EVERY; say whether it is so for the first time."""
    moment = now()
    if token.used_at is not None:
        if abs(moment - token.used_at) > USED_EVERY:  # the clock may have been set back
            token.used_at = moment
        return False
    lock_events(session)  # before the row, as what revokes a token does: the event of it comes next
    first = session.scalar(
        update(ApiToken)
        .where(ApiToken.id == token.id, ApiToken.used_at.is_(None))
        .values(used_at=moment)
        .returning(ApiToken.id)
    )
    return first is not None


def revoke(session: Session, *, account_id: int, token_id: int) -> ApiToken | None:
    """Revoke a token of an account, at once. Return it, None where it was revoked before.

    Raises: NotFound (the account has no such token).
    """
    accounts.lock_account(session, account_id)
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account_id:
        raise NotFound
    gone = session.scalar(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(ApiToken.id)
    )
    return None if gone is None else token
