"""Taking back an assigning of one article or of many: each pair is again what it was."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.assignments.models import Progress
from app.assignments.service.assignments import (
    ASSIGNED,
    DUE_CHANGED,
    UNASSIGNED,
    Assigned,
    AssigningEvent,
    read_due,
    snapshot,
)
from app.events.models import Event
from app.events.service import record
from app.projects.models import Member
from app.projects.roles import Act, require


def find_assigning(session: Session, *, actor: Member, first: int, last: int) -> Assigned:
    """Return what of an assigning of the actor's can be taken back: its events, by their ids.

    Left out is what somebody has changed since, and what is in an archived article.
    """
    return Assigned(
        [
            AssigningEvent(event.id, progress.article_id, event.kind, event.after or {})
            for event, progress in _standing(session, actor, first, last)
        ]
    )


def undo(session: Session, *, actor: Member, first: int, last: int) -> int:
    """Take back an assigning of the actor's, from its first event to its last.

    Return how many pairs of article and member are again what they were. Twice is as good as once.

    Raises: Forbidden.
    """
    require(actor, Act.ASSIGN)
    # The rows are held before any event is recorded, in the order in which assigning holds them.
    standing = _standing(session, actor, first, last, hold=True)
    for event, progress in standing:
        before = event.before
        if before is None:
            kind = UNASSIGNED
            progress.assigned_at = progress.due_on = None
        else:
            kind = DUE_CHANGED
            progress.due_on = read_due(before)
        record(
            session,
            actor,
            kind,
            progress.subject,
            before=event.after,
            after=before,
            undoes_id=event.id,
        )
    return len(standing)


def _standing(
    session: Session, actor: Member, first: int, last: int, *, hold: bool = False
) -> Sequence[tuple[Event, Progress]]:
    """Return the events of an assigning that say what still is, each with its row."""
    events = session.scalars(
        select(Event)
        .join(Article, Article.id == Event.article_id)
        .where(
            Event.id.between(first, last),
            Event.project_id == actor.project_id,
            Event.account_id == actor.account_id,
            Event.kind.in_((ASSIGNED, DUE_CHANGED)),
            Event.undoes_id.is_(None),
            Article.archived_at.is_(None),
        )
        .order_by(Event.id)
    ).all()
    last_of = {(event.article_id or 0, (event.after or {})["account"]): event for event in events}
    found = []
    for key, event in sorted(last_of.items()):
        progress = session.get(Progress, key, with_for_update=hold, populate_existing=hold)
        if progress is not None and progress.assigned_at and snapshot(progress) == event.after:
            found.append((event, progress))
    return found
