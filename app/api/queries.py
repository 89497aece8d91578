"""What programs are given of projects, articles and annotations."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, defer

from app.annotations.models import Annotation
from app.articles.models import Article, Revision
from app.assignments.queries.visibility import sql_can_see
from app.core.errors import Invalid
from app.parties.models import Named, Party, Position
from app.parties.queries import find_called
from app.projects.models import Member

NAMED: Mapping[str, type[Named]] = {"party": Party, "addressees": Party, "position": Position}
"""What the members of an annotation are ids of, where they may be said by name."""


class AnnotationRow(NamedTuple):
    """An annotation with the number of its revision, and whether that is the one read now."""

    annotation: Annotation
    revision: int
    is_placed: bool


def with_ids(session: Session, project_id: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent of an annotation, with the ids of what it says by names.

    Raises: Invalid (there is none of a name in the project).
    """
    found = dict(body)
    for member, model in NAMED.items():
        sent = body.get(member)
        values = sent if isinstance(sent, list) else [sent]
        names = [value for value in values if isinstance(value, str)]
        known = find_called(session, model, project_id, names)
        for name in names:
            if model.key_of(name) not in known:
                message = (
                    f"There is no {model.SUBJECT} “{name}” in this project. "
                    "Send one of those that it lists, or make it on a page first."
                )
                raise Invalid(member, message)
        ids = [
            known[model.key_of(value)].id if isinstance(value, str) else value for value in values
        ]
        if names:
            found[member] = ids if isinstance(sent, list) else ids[0]
    return found


def list_memberships(
    session: Session, account_id: int, *, only: int | None, after: int, limit: int
) -> Sequence[Member]:
    """Return the memberships of an account by the ids of their projects, from after one on.

    `only` is the id of the one project that may be told, None for all.
    """
    query = select(Member).where(Member.account_id == account_id, Member.project_id > after)
    if only is not None:
        query = query.where(Member.project_id == only)
    return session.scalars(query.order_by(Member.project_id).limit(limit)).all()


def list_articles(
    session: Session,
    project_id: int,
    *,
    is_archived: bool,
    among: Sequence[ColumnElement[bool]],
    after: int,
    limit: int,
) -> Sequence[tuple[Article, Revision]]:
    """Return articles of a project, in use or archived, by id, with what is read; no texts.

    `among` is what else is true of them.
    """
    meant = Article.archived_at.is_not(None) if is_archived else Article.archived_at.is_(None)
    query = (
        select(Article, Revision)
        .join(Revision, Revision.id == Article.current_revision_id)
        .where(Article.project_id == project_id, meant, Article.id > after, *among)
        .order_by(Article.id)
        .limit(limit)
        .options(defer(Revision.text))
    )
    return [(article, revision) for article, revision in session.execute(query)]


def list_annotations(
    session: Session, member: Member, ids: Sequence[int]
) -> Sequence[AnnotationRow]:
    """Return those of some annotations that a member sees and that are living, in their order."""
    query = _ROWS.where(
        Annotation.id.in_(ids),
        Annotation.project_id == member.project_id,
        Annotation.deleted_at.is_(None),
        sql_can_see(member, article_id=Annotation.article_id, annotator_id=Annotation.account_id),
    )
    rows = {row[0].id: AnnotationRow(*row) for row in session.execute(query)}
    return [rows[number] for number in ids if number in rows]


def row_of(session: Session, annotation: Annotation) -> AnnotationRow:
    """Return an annotation as a list has it, living or in the trash."""
    row = session.execute(_ROWS.where(Annotation.id == annotation.id)).one()
    return AnnotationRow(*row)


_ROWS = (
    select(Annotation, Revision.number, Article.current_revision_id == Annotation.revision_id)
    .join(Revision, Revision.id == Annotation.revision_id)
    .join(Article, Article.id == Annotation.article_id)
)
