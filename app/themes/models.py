"""Themes: a project's own keywords, which annotations carry beside their tag."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.accounts.avatars import Colour
from app.articles.models import KEY
from app.core.db import Base
from app.events.subjects import Subject
from app.text.sorting import fold

NAME_LIMIT = 80
TEXT_LIMIT = 2_000
THEME = "theme"  # what events about one are about
COLOURS = "colour IN ('blue', 'teal', 'green', 'ochre', 'rust', 'rose', 'plum', 'slate')"


class Theme(Base):
    """A keyword of a project. It is never deleted: what carries it would lose it."""

    __tablename__ = "themes"
    __table_args__ = (
        CheckConstraint(COLOURS, name="colour"),
        CheckConstraint("name <> '' AND name NOT LIKE '%;%'", name="name"),
        CheckConstraint("parent_id <> id", name="parent"),
        Index("uq_themes_project_id_folded", "project_id", "folded", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    folded: Mapped[str] = mapped_column(
        KEY, doc="The name as it is searched: no two of a project are the same"
    )
    definition: Mapped[str] = mapped_column(Text, doc='"" for none')
    example: Mapped[str] = mapped_column(Text, doc='"" for none')
    colour: Mapped[str] = mapped_column(String(20), server_default=text("'slate'"))
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("themes.id", use_alter=True), doc="None for one at the top"
    )
    position: Mapped[int] = mapped_column(doc="Its place among those with the same parent")
    archived_at: Mapped[datetime | None] = mapped_column(doc="None while it can be given")
    version: Mapped[int] = mapped_column(doc="1 at first; one more with each change")

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012  (SQLAlchemy reads it so)

    @validates("name")
    def _keep_folded(self, _key: str, value: str) -> str:
        """Keep with a name what it is found by."""
        self.folded = fold(value)
        return value

    @validates("colour")
    def _check_colour(self, _key: str, value: str) -> str:
        return Colour(value).value

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject(THEME, self.id, self.version)
