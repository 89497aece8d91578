"""The command that imports annotations: `flask --app app annotations import`."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.service import accounts
from app.annotations.service.importing import Imported
from app.cli.annotations import annotations_group
from app.cli.running import NO_ACCOUNT, one_line_errors, project_option, ready_database
from app.core.errors import NotFound
from app.events.subjects import ProjectActor
from app.imports.outcomes import ADDED, Planned, RowOutcome, Summary
from app.imports.queries.planning import ImportPlan
from app.imports.readers import FORMATS, UnreadableImport, format_of, read
from app.imports.rows import FileTable
from app.imports.service import adding
from app.projects.models import Member, Project
from app.projects.roles import Role
from app.projects.service import projects
from app.web.filters import pluralise

LEFT = (RowOutcome.SEVERAL, RowOutcome.REFUSED)


@annotations_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@project_option
@click.option("--annotator", metavar="EMAIL", help="Who made the rows that name nobody.")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(list(FORMATS)),
    help="The file's format, rather than find it by its name.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be added; write nothing.")
def import_annotations(
    file: Path, slug: str, annotator: str | None, file_format: str | None, *, dry_run: bool
) -> None:
    """Add the annotations of FILE to a project, all that can be, by one act.

    Rows that are left out are named on standard error; then the exit code is 1.
    """
    database = ready_database()
    table = _read(file, file_format)
    with database.session() as session, one_line_errors():
        project = projects.find_open_project(session, slug)
        default_id = _default_annotator(session, project, annotator)
        plan = ImportPlan(session, project, default_id)
        planned = plan.make(table)
        places = [
            (each.wanted, each.place)
            for each in planned
            if each.outcome in ADDED and each.wanted and each.place
        ]
        ready = adding.prepare(session, places)
    done = Imported(None, len(ready), 0, 0)
    if not dry_run:
        with database.writing() as session, one_line_errors():
            actor = ProjectActor(project.id)
            done = adding.add(
                session, actor=actor, ready=ready, default_id=default_id, file_name=file.name
            )
            session.commit()
    _tell(planned, plan.summary, done, is_dry=dry_run)


def _read(file: Path, file_format: str | None) -> FileTable:
    try:
        content = file.read_bytes()
        return read(content, file_format or format_of(file.name, content))
    except OSError as error:
        message = f"{click.format_filename(file)} cannot be read: {error.strerror}."
        raise click.ClickException(message) from None
    except UnreadableImport as error:
        raise click.ClickException(str(error)) from None


def _default_annotator(session: Session, project: Project, email: str | None) -> int:
    """Return who made what names nobody: the account of an address, else the first owner."""
    if email is not None:
        account = accounts.find_by_email(session, email)
        if account is None:
            raise NotFound(NO_ACCOUNT)
        return account.id
    query = select(Member.account_id).where(
        Member.project_id == project.id, Member.role_name == Role.OWNER.value
    )
    owner_id = session.scalar(query.order_by(Member.joined_at, Member.account_id))
    if owner_id is None:
        message = "The project has no owner: say --annotator EMAIL."
        raise NotFound(message)
    return owner_id


def _tell(planned: Sequence[Planned], summary: Summary, done: Imported, *, is_dry: bool) -> None:
    for each in planned:
        if each.outcome in LEFT:
            sentences = [f"Row {each.number}: {each.why}"]
            if each.places:
                starts = ", ".join(f"{start:,}" for start, _end in each.places)
                sentences.append(f"Give the start of one: {starts}.")
            click.echo(" ".join(sentences), err=True)
    annotations = pluralise(done.added, "annotation", "annotations")
    lines = [
        f"Would add {annotations}." if is_dry else f"Added {annotations}.",
        _said("Of these, found elsewhere by their quote", summary.of(RowOutcome.MOVED)),
        _said("There already", summary.of(RowOutcome.SAME) + done.same),
        _said("Left out, since the file has no place for them", summary.of(RowOutcome.PLACELESS)),
        _said("Left out, since several places have their words", summary.of(RowOutcome.SEVERAL)),
        _said("Refused", summary.of(RowOutcome.REFUSED)),
        _said("Left out, since their articles were corrected at this moment", done.overtaken),
        _named("Columns that are not read", summary.unknown),
        _named("New themes", summary.themes),
        _named("New parties", summary.parties),
        _named("New positions", summary.positions),
        _named("These speak for several organisations in the file; the first counts", summary.torn),
        _named("New annotators, who cannot sign in", summary.annotators),
    ]
    for line in filter(None, lines):
        click.echo(line)
    if summary.of(*LEFT) or done.overtaken:
        sys.exit(1)


def _said(what: str, count: int) -> str:
    return f"{what}: {count:,}." if count else ""


def _named(what: str, names: Sequence[str]) -> str:
    return f"{what}: {', '.join(names)}." if names else ""


def register(app: Flask) -> None:
    """Add the command to those of annotations."""
    app.cli.add_command(annotations_group)
