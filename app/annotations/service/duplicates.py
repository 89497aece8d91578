"""What is there already: a create that is sent again, and the same tag on the same passage."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations import content
from app.annotations.models import Annotation
from app.annotations.queries.anchors import PassageQuery, find_anchor
from app.annotations.state import AnnotationState, state_after
from app.articles.models import Article
from app.articles.queries import articles
from app.core.errors import Conflict
from app.events.models import Event

KEY_USED = "This form was sent before, for something else. Send it again to tag this too."


class DuplicateAnnotation(Conflict):
    """The same person has the same tag on the same passage already: `annotation`."""

    def __init__(self, annotation: Annotation) -> None:
        super().__init__(
            f"The same passage is tagged as {annotation.tag} by the same person already. "
            "Open that annotation instead."
        )
        self.annotation = annotation


def find_retried(
    session: Session, annotation: Annotation, asked: PassageQuery, typed: Mapping[str, str]
) -> Annotation | None:
    """Return what the same person has made before with the key of a new annotation, or None.

    Raises: Conflict (what is asked for is something else, and would be lost without a word),
    Invalid.
    """
    made = session.scalar(
        select(Annotation).where(
            Annotation.account_id == annotation.account_id,
            Annotation.client_key == annotation.client_key,
        )
    )
    if made is None:
        return None
    if made.article_id != annotation.article_id:
        raise Conflict(KEY_USED)
    events = select(Event).where(Event.annotation_id == made.id).order_by(Event.id)
    first = state_after(session.scalars(events.limit(1)).one())
    is_same = first == first.with_fields(content.clean(typed))
    # Of a text that was corrected since, nobody can say what the words meant.
    if is_same and first.revision == articles.current_revision_id(session, made.article_id):
        place = find_anchor(session, session.get_one(Article, made.article_id), asked)
        is_same = (first.start, first.end) == (place.start, place.end)
    if not is_same:
        raise Conflict(KEY_USED)
    return made


def find_same(session: Session, annotation: Annotation) -> Annotation:
    """Return the living annotation that has the place of a new one.

    Raises: DuplicateAnnotation (it says something else), Conflict (there is none any more).
    """
    wanted = AnnotationState.of(annotation)
    duplicate = find_duplicate(session, annotation.account_id, wanted)
    if duplicate is None:
        raise Conflict(KEY_USED)
    if wanted.adds_to(AnnotationState.of(duplicate)):
        raise DuplicateAnnotation(duplicate)
    return duplicate


def find_duplicate(session: Session, account_id: int, state: AnnotationState) -> Annotation | None:
    """Return the living annotation of an account with the tag and the place of a state, or None."""
    return session.scalar(
        select(Annotation).where(
            Annotation.revision_id == state.revision,
            Annotation.account_id == account_id,
            Annotation.tag_name == state.tag,
            Annotation.start == state.start,
            Annotation.end == state.end,
            Annotation.deleted_at.is_(None),
        )
    )
