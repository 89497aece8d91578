"""Words that many annotations have are looked for in some first: mostly these fill a page.

PostgreSQL would list all that have the words before it looks at any. SQLite makes such a list once,
in little time, and looks nothing up one by one.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.findings.asked import Asked
from app.findings.queries.matching import is_matching, sources_of
from app.frozen import frozen
from app.projects.models import Member
from app.search.queries.annotations import is_found
from app.search.query import read_query


@frozen
class SearchedFirst:
    """Which annotations are looked at, and the condition that one of these has the words."""

    conditions: Sequence[ColumnElement[bool]]
    has_words: ColumnElement[bool]

    def also(self, condition: ColumnElement[bool]) -> "SearchedFirst":
        """Return the same of what another condition is true of."""
        return replace(self, conditions=[*self.conditions, condition])


def searched_first(session: Session, member: Member, asked: Asked) -> SearchedFirst | None:
    """Return how the words that are asked for are looked for first, None where they are not."""
    if not asked.q or session.get_bind().dialect.name != "postgresql":
        return None
    has_words = is_found(session, read_query(asked.q), sources=sources_of(asked), is_of_few=True)
    return SearchedFirst(is_matching(session, asked, member, without={"q"}), has_words)
