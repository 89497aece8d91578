"""What of a project's work belongs to whom: counts of members, articles and annotations."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.projects.models import Member


@dataclass(frozen=True, slots=True)
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
