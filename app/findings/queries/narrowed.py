"""Which annotations counts look at: those asked for, without what is asked of one facet.

Words that many texts have are looked for in each annotation, which takes its time: unless all are
to be counted, some alone are searched.
"""

from collections.abc import Collection, Sequence
from functools import cached_property

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.core.conditions import is_among
from app.core.db import read_columns
from app.findings.asked import Asked
from app.findings.queries.few import find_few
from app.findings.queries.matching import Few, asks_of_themes, is_matching, look_for
from app.projects.models import Member
from app.search.queries.annotations import WordLook

MOST_SEARCHED = 2_500  # annotations

_annotation = Annotation.__table__.c


class Narrowed:
    """The conditions of what one address asks for; what is found for them is found once.

    `most_searched` annotations are searched for words that are common, None for all.
    """

    def __init__(
        self, session: Session, member: Member, asked: Asked, *, most_searched: int | None
    ) -> None:
        self._session, self._member, self._asked = session, member, asked
        self._most_searched = most_searched
        self._few: dict[str, Few | None] = {}
        self._some: dict[str, Sequence[int]] = {}
        self._words: dict[bool, ColumnElement[bool]] = {}

    def conditions(
        self,
        facet: str,
        *,
        by_project: bool = True,
        by_own_index: bool = False,
        is_bounded: bool = True,
    ) -> list[ColumnElement[bool]]:
        """Return the conditions of what is asked for, without what is asked of a facet.

        Where not `is_bounded`, words are searched in all. `by_project` and `by_own_index` are as in
        `is_matching`.
        """
        key = self._asked.narrowing(facet)
        is_searched = self._is_searched(key)
        if is_searched and is_bounded and self._most_searched is not None:
            return [is_among(self._session, _annotation.id, self._found(key))]
        conditions = self._matching(
            key, is_searched=is_searched, by_project=by_project, by_own_index=by_own_index
        )
        return [*conditions, self._has_words()] if is_searched else conditions

    def which_of(self, facet: str, ids: Collection[int]) -> set[int]:
        """Return which of a few annotations are asked for, without what is asked of a facet."""
        key = self._asked.narrowing(facet)
        is_searched = self._is_searched(key)
        conditions = self._matching(key, is_searched=is_searched, by_project=False)
        if is_searched:
            conditions.append(self._has_words(is_of_few=True))
        query = select(_annotation.id).where(
            *conditions, is_among(self._session, _annotation.id, ids)
        )
        return set(read_columns(self._session, query).scalars()) if ids else set()

    def few(self, facet: str) -> Few | None:
        """Return the few that are looked at alone, without what is asked of a facet."""
        key = self._asked.narrowing(facet)
        if key not in self._few:
            self._few[key] = find_few(self._session, self._member, self._asked, without={key})
        return self._few[key]

    def is_by_themes(self, facet: str) -> bool:
        """Say whether the index of what carries a theme is gone through, without a facet."""
        key = self._asked.narrowing(facet)
        return self.few(key) is None and asks_of_themes(self._asked, without={key})

    def is_among_some(self, facet: str) -> bool:
        """Say whether words are searched in some annotations alone, since there are more."""
        key = self._asked.narrowing(facet)
        if self._most_searched is None or not self._is_searched(key):
            return False
        return len(self._candidates(key)) > self._most_searched

    def _has_words(self, *, is_of_few: bool = False) -> ColumnElement[bool]:
        if is_of_few not in self._words:
            self._words[is_of_few] = self._look.condition(is_of_few=is_of_few)
        return self._words[is_of_few]

    @cached_property
    def _look(self) -> WordLook:
        return look_for(self._session, self._asked, without={"note"})

    def _is_searched(self, key: str) -> bool:
        """Say whether words are looked for in each annotation: those that few have are not."""
        few = self.few(key)
        return bool(self._asked.q) and (few is None or few.facet != "q")

    def _candidates(self, key: str) -> Sequence[int]:
        """Return the ids of those that are searched, and one more where there are more.

        Where a query stands in place of the ids, PostgreSQL looks for the words in all first.
        """
        if key not in self._some:
            query = select(_annotation.id).where(*self._matching(key, is_searched=True))
            if self._most_searched is not None:
                query = query.limit(self._most_searched + 1)
            self._some[key] = read_columns(self._session, query).scalars().all()
        return self._some[key]

    def _found(self, key: str) -> list[int]:
        """Return the ids of those that are searched and have the words."""
        some = self._candidates(key)[: self._most_searched]
        return [each for each in some if each in self._having]

    @cached_property
    def _having(self) -> Collection[int]:
        """Return which annotations have the words, of all that are searched for any facet.

        They are found by one query: SQLite lists all notes that have the words with each.
        """
        keys = [key for key in ("", *self._asked.filters) if self._is_searched(key)]
        some = set().union(*(self._candidates(key)[: self._most_searched] for key in keys))
        query = select(_annotation.id).where(
            is_among(self._session, _annotation.id, some), self._has_words(is_of_few=True)
        )
        return set(read_columns(self._session, query).scalars())

    def _matching(
        self,
        key: str,
        *,
        is_searched: bool,
        by_project: bool = True,
        by_own_index: bool = False,
    ) -> list[ColumnElement[bool]]:
        if self._asked.state and key != "state":
            by_project = False  # no more are looked at than there are in these states
        return is_matching(
            self._session,
            self._asked,
            self._member,
            without={key, "q"} if is_searched else {key},
            few=self.few(key),
            by_project=by_project,
            by_own_index=by_own_index,
        )
