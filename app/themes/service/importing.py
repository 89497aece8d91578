"""Taking themes in from a table: saying what it would do, doing it as one act, taking it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.core.names import clean_line
from app.events.models import Event
from app.events.queries import is_taken_back
from app.events.service import NewEvent, record, record_all
from app.events.subjects import Subject
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, require
from app.text.sorting import fold
from app.themes import fields, queries
from app.themes.models import THEME, Theme
from app.themes.service.themes import (
    ARCHIVED,
    CHANGED,
    CREATED,
    GAP,
    IMPORT_UNDONE,
    IMPORTED,
    MOST_LEVELS,
    MOST_THEMES,
    RESTORED,
    check_parent,
    lock_tree,
)
from app.themes.state import ThemeState
from app.themes.table import ThemeRow, orders_of, read_archived, read_order

_SAID = ("name", "definition", "example", "colour")
_MEANWHILE = "Someone changed some of these themes meanwhile. Nothing is done yet."


@frozen
class ThemeImportLine:
    """What becomes of a row: the columns that it changes, or why it is refused."""

    number: int
    name: str
    columns: Sequence[str] = ()
    why: str = ""


@frozen
class ThemeImportPlan:
    """What becomes of the rows of a table: `same` are there already.

    `seen` adds up the versions of the themes that the rows name: it grows with each change of them.
    """

    added: Sequence[ThemeImportLine]
    changed: Sequence[ThemeImportLine]
    refused: Sequence[ThemeImportLine]
    same: int
    seen: int

    @property
    def is_nothing(self) -> bool:
        """Say whether there is nothing to do."""
        return not self.added and not self.changed


@dataclass(slots=True)
class _Wanted:
    """A row that can be used so far. What is None stays as it is; `parent` "" is the top."""

    row: ThemeRow
    said: Mapping[str, str]
    parent: str | None
    order: int | None
    is_archived: bool | None

    @property
    def key(self) -> str:
        return fold(self.said["name"])


@dataclass(slots=True)
class _ThemeImport:
    """The rows of a table beside the themes that are there, both by their folded names."""

    there: Mapping[str, Theme]
    keys: Mapping[int | None, str]  # the folded names of those that are there, by their ids
    wanted: dict[str, _Wanted] = field(default_factory=dict)
    refused: list[ThemeImportLine] = field(default_factory=list)

    def refuse(self, row: ThemeRow, why: str) -> None:
        name = clean_line(row["name"])
        self.refused.append(ThemeImportLine(row.number, name[:200], why=why))

    def parent_there(self, key: str) -> str:
        """Return under which theme one that is there stands, "" for none."""
        return self.keys.get(self.there[key].parent_id, "")

    def parents(self) -> dict[str, str]:
        """Return under which theme each one is to stand, "" for none."""
        found = {key: self.parent_there(key) for key in self.there}
        for key, wanted in self.wanted.items():
            found[key] = found.get(key, "") if wanted.parent is None else wanted.parent
        return found


def plan(session: Session, *, actor: Member, rows: Sequence[ThemeRow]) -> ThemeImportPlan:
    """Say what the rows would do to the themes of a project; it changes nothing.

    Raises: Forbidden.
    """
    require(actor, Act.KEEP_THEMES)
    found = _read(session, actor, rows)
    return _plan(found, _states(found))


def carry_out(
    session: Session, *, actor: Member, rows: Sequence[ThemeRow], seen: int | None = None
) -> tuple[ThemeImportPlan, int | None]:
    """Make and change themes as rows say, all that are not refused, as one act.

    Return what was done, and the id of its event, None where nothing was to do.

    Raises: Forbidden, Conflict (someone changed one of them since a plan that had `seen`).
    """
    require(actor, Act.KEEP_THEMES)
    lock_tree(session, actor.project_id)
    found = _read(session, actor, rows)
    states = _states(found)
    done = _plan(found, states)
    if done.is_nothing:
        return done, None
    if seen not in {None, done.seen}:
        raise Conflict(_MEANWHILE)
    before = {key: ThemeState.of(theme) for key, theme in found.there.items()}
    themes = dict(found.there)
    try:
        with session.begin_nested():
            for key, state in states.items():
                if key not in themes:
                    themes[key] = _new(actor, state)
                    session.add(themes[key])
        parents = found.parents()
        touched = []
        with session.begin_nested():
            for key, state in states.items():
                parent = themes[parents[key]].id if parents[key] else None
                wanted = replace(state, parent=parent)
                if before.get(key) != wanted:
                    _write(themes[key], wanted, is_new=key not in before)
                    touched.append(key)
    except IntegrityError:
        raise Conflict(_MEANWHILE) from None
    after = {"added": len(done.added), "changed": len(done.changed)}
    event_id = record(session, actor, IMPORTED, _subject(actor), after=after)
    changes = [_change(themes[key], before.get(key)) for key in touched]
    record_all(session, actor, changes, part_of_id=event_id)
    return done, event_id


def undo(session: Session, *, actor: Member, event_id: int) -> tuple[int, int]:
    """Take back an import: what it changed is as before, and what it made is archived.

    What somebody has changed since stays as it is. Return how many were taken back and how many
    stay.

    Raises: Forbidden, NotFound, Conflict (it was taken back, or all were changed since).
    """
    require(actor, Act.KEEP_THEMES)
    event = session.get(Event, event_id)
    if event is None or event.kind != IMPORTED or event.project_id != actor.project_id:
        message = "There is no such import of themes in this project."
        raise NotFound(message)
    lock_tree(session, actor.project_id)
    if is_taken_back(session, event, IMPORT_UNDONE):
        message = "This import was taken back already."
        raise Conflict(message)
    parts = session.scalars(
        select(Event)
        .where(Event.part_of_id == event_id, Event.subject_kind == THEME)
        .order_by(Event.id.desc())
    ).all()
    changes = []
    for part in parts:
        theme = session.get_one(Theme, part.subject_id, populate_existing=True)
        now_is = ThemeState.of(theme)
        was = ThemeState.from_json(part.before) if part.before else replace(now_is, archived=True)
        if theme.version != part.version or not _can_stand(session, theme, was.parent):
            continue
        _write(theme, was, is_new=False)
        session.flush()
        changes.append(_change(theme, now_is, undoes_id=part.id))
    if not changes:
        message = "All of these themes were changed since, so they are left as they are."
        raise Conflict(message)
    left = len(parts) - len(changes)
    undone_id = record(
        session, actor, IMPORT_UNDONE, _subject(actor), after=event.after, undoes_id=event_id
    )
    record_all(session, actor, changes, part_of_id=undone_id)
    return len(changes), left


def _can_stand(session: Session, theme: Theme, parent_id: int | None) -> bool:
    if parent_id == theme.parent_id:
        return True
    try:
        check_parent(session, theme, parent_id)
    except Invalid:
        return False
    return True


def _subject(actor: Member) -> Subject:
    return Subject("project", actor.project_id)


def _new(actor: Member, state: ThemeState) -> Theme:
    return Theme(
        project_id=actor.project_id,
        name=state.name,
        definition=state.definition,
        example=state.example,
        colour=state.colour,
        parent_id=None,
        position=state.position,
        archived_at=now() if state.archived else None,
        version=1,
    )


def _write(theme: Theme, state: ThemeState, *, is_new: bool) -> None:
    for name in _SAID:
        setattr(theme, name, getattr(state, name))
    theme.parent_id = state.parent
    theme.position = state.position
    if state.archived != (theme.archived_at is not None):
        theme.archived_at = now() if state.archived else None
    if not is_new:
        theme.version += 1


def _change(theme: Theme, before: ThemeState | None, undoes_id: int | None = None) -> NewEvent:
    after = ThemeState.of(theme)
    kind = CHANGED
    if before is None:
        kind = CREATED
    elif replace(before, archived=after.archived) == after:
        kind = ARCHIVED if after.archived else RESTORED
    kept = before.to_json() if before else None
    return NewEvent(kind, theme.subject, kept, after.to_json(), undoes_id)


# --- what the rows say -----------------------------------------------------------------------


def _read(session: Session, actor: Member, rows: Sequence[ThemeRow]) -> _ThemeImport:
    every = queries.list_themes(session, actor.project_id)
    found = _ThemeImport(
        there={theme.folded: theme for theme in every},
        keys={theme.id: theme.folded for theme in every},
    )
    for row in rows:
        try:
            wanted = _read_row(row)
        except Invalid as error:
            found.refuse(row, error.message)
            continue
        if (other := found.wanted.get(wanted.key)) is not None:
            found.refuse(row, f"Row {other.row.number} has the same name.")
        elif wanted.key not in found.there and _count(found) >= MOST_THEMES:
            found.refuse(row, f"A project has at most {MOST_THEMES:,} themes, archived ones too.")
        else:
            found.wanted[wanted.key] = wanted
    while (refusal := _find_misplaced(found)) is not None:
        key, why = refusal
        found.refuse(found.wanted.pop(key).row, why)
    found.refused.sort(key=lambda line: line.number)
    return found


def _read_row(row: ThemeRow) -> _Wanted:
    typed = {name: row[name] for name in _SAID if name in row.cells}
    if not typed.get("colour", "").strip():
        typed.pop("colour", None)
    return _Wanted(
        row,
        fields.clean(typed),
        fold(clean_line(row["parent"])).strip() if "parent" in row.cells else None,
        read_order(row["order"]),
        read_archived(row["archived"]),
    )


def _count(found: _ThemeImport) -> int:
    return len(found.there.keys() | found.wanted.keys())


def _find_misplaced(found: _ThemeImport) -> tuple[str, str] | None:
    """Return a row whose theme cannot stand where it says, and why; None for none."""
    parents = found.parents()
    for key, wanted in found.wanted.items():
        if parents[key] and parents[key] not in parents:
            return key, f"There is no theme “{clean_line(wanted.row['parent'])}” to stand under."
    for key in parents:
        chain = [key]
        while (above := parents[chain[-1]]) and above not in chain:
            chain.append(above)
        at_fault = next((each for each in chain if _moves(found, each)), None)
        if at_fault is not None and above:
            return at_fault, "It would stand under itself, or under one of those below it."
        if at_fault is not None and len(chain) > MOST_LEVELS:
            return at_fault, f"Themes stand at most {MOST_LEVELS} levels deep."
    return None


def _moves(found: _ThemeImport, key: str) -> bool:
    return key in found.wanted and found.wanted[key].parent is not None


def _states(found: _ThemeImport) -> dict[str, ThemeState]:
    """Return what each theme is to be, by its folded name; its parent is told by `parents`."""
    states = {}
    for key in {**found.there, **found.wanted}:
        theme, wanted = found.there.get(key), found.wanted.get(key)
        state = ThemeState.of(theme) if theme else ThemeState("", position=0)
        if wanted is not None:
            said: dict[str, Any] = dict(wanted.said)
            state = replace(state, **said)
            if wanted.is_archived is not None:
                state = replace(state, archived=wanted.is_archived)
        states[key] = state
    for key, position in _positions(found).items():
        states[key] = replace(states[key], position=position)
    return states


def _positions(found: _ThemeImport) -> dict[str, int]:
    """Return the places of all themes: where the rows change no order they stay as they are."""
    parents = found.parents()
    orders = {found.keys[each]: order for each, order in orders_of(found.there.values()).items()}
    beside: dict[str, list[str]] = {}
    for key, parent in parents.items():
        beside.setdefault(parent, []).append(key)
    positions: dict[str, int] = {}
    for parent, keys in beside.items():
        stays = {key for key in keys if key in found.there and found.parent_there(key) == parent}
        in_order = sorted(keys, key=lambda key: _order(found, key, orders, stays))
        before = sorted(stays, key=lambda key: orders[key])
        if in_order[: len(before)] == before:
            last = max((found.there[key].position for key in before), default=0)
            positions |= {key: found.there[key].position for key in before}
            newer = in_order[len(before) :]
            positions |= {key: last + GAP * n for n, key in enumerate(newer, 1)}
        else:
            positions |= {key: GAP * n for n, key in enumerate(in_order, 1)}
    return positions


def _order(
    found: _ThemeImport, key: str, orders: Mapping[str, int], stays: set[str]
) -> tuple[float, bool, float, int]:
    """Return by what a theme is sorted: what a row says stands before what is there."""
    wanted = found.wanted.get(key)
    is_now = orders[key] if key in stays else inf
    if wanted is None:
        return is_now, True, is_now, 0
    return wanted.order or is_now, wanted.order is None, is_now, wanted.row.number


def _plan(found: _ThemeImport, states: Mapping[str, ThemeState]) -> ThemeImportPlan:
    parents = found.parents()
    added, changed, same, seen = [], [], 0, 0
    for key, wanted in found.wanted.items():
        theme, name = found.there.get(key), wanted.said["name"]
        if theme is None:
            added.append(ThemeImportLine(wanted.row.number, name))
            continue
        seen += theme.version
        before, after = ThemeState.of(theme), states[key]
        columns = [each for each in _SAID if getattr(before, each) != getattr(after, each)]
        if parents[key] != found.parent_there(key):
            columns.append("parent")
        elif before.position != after.position:
            columns.append("order")
        if before.archived != after.archived:
            columns.append("archived")
        if columns:
            changed.append(ThemeImportLine(wanted.row.number, name, columns))
        else:
            same += 1
    return ThemeImportPlan(added, changed, found.refused, same, seen)
