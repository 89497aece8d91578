"""Reading the parties and positions of a project: all of them, some by ids, some by names.

Each function takes `Party` or `Position`: what it says of one is true of the other.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.core.errors import NotFound
from app.events.models import Event
from app.parties.kinds import KINDS
from app.parties.models import Affiliation, Named, Party, Position
from app.parties.state import read_state, state_of

Model = TypeVar("Model", bound=Named)


def find(session: Session, model: type[Model], *, project_id: int, row_id: int) -> Model:
    """Return a party or a position of a project: a main one or an alias, in use or archived.

    Raises: NotFound.
    """
    row = session.get(model, row_id)
    if row is None or row.project_id != project_id:
        message = f"There is no such {model.SUBJECT} in this project."
        raise NotFound(message)
    return row


def list_all(session: Session, model: type[Model], project_id: int) -> Sequence[Model]:
    """Return all of a project by name: main ones and aliases, in use and archived."""
    query = select(model).where(model.project_id == project_id)
    return session.scalars(query.order_by(model.folded)).all()


def aliases_of(session: Session, row: Model) -> Sequence[Model]:
    """Return the aliases of a main one, by name."""
    model = type(row)
    query = select(model).where(model.alias_of_id == row.id)
    return session.scalars(query.order_by(model.folded)).all()


def count(session: Session, model: type[Named], project_id: int) -> int:
    """Return how many a project has, aliases and archived ones too."""
    query = select(func.count()).select_from(model).where(model.project_id == project_id)
    return session.scalars(query).one()


def find_called(
    session: Session, model: type[Model], project_id: int, names: Iterable[str]
) -> dict[str, Model]:
    """Return those of a project with some names, aliases too, by what these are found by."""
    keys = {model.key_of(name) for name in names}
    if not keys:
        return {}
    query = select(model).where(model.project_id == project_id, model.folded.in_(sorted(keys)))
    return {row.folded: row for row in session.scalars(query)}


def persons_of(session: Session, project_id: int) -> set[str]:
    """Return what the persons of a project are found by, other names of theirs too."""
    main = aliased(Party)
    query = (
        select(Party.folded)
        .outerjoin(main, main.id == Party.alias_of_id)
        .where(Party.project_id == project_id, func.coalesce(main.kind, Party.kind) == "person")
    )
    return set(session.scalars(query))


def names_of(session: Session, model: type[Named], ids: Collection[int]) -> Mapping[int, str]:
    """Return what some are called, as of now, by their ids; an alias by its own name."""
    if not ids:
        return {}
    query = select(model.id, model.called).where(model.id.in_(sorted(ids)))
    return {row[0]: row[1] for row in session.execute(query)}


def list_named(
    session: Session, model: type[Named], project_id: int, ids: Collection[int]
) -> list[tuple[int, str]]:
    """Return the ids of some of a project and what they are called, by that.

    An id of another project's is passed over: it may come from an address or a form.
    """
    if not ids:
        return []
    query = select(model.id, model.called).where(
        model.project_id == project_id, model.id.in_(sorted(ids))
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(model.folded))]


def usable_names(session: Session, model: type[Named], project_id: int) -> list[str]:
    """Return what those of a project are called that can be given, other names too, by name."""
    query = select(model.called).where(model.project_id == project_id, sql_is_usable(model))
    return list(session.scalars(query.order_by(model.folded)))


def sql_main_id(model: type[Named]) -> ColumnElement[int]:
    """Return the id of the main one that a row counts for."""
    return func.coalesce(model.alias_of_id, model.id)


def sql_same(model: type[Named], project_id: int, ids: Collection[int]) -> Select[int]:
    """Return the ids of all of a project that count for the same as some: mains and aliases."""
    mains = select(sql_main_id(model)).where(
        model.project_id == project_id, model.id.in_(sorted(ids))
    )
    return select(model.id).where(model.project_id == project_id, sql_main_id(model).in_(mains))


def main_ids_of(
    session: Session, model: type[Named], project_id: int, ids: Collection[int]
) -> Mapping[int, int]:
    """Return the ids of what some of a project count for, by their own."""
    if not ids:
        return {}
    query = select(model.id, sql_main_id(model)).where(
        model.project_id == project_id, model.id.in_(sorted(ids))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def mains_of_aliases(session: Session, model: type[Named], project_id: int) -> Mapping[int, int]:
    """Return the id of the main one of each alias of a project, by the alias's own."""
    query = select(model.id, model.alias_of_id).where(
        model.project_id == project_id, model.alias_of_id.is_not(None)
    )
    return {row[0]: row[1] for row in session.execute(query) if row[1] is not None}


