"""What is shown of people who are there."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.avatars import initials
from app.accounts.models import Account
from app.core.conditions import is_among_bound
from app.core.prepared import Prepared

Avatar = dict[str, int | str]
"""The id, name, initials and colour of an account."""

_NAMED = Prepared(
    select(Account.id, Account.name, Account.colour).where(
        is_among_bound(Account.id, "account_ids")
    )
)


def find_avatars(session: Session, account_ids: Sequence[int]) -> list[Avatar]:
    """Return the avatars of accounts, in the order of the ids given."""
    rows = _NAMED.run(session, {"account_ids": account_ids})
    avatars = {row[0]: _avatar_of(*row) for row in rows}
    return [avatars[number] for number in account_ids]


def _avatar_of(account_id: int, name: str, colour: str) -> Avatar:
    return {"id": account_id, "name": name, "initials": initials(name), "colour": colour}
