"""Guidelines: reading the version in force and older ones, and writing the next."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.events.service import record
from app.guidelines.models import GUIDELINES_LIMIT, Guidelines
from app.projects.models import Member
from app.projects.roles import Act, require
from app.text.normalise import normalise

CHANGED = "guidelines.changed"


def current(session: Session, project_id: int) -> Guidelines | None:
    """Return the guidelines in force, None where nobody has written any."""
    return session.scalar(_of(project_id).limit(1))


class Version(NamedTuple):
    """A version without its text: its number, who wrote it and when."""

    number: int
    author: str
    written_at: datetime


def count_versions(session: Session, project_id: int) -> int:
    """Return how many versions there are."""
    query = select(func.count()).where(Guidelines.project_id == project_id)
    return session.scalars(query).one()


def list_versions(
    session: Session, project_id: int, *, offset: int, limit: int
) -> Sequence[Version]:
    """Return a page of the versions, newest first."""
    query = (
        select(Guidelines.number, Account.name, Guidelines.written_at)
        .join(Account, Account.id == Guidelines.account_id)
        .where(Guidelines.project_id == project_id)
        .order_by(Guidelines.number.desc())
        .offset(offset)
        .limit(limit)
    )
    return [Version(*row) for row in session.execute(query)]


def find_version(session: Session, project_id: int, number: int) -> Guidelines:
    """Return one version.

    Raises: NotFound.
    """
    found = session.get(Guidelines, (project_id, number))
    if found is None:
        message = f"These guidelines have no version {number}."
        raise NotFound(message)
    return found


def write(session: Session, *, actor: Member, text: str, number: int) -> Guidelines | None:
    """Write the next version after version `number`, 0 for none, and return it.

    Return None where the guidelines say the same already, whoever wrote that: it makes no version.

    Raises: Forbidden, Invalid (too long), Conflict (someone has written one meanwhile).
    """
    require(actor, Act.WRITE_GUIDELINES)
    cleaned = normalise(text).strip()
    if len(cleaned) > GUIDELINES_LIMIT:
        message = (
            f"Guidelines have at most {GUIDELINES_LIMIT:,} characters; these have "
            f"{len(cleaned):,}. Shorten them; nothing of them is lost yet."
        )
        raise Invalid("text", message)
    latest = current(session, actor.project_id)
    if cleaned == (latest.text if latest else ""):
        return None
    if number != (latest.number if latest else 0):
        raise Conflict(MEANWHILE)
    written = Guidelines(
        project_id=actor.project_id,
        number=number + 1,
        text=cleaned,
        account_id=actor.account_id,
        written_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(written)
    except IntegrityError:
        raise Conflict(MEANWHILE) from None
    record(session, actor, CHANGED, written.subject, after={"number": written.number})
    return written


def restore(session: Session, *, actor: Member, version: int, number: int) -> Guidelines | None:
    """Make an older version, 0 for no text, the next after version `number`, and return that.

    Return None where the guidelines say the same already, whoever wrote that.

    Raises: NotFound, Forbidden, Conflict (someone has written one meanwhile).
    """
    text = find_version(session, actor.project_id, version).text if version else ""
    return write(session, actor=actor, text=text, number=number)


MEANWHILE = (
    "Someone has written the guidelines meanwhile. What they changed is shown here, and yours is "
    "in the form: bring the two together, then save."
)


def _of(project_id: int) -> Select[Guidelines]:
    query = select(Guidelines).where(Guidelines.project_id == project_id)
    return query.order_by(Guidelines.number.desc())
