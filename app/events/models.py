"""The one append-only table, and what makes it so: triggers, in either database."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, ForeignKey, Index, String, event, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.indexes import PartialIndex

Snapshot = dict[str, Any]
HAS_KEY = text("client_key IS NOT NULL")
IS_PART = text("part_of_id IS NOT NULL")


class Event(Base):
    """One change by one person. Never updated, never deleted: the database refuses both.

    The subject is what it is about, of whatever kind; `article_id` and `annotation_id` say in whose
    history it stands, and so who may see it. `before` and `after` are the fields of the changed row
    as JSON: None before a row was made. An undo names the event that it took back in `undoes_id`, a
    redo in `redoes_id`. An act on many rows is one event, and each row's own is a part of it.
    """

    __tablename__ = "events"
    __table_args__ = (
        PartialIndex(
            "uq_events_account_id_client_key",
            "account_id",
            "client_key",
            unique=True,
            where=HAS_KEY,
        ),
        PartialIndex(
            "ix_events_part_of_id",
            "part_of_id",
            where=IS_PART,
        ),
        Index("ix_events_article_id_id", "article_id", "id"),
        Index("ix_events_annotation_id_id", "annotation_id", "id"),
        Index("ix_events_account_id_article_id_id", "account_id", "article_id", "id"),
        Index("ix_events_project_id_id_kind", "project_id", "id", "kind"),
        Index("ix_events_project_id_kind_id", "project_id", "kind", "id"),
        Index("ix_events_project_id_account_id_id_kind", "project_id", "account_id", "id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    annotation_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id"), doc="None for what the installation itself did"
    )
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20), doc="Such as annotation, or article")
    subject_id: Mapped[int]
    version: Mapped[int | None] = mapped_column(
        doc="Of the subject's row after the event; None where it has none, or it was not kept"
    )
    before: Mapped[Snapshot | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[Snapshot | None] = mapped_column(JSON(none_as_null=True))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    redoes_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    client_key: Mapped[str | None] = mapped_column(
        String(64), doc="Made by who asked for an undo or redo, to retry with; else None"
    )
    part_of_id: Mapped[int | None] = mapped_column(
        doc="The id of the event of the act on many that this is a part of; None for no part"
    )


KEPT = "An event is never changed or deleted."

_ON_SQLITE = """
CREATE TRIGGER events_are_not_{past} BEFORE {act} ON events
BEGIN SELECT RAISE(ABORT, '{kept}'); END
"""
_ON_POSTGRESQL = """
CREATE OR REPLACE FUNCTION refuse_change_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{kept}'; END $$;
CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event();
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_event()
"""
_TRIGGERS = (
    ("sqlite", _ON_SQLITE.format(past="changed", act="UPDATE", kept=KEPT)),
    ("sqlite", _ON_SQLITE.format(past="deleted", act="DELETE", kept=KEPT)),
    ("postgresql", _ON_POSTGRESQL.format(kept=KEPT)),
)
for _dialect, _statement in _TRIGGERS:
    _trigger = DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]  # SQLAlchemy's
    event.listen(Event.__table__, "after_create", _trigger)
