"""Problem details: what programs are told in place of an error page.

See https://www.rfc-editor.org/rfc/rfc9457. Of the type "about:blank" the status says all, and the
title is the phrase of the status; `errors` has sentences by the field that they are about, "" for
the whole.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, request

from app.core.errors import GlossError, Invalid
from app.web.error_log import error_id, log_error_page

API = "/api/"  # how the addresses for programs begin
MIMETYPE = "application/problem+json"
DETAILS = {
    400: "The request cannot be read. Send what the description of the API says.",
    413: "The request is larger than 1 MiB, the most that is taken.",
}
"""What programs are told otherwise than people, by the status."""


class Problem(GlossError):
    """A refusal of what a program asked for, with more than a sentence.

    `more` are members beside those of every problem; they can be written as JSON.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.more = more


def asks_as_program() -> bool:
    """Say whether the request is one of a program, by its address."""
    return request.path.startswith(API)


def problem_body(status: int, detail: str, **more: object) -> bytes:
    """Return problem details as JSON in UTF-8."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return json.dumps(body, ensure_ascii=False).encode()


def answer_problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: object
) -> Response:
    """Answer with problem details, and log it as an error page is logged."""
    log_error_page(status, HTTPStatus(status).phrase)
    body = problem_body(status, detail, error_id=error_id(), **more)
    return Response(body, status, headers, mimetype=MIMETYPE)


def answer_error(error: GlossError) -> Response:
    """Answer a refusal with problem details."""
    if isinstance(error, Problem):
        return answer_problem(error.status, error.message, error.headers, **error.more)
    if isinstance(error, Invalid):
        return answer_problem(error.status, error.message, errors={error.field: [error.message]})
    return answer_problem(error.status, DETAILS.get(error.status, error.message))
