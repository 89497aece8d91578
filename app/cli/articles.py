"""Commands for articles: loading files, listing what is there."""

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.articles.queries import articles
from app.articles.service import loading
from app.cli.running import one_line_errors, project_option, ready_database
from app.config import Config
from app.projects.service import projects
from app.text.readers.encoding_names import CODECS

articles_group = AppGroup("articles", help="Articles: load files, list what is there.")


@articles_group.command("load")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be loaded; store nothing.")
@click.option("--by-chapter", is_flag=True, help="Make each chapter of an .epub an article.")
@click.option(
    "--encoding",
    type=click.Choice(list(CODECS), case_sensitive=False),
    help="Take this encoding for texts that do not say theirs, rather than guess.",
    metavar="NAME",
)
@project_option
def load_articles(
    paths: tuple[Path, ...], slug: str, encoding: str | None, *, dry_run: bool, by_chapter: bool
) -> None:
    """Load article files, and folders of them."""
    config: Config = current_app.config["GLOSS"]
    files = list(loading.find_files(paths))
    counts = dict.fromkeys(loading.FileOutcome, 0)
    how = loading.LoadOptions(config.date_order, config.limits, by_chapter, dry_run, encoding or "")
    said = []
    with ready_database().writing() as session, one_line_errors():
        project_id = projects.find_open_project(session, slug).id
        session.commit()
        with click.progressbar(files, label="Loading", file=sys.stderr) as bar:
            for path in bar:
                for result in loading.load_file(session, project_id=project_id, path=path, how=how):
                    session.commit()
                    counts[result.outcome] += 1
                    shown = click.format_filename(result.path)
                    said.append(f"{result.outcome}\t{shown}\t{result.message}")
    for line in said:
        click.echo(line)
    sentence = "{counts}, nothing stored." if dry_run else "{counts}."
    click.echo(sentence.format(counts=loading.summary(counts)), err=True)
    if counts[loading.FileOutcome.REFUSED]:
        sys.exit(1)


@articles_group.command("list")
@project_option
def list_articles(slug: str) -> None:
    """List the articles: id, title, author, publication, date, words, by tabs, one a line."""
    with ready_database().session() as session, one_line_errors():
        project_id = projects.find_project(session, slug).id
        for row in articles.all_articles(session, project_id=project_id):
            day = row.published_on.isoformat() if row.published_on else ""
            cells = (row.id, row.title, row.author, row.publication, day, row.words)
            click.echo("\t".join(" ".join(str(cell).split()) for cell in cells))


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(articles_group)
