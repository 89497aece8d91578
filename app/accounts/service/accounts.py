"""Making accounts, changing them, and the sessions in which they are signed in."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.avatars import Colour, colour_for
from app.accounts.models import (
    EMAIL_LIMIT,
    GUIDE,
    NAME_LIMIT,
    NO_PASSWORD,
    Account,
    AccountKind,
    SignIn,
)
from app.accounts.passwords import PASSWORD_MAX, PASSWORD_MIN
from app.accounts.service.access import drop_links, revoke_tokens
from app.accounts.service.asking import SESSION_LASTS
from app.core.clock import now
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.names import clean_line
from app.core.tokens import hash_token, new_token
from app.events.service import lock_events
from app.integrations.email_addresses import address_key, normalise_address

SEEN_EVERY = timedelta(minutes=10)

NO_EMAIL = "Write an email address such as ines@example.org."
EMAIL_TOO_LONG = f"An email address has at most {EMAIL_LIMIT} characters."
DISABLED = "This account is disabled. Ask whoever runs this server."
OUTSIDER = "This is the name of somebody without an account, to which nobody can sign in."
EMAIL_TAKEN = "There is an account with this address already. Sign in, or use another address."


def clean_email(email: str) -> str:
    """Return an address as it is kept, in the one form of `normalise_address`.

    Raises: Invalid (it is none, or is too long).
    """
    if len(email.strip()) > EMAIL_LIMIT:
        raise Invalid("email", EMAIL_TOO_LONG)
    try:
        cleaned = normalise_address(email)
    except ValueError:
        raise Invalid("email", NO_EMAIL) from None
    if len(cleaned) > EMAIL_LIMIT:
        raise Invalid("email", EMAIL_TOO_LONG)
    return cleaned


def clean_name(name: str) -> str:
    """Return a name with single spaces.

    Raises: Invalid (it is empty or too long).
    """
    cleaned = clean_line(name)
    if not cleaned:
        raise Invalid("name", "Write your name, as your colleagues know it.")
    if len(cleaned) > NAME_LIMIT:
        raise Invalid(
            "name", f"A name has at most {NAME_LIMIT} characters; this has {len(cleaned)}."
        )
    return cleaned


def check_password(password: str, field: str = "password") -> None:
    """Do nothing if a password may be used.

    Raises: Invalid (too short, or too long).
    """
    if len(password) < PASSWORD_MIN:
        raise Invalid(field, f"A password has at least {PASSWORD_MIN} characters.")
    if len(password) > PASSWORD_MAX:
        raise Invalid(field, f"A password has at most {PASSWORD_MAX} characters.")


def check_new(session: Session, *, name: str, email: str, password: str) -> None:
    """Do nothing if an account could be made of these.

    Raises: Invalid (one of them cannot be used, or the address is taken).
    """
    clean_name(name)
    if find_by_email(session, clean_email(email)):
        raise Invalid("email", EMAIL_TAKEN)
    check_password(password)


def create(session: Session, *, name: str, email: str, password_hash: str) -> Account:
    """Make an account.

    Raises: Invalid (name or email cannot be used, or the address is taken).
    """
    account = Account(
        name=clean_name(name),
        email_address=clean_email(email),
        password_hash=password_hash,
        letter_keys=True,
        guide=" ".join(GUIDE),
        created_at=now(),
        colour=Colour.SLATE,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise Invalid("email", EMAIL_TAKEN) from None
    account.colour = colour_for(account.id)
    session.flush()
    return account


def make_outsider(session: Session, name: str) -> Account:
    """Make a name under which annotations of somebody without an account are shown.

    They have no address and no password, and never sign in. Several may have one name.

    Raises: Invalid (the name cannot be used).
    """
    outsider = Account(
        kind_name=AccountKind.OUTSIDER.value,
        name=clean_name(name),
        email_address=None,
        password_hash=NO_PASSWORD,
        letter_keys=False,
        daily_digest=False,
        created_at=now(),
        colour=Colour.SLATE,
    )
    session.add(outsider)
    session.flush()
    outsider.colour = colour_for(outsider.id)
    session.flush()
    return outsider


def has_accounts(session: Session) -> bool:
    """Say whether anyone has an account yet."""
    query = select(Account.id).where(Account.kind_name == AccountKind.PERSON.value)
    return session.scalar(query.limit(1)) is not None


def find_by_email(session: Session, email: str) -> Account | None:
    """Return the account with this address, however it is written, or None."""
    if "\0" in email:
        return None  # PostgreSQL cannot be asked for one
    return session.scalar(select(Account).where(Account.email_address == address_key(email)))


def get(session: Session, account_id: int) -> Account:
    """Return an account.

    Raises: NotFound.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


def lock_account(session: Session, account_id: int) -> None:
    """Let nobody else change an account's password or its links before the commit.

    On PostgreSQL the lock is taken after those of a project and of the events, never before: what
    happens to an account is recorded too.
    """
    lock_events(session)
    query = select(Account.id).where(Account.id == account_id)
    session.execute(query.with_for_update(key_share=True))


def has_password(session: Session, account: Account) -> bool:
    """Say whether the password that `account` was read with still stands; it does to the commit.

    Checking one takes long: meanwhile it may be another, and every session ended.
    """
    lock_account(session, account.id)
    query = select(Account.password_hash).where(Account.id == account.id)
    return session.scalars(query).one() == account.password_hash


def change_name(session: Session, *, account_id: int, name: str) -> str:
    """Give an account another name, and return the one before.

    Raises: Invalid (the name cannot be used).
    """
    cleaned = clean_name(name)
    lock_account(session, account_id)
    account = session.get_one(Account, account_id, populate_existing=True)
    before, account.name = account.name, cleaned
    return before


