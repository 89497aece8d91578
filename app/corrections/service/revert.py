"""Taking a correction back: the text before it, and each annotation at its place there."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, EarlierPlace
from app.annotations.queries.anchors import Anchor, anchors_at
from app.annotations.service.annotations import CHANGED
from app.annotations.service.moving import RETURNED, TAKEN_BACK, lock_annotations_of, move
from app.annotations.state import AnnotationState, states_of
from app.articles.models import Article, Revision
from app.articles.queries import articles
from app.articles.service.articles import set_current_revision, update_last_activity
from app.core.clock import now
from app.core.errors import Conflict
from app.events.models import Event
from app.events.service import record
from app.projects.models import Member


def why_not_back(session: Session, article: Article, revision: Revision) -> str:
    """Say why a revision cannot be taken back, "" where it can."""
    if article.archived_at is not None:
        return "The article is archived. Restore it first."
    if revision.id != articles.current_revision_id(session, article.id):
        return "Only the newest revision can be taken back."
    if _base_of(session, revision) is None:
        return "This is the first text of the article, so there is none to go back to."
    if _is_tagged_on(session, article, revision):
        return "Someone has tagged in this revision already, so it stays."
    return ""


def take_back(session: Session, *, actor: Member, article: Article, revision: Revision) -> None:
    """Go back to the text before a correction, and each annotation to its place there.

    Raises: Conflict (it is not the newest revision, or the only one, or someone tagged on it).
    """
    articles.lock_article(session, article.id)
    annotations = lock_annotations_of(session, article)
    reason = why_not_back(session, article, revision)
    base = _base_of(session, revision)
    if reason or base is None:
        raise Conflict(reason)
    homes = _last_homes(session, revision)
    # Those on the base are the ones that the correction left without a place.
    moved: dict[int, Anchor | None] = {
        annotation_id: homes.get(annotation_id)
        for annotation_id, annotation in annotations.items()
        if annotation.revision_id in {revision.id, base.id}
    }
    move(session, actor, annotations, moved, without=RETURNED, placed=RETURNED)
    session.execute(delete(EarlierPlace).where(EarlierPlace.revision_id == base.id))
    revision.taken_back_at = now()
    set_current_revision(session, base)
    update_last_activity(session, article.id)
    record(session, actor, TAKEN_BACK, article.subject, after={"revision": revision.number})


def _base_of(session: Session, revision: Revision) -> Revision | None:
    """Return the revision that another one corrected, None for the first."""
    return session.scalar(
        select(Revision)
        .where(
            Revision.article_id == revision.article_id,
            Revision.number < revision.number,
            Revision.taken_back_at.is_(None),
        )
        .order_by(Revision.number.desc())
        .limit(1)
    )


def _is_tagged_on(session: Session, article: Article, revision: Revision) -> bool:
    """Say whether an annotation was made, or placed by hand, in a revision."""
    came = select(EarlierPlace.annotation_id).where(EarlierPlace.annotation_id == Annotation.id)
    made = select(Annotation.id).where(Annotation.revision_id == revision.id, ~came.exists())
    if session.scalar(made.limit(1)) is not None:
        return True
    changes = session.scalars(
        select(Event).where(Event.article_id == article.id, Event.kind == CHANGED)
    )
    return any(_moves_in(revision, *states_of(change)) for change in changes)


def _moves_in(
    revision: Revision, before: AnnotationState | None, after: AnnotationState | None
) -> bool:
    """Say whether a change gave an annotation another place, from or to one in a revision."""
    if before is None or after is None:
        return False
    return revision.id in {before.revision, after.revision} and before.place != after.place


def _last_homes(session: Session, revision: Revision) -> dict[int, Anchor]:
    """Return where each annotation of a revision was before it."""
    rows = session.execute(
        select(EarlierPlace.annotation_id, Revision, Event.before)
        .join(Event, Event.id == EarlierPlace.event_id)
        .join(Annotation, Annotation.id == EarlierPlace.annotation_id)
        .join(Revision, Revision.id == EarlierPlace.revision_id)
        .where(Annotation.revision_id == revision.id)
        .order_by(Revision.number)
    )
    last = {row[0]: (row[1], AnnotationState.from_json(row[2] or {})) for row in rows}
    homes: dict[int, Anchor] = {}
    for home in {was[0] for was in last.values()}:
        here = {each: state for each, (where, state) in last.items() if where is home}
        ranges = [(state.start, state.end) for state in here.values()]
        homes.update(zip(here, anchors_at(session, home, ranges), strict=True))
    return homes
