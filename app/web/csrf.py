"""The CSRF token, written differently in each answer, so that compression tells nothing of it."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect, generate_csrf


def mask(token: str) -> str:
    """Return an ASCII token in a form that is another one each time, safe in an address."""
    plain = token.encode("ascii")
    pad = secrets.token_bytes(len(plain))
    return urlsafe_b64encode(pad + _xor(plain, pad)).decode("ascii")


def unmask(masked: str) -> str:
    """Return the token that was masked, "" where the text is nothing such."""
    try:
        both = urlsafe_b64decode(masked.encode("ascii"))
        middle = len(both) // 2
        return _xor(both[:middle], both[middle:]).decode("ascii")
    except ValueError:
        return ""


def _xor(one: bytes, other: bytes) -> bytes:
    number = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
    return number.to_bytes(max(len(one), len(other)), "big")


def masked_token() -> str:
    """Return the session's token, masked: the same all over an answer, another in the next."""
    if "masked_csrf_token" not in g:
        g.masked_csrf_token = mask(generate_csrf())
    return str(g.masked_csrf_token)


class MaskedCSRFProtect(CSRFProtect):  # type: ignore[misc]  # flask_wtf has no types
    """Flask-WTF's protection, with tokens masked in pages and unmasked before they are checked."""

    def init_app(self, app: Flask) -> None:
        """Check every request that may change something, and give templates `csrf_token()`."""
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = masked_token
        app.context_processor(lambda: {"csrf_token": masked_token})

    def _get_csrf_token(self) -> str:
        return unmask(super()._get_csrf_token() or "")
