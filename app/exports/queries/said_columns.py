"""What the columns of who says what are read from: names as they are now, of the main ones."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, or_, select
from sqlalchemy.sql.expression import FunctionElement

from app.annotations.content import OF_TAGS
from app.annotations.models import Annotation, AnnotationAddressee
from app.articles.models import Article
from app.core.names import SEPARATOR
from app.parties.models import Affiliation, Party, Position

_annotation, _article = Annotation.__table__.c, Article.__table__.c
_addressed = AnnotationAddressee.__table__.c
_affiliation = Affiliation.__table__.c


def name_of_party() -> ColumnElement[str]:
    """Return the main name of who says it, "" for nobody."""
    return _main_name(Party.__table__, "name", _annotation.party_id)


def kind_of_party() -> ColumnElement[str]:
    """Return whether who says it is a "person" or an "organization", "" where that is not said."""
    return _main_name(Party.__table__, "kind", _annotation.party_id)


def sentence_of_position() -> ColumnElement[str]:
    """Return the main sentence of the position, "" for none."""
    return _main_name(Position.__table__, "sentence", _annotation.position_id)


def name_of_organization() -> ColumnElement[str]:
    """Return the main name of that for which the party speaks on the article's day, "" for none.

    Of several the latest counts; of an undated article those without an end.
    """
    said, party = (Party.__table__.alias(name).c for name in ("said", "affiliated"))
    organization, main = (Party.__table__.alias(name).c for name in ("organization", "its_main"))
    day = _article.published_on
    holds = or_(
        and_(day.is_(None), _affiliation.until.is_(None)),
        and_(
            day.is_not(None),
            or_(_affiliation.since.is_(None), _affiliation.since <= day),
            or_(_affiliation.until.is_(None), _affiliation.until >= day),
        ),
    )
    query = (
        select(func.coalesce(main.name, organization.name))
        .select_from(Affiliation.__table__)
        .join(_table(party), party.id == _affiliation.party_id)
        .join(_table(said), _main_id(said) == _main_id(party))
        .join(_table(organization), organization.id == _affiliation.organization_id)
        .outerjoin(_table(main), main.id == organization.alias_of_id)
        .where(said.id == _annotation.party_id, holds)
        .order_by(_affiliation.since.desc().nulls_last(), _main_id(organization).desc())
        .limit(1)
    )
    return _where_said(_annotation.party_id.is_not(None), query)


def names_of_addressees() -> ColumnElement[str]:
    """Return the main names of whom a demand is made of, in order; "" of what is none."""
    party, main = (Party.__table__.alias(name).c for name in ("addressee", "its_main"))
    names = (
        select(
            func.coalesce(main.name, party.name).label("name"),
            func.coalesce(main.folded, party.folded).label("folded"),
        )
        .join_from(AnnotationAddressee.__table__, _table(party), party.id == _addressed.party_id)
        .outerjoin(_table(main), main.id == party.alias_of_id)
        .where(_addressed.annotation_id == _annotation.id)
        .distinct()
        .order_by("folded")
        .correlate(Annotation.__table__)
        .subquery()
    )
    joined = select(func.aggregate_strings(names.c.name, SEPARATOR))
    has_any = and_(_annotation.addressees != (), _annotation.tag.in_(OF_TAGS["addressees"]))
    return _where_said(has_any, joined)


def _main_name(table: FromClause, name: str, row_id: ColumnElement[int]) -> ColumnElement[str]:
    row, main = table.alias("named").c, table.alias("its_main").c
    query = (
        select(func.coalesce(main[name], row[name]))
        .select_from(_table(row))
        .outerjoin(_table(main), main.id == row.alias_of_id)
        .where(row.id == row_id)
    )
    return _where_said(row_id.is_not(None), query)


def _main_id(columns: Any) -> FunctionElement[int]:  # noqa: ANN401  (the columns of an alias)
    return func.coalesce(columns.alias_of_id, columns.id)


def _table(columns: Any) -> FromClause:  # noqa: ANN401  (likewise)
    table: FromClause = columns.id.table
    return table


def _where_said(condition: ColumnElement[bool], query: Select[str]) -> ColumnElement[str]:
    """Ask only for what there is: most annotations say nothing of it."""
    found = query.correlate(Annotation.__table__, Article.__table__).scalar_subquery()
    return case((condition, func.coalesce(found, "")), else_="")
