"""One word for one idea: what the glossary replaces stands in no name and on no page."""

import ast
import re
from collections import Counter
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


MEANT_TOO_MUCH = (
    *("Asked", "Choice", "Filter", "Heading", "Line", "Message", "Part", "Person", "Piece"),
    *("Place", "Sentence", "Stale", "Standing", "Words"),
)
"""Names of classes that once stood for several things each."""


def test_words_are_cut_out_of_names() -> None:
    assert words_of("EditConflict") == {"edit", "conflict"}
    assert words_of("MOST_HTML_parts") == {"most", "html", "parts"}


def test_a_name_that_meant_several_things_is_of_one_class_at_most() -> None:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in APP.rglob("*.py"))
    names = Counter(
        node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    )
    assert {name: names[name] for name in MEANT_TOO_MUCH if names[name] > 1} == {}


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
