"""Commands for accounts: people who can sign in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.passwords import hash_password
from app.accounts.service import accounts, addresses, identities, reset_tokens
from app.accounts.service.access import revoke_tokens
from app.accounts.views import audit
from app.accounts.views.password_reset import reset_address
from app.cli.running import NO_ACCOUNT, one_line_errors, ready_database
from app.config import Config
from app.core.errors import NotFound
from app.inbox.queries.inbox import who_asked_for_digests
from app.inbox.views.digests import send_digest, today
from app.integrations.mail import describe_failure
from app.projects.roles import Role
from app.projects.service import projects, reset_links
from app.projects.service.account_audit import record_command
from app.web.filters import pluralise

accounts_group = AppGroup("accounts", help="Accounts: people who can sign in.")


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
        sentence = (
            "Made the account of {name} <{email}>, {role}."
            if member
            else "Made the account of {name} <{email}>, in no project: the first is archived."
        )
        joined_as = member.role if member else ""
        click.echo(sentence.format(name=account.name, email=account.email, role=joined_as))


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
    sentence = (
        "{email} is not connected with the provider any more."
        if is_new
        else "{email} was not connected."
    )
    click.echo(sentence.format(email=account.email))


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


@contextmanager
def _changing(email: str) -> Iterator[tuple[Session, Account]]:
    """Give a session and the account of an address; commit at the end."""
    with ready_database().writing() as session, one_line_errors():
        account = accounts.find_by_email(session, email)
        if account is None:
            raise NotFound(NO_ACCOUNT)
        yield session, account
        session.commit()


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(accounts_group)
