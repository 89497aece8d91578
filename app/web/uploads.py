"""Requests that bring files: they may be larger, and take longer, than others."""

from flask import Flask, current_app, request

from app.web.view_marks import is_for_files

UPLOAD_LIMIT = 60_000_000  # bytes of one request with files
UPLOAD_SECONDS = 600.0  # for it to arrive
UPLOADS_AT_ONCE = 4  # each is held in memory


def _widen() -> None:
    if is_for_files(current_app.view_functions.get(request.endpoint or "")):
        request.max_content_length = UPLOAD_LIMIT
        request.max_form_memory_size = UPLOAD_LIMIT


def register(app: Flask) -> None:
    """Let requests that bring files be as large as the server lets them in."""
    app.before_request(_widen)
