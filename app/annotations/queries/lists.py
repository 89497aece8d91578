"""The history of an annotation, and the trash."""

from sqlalchemy import (
    ColumnElement,
    func,
    select,
)
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.service.annotations import DELETED
from app.annotations.service.bulk_acts import Seen
from app.articles.models import Article
from app.events.models import Event
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, may


@frozen
class HistoryRow:
    """One event of an annotation, with who did it."""

    event: Event
    name: str


def list_history(session: Session, annotation_id: int) -> list[HistoryRow]:
    """Return the events of an annotation, oldest first."""
    rows = session.execute(
        select(Event, Account.name)
        .outerjoin(Account, Account.id == Event.account_id)
        .where(Event.annotation_id == annotation_id)
        .order_by(Event.id)
    )
    return [HistoryRow(event, name or "Gloss") for event, name in rows]


@frozen
class TrashRow:
    """An annotation in the trash, the article that it was in, and who put it there."""

    annotation: Annotation
    article_title: str
    deleted_by: str


def count_trash(session: Session, member: Member, *, article_id: int | None) -> int:
    """Return how many annotations in the trash a member may restore."""
    query = select(func.count()).select_from(Annotation).where(*_in_trash(member, article_id))
    return session.scalars(query).one()


def list_seen_in_trash(
    session: Session, member: Member, *, article_id: int | None, limit: int
) -> list[Seen]:
    """Return all that a member may restore as it is now, last deleted first, at most so many."""
    query = (
        select(Annotation.id, Annotation.version)
        .where(*_in_trash(member, article_id))
        .order_by(Annotation.deleted_at.desc(), Annotation.id.desc())
        .limit(limit)
    )
    return [Seen(*row) for row in session.execute(query)]


def list_trash(
    session: Session, member: Member, *, article_id: int | None, offset: int, limit: int
) -> list[TrashRow]:
    """Return a page of what a member may restore, last deleted first."""
    deleter = (
        select(Account.name)
        .join(Event, Event.account_id == Account.id)
        .where(Event.annotation_id == Annotation.id, Event.kind == DELETED)
        .order_by(Event.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Annotation, Article.title, deleter)
        .join(Article, Article.id == Annotation.article_id)
        .where(*_in_trash(member, article_id))
        .order_by(Annotation.deleted_at.desc(), Annotation.id.desc())
    )
    return [TrashRow(*row) for row in session.execute(query.offset(offset).limit(limit))]


def _in_trash(member: Member, article_id: int | None) -> list[ColumnElement[bool]]:
    conditions = [Annotation.project_id == member.project_id, Annotation.deleted_at.is_not(None)]
    if article_id is not None:
        conditions.append(Annotation.article_id == article_id)
    if not may(member, Act.CHANGE_ANY):
        conditions.append(Annotation.account_id == member.account_id)
    return conditions
