"""Who is asking: Flask-Login over our session rows, and sign-in on every route but the public."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from operator import attrgetter
from typing import cast

import flask_login
from flask import Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts.browsers import describe_browser
from app.accounts.service import accounts, asking
from app.config import Config
from app.core.clock import now
from app.core.errors import SignedOut
from app.frozen import frozen
from app.web.access import is_by_token, is_public
from app.web.responses import wants_fragment
from app.web.routing import current_view
from app.web.session import get_database, get_session

SIGN_IN = "accounts.sign_in"
SIGN_UP = "signup.sign_up"
FINDER = "find_session"  # the extension that finds the session of a token

FindSession = Callable[[Session, str], asking.SignedIn | None]
"""Does what `accounts.service.asking.find_session` does."""


@frozen
class CurrentAccount(asking.SignedIn, flask_login.UserMixin):  # type: ignore[misc]  # no types
    """The account that is signed in, as plain values that outlive the database session."""

    token: str

    def get_id(self) -> str:
        """Return what the browser's cookie carries: the session's token."""
        return self.token


_VALUES = attrgetter(*(each.name for each in fields(asking.SignedIn)))


class _Logins(flask_login.LoginManager):  # type: ignore[misc]  # flask_login has no types
    def _session_protection_failed(self) -> bool:
        # A session is a row of ours, which can be ended. Flask-Login would make a hash of address
        # and browser for each request, and then see that nobody asked for it.
        return False


def current_account() -> CurrentAccount:
    """Return who is signed in; on a route that is not public there is always someone.

    Raises: SignedOut.
    """
    if not flask_login.current_user.is_authenticated:
        raise SignedOut
    return cast("CurrentAccount", flask_login.current_user._get_current_object())  # noqa: SLF001  (the proxy ends with the request)


def is_signed_in() -> bool:
    """Say whether someone is signed in."""
    return bool(flask_login.current_user.is_authenticated)


def this_browser() -> str | None:
    """Return in a few words which browser asks, or None where it is not known."""
    return describe_browser(request.user_agent.string)


def provider_name() -> str:
    """Return the name of the organisation's own provider, "" where there is none."""
    config: Config = current_app.config["GLOSS"]
    return config.provider.name if config.provider else ""


def begin_session(token: str) -> None:
    """Give the browser the token of a session that has just begun."""
    session.clear()
    session.permanent = True
    account = _load(token)
    if account is not None:
        flask_login.login_user(account)


def end_session() -> None:
    """Take everything out of the browser's cookie."""
    flask_login.logout_user()
    session.clear()


def _load(token: str) -> CurrentAccount | None:
    find: FindSession = current_app.extensions[FINDER]
    found = find(get_session(), token)
    if found is None:
        return None
    if abs(now() - found.seen_at) > accounts.SEEN_EVERY:  # the clock may have been set back
        _mark_seen(found.session_id)
    return CurrentAccount(*_VALUES(found), token)


def _mark_seen(session_id: int) -> None:
    # A session of its own: the request's may only read, or may yet be rolled back; and it would
    # hold the row while it waits for the account, which a change of the password holds while it
    # waits for the row. On SQLite nobody else can write while a POST does. That someone was seen is
    # not worth a wait, nor an error: the next request tries again.
    database = get_database()
    if request.method == "POST" and not database.is_postgresql:
        accounts.mark_seen(get_session(), session_id=session_id)
        return
    with suppress(DBAPIError), database.writing() as own:
        accounts.mark_seen(own, session_id=session_id)
        own.commit()


def _require_sign_in() -> ResponseReturnValue | None:
    view = current_view()
    if view is None or is_public(view) or is_by_token(view) or is_signed_in():
        return None
    if request.method == "POST" or wants_fragment():
        raise SignedOut
    if not accounts.has_accounts(get_session()):
        return redirect(url_for(SIGN_UP))
    wanted = request.full_path if request.query_string else request.path
    return redirect(url_for(SIGN_IN, next=wanted))


def find_with(app: Flask, find: FindSession) -> None:
    """Let a room to the right find the session, with more of what the request is about."""
    app.extensions[FINDER] = find


def register(app: Flask) -> None:
    """Ask for sign-in before every view that is not marked public."""
    find_with(app, asking.find_session)
    manager = _Logins()
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)  # no template asks it who is signed in
    app.before_request(_require_sign_in)
    app.jinja_env.globals["is_signed_in"] = is_signed_in
    app.jinja_env.globals["current_account"] = current_account
