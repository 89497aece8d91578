"""Agreeing with an annotation, and disputing it: one stance a member, with a reason."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.annotations.service import together
from app.annotations.service.listeners import AnnotationChange
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.core.prose import clean_prose
from app.discussion.models import REASON_LIMIT, Participant, Stance
from app.discussion.service import mentions
from app.discussion.service.threads import LockedThread, is_present, lock_thread, reopen_held
from app.events.models import Snapshot
from app.projects.models import Member

TAKEN = "stance.taken"
WITHDRAWN = "stance.withdrawn"

AGREE = "agree"
DISPUTE = "dispute"

OTHER_BY_NOW = (
    "It was changed since you opened it, and is a {tag} on the words above now. "
    "Look at it again, and agree or dispute if you still want to."
)


class About(NamedTuple):
    """What a stance is about: a tag, and the exact words that it stands on."""

    tag: str
    quote: str


def set_stance(
    session: Session,
    *,
    actor: Member,
    annotation_id: int,
    value: str,
    reason: str,
    about: About | None = None,
) -> Stance:
    """Agree or dispute, in place of what the member thought before. Twice is as good as once.

    `about` is what the member had before them, None for whatever it is now. Who begins to dispute
    opens the thread.

    Raises: NotFound, Forbidden, Invalid (their own annotation, no such stance, a dispute without
    a reason, a reason that is too long or names several people of one name), Conflict (also where
    it is something else by now).
    """
    held = lock_thread(session, actor=actor, annotation_id=annotation_id)
    now_about = About(held.annotation.tag_name, held.annotation.quote)
    if about is not None and about != now_about:
        raise Conflict(OTHER_BY_NOW.format(tag=now_about.tag))
    if held.annotation.account_id == actor.account_id:
        message = "This annotation is yours. Change it, or write a comment."
        raise Invalid("value", message)
    if value not in {AGREE, DISPUTE}:
        raise Invalid("value", "Choose: agree or dispute.")
    cleaned = clean_prose("A reason", reason, "reason", limit=REASON_LIMIT)
    if value == DISPUTE and not cleaned:
        raise Invalid("reason", "Say why you dispute it: your colleague is to learn from it.")
    stance = _stance_of(held)
    is_said = stance is not None and (stance.value, stance.reason) == (value, cleaned)
    if stance is not None and is_said and is_present(stance, held.annotation):
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
    opens = value == DISPUTE and (
        before is None or stance.value != DISPUTE or not is_present(stance, held.annotation)
    )
    stance.value, stance.reason, stance.taken_at = value, cleaned, now()
    stance.about_tag, stance.about_quote = now_about
    event_id = held.record(TAKEN, before=before, after=_snapshot(stance))
    for account_id in _keep_names(held, named, event_id):
        held.take_in(account_id, event_id)
    if opens:
        reopen_held(held)
    return stance


def withdraw_stance(session: Session, *, actor: Member, annotation_id: int) -> None:
    """Neither agree nor dispute any more. Twice is as good as once.

    Raises: NotFound, Forbidden, Conflict.
    """
    held = lock_thread(session, actor=actor, annotation_id=annotation_id)
    stance = _stance_of(held)
    if stance is not None:
        before = _snapshot(stance)
        _keep_names(held, {}, 0)
        session.delete(stance)
        held.record(WITHDRAWN, before=before)


def tell_who_took_stances(session: Session, changes: Sequence[AnnotationChange]) -> None:
    """Let those who took a stance look into the thread: what it was about has changed."""
    events = {
        change.annotation_id: change.event_id
        for change in changes
        if change.before.claim != change.after.claim
    }
    for some in together.in_pieces(list(events)):
        stances = select(Stance.annotation_id, Stance.account_id).where(
            Stance.annotation_id.in_(some)
        )
        for annotation_id, account_id in session.execute(stances).all():
            session.execute(
                update(Participant)
                .where(
                    Participant.annotation_id == annotation_id,
                    Participant.account_id == account_id,
                )
                .values(last_event_id=events[annotation_id])
            )


def _stance_of(held: LockedThread) -> Stance | None:
    key = (held.annotation.id, held.actor.account_id)
    return held.session.get(Stance, key, populate_existing=True)


def _keep_names(held: LockedThread, named: dict[str, int], event_id: int) -> set[int]:
    return mentions.keep(
        held.session,
        annotation_id=held.annotation.id,
        author_id=held.actor.account_id,
        comment_id=None,
        named=named,
        event_id=event_id,
    )


def _snapshot(stance: Stance) -> Snapshot:
    return {"value": stance.value, "reason": stance.reason, "tag": stance.about_tag}


def value_in(kept: Snapshot) -> str | None:
    """Return the value of a stance as an event keeps it; older events call it `position`."""
    value: str | None = kept.get("value", kept.get("position"))
    return value
