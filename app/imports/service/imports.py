"""Imports as their owner keeps them: beginning one, choosing places, going on, discarding."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.imports.models import Import, ImportFile, ImportRow
from app.imports.outcomes import RowOutcome, Summary
from app.projects.models import Member
from app.projects.roles import Act, require

READING, READY, UNREADABLE = "reading", "ready", "unreadable"
ADDING, ADDED, STOPPED = "adding", "added", "stopped"
WORKING = (READING, ADDING)

FILE_LIMIT = 50_000_000  # bytes
KEPT = timedelta(days=30)  # an import, before it is forgotten when its owner brings another
MOST_WAITING = 10  # imports of one member in one project that are not added
QUIET = timedelta(minutes=2)  # after which whoever works on an import is taken to have ended
NAME_SHOWN = 200  # characters of a file's name


def begin(
    session: Session, *, actor: Member, file_name: str, file_format: str, content: bytes
) -> Import:
    """Keep a file that is then to be read.

    Raises: Forbidden, Conflict (too many wait).
    """
    require(actor, Act.IMPORT)
    old = select(Import.id).where(*_own(actor), Import.made_at < now() - KEPT)
    for import_id in session.scalars(old).all():
        _forget(session, import_id)
    waiting = select(func.count()).where(*_own(actor), Import.state != ADDED)
    if session.scalars(waiting).one() >= MOST_WAITING:
        message = f"{MOST_WAITING} imports of yours wait here already. Add or discard one first."
        raise Conflict(message)
    moment = now()
    made = Import(
        project_id=actor.project_id,
        account_id=actor.account_id,
        file_name=file_name[-NAME_SHOWN:],
        file_format=file_format,
        state=READING,
        run=1,
        done=0,
        total=0,
        problem="",
        summary=asdict(Summary()),
        event_id=None,
        made_at=moment,
        beat_at=moment,
    )
    session.add(made)
    session.flush()
    session.add(ImportFile(import_id=made.id, content=content))
    session.flush()
    return made


def find(session: Session, *, actor: Member, import_id: int) -> Import:
    """Return an import of the actor's.

    Raises: NotFound.
    """
    found = session.get(Import, import_id)
    if found is None or (found.project_id, found.account_id) != (
        actor.project_id,
        actor.account_id,
    ):
        message = "There is no such import here, or none of yours."
        raise NotFound(message)
    return found


def content_of(session: Session, one: Import) -> bytes:
    """Return the file of an import that is not added."""
    return session.get_one(ImportFile, one.id).content


def list_own(session: Session, actor: Member) -> list[Import]:
    """Return the imports of the actor in their project, newest first."""
    return list(session.scalars(select(Import).where(*_own(actor)).order_by(Import.id.desc())))


def is_stopped(one: Import) -> bool:
    """Say whether nobody works on an import any more that is neither read nor added."""
    return one.state == STOPPED or (one.state in WORKING and now() - one.beat_at > QUIET)


def choose(
    session: Session, *, actor: Member, import_id: int, chosen: Mapping[int, int | None]
) -> None:
    """Choose the places of rows whose words stand at several: by position, where each begins.

    Raises: Forbidden, NotFound, Conflict (it is not ready for it).
    """
    one = _held(session, actor, import_id)
    _require_state(one, READY)
    query = select(ImportRow).where(
        ImportRow.import_id == one.id,
        ImportRow.position.in_(list(chosen)),
        ImportRow.outcome == RowOutcome.SEVERAL.value,
    )
    for row in session.scalars(query):
        start = chosen[row.position]
        offered = {place[0] for place in row.planned.get("places", ())}
        row.chosen = start if start in offered else None


def start_again(session: Session, *, actor: Member, import_id: int) -> int | None:
    """Let an import be read again, and return the number of that run.

    One that stopped while it was added is as ready as before: then there is nothing to run.

    Raises: Forbidden, NotFound, Conflict (it is added, or somebody works on it).
    """
    one = _held(session, actor, import_id)
    if one.state == ADDED or (one.state in WORKING and not is_stopped(one)):
        _refuse()
    if one.state == ADDING:
        _next_run(one, READY)
        return None
    one.done = one.total = 0
    return _next_run(one, READING)


def go_on(session: Session, *, actor: Member, import_id: int) -> int:
    """Let what was found be added, and return the number of that run.

    Raises: Forbidden, NotFound, Conflict (it is not ready for it).
    """
    one = _held(session, actor, import_id)
    _require_state(one, READY)
    return _next_run(one, ADDING)


def discard(session: Session, *, actor: Member, import_id: int) -> None:
    """Forget an import; what it added stays. Twice is as good as once.

    Raises: Forbidden, NotFound, Conflict (it is being added).
    """
    one = _held(session, actor, import_id)
    if one.state == ADDING and not is_stopped(one):
        _refuse()
    _forget(session, one.id)


def _forget(session: Session, import_id: int) -> None:
    for model in (ImportRow, ImportFile):
        session.execute(delete(model).where(model.import_id == import_id))
    session.execute(delete(Import).where(Import.id == import_id))


def _held(session: Session, actor: Member, import_id: int) -> Import:
    """Return an import, and let nobody else change it before the commit."""
    require(actor, Act.IMPORT)
    find(session, actor=actor, import_id=import_id)
    query = select(Import).where(Import.id == import_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _next_run(one: Import, state: str) -> int:
    one.state, one.problem, one.beat_at = state, "", now()
    one.run += 1
    return one.run


def _require_state(one: Import, state: str) -> None:
    if one.state != state:
        _refuse()


def _refuse() -> None:
    message = "This import has gone on meanwhile: look at it as it is now."
    raise Conflict(message)


def _own(actor: Member) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Import.project_id == actor.project_id, Import.account_id == actor.account_id


def say(session: Session, import_id: int, run: int, **values: object) -> bool:
    """Write of an import how far a run of it is; return whether it is still that run's to write."""
    statement = (
        update(Import)
        .where(Import.id == import_id, Import.run == run)
        .values(beat_at=now(), **values)
        .execution_options(synchronize_session=False)
    )
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]  # a CursorResult
