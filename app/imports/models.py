"""Imports of annotations: a file, what would become of each row of it, and how far that is."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

STATES = "state IN ('reading', 'ready', 'unreadable', 'adding', 'added', 'stopped')"
OUTCOMES = "outcome IN ('new', 'moved', 'several', 'same', 'placeless', 'refused')"


class Import(Base):
    """A file that a curator brought, until it is discarded; `summary` counts what was found.

    `run` is one more each time that it is read or added: who works for an earlier one stops.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(STATES, name="state"),
        Index("ix_imports_account_id_project_id", "account_id", "project_id"),
        {"sqlite_autoincrement": True},  # an old page must not act on a later import
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), doc="Whose it is")
    file_name: Mapped[str] = mapped_column(Text)
    file_format: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    run: Mapped[int]
    done: Mapped[int] = mapped_column(doc="Rows of which it is known what becomes of them")
    total: Mapped[int] = mapped_column(doc="Rows of the file, 0 while that is not known")
    problem: Mapped[str] = mapped_column(Text, doc='Why it could not be read or added; "" for none')
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("events.id"), doc="Of the act by which its annotations were added"
    )
    made_at: Mapped[datetime]
    beat_at: Mapped[datetime] = mapped_column(doc="When whoever works on it last said so")


class ImportFile(Base):
    """The bytes of an import's file, until its annotations are added.

    They have a table of their own: SQLite rewrites a row, with all that is in it, each time that
    something of it changes.
    """

    __tablename__ = "import_files"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """What would become of one annotation of a file, and what it says, as `Planned` keeps it."""

    __tablename__ = "import_rows"
    __table_args__ = (
        CheckConstraint(OUTCOMES, name="outcome"),
        Index("ix_import_rows_outcome", "import_id", "outcome", "position"),
        {"sqlite_with_rowid": False},
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, doc="In the file, from 1")
    outcome: Mapped[str] = mapped_column(String(20))
    planned: Mapped[dict[str, Any]] = mapped_column(JSON)
    chosen: Mapped[int | None] = mapped_column(
        doc="Of several places the start of the one that was chosen; None to leave it out"
    )
