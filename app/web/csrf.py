"""The CSRF token, written differently in each answer, so that compression tells nothing of it."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Flask, current_app, g, request, session
from flask_wtf.csrf import CSRFProtect

from app.web.access import is_by_token
from app.web.routing import current_view

TOKEN = "csrf_token"  # noqa: S105  (its name in forms and in the signed cookie, as Flask-WTF has it)
TOKEN_BYTES = 20


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
        g.masked_csrf_token = mask(session.setdefault(TOKEN, secrets.token_hex(TOKEN_BYTES)))
    return str(g.masked_csrf_token)


def is_token(masked: str) -> bool:
    """Say whether a page of this session wrote this token: for a link that is more than a look."""
    token = session.get(TOKEN, "")
    return bool(token) and hmac.compare_digest(unmask(masked), token)


class MaskedCSRFProtect(CSRFProtect):  # type: ignore[misc]  # flask_wtf has no types
    """Flask-WTF's protection, by the session's own token.

    Flask-WTF signs that token once more, with the time. It lies in a cookie that is signed, and
    lasts as long as the session.
    """

    def init_app(self, app: Flask) -> None:
        """Check every request that may change something, and give templates `csrf_token()`."""
        super().init_app(app)
        app.jinja_env.globals[TOKEN] = masked_token
        app.context_processor(lambda: {TOKEN: masked_token})  # over Flask-WTF's own

    def protect(self, *, apply_exemptions: bool = False) -> None:
        """Refuse a request that may change something, and has no token of its session.

        Raises: flask_wtf.csrf.CSRFError.
        """
        if apply_exemptions and (not request.endpoint or self._is_exempt()):
            return
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return
        if is_by_token(current_view()):
            return
        if not is_token(self._get_csrf_token() or ""):
            self._error_response("The CSRF token does not match the session.")
        g.csrf_valid = True  # so that Flask-WTF's forms do not look for their own
