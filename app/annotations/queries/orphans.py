"""Orphans: annotations whose words a correction dropped. They wait for a place in the new text."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import Revision
from app.articles.queries import articles
from app.assignments.queries.visibility import Visibility


def orphaned_in(session: Session, annotation: Annotation) -> int | None:
    """Return the number of the last revision that had an orphan's words, None for no orphan."""
    if annotation.revision_id == articles.current_revision_id(session, annotation.article_id):
        return None
    return session.get_one(Revision, annotation.revision_id).number


def count(session: Session, revision: Revision, visibility: Visibility) -> int:
    """Return how many annotations that are seen have no place in an article's current revision."""
    if revision.number == 1:
        return 0
    query = select(func.count()).select_from(Annotation).where(*_orphans(revision, visibility))
    return session.scalars(query).one()


def list_page(
    session: Session, revision: Revision, visibility: Visibility, *, offset: int, limit: int
) -> list[tuple[Annotation, int]]:
    """Return a page of the annotations without a place that are seen, each with its revision."""
    query = (
        select(Annotation, Revision.number)
        .join(Revision, Revision.id == Annotation.revision_id)
        .where(*_orphans(revision, visibility))
        .order_by(Revision.number.desc(), Annotation.start, Annotation.id)
    )
    rows = session.execute(query.offset(offset).limit(limit))
    return [(row.Annotation, row.number) for row in rows]


def _orphans(revision: Revision, visibility: Visibility) -> list[ColumnElement[bool]]:
    conditions = [
        Annotation.article_id == revision.article_id,
        Annotation.revision_id != revision.id,
        Annotation.deleted_at.is_(None),
    ]
    if visibility.only is not None:
        conditions.append(Annotation.account_id == visibility.only)
    return conditions
