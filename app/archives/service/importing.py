"""Making a project of an archive: every row with a new id, in one transaction, checked at the end.

The events are new rows with their old times. On PostgreSQL they do not wait for their turn
(`app/events/service.py`): nobody can have read anything of a project that is not there yet.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import Column, bindparam, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.service import accounts
from app.annotations.models import Annotation, month_number
from app.annotations.queries.verify import verify
from app.archives.queries.description import TABLES, ArchivedTable
from app.archives.service.ids import AllIds, Ids
from app.archives.service.reading import ProjectArchive, refuse
from app.archives.service.references import (
    MAY_BE_GONE,
    SUBJECTS,
    map_links,
    map_query,
    map_state,
)
from app.archives.service.values import (
    ArchiveRow,
    ReadValue,
    check_article,
    check_block,
    check_event,
    reader_of,
)
from app.articles.models import Article, BlockRow, Revision
from app.core.db import ID
from app.core.errors import Invalid
from app.core.reserving import reserve_ids
from app.discussion.models import Comment
from app.discussion.queries.verify import verify as verify_discussion
from app.events.models import Event
from app.events.service import record
from app.events.subjects import ProjectActor
from app.findings.models import SavedSearch
from app.frozen import frozen
from app.guidelines.models import Guidelines
from app.inbox.service import mark_project_read
from app.parties.models import Party, Position
from app.parties.queries import count as count_named
from app.parties.queries import verify as verify_parties
from app.parties.service.names import MOST, PLURALS
from app.projects.models import Project
from app.projects.roles import Role
from app.projects.service import projects
from app.projects.service.members import add_member
from app.projects.service.projects import IMPORTED
from app.text.sorting import fold, sort_key
from app.themes.models import Theme
from app.themes.queries import list_themes
from app.themes.queries import verify as verify_themes
from app.themes.service.themes import MOST_LEVELS, MOST_THEMES

ROWS_AT_ONCE = 1_000

# What the functions that read a value raise where it is of another kind.
_OF_ANOTHER_KIND = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)


@frozen
class Importer:
    """Who imports: an account, or with None whoever runs the server.

    With `is_in_archive` what the archive has under their name is theirs, where it has one person
    of that name. `permalinks` is what addresses of annotations begin with here.
    """

    account_id: int | None
    permalinks: str
    is_in_archive: bool = False


def import_project(
    session: Session, archive: ProjectArchive, importer: Importer, *, name: str = ""
) -> Project:
    """Make a project of an archive, which who imports it owns.

    It has the name that the archive says, or another where one is given. Whoever the archive names
    becomes an outsider by that name.

    Raises: UnfitArchive (it does not hold together), Invalid (the name cannot be used, or the
    importer owns too many projects).
    """
    if importer.account_id is not None:
        projects.require_room(session, importer.account_id)
    try:
        project_id = _ArchiveImport(session, archive, importer).carry_out(name)
        _check(session, project_id)
    except (IntegrityError, DataError) as error:
        reason, *_details = str(error.orig).splitlines()
        refuse(f"a row breaks a rule of its table ({reason})")
    made = session.get_one(Project, project_id)
    after = {"name": archive.manifest.name, "made_at": archive.manifest.made_at}
    record(
        session,
        ProjectActor(made.id, importer.account_id),
        IMPORTED,
        made.subject,
        after=after,
    )
    if importer.account_id is not None:
        add_member(
            session,
            project_id=made.id,
            account_id=importer.account_id,
            role=Role.OWNER,
            actor_id=importer.account_id,
        )
        mark_project_read(session, account_id=importer.account_id, project_id=made.id)
    return made


@dataclass(slots=True)
class _ArchiveImport:
    """One import: the new ids so far, and what is to be put in once all rows are there."""

    session: Session
    archive: ProjectArchive
    importer: Importer
    ids: AllIds = field(default_factory=AllIds)
    key: str = field(default_factory=lambda: secrets.token_hex(16))
    late: list[tuple[ArchivedTable, Column[Any], int, int]] = field(default_factory=list)

    def carry_out(self, name: str) -> int:
        """Insert all rows; return the id of the new project."""
        if self.session.get_bind().dialect.name == "postgresql":
            # Else the sums would be made at the end, and all that they are of be kept until then.
            self.session.execute(text("SET CONSTRAINTS annotations_are_counted IMMEDIATE"))
        project_id = self._make_project(name)
        self._make_people()
        for each in TABLES.values():
            if each.is_read and each.model not in {Project, Account}:
                self._import_table(each)
        self._read_each_text(project_id)
        self._put_in_late()
        self.session.expire_all()
        return project_id

    def _make_project(self, name: str) -> int:
        rows = list(self._read(TABLES[Project.__tablename__]))
        if len(rows) != 1:
            refuse("it is not of one project")
        row = rows[0]
        project = projects.add(self.session, projects.clean_name(name or str(row["name"])))
        project.created_at, project.mode_name = row["created_at"], row["mode"]
        project.archived_at = row["archived_at"]
        self.session.flush()
        ids = Ids(Project.__tablename__, [project.id])
        ids.add(row[ID])
        self.ids.put(Project.__tablename__, ids)
        return project.id

    def _make_people(self) -> None:
        rows = list(self._read(TABLES[Account.__tablename__]))
        mine = self._find_importer(rows)
        me = self.importer.account_id
        new = [me if me and row[ID] == mine else self._make_outsider(row) for row in rows]
        ids = Ids(Account.__tablename__, new)
        for row in rows:
            ids.add(row[ID])
        self.ids.put(Account.__tablename__, ids)

    def _make_outsider(self, row: ArchiveRow) -> int:
        try:
            return accounts.make_outsider(self.session, row["name"]).id
        except Invalid:
            refuse("it names somebody by no name")

    def _find_importer(self, rows: list[ArchiveRow]) -> int | None:
        """Return the old id of the one person who has the importer's name, None for none."""
        if self.importer.account_id is None or not self.importer.is_in_archive:
            return None
        name = fold(accounts.get(self.session, self.importer.account_id).name)
        same = [row[ID] for row in rows if fold(row["name"]) == name]
        return same[0] if len(same) == 1 else None

    def _import_table(self, each: ArchivedTable) -> None:
        if each.has_id:
            new = reserve_ids(self.session, each.table, self.archive.count(each))
            self.ids.put(each.name, Ids(each.name, new))
        mapped = self._mapped(each)
        while rows := list(islice(mapped, ROWS_AT_ONCE)):
            self.session.connection().execute(insert(each.table), rows)

    def _mapped(self, each: ArchivedTable) -> Iterator[ArchiveRow]:
        """Yield the rows of a table as they are to be inserted."""
        references = [
            (column, target) for column in each.columns if (target := each.target(column))
        ]
        finish = _FINISH.get(each.model)
        for row in self._read(each):
            if each.has_id:
                row[ID] = self.ids.of(each.name).add(row[ID])
            for column, target in references:
                if column.name not in row:
                    continue
                row[column.name] = self._refer(each, column, target, row)
            if finish is not None:
                try:
                    finish(self, row)
                except _OF_ANOTHER_KIND:
                    refuse(f"a row of {each.file} says what cannot be so")
            yield row

    def _refer(
        self, each: ArchivedTable, column: Column[Any], target: str, row: ArchiveRow
    ) -> object:
        """Return the new id, or ids, that a row has in a column; None where it is put in later."""
        old = row[column.name]
        if old is None or (old == 0 and not column.foreign_keys):
            return old
        if type(old) is tuple:
            return tuple(sorted(self.ids.find(target, one) for one in old))
        if is_late(column):
            self.late.append((each, column, row[ID], old))
            return None
        return self.ids.find(target, old)

    def _read(self, each: ArchivedTable) -> Iterator[ArchiveRow]:
        """Yield the rows of a table with their values read; a column that came later is left out.

        Raises: UnfitArchive.
        """
        rows = self.archive.rows(each)
        first = next(rows, None)
        if first is None:
            return
        columns = {column.name: column for column in each.columns}
        lacking = [columns[name] for name in columns.keys() - first.keys()]
        if not first.keys() <= columns.keys() or any(map(_is_needed, lacking)):
            refuse(f"{each.file} has other columns than it should")
        readers = [(name, reader_of(columns[name]), columns[name].nullable) for name in first]
        for row in chain([first], rows):
            if row.keys() != first.keys():
                refuse(f"{each.file} has rows of several kinds")
            yield _read_values(each, readers, row)

    def _read_each_text(self, project_id: int) -> None:
        """Let each text be what is read for a moment, as it once was: so it is searched."""
        texts = (
            select(Revision.article_id, Revision.id)
            .join(Article, Article.id == Revision.article_id)
            .where(Article.project_id == project_id)
            .order_by(Revision.id)
        )
        for article_id, revision_id in self.session.execute(texts).all():
            self.session.execute(
                update(Article)
                .where(Article.id == article_id)
                .values(current_revision_id=revision_id)
                .execution_options(synchronize_session=False)
            )

    def _put_in_late(self) -> None:
        for each, column, new, old in self.late:
            target = self.ids.find(each.target(column), old)
            self.session.connection().execute(
                update(each.table)
                .where(each.table.c.id == bindparam("row_id"))
                .values({column.name: bindparam("target")}),
                {"row_id": new, "target": target},
            )


