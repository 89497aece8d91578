"""Commands for the whole database: backup, restore, moving, rebuilding the index, checking."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.annotations.queries.verify import verify
from app.cli.running import ready_database
from app.config import Config
from app.core.backup import BackupError, make_backup, restore_backup
from app.core.copy_database import copy_database
from app.core.db import Base
from app.core.migrate import DatabaseState, UnfitDatabase, state
from app.discussion.queries.verify import verify as verify_discussion
from app.parties.queries import verify as verify_parties
from app.search.queries.verify import verify as verify_search
from app.search.service.rebuild import rebuild
from app.themes.queries import verify as verify_themes
from app.web.filters import pluralise
from app.web.session import get_database

db_group = AppGroup("db", help="The database as a whole.")
search_group = AppGroup("search", help="The index of the search.")


@click.command("backup")
@click.option(
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder; DATA_DIR/backups where it is not given.",
)
@click.option("--keep", type=click.IntRange(min=1), help="Keep the newest N in the folder.")
@click.option("--with-secret-key", is_flag=True, help="Put in the key that signs cookies, too.")
@with_appcontext
def backup(folder: Path | None, keep: int | None, *, with_secret_key: bool) -> None:
    """Write a backup to a file, while people work, and print the file's path."""
    config = _config()
    with _one_line_errors():
        made = make_backup(
            config.database_url,
            folder or config.data_dir / "backups",
            secret_key=config.secret_key if with_secret_key else None,
            keep=keep,
        )
    if with_secret_key:
        click.echo("The secret key is in it: keep the file where only you can read it.", err=True)
    else:
        click.echo(
            "The secret key is not in it: without the key everybody signs in again."
            " --with-secret-key puts it in.",
            err=True,
        )
    click.echo(made)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Restore a backup into a place that has no tables yet."""
    config = _config()
    with _one_line_errors():
        found = restore_backup(file, config.database_url, key_file=config.key_file)
    rows = pluralise(sum(found.rows.values()), "row", "rows")
    click.echo(f"Restored {rows} of {found.made_at} into {config.shown_database_url}.")
    if config.key_file is None:
        if found.has_secret_key:
            click.echo("SECRET_KEY is set, so the key in the backup is not used.")
    elif found.has_secret_key:
        click.echo(f"The secret key is in {config.key_file}.")
    else:
        click.echo("The secret key was not in it: everybody signs in again, or set SECRET_KEY.")


@db_group.command("copy")
@click.option("--to", "target", required=True, help="The URL of an empty PostgreSQL database.")
def copy(target: str) -> None:
    """Copy everything from SQLite to PostgreSQL, and compare every row. Stop Gloss first."""
    config = _config()
    with _one_line_errors():
        copied = copy_database(
            config.database_url, target, Base.metadata, echo=click.echo, finish=rebuild
        )
    rows = pluralise(copied, "row", "rows")
    click.echo(f"Both have the same {rows}. Set DATABASE_URL to the new one and start Gloss.")


@search_group.command("rebuild")
def rebuild_search() -> None:
    """Rebuild the search index from all texts, notes and threads."""
    with _one_line_errors():
        if state(_config().database_url) is not DatabaseState.CURRENT:
            message = (
                "The database is not ready for this version. Start Gloss once: it makes it ready."
            )
            raise UnfitDatabase(message)
        with get_database().writing() as session, session.begin():
            rebuild(session.connection())
    click.echo("The search index is rebuilt.")


def _config() -> Config:
    config: Config = current_app.config["GLOSS"]
    return config


@click.command("verify")
@with_appcontext
def verify_database() -> None:
    """Check quotes, events, threads and the index of the search against what they are of."""
    problems = 0
    with ready_database().session() as session:
        checks = (verify, verify_themes, verify_parties, verify_discussion, verify_search)
        for problem in chain.from_iterable(check(session) for check in checks):
            click.echo(problem)
            problems += 1
    if problems:
        click.echo(f"Found {pluralise(problems, 'fault', 'faults')}.", err=True)
        sys.exit(1)
    click.echo("Every quote equals its text, and every event has its row.")


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Say what is in the way in one line, exit code 1."""
    try:
        yield
    except (BackupError, UnfitDatabase) as error:
        raise click.ClickException(str(error)) from None
    except ArgumentError:
        message = "--to is not a database URL. Give one such as postgresql://gloss@127.0.0.1/gloss."
        raise click.ClickException(message) from None
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        message = f"A database cannot be used: {reason}"
        raise click.ClickException(message) from None


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)
    app.cli.add_command(verify_database)
    app.cli.add_command(db_group)
    app.cli.add_command(search_group)
