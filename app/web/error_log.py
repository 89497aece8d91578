"""The id by which an error page is found in the log."""

import logging
import secrets

from flask import current_app, g, request

from app.core.logs import ERRORS, FIELDS

_SERVER_ERROR = 500


def error_id() -> str:
    """Return the id of the request's error: eight hexadecimal digits, the same in page and log."""
    if "error_id" not in g:
        g.error_id = secrets.token_hex(4)
    return str(g.error_id)


def log_error_page(status: int, title: str) -> None:
    """Log an error page with its route and not its path: a path may hold a secret."""
    level = logging.ERROR if status >= _SERVER_ERROR else logging.INFO
    fields = {
        "error_id": error_id(),
        "method": request.method,
        "route": str(request.url_rule),
        "status": status,
    }
    logging.getLogger(ERRORS).log(
        level,
        "error %s: %s %s was answered %s, %s",
        *(fields[name] for name in FIELDS),
        title,
        extra=fields,
    )


def log_exception(exc_info: object) -> None:
    """Log an error of ours with its route and not its path: a path may hold a secret."""
    names = {name: value for name, value in (request.view_args or {}).items() if name != "token"}
    current_app.logger.error(
        "error %s at %s %s %s",
        error_id(),
        request.method,
        request.url_rule,
        names,
        exc_info=exc_info,  # type: ignore[arg-type]  # what sys.exc_info gives
        extra={"error_id": error_id()},
    )
