"""Every refusal as a page, or as a fragment where one was asked for."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.core.errors import GlossError, SignedOut
from app.web.responses import safe_next, wants_fragment
from app.web.session import reopen_for_reading

MESSAGES = {
    400: "The request could not be read. Go back, reload the page and try again.",
    404: "There is nothing here, or nothing that you may see.",
    405: "This address does not take that kind of request.",
    413: "That is larger than this form takes. Send less at a time.",
    500: "The server met an error that is ours, not yours. Nothing was half done. Try again.",
    503: "The server is busy or stopping. Nothing was lost; try again in a moment.",
}

NOT_TYPED = frozenset(
    {
        # what a page sends along of its own accord
        *("about_quote", "about_tag", "archived", "back", "before", "block", "client_key"),
        *("comment_version", "csrf_token", "event", "events", "fingerprint", "html", "next"),
        *("number", "prefix", "reopened", "revision", "role_seen", "seen", "shown", "start"),
        *("suffix", "up_to"),
        *("username", "version"),
        # what is ticked, chosen from a list or pressed
        *("account", "annotation", "article", "by_chapter", "colour", "confirm", "daily_digest"),
        *("days", "find", "for", "leave", "letter_keys", "mode", "role", "sentence"),
        *("state", "value", "without_date"),
        # secrets
        *("password", "present"),
    }
)
"""The fields of all forms that nobody types, or that must not be shown again."""

TICK = ("question", "1")
"""What has the name of a field that is typed, and is a box that was ticked."""

WAITING = "You are signed out. Sign in, and it will be sent."
"""What a page says that keeps what was typed, and sends it by itself."""


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What an error page says. `wanted` is where signing in leads to, "" for the articles.

    `csrf_failed` tells the browser's own code that a fresh token may help.
    """

    status: int
    title: str
    message: str
    typed: list[tuple[str, str]]
    wanted: str
    csrf_failed: bool


def answer(
    status: int, title: str, message: str, wanted: str = "", *, csrf_failed: bool = False
) -> ResponseReturnValue:
    """Draw an error, as a fragment where one was asked for; `wanted` is a path of this site."""
    template = "errors/_error.html" if wants_fragment() else "errors/error.html"
    page = ErrorPage(status, title, message, _typed(), safe_next(wanted, ""), csrf_failed)
    return render_template(template, page=page), status


def _typed() -> list[tuple[str, str]]:
    """Return what a person typed in the form that was refused, with the names of its fields.

    That is all but NOT_TYPED: a form with a new field loses nothing where nobody thought of it.
    """
    if request.method != "POST" or request.content_length is None:
        return []
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:
        return []  # the form itself could not be read
    return [
        (name.replace("_", " "), value)
        for name, value in sent
        if value.strip() and _is_typed(name, value)
    ]


def _is_typed(name: str, value: str) -> bool:
    return name not in NOT_TYPED and (name, value) != TICK


def _page_before() -> str:
    """Return the path of the page on which a form was sent, or of the page that was asked for."""
    if request.method != "POST":
        return request.full_path if request.query_string else request.path
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host:
        return ""
    return f"{before.path}?{before.query}" if before.query else before.path


def _gloss_error(error: GlossError) -> ResponseReturnValue:
    if isinstance(error, SignedOut):
        message = WAITING if wants_fragment() else error.message
        return answer(error.status, error.title, message, _page_before())
    return answer(error.status, error.title, error.message)


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    message = (
        "The form's CSRF token does not fit your session: you may have signed in again since. "
        "Reload the page and send it again."
    )
    return answer(400, "Please send that again", message, csrf_failed=True)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004  (a redirect is an HTTPException too)
        return error.get_response()
    message = MESSAGES.get(status) or "The request could not be answered."
    return answer(status, error.name, message)


def _database_error(error: OperationalError) -> ResponseReturnValue:
    current_app.logger.error("the database did not answer: %s", error.orig)
    reopen_for_reading()  # the page must not wait for a turn to write once more
    try:
        return answer(503, "Busy", MESSAGES[503])
    except OperationalError:  # there is no reading either
        return f"{MESSAGES[503]}\n", 503, {"Content-Type": "text/plain; charset=utf-8"}


def _log_exception(exc_info: Any) -> None:  # noqa: ANN401  (what sys.exc_info gives)
    """Log an error of ours with its route and not its path: a path may hold a secret."""
    names = {name: value for name, value in (request.view_args or {}).items() if name != "token"}
    words = "error at %s %s %s"
    current_app.logger.error(words, request.method, request.url_rule, names, exc_info=exc_info)


def register(app: Flask) -> None:
    """Answer every error in our own words."""
    app.log_exception = _log_exception  # type: ignore[method-assign]  # Flask's own logs the path
    app.register_error_handler(GlossError, _gloss_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
