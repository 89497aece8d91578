"""Recording what happened, in the transaction in which it happened."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.clock import now
from app.events.models import Event, Snapshot

ORDER_LOCK = 0x676C6F7373  # any number that every process of Gloss agrees on


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
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ORDER_LOCK})
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
