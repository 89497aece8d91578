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
    "frozen",
    "text",
    "core",
    "integrations",
    "web",
    "events",
    "accounts",
    "projects",
    "signup",
    "articles",
    "assignments",
    "themes",
    "parties",
    "annotations",
    "discussion",
    "search",
    "people",
    "reading",
    "inbox",
    "guidelines",
    "codebook",
    "activity",
    "library",
    "corrections",
    "findings",
    "statements",
    "exports",
    "imports",
    "api",
    "archives",
    "live",
)
# They join the rooms, or are read before any of them.
JOINERS = {
    "__init__",
    "asgi",
    "cli",
    "config",
    "downloads",
    "hooks",
    "import_worker",
    "models",
    "routes",
    "server",
    "serving",
}
# They are no features: what each module is for is its name.
WITHOUT_LAYERS = {"frozen", "text", "core", "integrations", "web", "live"}
LAYERS = {"models": 0, "service": 1, "queries": 1, "forms": 2, "pages": 3, "views": 4}
LONGEST = 400  # lines of a module
PURE = -1  # a module of a feature that stands in no layer, such as roles.py
FILES = sorted(APP.rglob("*.py"))
WEB = {"flask", "flask_login", "flask_wtf", "werkzeug", "wtforms", "jinja2", "markupsafe"}
WEB_OF_LAYER = {
    LAYERS["forms"]: {"flask", "flask_wtf", "werkzeug", "wtforms"},  # they read a request
    LAYERS["pages"]: {"flask", "markupsafe"},  # they draw HTML, and name addresses
    LAYERS["views"]: WEB,
}
# Beside views and commands: what keeps something whatever becomes of the request.
COMMITTING = {
    *("articles/service/loading.py", "imports/service/running.py"),
    *("web/link_throttle.py", "web/recording.py"),
    *(f"cli/{name}.py" for name in ("accounts", "archives", "articles", "imports", "projects")),
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


def layer_of(path: Path) -> int:
    """Return the layer of a module of a feature: a file of that name, or any below a folder."""
    return LAYERS.get(path.relative_to(APP).parts[1].removesuffix(".py"), PURE)


def is_of_feature(path: Path) -> bool:
    return room_of(path) not in JOINERS | WITHOUT_LAYERS and bool(path.read_text())


def test_every_file_stands_in_a_room_or_joins_them() -> None:
    assert {room_of(path) for path in APP.rglob("*.py")} == {*ROOMS, *JOINERS}


def test_a_room_imports_only_what_stands_left_of_it() -> None:
    for path in FILES:
        room = room_of(path)
        if room in JOINERS:
            continue
        left = set(ROOMS[: ROOMS.index(room) + 1])
        # The settings are read before any room but the first two, and know no other.
        allowed = left | {"config"} if "core" in left and room != "core" else left
        assert rooms_imported(path) <= allowed, path


def test_the_settings_know_the_text_and_what_they_set_alone() -> None:
    names = {name for name in imports(APP / "config.py") if name.startswith("app.")}
    assert {name.split(".")[1] for name in names} <= {"frozen", "text", "core", "integrations"}
    known = ("app.core.database_urls.", "app.core.logs.")
    assert all(name.startswith(known) for name in names if ".core." in name)


def test_the_text_knows_no_web_and_no_database() -> None:
    for path in in_room("text"):
        assert not packages(path) & (WEB | {"sqlalchemy", "alembic"}), path


def test_a_layer_sees_of_the_web_what_it_needs_alone() -> None:
    for path in filter(is_of_feature, FILES):
        allowed = WEB_OF_LAYER.get(layer_of(path), set())
        assert packages(path) & WEB <= allowed, path
        assert "current_user" not in path.read_text() or "flask_login" in allowed, path


def test_what_stands_in_no_layer_is_pure() -> None:
    for path in filter(is_of_feature, FILES):
        if layer_of(path) == PURE:
            assert not packages(path) & {"sqlalchemy", "alembic"}, path


def test_nothing_commits_but_what_was_asked_to_act() -> None:
    for path in FILES:
        is_view = is_of_feature(path) and layer_of(path) == LAYERS["views"]
        is_asked = is_view or str(path.relative_to(APP)) in COMMITTING
        assert is_asked or not called(path) & {"commit", "rollback"}, path


def test_no_exception_is_left_over() -> None:
    for name in COMMITTING:
        assert called(APP / name) & {"commit", "rollback"}, name
    assert {room_of(path) for path in APP.rglob("*.py")} >= JOINERS | WITHOUT_LAYERS


def test_layers_inside_a_feature_go_leftwards_too() -> None:
    for path in filter(is_of_feature, FILES):
        own = f"app.{room_of(path)}."
        # A pure module may know the tables' names and limits.
        highest = max(layer_of(path), LAYERS["models"])
        for name in imports(path):
            if name.startswith(own):
                other = LAYERS.get(name.removeprefix(own).split(".")[0], PURE)
                assert other <= highest, f"{path} imports {name}"


@pytest.mark.parametrize(
    ("folder", "endings"),
    [
        ("app", {".py"}),
        ("tests", {".py"}),
        ("bench", {".py"}),
        ("templates", {".html"}),
        ("static", {".mjs", ".css"}),
    ],
)
def test_no_two_file_names_differ_by_one_letter(folder: str, endings: set[str]) -> None:
    files = (path for path in (ROOT / folder).rglob("*") if path.suffix in endings)
    names = {path.stem.strip("_") for path in files}
    assert names
    near = {(one, other) for one in names for other in names if is_near(one, other)}
    assert not near


def is_near(one: str, other: str) -> bool:
    """Say whether one letter more, less or otherwise makes one name of the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def test_a_library_behind_one_door_is_imported_by_one_module() -> None:
    for library in ONE_DOOR:
        users = [path for path in APP.rglob("*.py") if library in packages(path)]
        assert len(users) == 1, (library, users)


def test_migrations_import_no_model() -> None:
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert "app" not in packages(path), path


def test_no_file_changes_or_deletes_events() -> None:
    """The triggers would refuse it: see that nobody gets as far as that."""
    for path in FILES:
        assert not re.search(r"(?i)\b(update|delete from)\s+events\b", path.read_text()), path
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                is_change = node.func.id in {"update", "delete"} and bool(node.args)
                assert not is_change or "Event" not in ast.unparse(node.args[0]).split("."), path


def test_no_module_is_too_long_to_be_one_idea() -> None:
    assert not [path for path in FILES if len(path.read_text().splitlines()) > LONGEST]


def test_values_are_made_in_the_one_cheap_way() -> None:
    """See app/frozen.py; where only `dataclass` will do it has a further argument."""
    for path in FILES:
        assert "@dataclass(frozen=True, slots=True)\n" not in path.read_text(), path


def test_no_module_is_called_after_nothing() -> None:
    words = {"util", "utils", "helper", "helpers", "manager", "misc", "common", "data", "info"}
    assert not {path.stem for path in APP.rglob("*.py")} & words
