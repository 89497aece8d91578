"""What values of a facet ask for, each as a condition that stands beside all others."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, AnnotationCount
from app.annotations.tags import TAGS
from app.core.db import read_columns
from app.findings.asked import NO, YES, Asked, month_of_number
from app.findings.queries.article_facts import ProjectArticles
from app.findings.queries.matching import OF_STATEMENTS, has_theme, of_statements
from app.findings.queries.sums import is_summed
from app.projects.models import Member

OF_FEW_VALUES = frozenset({"note", "tagged", "tag"})
"""The facets of which each value is counted by itself where there is very much."""

_annotation = Annotation.__table__.c
_count = AnnotationCount.__table__.c


def list_values(
    session: Session, member: Member, asked: Asked, facet: str
) -> Mapping[str, ColumnElement[bool]]:
    """Return each value of a facet that has few, of months those alone that may have any."""
    if facet == "note":
        return {YES: _annotation.has_note, NO: ~_annotation.has_note}
    if facet == "tag":
        return {tag: _annotation.tag == tag for tag in TAGS}
    months = _months(session, member, asked)
    return {month_of_number(each): _annotation.tagged_month == each for each in months}


def has_value(
    facet: str, value: str, member: Member, articles: ProjectArticles
) -> ColumnElement[bool]:
    """Return the condition that an annotation has a value of a facet that lists are grouped by."""
    if facet == "theme":
        return has_theme(value)
    if facet in OF_STATEMENTS:
        return of_statements(facet, (value,), member)
    if facet == "tag":
        return _annotation.tag == value
    if facet == "annotator":
        return _annotation.account_id == int(value)
    if facet == "article":
        return _annotation.article_id == int(value)
    ids = [one.id for one in articles.facts.values() if one.value(facet) == value]
    return _annotation.article_id.in_(ids)


def _months(session: Session, member: Member, asked: Asked) -> list[int]:
    """Return each month in which something was tagged of what is asked for, as far as sums know."""
    conditions = is_summed(asked, member, without={"tagged"})
    query = select(_count.tagged_month).where(*conditions).distinct().order_by(_count.tagged_month)
    return list(read_columns(session, query).scalars())
