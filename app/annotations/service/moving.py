"""Moving all annotations of an article at once, as a correction does, with an event each."""

from collections.abc import Iterable, Mapping

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, EarlierPlace
from app.annotations.queries.anchors import Anchor, put_at
from app.annotations.service.annotations import snapshot
from app.articles.models import Article
from app.articles.service.articles import update_last_activity
from app.core.errors import Conflict
from app.events.models import Snapshot
from app.events.service import record, record_changes
from app.projects.models import Member

CORRECTED = "article.corrected"
TAKEN_BACK = "article.correction_taken_back"
REANCHORED = "annotation.reanchored"
ORPHANED = "annotation.orphaned"
RETURNED = "annotation.returned"


def hold_annotations(session: Session, article: Article) -> dict[int, Annotation]:
    """Return all annotations of an article by id, and let nobody change one before the commit."""
    rows = session.scalars(
        select(Annotation)
        .where(Annotation.article_id == article.id)
        .order_by(Annotation.id)
        .with_for_update(of=Annotation)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def keep_places(session: Session, annotations: Iterable[Annotation]) -> None:
    """Keep what annotations are in the revision that is about to be corrected."""
    rows = [
        {
            "annotation_id": annotation.id,
            "revision_id": annotation.revision_id,
            "start": annotation.start,
            "end": annotation.end,
            "first_block": annotation.first_block,
            "last_block": annotation.last_block,
            "quote": annotation.quote,
            "prefix": annotation.prefix,
            "suffix": annotation.suffix,
            "tag_name": annotation.tag_name,
            "note": annotation.note,
            "was_deleted": annotation.deleted_at is not None,
        }
        for annotation in annotations
    ]
    if rows:
        session.execute(insert(EarlierPlace), rows)


def move(
    session: Session,
    actor: Member,
    article: Article,
    annotations: Mapping[int, Annotation],
    moved: Mapping[int, Anchor | None],
    *,
    placed: str,
    without: str,
) -> None:
    """Put annotations at their places, or leave them where they are for None; record each.

    Raises: Conflict (two would be twins).
    """
    changes: list[tuple[int, str, Snapshot, Snapshot]] = []
    try:
        with session.begin_nested():
            for annotation_id, place in moved.items():
                annotation = annotations[annotation_id]
                before = snapshot(annotation)
                if place is not None:
                    put_at(annotation, place)
                annotation.version += 1
                kind = without if place is None else placed
                changes.append((annotation_id, kind, before, snapshot(annotation)))
    except IntegrityError:
        message = (
            "Two annotations of one person would have the same tag on the same passage. "
            "Delete one of them, or change its tag."
        )
        raise Conflict(message) from None
    record_changes(
        session,
        project_id=actor.project_id,
        account_id=actor.account_id,
        article_id=article.id,
        changes=changes,
    )


def record_on(
    session: Session, actor: Member, article: Article, *, kind: str, after: Snapshot
) -> None:
    """Record what was done with the article itself."""
    update_last_activity(session, article.id)
    record(
        session,
        kind=kind,
        project_id=actor.project_id,
        account_id=actor.account_id,
        article_id=article.id,
        after=after,
    )
