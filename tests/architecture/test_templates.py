"""Templates: nothing inline, nothing marked safe, and every partial says what it needs."""

import re
from pathlib import Path

from jinja2 import Environment, nodes

from tests.harness.server import ROOT

TEMPLATES = ROOT / "templates"
FILES = sorted(TEMPLATES.rglob("*.html"))
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
# All that a template may do: put pages together, go through lists, ask, and show what it is given.
STRUCTURE = {"Template", "Extends", "Block", "Include", "FromImport", "Macro", "With", "Output"}
STRUCTURE |= {"TemplateData", "For", "If", "Assign", "ScopedEvalContextModifier"}
VALUES = {"Name", "Const", "Getattr", "Getitem", "Call", "Keyword", "Filter"}
ARGUMENTS = {"Dict", "Pair", "Tuple"}  # of an address, and what a list holds in pairs
JOINING = {nodes.And, nodes.Or}
SKIPPED_TO = ("#b1", "#main", "#rail", "#footbar", "#results", "#bulk")
NAMED = nodes.Getattr | nodes.Getitem | nodes.Const | nodes.Call
CONDITIONS = {"Compare", "Operand", "Test", "Not", "And", "Or"}  # in an if alone
# They say how a value is written, and decide nothing.
FILTERS = {
    "capitalize",
    "clock",
    "pluralise",
    "day",
    "e",
    "initials",
    "int",
    "iso",
    "join",
    "length",
}
FILTERS |= {"lower", "megabytes", "moment", "number", "string", "time"}
FOLDERS = {
    "layouts",
    "components",
    "errors",
    "accounts",
    "api",
    "signup",
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
    "archives",
}


def without_comments(path: Path) -> str:
    return re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)


def test_there_are_templates_in_the_known_folders() -> None:
    assert len(FILES) > 15
    assert {path.parent.name for path in FILES} == FOLDERS


def test_there_is_no_logic_beyond_if_and_for() -> None:
    """What is to be reckoned, chosen or put together is done by the page's dataclass."""
    for path in FILES:
        environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
        environment.newstyle_gettext = True  # type: ignore[attr-defined]  # by the extension
        tree = environment.parse(path.read_text())
        conditions = {id(part) for asked in conditions_of(tree) for part in with_children(asked)}
        for node in with_children(tree):
            kind, where = type(node).__name__, f"{path}:{node.lineno}"
            if type(node) in JOINING:
                joined = [part for part in node.iter_child_nodes() if type(part) in JOINING]
                assert not joined, f"{where}: more than two conditions at once"
            if kind in CONDITIONS:
                assert id(node) in conditions, f"{where}: {kind} outside an if"
            elif isinstance(node, nodes.Filter):
                assert node.name in FILTERS, f"{where}: {node.name}"
            elif isinstance(node, nodes.Assign):  # another name for something, and nothing new
                assert isinstance(node.node, NAMED), f"{where}: set"
            else:
                assert kind in STRUCTURE | VALUES | ARGUMENTS, f"{where}: {kind}"


def with_children(node: nodes.Node) -> list[nodes.Node]:
    """Return a node and all that it holds."""
    return [node, *(each for child in node.iter_child_nodes() for each in with_children(child))]


def conditions_of(tree: nodes.Node) -> list[nodes.Node]:
    """Return the conditions of every if, and of every for that leaves some out."""
    found = [node.test for node in tree.find_all(nodes.If)]
    return found + [node.test for node in tree.find_all(nodes.For) if node.test is not None]


def test_nothing_is_marked_safe() -> None:
    for path in FILES:
        source = without_comments(path)
        assert not re.search(r"\|\s*safe\b|Markup", source), path


def test_what_is_not_escaped_is_ours_by_name() -> None:
    for path in FILES:
        source = without_comments(path)
        parts = re.findall(r"\{%-?\s*autoescape false.*?endautoescape", source, flags=re.DOTALL)
        assert len(parts) == source.count("endautoescape"), path
        for part in parts:
            said = {
                words.strip() for words in re.findall(r"\{\{-?(.*?)-?\}\}", part, flags=re.DOTALL)
            }
            assert {words for words in said if not words.endswith("|e")} <= OURS, path


def test_no_script_and_no_style_stands_inside() -> None:
    for path in FILES:
        source = without_comments(path)
        assert "<style" not in source, path
        assert not re.search(r"\sstyle\s*=", source), path
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), path
        assert "javascript:" not in source, path
        for script in re.findall(r"<script[^>]*>[^<]*", source):
            assert re.fullmatch(r'<script type="module" src="[^"]+">', script), path


def test_a_form_that_posts_carries_a_token() -> None:
    for path in FILES:
        source = without_comments(path)
        for form in re.findall(r"<form[^>]*>.*?</form>", source, flags=re.DOTALL):
            assert ("csrf()" in form) == ('method="post"' in form), (path, form[:120])


def test_a_partial_begins_by_saying_what_it_needs() -> None:
    for path in FILES:
        source = path.read_text()
        if path.name.startswith("_"):
            comment = re.match(r"\{#(.*?)#\}", source, flags=re.DOTALL)
            assert comment is not None, path
            assert "Needs" in comment[1], path


def test_addresses_are_made_from_routes() -> None:
    for path in FILES:
        source = without_comments(path)
        for address in re.findall(r'\b(?:href|action|src)="([^"{]+)', source):
            # A card's own address is written out: it is drawn thousands of times.
            parts = {"#", "#annotations-title", "#b", *SKIPPED_TO}
            assert address in {"/", "/annotations/", *parts}, (path, address)


def test_every_template_is_used() -> None:
    sources = [path.read_text() for path in FILES]
    sources += [path.read_text() for path in (ROOT / "app").rglob("*.py")]
    everything = "\n".join(sources)
    for path in FILES:
        assert str(path.relative_to(TEMPLATES)) in everything, path
