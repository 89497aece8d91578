"""Gloss: read commentary closely, together."""

import os
from pathlib import Path

from flask import Flask
from flask.cli import NoAppException
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli
from app.accounts import current as accounts_current
from app.accounts import faces, forgetting, resetting  # noqa: F401  (it adds its routes to the blueprint)
from app.accounts.views import blueprint as accounts_blueprint
from app.activity.views import blueprint as activity_blueprint
from app.config import BadSetting, Config
from app.core import error_pages, headers, requests, static, uploads, words
from app.core.db import Database
from app.exports.views import blueprint as exports_blueprint
from app.guidelines import examples  # noqa: F401  (it adds its routes to the blueprint)
from app.guidelines.views import blueprint as guidelines_blueprint
from app.inbox import digests
from app.inbox import views as inbox
from app.library import (
    assigning,  # noqa: F401  (it adds its routes to the blueprint)
    corrections,  # noqa: F401  (the same)
    details,  # noqa: F401  (the same)
    placing,  # noqa: F401  (the same)
    reviewing,  # noqa: F401  (the same)
)
from app.library.views import blueprint as library_blueprint
from app.live.views import blueprint as live_blueprint
from app.people import (
    helping,  # noqa: F401  (it adds its routes to the blueprint)
    inviting,  # noqa: F401  (the same)
    membership,  # noqa: F401  (the same)
)
from app.people.views import blueprint as people_blueprint
from app.projects import audit, joining, providing  # noqa: F401  (they add their routes to the blueprint)
from app.projects import current as projects_current
from app.projects.views import blueprint as projects_blueprint
from app.reading import (
    acts,  # noqa: F401  (it adds its routes to the blueprint)
    cards,  # noqa: F401  (the same)
    drawings,
    listing,  # noqa: F401  (the same)
    marking,  # noqa: F401  (the same)
    news,  # noqa: F401  (the same)
    orphans,  # noqa: F401  (the same)
    revisions,  # noqa: F401  (the same)
    talk,  # noqa: F401  (the same)
)
from app.reading.views import blueprint as reading_blueprint

CHECKOUT = Path(__file__).resolve().parents[1]
REQUEST_LIMIT = 1024 * 1024
COOKIE_LASTS = 365 * 24 * 60 * 60  # the row in the database decides how long a session lasts


def create_app(config: Config | None = None) -> Flask:
    """Join the parts into an application; without settings, those of the environment.

    Raises: flask.cli.NoAppException, which the `flask` command shows as one line (a bad setting).
    """
    if config is None:
        try:
            config = Config.from_env(os.environ)
        except BadSetting as error:
            raise NoAppException(str(error)) from None
    app = Flask(__name__, static_folder=None, template_folder=str(CHECKOUT / "templates"))
    app.config.update(
        GLOSS=config,
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="gloss",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.public_url.startswith("https://"),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=COOKIE_LASTS,
        WTF_CSRF_TIME_LIMIT=None,  # as long-lived as the session: a page stays open all day
        WTF_CSRF_SSL_STRICT=False,  # the token is enough, and a Referer may be left out
        MAX_CONTENT_LENGTH=REQUEST_LIMIT,
        MAX_FORM_MEMORY_SIZE=REQUEST_LIMIT,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["database"] = Database(config.database_url)
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask says to do it
            app.wsgi_app, x_for=count, x_proto=count, x_host=0
        )
    requests.register(app)
    uploads.register(app)  # before anything reads the form
    accounts_current.register(app)  # before CSRF: who is signed out is told so
    protection = CSRFProtect(app)
    headers.register(app)
    error_pages.register(app)
    static.register(app)
    words.register(app)
    faces.register(app)
    drawings.register(app)
    projects_current.register(app)
    audit.register(app)
    inbox.register(app)
    for blueprint in (
        accounts_blueprint,
        projects_blueprint,
        people_blueprint,
        reading_blueprint,
        inbox.blueprint,
        activity_blueprint,
        library_blueprint,
        guidelines_blueprint,
        exports_blueprint,
        live_blueprint,
    ):
        app.register_blueprint(blueprint)
    protection.exempt(digests.end_digest)  # a mail program sends it, by the token of its address
    cli.register(app)
    return app
