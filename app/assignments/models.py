"""How far each account is with each article, and who was asked to tag it by when."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.events.subjects import Subject


class State(StrEnum):
    """How far somebody is with an article, as they say themselves."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    DONE = "done"


class Progress(Base):
    """An account's state in an article, whether it was assigned to them or not."""

    __tablename__ = "progress"
    __table_args__ = (
        CheckConstraint("state IN ('not started', 'in progress', 'done')", name="state"),
        CheckConstraint("due_on IS NULL OR assigned_at IS NOT NULL", name="due_on"),
    )

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    state_name: Mapped[str] = mapped_column("state", String(20))
    assigned_at: Mapped[datetime | None] = mapped_column(doc="None where it is not assigned")
    due_on: Mapped[date | None] = mapped_column(doc="None for no date, or where not assigned")

    @property
    def state(self) -> State:
        """Return how far they are."""
        return State(self.state_name)

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject("article", self.article_id, article_id=self.article_id)
