"""What of a project's work belongs to whom: counts of members, articles and annotations."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, AccountKind
from app.annotations.models import AnnotationCount
from app.annotations.queries.annotations import counted_for
from app.articles.models import Article
from app.frozen import frozen
from app.projects.models import Member


@frozen
class Counts:
    """How many articles are in use in a project, and how many members it has."""

    articles: int
    members: int


def count_projects(session: Session, project_ids: Sequence[int]) -> dict[int, Counts]:
    """Return the counts of each project; none is left out."""
    of_articles = (
        select(Article.project_id, func.count())
        .where(Article.project_id.in_(project_ids), Article.archived_at.is_(None))
        .group_by(Article.project_id)
    )
    of_members = (
        select(Member.project_id, func.count())
        .where(Member.project_id.in_(project_ids))
        .group_by(Member.project_id)
    )
    articles = {row[0]: row[1] for row in session.execute(of_articles)}
    members = {row[0]: row[1] for row in session.execute(of_members)}
    return {key: Counts(articles.get(key, 0), members.get(key, 0)) for key in project_ids}


@frozen
class Following:
    """Of the articles that have no mode of their own, how many are tagged in, how many revealed."""

    tagged: int
    revealed: int


def count_following(session: Session, project_id: int) -> Following:
    """Return what a new mode of a project will be about."""
    tagged = select(AnnotationCount.article_id).where(
        AnnotationCount.article_id == Article.id, AnnotationCount.living > 0
    )
    following = select(func.count()).where(
        Article.project_id == project_id, Article.mode_name.is_(None)
    )
    return Following(
        session.scalars(following.where(tagged.exists())).one(),
        session.scalars(following.where(Article.revealed_at.is_not(None))).one(),
    )


@frozen
class AnnotatorRow:
    """Someone who has tagged in a project, member or not, and how many annotations are theirs."""

    account_id: int
    name: str
    colour: str
    annotations: int
    is_outsider: bool


def list_taggers(session: Session, member: Member) -> list[AnnotatorRow]:
    """Return everyone of whom a member sees an annotation in the project, by name."""
    counted = (
        select(AnnotationCount.account_id, func.sum(AnnotationCount.living).label("annotations"))
        .where(
            AnnotationCount.project_id == member.project_id,
            AnnotationCount.living > 0,
            counted_for(member),
        )
        .group_by(AnnotationCount.account_id)
        .subquery()
    )
    query = (
        select(
            Account.id,
            Account.name,
            Account.colour,
            counted.c.annotations,
            Account.kind_name == AccountKind.OUTSIDER.value,
        )
        .join(counted, counted.c.account_id == Account.id)
        .order_by(func.lower(Account.name), Account.id)
    )
    return [AnnotatorRow(*row) for row in session.execute(query)]
