"""Static files under an address that changes with their content, so that browsers keep them."""

import hashlib
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, send_from_directory

from app.web.access import public

FOLDER = Path(__file__).resolve().parents[2] / "static"
ONE_YEAR = 31_536_000

blueprint = Blueprint("files", __name__)


def hash_of(folder: Path) -> str:
    """Return a short hash of every file's path and content below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@blueprint.get("/static/<content_hash>/<path:name>")
@public
def static_file(content_hash: str, name: str) -> Response:
    """Send a file. Under another version's hash it is sent all the same, but not kept."""
    response = send_from_directory(FOLDER, name)
    if content_hash == current_app.config["STATIC_HASH"]:
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response


def register(app: Flask) -> None:
    """Serve the files to everyone, and give templates `static_url(name)`."""
    app.config["STATIC_HASH"] = hash_of(FOLDER)
    app.register_blueprint(blueprint)

    def static_url(name: str) -> str:
        return f"/static/{app.config['STATIC_HASH']}/{name}"

    app.jinja_env.globals["static_url"] = static_url