def change_colour(session: Session, *, account_id: int, colour: str) -> None:
    """Give an account's initials another colour.

    Raises: Invalid (there is no such colour).
    """
    if colour not in set(Colour):
        raise Invalid("colour", f"Choose one of the colours {', '.join(Colour)}.")
    get(session, account_id).colour = colour


def change_keys(session: Session, *, account_id: int, letter_keys: bool, steps_on: bool) -> None:
    """Let single letters and digits act in the text, and one that tags lead on, or not."""
    account = get(session, account_id)
    account.letter_keys = letter_keys
    account.steps_on = steps_on


def leave_guide(session: Session, *, account_id: int, step: str) -> None:
    """Show a step of the first visit no more, "all" for none of them."""
    account = get(session, account_id)
    left = [each for each in account.guide.split() if step not in {each, "all"}]
    account.guide = " ".join(left)


def change_digest(session: Session, *, account_id: int, daily_digest: bool) -> None:
    """Ask for a daily email of what is new in the inbox, or ask for none."""
    get(session, account_id).daily_digest = daily_digest


def change_password(
    session: Session, *, account_id: int, password_hash: str, keep_session_id: int | None
) -> None:
    """Change a password; end all other sessions, API tokens, and links that would set another."""
    get(session, account_id).password_hash = password_hash
    end_other_sessions(session, account_id=account_id, keep_session_id=keep_session_id)
    drop_links(session, account_id)
    revoke_tokens(session, account_id)


def list_all(session: Session) -> list[tuple[Account, datetime | None]]:
    """Return each account of a person, by address, with when it was last seen, None for never."""
    query = (
        select(Account, func.max(SignIn.seen_at))
        .outerjoin(SignIn, SignIn.account_id == Account.id)
        .where(Account.kind_name == AccountKind.PERSON.value)
        .group_by(Account.id)
        .order_by(Account.email_address)
    )
    return [(account, seen_at) for account, seen_at in session.execute(query)]


def disable(session: Session, *, account_id: int) -> bool:
    """Let nobody sign in to an account any more, and say whether somebody could until now.

    Its sessions and API tokens end, and every link that would set a password. All else stays as it
    is.
    """
    lock_account(session, account_id)
    account = session.get_one(Account, account_id, populate_existing=True)
    if account.disabled_at is not None:
        return False
    account.disabled_at = now()
    end_other_sessions(session, account_id=account_id, keep_session_id=None)
    drop_links(session, account_id)
    revoke_tokens(session, account_id)
    return True


def enable(session: Session, *, account_id: int) -> bool:
    """Let somebody sign in to an account again, and say whether nobody could until now."""
    lock_account(session, account_id)
    account = session.get_one(Account, account_id, populate_existing=True)
    was_disabled = account.disabled_at is not None
    account.disabled_at = None
    return was_disabled


def require_enabled(session: Session, account_id: int) -> None:
    """Do nothing if an account may be signed in to.

    Raises: Forbidden (DISABLED, OUTSIDER).
    """
    account = get(session, account_id)
    if account.is_outsider:
        raise Forbidden(OUTSIDER)
    if account.disabled_at is not None:
        raise Forbidden(DISABLED)


def sign_in(session: Session, *, account_id: int, browser: str | None = None) -> str:
    """Begin a session and return its token, which only the browser keeps.

    Raises: Forbidden (DISABLED, OUTSIDER).
    """
    require_enabled(session, account_id)
    token = new_token()
    moment = now()
    session.add(
        SignIn(
            token_hash=hash_token(token),
            account_id=account_id,
            made_at=moment,
            seen_at=moment,
            ended_at=None,
            browser=browser,
        )
    )
    session.flush()
    return token


def living_sessions(session: Session, session_ids: Collection[int]) -> set[int]:
    """Return those of these sessions that last."""
    query = select(SignIn.id).where(
        SignIn.id.in_(session_ids),
        SignIn.ended_at.is_(None),
        SignIn.seen_at > now() - SESSION_LASTS,
        SignIn.account.has(Account.disabled_at.is_(None)),
    )
    return set(session.scalars(query))


def mark_seen(session: Session, *, session_id: int) -> None:
    """Note that a session is in use, unless others hold it at the moment."""
    free = select(SignIn.id).where(SignIn.id == session_id).with_for_update(skip_locked=True)
    session.execute(update(SignIn).where(SignIn.id == free.scalar_subquery()).values(seen_at=now()))


def list_sessions(session: Session, account_id: int) -> list[SignIn]:
    """Return the sessions in which an account is signed in, last seen first."""
    query = (
        select(SignIn)
        .where(
            SignIn.account_id == account_id,
            SignIn.ended_at.is_(None),
            SignIn.seen_at > now() - SESSION_LASTS,
        )
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    )
    return list(session.scalars(query))


def end_session(session: Session, *, account_id: int, session_id: int) -> bool:
    """End a session of an account, and say whether it lasted until now.

    Raises: NotFound (the account has no such session).
    """
    found = session.get(SignIn, session_id)
    if found is None or found.account_id != account_id:
        raise NotFound
    return _end(session, SignIn.id == session_id) == 1


def end_other_sessions(session: Session, *, account_id: int, keep_session_id: int | None) -> int:
    """End every session of an account but one, with None every one; return how many lasted."""
    return _end(
        session, SignIn.account_id == account_id, SignIn.id.is_distinct_from(keep_session_id)
    )


def _end(session: Session, *which: ColumnElement[bool]) -> int:
    moment = now()
    seen = session.scalars(
        update(SignIn)
        .where(*which, SignIn.ended_at.is_(None))
        .values(ended_at=moment)
        .returning(SignIn.seen_at)
    )
    return sum(each > moment - SESSION_LASTS for each in seen)
