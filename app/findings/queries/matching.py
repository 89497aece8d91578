"""Which annotations an address asks for, as conditions on the bare table of annotations.

Lists, counts and files of what is shown all take them from here, and with them the visibility.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal_column, or_, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, AnnotationTheme
from app.articles.models import Article, Revision
from app.assignments.queries.visibility import sql_can_see
from app.discussion.models import Thread
from app.discussion.queries.discussion import HAS_QUESTION, IS_DISPUTED
from app.findings.asked import (
    DISPUTED,
    ME,
    NONE,
    QUESTION,
    RESOLVED,
    UNPLACED,
    YES,
    Asked,
)
from app.projects.models import Member
from app.search.queries.annotations import EVERYWHERE, Source, is_found
from app.search.query import read_query

_annotation = Annotation.__table__.c
_article = Article.__table__.c
_revision = Revision.__table__.c
_thread = Thread.__table__.c
_carried = AnnotationTheme.__table__.c

ARTICLE_FACETS = ("article", "author", "publication", "published")
"""Those that are about the article of an annotation, and not about itself."""


def is_matching(
    session: Session,
    asked: Asked,
    member: Member,
    *,
    without: Collection[str] = (),
    by_project: bool = True,
) -> list[ColumnElement[bool]]:
    """Return the conditions that an annotation is one of those asked for, which a member may see.

    They are true of living annotations of the member's project alone. What is asked of the facets
    `without` is left out. Not `by_project` keeps the database from going through the whole project
    where another condition finds the few that there are.
    """
    conditions = is_seen(member, by_project=by_project)
    conditions += [
        _CONDITIONS[name](values, member)
        for name, values in asked.filters.items()
        if name in _CONDITIONS and name not in without
    ]
    conditions += _is_in_articles(asked, member, without=without)
    if asked.q:
        sources = frozenset(map(Source, asked.within)) or EVERYWHERE
        conditions.append(is_found(session, read_query(asked.q), sources=sources))
    return conditions


def is_seen(member: Member, *, by_project: bool = True) -> list[ColumnElement[bool]]:
    """Return the conditions that a living annotation is one that a member may see."""
    project_id: ColumnElement[int] = _annotation.project_id
    if not by_project:
        project_id = project_id + literal_column("0")  # as an expression, which no index has
    return [
        project_id == member.project_id,
        _annotation.deleted_at.is_(None),
        sql_can_see(member, article_id=_annotation.article_id, annotator_id=_annotation.account_id),
    ]


def asks_of_articles(asked: Asked) -> bool:
    """Say whether anything is asked of the articles that annotations stand in."""
    return any(name in ARTICLE_FACETS for name in asked.filters)


def is_article_matching(
    asked: Asked, member: Member, *, without: Collection[str] = ()
) -> list[ColumnElement[bool]]:
    """Return the conditions, on the bare table, that an article is one of those asked for."""
    conditions: list[ColumnElement[bool]] = [_article.project_id == member.project_id]
    conditions += [
        _OF_ARTICLES[name](values)
        for name, values in asked.filters.items()
        if name in _OF_ARTICLES and name not in without
    ]
    return conditions


def _is_in_articles(
    asked: Asked, member: Member, *, without: Collection[str]
) -> list[ColumnElement[bool]]:
    wanted = [name for name in asked.filters if name in ARTICLE_FACETS and name not in without]
    if not wanted:
        return []
    if wanted == ["article"]:
        return [_annotation.article_id.in_(_numbers(asked.article))]
    articles = select(_article.id).where(*is_article_matching(asked, member, without=without))
    return [_annotation.article_id.in_(articles)]


def _of_annotators(values: Sequence[str], member: Member) -> ColumnElement[bool]:
    ids = {member.account_id if value == ME else int(value) for value in values}
    return _is_any_of(_annotation.account_id, sorted(ids))


def _of_months(values: Sequence[str]) -> ColumnElement[bool]:
    return _is_any_of(_annotation.tagged_month, [int(value.replace("-", "")) for value in values])


def _of_states(values: Sequence[str], member: Member) -> ColumnElement[bool]:
    return or_(*(is_in_state(value, member) for value in values))


def is_in_state(state: str, member: Member) -> ColumnElement[bool]:
    """Return the condition that an annotation of the member's project is in a state."""
    articles = select(_article.id).where(_article.project_id == member.project_id)
    if state == UNPLACED:
        old = (
            select(_revision.id)
            .join(Article.__table__, _article.id == _revision.article_id)
            .where(
                _article.project_id == member.project_id,
                _revision.id != _article.current_revision_id,
            )
        )
        return _annotation.revision_id.in_(old)
    threads = select(_thread.annotation_id).where(
        _OF_THREADS[state], _thread.article_id.in_(articles)
    )
    return _annotation.id.in_(threads)


def _of_notes(values: Sequence[str]) -> ColumnElement[bool]:
    return or_(
        *(_annotation.has_note if value == YES else ~_annotation.has_note for value in values)
    )


def _of_themes(values: Sequence[str]) -> ColumnElement[bool]:
    return or_(*map(has_theme, values))


def has_theme(value: str) -> ColumnElement[bool]:
    """Return the condition that an annotation carries a theme, or none where that is asked for."""
    if value == NONE:
        return _annotation.themes == ()
    carrying = select(_carried.annotation_id).where(_carried.theme_id == int(value))
    return _annotation.id.in_(carrying)


def _published_in(values: Sequence[str]) -> ColumnElement[bool]:
    return or_(*map(_is_published, values))


def _is_published(month: str) -> ColumnElement[bool]:
    if month == NONE:
        return _article.published_on.is_(None)
    year, number = int(month[:4]), int(month[5:])
    if not date.min.year <= year < date.max.year:
        return false()
    after = date(year + number // 12, number % 12 + 1, 1)
    return and_(_article.published_on >= date(year, number, 1), _article.published_on < after)


def _is_any_of(column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else column.in_(values)


def _numbers(values: Sequence[str]) -> list[int]:
    return [int(value) for value in values]


_OF_THREADS: Mapping[str, ColumnElement[bool]] = {
    DISPUTED: IS_DISPUTED,
    QUESTION: HAS_QUESTION,
    RESOLVED: _thread.resolved_at.is_not(None),
}
_CONDITIONS: Mapping[str, Callable[[Sequence[str], Member], ColumnElement[bool]]] = {
    "tag": lambda values, _member: _is_any_of(_annotation.tag, values),
    "annotator": _of_annotators,
    "tagged": lambda values, _member: _of_months(values),
    "state": _of_states,
    "note": lambda values, _member: _of_notes(values),
    "theme": lambda values, _member: _of_themes(values),
}
_OF_ARTICLES: Mapping[str, Callable[[Sequence[str]], ColumnElement[bool]]] = {
    "article": lambda values: _article.id.in_(_numbers(values)),
    "author": _article.author.in_,
    "publication": _article.publication.in_,
    "published": _published_in,
}
