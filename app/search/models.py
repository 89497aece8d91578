"""The sentences that are searched, and what keeps the index of them."""

from sqlalchemy import DDL, BigInteger, ForeignKey, column, event, table
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.search.triggers import STATEMENTS


class SearchSentence(Base):
    """A sentence of a revision: the range `[start, end)` of its text, and the block's number."""

    __tablename__ = "search_sentences"
    __table_args__ = ({"sqlite_with_rowid": False},)

    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    end: Mapped[int]
    block: Mapped[int]


SQLITE_INDEX = table("search_index", column("rowid", BigInteger))
POSTGRESQL_INDEX = table("search_index", column("id", BigInteger), column("words"))

for _dialect, _statements in STATEMENTS.items():
    for _statement in _statements:
        _made = DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]  # SQLAlchemy's
        event.listen(Base.metadata, "after_create", _made)
