"""Undo and redo: one's own acts in one article, last first, kept by the server."""

from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.annotations.state import AnnotationState, state_after, states_of
from app.articles.queries import articles
from app.core.errors import Conflict
from app.events.models import Event
from app.events.queries import find_by_key
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import may_change


@frozen
class UndoResult:
    """An act that was undone or redone, and the annotation as it is now."""

    act: Event
    annotation: Annotation


def undo(session: Session, *, actor: Member, article_id: int, client_key: str) -> UndoResult:
    """Take back the actor's last act in an article. Asked twice with one key, it is done once.

    Raises: NotFound, Forbidden, Conflict (nothing to undo, or someone changed it since),
    DuplicateAnnotation.
    """
    articles.find_article(session, project_id=actor.project_id, article_id=article_id)
    _lock_acts(session, actor, article_id)
    done = _done_before(session, actor, article_id, client_key)
    if done is not None:
        return done
    acts = _acts(session, actor, article_id)
    act = next((act for act in reversed(acts) if not act.is_undone), None)
    if act is None:
        message = "There is nothing of yours to undo in this article."
        raise Conflict(message)
    event = session.get_one(Event, act.event_id)
    annotations.find_seen(session, actor, _annotation_id(event))
    _refuse_if_changed_since(session, actor, event, act.reverted_at or event.id)
    before, after = _states(event)
    state = _placed(session, before or replace(after, deleted=True), event, after)
    annotation = annotations.put_back(
        session,
        actor=actor,
        annotation_id=_annotation_id(event),
        state=state,
        reversal=annotations.UndoRequest(client_key, undoes_id=event.id),
    )
    return UndoResult(event, annotation)


def redo(session: Session, *, actor: Member, article_id: int, client_key: str) -> UndoResult:
    """Do again what the actor undid last in an article, unless they acted again since.

    Asked twice with one key, it is done once.

    Raises: NotFound, Forbidden, Conflict (nothing to redo, or someone changed it since),
    DuplicateAnnotation.
    """
    articles.find_article(session, project_id=actor.project_id, article_id=article_id)
    _lock_acts(session, actor, article_id)
    done = _done_before(session, actor, article_id, client_key)
    if done is not None:
        return done
    acts = _acts(session, actor, article_id)
    last_act = acts[-1].event_id if acts else 0
    undone = [act for act in acts if act.is_undone and act.reverted_at > last_act]
    if not undone:
        message = "There is nothing of yours to redo in this article."
        raise Conflict(message)
    act = max(undone, key=lambda act: act.reverted_at)
    event = session.get_one(Event, act.event_id)
    annotations.find_seen(session, actor, _annotation_id(event))
    _refuse_if_changed_since(session, actor, event, act.reverted_at)
    before, after = _states(event)
    annotation = annotations.put_back(
        session,
        actor=actor,
        annotation_id=_annotation_id(event),
        state=_placed(session, after, event, before or after),
        reversal=annotations.UndoRequest(client_key, redoes_id=event.id),
    )
    return UndoResult(event, annotation)


def _states(event: Event) -> tuple[AnnotationState | None, AnnotationState]:
    """Return what the annotation was before an act, None before it was made, and after it."""
    return states_of(event)[0], state_after(event)


def _placed(
    session: Session, state: AnnotationState, event: Event, other: AnnotationState
) -> AnnotationState:
    """Return the state to put back, at the place that a correction gave the annotation since.

    `other` is what the annotation is now, if nothing but a correction came between.

    Raises: Conflict (the act moved it, in a text that was corrected since).
    """
    annotation = session.get_one(Annotation, _annotation_id(event))
    if state.place == other.place:
        return state.at_place_of(AnnotationState.of(annotation))
    current_id = articles.current_revision_id(session, annotation.article_id)
    is_as_it_was = annotation.revision_id == other.revision
    if not is_as_it_was or current_id not in {state.revision, other.revision}:
        message = "The article was corrected since, so its boundaries stay as they are."
        raise Conflict(message)
    return state


def _lock_acts(session: Session, actor: Member, article_id: int) -> None:
    """Let nobody else undo or redo for the same member, or correct the article, before the commit.

    Two that read what was done before either acts would else both take back one act. On SQLite a
    session that writes has its turn already.
    """
    session.execute(
        select(Member.account_id)
        .where(Member.project_id == actor.project_id, Member.account_id == actor.account_id)
        .with_for_update()
    )
    articles.lock_article(session, article_id)


def _done_before(
    session: Session, actor: Member, article_id: int, client_key: str
) -> UndoResult | None:
    event = find_by_key(session, account_id=actor.account_id, client_key=client_key)
    if event is None or event.article_id != article_id:
        return None
    act = session.get_one(Event, event.undoes_id or event.redoes_id)
    return UndoResult(act, annotations.find_seen(session, actor, _annotation_id(act)))


@dataclass(slots=True)
class _Act:
    """An act of one's own. `reverted_at` is the id of its last undo or redo, 0 for none."""

    event_id: int
    is_undone: bool = False
    reverted_at: int = 0


def _acts(session: Session, actor: Member, article_id: int) -> list[_Act]:
    """Return the actor's acts in an article, oldest first.

    What they may not change any more is left out, since it would stand before all that they may.
    """
    query = (
        select(Event.id, Event.undoes_id, Event.redoes_id)
        .where(
            Event.account_id == actor.account_id,
            Event.article_id == article_id,
            Event.kind.in_(annotations.ACTS),
            Event.part_of_id.is_(None),  # an act on many is taken back as one, elsewhere
        )
        .order_by(Event.id)
    )
    if not may_change(actor, is_own=False):
        query = query.join(Annotation, Annotation.id == Event.annotation_id).where(
            Annotation.account_id == actor.account_id
        )
    rows = session.execute(query)
    acts: dict[int, _Act] = {}
    for event_id, undoes_id, redoes_id in rows:
        reverted_id = undoes_id or redoes_id
        if reverted_id is None:
            acts[event_id] = _Act(event_id)
        else:
            act = acts[reverted_id]
            act.is_undone = undoes_id is not None
            act.reverted_at = event_id
    return list(acts.values())


def _refuse_if_changed_since(session: Session, actor: Member, event: Event, since_id: int) -> None:
    other = session.execute(
        select(Account.name)
        .join(Event, Event.account_id == Account.id)
        .where(
            Event.annotation_id == event.annotation_id,
            Event.kind.in_(annotations.ACTS),
            Event.id > since_id,
            or_(Event.account_id != actor.account_id, Event.part_of_id.is_not(None)),
        )
        .order_by(Event.id.desc())
        .limit(1)
    ).scalar()
    if other is not None:
        message = f"{other} changed this annotation since, so it is left as it is."
        raise Conflict(message)


def _annotation_id(event: Event) -> int:
    if event.annotation_id is None:
        message = f"event {event.id} is not about an annotation"
        raise ValueError(message)
    return event.annotation_id
