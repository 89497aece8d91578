"""The sums that the database keeps: they tell exactly what is a matter of whose, what and where.

They know of tags, annotators, articles, the months of tagging, and notes.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select

from app.annotations.models import AnnotationCount
from app.annotations.queries.annotations import counted_for
from app.articles.models import Article
from app.findings.asked import NO, YES, Asked, number_of_month
from app.findings.queries.matching import ARTICLE_FACETS, annotator_ids, is_article_matching
from app.projects.models import Member

OF_SUMS = frozenset({"tag", "annotator", "tagged", "note", *ARTICLE_FACETS})
"""The facets whose values the sums tell apart."""

_count = AnnotationCount.__table__.c
_article = Article.__table__.c


def has_sums(asked: Asked, *, without: Collection[str] = ()) -> bool:
    """Say whether the sums tell what is asked for, without what is asked of some facets."""
    return not asked.q and asked.filters.keys() <= OF_SUMS.union(without)


def how_many(asked: Asked, *, without: Collection[str] = ()) -> ColumnElement[int]:
    """Return how many of a sum are asked for: all, or those with or without a note."""
    notes = set() if "note" in without else set(asked.note)
    if notes == {YES}:
        return _count.with_note
    return _count.living - _count.with_note if notes == {NO} else _count.living


def is_summed(
    asked: Asked, member: Member, *, without: Collection[str] = ()
) -> list[ColumnElement[bool]]:
    """Return the conditions that some of a sum are asked for, which a member may see."""
    asks = asked.filters.keys() - set(without)
    conditions: list[ColumnElement[bool]] = [
        _count.project_id == member.project_id,
        how_many(asked, without=without) > 0,
        counted_for(member),
    ]
    if "tag" in asks:
        conditions.append(_count.tag.in_(asked.tag))
    if "annotator" in asks:
        conditions.append(_count.account_id.in_(annotator_ids(asked.annotator, member)))
    if "tagged" in asks:
        conditions.append(_count.tagged_month.in_(map(number_of_month, asked.tagged)))
    if asks & set(ARTICLE_FACETS):
        articles = select(_article.id).where(*is_article_matching(asked, member, without=without))
        conditions.append(_count.article_id.in_(articles))
    return conditions
