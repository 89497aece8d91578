"""What a monitor or a load balancer asks: whether the process lives, and whether it can serve."""

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.web.access import public
from app.web.error_pages import NO_TABLES
from app.web.session import get_session, has_no_tables
from app.web.view_marks import without_database


@public
@without_database
def health() -> ResponseReturnValue:
    """Answer 200: the process takes requests."""
    return _line("ok")


@public
def ready() -> ResponseReturnValue:
    """Answer 200 where the database answers and has the tables of this version, else 503."""
    try:
        get_session().execute(text("SELECT 1"))
    except DBAPIError:
        return _line("The database does not answer.", 503)
    if has_no_tables():
        return _line(NO_TABLES, 503)
    return _line("ok")


def _line(words: str, status: int = 200) -> Response:
    response = Response(f"{words}\n", status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
