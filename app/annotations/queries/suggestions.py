"""Parties and positions that are offered while a name is typed, those first that are used most.

Names are seen by the whole project; how often one is used counts of what the member may see alone.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.annotations.content import OF_TAGS
from app.annotations.models import Annotation, AnnotationAddressee
from app.articles.models import Article
from app.assignments.queries.visibility import sql_can_see
from app.frozen import frozen
from app.parties.models import Affiliation, Named, Party
from app.parties.queries import sql_is_usable, sql_main_id
from app.parties.state import Affiliated
from app.projects.models import Member

MOST = 7  # that are offered at once
NEAR = 3  # of those, at most, that are only like what is typed
SHORTEST_NEAR = 4  # characters: of fewer nearly everything is like them
ALIKE = 0.75  # as difflib measures it
_SIGNS = re.compile(r"[\W_]+")
_BEGINNING = r"(?<![^\W_])"  # of a word: no letter or digit before it


@frozen
class Suggestion:
    """A party or a position that can be given, by the name that it is found by.

    `other` is the main one where this is another name, `speaks_for` the organisation for which a
    person speaks on the day of the article, `kind` what is said of a party; else "". One that
    `is_near` is only spelled much like what is typed.
    """

    id: int
    name: str
    kind: str = ""
    other: str = ""
    speaks_for: str = ""
    is_near: bool = False


@frozen
class Suggestions:
    """What is offered, and whether what was typed is the name of one: it cannot be new then."""

    found: Sequence[Suggestion]
    is_known: bool


@frozen
class _Row:
    id: int
    name: str
    folded: str
    main_id: int
    kind: str


def suggest(
    session: Session, member: Member, model: type[Named], *, article: Article, typed: str
) -> Suggestions:
    """Return at most `MOST` that can be given, whose words begin with all words that are typed.

    They are found by their names, their other names, and the organisations for which people speak;
    those that are used in the article come first, then those in the project. What is only spelled
    much like it comes last.
    """
    rows = _usable(session, model, member.project_id)
    speaks_for = _organizations(session, member.project_id) if model is Party else {}
    names = {row.id: row.name for row in rows}
    key = model.key_of(typed)
    beginnings = [re.compile(_BEGINNING + re.escape(word)) for word in _SIGNS.split(key) if word]
    found = [
        row for row in rows if all(each.search(_searched(row, speaks_for)) for each in beginnings)
    ]
    mains = {row.id for row in found}
    found = [
        row
        for row in found
        if row.main_id == row.id or row.main_id not in mains or row.folded == key
    ]
    uses = _uses(session, member, model, article, rows) if len(found) > 1 else defaultdict(_Uses)

    def rank(row: _Row) -> tuple[object, ...]:
        here, everywhere = uses[row.main_id]
        return (row.folded != key, -here, -everywhere, row.folded)

    found.sort(key=rank)
    is_known = any(row.folded == key for row in rows)
    near: list[_Row] = []
    if len(found) < MOST and not is_known and len(key) >= SHORTEST_NEAR:
        near = _near(key, [row for row in rows if row not in found])
    offered = [
        Suggestion(
            row.id,
            row.name,
            row.kind,
            names[row.main_id] if row.main_id != row.id else "",
            _speaks_for(speaks_for.get(row.main_id, ()), article.published_on),
            is_near=row in near,
        )
        for row in (*found, *near)[:MOST]
    ]
    return Suggestions(offered, is_known)


def _usable(session: Session, model: type[Named], project_id: int) -> list[_Row]:
    kind = model.kind if issubclass(model, Party) else literal("")
    query = select(model.id, model.called, model.folded, sql_main_id(model), kind).where(
        model.project_id == project_id, sql_is_usable(model)
    )
    return [_Row(*row) for row in session.execute(query)]


_Spoken = tuple[str, Affiliated]  # the name of an organisation, and when somebody speaks for it


def _organizations(session: Session, project_id: int) -> Mapping[int, Sequence[_Spoken]]:
    """Return the main organisations for which people speak, or spoke, by the people's main ids."""
    organization, main = aliased(Party), aliased(Party)
    rows = session.execute(
        select(sql_main_id(Party), Affiliation, func.coalesce(main.name, organization.name))
        .join(Affiliation, Affiliation.party_id == Party.id)
        .join(organization, organization.id == Affiliation.organization_id)
        .outerjoin(main, main.id == organization.alias_of_id)
        .where(Party.project_id == project_id)
        .order_by(Affiliation.since.desc().nulls_last(), Affiliation.id)
    )
    found: dict[int, list[_Spoken]] = defaultdict(list)
    for person_id, one, name in rows:
        found[person_id].append((name, Affiliated(one.organization_id, one.since, one.until)))
    return found


def _speaks_for(spoken: Sequence[_Spoken], day: date | None) -> str:
    return next((name for name, when in spoken if when.holds(day)), "")


class _Uses(NamedTuple):
    """How many annotations say one: in an article, and in its whole project."""

    here: int = 0
    everywhere: int = 0


def _uses(
    session: Session, member: Member, model: type[Named], article: Article, rows: Sequence[_Row]
) -> defaultdict[int, _Uses]:
    """Return how many living annotations that the member may see say each, by main ids."""
    if model is Party:
        said = [
            _said(member, Annotation.party_id, article),
            _said(member, AnnotationAddressee.party_id, article)
            .join(Annotation, Annotation.id == AnnotationAddressee.annotation_id)
            .where(Annotation.tag_name.in_(sorted(OF_TAGS["addressees"]))),
        ]
    else:
        said = [_said(member, Annotation.position_id, article)]
    mains = {row.id: row.main_id for row in rows}
    uses: defaultdict[int, _Uses] = defaultdict(_Uses)
    for query in said:
        for row_id, here, everywhere in session.execute(query):
            if row_id in mains:
                before = uses[mains[row_id]]
                uses[mains[row_id]] = _Uses(before.here + here, before.everywhere + everywhere)
    return uses


def _said(
    member: Member, column: InstrumentedAttribute[Any], article: Article
) -> Select[Any, int, int]:
    """Count what is said in a column, in an article and in all: without a join, for the index."""
    is_here = case((Annotation.article_id == article.id, 1), else_=0)
    return (
        select(column, func.sum(is_here), func.count())
        .where(
            Annotation.project_id == member.project_id,
            Annotation.deleted_at.is_(None),
            column.is_not(None),
            sql_can_see(
                member, article_id=Annotation.article_id, annotator_id=Annotation.account_id
            ),
        )
        .group_by(column)
    )


def _searched(row: _Row, speaks_for: Mapping[int, Sequence[_Spoken]]) -> str:
    """Return the words by which one is found."""
    spoken = speaks_for.get(row.main_id, ())
    return "\n".join([row.folded, *(Party.key_of(name) for name, _when in spoken)])


def _near(key: str, rows: Sequence[_Row]) -> list[_Row]:
    by_key = {row.folded: row for row in rows}
    return [by_key[each] for each in get_close_matches(key, by_key, n=NEAR, cutoff=ALIKE)]
