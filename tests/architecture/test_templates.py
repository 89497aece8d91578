"""Templates: nothing inline, nothing marked safe, and every partial says what it needs."""

import re
from pathlib import Path

import pytest

from tests.harness.server import ROOT

TEMPLATES = ROOT / "templates"
FILES = [
    pytest.param(path, id=str(path.relative_to(TEMPLATES)))
    for path in sorted(TEMPLATES.rglob("*.html"))
]
# Numbers, words of the program's own, and what is escaped already where it is made. In the parts
# that are drawn thousands of times these stand without escaping; nothing that a person wrote may.
OURS = {
    "address",
    "annotation.id",
    "block.css",
    "block.element",
    "block.html",
    "block.label",
    "block.more|number",
    "block.number",
    "block.sentences",
    "block.start",
    "card(annotation, query)",
    "card.annotator_id",
    "card.end",
    "card.id",
    "card.start",
    "card.tag",
    "card.tag|capitalize",
    "drawn",
    "filter_query",
}
FOLDERS = {
    "layouts",
    "components",
    "errors",
    "accounts",
    "signup",
    "people",
    "reading",
    "inbox",
    "guidelines",
    "activity",
    "library",
    "corrections",
}


def without_comments(path: Path) -> str:
    return re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)


def test_there_are_templates_in_the_known_folders() -> None:
    assert len(FILES) > 15
    assert {path.parent.name for path in TEMPLATES.rglob("*.html")} == FOLDERS


@pytest.mark.parametrize("path", FILES)
def test_nothing_is_marked_safe(path: Path) -> None:
    source = without_comments(path)
    assert not re.search(r"\|\s*safe\b|Markup", source)


@pytest.mark.parametrize("path", FILES)
def test_what_is_not_escaped_is_ours_by_name(path: Path) -> None:
    source = without_comments(path)
    parts = re.findall(r"\{%-?\s*autoescape false.*?endautoescape", source, flags=re.DOTALL)
    assert len(parts) == source.count("endautoescape")
    for part in parts:
        said = {words.strip() for words in re.findall(r"\{\{-?(.*?)-?\}\}", part, flags=re.DOTALL)}
        assert {words for words in said if not words.endswith("|e")} <= OURS


@pytest.mark.parametrize("path", FILES)
def test_no_script_and_no_style_stands_inside(path: Path) -> None:
    source = without_comments(path)
    assert "<style" not in source
    assert not re.search(r"\sstyle\s*=", source)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
    assert "javascript:" not in source
    for script in re.findall(r"<script[^>]*>[^<]*", source):
        assert re.fullmatch(r'<script type="module" src="[^"]+">', script)


@pytest.mark.parametrize("path", FILES)
def test_a_form_that_posts_carries_a_token(path: Path) -> None:
    source = without_comments(path)
    for form in re.findall(r"<form[^>]*>.*?</form>", source, flags=re.DOTALL):
        assert ("csrf()" in form) == ('method="post"' in form), form[:120]


@pytest.mark.parametrize("path", FILES)
def test_a_partial_begins_by_saying_what_it_needs(path: Path) -> None:
    source = path.read_text()
    if path.name.startswith("_"):
        comment = re.match(r"\{#(.*?)#\}", source, flags=re.DOTALL)
        assert comment is not None
        assert "Needs" in comment[1]


@pytest.mark.parametrize("path", FILES)
def test_addresses_are_made_from_routes(path: Path) -> None:
    source = without_comments(path)
    for address in re.findall(r'(?:href|action|src)="([^"{]+)', source):
        # A card's own address is written out: it is drawn thousands of times.
        assert address in {"/", "#", "#b", "#main", "/annotations/"}, address


def test_every_template_is_used() -> None:
    sources = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    sources += [path.read_text() for path in (ROOT / "app").rglob("*.py")]
    everything = "\n".join(sources)
    for path in TEMPLATES.rglob("*.html"):
        assert str(path.relative_to(TEMPLATES)) in everything, path
