"""Counts by the sums that the database keeps: all exact, each kind summed once."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.annotations.models import AnnotationCount
from app.core.db import read_columns
from app.findings.asked import NO, YES, Asked, month_of_number
from app.findings.queries.article_facts import ProjectArticles
from app.findings.queries.sums import has_sums, how_many, is_summed
from app.projects.models import Member

_count = AnnotationCount.__table__.c


class SummedCounts:
    """The sums of what one address asks for."""

    def __init__(
        self, session: Session, member: Member, asked: Asked, articles: ProjectArticles
    ) -> None:
        self._session, self._member, self._asked = session, member, asked
        self._articles = articles
        self._by: dict[str, Mapping[str, Counter[str]]] = {}
        self._totals: dict[str, int] = {}

    def can_tell(self, facet: str) -> bool:
        """Say whether the sums tell what is asked for, without what is asked of a facet."""
        return has_sums(self._asked, without={facet})

    def total(self, facet: str) -> int:
        """Return how many are asked for, without what is asked of a facet."""
        key = self._asked.narrowing(facet)
        if key not in self._totals:
            asked = self._without(key)
            query: Select[int | None] = select(func.sum(how_many(asked))).where(
                *is_summed(asked, self._member)
            )
            self._totals[key] = int(read_columns(self._session, query).scalar_one() or 0)
        return self._totals[key]

    def without(self, facet: str) -> Mapping[str, Counter[str]]:
        """Return how many have each value, by facet, without what is asked of a facet."""
        key = self._asked.narrowing(facet)
        if key not in self._by:
            self._by[key] = self._sum_up(self._without(key))
        return self._by[key]

    def _without(self, key: str) -> Asked:
        return self._asked.without(key) if key else self._asked

    def _sum_up(self, asked: Asked) -> Mapping[str, Counter[str]]:
        conditions = is_summed(asked, self._member)
        number = func.sum(how_many(asked))
        keys = (_count.account_id, _count.tag, _count.tagged_month)
        people: Select[int, str, int, int, int] = (
            select(*keys, number, func.sum(_count.with_note)).where(*conditions).group_by(*keys)
        )
        by: dict[str, Counter[str]] = {
            name: Counter() for name in ("tag", "annotator", "tagged", "note")
        }
        for account_id, tag, month, all_there, with_note in read_columns(self._session, people):
            there = int(all_there)
            by["annotator"][str(account_id)] += there
            by["tag"][tag] += there
            by["tagged"][month_of_number(month)] += there
            noted = 0 if asked.note == (NO,) else int(with_note)
            by["note"].update({YES: noted, NO: there - noted})
        by["note"] = +by["note"]  # without those that nothing has
        of_articles: Select[int, int] = (
            select(_count.article_id, number).where(*conditions).group_by(_count.article_id)
        )
        numbers = {row[0]: int(row[1]) for row in read_columns(self._session, of_articles)}
        return by | self._articles.count_by_facet(numbers)
