"""One word for one idea: what the glossary replaces stands in no name and on no page."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.harness.documents import GLOSSARY, ROOT, rows_of

APP = ROOT / "app"
INSTEAD = {
    "ally": "stands with",
    "camp": "bloc",
    "face": "avatar",
    "feed": "activity",
    "gist": "excerpt",
    "judgement": "verdict",
    "minimap": "strip",
    "notification": "inbox",
    "sidebar": "rail",
    "sight": "visibility",
    "stale": "conflict",
    "talk": "discussion",
    "vote": "stance",
    "wording": "event text",
    "workspace": "project",
}
"""Words that stand for nothing here, and the one to use."""

OF_OTHERS = {"StaleDataError"}  # SQLAlchemy's
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_TEMPLATE_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def words_of(name: str) -> set[str]:
    """Return the words of an identifier: {"edit", "conflict"} of EditConflict."""
    return {part.lower() for part in _PART.findall(name)}


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return each name that a Python file gives or uses."""
    return frozenset(_names(ast.parse(path.read_text(encoding="utf-8"))))


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name
            case ast.keyword(arg=str(name)):
                yield name


def types_in(path: Path) -> Iterator[str]:
    """Yield each public name that a Python file gives to a class, or to a type."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = (node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    others = (
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and not _is_type_variable(node.value)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id[0].isupper() and not target.id.isupper()
    )
    return (name for name in (*classes, *others) if not name.startswith("_"))


def _is_type_variable(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "TypeVar"


def test_words_are_cut_out_of_names() -> None:
    assert words_of("EditConflict") == {"edit", "conflict"}
    assert words_of("MOST_HTML_parts") == {"most", "html", "parts"}


def test_a_public_class_or_type_has_its_name_to_itself() -> None:
    modules = defaultdict(set)
    for path in APP.rglob("*.py"):
        for name in types_in(path):
            modules[name].add(str(path.relative_to(ROOT)))
    several = {name: sorted(paths) for name, paths in modules.items() if len(paths) > 1}
    assert not several, (
        "One name, one thing. If these are one thing, keep one of them and import it; if they are "
        "not, give each a name that tells it from the other, as MatrixRow and ThemeRow do, or a "
        "leading underscore to what no other module uses."
    )


@pytest.mark.parametrize("word", INSTEAD)
def test_a_word_that_the_glossary_replaces_is_in_no_name(word: str) -> None:
    files = [*APP.rglob("*.py"), *(ROOT / "bench").glob("*.py")]
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in {*names_in(path), path.stem} - OF_OTHERS
        if word in words_of(name)
    }
    assert not found, f"say {INSTEAD[word]}"
    others = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*")]
    assert not {path for path in others if word in words_of(path.stem)}


@pytest.mark.parametrize("word", INSTEAD)
def test_a_word_that_the_glossary_replaces_is_on_no_page(word: str) -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = _TEMPLATE_COMMENT.sub("", path.read_text(encoding="utf-8"))
        assert not re.search(rf"\b{word}\b", text, re.IGNORECASE), f"{path}: say {INSTEAD[word]}"


def test_the_glossary_explains_each_word_once() -> None:
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    rows = [row for line in lines for row in rows_of([line])]
    words = [word for row in rows for word in row[0].split(", ") if word not in {"word", "---"}]
    assert len(words) == len(set(words))
    assert not set(words) & set(INSTEAD)
