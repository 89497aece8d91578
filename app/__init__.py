"""Gloss: read commentary closely, together."""

# ruff: noqa: E402  (what stands before the imports makes them quicker)

import gc

gc.disable()  # what is imported stays: to look for garbage in it took a sixth of a start

import os
import sys
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from app import (
    hooks,
    models,  # noqa: F401  (every table is known, whatever else is loaded)
)
from app.accounts import avatars
from app.accounts.views import current_account
from app.api.views import caller
from app.assignments.views import current_article
from app.config import BadSetting, Config
from app.core.db import Database
from app.inbox.views import unread
from app.projects.views import current_member
from app.routes import BLUEPRINTS
from app.web import (
    compression,
    cookies,
    error_pages,
    filters,
    headers,
    pools,
    session,
    static,
    uploads,
)
from app.web.csrf import MaskedCSRFProtect
from app.web.flask_app import PlainFlask
from app.web.templating import CompiledTemplates

gc.freeze()
gc.enable()

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
REQUEST_LIMIT = 1024 * 1024
COOKIE_LASTS = 365 * 24 * 60 * 60  # the row in the database decides how long a session lasts


def create_app(config: Config | None = None, *, is_serving: bool = False) -> Flask:
    """Join the parts into an application; without settings, those of the environment.

    Where `is_serving` pages it has no commands, and does not wait for the database without end, as
    a command may.

    Raises: SystemExit with a line (a setting of the environment cannot be used). Of anything else
    the `flask` command would go on to say that it knows no such command.
    """
    if config is None:
        try:
            config = Config.from_env(os.environ)
        except BadSetting as error:
            sys.exit(f"Error: {error}")
    app = PlainFlask(__name__, static_folder=None, template_folder=str(TEMPLATES))
    app.config.update(
        GLOSS=config,
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="gloss",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.public_url.startswith("https://"),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=COOKIE_LASTS,
        MAX_CONTENT_LENGTH=REQUEST_LIMIT,
        MAX_FORM_MEMORY_SIZE=REQUEST_LIMIT,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = CompiledTemplates(TEMPLATES / "__pycache__")
    app.extensions["database"] = Database(config.database_url, is_serving=is_serving)
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask says to do it
            app.wsgi_app, x_for=count, x_proto=count, x_host=0
        )
    compression.register(app)  # before what else changes an answer
    cookies.register(app)
    session.register(app)
    uploads.register(app)  # before anything reads the form
    pools.register(app)  # before anything is done
    current_account.register(app)  # before CSRF: who is signed out is told so
    caller.register(app)
    uploads.register_admission(app)  # before CSRF: the token is in the form
    protection = MaskedCSRFProtect(app)
    headers.register(app)
    error_pages.register(app)
    static.register(app)
    filters.register(app)
    app.jinja_env.filters["initials"] = avatars.initials
    current_member.register(app)
    current_article.register(app)
    hooks.register()
    unread.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    # A mail program sends it, by the token of its address.
    protection.exempt("app.inbox.views.digests.end_digest")
    if not is_serving:
        from app import cli  # noqa: PLC0415 loaded when needed

        cli.register(app)
    return app
