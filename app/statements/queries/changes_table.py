"""Changes as the table of a CSV: a row for each pair that is shown, a piece at a time."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.articles.models import Article
from app.core.db import Database, read_columns
from app.findings.queries.matching import is_seen
from app.projects.models import Member
from app.statements.queries.changes import Changes, Judged
from app.text.cells import guard
from app.text.csv_rows import write_rows

ROWS_AT_ONCE = 500
_OF_A_SIDE = ("side", "date", "quote", "tag", "annotator", "article_id", "title", "permalink")
COLUMNS = (
    *("position", "party"),
    *(f"{when}_{name}" for when in ("earlier", "later") for name in _OF_A_SIDE),
    *("verdict", "reason", "verdict_by"),
)
"""A promise to who reads the file: a new column is appended, and none moves or goes."""

_annotation = Annotation.__table__.c
_article = Article.__table__.c
_account = Account.__table__.c


class _PassageFacts(NamedTuple):
    """What a row says of a passage: its day as the article has it, and who tagged it where."""

    day: date | None
    quote: str
    tag: str
    annotator: str
    article_id: int
    title: str


def write_changes(
    database: Database, member: Member, found: Changes, *, permalinks: str, separator: str = ","
) -> Iterator[str]:
    """Yield the pairs that are shown as CSV, some rows at a time, without a BOM.

    `permalinks` is what addresses of annotations begin with. What the member may see no more by
    the time it is written is left out.
    """
    yield write_rows([COLUMNS], separator)
    shown = found.shown()
    while some := list(islice(shown, ROWS_AT_ONCE)):
        with database.session() as session:
            passages = _read(session, member, some)
        rows = [
            _row(each, found, passages, permalinks)
            for each in some
            if {each.pair.earlier.annotation, each.pair.later.annotation} <= passages.keys()
        ]
        yield write_rows(rows, separator)


def _read(session: Session, member: Member, judged: Sequence[Judged]) -> dict[int, _PassageFacts]:
    ids = {one.annotation for each in judged for one in (each.pair.earlier, each.pair.later)}
    query = (
        select(
            _annotation.id,
            _article.published_on,
            _annotation.quote,
            _annotation.tag,
            _account.name,
            _annotation.article_id,
            _article.title,
        )
        .join_from(Annotation.__table__, Article.__table__, _article.id == _annotation.article_id)
        .join(Account.__table__, _account.id == _annotation.account_id)
        .where(*is_seen(member, by_project=False), _annotation.id.in_(ids))
    )
    return {row[0]: _PassageFacts(*row[1:]) for row in read_columns(session, query)}


def _row(
    judged: Judged, found: Changes, passages: dict[int, _PassageFacts], permalinks: str
) -> list[object]:
    pair, said = judged
    row: list[object] = [
        guard(found.names.positions[pair.earlier.position or 0]),
        guard(found.names.parties[pair.earlier.party]),
    ]
    for one in (pair.earlier, pair.later):
        passage = passages[one.annotation]
        row += [one.side, passage.day or "", guard(passage.quote), passage.tag]
        row += [guard(passage.annotator), passage.article_id, guard(passage.title)]
        row.append(f"{permalinks}/annotations/{one.annotation}")
    return [*row, said.value, guard(said.reason), guard(said.by)]
