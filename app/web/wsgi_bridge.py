"""A WSGI call for an ASGI request: what the application is told, and its answer piece by piece.

See https://peps.python.org/pep-3333/.
"""

import contextvars
import io
import math
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from wsgiref.types import WSGIApplication, WSGIEnvironment

from app.web.asgi_types import AsgiMessage


def build_environ(scope: AsgiMessage, body: bytes) -> WSGIEnvironment:
    """Return the WSGI environ of an ASGI request whose whole body has been read.

    The length is that of the body. A header with `_` in its name is left out: WSGI spells `-` as
    `_`, so that `X_Forwarded_For` would pass for the proxy's own header.
    """
    root = scope.get("root_path", "")
    host, port = scope.get("server") or ("localhost", 80)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": _as_wsgi(root),
        "PATH_INFO": _as_wsgi(scope["path"].removeprefix(root)),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.get("client"):
        client, client_port = scope["client"]
        environ |= {"REMOTE_ADDR": client, "REMOTE_PORT": str(client_port)}
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name or raw_name in {b"content-length", b"transfer-encoding"}:
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        key = name if name == "CONTENT_TYPE" else f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


class WsgiResponse:
    """The answer of a WSGI application. Its steps may run in any thread, one after the other."""

    def __init__(self, application: WSGIApplication, environ: WSGIEnvironment) -> None:
        self._application = application
        self._environ = environ
        self._context = contextvars.copy_context()
        self._turn = threading.Lock()
        self._iterable: Iterable[bytes] | None = None
        self._chunks: Iterator[bytes] = iter(())
        self._gathered: list[bytes] = []
        self._head: AsgiMessage | None = None

    def read_whole(self) -> bytes:
        """Return the whole body, and close.

        Raises: whatever the application raises.
        """
        try:
            return self.read() or b""
        finally:
            self.close()

    def read(self, size: int = sys.maxsize, seconds: float = math.inf) -> bytes | None:
        """Return at least `size` bytes, or what there is after `seconds` or at the end.

        After `seconds` that may be nothing yet, b"", where the application gives an empty chunk
        while it works. Returns None where nothing is left.

        Raises: whatever the application raises.
        """
        with self._turn:
            return self._context.run(self._read, size, seconds)

    def head(self) -> AsgiMessage:
        """Return the ASGI message that starts the response; something must have been read.

        Raises: RuntimeError (the application has named no status).
        """
        if self._head is None:
            message = "the application has not called start_response"
            raise RuntimeError(message)
        return self._head

    def close(self) -> None:
        """Let the application put away what it holds, such as a database session."""
        with self._turn:
            close = getattr(self._iterable, "close", None)
            if close is not None:
                self._context.run(close)

    def _read(self, size: int, seconds: float) -> bytes | None:
        if self._iterable is None:
            self._iterable = self._application(self._environ, self._start_response)
            self._chunks = iter(self._iterable)
        taken, is_over = 0, True
        until = time.monotonic() + seconds
        for chunk in self._chunks:
            self._gathered.append(chunk)
            taken += len(chunk)
            if taken >= size or time.monotonic() > until:
                is_over = False
                break
        piece = b"".join(self._gathered)
        self._gathered.clear()
        return None if is_over and not piece else piece

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        self._head = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
            ],
        }
        return self._gathered.append


def _as_wsgi(path: str) -> str:
    """Return the UTF-8 of a path as WSGI has it: a character for each byte."""
    return path.encode().decode("latin-1")
