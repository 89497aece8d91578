"""Which annotations an address asks for, as conditions on the bare table of annotations.

Lists, counts and files of what is shown all take them from here, and with them the visibility.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    false,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, AnnotationTheme
from app.articles.models import Article, Revision
from app.assignments.queries.visibility import sql_can_see
from app.core.conditions import unindexed
from app.discussion.models import Thread
from app.discussion.queries.discussion import HAS_QUESTION, IS_DISPUTED
from app.findings.asked import (
    DISPUTED,
    ME,
    NO,
    NONE,
    QUESTION,
    RESOLVED,
    UNPLACED,
    YES,
    Asked,
    number_of_month,
)
from app.findings.queries.asked_themes import with_merged, with_trees
from app.parties import queries as parties
from app.parties.models import Named, Party, Position
from app.projects.models import Member
from app.search.queries.annotations import EVERYWHERE, Source, WordLook
from app.search.query import read_query

_annotation = Annotation.__table__.c
_article = Article.__table__.c
_revision = Revision.__table__.c
_thread = Thread.__table__.c
_carried = AnnotationTheme.__table__.c

_NOTHING = literal_column("''", String)  # written out: indexes have the same conditions

ARTICLE_FACETS = ("article", "author", "publication", "published")
"""Those that are about the article of an annotation, and not about itself."""

INDEXED = ("tag", "annotator", "tagged", "party", "position", "side")
"""Those that have an index of their own, which does not know of themes."""

NAMED: Mapping[str, type[Named]] = {"party": Party, "position": Position}
"""What a value of a facet is the id of, where projects have aliases of it."""
OF_STATEMENTS: Mapping[str, ColumnElement[Any]] = {
    "party": _annotation.party_id,
    "position": _annotation.position_id,
    "side": _annotation.side,
}
"""The facets that say who says what, each with its column."""

HAS_THEMES: ColumnElement[bool] = type_coerce(_annotation.themes, String) != _NOTHING
"""The condition that an annotation carries any theme."""


class Few(NamedTuple):
    """All annotations that one thing asked for leaves, seen or not, where these are few.

    `facet` is what is asked for, "q" for words; `condition` is true of them alone.
    """

    facet: str
    ids: Collection[int]
    condition: ColumnElement[bool]


def is_matching(
    session: Session,
    asked: Asked,
    member: Member,
    *,
    without: Collection[str] = (),
    few: Few | None = None,
    by_project: bool = True,
    by_own_index: bool = False,
) -> list[ColumnElement[bool]]:
    """Return the conditions that an annotation is one of those asked for, which a member may see.

    They are true of living annotations of the member's project alone. What is asked of the facets
    `without` is left out. Where `find_few` found `few`, these are looked at alone. Not `by_project`
    keeps the database from going through the whole project where another condition finds the few
    that there are; `by_own_index` keeps it to the index of what has a theme, a party or the like,
    which the caller asks for.
    """
    asked = with_trees(session, member, asked)
    if few is not None and few.facet in without:
        few = None
    conditions = is_seen(member, by_project=by_project and few is None)
    done = {*without}
    if few is not None:
        conditions.append(few.condition)
        done.add(few.facet)
    is_by_own = few is None and (by_own_index or asks_of_themes(asked, without=without))
    for name, values in asked.filters.items():
        if name in _CONDITIONS and name not in done:
            condition = _CONDITIONS[name](values, member)
            conditions.append(unindexed(condition) if is_by_own and name in INDEXED else condition)
    conditions += _is_in_articles(asked, member, without=without)
    if asked.q and "q" not in done:
        look = look_for(session, asked, without=done)
        conditions.append(look.condition(is_of_few=few is not None))
    return conditions


def look_for(session: Session, asked: Asked, *, without: Collection[str] = ()) -> WordLook:
    """Return the look for the words that are asked for, of what has what is asked of the facets.

    What is asked of those `without` is left out.
    """
    sources = sources_of(asked)
    if asked.note == (NO,) and "note" not in without:
        sources -= {Source.NOTE}  # else all that have the words in a note are looked through
    return WordLook(session, read_query(asked.q), sources)


def sources_of(asked: Asked) -> frozenset[Source]:
    """Return in what words are searched."""
    return frozenset(map(Source, asked.within)) or EVERYWHERE


def is_seen(member: Member, *, by_project: bool = True) -> list[ColumnElement[bool]]:
    """Return the conditions that a living annotation is one that a member may see."""
    project_id: ColumnElement[int] = _annotation.project_id
    if not by_project:
        project_id = unindexed(project_id)
    return [
        project_id == member.project_id,
        _annotation.deleted_at.is_(None),
        sql_can_see(member, article_id=_annotation.article_id, annotator_id=_annotation.account_id),
    ]


def asks_of_themes(asked: Asked, *, without: Collection[str] = ()) -> bool:
    """Say whether passages without a theme are left out: the index of the others is the best."""
    return bool(asked.theme) and NONE not in asked.theme and "theme" not in without


def of_words(asked: Asked) -> Asked:
    """Return what of an address says where words are looked for, and nothing else."""
    kept = {name: getattr(asked, name) for name in ("q", "hits", *ARTICLE_FACETS)}
    return Asked(**kept)


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


def annotator_ids(values: Sequence[str], member: Member) -> list[int]:
    """Return the ids of the accounts whose annotations are asked for, `ME` as the member's own."""
    return sorted({member.account_id if value == ME else int(value) for value in values})


