"""What waits to be settled: open questions and disputes, for those whom they concern."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.articles.models import Article
from app.assignments.queries.visibility import sql_can_discuss
from app.discussion.models import Comment, Participant, Stance, Thread
from app.discussion.service.stances import DISPUTE
from app.projects.models import Member, Project
from app.projects.roles import Act, roles_with

QUESTIONS = "questions"
DISPUTES = "disputes"

_me = bindparam("account_id", type_=Account.id.type)
# Who writes a project's guidelines settles its questions: they are all theirs.
_settles = Member.role_name.in_(roles_with(Act.WRITE_GUIDELINES))
_takes_part = (
    select(Participant.annotation_id)
    .where(Participant.annotation_id == Annotation.id, Participant.account_id == _me)
    .exists()
)


@dataclass(frozen=True, slots=True)
class Open:
    """A question or a dispute that is open: who said what, when, of which annotation."""

    name: str
    at: datetime
    text: str
    annotation: Annotation
    article_title: str
    project: str


def _open(said: type[Comment] | type[Stance], *columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401  (as `select` takes them)
    """Select what is said in threads that are not resolved, where they can be."""
    return (
        select(Account.name, *columns, Annotation, Article.title, Project.name)
        .select_from(said)
        .join(Account, Account.id == said.account_id)
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
        )
    )


_QUERIES: Mapping[str, Select[*tuple[Any, ...]]] = {
    QUESTIONS: _open(Comment, Comment.created_at, Comment.text)
    .where(
        Thread.questions > 0,
        Comment.is_question,
        Comment.deleted_at.is_(None),
        or_(_settles, _takes_part),
    )
    .order_by(Comment.id),
    DISPUTES: _open(Stance, Stance.taken_at, Stance.reason)
    .where(
        Thread.disputes > 0,
        Stance.value == DISPUTE,
        Stance.about_tag == Annotation.tag_name,
        Stance.about_quote == Annotation.quote,
        or_(_settles, Annotation.account_id == _me),
    )
    .order_by(Stance.taken_at, Stance.annotation_id, Stance.account_id),
}
_COUNTS = {
    kind: select(func.count()).select_from(query.order_by(None).with_only_columns(1).subquery())
    for kind, query in _QUERIES.items()
}


def count_open(session: Session, account_id: int, kind: str) -> int:
    """Return how many questions or disputes are open that concern someone."""
    return session.scalars(_COUNTS[kind], {"account_id": account_id}).one()


def list_open(
    session: Session, account_id: int, kind: str, *, offset: int = 0, limit: int
) -> Sequence[Open]:
    """Return the questions or disputes that are open and concern someone, oldest first.

    Those of threads that they take part in, and disputes of their annotations; whoever settles how
    to tag has all of their projects.
    """
    query = _QUERIES[kind].offset(offset).limit(limit)
    return [Open(*row) for row in session.execute(query, {"account_id": account_id})]
