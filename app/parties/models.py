"""Parties and positions: who says something in a text, and what one may be for or against.

Another name, an *alias*, is a row of the same table that says whose name it is. What is said of
either counts for the main one.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship, synonym, validates

from app.articles.models import KEY
from app.core.db import Base
from app.events.subjects import Subject
from app.text.sorting import fold

NAME_LIMIT = 200  # characters of the name of a party
SENTENCE_LIMIT = 300  # of a position
NOTE_LIMIT = 2_000
KINDS = ("person", "organization")
KIND = "kind IN ('', 'person', 'organization')"


class Named(Base):
    """A row that a project has a name for, and perhaps other names. It is never deleted.

    `called` is the name of a party, and the sentence of a position.
    """

    __abstract__ = True
    SUBJECT: ClassVar[str]  # what events about one are about
    called: Mapped[str]

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-2)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), sort_order=-1)
    folded: Mapped[str] = mapped_column(
        KEY, doc="What it is called, as it is searched: no two of a project are the same"
    )
    note: Mapped[str] = mapped_column(Text, doc='"" for none')
    archived_at: Mapped[datetime | None] = mapped_column(doc="None while it can be given")
    version: Mapped[int] = mapped_column(doc="1 at first; one more with each change")

    @declared_attr
    def alias_of_id(cls) -> Mapped[int | None]:  # noqa: N805  (SQLAlchemy's)
        """Say whose other name it is."""
        return mapped_column(
            ForeignKey(f"{cls.__tablename__}.id", use_alter=True),
            index=True,
            doc="The main one, whose other name this is; None for a main one",
        )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  (SQLAlchemy's)
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False}

    @classmethod
    def key_of(cls, called: str) -> str:
        """Return what one that is called so is found by."""
        return fold(called)

    @property
    def main_id(self) -> int:
        """Return the id of the one that this counts for: its own, unless it is an alias."""
        return self.alias_of_id or self.id

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject(self.SUBJECT, self.id, self.version)


class Party(Named):
    """A person or an organisation in the texts of a project."""

    __tablename__ = "parties"
    __table_args__ = (
        CheckConstraint(KIND, name="kind"),
        CheckConstraint("name <> '' AND name NOT LIKE '%;%'", name="name"),
        CheckConstraint("alias_of_id <> id", name="alias"),
        Index("uq_parties_project_id_folded", "project_id", "folded", unique=True),
    )
    SUBJECT = "party"

    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    called: Mapped[str] = synonym("name")
    kind: Mapped[str] = mapped_column(
        String(20), server_default=text("''"), doc='"person", "organization", or "" where not said'
    )

    affiliations: Mapped[list["Affiliation"]] = relationship(
        foreign_keys="Affiliation.party_id", cascade="all, delete-orphan", lazy="selectin"
    )

    @validates("name")
    def _keep_folded(self, _key: str, value: str) -> str:
        """Keep with a name what it is found by."""
        self.folded = self.key_of(value)
        return value


class Affiliation(Base):
    """That a person speaks for an organisation, from one day to another or without an end."""

    __tablename__ = "affiliations"
    __table_args__ = (
        CheckConstraint("organization_id <> party_id", name="organization"),
        CheckConstraint("until >= since", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True, doc="The person")
    organization_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    since: Mapped[date | None] = mapped_column(doc="The first day, None for always before")
    until: Mapped[date | None] = mapped_column(doc="The last day, None for no end")


class Position(Named):
    """A sentence that one may be for or against, as it was typed."""

    __tablename__ = "positions"
    __table_args__ = (
        CheckConstraint("sentence <> ''", name="sentence"),
        CheckConstraint("alias_of_id <> id", name="alias"),
        Index("uq_positions_project_id_folded", "project_id", "folded", unique=True),
    )
    SUBJECT = "position"

    sentence: Mapped[str] = mapped_column(String(SENTENCE_LIMIT))
    called: Mapped[str] = synonym("sentence")

    @validates("sentence")
    def _keep_folded(self, _key: str, value: str) -> str:
        """Keep with a sentence what it is found by."""
        self.folded = self.key_of(value)
        return value

    @classmethod
    def key_of(cls, called: str) -> str:
        """Return what one that is called so is found by: its full stop makes no other of it."""
        return fold(called).rstrip(". ")
