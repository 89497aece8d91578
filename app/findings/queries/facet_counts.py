"""How many passages one would get with each value of each facet.

All other facets apply, its own is left out. They are counted in these ways:

- Where what is asked for is a matter of tag, annotator, article, month and note alone, the sums
  that the database keeps tell it exactly (summed_counts.py).
- Else the first LOOKED_AT annotations are read once for these facets (limited_look.py): where there
  are more, what is found among them is "at least".
- Tags, months and notes have few values: where there are more annotations than that, each value is
  counted by itself, up to MOST (limited_counts.py).
- States (state_counts.py), and themes, parties, positions and sides (optional_counts.py), few
  annotations have: these are looked at alone.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.annotations.queries.annotations import count_seen
from app.findings.asked import NONE, Asked
from app.findings.queries.article_facts import ProjectArticles
from app.findings.queries.facet_values import OF_FEW_VALUES, has_value, list_values
from app.findings.queries.limited_counts import Count, count_each
from app.findings.queries.limited_look import Looked, look_at
from app.findings.queries.narrowed import MOST_SEARCHED, Narrowed
from app.findings.queries.optional_counts import OPTIONAL, OptionalCounts, count_optional
from app.findings.queries.state_counts import count_states
from app.findings.queries.summed_counts import SummedCounts
from app.projects.models import Member

MOST = 1_000  # of one value, where it is not counted exactly
LOOKED_AT = 15_000  # annotations


class FacetCounts(NamedTuple):
    """How many passages one would get with each value of a facet that any were found of.

    `ME` is not among the values. `others` is the count of every other value: 0, which is "at least"
    where not all is looked at.
    """

    by_value: Mapping[str, Count]
    others: Count


class Facets:
    """The counts for one address; each is worked out when it is asked for.

    With `is_exact` everything is counted to its end. Else of one value `most` are counted at the
    most, and `looked_at` annotations are read for one facet.
    """

    def __init__(
        self,
        session: Session,
        member: Member,
        asked: Asked,
        *,
        is_exact: bool = False,
        most: int = MOST,
        looked_at: int = LOOKED_AT,
    ) -> None:
        self._session, self._member, self.asked = session, member, asked
        self._most, self._looked_at = most, looked_at
        self._is_exact = is_exact
        self._limit = None if is_exact else most
        self._most_searched = min(looked_at, MOST_SEARCHED)
        self._narrowed = Narrowed(
            session, member, asked, most_searched=None if is_exact else self._most_searched
        )
        self._looks: dict[str, Looked] = {}
        self._optional: dict[str, OptionalCounts] = {}
        self.articles = ProjectArticles(session, member.project_id)
        self._sums = SummedCounts(session, member, asked, self.articles)

    @cached_property
    def everything(self) -> int:
        """Return how many passages the member sees, whatever is asked for."""
        return count_seen(self._session, self._member)

    @cached_property
    def total(self) -> Count:
        """Return how many passages are asked for."""
        if self.asked.is_everything:
            return Count(self.everything)
        if self._sums.can_tell(""):
            return Count(self._sums.total(""))
        looked = self._look("")
        number = looked.total if looked.is_all else min(looked.total, self._looked_at)
        return Count(number, looked.is_all)

    def counts(self, facet: str) -> FacetCounts:
        """Return how many passages one would get with each value of a facet."""
        if facet == "state":
            found = count_states(
                self._session,
                self._member,
                self._narrowed,
                most=self._limit,
                looked_at=self._most_searched,
            )
            return FacetCounts(found, Count(0))
        if facet in OPTIONAL:
            is_all = self._optional_counts(facet).is_all
            return FacetCounts(self._count_optional(facet), Count(0, is_all))
        if self._sums.can_tell(facet):
            return FacetCounts(_exact(self._sums.without(facet)[facet]), Count(0))
        looked = self._look(facet)
        if facet in OF_FEW_VALUES and self._is_much(facet):
            values = list_values(self._session, self._member, self.asked, facet)
            return FacetCounts(self._count_each(facet, values, looked.by[facet]), Count(0))
        return FacetCounts(self._as_known(looked.by[facet], looked), Count(0, looked.is_all))

    def own(self) -> Count:
        """Return how many passages one would get of one's own."""
        counts = self.counts("annotator")
        return counts.by_value.get(str(self._member.account_id), counts.others)

    def in_groups(self, facet: str, values: Iterable[str]) -> Mapping[str, Count]:
        """Return how many of what is asked for are in each of some groups, values of a facet."""
        wanted = list(values)
        if not wanted:
            return {}
        if facet not in OPTIONAL and self._sums.can_tell(""):
            counter = self._sums.without("")[facet]
            return {value: Count(counter[value]) for value in wanted}
        looked = self._look("")
        if facet not in OPTIONAL and looked.is_all:
            return {value: Count(looked.by[facet][value]) for value in wanted}
        conditions = {value: self._has(facet, value) for value in wanted}
        counted = self._count_each("", conditions, looked.by.get(facet, {}))
        return {**dict.fromkeys(wanted, Count(0)), **counted}

    def _is_much(self, facet: str) -> bool:
        """Say whether there is more than is looked at, without what is asked of a facet.

        Of words that are searched in some alone, what these have is all that is known.
        """
        if self._is_exact or self._narrowed.is_among_some(facet):
            return False
        number = self._number_without(facet)
        return number is None or number > self._looked_at

    def _number_without(self, facet: str) -> int | None:
        """Return how many there are without what is asked of a facet, None where nobody knows."""
        if self._sums.can_tell(facet):
            return self._sums.total(facet)
        looked = self._look(facet)
        return looked.total if looked.is_all else None

    def _count_optional(self, facet: str) -> Mapping[str, Count]:
        """Count what has each value of a facet of `OPTIONAL`, and what has none."""
        found = self._optional_counts(facet)
        counts = self._as_known(found.by, found)
        if self._narrowed.is_among_some(facet):
            return counts  # in which what has none is counted
        number = self._number_without(facet)
        if found.is_all and number is not None:
            left = number - found.total
            return counts | ({NONE: Count(left)} if left else {})
        at_least = {NONE: self._look(facet).total - found.total} if found.is_all else {}
        return counts | self._count_each(facet, {NONE: self._has(facet, NONE)}, at_least)

    def _optional_counts(self, facet: str) -> OptionalCounts:
        if facet not in self._optional:
            self._optional[facet] = count_optional(
                self._session,
                self._member,
                self._narrowed,
                facet,
                is_much=self._is_much(facet),
                limit=None if self._is_exact else self._looked_at,
            )
        return self._optional[facet]

    def _has(self, facet: str, value: str) -> ColumnElement[bool]:
        return has_value(facet, value, self._member, self.articles)

    def _look(self, facet: str) -> Looked:
        """Look at some of what is asked for, without what is asked of a facet."""
        key = self.asked.narrowing(facet)
        if key not in self._looks:
            conditions = self._narrowed.conditions(key)
            limit = None if self._is_exact else self._looked_at
            looked = look_at(self._session, conditions, self.articles, limit=limit)
            is_all = looked.is_all and not self._narrowed.is_among_some(key)
            self._looks[key] = looked._replace(is_all=is_all)
        return self._looks[key]

    def _as_known(
        self, numbers: Mapping[str, int], looked: Looked | OptionalCounts
    ) -> dict[str, Count]:
        """Return the numbers that a look found: exact, or at least so many up to the most."""
        if looked.is_all:
            return _exact(numbers)
        return {
            value: Count(min(number, self._most), is_exact=False)
            for value, number in numbers.items()
        }

    def _count_each(
        self, facet: str, conditions: Mapping[str, ColumnElement[bool]], at_least: Mapping[str, int]
    ) -> dict[str, Count]:
        return count_each(
            self._session, self._narrowed, facet, conditions, most=self._limit, at_least=at_least
        )


def _exact(numbers: Mapping[str, int]) -> dict[str, Count]:
    return {value: Count(number) for value, number in numbers.items()}
