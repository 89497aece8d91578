"""Requests that bring files: they may be larger, and take longer, than others."""

from flask import Flask, request

UPLOAD_LIMIT = 60_000_000  # bytes of one request with files
UPLOAD_SECONDS = 600.0  # for it to arrive
UPLOADS_AT_ONCE = 4  # each is held in memory

_PATHS = ("/articles/add", "/correct")


def is_upload(path: str) -> bool:
    """Say whether requests to a path may bring files."""
    return path.endswith(_PATHS)


def _widen() -> None:
    if is_upload(request.path):
        request.max_content_length = UPLOAD_LIMIT
        request.max_form_memory_size = UPLOAD_LIMIT


def register(app: Flask) -> None:
    """Let requests that bring files be as large as the server lets them in."""
    app.before_request(_widen)
