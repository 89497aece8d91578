"""How far people have read in their inboxes. What stands there is read from the events."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Inbox(Base):
    """Up to which event someone has read everything, and has been told of by email.

    Who has no row has read nothing, and been told nothing.
    """

    __tablename__ = "inboxes"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    read_to: Mapped[int] = mapped_column(doc="The last event that is read, with all before it")
    told_to: Mapped[int] = mapped_column(doc="The last event that a digest knew of")
    told_on: Mapped[date | None] = mapped_column(doc="The day (UTC) of the last digest, or None")


class InboxRead(Base):
    """That someone has read one item, beyond those that they have read all of."""

    __tablename__ = "inbox_reads"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
