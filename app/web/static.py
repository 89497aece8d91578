"""Static files under an address that changes with their content, so that browsers keep them.

They are read once, at the start. A module or style sheet comes joined with all that it imports,
and compressed; both are done when somebody first asks for it, and kept.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import cast

from flask import Flask, Response, abort, current_app, request

from app.web import bundles
from app.web.access import public
from app.web.compression import IDENTITY, ONCE, choose_encoding, compress
from app.web.view_marks import without_database

FOLDER = Path(__file__).resolve().parents[2] / "static"
ONE_YEAR = 31_536_000
ADDRESS = "/static/"
TYPES = {
    ".css": "text/css",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
}


class StaticFiles:
    """The files of a folder as they are sent; threads may share it."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        self._files: Mapping[str, bytes] = {
            path.relative_to(folder).as_posix(): path.read_bytes() for path in paths
        }
        self._bodies: dict[tuple[str, str], bytes] = {}
        self._lock = Lock()
        digest = hashlib.sha256(Path(bundles.__file__).read_bytes())  # the way they are joined, too
        for name, content in self._files.items():
            digest.update(name.encode())
            digest.update(content)
        self.content_hash = digest.hexdigest()[:12]

    def body(self, name: str, encoding: str) -> bytes:
        """Return a file as it is sent in an encoding, joined with all that it imports.

        Raises: KeyError (there is no such file), CannotJoin (it has a form that is not ours).
        """
        with self._lock:
            if (name, IDENTITY) not in self._bodies:
                self._bodies[name, IDENTITY] = self._joined(name)
            if (name, encoding) not in self._bodies:
                plain = self._bodies[name, IDENTITY]
                self._bodies[name, encoding] = compress(plain, encoding, ONCE)
            return self._bodies[name, encoding]

    def _joined(self, name: str) -> bytes:
        folder, _, file = name.rpartition("/")

        def read(beside: str) -> str:
            return self._files[f"{folder}/{beside}"].decode()

        if file.endswith(".mjs.map"):
            return bundles.join_modules(file.removesuffix(".map"), read).source_map.encode()
        if file.endswith(".mjs"):
            return bundles.join_modules(file, read).text.encode()
        if file.endswith(".css"):
            return bundles.join_styles(file, read).encode()
        return self._files[name]


@public
@without_database
def static_file(content_hash: str, name: str) -> Response:
    """Send a file. Under another version's hash it is sent all the same, but not kept."""
    files = cast("StaticFiles", current_app.extensions["static"])
    encoding = choose_encoding()
    try:
        body = files.body(name, encoding)
    except KeyError:
        abort(404)
    response = Response(body, mimetype=TYPES.get(Path(name).suffix, "application/octet-stream"))
    if encoding != IDENTITY:
        response.headers["Content-Encoding"] = encoding
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{files.content_hash}-{encoding}")  # with the address it says all
    if content_hash == files.content_hash:
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def register(app: Flask) -> None:
    """Serve the files to everyone, and give templates `static_url(name)`."""
    files = StaticFiles(FOLDER)
    app.extensions["static"] = files

    def static_url(name: str) -> str:
        return f"{ADDRESS}{files.content_hash}/{name}"

    app.jinja_env.globals["static_url"] = static_url
