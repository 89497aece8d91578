"""Recording what happened, in the transaction in which it happened."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.db import insert_for_good
from app.events.models import Event, Snapshot
from app.events.subjects import Actor, Subject

ORDER_LOCK = 0x676C6F7373  # any number that every process of Gloss agrees on
LAST_RECORDED = "gloss_last_recorded"  # in the `info` of a session
CHANNEL = "gloss_events"  # on which PostgreSQL tells who listens that something was committed
_LOCK_EVENTS = text("SELECT pg_advisory_xact_lock(:lock), pg_notify(:channel, '')")


class NewEvent(NamedTuple):
    """One of many changes that one act makes, for `record_all`."""

    kind: str
    subject: Subject
    before: Snapshot | None
    after: Snapshot | None
    undoes_id: int | None = None


def record(
    session: Session,
    actor: Actor,
    kind: str,
    subject: Subject,
    *,
    before: Snapshot | None = None,
    after: Snapshot | None = None,
    undoes_id: int | None = None,
    redoes_id: int | None = None,
    client_key: str | None = None,
) -> int:
    """Append one event and return its id.

    Ids become visible in order: SQLite has one writer, and on PostgreSQL a lock is held from
    here to the commit, so that who reads `id > last` never misses a slower transaction.
    """
    lock_events(session)
    row = {
        **_row(actor, NewEvent(kind, subject, before, after)),
        "at": now(),
        "undoes_id": undoes_id,
        "redoes_id": redoes_id,
        "client_key": client_key,
        "part_of_id": None,
    }
    event_id = insert_for_good(session, Event, row)
    session.info[LAST_RECORDED] = event_id
    return event_id


def last_recorded(session: Session) -> int | None:
    """Return the id of the last event that `record` has appended in a session, or None."""
    event_id: int | None = session.info.get(LAST_RECORDED)
    return event_id


def record_all(
    session: Session, actor: Actor, changes: Iterable[NewEvent], *, part_of_id: int | None = None
) -> dict[int, int]:
    """Append an event for each of many changes that one act makes, in their order.

    They are parts of the event `part_of_id`, where the act has one of its own. Return the ids of
    the events by those of their subjects.
    """
    rows = _rows(session, actor, changes, part_of_id)
    if not rows:
        return {}
    made = session.execute(insert(Event).returning(Event.subject_id, Event.id), rows)
    return {row[0]: row[1] for row in made}


def append_all(
    session: Session, actor: Actor, changes: Iterable[NewEvent], *, part_of_id: int | None = None
) -> None:
    """Do the same for very many, in half the time, since nobody asks for the ids of the events."""
    rows = _rows(session, actor, changes, part_of_id)
    if rows:
        session.connection().execute(insert(Event.__table__), rows)  # type: ignore[arg-type]  # wider


def _rows(
    session: Session, actor: Actor, changes: Iterable[NewEvent], part_of_id: int | None
) -> list[dict[str, Any]]:
    lock_events(session)
    moment = now()
    return [
        {
            **_row(actor, change),
            "at": moment,
            "undoes_id": change.undoes_id,
            "part_of_id": part_of_id,
        }
        for change in changes
    ]


def _row(actor: Actor, change: NewEvent) -> dict[str, Any]:
    subject = change.subject
    return {
        "project_id": actor.project_id,
        "account_id": actor.account_id,
        "kind": change.kind,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "version": subject.version,
        "article_id": subject.article_id,
        "annotation_id": subject.annotation_id,
        "before": change.before,
        "after": change.after,
    }


def lock_events(session: Session) -> None:
    """Let nobody else record an event before the commit: for what locks more after it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK_EVENTS, {"lock": ORDER_LOCK, "channel": CHANNEL})
