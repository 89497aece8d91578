"""Addresses stand in the routes of their room, and views are imported when they are needed."""

import inspect
import os
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask

import app as application
from app.core.lazy import LazyFunction
from app.exports.file_types import EXTENSIONS
from app.exports.queries.formats import FORMATS
from app.routes import ROOMS
from app.web.routing import Routes, view_of
from tests.harness.server import ROOT

# A process that has called no view knows every table, and imports views when they are asked for.
FRESH = """
import pkgutil, sys
from importlib import import_module
from sqlalchemy.orm import configure_mappers
import app, app.server
from app.core.db import Base
from app.core.lazy import load_all

def loaded():
    return {name for name in sys.modules if name.startswith("app.")}

def tables():
    return {name for name in Base.metadata.tables}

configure_mappers()
known = tables()
flask_app = app.create_app(is_serving=True)
assert flask_app.test_client().get("/health").status_code == 200
before = loaded()
for name in ("statements.pages", "statements.views", "reading.views.tagging", "api.views.reading"):
    assert f"app.{name}" not in before, name
assert flask_app.test_client().get("/api/v1/projects").status_code == 401
assert "app.api.views.reading" in loaded() and "app.statements.pages" not in loaded()
load_all()
for name in ("statements.pages", "reading.views.tagging", "live.hub"):
    assert f"app.{name}" in loaded(), name
for module in pkgutil.walk_packages(app.__path__, "app."):
    import_module(module.name)
assert tables() == known, tables() ^ known
"""


def test_every_address_has_its_view(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = view_of(app, rule.endpoint)
        assert inspect.isfunction(view), rule
        inspect.signature(view).bind(**dict.fromkeys(rule.arguments))


def test_every_lazy_function_is_where_it_is_said_to_be() -> None:
    for module in pkgutil.walk_packages(application.__path__, "app."):
        import_module(module.name)
    for lazy in LazyFunction.known:
        assert lazy.function.__name__ == lazy.__name__


def test_the_routes_of_every_room_are_joined() -> None:
    found = {path.parent.name for path in (ROOT / "app").glob("*/routes.py")}
    assert found == {room.__name__.split(".")[1] for room in ROOMS}
    for room in ROOMS:
        made = [each for each in vars(room).values() if isinstance(each, Routes)]
        assert made == list(room.ROUTES)


def test_every_format_can_be_asked_for() -> None:
    assert tuple(FORMATS) == EXTENSIONS


@pytest.mark.sqlite_only
def test_a_start_imports_no_view_before_it_is_asked_for(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FRESH],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
