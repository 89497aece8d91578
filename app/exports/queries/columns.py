"""The columns of an export of annotations: one description, from which every format is written."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, case, cast, func, or_, select, type_coerce

from app.accounts.models import Account
from app.annotations.models import Annotation, AnnotationTheme
from app.articles.models import Article, Revision
from app.core.names import SEPARATOR
from app.discussion.models import Stance, Thread
from app.discussion.queries.discussion import AGREEMENTS, DISPUTES, is_of_now
from app.discussion.service.stances import DISPUTE
from app.exports.queries.said_columns import (
    name_of_organization,
    name_of_party,
    names_of_addressees,
    sentence_of_position,
)
from app.frozen import frozen
from app.projects.models import Project
from app.themes.models import Theme


class ColumnKind(Enum):
    """What the values of a column are, as docs/columns.md says it, and so how to write them."""

    TEXT = "text"  # what people wrote, or a name of theirs; "" for nothing
    CODE = "code"  # a word of our own; "" for nothing
    LINK = "link"  # an address of our own, never empty
    NUMBER = "number"  # None where it does not apply
    DAY = "date"  # as the driver gives it: a date, or SQLite's text of one; None for none
    MOMENT = "time"  # as the driver gives it: with its zone, or SQLite's text, which is UTC
    YES_OR_NO = "yes or no"
    NAMES = "names"  # what people call several things, with SEPARATOR between; "" for none


@frozen
class Column:
    """A column: its name in the file, what the database reads it from, and what its values are."""

    name: str
    source: ColumnElement[Any]
    kind: ColumnKind


def moment_text(at: datetime | str) -> str:
    """Write a time as the driver gives it in ISO 8601, in UTC and to the second."""
    text = at.astimezone(UTC).isoformat() if isinstance(at, datetime) else at
    return f"{text[:10]}T{text[11:19]}Z"


# The bare tables, and times as the driver gives them: the ORM would look at every row, and to make
# a date of SQLite's text and a text of that takes as long as all the rest.
_annotation, _account = Annotation.__table__.c, Account.__table__.c
_article, _revision, _project = Article.__table__.c, Revision.__table__.c, Project.__table__.c
_thread = Thread.__table__.c
_theme, _carried = Theme.__table__.c, AnnotationTheme.__table__.c

_PERMALINK_BASE: ColumnElement[str] = bindparam("permalink_base", type_=String)
_PERMALINK = _PERMALINK_BASE + "/annotations/" + cast(_annotation.id, String)
_THREAD = case(
    (
        or_(_thread.comments > 0, DISPUTES > 0),
        case((_thread.resolved_at.is_(None), "open"), else_="resolved"),
    ),
    else_="",
)


def _placed(offset: ColumnElement[int]) -> ColumnElement[int]:
    """Return a place in the text, None for an orphan."""
    return case((_annotation.revision_id == _article.current_revision_id, offset))


def _names_of_themes() -> ColumnElement[str]:
    """Return the names of what an annotation carries, in order, with semicolons between."""
    names = (
        select(_theme.name)
        .join_from(Theme.__table__, AnnotationTheme.__table__, _carried.theme_id == _theme.id)
        .where(_carried.annotation_id == _annotation.id)
        .order_by(_theme.folded)
        .correlate(Annotation.__table__)
        .subquery()
    )
    joined = select(func.aggregate_strings(names.c.name, SEPARATOR)).scalar_subquery()
    # Most annotations carry none: these are not looked for.
    return case((_annotation.themes != (), joined), else_="")


def _names_of_disputers() -> ColumnElement[str]:
    """Return the names of who disputes what an annotation is now, the first first."""
    stances, accounts = Stance.__table__, Account.__table__.alias("disputers")
    names = (
        # A name of a person may have what stands between two.
        select(func.replace(accounts.c.name, SEPARATOR, ",").label("name"))
        .join_from(stances, accounts, accounts.c.id == stances.c.account_id)
        .where(is_of_now(stances, Annotation.__table__), stances.c.value == DISPUTE)
        .order_by(stances.c.taken_at, stances.c.account_id)
        .correlate(Annotation.__table__)
        .subquery()
    )
    joined = select(func.aggregate_strings(names.c.name, SEPARATOR)).scalar_subquery()
    # Most annotations are disputed by nobody.
    return case((_thread.disputes > 0, func.coalesce(joined, "")), else_="")


COLUMNS = (
    Column("annotation_id", _annotation.id, ColumnKind.NUMBER),
    Column("project", _project.slug, ColumnKind.TEXT),
    Column("article_id", _article.id, ColumnKind.NUMBER),
    Column("article_title", _article.title, ColumnKind.TEXT),
    Column("article_author", _article.author, ColumnKind.TEXT),
    Column("publication", _article.publication, ColumnKind.TEXT),
    Column("published_on", type_coerce(_article.published_on, String), ColumnKind.DAY),
    Column("source_url", _article.source_url, ColumnKind.TEXT),
    Column("revision", _revision.number, ColumnKind.NUMBER),
    Column("block", _placed(_annotation.first_block), ColumnKind.NUMBER),
    Column("tag", _annotation.tag, ColumnKind.CODE),
    Column("quote", _annotation.quote, ColumnKind.TEXT),
    Column("start", _placed(_annotation.start), ColumnKind.NUMBER),
    Column("end", _placed(_annotation.end), ColumnKind.NUMBER),
    Column("prefix", _annotation.prefix, ColumnKind.TEXT),
    Column("suffix", _annotation.suffix, ColumnKind.TEXT),
    Column("note", _annotation.note, ColumnKind.TEXT),
    Column("annotator", _account.name, ColumnKind.TEXT),
    Column("created_at", type_coerce(_annotation.created_at, String), ColumnKind.MOMENT),
    Column("updated_at", type_coerce(_annotation.updated_at, String), ColumnKind.MOMENT),
    Column("permalink", _PERMALINK, ColumnKind.LINK),
    Column("agreements", func.coalesce(AGREEMENTS, 0), ColumnKind.NUMBER),
    Column("disputes", func.coalesce(DISPUTES, 0), ColumnKind.NUMBER),
    Column("thread", _THREAD, ColumnKind.CODE),
    Column("made_blind", _annotation.made_blind, ColumnKind.YES_OR_NO),
    Column("themes", _names_of_themes(), ColumnKind.NAMES),
    Column("party", name_of_party(), ColumnKind.TEXT),
    Column("party_organization", name_of_organization(), ColumnKind.TEXT),
    Column("addressee", names_of_addressees(), ColumnKind.NAMES),
    Column("position", sentence_of_position(), ColumnKind.TEXT),
    Column("side", _annotation.side, ColumnKind.CODE),
    Column("disputed_by", _names_of_disputers(), ColumnKind.NAMES),
)
"""A promise to who reads the file: a new column is appended, and none moves or goes."""


@frozen
class Table:
    """What a table of rows is called, and the columns of it: what each holds, by its name."""

    name: str
    kinds: Mapping[str, ColumnKind]


ANNOTATIONS = Table("annotations", {column.name: column.kind for column in COLUMNS})
