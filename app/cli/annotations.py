"""The command that exports annotations."""

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.annotations.service.exports import record_export
from app.articles.models import Article
from app.articles.queries import articles
from app.cli.running import one_line_errors, ready_database, write_chunks
from app.events.subjects import ProjectActor
from app.exports.queries.csv_file import Separator
from app.exports.queries.formats import FORMATS, csv_format, omissions_in_words
from app.exports.queries.rows import Selection
from app.projects.models import Project
from app.projects.service import projects
from app.web.recording import recording_export

annotations_group = AppGroup("annotations", help="Annotations: export them, import them.")


@annotations_group.command("export")
@click.option("--project", "slug", help="The project's slug; the article's, or the first.")
@click.option("--article", "article_id", type=int, help="Only this article's annotations.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file.")
@click.option(
    "--format", "extension", type=click.Choice(list(FORMATS)), default="csv", show_default=True
)
@click.option(
    "--sep",
    type=click.Choice(["comma", "semicolon"]),
    default="comma",
    help="Between cells of CSV: semicolon for spreadsheets with a decimal comma.",
)
def export_annotations(
    slug: str | None, article_id: int | None, output: Path | None, extension: str, sep: str
) -> None:
    """Write all annotations, byte for byte as the pages offer them to a curator."""
    file_format = csv_format(Separator[sep.upper()]) if extension == "csv" else FORMATS[extension]
    if file_format.is_binary and output is None and sys.stdout.isatty():
        message = f"A file of {file_format.name} cannot be shown in a terminal: say --output FILE."
        raise click.ClickException(message)
    database = ready_database()
    with database.session() as session, one_line_errors():
        if slug is None and article_id is not None:
            article = session.get(Article, article_id)
            project = session.get(Project, article.project_id) if article else None
            slug = project.slug if project else None
        project_id = projects.find_project(session, slug or projects.FIRST_SLUG).id
        found = None
        if article_id is not None:
            found = articles.find_article(session, project_id=project_id, article_id=article_id)
    with recording_export(f"of project {project_id}") as session:
        actor = ProjectActor(project_id)
        record_export(session, actor=actor, article=found, file_format=file_format.name)
    selection = Selection(project_id, current_app.config["GLOSS"].permalink_base, article_id)
    write_chunks(file_format.chunks(database, selection), output)
    for sentence in omissions_in_words(database, file_format, selection):
        click.echo(sentence, err=True)


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(annotations_group)
