"""Visibility: whose annotations someone may see. It is decided here and nowhere else.

In an article that is tagged independently a member sees only their own annotations, until they
mark it done or a curator reveals it to everyone. Who may see all from the beginning is a matter of
the role, and so is whether one can be done: a reader cannot, and waits for the revealing.
"""

from collections.abc import Collection

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.assignments.models import Progress, State
from app.assignments.queries.progress import find_progress
from app.core.db import IdColumn, is_one_of, read_columns
from app.frozen import frozen
from app.projects.models import Member, Project
from app.projects.roles import Act, roles_with
from app.projects.tagging_modes import Mode


@frozen
class Visibility:
    """Whose annotations of one article are seen: everyone's, or those of `only` this account."""

    only: int | None = None

    def includes(self, annotator_id: int) -> bool:
        """Say whether the annotations of an account are seen."""
        return self.only in {None, annotator_id}


EVERYONE = Visibility()

_SEE_ALL = roles_with(Act.SEE_ALL)
_TAG = roles_with(Act.TAG)
_IS_OPEN = or_(
    func.coalesce(Article.mode_name, Project.mode_name) == Mode.SHARED.value,
    Article.revealed_at.is_not(None),
)


def mode_of(article: Article, project: Project) -> Mode:
    """Return how an article is tagged: as it says itself, or as its project does."""
    return article.mode or project.mode


def is_independent(article: Article, project: Project) -> bool:
    """Say whether an article is tagged independently and not revealed yet."""
    return mode_of(article, project) is Mode.INDEPENDENT and article.revealed_at is None


def visibility_for(session: Session, member: Member, article: Article) -> Visibility:
    """Return whose annotations a member may see in an article of their project."""
    if not is_independent(article, member.project) or member.role in _SEE_ALL:
        return EVERYONE
    if member.role in _TAG:
        progress = find_progress(session, article_id=article.id, account_id=member.account_id)
        if progress is not None and progress.state is State.DONE:
            return EVERYONE
    return Visibility(member.account_id)


def must_wait_to_discuss(member: Member, article: Article, *, annotator_id: int) -> bool:
    """Say whether what a member thinks of an annotation has to wait until all see everything.

    Who is done sees those of the others, who may not be done: what they were told would make what
    they tag from then on theirs no more. Those who see all by their role decide that themselves.
    """
    if annotator_id == member.account_id or member.role in _SEE_ALL:
        return False
    return is_independent(article, member.project)


def sql_can_see(
    member: Member, *, article_id: IdColumn, annotator_id: IdColumn
) -> ColumnElement[bool]:
    """Return the condition that a member may see an annotation of their project.

    The columns are those of the query's annotations, of one article or of many.
    """
    return or_(sql_can_see_all_of(member, article_id), annotator_id == member.account_id)


def sql_can_see_all_of(member: Member, article_id: IdColumn) -> ColumnElement[bool]:
    """Return the condition that a member may see everyone's annotations in an article."""
    return (
        true()
        if member.role in _SEE_ALL
        else article_id.not_in(
            _independent_articles(member.project_id, member.account_id, may_tag=member.role in _TAG)
        )
    )


def independent_articles_for(
    session: Session, member: Member, article_ids: Collection[int]
) -> frozenset[int]:
    """Return in which of some articles a member may see only their own annotations."""
    if member.role in _SEE_ALL:
        return frozenset()
    query = _INDEPENDENT[member.role in _TAG].where(Article.id.in_(article_ids))
    return frozenset(read_columns(session, query, _ids_of(member)).scalars())


def can_see_all(session: Session, member: Member) -> bool:
    """Say whether a member may see everyone's annotations in every article of their project."""
    if member.role in _SEE_ALL:
        return True
    query = _INDEPENDENT[member.role in _TAG].limit(1)
    return read_columns(session, query, _ids_of(member)).first() is None


def who_sees_all(session: Session, article_id: int) -> dict[int, bool]:
    """Return of each member of an article's project, by account, whether they may see all in it.

    All are everyone's annotations. Who is not in the project may see none.
    """
    rows = read_columns(session, _WHO_SEES_ALL, {"article_id": article_id})
    return {row[0]: row[1] for row in rows}


def sql_joined_member_can_see(*, annotator_id: IdColumn) -> ColumnElement[bool]:
    """Return the condition that a member sees an annotation.

    It stands in a query that has Article, Project and Member.
    """
    return or_(annotator_id == Member.account_id, _sees_all())


def sql_can_discuss(*, annotator_id: IdColumn) -> ColumnElement[bool]:
    """Return the condition that a member may discuss an annotation: see `must_wait_to_discuss`.

    It stands in a query that has Article, Project and Member.
    """
    return or_(annotator_id == Member.account_id, _IS_OPEN, is_one_of(Member.role_name, _SEE_ALL))


def _sees_all() -> ColumnElement[bool]:
    """Return the condition that a member sees all of an article, where a query has both."""
    done = select(Progress.article_id).where(
        Progress.article_id == Article.id,
        Progress.account_id == Member.account_id,
        Progress.state_name == State.DONE.value,
    )
    is_done = and_(is_one_of(Member.role_name, _TAG), done.exists())
    return or_(_IS_OPEN, is_one_of(Member.role_name, _SEE_ALL), is_done)


def _independent_articles(
    project_id: int | BindParameter[int], account_id: int | BindParameter[int], *, may_tag: bool
) -> Select[int]:
    query = (
        select(Article.id)
        .join(Project, Project.id == Article.project_id)
        .where(Article.project_id == project_id, ~_IS_OPEN)
    )
    if not may_tag:
        return query
    done = select(Progress.article_id).where(
        Progress.article_id == Article.id,
        Progress.account_id == account_id,
        Progress.state_name == State.DONE.value,
    )
    return query.where(~done.exists())


def _ids_of(member: Member) -> dict[str, int]:
    return {"project_id": member.project_id, "account_id": member.account_id}


# Every list of articles asks for these, so they are put together once: for who may tag, or not.
_INDEPENDENT = {
    may_tag: _independent_articles(
        bindparam("project_id"), bindparam("account_id"), may_tag=may_tag
    )
    for may_tag in (True, False)
}
# The same of every message about an article.
_WHO_SEES_ALL = (
    select(Member.account_id, _sees_all())
    .select_from(Article)
    .join(Project, Project.id == Article.project_id)
    .join(Member, Member.project_id == Project.id)
    .where(Article.id == bindparam("article_id"))
)
