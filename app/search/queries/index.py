"""What the index finds, alike on both databases: rows by their ids."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    TableClause,
    and_,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import UserDefinedType

from app.core.db import IdColumn
from app.discussion.models import Comment, Stance
from app.frozen import frozen
from app.search.models import POSTGRESQL_INDEX, SQLITE_INDEX, SearchSentence
from app.search.query import Query, Term
from app.search.triggers import BASE, BITS


class _Tsquery(UserDefinedType[str]):
    """What is searched for on PostgreSQL. SQLAlchemy's own would load all of its dialect."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        """Return the type as SQL says it."""
        return "TSQUERY"


@frozen
class Index:
    """The index of a session's database: the ids of its rows, as app/search/triggers.py has them.

    `revision_id` and `start` are those of a sentence.
    """

    table: TableClause
    id: ColumnElement[int]
    is_postgresql: bool

    @property
    def revision_id(self) -> ColumnElement[int]:
        """Return the revision of a row that is a sentence."""
        return self.id.bitwise_rshift(literal(BITS, Integer))

    @property
    def start(self) -> ColumnElement[int]:
        """Return where a row that is a sentence starts in its revision."""
        return self.id.bitwise_and(BASE - 1)

    @property
    def annotation_id(self) -> ColumnElement[int]:
        """Return the annotation of a row that is a note."""
        return -self.id

    @property
    def comment_id(self) -> ColumnElement[int]:
        """Return the comment of a row that is one: of a reason it is the id of no comment."""
        return -self.id - BASE

    @property
    def stance_annotation_id(self) -> ColumnElement[int]:
        """Return the annotation of a row that is the reason of a stance."""
        return (-self.id - BASE).bitwise_rshift(literal(BITS, Integer))

    @property
    def stance_account_id(self) -> ColumnElement[int]:
        """Return the account of a row that is the reason of a stance."""
        return (-self.id - BASE).bitwise_and(BASE - 1)

    @property
    def is_sentence(self) -> ColumnElement[bool]:
        """Return the condition that a row is a sentence."""
        return self.id > 0

    @property
    def is_note(self) -> ColumnElement[bool]:
        """Return the condition that a row is a note."""
        return self.id.between(1 - BASE, -1)

    @property
    def is_comment(self) -> ColumnElement[bool]:
        """Return the condition that a row is a comment."""
        return self.id.between(1 - 2 * BASE, -1 - BASE)

    @property
    def is_reason(self) -> ColumnElement[bool]:
        """Return the condition that a row is the reason of a stance."""
        return self.id < -2 * BASE

    @property
    def is_in_thread(self) -> ColumnElement[bool]:
        """Return the condition that a row is a comment or the reason of a stance."""
        return self.id < -BASE

    @property
    def is_of_sentence(self) -> ColumnElement[bool]:
        """Return the condition that a row is that of a `SearchSentence`, to join the two."""
        return and_(
            SearchSentence.revision_id == self.revision_id, SearchSentence.start == self.start
        )

    def has(self, wanted: Query | Term) -> ColumnElement[bool]:
        """Return the condition that a row has a term, or all that a search is for."""
        if self.is_postgresql:
            written = cast(literal(_write_tsquery(wanted)), _Tsquery)
            return POSTGRESQL_INDEX.c.words.op("@@", is_comparison=True)(written)
        match = literal_column("search_index").op("MATCH", is_comparison=True)
        return match(_write_fts(wanted))

    def is_of(self, revision_id: IdColumn) -> ColumnElement[bool]:
        """Return the condition that a row is a sentence of one revision."""
        first = cast(revision_id, BigInteger) * literal(BASE)
        return self.id.between(first, first + literal(BASE - 1))

    def count_in(self, revision_id: IdColumn, term: Term) -> ScalarSelect[int]:
        """Return the query of how many sentences of a revision have a term."""
        has = self.has(term)
        # PostgreSQL would look for the word in all texts, once for each revision.
        rows = select(func.count().filter(has)) if self.is_postgresql else select(func.count())
        rows = rows.select_from(self.table).where(self.is_of(revision_id))
        return (rows if self.is_postgresql else rows.where(has)).scalar_subquery()


def index_of(session: Session) -> Index:
    """Return the index of a session's database."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    table = POSTGRESQL_INDEX if is_postgresql else SQLITE_INDEX
    return Index(table, table.c.id if is_postgresql else table.c.rowid, is_postgresql)


def sentence_id() -> ColumnElement[int]:
    """Return the id that a row of `SearchSentence` has in the index."""
    return cast(SearchSentence.revision_id, BigInteger) * literal(BASE) + SearchSentence.start


def comment_id() -> ColumnElement[int]:
    """Return the id that a `Comment` has in the index."""
    return -cast(Comment.id, BigInteger) - BASE


def reason_id() -> ColumnElement[int]:
    """Return the id that the reason of a `Stance` has in the index."""
    return -(cast(Stance.annotation_id, BigInteger) * literal(BASE) + Stance.account_id) - BASE


def has_any(session: Session, row_id: ColumnElement[int], query: Query) -> ColumnElement[bool]:
    """Return the condition that a row of the index has any term of a search, by its id.

    It is asked of a few comments and reasons.
    """
    index = index_of(session)
    rows = select(index.id).where(index.has(Query(groups=(query.terms,))))
    if index.is_postgresql:
        return rows.where(index.id == row_id).offset(0).exists()  # OFFSET 0: else all are listed
    return row_id.in_(rows.where(index.is_in_thread))


def count_up_to(session: Session, rows: Select[int], most: int) -> int:
    """Return how many rows a query finds, `most` where there are more."""
    some = rows.limit(most).subquery()
    return session.scalars(select(func.count()).select_from(some)).one()


def _write_fts(wanted: Query | Term) -> str:
    """Write it in the language of FTS5: see https://www.sqlite.org/fts5.html."""
    if isinstance(wanted, Term):
        return f'"{" ".join(wanted.words)}"{"*" if wanted.is_prefix else ""}'
    groups = (f"({' OR '.join(map(_write_fts, group))})" for group in wanted.groups)
    without = (f" NOT {_write_fts(term)}" for term in wanted.without)
    return f"({' AND '.join(groups)}){''.join(without)}"


def _write_tsquery(wanted: Query | Term) -> str:
    """Write it as a tsquery: see https://www.postgresql.org/docs/current/datatype-textsearch.html.

    Words of ours have no sign that means anything in it.
    """
    if isinstance(wanted, Term):
        return f"({' <-> '.join(wanted.words)}{':*' if wanted.is_prefix else ''})"
    groups = (f"({' | '.join(map(_write_tsquery, group))})" for group in wanted.groups)
    without = (f" & !{_write_tsquery(term)}" for term in wanted.without)
    return f"{' & '.join(groups)}{''.join(without)}"
