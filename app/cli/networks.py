"""The command that exports networks of parties and positions."""

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import click
from flask import Flask
from flask.cli import AppGroup

from app.annotations.service.exports import record_export
from app.cli.running import one_line_errors, project_option, ready_database, write_chunks
from app.events.subjects import ProjectActor
from app.projects.service import projects
from app.statements.asked_networks import AskedNetwork
from app.statements.duplicates import CountAs, Duplicates
from app.statements.graph import Graph
from app.statements.network_files import NETWORK_FORMATS
from app.statements.networks import NetworkKind, Normalise, Relation, make_network
from app.statements.queries.listing import list_all_statements
from app.statements.queries.networks import find_node_names
from app.web.filters import pluralise
from app.web.recording import recording_export

Command = TypeVar("Command", bound=Callable[..., None])

networks_group = AppGroup("networks", help="Networks: who is joined by what they say.")


def _choice(name: str, default: StrEnum, about: str) -> Callable[[Command], Command]:
    """Return an option that takes a value of an enumeration, and this one where it is not said."""
    return click.option(
        name, type=_one_of(type(default)), default=default.value, show_default=True, help=about
    )


def _one_of(values: type[StrEnum]) -> click.Choice[str]:
    return click.Choice([each.value for each in values])  # by their values, not their names


@networks_group.command("export")
@click.option("--kind", required=True, type=_one_of(NetworkKind), help="What is joined with what.")
@_choice("--relation", Relation.NONE, "Which sides count together.")
@_choice(
    "--duplicates",
    Duplicates.DOCUMENT,
    "Count what a party says once an article, once a day, or each passage.",
)
@_choice("--normalise", Normalise.NONE, "By what weights are divided.")
@_choice("--by", CountAs.PERSON, "People by themselves, or for their organisations.")
@click.option("--from", "since", default="", metavar="DATE", help="The first day of articles.")
@click.option("--to", "until", default="", metavar="DATE", help="The last day of articles.")
@click.option(
    "--format", "name", type=click.Choice(list(NETWORK_FORMATS)), default="csv", show_default=True
)
@project_option
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file.")
def export_network(
    *,
    kind: str,
    relation: str,
    duplicates: str,
    normalise: str,
    by: str,
    since: str,
    until: str,
    name: str,
    slug: str,
    output: Path | None,
) -> None:
    """Write a network, byte for byte as the page offers it to a curator."""
    file_format = NETWORK_FORMATS[name]
    if file_format.is_binary and output is None and sys.stdout.isatty():
        message = f"A file of {file_format.name} cannot be shown in a terminal: say --output FILE."
        raise click.ClickException(message)
    asked = AskedNetwork(
        NetworkKind(kind),
        Relation(relation),
        Duplicates(duplicates),
        Normalise(normalise),
        CountAs(by),
        since,
        until,
    )
    database = ready_database()
    with database.session() as session, one_line_errors():
        options = asked.options
        project_id = projects.find_project(session, slug).id
        network = make_network(list_all_statements(session, project_id), options)
        content = file_format.write(Graph(network, find_node_names(session, project_id)))
    with recording_export(f"of project {project_id}") as session:
        record_export(
            session,
            actor=ProjectActor(project_id),
            article=None,
            file_format=file_format.name,
            query=asked.record,
            of="networks",
        )
    write_chunks(iter([content]), output)
    if network.undated:
        undated = pluralise(network.undated, "statement", "statements")
        click.echo(f"Left out: {undated} without a date.", err=True)


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(networks_group)
