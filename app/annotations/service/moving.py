"""Moving all annotations of an article at once, as a correction does, with an event each."""

from collections.abc import Mapping

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, EarlierPlace
from app.annotations.queries.anchors import Anchor, put_at
from app.annotations.state import AnnotationState
from app.articles.models import Article, Revision
from app.core.errors import Conflict
from app.events.service import NewEvent, record_all
from app.projects.models import Member

CORRECTED = "article.corrected"
TAKEN_BACK = "article.correction_taken_back"
REANCHORED = "annotation.reanchored"
ORPHANED = "annotation.orphaned"
RETURNED = "annotation.returned"
MOVES = (REANCHORED, ORPHANED, RETURNED)
"""What a correction, or taking one back, does with each annotation."""


def lock_annotations_of(session: Session, article: Article) -> dict[int, Annotation]:
    """Return all annotations of an article by id, and let nobody change one before the commit.

    Whoever comments on one holds its key, and comes to the article only then: the key stays free.
    """
    rows = session.scalars(
        select(Annotation)
        .where(Annotation.article_id == article.id)
        .order_by(Annotation.id)
        .with_for_update(of=Annotation, key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def keep_places(session: Session, revision: Revision, events: Mapping[int, int]) -> None:
    """Keep which events say what annotations were in a revision: by the annotations' ids."""
    rows = [
        {"annotation_id": annotation_id, "revision_id": revision.id, "event_id": event_id}
        for annotation_id, event_id in events.items()
    ]
    if rows:
        session.execute(insert(EarlierPlace), rows)


def move(
    session: Session,
    actor: Member,
    annotations: Mapping[int, Annotation],
    moved: Mapping[int, Anchor | None],
    *,
    placed: str,
    without: str,
) -> dict[int, int]:
    """Put annotations at their places, or leave them where they are for None; record each.

    Return the events by the annotations' ids.

    Raises: Conflict (two would be duplicates).
    """
    changes: list[NewEvent] = []
    try:
        with session.begin_nested():
            for annotation_id, place in moved.items():
                annotation = annotations[annotation_id]
                before = AnnotationState.of(annotation).to_json()
                if place is not None:
                    put_at(annotation, place)
                annotation.version += 1
                kind = without if place is None else placed
                after = AnnotationState.of(annotation).to_json()
                changes.append(NewEvent(kind, annotation.subject, before, after))
    except IntegrityError:
        message = (
            "Two annotations of one person would have the same tag on the same passage. "
            "Delete one of them, or change its tag."
        )
        raise Conflict(message) from None
    return record_all(session, actor, changes)
