"""Annotations and where they stood in earlier revisions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.annotations.tags import Tag
from app.articles.models import RANGE
from app.core.db import Base
from app.events.subjects import Subject
from app.text.passages import MAX_PASSAGE

NOTE_LIMIT = 10_000
QUOTE_LIMIT = MAX_PASSAGE
NOT_DELETED = text("deleted_at IS NULL")
ANNOTATION = "annotation"  # what events about one are about
TAGS = "tag IN ('claim', 'demand', 'assumption', 'citation')"


class Annotation(Base):
    """One member's tag on one passage, at its place in the article's current revision.

    Offsets are code points into the revision's text, end exclusive; `quote` is that slice. One
    whose words a correction dropped, an orphan, stays in the last revision that had them.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        CheckConstraint(TAGS, name="tag"),
        CheckConstraint(RANGE, name="range"),
        CheckConstraint("last_block >= first_block AND first_block >= 1", name="blocks"),
        UniqueConstraint("account_id", "client_key"),
        Index(
            "uq_annotations_living",
            "revision_id",
            "account_id",
            "tag",
            "start",
            "end",
            unique=True,
            sqlite_where=NOT_DELETED,
            postgresql_where=NOT_DELETED,
        ),
        Index("ix_annotations_article_id_start", "article_id", "start"),
        Index("ix_annotations_revision_id_first_block", "revision_id", "first_block"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), doc="The annotator")
    tag_name: Mapped[str] = mapped_column("tag", String(20))
    start: Mapped[int]
    end: Mapped[int]
    first_block: Mapped[int] = mapped_column(doc="The number of the block where it starts")
    last_block: Mapped[int] = mapped_column(doc="The number of the block where it ends")
    quote: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(String(32))
    suffix: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(Text, doc='"" for none')
    client_key: Mapped[str] = mapped_column(String(64), doc="Made by who asked, to retry with")
    version: Mapped[int] = mapped_column(doc="1 at first; one more with each change")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None] = mapped_column(doc="None while it is not in the trash")

    annotator: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012  (SQLAlchemy reads it so)

    @property
    def tag(self) -> Tag:
        """Return what the passage is."""
        return Tag(self.tag_name)

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject(ANNOTATION, self.id, self.version, self.article_id, self.id)


class EarlierPlace(Base):
    """What an annotation was in a revision when that was corrected: the state before an event.

    Every annotation of a corrected revision has one, those too that the correction left without
    a place.
    """

    __tablename__ = "earlier_places"

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revisions.id"), primary_key=True, index=True
    )
    event_id: Mapped[int] = mapped_column(
        ForeignKey("events.id"), doc="By which the correction moved it, or left it"
    )
