"""The signed cookie: how long somebody stays signed in is for a row to say, not for the clock."""

from functools import lru_cache

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.web.problems import API
from app.web.static import ADDRESS as STATIC

REMEMBERED = 2_000  # cookies whose signature was looked at


class SessionCookies(SecureCookieSessionInterface):
    """Flask's cookies, without one for static files and for programs, which need none.

    What signs a cookie is made once, and looks once at a cookie that comes again and again.
    """

    def __init__(self, app: Flask) -> None:
        self._serializer = super().get_signing_serializer(app)
        if self._serializer is not None:
            self._unsign = lru_cache(REMEMBERED)(self._serializer.make_signer().unsign)

    def get_signing_serializer(self, _app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs a cookie."""
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the browser's cookie holds, nothing where it is none of ours.

        Its age is not looked at: a clock that was set back would refuse the latest ones.
        """
        if request.path.startswith((STATIC, API)):
            return self.make_null_session(app)
        written = request.cookies.get(self.get_cookie_name(app))
        if self._serializer is None or written is None:
            return self.session_class()
        try:
            return self.session_class(self._serializer.load_payload(self._unsign(written)))
        except BadSignature:
            return self.session_class()


def register(app: Flask) -> None:
    """Keep sessions in these cookies."""
    app.session_interface = SessionCookies(app)
