"""Merging parties and positions, splitting an alias off, and taking back what was done to them.

A merge makes the name of one another name of the other. It never changes what was tagged: an
annotation keeps the id that it has, and counts for whichever that is a name of.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid, NotFound
from app.events.models import Event
from app.events.queries import is_taken_back
from app.events.service import NewEvent, record, record_all
from app.frozen import frozen
from app.parties import queries
from app.parties.fields import CALLED
from app.parties.kinds import KINDS, UNDOABLE
from app.parties.models import Named, Party, Position
from app.parties.service import names
from app.parties.service.affiliations import check_affiliations
from app.parties.state import NamedState, PartyState, read_state, state_of
from app.projects.models import Member
from app.projects.roles import Act, require

Model = TypeVar("Model", bound=Named)


@frozen
class Done(Generic[Model]):
    """What was done to a party or a position, or taken back: its event, and the one it is about.

    `other` is the main one of another name, a merge or a split, None where there is none.
    """

    event_id: int
    row: Model
    other: Model | None = None


def add(
    session: Session, model: type[Model], *, actor: Member, called: str, main_id: int
) -> Done[Model]:
    """Give a main one another name, which the project does not have yet.

    Raises: NotFound, Forbidden, Invalid, NameTaken, Conflict (the main one is archived or an alias,
    or there are too many).
    """
    require(actor, Act.KEEP_PARTIES)
    _lock(session, model, actor, {main_id})
    main = queries.find(session, model, project_id=actor.project_id, row_id=main_id)
    _require_main(session, main)
    if main.archived_at is not None:
        message = f"“{main.called}” is archived. Restore it first."
        raise Conflict(message)
    again = _find_taken_back(session, model, actor.project_id, called)
    if again is not None:
        step = _Step(again, replace(state_of(again), alias_of=main.id, archived=False))
        return _carry_out(session, actor, KINDS[model.SUBJECT].aliased, [step], main)
    typed = {CALLED[model.SUBJECT]: called}
    row = names.add(session, model, actor=actor, typed=typed, alias_of_id=main.id)
    aliased, after = KINDS[model.SUBJECT].aliased, {**state_of(row).to_json(), **_naming(main)}
    event_id = record(session, actor, aliased, row.subject, after=after)
    return Done(event_id, row, main)


def _find_taken_back(
    session: Session, model: type[Model], project_id: int, called: str
) -> Model | None:
    """Return what was another name, until adding it was taken back, and is archived since then."""
    row = queries.find_called(session, model, project_id, [called]).get(model.key_of(called))
    if row is None:
        return None
    kinds = KINDS[model.SUBJECT]
    last = select(Event.after).where(
        Event.kind == kinds.undone, Event.subject_id == row.id, Event.version == row.version
    )
    after = session.scalar(last) or {}
    return row if after.get("undid") == kinds.aliased else None


def merge(
    session: Session, model: type[Model], *, actor: Member, row_id: int, into_id: int | None
) -> Done[Model]:
    """Make one, with its aliases, another name of a second one.

    Raises: NotFound, Forbidden, Invalid (there is nothing to merge it into), Conflict (one of the
    two is archived or an alias, or one is a person and the other an organisation).
    """
    require(actor, Act.KEEP_PARTIES)
    if into_id is None or into_id == row_id:
        raise Invalid("main", f"Choose another {model.SUBJECT} to merge this one into.")
    _lock(session, model, actor, {row_id, into_id})
    row = queries.find(session, model, project_id=actor.project_id, row_id=row_id)
    into = queries.find(session, model, project_id=actor.project_id, row_id=into_id)
    for each in (row, into):
        _require_main(session, each)
    if row.archived_at is not None or into.archived_at is not None:
        message = "One of the two is archived. Restore it first, or choose another."
        raise Conflict(message)
    if {getattr(each, "kind", "") for each in (row, into)} == {"person", "organization"}:
        message = "One of the two is a person and the other an organisation. Choose another."
        raise Conflict(message)
    joining = [row, *queries.aliases_of(session, row)]
    steps = [_Step(each, replace(state_of(each), alias_of=into.id)) for each in joining]
    return _carry_out(session, actor, KINDS[model.SUBJECT].merged, steps, into)


def split(session: Session, model: type[Model], *, actor: Member, row_id: int) -> Done[Model]:
    """Make an alias one of its own; what has its id counts for it from now on.

    Raises: NotFound, Forbidden, Conflict (it is no alias any more).
    """
    require(actor, Act.KEEP_PARTIES)
    _lock(session, model, actor, {row_id})
    row = queries.find(session, model, project_id=actor.project_id, row_id=row_id)
    if row.alias_of_id is None:
        message = f"“{row.called}” is a {row.SUBJECT} of its own already."
        raise Conflict(message)
    main = session.get_one(model, row.alias_of_id)
    steps = [_Step(row, replace(state_of(row), alias_of=None))]
    return _carry_out(session, actor, KINDS[model.SUBJECT].split, steps, main)


def undo(session: Session, model: type[Model], *, actor: Member, event_id: int) -> Done[Model]:
    """Take back a change, an archiving, a restoring, another name, a merge or a split.

    A name that was added stays, archived and on its own, since something may have it by now. An
    alias that a merge took along, and that somebody has changed since, is left as it is.

    Raises: NotFound, Forbidden, Conflict (somebody changed it since, so as to take this back too,
    or what it was a name of is no main one any more), NameTaken, Invalid (what others say of
    organisations since does not go with it).
    """
    require(actor, Act.KEEP_PARTIES)
    acts = _find_acts(session, model, actor, event_id)
    _lock(session, model, actor, {act.subject_id for act in acts})
    rows = [session.get_one(model, act.subject_id) for act in acts]
    event, row = acts[0], rows[0]
    if is_taken_back(session, event, KINDS[model.SUBJECT].undone):
        message = "This was taken back already."
        raise Conflict(message)
    if row.version != event.version:
        message = f"“{row.called}” was changed since, so it is left as it is."
        raise Conflict(message)
    steps = [
        _Step(one, _state_before(act), act.id)
        for act, one in zip(acts, rows, strict=True)
        if one.version == act.version
    ]
    after = steps[0].after
    is_change = event.kind == KINDS[model.SUBJECT].changed
    if is_change and isinstance(row, Party) and isinstance(after, PartyState):
        check_affiliations(session, row, after)
    main_id = after.alias_of
    if main_id is not None and main_id != row.alias_of_id:
        _require_main(session, session.get_one(model, main_id))
        if queries.aliases_of(session, row):
            message = f"“{row.called}” has other names by now. Merge it again."
            raise Conflict(message)
    other_id = (event.after or {}).get("into")
    other = session.get_one(model, other_id) if other_id else None
    undone = KINDS[model.SUBJECT].undone
    return _carry_out(session, actor, undone, steps, other, undid=event.kind)


def undoable(session: Session, events: Collection[Event]) -> set[int]:
    """Return which of some events can be taken back: nothing was done since to what they are of."""
    found: set[int] = set()
    for model in (Party, Position):
        acts = {
            each.id: (each.subject_id, each.version)
            for each in events
            if each.subject_kind == model.SUBJECT
            and each.kind in UNDOABLE
            and each.part_of_id is None
        }
        if acts:
            ids = {row_id for row_id, _version in acts.values()}
            query = select(model.id, model.version).where(model.id.in_(sorted(ids)))
            current = {(row[0], row[1]) for row in session.execute(query)}
            found |= {event_id for event_id, act in acts.items() if act in current}
    return found


class _Step(NamedTuple, Generic[Model]):
    """What one is to be; `undoes_id` is the event that this takes back."""

    row: Model
    after: NamedState
    undoes_id: int | None = None


def _carry_out(
    session: Session,
    actor: Member,
    kind: str,
    steps: Sequence[_Step[Model]],
    other: Model | None,
    **more: str,
) -> Done[Model]:
    """Take all steps by one act, which is about what the first is about."""
    said: dict[str, object] = dict(more)
    if other is not None:
        said |= _naming(other)
    changes = []
    for row, after, undoes_id in steps:
        before = state_of(row)
        names.put(session, row, after)
        kept = {**after.to_json(), **said}
        changes.append(NewEvent(kind, row.subject, before.to_json(), kept, undoes_id))
    first, *parts = changes
    event_id = record(
        session,
        actor,
        kind,
        first.subject,
        before=first.before,
        after=first.after,
        undoes_id=first.undoes_id,
    )
    record_all(session, actor, parts, part_of_id=event_id)
    return Done(event_id, steps[0].row, other)


def _naming(main: Named) -> dict[str, object]:
    """Return what an event keeps of the main one, beside the state of what it is about."""
    return {"into": main.id, "into_name": main.called}


def _state_before(act: Event) -> NamedState:
    """Return what an act's taking back makes of what the act is about."""
    if act.before is not None:
        return read_state(act.subject_kind, act.before)
    return replace(read_state(act.subject_kind, act.after or {}), alias_of=None, archived=True)


