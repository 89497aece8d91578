"""Tagging: making, changing, deleting and restoring annotations, each with its event."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.annotations import content
from app.annotations.models import ANNOTATION, Annotation
from app.annotations.queries.anchors import (
    Anchor,
    PassageQuery,
    anchor_at,
    anchor_of,
    find_anchor,
    put_at,
)
from app.annotations.service.duplicates import (
    DuplicateAnnotation,
    find_duplicate,
    find_retried,
    find_same,
)
from app.annotations.service.givable import require_givable
from app.annotations.service.last_activity import update_last_activity
from app.annotations.service.listeners import AnnotationChange, annotations_changed
from app.annotations.state import AnnotationState, write_fields
from app.articles.models import Article, Revision
from app.articles.queries import articles
from app.assignments.queries.visibility import EVERYONE, visibility_for
from app.assignments.service import assignments
from app.core.clock import now
from app.core.db import insert_unless_taken
from app.core.errors import Conflict, Invalid, NotFound
from app.events.models import Event
from app.events.service import record
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, require, require_change

CREATED = "annotation.created"
CHANGED = "annotation.changed"
DELETED = "annotation.deleted"
RESTORED = "annotation.restored"
IMPORTED = "annotation.imported"
MADE = (CREATED, IMPORTED)
"""What each annotation begins with."""
ACTS = (*MADE, CHANGED, DELETED, RESTORED)
"""What someone does with one annotation; corrections of its article have kinds of their own."""

IN_TRASH = "This annotation is in the trash. Restore it first; what you typed is kept here."
NO_ANNOTATION = "There is no such annotation, or none that you may see."


@frozen
class UndoRequest:
    """That a change is an undo or a redo of an event, asked for with a key to retry with."""

    client_key: str
    undoes_id: int | None = None
    redoes_id: int | None = None


class EditConflict(Conflict):
    """Someone changed the annotation since it was read. `annotation` is as it stands now."""

    def __init__(self, annotation: Annotation, message: str = "") -> None:
        super().__init__(
            message
            or "This annotation was changed since you opened it. Both versions are below: "
            "save again to put yours in place of what is there now."
        )
        self.annotation = annotation


def create(
    session: Session,
    *,
    actor: Member,
    article_id: int,
    asked: PassageQuery,
    client_key: str,
    **typed: str,
) -> Annotation:
    """Tag a passage, or return the annotation that the same key or the same act made before.

    `typed` are the fields of app/annotations/content.py, such as `tag` and `note`.

    Raises: NotFound, Forbidden, Invalid (fields, passage; SeveralPlaces, NowhereFound), Conflict
    (it is archived; the key had another use), DuplicateAnnotation (theirs says something else).
    """
    require(actor, Act.TAG)
    article = articles.find_article(session, project_id=actor.project_id, article_id=article_id)
    annotation = Annotation(
        project_id=article.project_id,
        article_id=article.id,
        account_id=actor.account_id,
        client_key=client_key,
        version=1,
        deleted_at=None,
    )
    try:
        _require_in_use(article)
        cleaned = content.clean({**content.EMPTY, **typed})
        write_fields(annotation, cleaned)
        require_givable(session, article.project_id, cleaned)
        put_at(annotation, _lock_place(session, article, asked))
    except (Invalid, Conflict):
        retried = find_retried(session, annotation, asked, typed)
        if retried is None:
            raise
        return retried
    annotation.made_blind = visibility_for(session, actor, article) != EVERYONE
    annotation.created_at = annotation.updated_at = now()
    if not insert_unless_taken(session, annotation):
        retried = find_retried(session, annotation, asked, typed)
        return retried or find_same(session, annotation)
    assignments.mark_in_progress(session, actor=actor, articles=[article])
    update_last_activity(session, actor=actor, article_id=annotation.article_id, is_held=True)
    made = AnnotationState.of(annotation)
    record(session, actor, CREATED, annotation.subject, after=made.to_json())
    return annotation


def _require_in_use(article: Article) -> None:
    if article.archived_at is not None:
        message = "This article is archived. Restore it first; a curator can."
        raise Conflict(message)


def _lock_place(session: Session, article: Article, asked: PassageQuery) -> Anchor:
    """Find the place of a passage, and let nobody change the article before the commit.

    To find the words first leaves others, who wait for the article, less to wait for.
    """
    place = find_anchor(session, article, asked)
    if articles.lock_article(session, article.id) != place.revision_id:
        place = find_anchor(session, article, asked)  # it was corrected at this moment
    _require_in_use(article)
    return place


def change(
    session: Session,
    *,
    actor: Member,
    annotation_id: int,
    version: int,
    asked: PassageQuery | None = None,
    **typed: str | None,
) -> Annotation:
    """Change what is given of an annotation that is still at `version`.

    `typed` are the fields of app/annotations/content.py, such as `tag` and `note`. A repeated save
    that asks for what is there already is no conflict.

    Raises: NotFound, Forbidden, Invalid, EditConflict, DuplicateAnnotation.
    """
    annotation = find_seen(session, actor, annotation_id)
    require_change(actor, is_own=annotation.account_id == actor.account_id)
    if annotation.deleted_at is not None:
        raise Conflict(IN_TRASH)
    before = AnnotationState.of(annotation)
    wanted = before.with_fields(content.clean(typed))
    # Before the article is held: who merges themes holds first these, then the articles.
    require_givable(session, actor.project_id, wanted.content, before.content)
    place = None
    if asked is not None:
        article = session.get_one(Article, annotation.article_id)
        articles.lock_article(session, article.id)
        place = find_anchor(session, article, asked)
    is_moved = place is not None and place != anchor_of(annotation)
    if wanted == before and not is_moved:
        return annotation
    if _was_changed_since(session, annotation, version):
        raise EditConflict(annotation)

    def apply() -> None:
        wanted.write_content(annotation)
        if place is not None:
            put_at(annotation, place)

    return _change(session, actor, annotation, kind=CHANGED, apply=apply)


def delete(session: Session, *, actor: Member, annotation_id: int, version: int) -> Annotation:
    """Move an annotation that is still at `version` to the trash. Twice is as good as once.

    Raises: NotFound, Forbidden (not the annotator, nor a curator), EditConflict.
    """
    annotation = find_seen(session, actor, annotation_id)
    require_change(actor, is_own=annotation.account_id == actor.account_id)
    if annotation.deleted_at is not None:
        return annotation
    if _was_changed_since(session, annotation, version):
        message = (
            "This annotation was changed since you opened it, so it was not deleted. "
            "Look at it as it is now, and delete it again if you still want to."
        )
        raise EditConflict(annotation, message)

    def apply() -> None:
        annotation.deleted_at = now()

    return _change(session, actor, annotation, kind=DELETED, apply=apply)


def restore(session: Session, *, actor: Member, annotation_id: int) -> Annotation:
    """Take an annotation out of the trash. Twice is as good as once.

    Raises: NotFound, Forbidden, DuplicateAnnotation (the same was tagged again meanwhile).
    """
    annotation = find_seen(session, actor, annotation_id)
    require_change(actor, is_own=annotation.account_id == actor.account_id)
    if annotation.deleted_at is None:
        return annotation

    def apply() -> None:
        annotation.deleted_at = None

    return _change(session, actor, annotation, kind=RESTORED, apply=apply)


def put_back(
    session: Session,
    *,
    actor: Member,
    annotation_id: int,
    state: AnnotationState,
    reversal: UndoRequest,
) -> Annotation:
    """Make an annotation what a state says, as an undo or redo of an event.

    Raises: NotFound, Forbidden, DuplicateAnnotation.
    """
    annotation = find_seen(session, actor, annotation_id)
    require_change(actor, is_own=annotation.account_id == actor.account_id)
    revision = session.get_one(Revision, state.revision)
    place = anchor_at(session, revision, state.start, state.end)
    was_deleted = annotation.deleted_at is not None
    kind = CHANGED
    if was_deleted != state.deleted:
        kind = DELETED if state.deleted else RESTORED

    def apply() -> None:
        state.write_content(annotation)
        put_at(annotation, place)
        if was_deleted != state.deleted:
            annotation.deleted_at = now() if state.deleted else None

    return _change(session, actor, annotation, kind=kind, apply=apply, reversal=reversal)


def _change(
    session: Session,
    actor: Member,
    annotation: Annotation,
    *,
    kind: str,
    apply: Callable[[], None],
    reversal: UndoRequest | None = None,
) -> Annotation:
    # The article first, as undo and corrections hold it: two that wait for each other's row would
    # wait for ever.
    articles.lock_article(session, annotation.article_id)
    before = AnnotationState.of(annotation)
    try:
        with session.begin_nested():
            apply()
            annotation.version += 1
            annotation.updated_at = now()
            wanted = AnnotationState.of(annotation)
    except IntegrityError:
        session.refresh(annotation)
        duplicate = find_duplicate(session, annotation.account_id, wanted)
        if duplicate is None:
            raise
        raise DuplicateAnnotation(duplicate) from None
    except StaleDataError:
        session.refresh(annotation)
        raise EditConflict(annotation) from None
    update_last_activity(session, actor=actor, article_id=annotation.article_id)
    event_id = record(
        session,
        actor,
        kind,
        annotation.subject,
        before=before.to_json(),
        after=wanted.to_json(),
        undoes_id=reversal.undoes_id if reversal else None,
        redoes_id=reversal.redoes_id if reversal else None,
        client_key=reversal.client_key if reversal else None,
    )
    change = AnnotationChange(event_id, annotation.id, before, wanted)
    annotations_changed(session, [change])
    return annotation


def _was_changed_since(session: Session, annotation: Annotation, version: int) -> bool:
    """Say whether anyone changed an annotation since a version: that a correction moved it is none.

    Each version has its event.
    """
    if annotation.version == version:
        return False
    kinds = session.scalars(
        select(Event.kind).where(
            Event.annotation_id == annotation.id,
            Event.subject_kind == ANNOTATION,
            Event.version > version,
        )
    ).all()
    return not kinds or any(kind in ACTS for kind in kinds)


def find_seen(session: Session, actor: Member, annotation_id: int) -> Annotation:
    """Return an annotation that the actor may see, in their project.

    Raises: NotFound.
    """
    annotation = session.get(Annotation, annotation_id)
    if annotation is None:
        raise NotFound(NO_ANNOTATION)
    article = session.get_one(Article, annotation.article_id)
    if article.project_id != actor.project_id:
        raise NotFound(NO_ANNOTATION)
    if not visibility_for(session, actor, article).includes(annotation.account_id):
        raise NotFound(NO_ANNOTATION)
    return annotation
