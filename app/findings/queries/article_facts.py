"""What facets and pictures say of the articles of a project."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.core.db import read_columns
from app.findings.asked import NONE, month_of_day
from app.findings.queries.matching import ARTICLE_FACETS

_article = Article.__table__.c


class ArticleFacts(NamedTuple):
    """What facets and pictures say of an article; "" where it does not say."""

    id: int
    title: str
    author: str
    publication: str
    published_on: date | None

    def value(self, facet: str) -> str:
        """Return its value in a facet, NONE where the article does not say."""
        if facet == "published":
            return month_of_day(self.published_on)
        if facet == "article":
            return str(self.id)
        return (self.author if facet == "author" else self.publication) or NONE


class ProjectArticles:
    """The articles of a project: read once, when they are needed."""

    def __init__(self, session: Session, project_id: int) -> None:
        self._session, self._project_id = session, project_id

    @cached_property
    def facts(self) -> Mapping[int, ArticleFacts]:
        """Return what facets say of each, by its id."""
        query = select(
            _article.id,
            _article.title,
            _article.author,
            _article.publication,
            _article.published_on,
        ).where(_article.project_id == self._project_id)
        return {row[0]: ArticleFacts._make(row) for row in read_columns(self._session, query)}

    def count_by_facet(self, numbers: Mapping[int, int]) -> dict[str, Counter[str]]:
        """Return how many each value of each facet has, from numbers by the ids of articles."""
        by: dict[str, Counter[str]] = {facet: Counter() for facet in ARTICLE_FACETS}
        for article_id, number in numbers.items():
            facts = self.facts[article_id]
            for facet, counter in by.items():
                counter[facts.value(facet)] += number
        return by
