"""How many passages one would get with each value of each facet.

All other facets apply, its own is left out. Where what is asked for is a matter of tag, annotator,
article, month and note alone, the sums that the database keeps tell exactly (summed_counts.py).
Else as many annotations are looked at as take no time (limited_look.py), and what is found among
more than these is "at least"; of tags, months and notes each value is counted up to a limit then
(limited_counts.py). States (state_counts.py), and themes, parties, positions and sides
(optional_counts.py), few annotations have: these are looked at alone.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.annotations.queries.annotations import count_seen
from app.findings.asked import NONE, Asked
from app.findings.queries.article_facts import ArticleFacts, ProjectArticles
from app.findings.queries.facet_values import OF_FEW_VALUES, has_value, list_values
from app.findings.queries.limited_counts import Count, count_each
from app.findings.queries.limited_look import Looked, look_at
from app.findings.queries.narrowed import MOST_SEARCHED, Narrowed
from app.findings.queries.optional_counts import OPTIONAL, OptionalCounts, count_optional
from app.findings.queries.state_counts import count_states
from app.findings.queries.summed_counts import SummedCounts
from app.findings.queries.sums import OF_SUMS
from app.projects.models import Member

MOST = 1_000  # of one value, where it is not counted exactly
LOOKED_AT = 15_000  # annotations


class Facets:
    """The counts for one address; each is worked out when it is asked for.

    Unless all `is_exact`, up to `most` are counted of one value, and `looked_at` annotations looked
    at in all.
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
        self._articles = ProjectArticles(session, member.project_id)
        self._sums = SummedCounts(session, member, asked, self._articles)

    @cached_property
    def articles(self) -> Mapping[int, ArticleFacts]:
        """Return what facets say of each article of the project, by its id."""
        return self._articles.facts

    @cached_property
    def everything(self) -> int:
        """Return how many passages the member sees, whatever is asked for."""
        return count_seen(self._session, self._member)

    @cached_property
    def total(self) -> Count:
        """Return how many passages are asked for."""
        if self.asked.is_everything:
            return Count(self.everything)
        if self._sums.tell(""):
            return Count(self._sums.total(""))
        looked = self._look("")
        number = looked.total if looked.is_all else min(looked.total, self._looked_at)
        return Count(number, looked.is_all)

    def counts(self, facet: str) -> Mapping[str, Count]:
        """Return how many passages one would get with each value of a facet: those that have any.

        `ME` is not among them.
        """
        if facet == "state":
            return count_states(
                self._session,
                self._member,
                self._narrowed,
                most=self._limit,
                looked_at=self._most_searched,
            )
        if facet in OPTIONAL:
            return self._of_optional(facet)
        if facet in OF_SUMS and self._sums.tell(facet):
            counter = self._sums.without(facet)[facet]
            return {value: Count(number) for value, number in counter.items()}
        if facet in OF_FEW_VALUES and self._is_much(facet):
            values = list_values(self._session, self._member, self.asked, facet)
            return self._counted(facet, values, self._look(facet).by[facet])
        looked = self._look(facet)
        counter = looked.by[facet]
        return {
            value: Count(min(number, number if looked.is_all else self._most), looked.is_all)
            for value, number in counter.items()
        }

    def _is_much(self, facet: str) -> bool:
        """Say whether there is more than is looked at, without what is asked of a facet.

        Of words that are searched in some alone, what these have is all that is known.
        """
        if self._is_exact or self._narrowed.is_among_some(facet):
            return False
        return not self._is_counted_without(facet) or (
            self._number_without(facet) > self._looked_at
        )

    def _is_counted_without(self, facet: str) -> bool:
        """Say whether it is known how many there are without what is asked of a facet."""
        return self._sums.tell(facet) or self._look(facet).is_all

    def _number_without(self, facet: str) -> int:
        """Return how many there are without what is asked of a facet, where that is known."""
        if self._sums.tell(facet):
            return self._sums.total(facet)
        return self._look(facet).total

    def own(self) -> Count:
        """Return how many passages one would get of one's own."""
        own = self.counts("annotator").get(str(self._member.account_id))
        return own or self.none("annotator")

    def none(self, facet: str) -> Count:
        """Return the count of what `counts` leaves out: at least 0 where not all is looked at."""
        if facet == "state" or (facet in OF_SUMS and self._sums.tell(facet)):
            return Count(0)
        is_much = self._is_much(facet)
        if facet in OF_FEW_VALUES and is_much:
            return Count(0)
        if facet in OPTIONAL:
            return Count(0, self._had(facet).is_all)
        return Count(0, not is_much and not self._narrowed.is_among_some(facet))

    def in_groups(self, facet: str, values: Iterable[str]) -> Mapping[str, Count]:
        """Return how many of what is asked for stand under each of some heads."""
        wanted = list(values)
        if not wanted:
            return {}
        if facet not in OPTIONAL and self._sums.tell(""):
            counter = self._sums.without("")[facet]
            return {value: Count(counter[value]) for value in wanted}
        looked = self._look("")
        if facet not in OPTIONAL and looked.is_all:
            return {value: Count(looked.by[facet][value]) for value in wanted}
        conditions = {value: self._has(facet, value) for value in wanted}
        counted = self._counted("", conditions, looked.by.get(facet, {}))
        return {**dict.fromkeys(wanted, Count(0)), **counted}

    def _of_optional(self, facet: str) -> Mapping[str, Count]:
        had = self._had(facet)
        counts = {
            value: Count(number if had.is_all else min(number, self._most), had.is_all)
            for value, number in had.by.items()
        }
        if NONE in counts or self._narrowed.is_among_some(facet):
            return counts
        if had.is_all and self._is_counted_without(facet):
            left = self._number_without(facet) - had.total
            return counts | ({NONE: Count(left)} if left else {})
        at_least = {NONE: self._look(facet).total - had.total} if had.is_all else {}
        return counts | self._counted(facet, {NONE: self._has(facet, NONE)}, at_least)

    def _had(self, facet: str) -> OptionalCounts:
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
        return has_value(facet, value, self._member, self._articles)

    def _look(self, facet: str) -> Looked:
        """Look at some of what is asked for, without what is asked of a facet."""
        key = facet if facet in self.asked.filters else ""
        if key not in self._looks:
            conditions = self._narrowed.conditions(key)
            limit = None if self._is_exact else self._looked_at
            looked = look_at(self._session, conditions, self._articles, limit=limit)
            is_all = looked.is_all and not self._narrowed.is_among_some(key)
            self._looks[key] = looked._replace(is_all=is_all)
        return self._looks[key]

    def _counted(
        self, facet: str, conditions: Mapping[str, ColumnElement[bool]], at_least: Mapping[str, int]
    ) -> dict[str, Count]:
        return count_each(
            self._session, self._narrowed, facet, conditions, most=self._limit, at_least=at_least
        )
