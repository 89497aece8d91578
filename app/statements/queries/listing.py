"""Which statements there are: annotations with a party, as someone may see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import Article
from app.core.db import read_columns
from app.findings.asked import Asked
from app.findings.queries.few import find_few
from app.findings.queries.matching import is_matching, is_seen
from app.parties.models import Affiliation, Party, Position
from app.parties.state import Affiliated
from app.projects.models import Member
from app.statements.statement import Statement

_annotation = Annotation.__table__.c
_article = Article.__table__.c
_affiliation = Affiliation.__table__.c
_party = Party.__table__.c
_position = Position.__table__.c


def list_statements(session: Session, member: Member, asked: Asked) -> list[Statement]:
    """Return the statements that are asked for and that a member may see, by their ids.

    They are living annotations, with a place in the present text or without. An alias counts for
    its main party or position.
    """
    conditions = is_matching(session, asked, member, few=find_few(session, member, asked))
    return _list(session, member.project_id, conditions)


def list_all_statements(session: Session, project_id: int) -> list[Statement]:
    """Return all statements of a project, by their ids, for whoever runs the server."""
    conditions = (_annotation.project_id == project_id, _annotation.deleted_at.is_(None))
    return _list(session, project_id, conditions)


def _list(
    session: Session, project_id: int, conditions: Iterable[ColumnElement[bool]]
) -> list[Statement]:
    query: Select[*tuple[Any, ...]] = (
        select(
            _annotation.id,
            _annotation.article_id,
            _annotation.account_id,
            _annotation.tag,
            func.coalesce(_party.alias_of_id, _party.id),
            func.coalesce(_position.alias_of_id, _position.id),
            _annotation.side,
            _article.published_on,
            _annotation.start,
            _annotation.end,
        )
        .join_from(Annotation.__table__, Party.__table__, _party.id == _annotation.party_id)
        .outerjoin(Position.__table__, _position.id == _annotation.position_id)
        .join(Article.__table__, _article.id == _annotation.article_id)
        .where(*conditions, _annotation.party_id.is_not(None))
        .order_by(_annotation.id)
    )
    spoken_for = list_affiliations(session, project_id)
    return [
        Statement(
            annotation=row[0],
            article=row[1],
            account=row[2],
            tag=row[3],
            party=row[4],
            organization=_organization(spoken_for[row[4]], row[7])
            if row[4] in spoken_for
            else None,
            position=row[5],
            side=row[6],
            day=row[7],
            start=row[8],
            end=row[9],
        )
        for row in read_columns(session, query)
    ]


def count_used(session: Session, member: Member) -> list[tuple[int, int, int]]:
    """Return how many statements each member made in each article, of all that a member may see.

    Each row has the id of an article, that of an account, and the number.
    """
    keys = (_annotation.article_id, _annotation.account_id)
    query: Select[int, int, int] = (
        select(*keys, func.count())
        .where(*is_seen(member), _annotation.party_id.is_not(None))
        .group_by(*keys)
    )
    return [(row[0], row[1], row[2]) for row in read_columns(session, query)]


def list_affiliations(session: Session, project_id: int) -> Mapping[int, Sequence[Affiliated]]:
    """Return for whom parties speak, by main party and to main organisations, latest first."""
    organization = Party.__table__.alias().c
    query = (
        select(
            func.coalesce(_party.alias_of_id, _party.id),
            func.coalesce(organization.alias_of_id, organization.id),
            _affiliation.since,
            _affiliation.until,
        )
        .join_from(Affiliation.__table__, Party.__table__, _party.id == _affiliation.party_id)
        .join(organization.id.table, organization.id == _affiliation.organization_id)
        .where(_party.project_id == project_id)
    )
    found: dict[int, list[Affiliated]] = defaultdict(list)
    for party, organization_id, since, until in read_columns(session, query):
        found[party].append(Affiliated(organization_id, since, until))
    for affiliated in found.values():
        affiliated.sort(key=lambda one: (one.since or date.min, one.organization), reverse=True)
    return found


def _organization(affiliated: Sequence[Affiliated], day: date | None) -> int | None:
    """Return the organisation that someone speaks for on a day; without one, that of the end."""
    return next((one.organization for one in affiliated if one.holds(day)), None)
