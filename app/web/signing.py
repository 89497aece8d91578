"""Signing what comes back by an address or a form, so that nobody else can have written it."""

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer


def sign(value: object, *, purpose: str) -> str:
    """Return a value of JSON as a signed text for an address; it says what it is for alone."""
    return str(_serializer(purpose).dumps(value))


def read_signed(text: str, *, purpose: str) -> Any:  # noqa: ANN401  (whatever was signed)
    """Return what was signed for a purpose, None where the text is nothing such."""
    try:
        return _serializer(purpose).loads(text)
    except BadSignature:
        return None


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=purpose)
