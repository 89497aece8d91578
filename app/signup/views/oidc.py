"""Coming in by the organisation's own provider: its two addresses, and who is let in."""

from dataclasses import asdict

from flask import current_app, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import NAME_LIMIT, NO_PASSWORD, Account
from app.accounts.service import accounts, identities
from app.accounts.views.audit import CONNECTED, SignInMethod, audit, sign_in
from app.accounts.views.current_account import begin_session, is_signed_in
from app.accounts.views.my_account import TRIES_FROM_HOST, WINDOW, sign_in_page
from app.config import Config
from app.core.errors import Forbidden, GlossError, NotFound, TooMany
from app.core.throttle import count_attempt, network_of
from app.frozen import frozen
from app.integrations.oidc import Flow, OidcUser, Provider, Unreachable
from app.projects.models import Member
from app.projects.service import invitations, projects
from app.signup.views.join import welcome
from app.web.access import public
from app.web.csrf import is_token
from app.web.link_throttle import counting_wrong_links
from app.web.responses import safe_next
from app.web.session import get_database, reopen_for_reading

FLOW = "flow"  # in the cookie, from the way to the provider to the way back

NO_ACCOUNT = (
    "There is no account with the address {email} here, and new ones are made by invitation. Ask an"
    " owner of a project for one, or whoever runs this server."
)
NOT_VERIFIED = (
    "{name} does not say that the address {email} is yours, so it lets nobody in here. Confirm the"
    " address there and try again, or sign in with your password."
)
NO_ADDRESS = (
    "{name} does not tell your email address, so it lets nobody in here. Ask whoever runs it, or"
    " sign in with your password."
)
NOW_CONNECTED = (
    "You sign in with {name} from now on. The password that this account had, its other sessions "
    "and its links have ended: anyone could have made it with your address."
)


@frozen
class Entered:
    """Who came in; `member` is what an invitation made them, None without one."""

    account: Account
    member: Member | None
    is_claimed: bool


@public
def go_to_provider() -> ResponseReturnValue:
    """Send the browser to the provider: a GET, since a form may lead to this site alone.

    Another site could have somebody join a project of its choice by a link with an invitation, so
    only a page of ours leads to the provider with one; a link from elsewhere shows the invitation.
    """
    provider = _provider()
    wanted = safe_next(request.args.get("next"), "/")
    invitation = request.args.get("invitation", "")
    if is_signed_in():
        return redirect(wanted)
    if invitation and not is_token(request.args.get("csrf_token", "")):
        return redirect(url_for("join.invitation", token=invitation))
    from app.integrations.oidc_client import begin  # noqa: PLC0415 loaded when needed

    try:
        _count()
        address, flow = begin(provider, _redirect_uri())
    except GlossError as error:
        return sign_in_page(error, wanted, invitation)
    cookie[FLOW] = {**asdict(flow), "next": wanted, "invitation": invitation}
    return redirect(address)


@public
def come_back() -> ResponseReturnValue:
    """Take whom the provider sends back: only the flow in this browser's cookie makes it act."""
    from app.integrations.oidc_client import finish  # noqa: PLC0415 loaded when needed

    provider = _provider()
    kept = dict(cookie.get(FLOW, {}))
    wanted, invitation = kept.pop("next", "/"), kept.pop("invitation", "")
    try:
        _count()
        flow = Flow(**kept) if kept else None
        person = finish(provider, _redirect_uri(), flow, request.args)
        with counting_wrong_links(), get_database().writing() as session:
            entered = enter(session, person, provider, invitation=invitation, is_open=_is_open())
            if entered.is_claimed:
                audit(session, entered.account.id, CONNECTED)
            token = sign_in(session, entered.account.id, SignInMethod.PROVIDER)
            session.commit()
    except (TooMany, Unreachable) as error:  # nothing is used up: a reload tries again
        return sign_in_page(error, wanted, invitation)
    except GlossError as error:
        cookie.pop(FLOW, None)
        return sign_in_page(error, wanted, invitation)
    reopen_for_reading()
    begin_session(token)
    if entered.is_claimed:
        flash(NOW_CONNECTED.format(name=provider.name))
    return welcome(entered.member) if entered.member else redirect(wanted)


def enter(
    session: Session, person: OidcUser, provider: Provider, *, invitation: str, is_open: bool
) -> Entered:
    """Find or make the account of somebody whom the provider has signed in.

    Who comes first is matched by a verified address alone. Without an account they need an
    `invitation` (its token, else ""), or that anyone may make one (`is_open`).

    Raises: Forbidden (NO_ADDRESS, NOT_VERIFIED, NO_ACCOUNT), NotFound (the invitation cannot be
    used), Invalid (the address is none), Conflict (someone else was first).
    """
    account = identities.find_account(session, issuer=person.issuer, subject=person.subject)
    is_claimed = False
    if account is None:
        _require_address(person, provider)
        account = accounts.find_by_email(session, person.email)
        is_claimed = account is not None
        if account is None:
            account = _make_account(session, person, invitation=invitation, is_open=is_open)
            identities.add(
                session, account_id=account.id, issuer=person.issuer, subject=person.subject
            )
    member = None
    if invitation:
        member = invitations.join(session, account_id=account.id, token=invitation)
        session.refresh(member, ["project"])  # it is named when the session is closed
    if is_claimed:  # last: it locks the account, and that lock comes after the project's
        identities.claim(
            session, account_id=account.id, issuer=person.issuer, subject=person.subject
        )
    return Entered(account, member, is_claimed)


def _require_address(person: OidcUser, provider: Provider) -> None:
    words = {"name": provider.name, "email": person.email}
    if not person.email:
        raise Forbidden(NO_ADDRESS.format(**words))
    if not person.is_email_verified:
        raise Forbidden(NOT_VERIFIED.format(**words))


def _make_account(session: Session, person: OidcUser, *, invitation: str, is_open: bool) -> Account:
    if not invitation and not is_open:
        raise Forbidden(NO_ACCOUNT.format(email=person.email))
    name = person.name.strip()[:NAME_LIMIT] or person.email.partition("@")[0]
    account = accounts.create(session, name=name, email=person.email, password_hash=NO_PASSWORD)
    if not invitation:
        projects.join_first(session, account_id=account.id)
    return account


def _provider() -> Provider:
    """Return the provider of the settings.

    Raises: NotFound (there is none).
    """
    config: Config = current_app.config["GLOSS"]
    if config.provider is None:
        raise NotFound
    return config.provider


def _redirect_uri() -> str:
    """Return where the provider sends people back to: the settings say it, never a request."""
    config: Config = current_app.config["GLOSS"]
    path = current_app.url_map.bind("").build("oidc.come_back")
    return config.permalink_base + path


def _is_open() -> bool:
    config: Config = current_app.config["GLOSS"]
    return config.registration_open


def _count() -> None:
    """Count a way to the provider or back, in a session of its own: a GET's only reads.

    Raises: TooMany.
    """
    with get_database().writing() as own:
        source = f"provider-from:{network_of(request.remote_addr)}"
        count_attempt(own, what=source, limit=TRIES_FROM_HOST, window=WINDOW)
        own.commit()