def is_late(column: Column[Any]) -> bool:
    """Say whether a column refers to what is imported after its own row."""
    return any(key.use_alter for key in column.foreign_keys)


def _is_needed(column: Column[Any]) -> bool:
    return not column.nullable and column.server_default is None


def _read_values(
    each: ArchivedTable, readers: list[tuple[str, ReadValue, bool | None]], row: ArchiveRow
) -> ArchiveRow:
    try:
        return {
            name: None if is_nullable and row[name] is None else read(row[name])
            for name, read, is_nullable in readers
        }
    except _OF_ANOTHER_KIND:
        refuse(f"a row of {each.file} has a value of another kind")


# --- what is not in the archive, or not as it is there ------------------------------------------


def _finish_article(_made: _ArchiveImport, row: ArchiveRow) -> None:
    check_article(row)
    row["title_key"], row["author_key"] = sort_key(row["title"]), sort_key(row["author"])
    row["searched"] = f"{fold(row['title'])}\n{fold(row['author'])}"


def _finish_annotation(made: _ArchiveImport, row: ArchiveRow) -> None:
    at: datetime = row["created_at"]
    row["has_note"], row["tagged_month"] = row["note"] != "", month_number(at)
    _give_key(made, row)


def _give_key(made: _ArchiveImport, row: ArchiveRow) -> None:
    row["client_key"] = f"{made.key}-{row[ID]}"


