"""What is shown of people who are there."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.avatars import initials
from app.accounts.models import Account

Face = dict[str, int | str]
"""The id, name, initials and colour of an account."""


def find_faces(session: Session, account_ids: Sequence[int]) -> list[Face]:
    """Return the faces of accounts, in the order of the ids given."""
    accounts = session.scalars(select(Account).where(Account.id.in_(account_ids)))
    faces = {account.id: _face_of(account) for account in accounts}
    return [faces[number] for number in account_ids]


def _face_of(account: Account) -> Face:
    return {
        "id": account.id,
        "name": account.name,
        "initials": initials(account.name),
        "colour": account.colour,
    }