def _find_acts(session: Session, model: type[Named], actor: Member, event_id: int) -> list[Event]:
    """Return the event of an act, and then its parts.

    Raises: NotFound.
    """
    event = session.get(Event, event_id)
    is_here = event is not None and event.project_id == actor.project_id
    is_act = event is not None and event.kind in KINDS[model.SUBJECT].undoable
    if event is None or not is_here or not is_act or event.part_of_id is not None:
        message = f"There is no such act on a {model.SUBJECT} in this project."
        raise NotFound(message)
    parts = select(Event).where(Event.part_of_id == event_id).order_by(Event.id)
    return [event, *session.scalars(parts)]


def _require_main(session: Session, row: Named) -> None:
    if row.alias_of_id is not None:
        main = session.get_one(type(row), row.alias_of_id)
        message = f"“{row.called}” is another name of “{main.called}” by now. Choose that."
        raise Conflict(message)


def _lock(session: Session, model: type[Named], actor: Member, ids: Collection[int]) -> None:
    """Let nobody give, change or merge some, or their aliases, before the commit."""
    query = (
        select(model)
        .where(
            model.project_id == actor.project_id,
            or_(model.id.in_(sorted(ids)), model.alias_of_id.in_(sorted(ids))),
        )
        .order_by(model.id)
        .with_for_update(key_share=True)
    )
    session.execute(query.execution_options(populate_existing=True)).all()
