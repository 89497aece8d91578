"""Someone at a browser, who has signed in: a client that keeps its connection and its cookie."""

import re
import time
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Self
from urllib.parse import urlencode

from bench.rows import PASSWORD, email_of
from tests.harness.server import LOOPBACK

PATIENCE_SECONDS = 120.0
PIECE_BYTES = 1 << 16

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-Fragment": "1"}
_FORM_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')


class Unexpected(Exception):
    """The server gave another answer than the measurement is about, with this status."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Visitor:
    """One client of the server on `port`, signed in as an account or not; not for two threads."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection(LOOPBACK, port, timeout=PATIENCE_SECONDS)
        self._cookie = ""
        self._token = ""

    @classmethod
    def signed_in(cls, port: int, name: str) -> Self:
        """Sign in as the account of this name.

        Raises: Unexpected (the server does not take it).
        """
        visitor = cls(port)
        visitor.find_token("/sign-in")
        fields = {"email": email_of(name), "password": PASSWORD, "next": "/help"}
        visitor.post("/sign-in", fields, expected=HTTPStatus.SEE_OTHER)
        visitor.find_token("/help")  # signing in has made it another one
        return visitor

    @property
    def cookie(self) -> str:
        """The cookie of the session, as a request carries it."""
        return self._cookie

    def get(self, path: str) -> bytes:
        """Return the body of a page.

        Raises: Unexpected (it is not there).
        """
        return self._ask("GET", path, b"", {}, HTTPStatus.OK)

    def fragment(self, path: str) -> bytes:
        """Return what the page's own code gets there.

        Raises: Unexpected (it is not there).
        """
        return self._ask("GET", path, b"", {"X-Fragment": "1"}, HTTPStatus.OK)

    def post(
        self, path: str, fields: dict[str, str], expected: HTTPStatus = HTTPStatus.OK
    ) -> bytes:
        """Send a form as the page's own code does; return the fragment that answers it.

        Raises: Unexpected (another status).
        """
        body = urlencode({**fields, "csrf_token": self._token}).encode()
        return self._ask("POST", path, body, _FORM, expected)

    def download(self, path: str) -> tuple[int, float]:
        """Read a file without keeping it; return its bytes and after how many seconds it began.

        Raises: Unexpected (it is not there).
        """
        began = time.perf_counter()
        self._connection.request("GET", path, headers={"Cookie": self._cookie})
        response = self._connection.getresponse()
        if response.status != HTTPStatus.OK:
            message = f"GET {path} answered {response.status}"
            raise Unexpected(message)
        size = len(response.read(1))
        first_byte = time.perf_counter() - began
        while piece := response.read(PIECE_BYTES):
            size += len(piece)
        return size, first_byte

    def send_and_leave(self, path: str, fields: dict[str, str]) -> None:
        """Send a form, and break the connection off before the answer has come."""
        body = urlencode({**fields, "csrf_token": self._token}).encode()
        self._connection.request("POST", path, body, {**_FORM, "Cookie": self._cookie})
        self.close()

    def close(self) -> None:
        """Drop the connection; the next request makes another one."""
        self._connection.close()

    def find_token(self, path: str) -> None:
        """Take the token for the next forms from the form of a page.

        Raises: Unexpected (it is not there, or holds no form).
        """
        found = _FORM_TOKEN.search(self.get(path))
        if found is None:
            message = f"GET {path} holds no form"
            raise Unexpected(message)
        self._token = found[1].decode()

    def _ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str], expected: HTTPStatus
    ) -> bytes:
        self._connection.request(method, path, body, {**headers, "Cookie": self._cookie})
        response = self._connection.getresponse()
        content = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            self._cookie = cookie.partition(";")[0]
        if response.status != expected:
            message = f"{method} {path} answered {response.status}: {content[:500]!r}"
            raise Unexpected(message, response.status)
        return content
