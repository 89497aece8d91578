"""Annotations as CSV: the columns, the rows in order, and cells that a spreadsheet cannot run."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.articles.models import Article, Revision
from app.core.db import Database
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
)
"""A promise to who reads the file: a new column is appended, and none moves or goes."""

BOM = b"\xef\xbb\xbf"
ROWS_AT_ONCE = 2_000

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
) -> Iterator[bytes]:
    """Yield the CSV of a project or of one article in pieces, in a session of its own.

    UTF-8, CRLF, quoted as in RFC 4180; one row a living annotation, by article, start, end, id.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    yield (BOM if with_bom else b"") + _take(buffer)
    with database.session() as session:
        for rows in _partitions(session, project_id, article_id):
            writer.writerows(_cells(row, permalink_base) for row in rows)
            yield _take(buffer)


def _take(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return written


def _partitions(
    session: Session, project_id: int, article_id: int | None
) -> Iterator[list[tuple[object, ...]]]:
    query = _query(project_id, article_id).execution_options(yield_per=ROWS_AT_ONCE)
    for rows in session.execute(query).partitions():
        yield [tuple(row) for row in rows]


def _query(project_id: int, article_id: int | None) -> Select[tuple[object, ...]]:
    columns: tuple[ColumnElement[object] | object, ...] = (
        Annotation.id,
        Project.slug,
        Article.id,
        Article.title,
        Article.author,
        Article.publication,
        Article.published_on,
        Article.source_url,
        Revision.number,
        Annotation.first_block,
        Annotation.tag_name,
        Annotation.quote,
        Annotation.start,
        Annotation.end,
        Annotation.prefix,
        Annotation.suffix,
        Annotation.note,
        Account.name,
        Annotation.created_at,
        Annotation.updated_at,
    )
    query = (
        select(*columns)  # type: ignore[call-overload]
        .join(Article, Article.id == Annotation.article_id)
        .join(Project, Project.id == Article.project_id)
        .join(Revision, Revision.id == Annotation.revision_id)
        .join(Account, Account.id == Annotation.account_id)
        .where(Article.project_id == project_id, Annotation.deleted_at.is_(None))
        .order_by(Annotation.article_id, Annotation.start, Annotation.end, Annotation.id)
    )
    if article_id is not None:
        query = query.where(Annotation.article_id == article_id)
    return query


def _cells(row: tuple[object, ...], permalink_base: str) -> list[object]:
    cells: list[object] = []
    for value in row:
        if isinstance(value, str):
            cells.append(guard(value))
        elif isinstance(value, datetime):
            cells.append(value.strftime("%Y-%m-%dT%H:%M:%SZ"))
        else:
            cells.append("" if value is None else value)
    cells.append(f"{permalink_base}/annotations/{row[0]}")
    return cells
