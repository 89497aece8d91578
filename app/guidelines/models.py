"""A project's guidelines, each version of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.core.db import Base
from app.events.subjects import Subject

GUIDELINES_LIMIT = 100_000


class Guidelines(Base):
    """How a project tags, in one version. The highest number is in force."""

    __tablename__ = "guidelines"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, doc="Counted from 1")
    text: Mapped[str] = mapped_column(Text, doc='Markdown, normalised; "" for none')
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), doc="Who wrote it")
    written_at: Mapped[datetime]

    author: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject("guidelines", self.project_id, self.number)
