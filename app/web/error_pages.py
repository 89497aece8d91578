"""Every refusal as a page, or as a fragment where one was asked for."""

from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError, ProgrammingError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.core.errors import GlossError, SignedOut
from app.core.migrate import is_misunderstood
from app.core.write_faults import write_fault
from app.frozen import frozen
from app.web.error_log import error_id, log_error_page, log_exception
from app.web.problems import DETAILS, answer_error, answer_problem, asks_as_program
from app.web.responses import layout_context, safe_next, wants_fragment
from app.web.session import has_no_tables, reopen_for_reading
from app.web.uploads import ADMISSION

MESSAGES = {
    400: "The request could not be read. Go back, reload the page and try again.",
    404: "There is nothing here, or nothing that you may see.",
    405: "This address does not take that kind of request.",
    413: "That is larger than this form takes. Send less at a time.",
    500: "The server met an error that is ours, not yours. Nothing was left half done. Try again.",
    503: "The server is busy or stopping. Nothing was lost; try again in a moment.",
}
NO_TABLES = (
    "The tables of the database are missing, or are not those of this version of Gloss: nothing"
    " can be read or saved."
)
START_ANEW = (
    "the tables of the database are missing or of another version: stop Gloss and start it again"
    " (python3 run.py, or systemctl restart), which makes them, or says what is in the way; where"
    " it does neither, restore a backup"
)
ASK_THE_OPERATOR = "Tell whoever runs the server, keep this page open, and try again then."

NOT_TYPED = frozenset(
    {
        # what a page sends along of its own accord
        *("about_quote", "about_tag", "archived", "back", "before", "block", "client_key"),
        *("comment_version", "csrf_token", "event", "events", "fingerprint", "html", "next"),
        *("number", "prefix", "reopened", "revision", "role_seen", "seen", "shown"),
        *("start", "suffix", "up_to", "username", "version"),
        # what is ticked, chosen from a list or pressed
        *("account", "annotation", "article", "by_chapter", "colour", "confirm", "daily_digest"),
        *("days", "encoding", "find", "for", "leave", "leave_out", "letter_keys", "mode"),
        *("put_back", "parent", "role", "sentence", "state", "step", "steps_on"),
        *("drop", "into", "theme_answer", "themes", "value", "without_date"),
        *("addressee_answer", "addressee_drop", "after", "kind", "opposing", "party_answer"),
        *("position_answer", "position_before", "side", "supporting"),
        *("by", "gone", "group", "hits", "in", "in_place", "listed", "query", "shared", "sort"),
        *("act", "all", "count", "targets", "theme"),
        *("ends", "format", "mine", "project", "scope", "show"),
        *("as_of", "begin", "flipped", "from", "page", "pick", "spots", "table"),
        # secrets
        *("password", "present"),
    }
)
"""The fields of all forms that nobody types, or that must not be shown again."""

TICK = ("question", "1")
"""What has the name of a field that is typed, and is a box that was ticked."""

WAITING = "You are signed out. Sign in, and it will be sent."
"""What a page says that keeps what was typed, and sends it by itself."""

NOT_KEPT = (
    "You are signed out. What you sent is larger than 1 MiB, so it is not kept here. Go back in"
    " your browser and copy it from there, if it still shows it; then sign in, and send it again."
)
"""What who is signed out is told of a large form, which is never read."""


@frozen
class ErrorPage:
    """What an error page says. `wanted` is where signing in leads to, "" for the articles.

    `csrf_failed` tells the browser's own code that a fresh token may help; `error_id` is in the log
    too.
    """

    status: int
    title: str
    message: str
    typed: list[tuple[str, str]]
    wanted: str
    csrf_failed: bool
    error_id: str


def answer(
    status: int,
    title: str,
    message: str,
    wanted: str = "",
    *,
    csrf_failed: bool = False,
    has_database: bool = True,
) -> ResponseReturnValue:
    """Draw an error, as a fragment where one was asked for; `wanted` is a path of this site.

    Around a refusal stands what stands around every page; a fault of the server leaves that out, as
    it may be what fails. Without a database it is drawn as for somebody signed out, since nobody
    knows who asks. A program gets problem details.
    """
    if asks_as_program():
        return answer_problem(status, DETAILS.get(status, message))
    is_fragment = wants_fragment()
    template = "errors/_error.html" if is_fragment else "errors/error.html"
    is_fault = status >= 500  # noqa: PLR2004  (the server's own)
    frame = {} if is_fragment or is_fault else layout_context()
    log_error_page(status, title)
    typed, back = _typed(), safe_next(wanted, "")
    page = ErrorPage(status, title, message, typed, back, csrf_failed, error_id())
    nobody = {} if has_database else {"is_signed_in": lambda: False}
    return render_template(template, page=page, **frame, **nobody), status


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
    if asks_as_program():
        return answer_error(error)
    if isinstance(error, SignedOut):
        message = WAITING if wants_fragment() else error.message
        if ADMISSION in request.environ:
            message = NOT_KEPT
        return answer(error.status, error.title, message, _page_before())
    return answer(error.status, error.title, error.message)


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    message = (
        "The form's CSRF token does not match your session: you may have signed in again since. "
        "Reload the page and send it again."
    )
    return answer(400, "Please send that again", message, csrf_failed=True)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004  (a redirect is an HTTPException too)
        return error.get_response()
    title = error.name.capitalize()
    message = MESSAGES.get(status) or "The request could not be answered."
    if isinstance(error, MethodNotAllowed) and asks_as_program():
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return answer_problem(status, message, {"Allow": allowed})
    try:
        return answer(status, title, message)
    except DBAPIError:
        if status < 500:  # noqa: PLR2004  (the server's own)
            raise
        return answer(status, title, message, has_database=False)


def _database_error(
    error: OperationalError | InternalError | ProgrammingError,
) -> ResponseReturnValue:
    fault = write_fault(error)
    if is_misunderstood(error) and has_no_tables():
        current_app.logger.error("%s (%s)", START_ANEW, error.orig)
        message = f"{NO_TABLES} {ASK_THE_OPERATOR}"
        return answer(503, "Not ready", message, has_database=False)
    if fault is None and (is_misunderstood(error) or not isinstance(error, OperationalError)):
        raise error  # an error of ours
    title, message = "Busy", MESSAGES[503]
    if fault is None:
        current_app.logger.error("the database did not answer: %s", error.orig)
    else:
        current_app.logger.error("the database cannot be written: %s", error.orig)
        title, message = "Nothing can be saved", f"{fault} {ASK_THE_OPERATOR}"
    reopen_for_reading()  # the page must not wait for a turn to write once more
    try:
        return answer(503, title, message)
    except OperationalError:  # there is no reading either
        return answer(503, title, message, has_database=False)


def register(app: Flask) -> None:
    """Answer every error in our own words."""
    app.log_exception = log_exception  # type: ignore[method-assign]  # Flask's own logs the path
    app.register_error_handler(GlossError, _gloss_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(InternalError, _database_error)
    app.register_error_handler(ProgrammingError, _database_error)
