"""Annotations as CSV: the columns, the rows in order, and cells that a spreadsheet cannot run."""

from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, select, type_coerce
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.articles.models import Article, Revision
from app.core.db import Database
from app.discussion.models import Thread
from app.discussion.queries.discussion import AGREEMENTS, DISPUTES
from app.projects.models import Project

COLUMNS = (
    "annotation_id",
    "project",
    "article_id",
    "article_title",
    "article_author",
    "publication",
    "published_on",
    "source_url",
    "revision",
    "block",
    "tag",
    "quote",
    "start",
    "end",
    "prefix",
    "suffix",
    "note",
    "annotator",
    "created_at",
    "updated_at",
    "permalink",
    "agreements",
    "disputes",
    "thread",
    "made_blind",
)
"""A promise to who reads the file: a new column is appended, and none moves or goes."""

BOM = b"\xef\xbb\xbf"
LINE_END = "\r\n"
ROWS_AT_ONCE = 500  # so many that asking for them takes a tenth of what reading them does

# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection"). The apostrophe
# is here too, so that taking one away always gives the original.
_DANGEROUS = frozenset("=+-@\t\r＝＋－＠'")


def guard(cell: str) -> str:
    """Return a text cell with an apostrophe before it if a spreadsheet could run it."""
    return "'" + cell if cell and cell[0] in _DANGEROUS else cell


def unguard(cell: str) -> str:
    """Return what `guard` was given."""
    return cell.removeprefix("'")


def csv_chunks(
    database: Database,
    *,
    project_id: int,
    article_id: int | None,
    permalink_base: str,
    with_bom: bool = True,
    seen: ColumnElement[bool] | None = None,
) -> Iterator[bytes]:
    """Yield the CSV of a project or of one article in pieces, in a session of its own.

    It holds the annotations that `seen` is true of: all for None.

    UTF-8, CRLF, quoted as in RFC 4180; one row a living annotation, by article, start, end, id.
    Orphans come last in their article, with the revision that had their words, and without
    block, start and end.

    Which annotations it holds, and in which order, is of the moment at which it begins; what a row
    says, of the moment at which the row is read. An annotation that
    is deleted or hidden before that is left out. No session is open between two pieces: a reader
    may take them as slowly as it likes.
    """
    heading = ",".join(COLUMNS) + LINE_END
    yield (BOM if with_bom else b"") + heading.encode()
    conditions: list[ColumnElement[bool]] = [Annotation.deleted_at.is_(None)]
    if seen is not None:
        conditions.append(seen)
    with database.session() as session:
        wanted = _ids(session, project_id, article_id, conditions)
    query = _query().where(*conditions)
    for first in range(0, len(wanted), ROWS_AT_ONCE):
        part = wanted[first : first + ROWS_AT_ONCE]
        with database.session() as session:
            by_id = {row[0]: row for row in session.execute(query.where(Annotation.id.in_(part)))}
        rows = [by_id[number] for number in part if number in by_id]
        yield "".join(_lines(rows, permalink_base)).encode()


def _ids(
    session: Session,
    project_id: int,
    article_id: int | None,
    conditions: Sequence[ColumnElement[bool]],
) -> Sequence[int]:
    """Return the ids of the annotations in the order of the file, in four bytes each."""
    annotation, article, revision = Annotation.__table__, Article.__table__, Revision.__table__
    query = (
        select(annotation.c.id)
        .join(article, article.c.id == annotation.c.article_id)
        .join(revision, revision.c.id == annotation.c.revision_id)
        .where(article.c.project_id == project_id, *conditions)
        .order_by(
            article.c.id,
            revision.c.number.desc(),
            annotation.c.start,
            annotation.c.end,
            annotation.c.id,
        )
    )
    if article_id is not None:
        query = query.where(article.c.id == article_id)
    ids = session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).scalars()
    return array("I", chain.from_iterable(ids.partitions()))


def _query() -> Select[*tuple[Any, ...]]:
    """Return the query of what the rows say, without a condition."""
    # The bare tables, and times as the driver gives them: the ORM would look at every row, and
    # to make a date of SQLite's text and a text of that takes as long as all the rest.
    annotation, account = Annotation.__table__, Account.__table__
    article, revision, project = Article.__table__, Revision.__table__, Project.__table__
    thread = Thread.__table__
    return (
        select(
            annotation.c.id,
            project.c.slug,
            article.c.id,
            article.c.title,
            article.c.author,
            article.c.publication,
            type_coerce(article.c.published_on, String),
            article.c.source_url,
            revision.c.number,
            annotation.c.first_block,
            annotation.c.tag,
            annotation.c.quote,
            annotation.c.start,
            annotation.c.end,
            annotation.c.prefix,
            annotation.c.suffix,
            annotation.c.note,
            account.c.name,
            type_coerce(annotation.c.created_at, String),
            type_coerce(annotation.c.updated_at, String),
            AGREEMENTS,
            DISPUTES,
            thread.c.comments,
            thread.c.resolved_at.is_not(None),
            annotation.c.made_blind,
            annotation.c.revision_id == article.c.current_revision_id,
        )
        .join_from(annotation, article, article.c.id == annotation.c.article_id)
        .join(project, project.c.id == article.c.project_id)
        .join(revision, revision.c.id == annotation.c.revision_id)
        .join(account, account.c.id == annotation.c.account_id)
        .outerjoin(thread, thread.c.annotation_id == annotation.c.id)
    )


def _lines(rows: Sequence[Row[*tuple[Any, ...]]], permalink_base: str) -> Iterator[str]:
    """Write the rows: text is guarded and quoted, and numbers and times are what they are."""
    known, about = None, ""
    for row in rows:
        # The row is unpacked in one go, and what is said of an article is written once for all of
        # its annotations: a project has a hundred thousand.
        (
            annotation_id,
            slug,
            article_id,
            title,
            author,
            publication,
            published_on,
            source_url,
            revision,
            block,
            tag,
            quote,
            start,
            end,
            prefix,
            suffix,
            note,
            annotator,
            created_at,
            updated_at,
            agreements,
            disputes,
            comments,
            is_resolved,
            made_blind,
            is_placed,
        ) = row
        if article_id != known:
            known = article_id
            about = (
                f"{_cell(slug)},{article_id},{_cell(title)},{_cell(author)},{_cell(publication)},"
                f"{published_on or ''},{_cell(source_url)}"
            )
        state = ""
        if comments or disputes:
            state = "resolved" if is_resolved else "open"
        if not is_placed:
            block = start = end = ""
        yield (
            f"{annotation_id},{about},{revision},{block},{tag},{_cell(quote)},{start},{end},"
            f"{_cell(prefix)},{_cell(suffix)},{_cell(note)},{_cell(annotator)},"
            f"{_moment(created_at)},{_moment(updated_at)},"
            f"{permalink_base}/annotations/{annotation_id},{agreements or 0},{disputes or 0},"
            f"{state},{'yes' if made_blind else 'no'}{LINE_END}"
        )


def _cell(text: str) -> str:
    """Write one text cell, guarded and, where RFC 4180 asks for it, in quotation marks."""
    text = guard(text)
    if '"' in text:
        text = text.replace('"', '""')
    elif not ("," in text or "\n" in text or "\r" in text):
        return text
    return f'"{text}"'


def _moment(at: datetime | str) -> str:
    """Write a time as the driver gives it: with its zone, or as SQLite's text, which is UTC."""
    text = at.astimezone(UTC).isoformat() if isinstance(at, datetime) else at
    return f"{text[:10]}T{text[11:19]}Z"