def _of_annotators(values: Sequence[str], member: Member) -> ColumnElement[bool]:
    return _is_any_of(_annotation.account_id, annotator_ids(values, member))


def _of_months(values: Sequence[str]) -> ColumnElement[bool]:
    return _is_any_of(_annotation.tagged_month, [*map(number_of_month, values)])


def _of_states(values: Sequence[str], member: Member) -> ColumnElement[bool]:
    return or_(*(is_in_state(value, member) for value in values))


def is_in_state(state: str, member: Member) -> ColumnElement[bool]:
    """Return the condition that an annotation of the member's project is in a state."""
    if state == UNPLACED:
        return _annotation.revision_id.in_(old_revisions(member))
    return _annotation.id.in_(in_threads(state, member))


def old_revisions(member: Member) -> Select[int]:
    """Return the ids of the revisions of a project that are not the present ones."""
    return (
        select(_revision.id)
        .join(Article.__table__, _article.id == _revision.article_id)
        .where(
            _article.project_id == member.project_id,
            _revision.id != _article.current_revision_id,
        )
    )


def in_threads(state: str, member: Member) -> Select[int]:
    """Return the ids of a project's annotations whose threads are in a state."""
    articles = select(_article.id).where(_article.project_id == member.project_id)
    return select(_thread.annotation_id).where(_OF_THREADS[state], _thread.article_id.in_(articles))


def _of_notes(values: Sequence[str]) -> ColumnElement[bool]:
    return or_(
        *(_annotation.has_note if value == YES else ~_annotation.has_note for value in values)
    )


def _of_themes(values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that an annotation carries any of some themes, each alone, or NONE."""
    any_of: list[ColumnElement[bool]] = []
    if NONE in values:
        any_of.append(has_theme(NONE))
    if wanted := [value for value in values if value != NONE]:
        # Looked up for each annotation. Where few carry any, these are found before (few.py); where
        # many do, as with a tree, SQLite would make a list of them for each query.
        is_carried = carrying(wanted).where(_carried.annotation_id == _annotation.id).exists()
        any_of.append(and_(HAS_THEMES, is_carried))
    return or_(*any_of)


def has_theme(value: str) -> ColumnElement[bool]:
    """Return the condition that an annotation carries a theme, or none where that is asked for."""
    if value == NONE:
        return _annotation.themes == ()
    return _annotation.id.in_(carrying([value]))


def carrying(theme_ids: Sequence[str]) -> Select[int]:
    """Return the ids of the annotations that carry any of some themes: one may be there twice."""
    return select(_carried.annotation_id).where(_is_any_of(_carried.theme_id, _numbers(theme_ids)))


def with_mains(session: Session, member: Member, asked: Asked) -> Asked:
    """Return the same with what each alias, or merged theme, counts for in its place."""
    asked = with_merged(session, member, asked)
    for facet in NAMED.keys() & asked.filters.keys():
        values = asked.filters[facet]
        ids = _numbers([value for value in values if value != NONE])
        mains = parties.main_ids_of(session, NAMED[facet], member.project_id, ids)
        mained = {value if value == NONE else str(mains.get(int(value), value)) for value in values}
        asked = asked.only(facet, *mained)
    return asked


def is_said(facet: str) -> ColumnElement[bool]:
    """Return the condition that an annotation has any party, position or side."""
    if facet in NAMED:
        return OF_STATEMENTS[facet].is_not(None)
    return OF_STATEMENTS[facet] != _NOTHING


def of_statements(facet: str, values: Sequence[str], member: Member) -> ColumnElement[bool]:
    """Return the condition that an annotation has any of these parties, positions or sides.

    It has none where NONE is among the values. It is of the member's project.
    """
    column = OF_STATEMENTS[facet]
    any_of: list[ColumnElement[bool]] = []
    wanted = [value for value in values if value != NONE]
    if wanted:
        known: Sequence[str] | Select[int] = wanted
        if facet in NAMED:
            known = parties.sql_same(NAMED[facet], member.project_id, _numbers(wanted))
        any_of.append(and_(is_said(facet), column.in_(known)))
    if NONE in values:
        any_of.append(~is_said(facet))
    return or_(*any_of)


def has_other(asked: Asked, facet: str, member: Member) -> ColumnElement[bool]:
    """Return the condition that an annotation has some of a facet, but nothing that is asked for.

    The facet is that of notes, themes, parties, positions or sides.
    """
    has_some = {"note": _annotation.has_note, "theme": HAS_THEMES}
    has_any = has_some[facet] if facet in has_some else is_said(facet)
    if asked.filters[facet] in {(NONE,), (NO,)}:
        return has_any
    return and_(has_any, ~_CONDITIONS[facet](asked.filters[facet], member))


def _is_named(column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
    # One of whom an article says "none" is asked for together with those of whom it says nothing.
    return column.in_([*values, ""] if NONE in values else values)


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
    "party": partial(of_statements, "party"),
    "position": partial(of_statements, "position"),
    "side": partial(of_statements, "side"),
}
_OF_ARTICLES: Mapping[str, Callable[[Sequence[str]], ColumnElement[bool]]] = {
    "article": lambda values: _article.id.in_(_numbers(values)),
    "author": partial(_is_named, _article.author),
    "publication": partial(_is_named, _article.publication),
    "published": _published_in,
}
