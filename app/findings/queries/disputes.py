"""Who disputes the passages of a page, and why."""

from collections.abc import Collection
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.core.conditions import is_among
from app.core.db import read_columns
from app.discussion.models import Stance
from app.discussion.queries.discussion import is_of_now
from app.discussion.service.stances import DISPUTE

_stance, _account = Stance.__table__.c, Account.__table__.c


class Dispute(NamedTuple):
    """That somebody disputes what an annotation is now."""

    annotation_id: int
    account_id: int
    name: str
    reason: str


def list_disputes(session: Session, annotation_ids: Collection[int]) -> dict[int, list[Dispute]]:
    """Return who disputes some annotations, by their ids, the first first.

    It knows nothing of who may see what: whoever sees an annotation sees its thread.
    """
    if not annotation_ids:
        return {}
    query = (
        select(_stance.annotation_id, _stance.account_id, _account.name, _stance.reason)
        .join_from(
            Stance.__table__,
            Annotation.__table__,
            is_of_now(Stance.__table__, Annotation.__table__),
        )
        .join(Account.__table__, _account.id == _stance.account_id)
        .where(is_among(session, _stance.annotation_id, annotation_ids), _stance.value == DISPUTE)
        .order_by(_stance.annotation_id, _stance.taken_at, _stance.account_id)
    )
    found = map(Dispute._make, read_columns(session, query))
    return {number: list(some) for number, some in groupby(found, key=lambda one: one[0])}
