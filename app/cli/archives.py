"""Commands that export a whole project as an archive, and import it."""

from pathlib import Path

import click
from flask import Flask, current_app

from app.accounts.service import accounts
from app.archives.queries.zip_file import archive_chunks
from app.archives.service.importing import Importer, import_project
from app.archives.service.reading import opened_archive
from app.cli.projects import projects_group
from app.cli.running import (
    NO_ACCOUNT,
    one_line_errors,
    project_option,
    ready_database,
    write_chunks,
)
from app.config import Config
from app.core.errors import NotFound
from app.events.subjects import ProjectActor
from app.projects.service import projects
from app.web.recording import recording_export


@projects_group.command("export")
@project_option
@click.option(
    "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file."
)
def export_project(slug: str, output: Path) -> None:
    """Write everything of a project to one file, while people work."""
    config: Config = current_app.config["GLOSS"]
    database = ready_database()
    with database.session() as session, one_line_errors():
        project_id = projects.find_project(session, slug).id
    with recording_export(f"of project {project_id}") as session:
        projects.record_export(session, actor=ProjectActor(project_id))
    write_chunks(archive_chunks(database, project_id, config.permalink_base), output)


@projects_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "name", default="", metavar="NAME", help="The name of the new project.")
@click.option(
    "--owner", metavar="EMAIL", help="The account that owns it; without one, nobody does."
)
def import_project_archive(file: Path, name: str, owner: str | None) -> None:
    """Make a new project of the archive FILE, all or nothing, and print its slug.

    Others wait with their changes meanwhile. With --owner what the archive has under the owner's
    name is theirs, where it has one person of that name.
    """
    config: Config = current_app.config["GLOSS"]
    database = ready_database()
    with (
        one_line_errors(),
        file.open("rb") as opened,
        opened_archive(opened) as archive,  # looked through before anybody has to wait
        database.writing() as session,
    ):
        account = accounts.find_by_email(session, owner) if owner is not None else None
        if owner is not None and account is None:
            raise NotFound(NO_ACCOUNT)
        account_id = account.id if account else None
        importer = Importer(account_id, config.permalink_base, is_in_archive=True)
        slug = import_project(session, archive, importer, name=name).slug
        session.commit()
    click.echo(slug)
    if owner is None:
        hint = f"Nobody is in it yet: flask --app app projects add-owner {slug} EMAIL lets one in."
        click.echo(hint, err=True)


def register(app: Flask) -> None:
    """Add the commands to those of projects."""
    app.cli.add_command(projects_group)
