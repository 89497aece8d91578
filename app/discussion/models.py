"""What is said of annotations: threads of comments, stances, and who takes part."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.core.db import Base
from app.core.indexes import PartialIndex
from app.events.subjects import Subject

COMMENT_LIMIT = 5_000
REASON_LIMIT = 1_000
VERDICT = "verdict"  # what events about one are about
MOST_COMMENTS = 500  # of one annotation
WRITTEN_LIMIT = 120  # a name, and the number that tells two of one name apart
THREADS_IN_STATES = {
    "questions": text("questions > 0 AND resolved_at IS NULL"),
    "disputes": text("disputes > 0 AND resolved_at IS NULL"),
    "resolved": text("resolved_at IS NOT NULL"),
}


class Thread(Base):
    """What is said of one annotation, summed up; there is none before anybody said anything.

    Whoever discusses an annotation holds its thread until the commit, so that the sums are right.
    """

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint(
            "comments >= 0 AND questions >= 0 AND agreements >= 0 AND disputes >= 0",
            name="counts",
        ),
        CheckConstraint("(resolved_at IS NULL) = (resolved_by_id IS NULL)", name="resolved"),
        # For lists over a project: few threads are in such a state.
        *(
            PartialIndex(f"ix_threads_{name}", "article_id", where=state)
            for name, state in THREADS_IN_STATES.items()
        ),
    )

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    comments: Mapped[int] = mapped_column(doc="How many are there, without the deleted ones")
    questions: Mapped[int] = mapped_column(doc="How many of these are questions")
    agreements: Mapped[int] = mapped_column(doc="Those of what the annotation was before, too")
    disputes: Mapped[int] = mapped_column(doc="The same")
    resolved_at: Mapped[datetime | None] = mapped_column(doc="None while it is open")
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    example_in: Mapped[int | None] = mapped_column(
        doc="The version of the guidelines that took it as an example, None for none"
    )

    resolved_by: Mapped[Account | None] = relationship(lazy="joined")

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject("thread", self.annotation_id, None, self.article_id, self.annotation_id)


class Comment(Base):
    """One comment. A deleted one keeps its text, so that it can be restored."""

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint("(deleted_at IS NULL) = (deleted_by_id IS NULL)", name="deleted"),
        UniqueConstraint("account_id", "client_key"),
        Index("ix_comments_annotation_id_id", "annotation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), doc="Who wrote it")
    text: Mapped[str] = mapped_column(Text)
    is_question: Mapped[bool]
    client_key: Mapped[str] = mapped_column(String(64), doc="Made by who asked, to retry with")
    version: Mapped[int] = mapped_column(doc="1 at first; one more with each change")
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None] = mapped_column(doc="None where its text is the first")
    deleted_at: Mapped[datetime | None] = mapped_column(doc="None while it is there")
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    author: Mapped[Account] = relationship(lazy="joined", innerjoin=True, foreign_keys=[account_id])

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012  (SQLAlchemy reads it so)


class Stance(Base):
    """That a member agrees with an annotation, or disputes it. Without a row they do neither.

    It is about what the annotation was then: another tag or other words need another stance.
    """

    __tablename__ = "stances"
    __table_args__ = (
        CheckConstraint("value IN ('agree', 'dispute')", name="value"),
        CheckConstraint("value = 'agree' OR reason <> ''", name="reason"),
    )

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    value: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, doc='"" for none')
    taken_at: Mapped[datetime]
    about_tag: Mapped[str] = mapped_column(String(20))
    about_quote: Mapped[str] = mapped_column(Text)

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Verdict(Base):
    """What members say of two passages, one for a position and one against it: one for each two.

    It is about what both said then: where one of them speaks of another party or position, or takes
    another side, or is deleted, it lapses. One that was taken back keeps its row.
    """

    __tablename__ = "verdicts"
    __table_args__ = (
        CheckConstraint("value IN ('', 'change', 'contradiction', 'neither')", name="value"),
        CheckConstraint("(value = 'neither') = (reason <> '')", name="reason"),
        UniqueConstraint("supporting_id", "opposing_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    supporting_id: Mapped[int] = mapped_column(
        ForeignKey("annotations.id"), doc="The annotation that is for the position"
    )
    opposing_id: Mapped[int] = mapped_column(
        ForeignKey("annotations.id"), doc="The one that is against it"
    )
    value: Mapped[str] = mapped_column(
        String(20), doc='"change", "contradiction" or "neither"; "" where it was taken back'
    )
    reason: Mapped[str] = mapped_column(Text, doc='Why it is neither; else ""')
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), doc="Who said so last")
    supporting_party_id: Mapped[int] = mapped_column(
        ForeignKey("parties.id"), doc="That of the supporting annotation then, and so on"
    )
    supporting_position_id: Mapped[int] = mapped_column(ForeignKey("positions.id"))
    opposing_party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    opposing_position_id: Mapped[int] = mapped_column(ForeignKey("positions.id"))
    version: Mapped[int] = mapped_column(doc="1 at first; one more with each change")

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012  (SQLAlchemy reads it so)

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject(VERDICT, self.id, self.version)


class Mention(Base):
    """That a comment, or the reason of a stance, names a member: by account, however called."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_annotation_id", "annotation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), doc="Who names")
    comment_id: Mapped[int | None] = mapped_column(
        ForeignKey("comments.id"), doc="None in the reason of the author's stance"
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), doc="Who is named")
    written: Mapped[str] = mapped_column(
        String(WRITTEN_LIMIT), doc="How the text calls them, after the @"
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), doc="That named them first")

    account: Mapped[Account] = relationship(
        lazy="joined", innerjoin=True, foreign_keys=[account_id]
    )


class Participant(Base):
    """Whom a thread concerns, from which event on: 0 for whoever made the annotation."""

    __tablename__ = "participants"
    __table_args__ = (
        Index("ix_participants_account_id_last_event_id", "account_id", "last_event_id"),
    )

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    since_id: Mapped[int] = mapped_column(doc="The first event that concerns them, that one too")
    last_event_id: Mapped[int] = mapped_column(doc="Of what others said last in the thread")
