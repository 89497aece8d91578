"""What a monitor or a load balancer asks: whether the process lives, and whether it can serve."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.web.access import public
from app.web.session import get_session
from app.web.view_marks import without_database

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@public
@without_database
def health() -> ResponseReturnValue:
    """Answer 200: the process takes requests."""
    return _line("ok")


@blueprint.get("/ready")
@public
def ready() -> ResponseReturnValue:
    """Answer 200 where the database answers, else 503."""
    try:
        get_session().execute(text("SELECT 1 FROM alembic_version"))
    except DBAPIError:
        return _line("The database does not answer.", 503)
    return _line("ok")


def _line(words: str, status: int = 200) -> Response:
    response = Response(f"{words}\n", status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
