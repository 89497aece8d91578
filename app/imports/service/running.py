"""Reading a file and adding what is in it, in transactions of its own, whoever asked for it.

It goes on when the page is closed: in a process of its own (app/import_worker.py), or at once where
it takes no time.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.db import Database
from app.core.errors import GlossError
from app.imports.models import Import, ImportFile, ImportRow
from app.imports.outcomes import ADDED, PlaceRange, Planned, RowOutcome, WantedAnnotation
from app.imports.queries.planning import ImportPlan
from app.imports.readers import UnreadableImport, read
from app.imports.service import adding, imports
from app.projects.models import Project
from app.projects.service.members import member_by_id

AT_ONCE = 2_000  # rows that are kept in one transaction
QUICK_BYTES = 10_000  # of a file that is read while the page waits, which is a CSV
QUICK_LINES = 10  # of it: in a long text each of them may take seconds to find
QUICK_ROWS = 2_000  # that are added while it waits
BEAT_SECONDS = 20.0
FAILED = (
    "It stopped before it was done. Nothing of it was added. If it stops again, split the file into"
    " several."
)

log = logging.getLogger(__name__)


class _Overtaken(Exception):
    """The import was begun again, or discarded: this run ends."""


def is_quick(content: bytes, file_format: str) -> bool:
    """Say whether a file is read in no time, whoever made it.

    What is read of one in another format than CSV may be thousands of times as large as the file.
    """
    is_short = len(content) <= QUICK_BYTES and len(content.splitlines()) <= QUICK_LINES
    return file_format == "csv" and is_short


def run_import(database: Database, import_id: int, run: int) -> None:
    """Do what is next of an import, its reading or its adding, and keep how it went."""
    with database.session() as session:
        one = session.get(Import, import_id)
    if one is None or one.run != run:
        return
    try:
        if one.state == imports.READING:
            _read(database, one)
        elif one.state == imports.ADDING:
            _add(database, one)
    except _Overtaken:
        return
    except (UnreadableImport, GlossError) as error:
        state = imports.READY if one.state == imports.ADDING else imports.UNREADABLE
        _say_end(database, one, state, str(error))
    except Exception:
        log.exception("import %d stopped", import_id)
        _say_end(database, one, _state_of_stopped(one), FAILED)


def keep_saying(database: Database, import_id: int, run: int) -> None:
    """Say again and again that a run goes on, as long as this process does."""
    while True:
        time.sleep(BEAT_SECONDS)
        # On SQLite nobody else writes while all is added: then it is said the next time.
        with suppress(DBAPIError), database.writing() as session:
            imports.say(session, import_id, run)
            session.commit()


def note_end(database: Database, import_id: int, run: int) -> None:
    """Note that whoever worked on a run of an import has ended, where it said nothing itself."""
    with database.session() as session:
        one = session.get(Import, import_id)
    if one is not None and one.run == run and one.state in imports.WORKING:
        _say_end(database, one, _state_of_stopped(one), FAILED)


def _state_of_stopped(one: Import) -> str:
    """Return what an import is whose adding, or reading, was cut: all that was found is kept."""
    return imports.READY if one.state == imports.ADDING else imports.STOPPED


def _say_end(database: Database, one: Import, state: str, problem: str) -> None:
    with suppress(_Overtaken):
        _say(database, one, state=state, problem=problem)


def _say(database: Database, one: Import, **values: object) -> None:
    with database.writing() as session:
        is_ours = imports.say(session, one.id, one.run, **values)
        session.commit()
    if not is_ours:
        raise _Overtaken


def _read(database: Database, one: Import) -> None:
    _say(database, one, done=0)
    chosen = _chosen(database, one)
    _drop_rows(database, one, list(RowOutcome))
    with database.session() as session:
        content = imports.content_of(session, one)
    table = read(content, one.file_format)
    _say(database, one, total=len(table.rows))
    with database.session() as session:
        plan = ImportPlan(
            session,
            session.get_one(Project, one.project_id),
            one.account_id,
            lambda done: _say(database, one, done=done),
        )
        planned = plan.make(table)
    for first in range(0, len(planned), AT_ONCE):
        rows = [
            {
                "import_id": one.id,
                "position": position,
                "outcome": each.outcome.value,
                "planned": each.to_json(),
                "chosen": chosen.get(position),
            }
            for position, each in enumerate(planned[first : first + AT_ONCE], first + 1)
        ]
        with database.writing() as session:
            if not imports.say(session, one.id, one.run, done=len(planned)):
                raise _Overtaken
            session.connection().execute(insert(ImportRow.__table__), rows)  # type: ignore[arg-type]  # wider
            session.commit()
    _say(database, one, state=imports.READY, summary=asdict(plan.summary))


def _chosen(database: Database, one: Import) -> dict[int, int]:
    """Return the places that were chosen when the file was last read, by the positions of rows."""
    query = select(ImportRow.position, ImportRow.chosen).where(
        ImportRow.import_id == one.id, ImportRow.chosen.is_not(None)
    )
    with database.session() as session:
        return {position: start for position, start in session.execute(query) if start is not None}


def _add(database: Database, one: Import) -> None:
    with database.session() as session:
        ready = adding.prepare(session, _to_add(session, one.id))
    _say(database, one, done=0)
    with database.writing() as session:
        member = member_by_id(session, project_id=one.project_id, account_id=one.account_id)
        done = adding.add(
            session,
            actor=member,
            ready=ready,
            default_id=one.account_id,
            file_name=one.file_name,
        )
        result = {"added": done.added, "same": done.same, "overtaken": done.overtaken}
        is_ours = imports.say(
            session,
            one.id,
            one.run,
            state=imports.ADDED,
            summary={**one.summary, "result": result},
            event_id=done.event_id,
        )
        if not is_ours:
            raise _Overtaken  # and nothing is added
        session.execute(delete(ImportFile).where(ImportFile.import_id == one.id))
        session.execute(
            delete(ImportRow).where(ImportRow.import_id == one.id, ImportRow.chosen.is_not(None))
        )
        session.commit()
    _drop_rows(database, one, [*ADDED, RowOutcome.SAME])


def _to_add(session: Session, import_id: int) -> Iterator[tuple[WantedAnnotation, PlaceRange]]:
    query = (
        select(ImportRow.outcome, ImportRow.planned, ImportRow.chosen)
        .where(ImportRow.import_id == import_id)
        .order_by(ImportRow.position)
    )
    for outcome, kept, chosen in session.execute(query.execution_options(yield_per=AT_ONCE)):
        planned = Planned.from_json(outcome, kept)
        place = planned.place
        if planned.outcome is RowOutcome.SEVERAL:
            place = next((each for each in planned.places if each[0] == chosen), None)
        if planned.wanted is not None and place is not None:
            yield planned.wanted, place


def _drop_rows(database: Database, one: Import, outcomes: list[RowOutcome]) -> None:
    """Forget rows that nobody needs any more, some at a time: others want to write, too."""
    words = [each.value for each in outcomes]
    query = select(ImportRow.position).where(
        ImportRow.import_id == one.id, ImportRow.outcome.in_(words)
    )
    while True:
        with database.writing() as session:
            some = list(session.scalars(query.limit(AT_ONCE)))
            if not some:
                return
            session.execute(
                delete(ImportRow).where(ImportRow.import_id == one.id, ImportRow.position.in_(some))
            )
            session.commit()
