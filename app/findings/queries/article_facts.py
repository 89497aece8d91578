"""What facets say of the articles of a project."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.core.db import read_columns
from app.findings.asked import NONE

_article = Article.__table__.c


class ArticleFacts(NamedTuple):
    """What facets say of an article."""

    id: int
    title: str
    author: str
    publication: str
    published_on: date | None

    def value(self, facet: str) -> str:
        """Return its value in a facet, NONE where the article does not say."""
        if facet == "published":
            return f"{self.published_on:%Y-%m}".rjust(7, "0") if self.published_on else NONE
        return {"article": str(self.id), "author": self.author}.get(facet, self.publication) or NONE


def list_article_facts(session: Session, project_id: int) -> Mapping[int, ArticleFacts]:
    """Return what facets say of each article of a project, by its id."""
    query = select(
        _article.id,
        _article.title,
        _article.author,
        _article.publication,
        _article.published_on,
    ).where(_article.project_id == project_id)
    return {row[0]: ArticleFacts._make(row) for row in read_columns(session, query)}
