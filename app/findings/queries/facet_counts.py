"""How many passages one would get with each value of each facet.

All other facets apply, its own is left out. Where what is asked for is a matter of tag, annotator,
article, month and note alone, the sums that the database keeps tell exactly. Else as many
annotations are looked at as take no time, and what is found among more than these is "at least".
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.annotations import count_seen
from app.annotations.tags import TAGS
from app.core.conditions import is_among, unindexed
from app.core.db import read_columns
from app.findings.asked import NO, NONE, STATES, YES, Asked, month_of
from app.findings.queries.article_facts import ArticleFacts, ProjectArticles
from app.findings.queries.few import few_in_state
from app.findings.queries.matching import (
    INDEXED,
    OF_STATEMENTS,
    has_said,
    has_theme,
    is_in_state,
    is_seen,
)
from app.findings.queries.narrowed import MOST_SEARCHED, Narrowed
from app.findings.queries.optional_counts import OPTIONAL, OptionalCounts, count_optional
from app.findings.queries.summed_counts import SummedCounts
from app.findings.queries.sums import OF_SUMS
from app.projects.models import Member

MOST = 1_000  # of one value, where it is not counted exactly
LOOKED_AT = 20_000  # annotations
NOTHING_KNOWN: Mapping[str, int] = {}

_annotation = Annotation.__table__.c
_OF_FEW_VALUES = {"note", "tagged", "tag"}


class Count(NamedTuple):
    """How many there are, or at least so many."""

    number: int
    is_exact: bool = True


class _Looked(NamedTuple):
    """What a limited look at annotations has found, and whether these are all."""

    is_all: bool
    total: int
    by: Mapping[str, Counter[str]]


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
        self._most_searched = min(looked_at, MOST_SEARCHED)
        self._narrowed = Narrowed(
            session, member, asked, most_searched=None if is_exact else self._most_searched
        )
        self._looks: dict[str, _Looked] = {}
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
            return self._of_states()
        if facet in OPTIONAL:
            return self._of_optional(facet)
        if facet in OF_SUMS and self._sums.tell(facet):
            counter = self._sums.without(facet)[facet]
            return {value: Count(number) for value, number in counter.items()}
        if facet in _OF_FEW_VALUES and self._is_much(facet):
            at_least = self._look(facet).by[facet]
            return self._capped(facet, self._values(facet), at_least=at_least)
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

    def _values(self, facet: str) -> Mapping[str, ColumnElement[bool]]:
        """Return the condition of each value of a facet that has few."""
        if facet == "note":
            return {YES: _annotation.has_note, NO: ~_annotation.has_note}
        if facet == "tag":
            return {tag: _annotation.tag == tag for tag in TAGS}
        return {month_of(each): _annotation.tagged_month == each for each in self._months()}

    def own(self) -> Count:
        """Return how many passages one would get of one's own."""
        own = self.counts("annotator").get(str(self._member.account_id))
        return own or self.none("annotator")

    def none(self, facet: str) -> Count:
        """Return the count of what `counts` leaves out: at least 0 where not all is looked at."""
        if facet == "state" or (facet in OF_SUMS and self._sums.tell(facet)):
            return Count(0)
        is_much = self._is_much(facet)
        if facet in _OF_FEW_VALUES and is_much:
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
        conditions = {value: self._is_under(facet, value) for value in wanted}
        capped = self._capped("", conditions, at_least=looked.by.get(facet, {}))
        return {**dict.fromkeys(wanted, Count(0)), **capped}

    def _of_states(self) -> Mapping[str, Count]:
        few: dict[str, Collection[int]] = {}
        conditions: dict[str, ColumnElement[bool]] = {}
        narrowed = self._narrowed.few("state")
        for state in STATES:
            ids = few_in_state(self._session, self._member, state)
            if ids is None:
                conditions[state] = is_in_state(state, self._member)
                continue
            # PostgreSQL compares each with each.
            few[state] = ids if narrowed is None else set(ids).intersection(narrowed.ids)
            conditions[state] = is_among(self._session, _annotation.id, few[state])
        together = set().union(*few.values())
        if len(together) > self._most_searched:
            return self._capped("state", conditions, by_project=False)
        # Once for all: SQLite lists all that has a word again each time that it is looked for.
        found = self._narrowed.which_of("state", together)
        counts = {state: self._up_to_most(len(found.intersection(few[state]))) for state in few}
        many = {state: conditions[state] for state in STATES if state not in few}
        return {state: count for state, count in counts.items() if count.number} | self._capped(
            "state", many, by_project=False
        )

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
        none = {NONE: self._is_under(facet, NONE)}
        return counts | self._capped(facet, none, at_least=at_least)

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

    def _is_under(self, facet: str, value: str) -> ColumnElement[bool]:
        if facet == "theme":
            return has_theme(value)
        if facet in OF_STATEMENTS:
            return has_said(facet, value, self._member)
        if facet == "tag":
            return _annotation.tag == value
        if facet == "annotator":
            return _annotation.account_id == int(value)
        if facet == "article":
            return _annotation.article_id == int(value)
        ids = [one.id for one in self.articles.values() if one.value(facet) == value]
        return _annotation.article_id.in_(ids)

    def _look(self, facet: str) -> _Looked:
        """Look at some of what is asked for, without what is asked of a facet."""
        key = facet if facet in self.asked.filters else ""
        if key not in self._looks:
            looked = self._look_at(self._narrowed.conditions(key))
            is_all = looked.is_all and not self._narrowed.is_among_some(key)
            self._looks[key] = looked._replace(is_all=is_all)
        return self._looks[key]

    def _look_at(self, conditions: Sequence[ColumnElement[bool]]) -> _Looked:
        columns = (
            _annotation.tag,
            _annotation.account_id,
            _annotation.tagged_month,
            _annotation.has_note,
            _annotation.article_id,
        )
        query = select(*columns).where(*conditions)
        if not self._is_exact:
            query = query.limit(self._looked_at + 1)
        keys = tuple(query.subquery().c)
        grouped: Select[*tuple[Any, ...]] = select(*keys, func.count()).group_by(*keys)
        by: dict[str, Counter[str]] = {
            name: Counter() for name in ("tag", "annotator", "tagged", "note")
        }
        articles: Counter[int] = Counter()
        total = 0
        for tag, account_id, month, has_note, article_id, number in read_columns(
            self._session, grouped
        ):
            by["tag"][tag] += number
            by["annotator"][str(account_id)] += number
            by["tagged"][month_of(month)] += number
            by["note"][YES if has_note else NO] += number
            articles[article_id] += number
            total += number
        by |= self._articles.count_by_facet(articles)
        return _Looked(self._is_exact or total <= self._looked_at, total, by)

    def _capped(
        self,
        facet: str,
        conditions: Mapping[str, ColumnElement[bool]],
        *,
        at_least: Mapping[str, int] = NOTHING_KNOWN,
        by_project: bool = True,
    ) -> dict[str, Count]:
        """Count what each condition is true of, up to `MOST`; leave out what none is.

        What is known of it `at_least` may be enough.
        """
        if not conditions:
            return {}
        others = self._narrowed.conditions(facet, by_project=by_project, is_bounded=False)
        is_by_themes = facet in INDEXED and self._narrowed.is_by_themes(facet)
        counts = {}
        for value, is_of in conditions.items():
            if not self._is_exact and at_least.get(value, 0) > self._most:
                counts[value] = Count(self._most, is_exact=False)
                continue
            condition = unindexed(is_of) if is_by_themes else is_of
            query: Select[int] = select(_annotation.id).where(*others, condition)
            if not self._is_exact:
                query = query.limit(self._most + 1)
                if facet == "tagged":  # else PostgreSQL reads its rows up to those of the month
                    query = query.order_by(_annotation.article_id, _annotation.start)
            counted = select(func.count()).select_from(query.subquery())
            number = read_columns(self._session, counted).scalar_one()
            if number:
                counts[value] = self._up_to_most(number)
        return counts

    def _up_to_most(self, number: int) -> Count:
        """Return the count of so many, at least `most` where there are more."""
        is_exact = self._is_exact or number <= self._most
        return Count(number if is_exact else self._most, is_exact)

    def _months(self) -> list[int]:
        """Return each month in which anything was tagged that the member sees, first to last."""
        months: list[int] = []
        conditions = is_seen(self._member)
        while True:
            query = select(_annotation.tagged_month).where(*conditions)
            if months:
                query = query.where(_annotation.tagged_month > months[-1])
            month = read_columns(
                self._session, query.order_by(_annotation.tagged_month).limit(1)
            ).scalar()
            if month is None:
                return months
            months.append(month)
