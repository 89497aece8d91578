"""Agreeing with an annotation, and disputing it: one stance a member, with a reason."""

from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import Invalid
from app.discussion import mentions
from app.discussion.models import REASON_LIMIT, Stance
from app.discussion.texts import clean
from app.discussion.threads import Held, hold, reopen_held
from app.events.models import Snapshot
from app.projects.models import Member

TAKEN = "stance.taken"
WITHDRAWN = "stance.withdrawn"

AGREE = "agree"
DISPUTE = "dispute"


def take(
    session: Session, *, actor: Member, annotation_id: int, position: str, reason: str
) -> Stance:
    """Agree or dispute, in place of what the member thought before. Twice is as good as once.

    Who begins to dispute opens the thread.

    Raises: NotFound, Forbidden, Invalid (their own annotation, no such position, a dispute without
    a reason, a reason that is too long or names several people of one name), Conflict.
    """
    held = hold(session, actor=actor, annotation_id=annotation_id)
    if held.annotation.account_id == actor.account_id:
        message = "This annotation is yours. Change it, or write a comment."
        raise Invalid("position", message)
    if position not in {AGREE, DISPUTE}:
        raise Invalid("position", "Choose: agree or dispute.")
    cleaned = clean(reason, field="reason", limit=REASON_LIMIT)
    if position == DISPUTE and not cleaned:
        raise Invalid("reason", "Say why you dispute it: your colleague is to learn from it.")
    stance = _stance_of(held)
    if stance is not None and (stance.position, stance.reason) == (position, cleaned):
        return stance
    known = mentions.named_in(
        session, annotation_id=annotation_id, author_id=actor.account_id, comment_id=None
    )
    people = mentions.people_for(session, held.annotation)
    named = mentions.find_names(cleaned, people, field="reason", known=known)
    before = _snapshot(stance) if stance else None
    if stance is None:
        stance = Stance(annotation_id=annotation_id, account_id=actor.account_id)
        session.add(stance)
    stance.position, stance.reason, stance.taken_at = position, cleaned, now()
    event = held.record(TAKEN, before=before, after=_snapshot(stance))
    for account_id in _keep_names(held, named, event.id):
        held.take_in(account_id, event.id)
    if position == DISPUTE and (before or {}).get("position") != DISPUTE:
        reopen_held(held)
    return stance


def withdraw(session: Session, *, actor: Member, annotation_id: int) -> None:
    """Neither agree nor dispute any more. Twice is as good as once.

    Raises: NotFound, Forbidden, Conflict.
    """
    held = hold(session, actor=actor, annotation_id=annotation_id)
    stance = _stance_of(held)
    if stance is not None:
        before = _snapshot(stance)
        _keep_names(held, {}, 0)
        session.delete(stance)
        held.record(WITHDRAWN, before=before)


def _stance_of(held: Held) -> Stance | None:
    key = (held.annotation.id, held.actor.account_id)
    return held.session.get(Stance, key, populate_existing=True)


def _keep_names(held: Held, named: dict[str, int], event_id: int) -> set[int]:
    return mentions.keep(
        held.session,
        annotation_id=held.annotation.id,
        author_id=held.actor.account_id,
        comment_id=None,
        named=named,
        event_id=event_id,
    )


def _snapshot(stance: Stance) -> Snapshot:
    return {"position": stance.position, "reason": stance.reason}
