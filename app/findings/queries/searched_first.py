"""Words that many annotations have are looked for in the first of a list: mostly these fill a page.

On PostgreSQL alone, which would list all that have the words before it looks at any. SQLite makes
such a list once, in little time, and looks nothing up one by one.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.findings.asked import Asked
from app.findings.queries.matching import is_matching, look_for
from app.frozen import frozen
from app.projects.models import Member


@frozen
class SearchedFirst:
    """The conditions of what is asked for, those on its words apart from all others.

    `conditions` are true of all that could be asked for, with the words or not. `has_words` is the
    condition that one of the few that are looked at first has the words, `in_all` that any has.
    """

    conditions: Sequence[ColumnElement[bool]]
    has_words: ColumnElement[bool]
    in_all: ColumnElement[bool]

    def also(self, condition: ColumnElement[bool]) -> "SearchedFirst":
        """Return the same of what another condition is true of."""
        return replace(self, conditions=[*self.conditions, condition])


def search_first(session: Session, member: Member, asked: Asked) -> SearchedFirst | None:
    """Return how words are looked for in the first of a list, None where there is no need."""
    if not asked.q or session.get_bind().dialect.name != "postgresql":
        return None
    look = look_for(session, asked)
    return SearchedFirst(
        is_matching(session, asked, member, without={"q"}),
        look.condition(is_of_few=True),
        look.condition(),
    )
