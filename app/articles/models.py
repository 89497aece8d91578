"""Articles, their revisions, and the structure beside a revision's text."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.core.db import Base
from app.core.indexes import PartialIndex
from app.events.subjects import Subject
from app.projects.tagging_modes import Mode
from app.text.length import Length
from app.text.sorting import fold, sort_key

BLOCK_KINDS = (
    "kind IN ('heading', 'paragraph', 'quotation', 'list_item', 'table', 'caption', "
    "'preformatted', 'footnote', 'image')"
)
INLINE_KINDS = "kind IN ('hyperlink', 'emphasis', 'strong', 'code', 'footnote_mark')"
RANGE = 'start >= 0 AND "end" > start'
KEY = Text().with_variant(Text(collation="C"), "postgresql")  # by code points, as on SQLite


class Article(Base):
    """One piece of commentary. Text fields are "" where nothing is known."""

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("project_id", "loaded_from"),
        Index("ix_articles_project_id_content_hash", "project_id", "content_hash"),
        # For the numbers of those in use and in the archive, and for the list as it is first shown.
        Index(
            "ix_articles_project_id_archived_at_created_at",
            "project_id",
            "archived_at",
            "created_at",
        ),
        # For the list as it is sorted by title.
        PartialIndex(
            "ix_articles_title_key",
            "project_id",
            "title_key",
            "id",
            where=text("archived_at IS NULL"),
        ),
        CheckConstraint("mode IN ('shared', 'independent')", name="mode"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    title: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    title_key: Mapped[str] = mapped_column(
        KEY, server_default=text("''"), doc="What it is sorted by"
    )
    author_key: Mapped[str] = mapped_column(
        KEY, server_default=text("''"), doc="The same, by author"
    )
    searched: Mapped[str] = mapped_column(
        KEY, server_default=text("''"), doc="Title and author, a line each, as they are searched"
    )
    publication: Mapped[str] = mapped_column(Text)
    published_on: Mapped[date | None] = mapped_column(doc="None where it is not known")
    source_url: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, doc="BCP 47")
    guessed: Mapped[list[str]] = mapped_column(JSON, doc="The names of fields that were guessed")
    origins: Mapped[dict[str, str] | None] = mapped_column(
        JSON, doc="Where each field's first value came from; None where that was not kept"
    )
    loaded_from: Mapped[str | None] = mapped_column(
        Text, doc="The file it was loaded from, relative to the checkout; None for no file"
    )
    content_hash: Mapped[str] = mapped_column(String(64), doc="SHA-256 of the file's bytes")
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime] = mapped_column(
        doc="When it or an annotation that all see last changed"
    )
    archived_at: Mapped[datetime | None] = mapped_column(doc="None while it is in use")
    version: Mapped[int] = mapped_column(
        server_default="1", doc="1 at first; one more with each change of the fields above"
    )
    mode_name: Mapped[str | None] = mapped_column(
        "mode", String(20), doc="None for the mode of the project"
    )
    current_revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("revisions.id", use_alter=True),
        doc="What is read: the newest that was not taken back; None until there is a first text",
    )
    revealed_at: Mapped[datetime | None] = mapped_column(
        doc="None while what is tagged independently was not revealed to everyone"
    )

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012  (SQLAlchemy reads it so)

    @validates("title", "author")
    def _keep_keys(self, name: str, value: str) -> str:
        """Keep with a title or an author what it is sorted and searched by."""
        named = {"title": self.title or "", "author": self.author or "", name: value}
        self.title_key, self.author_key = sort_key(named["title"]), sort_key(named["author"])
        self.searched = f"{fold(named['title'])}\n{fold(named['author'])}"
        return value

    @property
    def mode(self) -> Mode | None:
        """Return how it is tagged, None for as the project says."""
        return None if self.mode_name is None else Mode(self.mode_name)

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject("article", self.id, self.version, article_id=self.id)


class Revision(Base):
    """One immutable text of an article; `current_revision_id` of the article says which is read."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64), doc="SHA-256 of the text in UTF-8")
    words: Mapped[int] = mapped_column(doc="About how many where there are no spaces between them")
    characters: Mapped[int | None] = mapped_column(
        doc="Without white space; None where the text is counted by words"
    )
    created_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id"), doc="Who corrected the article; None for its first text"
    )
    source: Mapped[str | None] = mapped_column(
        Text, doc="What the correction was read from; None for the first text"
    )
    taken_back_at: Mapped[datetime | None] = mapped_column(doc="None while it stands")

    @property
    def length(self) -> Length:
        """Return how long its text is."""
        return Length(self.words, self.characters)


class Draft(Base):
    """An article, or a new text of one, that someone has yet to look at and confirm.

    `document` is the text with its blocks and inlines, and what was left out of its page; `fields`
    is what stands in the form. Of a correction `decisions` are what was decided of its
    annotations: by id the place, start and end, or None to leave it without one. Where the encoding
    of its file was guessed, `file` are the bytes, to be read again in another one.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_account_id_project_id", "account_id", "project_id"),
        {"sqlite_autoincrement": True},  # an old page must not save onto a later draft
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), doc="Whose it is")
    article_id: Mapped[int | None] = mapped_column(
        ForeignKey("articles.id"), doc="What it corrects; None for a new article"
    )
    source: Mapped[str] = mapped_column(Text, doc='A file\'s name, an address, or "pasted text"')
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    guessed: Mapped[list[str]] = mapped_column(JSON, doc="The names of fields that were guessed")
    origins: Mapped[dict[str, str]] = mapped_column(JSON, doc="Where each value came from")
    content_hash: Mapped[str] = mapped_column(String(64), doc="SHA-256 of the file's bytes")
    decisions: Mapped[dict[str, list[int] | None] | None] = mapped_column(
        JSON(none_as_null=True), doc="None for a new article"
    )
    unread: Mapped[list[str]] = mapped_column(JSON, doc="Sentences: what the reader could not read")
    encoding: Mapped[str] = mapped_column(
        String(40), server_default=text("''"), doc="As guessed or chosen; empty where it is certain"
    )
    confidence: Mapped[int] = mapped_column(
        server_default=text("0"), doc="How sure the encoding is, in percent"
    )
    file_name: Mapped[str] = mapped_column(
        Text, server_default=text("''"), doc="Says how `file` is read; empty without one"
    )
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]


class BlockRow(Base):
    """A block of a revision: the range `[start, end)` of its text, in code points."""

    __tablename__ = "blocks"
    __table_args__ = (
        CheckConstraint(BLOCK_KINDS, name="kind"),
        CheckConstraint(RANGE, name="range"),
        CheckConstraint("level BETWEEN 0 AND 6", name="level"),
    )

    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, doc="Counted from 1")
    start: Mapped[int]
    end: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    level: Mapped[int]
    depth: Mapped[int]
    marker: Mapped[str] = mapped_column(Text)
    sentences: Mapped[str] = mapped_column(
        Text, doc="Start and end of each sentence from the block's start, in turn, by spaces"
    )


class InlineRow(Base):
    """A hyperlink, emphasis or footnote mark: a range of a revision's text inside one block."""

    __tablename__ = "inlines"
    __table_args__ = (
        CheckConstraint(INLINE_KINDS, name="kind"),
        CheckConstraint(RANGE, name="range"),
        Index("ix_inlines_revision_id_start", "revision_id", "start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    start: Mapped[int]
    end: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(Text)
