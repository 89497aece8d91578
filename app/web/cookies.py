"""The signed cookie: how long somebody stays signed in is for a row to say, not for the clock."""

import pickle
from functools import lru_cache

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.web.headers import add_vary
from app.web.problems import API
from app.web.static import ADDRESS as STATIC

REMEMBERED = 2_000  # cookies that were read


class SessionCookies(SecureCookieSessionInterface):
    """Flask's cookies, without one for static files and for programs, which need none.

    What signs a cookie is made once, and reads once a cookie that comes again and again.
    """

    def __init__(self, app: Flask) -> None:
        self._serializer = super().get_signing_serializer(app)
        if self._serializer is not None:
            signer, load = self._serializer.make_signer(), self._serializer.load_payload
            # Pickled: each request gets one of its own that it may change, and this is quick.
            self._read = lru_cache(REMEMBERED)(
                lambda written: pickle.dumps(load(signer.unsign(written)))
            )

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
            return self.session_class(pickle.loads(self._read(written)))  # noqa: S301  (ours)
        except BadSignature:
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie again where what it holds has changed."""
        if not session or session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            add_vary(response, "Cookie")


def register(app: Flask) -> None:
    """Keep sessions in these cookies."""
    app.session_interface = SessionCookies(app)
