"""Commands: `flask --app app …`. Thin, over the services."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.passwords import hash_password
from app.accounts.service import accounts, addresses, identities, reset_tokens
from app.accounts.service.access import revoke_tokens
from app.accounts.views import audit
from app.accounts.views.password_reset import reset_address
from app.annotations.queries.verify import verify
from app.annotations.service.exports import record_export
from app.articles.models import Article
from app.articles.queries import articles
from app.articles.service import loading
from app.config import Config
from app.core.db import Database
from app.core.errors import GlossError, NotFound
from app.core.migrate import DatabaseState, UnfitDatabase, state
from app.core.write_faults import write_fault
from app.discussion.queries.verify import verify as verify_discussion
from app.events.subjects import ProjectActor
from app.exports.queries.csv_file import Separator
from app.exports.queries.formats import FORMATS, csv_format, told_of
from app.exports.queries.rows import Selection
from app.inbox.queries.inbox import who_asked_for_digests
from app.inbox.views.digests import send_digest, today
from app.integrations.mail import describe_failure
from app.parties.queries import verify as verify_parties
from app.projects.models import Project
from app.projects.roles import Role
from app.projects.service import members, memberships, projects, reset_links
from app.projects.service.account_audit import record_command
from app.search.queries.verify import verify as verify_search
from app.text.readers.encoding_names import CODECS
from app.themes.queries import verify as verify_themes
from app.web.filters import pluralise
from app.web.session import get_database

accounts_group = AppGroup("accounts", help="Accounts: people who can sign in.")
articles_group = AppGroup("articles", help="Articles: load files, list what is there.")
projects_group = AppGroup("projects", help="Projects: list them and their members, add owners.")
annotations_group = AppGroup("annotations", help="Annotations: take them away, bring them in.")

NO_ACCOUNT = "There is no account with this address."

project_option = click.option(
    "--project", "slug", default=projects.FIRST_SLUG, show_default=True, help="The project's slug."
)


@accounts_group.command("create")
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--email", required=True, help="Used to sign in.")
@click.option("--password", help="Asked for, unseen, where it is not given.")
@click.option("--owner", is_flag=True, help="Make them an owner of the first project.")
def create_account(name: str, email: str, password: str | None, *, owner: bool) -> None:
    """Make an account and take it into the first project."""
    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with ready_database().writing() as session, one_line_errors():
        accounts.check_password(str(password))
        account = accounts.create(
            session, name=name, email=email, password_hash=hash_password(str(password))
        )
        role = Role.OWNER if owner else None
        member = projects.join_first(session, account_id=account.id, role=role, by_command=True)
        session.commit()
        standing = member.role if member else "in no project: the first is archived"
        click.echo(f"Made the account of {account.name} <{account.email}>, {standing}.")


@accounts_group.command("reset-link")
@click.argument("email")
def make_reset_link(email: str) -> None:
    """Print a link by which somebody sets a new password for their account, once, within a day."""
    with _changing(email) as (session, account):
        token = reset_tokens.make(session, account_id=account.id, made_by_id=None)
        record_command(session, account.id, reset_links.MADE)
    click.echo(reset_address(token))


@accounts_group.command("set-email")
@click.argument("old")
@click.argument("new")
def set_email(old: str, new: str) -> None:
    """Let somebody sign in by the address NEW instead of OLD; every session of theirs ends."""
    with _changing(old) as (session, account):
        addresses.change_email(session, account_id=account.id, email=new, keep_session_id=None)
        record_command(session, account.id, audit.EMAIL_CHANGED)
    click.echo(f"{account.name} signs in as {account.email} now.")


@accounts_group.command("list")
def list_accounts() -> None:
    """List the accounts: email, name, in use or disabled, last seen, by tabs, one a line."""
    with ready_database().session() as session:
        for account, seen_at in accounts.list_all(session):
            standing = "disabled" if account.disabled_at else "in use"
            seen = seen_at.date().isoformat() if seen_at else ""
            click.echo(f"{account.email}\t{account.name}\t{standing}\t{seen}")


@accounts_group.command("end-sessions")
@click.argument("email")
def end_sessions(email: str) -> None:
    """Sign somebody out of every browser, and revoke their API tokens."""
    with _changing(email) as (session, account):
        count = accounts.end_other_sessions(session, account_id=account.id, keep_session_id=None)
        revoke_tokens(session, account.id)
        if count:
            record_command(session, account.id, audit.SESSIONS_ENDED, count=count)
    click.echo(f"Ended {pluralise(count, 'session', 'sessions')} of {account.email}.")


@accounts_group.command("disable")
@click.argument("email")
def disable_account(email: str) -> None:
    """Let nobody sign in to an account, by whatever way; what it tagged stays."""
    with _changing(email) as (session, account):
        is_new = accounts.disable(session, account_id=account.id)
        if is_new:
            record_command(session, account.id, audit.DISABLED)
    sentence = "{email} is disabled." if is_new else "{email} is disabled already."
    click.echo(sentence.format(email=account.email))


@accounts_group.command("enable")
@click.argument("email")
def enable_account(email: str) -> None:
    """Let somebody sign in again to an account that was disabled."""
    with _changing(email) as (session, account):
        is_new = accounts.enable(session, account_id=account.id)
        if is_new:
            record_command(session, account.id, audit.ENABLED)
    sentence = "{email} is in use again." if is_new else "{email} is in use already."
    click.echo(sentence.format(email=account.email))


@accounts_group.command("disconnect")
@click.argument("email")
def disconnect_account(email: str) -> None:
    """Take the connection with the provider from an account, so that another can be made."""
    with _changing(email) as (session, account):
        is_new = identities.disconnect(session, account_id=account.id)
        if is_new:
            record_command(session, account.id, audit.DISCONNECTED)
    standing = "is not connected with the provider any more" if is_new else "was not connected"
    click.echo(f"{account.email} {standing}.")


@accounts_group.command("send-digests")
def send_digests() -> None:
    """Send everyone who asks for it what is new in their inbox, at most once a day (UTC)."""
    config: Config = current_app.config["GLOSS"]
    if config.mail_server is None:
        message = "No mail server is configured: set SMTP_URL and MAIL_FROM."
        raise click.ClickException(message)
    day = today()
    sent = failed = 0
    with ready_database().session() as session:
        account_ids = who_asked_for_digests(session)
    for account_id in account_ids:
        try:
            sent += send_digest(config.mail_server, account_id, day)
        except Exception as error:  # noqa: BLE001  (whatever it is, the others get theirs)
            failed += 1
            what = describe_failure(error)
            current_app.logger.error("digest of account %d not sent: %s", account_id, what)  # noqa: TRY400  (a traceback ends with the error's words)
            click.echo(f"Account {account_id}: not sent ({type(error).__name__}).", err=True)
    click.echo(f"Sent {pluralise(sent, 'digest', 'digests')}.")
    if failed:
        sys.exit(1)


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
    counts = dict.fromkeys(loading.Outcome, 0)
    how = loading.How(config.date_order, config.limits, by_chapter, dry_run, encoding or "")
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
    if counts[loading.Outcome.REFUSED]:
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
    try:
        with database.writing() as session:
            actor = ProjectActor(project_id)
            record_export(session, actor=actor, article=found, file_format=file_format.name)
            session.commit()
    except DBAPIError as error:  # where nothing can be written, annotations still get out
        if write_fault(error) is None:
            raise
        current_app.logger.error("the export is not recorded: %s", error.orig)  # noqa: TRY400  (one line)
    selection = Selection(project_id, current_app.config["GLOSS"].permalink_base, article_id)
    write_chunks(file_format.chunks(database, selection), output)
    for sentence in told_of(database, file_format, selection):
        click.echo(sentence, err=True)


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
        click.echo(f"{problems} wrong.", err=True)
        sys.exit(1)
    click.echo("Every quote equals its text, and every event has its row.")


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
        message = "The database is not ready for this version. Start Gloss once: it sees to that."
        raise click.ClickException(message)
    return get_database()


@contextmanager
def _changing(email: str) -> Iterator[tuple[Session, Account]]:
    """Give a session and the account of an address; commit at the end."""
    with ready_database().writing() as session, one_line_errors():
        account = accounts.find_by_email(session, email)
        if account is None:
            raise NotFound(NO_ACCOUNT)
        yield session, account
        session.commit()


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Say what a person did wrong in one line, exit code 1."""
    try:
        yield
    except GlossError as error:
        raise click.ClickException(error.message) from None


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(accounts_group)
    app.cli.add_command(projects_group)
    app.cli.add_command(articles_group)
    app.cli.add_command(annotations_group)
    app.cli.add_command(verify_database)
