"""Saying of an annotation what one's last of the same tag says: who, to whom, position, themes."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.annotations import content
from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.annotations.state import SEVERAL, AnnotationState
from app.core.errors import Conflict
from app.projects.models import Member
from app.projects.roles import Act, require

REPEATED = ("party", "addressees", "position", "side", "themes")


def repeat(session: Session, *, actor: Member, annotation_id: int, version: int) -> Annotation:
    """Let an annotation that is still at `version` say what the actor's last one of its tag says.

    The last is that which was made last of those with a party or a position. What it does not say
    stays; addressees and themes are added to those that are there.

    Raises: NotFound, Forbidden, Invalid (something of it was archived), EditConflict, Conflict
    (there is none).
    """
    require(actor, Act.CHANGE_OWN)
    annotation = annotations.find_seen(session, actor, annotation_id)
    last = _last(session, actor, annotation)
    if last is None:
        message = (
            f"None of your other annotations of this project with the tag {annotation.tag} says "
            "who or a position yet."
        )
        raise Conflict(message)
    now = AnnotationState.of(annotation)
    said = content.shown_of(AnnotationState.of(last))
    wanted = {name: said[name] for name in REPEATED if said[name]}
    for name in SEVERAL:
        if name in wanted:
            wanted[name] = tuple(sorted({*getattr(now, name), *wanted[name]}))
    typed: dict[str, Any] = {
        name: content.RULES[name].write(value) for name, value in wanted.items()
    }
    return annotations.change(
        session, actor=actor, annotation_id=annotation_id, version=version, **typed
    )


def _last(session: Session, actor: Member, annotation: Annotation) -> Annotation | None:
    newest = (
        _newest_with(session, actor, annotation, column)
        for column in (Annotation.party_id, Annotation.position_id)
    )
    last_id = max((each for each in newest if each is not None), default=None)
    return None if last_id is None else session.get_one(Annotation, last_id)


def _newest_with(
    session: Session,
    actor: Member,
    annotation: Annotation,
    column: InstrumentedAttribute[int | None],
) -> int | None:
    """Return the newest of the actor's with a column, by a condition that has an index."""
    query = select(func.max(Annotation.id)).where(
        Annotation.project_id == actor.project_id,
        Annotation.account_id == actor.account_id,
        Annotation.tag_name == annotation.tag_name,
        Annotation.id != annotation.id,
        column.is_not(None),
        Annotation.deleted_at.is_(None),
    )
    return session.scalars(query).one()