def _finish_theme(_made: _ArchiveImport, row: ArchiveRow) -> None:
    row["folded"] = fold(row["name"])


def _finish_party(_made: _ArchiveImport, row: ArchiveRow) -> None:
    row["folded"] = Party.key_of(row["name"])


def _finish_position(_made: _ArchiveImport, row: ArchiveRow) -> None:
    row["folded"] = Position.key_of(row["sentence"])


def _finish_block(_made: _ArchiveImport, row: ArchiveRow) -> None:
    check_block(row)


def _finish_guidelines(made: _ArchiveImport, row: ArchiveRow) -> None:
    old = made.archive.manifest.permalinks
    row["text"] = map_links(made.ids, row["text"], old, made.importer.permalinks)


def _finish_search(made: _ArchiveImport, row: ArchiveRow) -> None:
    row["query"] = map_query(made.ids, row["query"])


def _finish_event(made: _ArchiveImport, row: ArchiveRow) -> None:
    kind = row["subject_kind"]
    if kind in MAY_BE_GONE:
        row["subject_id"] = made.ids.get(SUBJECTS[kind], row["subject_id"]) or 0
    else:
        row["subject_id"] = made.ids.find(SUBJECTS[kind], row["subject_id"])
    row["before"] = map_state(made.ids, kind, row["before"])
    row["after"] = map_state(made.ids, kind, row["after"])
    check_event(row)


_FINISH: Mapping[type[Any], Callable[[_ArchiveImport, ArchiveRow], None]] = {
    Annotation: _finish_annotation,
    Article: _finish_article,
    BlockRow: _finish_block,
    Comment: _give_key,
    Event: _finish_event,
    Guidelines: _finish_guidelines,
    Party: _finish_party,
    Position: _finish_position,
    SavedSearch: _finish_search,
    Theme: _finish_theme,
}


def _check(session: Session, project_id: int) -> None:
    """See that a project holds together as everything must that Gloss itself has written.

    Raises: UnfitArchive.
    """
    every = list_themes(session, project_id)
    above = {theme.id: theme.parent_id for theme in every}
    for parent_id in above.values():
        level, at = 1, parent_id
        while at is not None and level <= MOST_LEVELS:
            level, at = level + 1, above.get(at)
        if level > MOST_LEVELS:
            refuse("its themes stand under one another without end")
    if len(every) > MOST_THEMES:
        refuse(f"it has more than {MOST_THEMES:,} themes")
    for model in (Party, Position):
        about = model.SUBJECT
        if count_named(session, model, project_id) > MOST[about]:
            refuse(f"it has more than {MOST[about]:,} {PLURALS[about]}")
    checks = (verify, verify_themes, verify_parties, verify_discussion)
    try:
        problems = chain.from_iterable(check(session, project_id) for check in checks)
        problem = next(problems, None)
    except _OF_ANOTHER_KIND:
        problem = "an event keeps what cannot be so"
    if problem is not None:
        refuse(problem)
