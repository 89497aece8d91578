"""What is imported is declared in pyproject.toml, and what is declared is imported and locked."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.harness.server import ROOT

SCRIPTS = ("tests", "bench")
OURS = {"app", "bench", "run", "tests"}
# What nothing of ours imports by its name, and who needs it.
OF_LIBRARIES = {
    "httptools",  # uvicorn's protocol
}
TOOLS = {
    "mypy",
    "pytest-xdist",
    "ruff",
    "uv",
}


def declared(requirements: list[str]) -> set[str]:
    """Return the names of distributions, as metadata spells them, without versions and extras."""
    return {normal(re.split(r"[\[~>=<]", each)[0]) for each in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def distributions() -> dict[str, set[str]]:
    """Return the distributions that hold a package, by the name by which it is imported."""
    found = {name: {normal(each) for each in of} for name, of in packages_distributions().items()}
    return {name: {name} for name in EXTRAS} | found  # an extra need not be installed


def imported(*folders: str) -> Iterator[tuple[str, Path]]:
    """Yield each package that folders import and that is not Python's, and where."""
    return (each for folder in folders for each in imported_in(folder))


@cache
def imported_in(folder: str) -> list[tuple[str, Path]]:
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            packages = {name.split(".")[0] for name in names}
            found += [(name, path) for name in packages if name not in sys.stdlib_module_names]
    return found


def foreign(*folders: str) -> Iterator[tuple[str, Path]]:
    """Yield of these each package that is not ours."""
    return ((name, path) for name, path in imported(*folders) if name not in OURS)


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TO_RUN = declared(PROJECT["project"]["dependencies"])
EXTRAS = {
    name
    for extra in PROJECT["project"]["optional-dependencies"].values()
    for name in declared(extra)
}
TO_TEST = declared(PROJECT["dependency-groups"]["test"])


def test_every_library_that_is_imported_is_declared() -> None:
    for folders, known in (
        (("app", "migrations"), TO_RUN | EXTRAS),
        (SCRIPTS, TO_RUN | TO_TEST),
    ):
        for name, path in foreign(*folders):
            assert distributions()[name] & known, f"{path} imports {name}"


def test_what_runs_on_a_server_needs_neither_tests_nor_measurements() -> None:
    ours = {(name, path) for name, path in imported("app", "migrations", "deploy") if name in OURS}
    assert {name for name, _ in ours} == {"app"}, ours


def test_every_library_that_is_declared_is_imported() -> None:
    used = {each for name, _ in foreign("app", "migrations") for each in distributions()[name]}
    assert TO_RUN - used == OF_LIBRARIES
    in_tests = {each for name, _ in foreign(*SCRIPTS) for each in distributions()[name]}
    unused = TO_TEST - in_tests - EXTRAS  # the tests try what an extra adds
    assert {name for name in unused if not name.startswith("types-")} == TOOLS


def test_the_locks_hold_what_is_declared_and_no_index() -> None:
    for name, needed in (("requirements.txt", TO_RUN), ("tests/requirements.txt", TO_TEST)):
        text = (ROOT / name).read_text(encoding="utf-8")
        locked = declared(re.findall(r"^([\w.\-]+(?:\[.*\])?)==", text, re.MULTILINE))
        assert needed <= locked
        assert "://" not in text
        assert not re.search(r"^-", text, re.MULTILINE)
