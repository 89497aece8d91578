"""Recording what happened, in the transaction in which it happened."""

from collections.abc import Iterable

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from app.core.clock import now
from app.events.models import Event, Snapshot

ORDER_LOCK = 0x676C6F7373  # any number that every process of Gloss agrees on
CHANNEL = "gloss_events"  # on which PostgreSQL tells who listens that something was committed


def record(
    session: Session,
    *,
    kind: str,
    project_id: int,
    account_id: int | None,
    article_id: int | None = None,
    annotation_id: int | None = None,
    before: Snapshot | None = None,
    after: Snapshot | None = None,
    undoes_id: int | None = None,
    redoes_id: int | None = None,
    client_key: str | None = None,
) -> Event:
    """Append one event and give it its id.

    Ids become visible in order: SQLite has one writer, and on PostgreSQL a lock is held from
    here to the commit, so that who reads `id > last` never misses a slower transaction.
    """
    take_turn(session)
    event = Event(
        at=now(),
        kind=kind,
        project_id=project_id,
        account_id=account_id,
        article_id=article_id,
        annotation_id=annotation_id,
        before=before,
        after=after,
        undoes_id=undoes_id,
        redoes_id=redoes_id,
        client_key=client_key,
    )
    session.add(event)
    session.flush()
    return event


def record_changes(
    session: Session,
    *,
    project_id: int,
    account_id: int,
    article_id: int,
    changes: Iterable[tuple[int, str, Snapshot, Snapshot]],
) -> None:
    """Append an event for each annotation that one act changes: its id, kind, before and after."""
    take_turn(session)
    shared = {
        "at": now(),
        "project_id": project_id,
        "account_id": account_id,
        "article_id": article_id,
    }
    rows = [
        {**shared, "annotation_id": annotation_id, "kind": kind, "before": before, "after": after}
        for annotation_id, kind, before, after in changes
    ]
    if rows:
        session.execute(insert(Event), rows)


def take_turn(session: Session) -> None:
    """Let nobody else record an event before the commit: for what locks more after it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(:lock), pg_notify(:channel, '')"),
            {"lock": ORDER_LOCK, "channel": CHANNEL},
        )
