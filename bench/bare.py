"""The server without the application: `python -m bench.bare FOLDER PORT` sends files of a folder.

The same server, threads and pieces as the product's; what it takes is nobody's to save.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask

from app.asgi import make_asgi
from app.server import bind, listen
from app.serving import serve
from tests.harness.server import LOOPBACK


def main(folder: Path, port: int) -> None:
    """Serve until told to stop. A slash in an address is a dash in the file's name."""
    bodies = {file.name: file.read_bytes() for file in folder.iterdir()}

    def application(
        environ: dict[str, Any], start_response: Callable[..., object]
    ) -> Iterable[bytes]:
        body = bodies.get(environ["PATH_INFO"].strip("/").replace("/", "-"), b"")
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
        ]
        start_response("200 OK", headers)
        return [body]

    sockets = bind(LOOPBACK, port)
    listen(sockets, port)
    bare = Flask(__name__)
    bare.wsgi_app = application  # type: ignore[method-assign]  # nothing of Flask is left
    serve(make_asgi(bare), sockets, announce=lambda: None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
