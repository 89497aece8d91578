"""Annotations, how many there are, what they carry, and where they stood in earlier revisions."""

from datetime import UTC, datetime

from sqlalchemy import (
    DDL,
    Boolean,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    TextClause,
    UniqueConstraint,
    and_,
    column,
    event,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.accounts.models import Account
from app.annotations.tags import Tag
from app.annotations.triggers import TRIGGERS
from app.articles.models import RANGE
from app.core.db import Base
from app.core.ids import RowIds
from app.core.indexes import PartialIndex
from app.events.subjects import Subject
from app.text.passages import MAX_PASSAGE

NOTE_LIMIT = 10_000
QUOTE_LIMIT = MAX_PASSAGE
NOT_DELETED = text("deleted_at IS NULL")
ANNOTATION = "annotation"  # what events about one are about
IN_TRASH = text("deleted_at IS NOT NULL")
WITH_NOTE = and_(column("has_note", Boolean), column("deleted_at").is_(None))
WITH_PARTY = text("party_id IS NOT NULL AND deleted_at IS NULL")
WITH_POSITION = text("position_id IS NOT NULL AND deleted_at IS NULL")
WITH_THEMES = text("themes <> '' AND deleted_at IS NULL")
WITH_SIDE = text("side <> '' AND deleted_at IS NULL")
RUNS_ON = text("last_block > first_block AND deleted_at IS NULL")
SIDES = ("for", "against")  # of a position
SIDE = "side IN ('', 'for', 'against')"
TAGS = "tag IN ('claim', 'demand', 'assumption', 'citation')"

# What lists over a whole project look at: they pass over a million rows in such an index alone.
_LISTED = ("tag", "account_id", "tagged_month", "has_note", "revision_id", "deleted_at")


def _list_index(
    name: str, *columns: str, where: ColumnElement[bool] | TextClause = NOT_DELETED
) -> PartialIndex:
    """Return an index of lists over a project: in this order, with all that they look at."""
    return PartialIndex(name, *dict.fromkeys((*columns, *_LISTED)), where=where)


class Annotation(Base):
    """One member's tag on one passage, at its place in the article's current revision.

    Offsets are code points into the revision's text, end exclusive; `quote` is that slice. One
    whose words a correction dropped, an orphan, stays in the last revision that had them.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        CheckConstraint(TAGS, name="tag"),
        CheckConstraint(SIDE, name="side"),
        CheckConstraint(RANGE, name="range"),
        CheckConstraint("last_block >= first_block AND first_block >= 1", name="blocks"),
        UniqueConstraint("account_id", "client_key"),
        PartialIndex(
            "uq_annotations_living",
            "revision_id",
            "account_id",
            "tag",
            "start",
            "end",
            unique=True,
            where=NOT_DELETED,
        ),
        Index("ix_annotations_article_id_start", "article_id", "start"),
        # All that the marks of a text are drawn from, in the order in which they are. SQLite looks
        # into the rows for what only the condition names.
        PartialIndex(
            "ix_annotations_marks",
            "revision_id",
            "first_block",
            "start",
            "tag",
            "end",
            "last_block",
            "deleted_at",
            where=NOT_DELETED,
        ),
        PartialIndex(
            "ix_annotations_revision_id_last_block",
            "revision_id",
            "last_block",
            where=RUNS_ON,
        ),
        _list_index("ix_annotations_places", "project_id", "article_id", "start", "id"),
        *(
            _list_index(
                f"ix_annotations_by_{name}", "project_id", name, "article_id", "start", "id"
            )
            for name in ("tag", "account_id", "tagged_month")
        ),
        _list_index(
            "ix_annotations_by_note",
            *("project_id", "article_id", "start", "id"),
            where=WITH_NOTE,
        ),
        _list_index("ix_annotations_by_created_at", "project_id", "created_at", "id", "article_id"),
        *(
            _list_index(
                f"ix_annotations_by_{name}",
                *("project_id", f"{name}_id", "article_id", "start", "id"),
                *("account_id", "party_id", "position_id", "side", "themes", "end"),
                where=where,
            )
            for name, where in (("party", WITH_PARTY), ("position", WITH_POSITION))
        ),
        _list_index(
            "ix_annotations_by_theme",
            *("project_id", "article_id", "start", "id", "themes"),
            *("account_id", "party_id", "position_id", "side"),
            where=WITH_THEMES,
        ),
        _list_index(
            "ix_annotations_by_side",
            *("project_id", "side", "article_id", "start", "id"),
            *("account_id", "party_id", "position_id", "themes"),
            where=WITH_SIDE,
        ),
        PartialIndex(
            "ix_annotations_project_id_trash",
            "project_id",
            "deleted_at",
            "account_id",
            where=IN_TRASH,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects.id"), doc="The article's, here too for the indexes"
    )
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
    made_blind: Mapped[bool] = mapped_column(
        doc="Made while others' annotations were hidden from the annotator"
    )
    has_note: Mapped[bool] = mapped_column(
        server_default=false(), doc="Kept with the note, for the indexes"
    )
    tagged_month: Mapped[int] = mapped_column(
        server_default=text("0"), doc="Of created_at in UTC, such as 202511, for the indexes"
    )
    themes: Mapped[tuple[int, ...]] = mapped_column(
        RowIds,
        server_default=text("''"),
        doc="Their ids, ascending; AnnotationTheme has the same to search by",
    )
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"), doc="Who says it")
    position_id: Mapped[int | None] = mapped_column(
        ForeignKey("positions.id"), doc="What that is for or against"
    )
    side: Mapped[str] = mapped_column(
        String(10), server_default=text("''"), doc='"for", "against", or "" where not said'
    )
    addressees: Mapped[tuple[int, ...]] = mapped_column(
        RowIds,
        server_default=text("''"),
        doc="The ids of the parties of whom a demand is made, ascending; kept, and not shown, where"
        " it is none; AnnotationAddressee has the same to search by",
    )

    annotator: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012  (SQLAlchemy reads it so)

    @validates("note")
    def _keep_has_note(self, _name: str, value: str) -> str:
        self.has_note = value != ""
        return value

    @validates("created_at")
    def _keep_tagged_month(self, _name: str, value: datetime) -> datetime:
        self.tagged_month = month_number(value)
        return value

    @property
    def tag(self) -> Tag:
        """Return what the passage is."""
        return Tag(self.tag_name)

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject(ANNOTATION, self.id, self.version, self.article_id, self.id)


def month_number(moment: datetime) -> int:
    """Return the month of a moment, in UTC, as a number such as 202511."""
    utc = moment.astimezone(UTC)
    return utc.year * 100 + utc.month


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


class AnnotationTheme(Base):
    """That an annotation, living or in the trash, carries a theme: to find those of a theme.

    The database itself keeps these rows, by triggers on the column `themes` of the annotations, so
    that they are right whoever writes, and an annotation without one costs nothing.
    """

    __tablename__ = "annotation_themes"
    __table_args__ = (
        Index("ix_annotation_themes_theme_id_annotation_id", "theme_id", "annotation_id"),
        {"sqlite_with_rowid": False},
    )

    annotation_id: Mapped[int] = mapped_column(
        ForeignKey("annotations.id", ondelete="CASCADE"), primary_key=True
    )
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), primary_key=True)


class AnnotationCount(Base):
    """How many annotations of one tag one annotator made in a revision in one month.

    Those in the trash are not counted. The database itself keeps these sums, by triggers on the
    annotations, so that they are right whoever writes; on PostgreSQL at the end of the transaction,
    when it holds all its other locks. The key begins with the project and the annotator, so that
    the sums of a project by annotator are one range of it, in order.
    """

    __tablename__ = "annotation_counts"
    __table_args__ = (
        CheckConstraint("living >= 0", name="living"),
        CheckConstraint("with_note >= 0 AND with_note <= living", name="with_note"),
        {"sqlite_with_rowid": False},
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), primary_key=True)
    tag_name: Mapped[str] = mapped_column("tag", String(20), primary_key=True)
    tagged_month: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, doc="As in Annotation"
    )
    living: Mapped[int]
    with_note: Mapped[int] = mapped_column(doc="How many of these have a note")


class AnnotationAddressee(Base):
    """That an annotation, living or in the trash, has an addressee: kept as AnnotationTheme is.

    An annotation that is no demand any more keeps its addressees, which nobody is shown: whoever
    looks here asks for the tag too.
    """

    __tablename__ = "annotation_addressees"
    __table_args__ = (
        Index("ix_annotation_addressees_party_id_annotation_id", "party_id", "annotation_id"),
        {"sqlite_with_rowid": False},
    )

    annotation_id: Mapped[int] = mapped_column(
        ForeignKey("annotations.id", ondelete="CASCADE"), primary_key=True
    )
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), primary_key=True)


for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        _trigger = DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]  # SQLAlchemy's
        event.listen(Base.metadata, "after_create", _trigger)
