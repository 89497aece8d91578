"""Two at once, in real threads with sessions of their own."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.queries.anchors import PassageQuery
from app.annotations.service import annotations
from app.core.db import Database
from app.core.errors import GlossError
from app.events.models import Event
from app.projects.models import Member

_T = TypeVar("_T")
QUOTE = "It floods every spring"
ROUNDS = 3  # a race that is lost only sometimes must show
PAUSE_SECONDS = 0.05  # in which the other one takes what it takes first
WAIT_SECONDS = 30  # for the others to be there too


def at_once(database: Database, *acts: Callable[[Session], _T]) -> list[_T | GlossError]:
    """Run each act in a thread and a transaction of its own, all begun together."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[Session], _T]) -> _T | GlossError:
        with database.writing() as session:
            start.wait(WAIT_SECONDS)
            try:
                result = act(session)
                session.commit()
            except GlossError as error:
                return error
            return result

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def creating(
    member: Member, article_id: int, *, key: str = "", quote: str = QUOTE, note: str = ""
) -> Callable[[Session], int]:
    def act(session: Session) -> int:
        return annotations.create(
            session,
            actor=session.get_one(Member, (member.project_id, member.account_id)),
            article_id=article_id,
            tag="claim",
            asked=PassageQuery(quote),
            note=note,
            client_key=key or uuid.uuid4().hex,
        ).id

    return act


def count(session: Session, model: type[Annotation | Event | Account]) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(model)).one()
