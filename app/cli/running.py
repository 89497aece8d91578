"""What every command runs with: the database, options, one-line errors, and writing a file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from flask import current_app
from sqlalchemy.exc import DBAPIError

from app.config import Config
from app.core.db import Database
from app.core.errors import GlossError
from app.core.migrate import DatabaseState, UnfitDatabase, state
from app.projects.service import projects
from app.web.session import get_database

NO_ACCOUNT = "There is no account with this address."

project_option = click.option(
    "--project", "slug", default=projects.FIRST_SLUG, show_default=True, help="The project's slug."
)


def write_chunks(chunks: Iterator[bytes], output: Path | None) -> None:
    """Write a file, or with None to standard output.

    Raises: click.ClickException (it cannot be written).
    """
    if output is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    # The file appears when it is whole.
    part = output.with_name(output.name + ".part")
    try:
        with part.open("wb") as file:
            file.writelines(chunks)
        part.replace(output)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}."
        raise click.ClickException(message) from None
    finally:
        with suppress(OSError):  # beside what may not be written it is not there
            part.unlink()


def ready_database() -> Database:
    """Return the database, where it has the tables that this version knows.

    Raises: click.ClickException (it has not, or it cannot be reached).
    """
    config: Config = current_app.config["GLOSS"]
    try:
        found = state(config.database_url)
    except (DBAPIError, UnfitDatabase) as error:
        reason = " ".join(str(getattr(error, "orig", error)).split())
        message = f"The database {config.shown_database_url} cannot be used: {reason}"
        raise click.ClickException(message) from None
    if found is not DatabaseState.CURRENT:
        message = "The database is not ready for this version. Start Gloss once: it makes it ready."
        raise click.ClickException(message)
    return get_database()


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Say what a person did wrong in one line, exit code 1."""
    try:
        yield
    except GlossError as error:
        raise click.ClickException(error.message) from None