def main_names(session: Session, model: type[Named], project_id: int) -> Mapping[int, str]:
    """Return what the main one of each of a project is called, by the ids of all, in their order.

    Mains stand by name, each before its aliases.
    """
    main = aliased(model)
    query = (
        select(model.id, func.coalesce(main.called, model.called))
        .outerjoin(main, main.id == model.alias_of_id)
        .where(model.project_id == project_id)
        .order_by(func.coalesce(main.folded, model.folded), model.alias_of_id.is_not(None))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def sql_is_usable(model: type[Named]) -> ColumnElement[bool]:
    """Return the condition that one can be given: see `is_usable`."""
    main = aliased(model)
    in_use = select(main.id).where(main.archived_at.is_(None))
    return and_(
        model.archived_at.is_(None),
        or_(model.alias_of_id.is_(None), model.alias_of_id.in_(in_use)),
    )


def list_main_ids(session: Session, model: type[Named], project_id: int) -> Sequence[int]:
    """Return the ids of the main ones of a project, by name."""
    query = select(model.id).where(model.project_id == project_id, model.alias_of_id.is_(None))
    return session.scalars(query.order_by(model.folded)).all()


def list_usable(session: Session, model: type[Model], project_id: int) -> Sequence[Model]:
    """Return those of a project that can be given, by name: neither they nor theirs is archived."""
    query = select(model).where(model.project_id == project_id, sql_is_usable(model))
    return session.scalars(query.order_by(model.folded)).all()


def is_usable(session: Session, row: Named) -> bool:
    """Say whether one can be given: neither it nor the one whose other name it is, is archived."""
    main = row if row.alias_of_id is None else session.get_one(type(row), row.alias_of_id)
    return row.archived_at is None and main.archived_at is None


def verify(session: Session, project_id: int | None = None) -> Iterator[str]:
    """Yield a sentence for every party and position that is not what its last event says.

    With `project_id` of those of that project alone.
    """
    yield from _verify(session, Party, project_id)
    yield from _verify(session, Position, project_id)
    yield from _check_affiliations(session, project_id)


def _verify(session: Session, model: type[Named], project_id: int | None) -> Iterator[str]:
    main = aliased(model)
    newest = (
        select(Event.subject_id, func.max(Event.id).label("id"))
        .where(_is_in(Event.project_id, project_id), Event.kind.in_(KINDS[model.SUBJECT]))
        .group_by(Event.subject_id)
        .subquery()
    )
    rows = (
        select(model, main, Event.after, Event.version)
        .outerjoin(main, main.id == model.alias_of_id)
        .outerjoin(newest, newest.c.subject_id == model.id)
        .outerjoin(Event, Event.id == newest.c.id)
        .where(_is_in(model.project_id, project_id))
        .order_by(model.id)
    )
    for row, its_main, after, version in session.execute(rows):
        name = f"{model.SUBJECT} {row.id}"
        kept = read_state(model.SUBJECT, after) if after else None
        if kept != state_of(row) or version != row.version:
            yield f"{name}: it is not what its last event says"
        if row.folded != model.key_of(row.called):
            yield f"{name}: it is not found by its name"
        if row.alias_of_id is not None and (
            its_main.project_id != row.project_id or its_main.alias_of_id is not None
        ):
            yield f"{name}: what it is another name of is no main {model.SUBJECT} of its project"


def _check_affiliations(session: Session, project_id: int | None) -> Iterator[str]:
    organization = aliased(Party)
    strays = (
        select(Affiliation.party_id)
        .join(Party, Party.id == Affiliation.party_id)
        .join(organization, organization.id == Affiliation.organization_id)
        .where(_is_in(Party.project_id, project_id))
        .where(organization.project_id != Party.project_id)
    )
    for party_id in session.scalars(strays.order_by(Affiliation.party_id)):
        yield f"party {party_id}: it speaks for an organisation of another project"


def _is_in(column: InstrumentedAttribute[int], project_id: int | None) -> ColumnElement[bool]:
    return true() if project_id is None else column == project_id
