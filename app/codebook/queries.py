"""How often themes are carried, of what a member may see."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, AnnotationTheme
from app.annotations.queries.annotations import sql_member_can_see
from app.projects.models import Member


def count_uses(
    session: Session, member: Member, *, article_id: int | None = None
) -> dict[int, int]:
    """Return how many living annotations that a member may see carry each theme, by its id.

    They are those of one article, or with None of the project.
    """
    query = (
        select(AnnotationTheme.theme_id, func.count())
        .join(Annotation, Annotation.id == AnnotationTheme.annotation_id)
        .where(
            Annotation.project_id == member.project_id,
            Annotation.deleted_at.is_(None),
            sql_member_can_see(member),
        )
        .group_by(AnnotationTheme.theme_id)
    )
    if article_id is not None:
        query = query.where(Annotation.article_id == article_id)
    return {row[0]: row[1] for row in session.execute(query)}
