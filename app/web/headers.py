"""Headers on every answer: what the browser may do with it."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

ALWAYS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
"""What no view says itself."""


def add_vary(response: Response, header: str) -> None:
    """Say that an answer depends on a header of the request.

    Werkzeug's `vary` would take the whole list apart and write it again.
    """
    others = response.headers.get("Vary")
    if others is None:
        response.headers["Vary"] = header
    elif header not in others:
        response.headers["Vary"] = f"{others}, {header}"


def _add_headers(response: Response) -> Response:
    headers = response.headers
    if response.status_code in range(300, 400):
        response.set_data(b"")  # Werkzeug's words about a redirect are no page of ours
    headers.extend(ALWAYS)
    headers.pop("Date", None)  # the server writes it; Werkzeug does too, beside an ETag
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def register(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_add_headers)
