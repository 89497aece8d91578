"""Commands for projects and their members."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.accounts.service import accounts
from app.cli.running import NO_ACCOUNT, one_line_errors, ready_database
from app.core.errors import NotFound
from app.projects.service import members, memberships, projects

projects_group = AppGroup("projects", help="Projects: list them and their members, add owners.")


@projects_group.command("list")
def list_projects() -> None:
    """List the projects: slug, name, members, in use or archived, by tabs, one a line."""
    with ready_database().session() as session:
        for project, count in projects.list_all(session):
            standing = "archived" if project.archived_at else "in use"
            click.echo(f"{project.slug}\t{project.name}\t{count}\t{standing}")


@projects_group.command("members")
@click.argument("slug")
def list_project_members(slug: str) -> None:
    """List the members of a project: email, name, role, by tabs, one a line."""
    with ready_database().session() as session, one_line_errors():
        project_id = projects.find_project(session, slug).id
        for member in members.list_members(session, project_id):
            click.echo(f"{member.account.email}\t{member.account.name}\t{member.role}")


@projects_group.command("add-owner")
@click.argument("slug")
@click.argument("email")
def add_owner(slug: str, email: str) -> None:
    """Make an account an owner of a project, in it already or not."""
    with ready_database().writing() as session, one_line_errors():
        project = projects.find_project(session, slug)
        account = accounts.find_by_email(session, email)
        if account is None:
            raise NotFound(NO_ACCOUNT)
        memberships.make_owner(session, project_id=project.id, account_id=account.id)
        session.commit()
        click.echo(f"{account.name} <{account.email}> owns {project.slug} now.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(projects_group)
