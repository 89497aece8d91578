"""How often themes are carried, of what a member may see, and which were merged into others."""

from collections.abc import Mapping

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, AnnotationTheme
from app.annotations.queries.annotations import sql_member_can_see
from app.events.models import Event
from app.projects.models import Member
from app.themes.models import Theme
from app.themes.service.themes import MERGED


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


def count_together(session: Session, member: Member) -> Mapping[tuple[int, ...], int]:
    """Return how many living annotations that a member may see carry just some themes, by these."""
    query = (
        select(Annotation.themes, func.count())
        .where(
            Annotation.project_id == member.project_id,
            Annotation.deleted_at.is_(None),
            Annotation.themes != (),
            sql_member_can_see(member),
        )
        .group_by(Annotation.themes)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def merged_themes(session: Session, project_id: int) -> Mapping[int, int]:
    """Return of each theme of a project that is merged the one that has its annotations now.

    One that was restored or changed since, as by taking the merge back, is not merged any more, nor
    one that something carries again, as by taking back that it was taken off before the merge.
    """
    is_carried = exists().where(AnnotationTheme.theme_id == Theme.id)
    query = (
        select(Theme.id, Event.after)
        .join(Event, (Event.subject_id == Theme.id) & (Event.version == Theme.version))
        .where(Event.project_id == project_id, Event.kind == MERGED, ~is_carried)
    )
    into: dict[int, int] = {row[0]: row[1]["into"] for row in session.execute(query) if row[1]}
    return {theme_id: _last(theme_id, into) for theme_id in into}


def _last(theme_id: int, into: Mapping[int, int]) -> int:
    passed = set()
    while theme_id in into and theme_id not in passed:
        passed.add(theme_id)
        theme_id = into[theme_id]
    return theme_id
