"""Searches of passages that someone has kept by a name."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.core.db import Base
from app.events.subjects import Subject

NAME_LIMIT = 120
SEARCH = "search"  # what events about one are about


class SavedSearch(Base):
    """What of the passages an address asks for, by a name: for whoever saved it, or for all.

    It keeps the query of the address and not what that finds, which is for each what they may see.
    """

    __tablename__ = "saved_searches"
    __table_args__ = (Index("ix_saved_searches_project_id_account_id", "project_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), doc="Who saved it")
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    query: Mapped[str] = mapped_column(Text, doc='"?tag=…", or "" for everything')
    is_shared: Mapped[bool] = mapped_column(doc="All members of the project see it")
    saved_at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject(SEARCH, self.id)
