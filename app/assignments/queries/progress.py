"""Reading who is where with which article, and which articles are somebody's to do."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Subquery, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles.models import Article
from app.assignments.models import Progress, State
from app.core.conditions import is_among_bound
from app.core.db import is_one_of
from app.core.prepared import Prepared
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, roles_with

TO_DO = "to do"
STATES = (TO_DO, *State)
"""What the list of articles can be asked for: a state, or what is assigned and not done."""
NO_PROGRESS = "gloss_no_progress"  # in the `info` of a session: article and account without a row

# Who has gone or may not tag any more is nowhere, and who was unassigned before they began neither.
_IS_HERE = (
    select(Member.account_id)
    .where(
        Member.project_id == Article.project_id,
        Member.account_id == Progress.account_id,
        is_one_of(Member.role_name, roles_with(Act.TAG)),
    )
    .correlate(Article, Progress)
    .exists()
)
_IS_SOMEWHERE = or_(
    Progress.assigned_at.is_not(None), Progress.state_name != State.NOT_STARTED.value
)
_IS_TO_DO = (Progress.assigned_at.is_not(None)) & (Progress.state_name != State.DONE.value)


# What the list asks for is put together once.
_WHO_IS_WHERE = Prepared(
    select(
        Progress.article_id,
        Progress.account_id,
        Account.name,
        Progress.state_name,
        Progress.assigned_at.is_not(None),
        Progress.due_on,
    )
    .join(Article, Article.id == Progress.article_id)
    .join(Account, Account.id == Progress.account_id)
    .where(is_among_bound(Progress.article_id, "article_ids"), _IS_HERE, _IS_SOMEWHERE)
    .order_by(func.lower(Account.name), Account.id)
)
_COUNT_TO_DO = Prepared(
    select(func.count())
    .select_from(Progress)
    .join(Article, Article.id == Progress.article_id)
    .where(
        Article.project_id == bindparam("project_id"),
        Article.archived_at.is_(None),
        Progress.account_id == bindparam("account_id"),
        _IS_TO_DO,
    )
)


class Own(NamedTuple):
    """How far somebody is with an article themselves."""

    state: State
    is_assigned: bool
    due_on: date | None

    def days_late(self, today: date) -> int:
        """Return by how many days it is late on the reader's day, 0 for in time."""
        return days_late(self.state, self.due_on, today)


@frozen
class Where:
    """How far a member is with an article."""

    account_id: int
    name: str
    state: State
    is_assigned: bool
    due_on: date | None

    def days_late(self, today: date) -> int:
        """Return by how many days it is late on the reader's day, 0 for in time."""
        return days_late(self.state, self.due_on, today)


def find_progress(session: Session, *, article_id: int, account_id: int) -> Progress | None:
    """Return the row of an account in an article, or None."""
    if session.info.get(NO_PROGRESS) == (article_id, account_id):
        return None
    return session.get(Progress, (article_id, account_id))


def tell_progress(
    session: Session, progress: Progress | None, *, article_id: int, account_id: int
) -> None:
    """Tell `find_progress` that a row was just read, or made, or that there is none."""
    session.info[NO_PROGRESS] = None if progress else (article_id, account_id)


def own_progress(session: Session, *, article_id: int, account_id: int) -> Own | None:
    """Return how far an account is with an article, None where it has no part in it."""
    progress = find_progress(session, article_id=article_id, account_id=account_id)
    if progress is None:
        return None
    is_assigned = progress.assigned_at is not None
    if not is_assigned and progress.state is State.NOT_STARTED:
        return None
    return Own(progress.state, is_assigned, progress.due_on)


def who_is_where(session: Session, article_ids: Sequence[int]) -> dict[int, list[Where]]:
    """Return for each article, none left out, who has a part in it and may tag, by name."""
    found: dict[int, list[Where]] = {article_id: [] for article_id in article_ids}
    rows = _WHO_IS_WHERE.run(session, {"article_ids": article_ids})
    for article_id, account_id, name, state_name, is_assigned, due_on in rows:
        where = Where(account_id, name, State(state_name), is_assigned, due_on)
        found[article_id].append(where)
    return found


def days_late(state: State, due_on: date | None, today: date) -> int:
    """Return by how many days an assignment is late on a day, 0 where it is not."""
    if due_on is None or state is State.DONE:
        return 0
    return max(0, (today - due_on).days)


def is_with(*, account_id: int | None, state: str) -> ColumnElement[bool]:
    """Return the condition that an article is assigned to someone, or that anyone is so far.

    `account_id` is None for anyone, `state` one of STATES or "" for any.
    """
    query = select(Progress.article_id).where(*_parts(account_id, state))
    return query.exists()


def is_with_nobody() -> ColumnElement[bool]:
    """Return the condition that an article is assigned to nobody."""
    assigned = Progress.assigned_at.is_not(None)
    here = select(Progress.article_id).where(Progress.article_id == Article.id, assigned, _IS_HERE)
    return ~here.exists()


def soonest_due(*, project_id: int, account_id: int | None) -> Subquery:
    """Return the day `due_on` by which each `article_id` is first due, of what someone has to do.

    Of all articles of a project at once: to look after each takes many times as long. What is due
    at no time is left out.
    """
    conditions = [] if account_id is None else [Progress.account_id == account_id]
    return (
        select(Progress.article_id, func.min(Progress.due_on).label("due_on"))
        .join(Article, Article.id == Progress.article_id)
        .join(
            Member,
            (Member.project_id == Article.project_id) & (Member.account_id == Progress.account_id),
        )
        .where(
            Article.project_id == project_id,
            is_one_of(Member.role_name, roles_with(Act.TAG)),
            Progress.due_on.is_not(None),
            _IS_TO_DO,
            *conditions,
        )
        .group_by(Progress.article_id)
        .subquery()
    )


def count_to_do(session: Session, member: Member) -> int:
    """Return how many articles in use are assigned to a member and not done."""
    values = {"project_id": member.project_id, "account_id": member.account_id}
    [(count,)] = _COUNT_TO_DO.run(session, values)
    return int(count)


def _parts(account_id: int | None, state: str) -> list[ColumnElement[bool]]:
    conditions = [Progress.article_id == Article.id, _IS_HERE, _IS_SOMEWHERE]
    if account_id is not None:
        conditions += [Progress.account_id == account_id, Progress.assigned_at.is_not(None)]
    if state == TO_DO:
        conditions.append(_IS_TO_DO)
    elif state:
        conditions.append(Progress.state_name == state)
    return conditions
