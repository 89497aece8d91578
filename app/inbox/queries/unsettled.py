"""What waits to be settled: open questions and disputes, for those whom they concern."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, Table, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.articles.models import Article
from app.assignments.queries.visibility import sql_can_discuss
from app.core.db import is_one_of
from app.discussion.models import Comment, Participant, Stance, Thread
from app.discussion.service.stances import DISPUTE
from app.frozen import frozen
from app.projects.models import Member, Project
from app.projects.roles import Act, roles_with

QUESTIONS = "questions"
DISPUTES = "disputes"

_me = bindparam("account_id", type_=Account.id.type)
_offset, _limit = bindparam("offset", type_=Integer), bindparam("limit", type_=Integer)
# Who writes a project's guidelines settles its questions: they are all theirs.
_settles = is_one_of(Member.role_name, roles_with(Act.WRITE_GUIDELINES))
_takes_part = (
    select(Participant.annotation_id)
    .where(Participant.annotation_id == Annotation.id, Participant.account_id == _me)
    .exists()
)


@frozen
class Open:
    """A question or a dispute that is open: who said what, when, of which annotation.

    `total` is how many are open of its kind.
    """

    name: str
    at: datetime
    text: str
    annotation: Annotation
    article_title: str
    project: str
    total: int


def _open(
    said: type[Comment] | type[Stance],
    *columns: Any,  # noqa: ANN401  (as `select` takes them)
    where: Sequence[ColumnElement[bool] | InstrumentedAttribute[bool]],
    order: Sequence[InstrumentedAttribute[Any]],
) -> tuple[Select[int], Select[*tuple[Any, ...]]]:
    """Return how many are open of what is said in threads, where they can be settled, and which.

    First which ones, by the few tables that it takes, and how many these are; then all that is
    shown of them. PostgreSQL would take longer to plan all joins at once than to run them.
    """
    keys = list(cast("Table", said.__table__).primary_key)
    which = (
        select(*keys, func.count().over().label("total"))
        .join(Annotation, Annotation.id == said.annotation_id)
        .join(Thread, Thread.annotation_id == Annotation.id)
        .join(Article, Article.id == Thread.article_id)
        .join(Project, Project.id == Article.project_id)
        .join(Member, and_(Member.project_id == Project.id, Member.account_id == _me))
        .where(
            Thread.resolved_at.is_(None),
            Annotation.deleted_at.is_(None),
            Article.archived_at.is_(None),
            Project.archived_at.is_(None),
            sql_can_discuss(annotator_id=Annotation.account_id),  # so they see it as well
            *where,
        )
    )
    count = select(func.count()).select_from(which.with_only_columns(1).subquery())
    page = which.order_by(*order).offset(_offset).limit(_limit).subquery()
    shown = (
        select(Account.name, *columns, Annotation, Article.title, Project.name, page.c.total)
        .select_from(page)
        .join(said, and_(*(key == page.c[key.name] for key in keys)))
        .join(Account, Account.id == said.account_id)
        .join(Annotation, Annotation.id == said.annotation_id)
        .join(Article, Article.id == Annotation.article_id)
        .join(Project, Project.id == Article.project_id)
        .order_by(*order)
    )
    return count, shown


_QUERIES = {
    QUESTIONS: _open(
        Comment,
        Comment.created_at,
        Comment.text,
        where=[
            Thread.questions > 0,
            Comment.is_question,
            Comment.deleted_at.is_(None),
            or_(_settles, _takes_part),
        ],
        order=[Comment.id],
    ),
    DISPUTES: _open(
        Stance,
        Stance.taken_at,
        Stance.reason,
        where=[
            Thread.disputes > 0,
            Stance.value == DISPUTE,
            Stance.about_tag == Annotation.tag_name,
            Stance.about_quote == Annotation.quote,
            or_(_settles, Annotation.account_id == _me),
        ],
        order=[Stance.taken_at, Stance.annotation_id, Stance.account_id],
    ),
}


def count_open(session: Session, account_id: int, kind: str) -> int:
    """Return how many questions or disputes are open that concern someone."""
    count, _shown = _QUERIES[kind]
    return session.scalars(count, {"account_id": account_id}).one()


def list_open(
    session: Session, account_id: int, kind: str, *, offset: int = 0, limit: int
) -> Sequence[Open]:
    """Return the questions or disputes that are open and concern someone, oldest first.

    Those of threads that they take part in, and disputes of their annotations; whoever settles how
    to tag has all of their projects.
    """
    _count, shown = _QUERIES[kind]
    values = {"account_id": account_id, "offset": offset, "limit": limit}
    return [Open(*row) for row in session.execute(shown, values)]
