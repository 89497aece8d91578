"""Making, changing, archiving and restoring parties and positions, each with its event.

Each function takes `Party` or `Position`: what it does to one it does to the other.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.exc import StaleDataError

from app.core.errors import Conflict, Invalid
from app.events.service import record
from app.parties import fields, queries
from app.parties.kinds import KINDS
from app.parties.models import Named, Party, Position
from app.parties.service.affiliations import check_affiliations
from app.parties.state import Affiliated, NamedState, PartyState, in_order, state_of, write_state
from app.projects.models import Member
from app.projects.roles import Act, require

Model = TypeVar("Model", bound=Named)

MOST_PARTIES = 5_000  # of a project, aliases and archived ones too
MOST_POSITIONS = 2_000
MOST: Mapping[str, int] = {Party.SUBJECT: MOST_PARTIES, Position.SUBJECT: MOST_POSITIONS}
PLURALS: Mapping[str, str] = {Party.SUBJECT: "parties", Position.SUBJECT: "positions"}


class NameTaken(Conflict):
    """The project has one that is called so already: `row`, which may be an alias."""

    def __init__(self, row: Named) -> None:
        message = (
            f"There is a {row.SUBJECT} “{row.called}” already. "
            "Take that, write it differently, or merge the two."
        )
        if row.archived_at is not None:
            message = (
                f"There is an archived {row.SUBJECT} “{row.called}” already. "
                "Restore that, which a curator can, or write it differently."
            )
        super().__init__(message)
        self.row = row


class NamedConflict(Conflict):
    """Someone changed the party or position since it was read. `row` is as it stands now."""

    def __init__(self, row: Named) -> None:
        super().__init__(
            f"Someone changed this {row.SUBJECT} since you opened it. What it says now is shown "
            "here, and yours is in the form: save again to put yours in its place."
        )
        self.row = row


def create(
    session: Session, model: type[Model], *, actor: Member, typed: Mapping[str, str]
) -> Model:
    """Make a party or a position; `typed` are fields of fields.py.

    Raises: Forbidden, Invalid, NameTaken, Conflict (there are too many).
    """
    require(actor, Act.MAKE_PARTIES)
    row = add(session, model, actor=actor, typed=typed)
    created, after = KINDS[model.SUBJECT].created, state_of(row).to_json()
    record(session, actor, created, row.subject, after=after)
    return row


def add(
    session: Session,
    model: type[Model],
    *,
    actor: Member,
    typed: Mapping[str, str],
    alias_of_id: int | None = None,
) -> Model:
    """Store a party or a position, or another name of one; right and event are the caller's.

    Raises: Invalid, NameTaken, Conflict (there are too many).
    """
    about = model.SUBJECT
    row = model(
        project_id=actor.project_id, note="", alias_of_id=alias_of_id, archived_at=None, version=1
    )
    if isinstance(row, Party):
        row.kind, row.affiliations = "", []
    for name, value in fields.clean(about, {fields.CALLED[about]: "", **typed}).items():
        setattr(row, name, value)
    _refuse_taken_name(session, row)
    if queries.count(session, model, actor.project_id) >= MOST[about]:
        message = (
            f"A project has at most {MOST[about]:,} {PLURALS[about]}, other names and archived "
            "ones too. Rename one of those instead."
        )
        raise Conflict(message)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        _refuse_taken_name(session, row)
        raise
    return row


def change(
    session: Session,
    model: type[Model],
    *,
    actor: Member,
    row_id: int,
    version: int,
    typed: Mapping[str, str],
    affiliations: Sequence[Affiliated] | None = None,
) -> Model:
    """Change what is said of a party or a position that is still at `version`.

    `typed` are fields of fields.py; `affiliations` those of a person, None to leave them. To ask
    for what is there already is no conflict.

    Raises: NotFound, Forbidden, Invalid, NameTaken, NamedConflict.
    """
    require(actor, Act.KEEP_PARTIES)
    row = queries.find(session, model, project_id=actor.project_id, row_id=row_id)
    wanted: dict[str, Any] = {**fields.clean(model.SUBJECT, typed)}
    if affiliations is not None:
        wanted["affiliations"] = in_order(affiliations)
    before = state_of(row)
    after = replace(before, **wanted)
    if after == before:
        return row
    if row.version != version:
        raise NamedConflict(row)
    if isinstance(row, Party) and isinstance(after, PartyState):
        check_affiliations(session, row, after)
    return save(session, actor, row, KINDS[model.SUBJECT].changed, after)


def archive(session: Session, model: type[Model], *, actor: Member, row_id: int) -> Model:
    """Let nobody give one, or its aliases, any more; what has it keeps it.

    Twice is as good as once.

    Raises: NotFound, Forbidden, Conflict (it is an alias).
    """
    require(actor, Act.KEEP_PARTIES)
    row = queries.find(session, model, project_id=actor.project_id, row_id=row_id)
    if row.alias_of_id is not None:
        main = session.get_one(model, row.alias_of_id)
        message = (
            f"“{row.called}” is another name of “{main.called}”. "
            "Archive that, or split this name off first."
        )
        raise Conflict(message)
    if row.archived_at is not None:
        return row
    after = replace(state_of(row), archived=True)
    return save(session, actor, row, KINDS[model.SUBJECT].archived, after)


def restore(session: Session, model: type[Model], *, actor: Member, row_id: int) -> Model:
    """Let one be given again. Twice is as good as once.

    Raises: NotFound, Forbidden.
    """
    require(actor, Act.KEEP_PARTIES)
    row = queries.find(session, model, project_id=actor.project_id, row_id=row_id)
    if row.archived_at is None:
        return row
    after = replace(state_of(row), archived=False)
    return save(session, actor, row, KINDS[model.SUBJECT].restored, after)


def save(session: Session, actor: Member, row: Model, kind: str, after: NamedState) -> Model:
    """Make a party or a position what a state says, and record that as an event of a kind.

    Raises: NameTaken, NamedConflict (someone was quicker).
    """
    before = state_of(row)
    put(session, row, after)
    record(session, actor, kind, row.subject, before=before.to_json(), after=after.to_json())
    return row


def put(session: Session, row: Named, state: NamedState) -> None:
    """Make a party or a position what a state says; the event is the caller's.

    Raises: NameTaken, NamedConflict (someone was quicker).
    """
    wanted = ""
    try:
        with session.begin_nested():
            write_state(row, state)
            row.version += 1
            wanted = row.folded
    except IntegrityError:
        session.refresh(row)
        taken = queries.find_called(session, type(row), row.project_id, [wanted]).get(wanted)
        if taken is None or taken.id == row.id:
            raise
        raise NameTaken(taken) from None
    except StaleDataError:
        session.refresh(row)
        raise NamedConflict(row) from None


def require_usable(
    session: Session,
    model: type[Named],
    project_id: int,
    ids: Collection[int],
    *,
    field: str,
) -> None:
    """Do nothing if each of some ids can be given in a project, and stays so until the end.

    Raises: Invalid (one is archived, or none of the project's), about `field`.
    """
    if not ids:
        return
    main = aliased(model)
    query = (
        select(model.id)
        .outerjoin(main, main.id == model.alias_of_id)
        .where(
            model.project_id == project_id,
            model.id.in_(sorted(ids)),
            model.archived_at.is_(None),
            or_(main.id.is_(None), main.archived_at.is_(None)),
        )
        .order_by(model.id)
        .with_for_update(read=True, of=model)
    )
    if set(session.scalars(query)) != set(ids):
        message = (
            f"This {model.SUBJECT} was archived meanwhile, or belongs to another project. "
            "Choose another one."
        )
        raise Invalid(field, message)


def _refuse_taken_name(session: Session, row: Named) -> None:
    with session.no_autoflush:
        taken = queries.find_called(session, type(row), row.project_id, [row.called])
    if taken:
        raise NameTaken(taken[row.folded])
