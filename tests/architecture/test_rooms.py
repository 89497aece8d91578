"""The rooms and their one order: nobody imports from the right, and each layer keeps to its own."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.harness.server import ROOT

APP = ROOT / "app"
ROOMS = (
    "text",
    "core",
    "events",
    "accounts",
    "projects",
    "articles",
    "assignments",
    "annotations",
    "discussion",
    "people",
    "reading",
    "inbox",
    "guidelines",
    "activity",
    "library",
    "exports",
    "live",
)
# They join the rooms, or are read before any of them.
JOINERS = {"__init__", "asgi", "cli", "config", "downloads", "models", "server"}
LAYERS = {"models": 0, "service": 1, "queries": 1, "forms": 2, "pages": 3, "views": 4}
FILES = [pytest.param(path, id=str(path.relative_to(APP))) for path in sorted(APP.rglob("*.py"))]
WEB = {"flask", "flask_login", "flask_wtf", "werkzeug", "wtforms", "jinja2", "markupsafe"}
# Forms read what a request brought.
OF_FORMS = {"werkzeug", "wtforms", "flask_wtf"}
# Beside views, forms and the room `core`: what stands between a request and the services, and what
# draws HTML itself.
WITH_WEB = {
    "accounts/audit.py",
    "accounts/current.py",
    "accounts/faces.py",
    "library/given.py",
    "live/stream.py",
    "projects/audit.py",
    "projects/current.py",
    "reading/answers.py",
    "reading/drawing.py",
    "reading/drawings.py",
    "reading/filters.py",
    "reading/marking.py",
    "reading/pages.py",
    "reading/placing_pages.py",
    "reading/sections.py",
}
# Beside views: commands, and what keeps something whatever becomes of the request.
COMMITTING = {
    "accounts/current.py",
    "articles/loading.py",
    "cli.py",
    "core/links.py",
}
ONE_DOOR = {
    "flask_login",
    "argon2",
    "uvicorn",
    "lxml",
    "mammoth",
    "pypdfium2",
    "authlib",
    "email_validator",
}


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Return what a file consists of; each is read once."""
    return list(ast.walk(ast.parse(path.read_text())))


def imports(path: Path) -> Iterator[str]:
    """Yield each module or name that a file imports, in full, wherever in the file."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(path: Path) -> str:
    return path.relative_to(APP).parts[0].removesuffix(".py")


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("app.")}


def packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def in_room(room: str) -> list[Path]:
    return sorted((APP / room).rglob("*.py"))


def called(path: Path) -> set[str]:
    """Return the names of the methods that a file calls."""
    return {
        node.func.attr
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def answers_requests(path: Path) -> bool:
    """Say whether a file holds views."""
    return any(
        isinstance(node, ast.FunctionDef)
        and any(ast.unparse(each).startswith("blueprint.") for each in node.decorator_list)
        for node in nodes(path)
    )


def test_every_file_stands_in_a_room_or_joins_them() -> None:
    assert {room_of(path) for path in APP.rglob("*.py")} == {*ROOMS, *JOINERS}


@pytest.mark.parametrize("path", FILES)
def test_a_room_imports_only_what_stands_left_of_it(path: Path) -> None:
    room = room_of(path)
    if room in JOINERS:
        return
    left = set(ROOMS[: ROOMS.index(room) + 1])
    # The settings are read before any room but the first two, and know no other.
    allowed = left | {"config"} if "core" in left and room != "core" else left
    assert rooms_imported(path) <= allowed


def test_the_settings_know_the_text_and_what_they_set_alone() -> None:
    names = {name for name in imports(APP / "config.py") if name.startswith("app.")}
    assert {name.split(".")[1] for name in names} <= {"text", "core"}
    own = ("app.core.db.", "app.core.fetching.", "app.core.mail.", "app.core.provider.")
    assert all(name.startswith(own) for name in names if ".core." in name)


def test_the_text_knows_no_web_and_no_database() -> None:
    for path in in_room("text"):
        assert not packages(path) & (WEB | {"sqlalchemy", "alembic"}), path


@pytest.mark.parametrize("path", FILES)
def test_nothing_sees_the_web_but_what_answers_it(path: Path) -> None:
    if answers_requests(path) or room_of(path) in {"core", "__init__", "cli"}:
        return
    allowed = OF_FORMS if path.stem == "forms" else set()
    allowed = WEB if str(path.relative_to(APP)) in WITH_WEB else allowed
    assert packages(path) & WEB <= allowed, path
    assert "current_user" not in path.read_text() or "flask_login" in allowed, path


@pytest.mark.parametrize("path", FILES)
def test_nothing_commits_but_what_was_asked_to_act(path: Path) -> None:
    is_asked = answers_requests(path) or str(path.relative_to(APP)) in COMMITTING
    assert is_asked or not called(path) & {"commit", "rollback"}, path


def test_no_exception_is_left_over() -> None:
    for name in WITH_WEB:
        assert packages(APP / name) & WEB, name
    for name in COMMITTING:
        assert called(APP / name) & {"commit", "rollback"}, name


@pytest.mark.parametrize("path", FILES)
def test_layers_inside_a_feature_go_leftwards_too(path: Path) -> None:
    layer = LAYERS.get(path.stem)
    if layer is None or room_of(path) in {"core", "text"}:
        return
    own = f"app.{room_of(path)}."
    for name in imports(path):
        if name.startswith(own):
            other = LAYERS.get(name.removeprefix(own).split(".")[0])
            assert other is None or other <= layer, f"{path} imports {name}"


def test_a_library_behind_one_door_is_imported_by_one_module() -> None:
    for library in ONE_DOOR:
        users = [path for path in APP.rglob("*.py") if library in packages(path)]
        assert len(users) == 1, (library, users)


def test_migrations_import_no_model() -> None:
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert "app" not in packages(path), path


@pytest.mark.parametrize("path", FILES)
def test_no_file_changes_or_deletes_events(path: Path) -> None:
    """The triggers would refuse it: see that nobody gets as far as that."""
    assert not re.search(r"(?i)\b(update|delete from)\s+events\b", path.read_text()), path
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            is_about_events = any("Event" in ast.unparse(arg).split(".") for arg in node.args[:1])
            assert not (node.func.id in {"update", "delete"} and is_about_events), path


def test_no_module_is_called_after_nothing() -> None:
    words = {"util", "utils", "helper", "helpers", "manager", "misc", "common", "data", "info"}
    assert not {path.stem for path in APP.rglob("*.py")} & words
