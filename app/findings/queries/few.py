"""Which annotations are looked at alone, since one thing that is asked for leaves few.

No index of a project's list has a state, themes or words: where these are few, that would be gone
through to its end.
"""

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, AnnotationTheme
from app.articles.models import Revision
from app.core.conditions import is_among
from app.core.db import read_columns
from app.findings.asked import NONE, UNPLACED, Asked
from app.findings.queries.asked_themes import with_trees
from app.findings.queries.matching import (
    OF_STATEMENTS,
    Few,
    carrying,
    in_threads,
    of_statements,
    old_revisions,
    sources_of,
)
from app.projects.models import Member
from app.search.queries import annotations as search
from app.search.query import read_query

MOST_FEW = 10_000  # annotations, sooner put in order than found on the way through a project

_annotation = Annotation.__table__.c
_revision = Revision.__table__.c
_carried = AnnotationTheme.__table__.c


def find_few(
    session: Session, member: Member, asked: Asked, *, without: Collection[str] = ()
) -> Few | None:
    """Return the smallest set that one thing asked for leaves, None where each leaves many.

    Such a thing is a state, themes, a party, a position, a side, or words. What is asked of the
    facets `without` is not looked at.
    """
    asked = with_trees(session, member, asked)
    for facet in asked.filters.keys() & set(without):
        asked = asked.without(facet)
    found = [
        Few(facet, ids, is_among(session, _annotation.id, ids))
        for facet, ids in _few_ids(session, member, asked)
        if ids is not None
    ]
    return min(found, key=lambda few: len(few.ids), default=None)


def _few_ids(
    session: Session, member: Member, asked: Asked
) -> Iterator[tuple[str, Collection[int] | None]]:
    # What carries themes, or says something, is looked for in the articles asked for: it is less.
    in_articles = [_annotation.article_id.in_(map(int, asked.article))] if asked.article else []
    if asked.state:
        yield "state", _all_few(few_in_state(session, member, state) for state in asked.state)
    if asked.theme and NONE not in asked.theme:
        carried = carrying(asked.theme)
        if in_articles:
            there = select(_annotation.id).where(*in_articles)
            carried = carried.where(_carried.annotation_id.in_(there))
        yield "theme", _all_few([_at_most(session, carried)])
    for facet in OF_STATEMENTS:
        values = asked.filters.get(facet, ())
        if values and NONE not in values:
            said = select(_annotation.id).where(
                _annotation.project_id == member.project_id,
                _annotation.deleted_at.is_(None),
                of_statements(facet, values, member),
                *in_articles,
            )
            yield facet, _at_most(session, said)
    if asked.q:
        yield "q", search.find_few(session, read_query(asked.q), sources=sources_of(asked))


def _all_few(found: Iterable[Collection[int] | None]) -> Collection[int] | None:
    """Return the ids of several sets as one, None where any of the sets is None: too large."""
    together: set[int] = set()
    for ids in found:
        if ids is None:
            return None
        together.update(ids)
    return together


def few_in_state(session: Session, member: Member, state: str) -> Collection[int] | None:
    """Return the ids of all annotations of a project in a state, None where these are many.

    Those in the trash may be among them, and what the member may not see.
    """
    if state != UNPLACED:
        return _at_most(session, in_threads(state, member))
    # A database that has to guess how many these are takes them for most of the project.
    old = list(read_columns(session, old_revisions(member).where(_is_in_use())).scalars())
    if not old:
        return ()
    return _at_most(session, select(_annotation.id).where(_is_of_revisions(session, old)))


def _at_most(session: Session, ids: Select[int]) -> Collection[int] | None:
    found = read_columns(session, ids.limit(MOST_FEW + 1)).scalars().all()
    return found if len(found) <= MOST_FEW else None


def _is_of_revisions(session: Session, revision_ids: Collection[int]) -> ColumnElement[bool]:
    return and_(
        is_among(session, _annotation.revision_id, revision_ids), _annotation.deleted_at.is_(None)
    )


def _is_in_use() -> ColumnElement[bool]:
    """Return the condition that a revision holds a living annotation."""
    return exists(
        select(_annotation.id).where(
            _annotation.revision_id == _revision.id, _annotation.deleted_at.is_(None)
        )
    )
