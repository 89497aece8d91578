"""The request's database session. A POST, PATCH or DELETE may write; a GET only reads."""

from typing import cast

from flask import Flask, abort, current_app, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.db import LARGEST_NUMBER, Base, Database
from app.core.migrate import lacks_tables

WRITING = frozenset({"POST", "PATCH", "DELETE"})


def get_database() -> Database:
    """Return the running application's database."""
    return cast("Database", current_app.extensions["database"])


def has_no_tables() -> bool:
    """Say whether the database answers, and has not the tables of this version."""
    return lacks_tables(get_database(), Base.metadata.tables)


def get_session() -> Session:
    """Return the request's session, opened on first use and closed when the request ends."""
    session: Session | None = g.get("session")
    if session is None:
        database = get_database()
        session = database.writing() if request.method in WRITING else database.session()
        g.session = session
    return session


def reopen_for_reading() -> Session:
    """Close the request's session and open one that only reads.

    What is drawn after an act, or instead of one, keeps nobody from writing. Rows of the old
    session keep their values.
    """
    _close_session(None)
    session = get_database().session()
    g.session = session
    return session


def _close_session(_error: BaseException | None) -> None:
    session: Session | None = g.pop("session", None)
    if session is None:
        return
    try:
        session.close()
    except DBAPIError:  # its connection broke: the answer, which is made, is not to be lost with it
        session.invalidate()


def is_strange_address() -> bool:
    """Say whether the address cannot be ours, nor a database be asked for what it names.

    No name of ours holds such a character, and no database such a number.
    """
    numbers = [value for value in (request.view_args or {}).values() if isinstance(value, int)]
    return not request.path.isprintable() or max(numbers, default=0) > LARGEST_NUMBER


def _refuse_strange_address() -> None:
    if is_strange_address():
        abort(404)


def register(app: Flask) -> None:
    """Close each request's session when the request ends; refuse addresses that cannot be ours."""
    app.before_request(_refuse_strange_address)
    app.teardown_appcontext(_close_session)
