"""The documents say what the code does: settings, commands, keys, columns, links.

Each rule reads a table or the commands of a document and compares it with the code, both ways, so
that neither can change alone.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import click
import pytest

import run
from app import create_app
from app.annotations.tags import Tag
from app.articles.service.loading import FileOutcome
from app.config import Config
from app.exports.queries.columns import COLUMNS, ColumnKind
from app.exports.queries.formats import FORMATS
from app.exports.queries.place_rows import PLACES
from app.projects.roles import Act, Role, may
from app.statements.queries import changes_table, positions_table
from app.text.dates import DateOrder
from app.text.readers import EXTENSIONS
from app.text.readers.facts import Facts
from app.text.readers.front_matter import ORIGIN, read_front_matter
from app.themes import table as theme_table
from tests.architecture.test_rooms import ROOMS
from tests.harness.documents import (
    ARCHITECTURE,
    CODE_SPAN,
    CONTRIBUTING,
    DICTIONARY,
    DOCUMENTS,
    OPERATING,
    README,
    ROOT,
    USING,
    codes,
    rows_of,
    table,
)

FLASK = ".venv/bin/flask --app app "
KEY = "x" * 48  # with a secret given, reading the settings leaves the disk alone

_CODE_BLOCK = re.compile(r"^ {4}(\S.*)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]\n]+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FILE = re.compile(r"(?:app|bench|deploy|docs|migrations|seeds|static|templates|tests)/[\w./-]*")
_SETTING = re.compile(r"[A-Z][A-Z_]+")

# What a browser calls a key, and what the documents call it.
KEY_NAMES = {
    "ArrowRight": "→",
    "ArrowLeft": "←",
    "ArrowDown": "↓",
    "ArrowUp": "↑",
    "Escape": "Esc",
}


def code_of(document: Path) -> list[str]:
    """Return every code span and every line of a code block."""
    text = document.read_text(encoding="utf-8")
    return CODE_SPAN.findall(text) + _CODE_BLOCK.findall(text)


# Settings

NO_DEFAULT = {
    "SECRET_KEY",
    "PUBLIC_URL",
    "FETCH_NETWORKS",
    "SMTP_URL",
    "MAIL_FROM",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_NAME",
}


def settings_in_code() -> set[str]:
    tree = ast.parse((ROOT / "app/config.py").read_text(encoding="utf-8"))
    constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {name for name in constants if isinstance(name, str) and _SETTING.fullmatch(name)}


def config(settings: Mapping[str, str]) -> Config:
    return Config.from_env({"SECRET_KEY": KEY, **settings})


def test_every_setting_is_documented_and_no_other() -> None:
    documented = [codes(row[0])[0] for row in table(OPERATING, "setting")]
    assert sorted(documented) == sorted(settings_in_code())


def test_no_document_names_a_setting_that_is_not_there() -> None:
    known = settings_in_code()
    for document in set(DOCUMENTS) - {ARCHITECTURE}:  # which names constants too
        for code in code_of(document):
            # A whole span in capitals, or NAME=value in a command.
            names = re.findall(r"(?<![\w/-])([A-Z][A-Z_]+)=", code)
            if _SETTING.fullmatch(code):
                names.append(code)
            assert set(names) <= known, f"{document.name}: {code}"


@pytest.mark.parametrize("name", sorted(settings_in_code() - NO_DEFAULT))
def test_a_setting_given_its_documented_default_changes_nothing(name: str) -> None:
    cells = {codes(row[0])[0]: row[1] for row in table(OPERATING, "setting")}
    given, default = config({name: codes(cells[name])[0]}), config({})
    if name == "SEED_DIRS":  # the second default folder is only where it is
        assert given.seed_dirs == default.seed_dirs[:1]
    else:
        assert given == default


def test_the_settings_that_are_chosen_from_a_list_name_every_choice() -> None:
    rows = {codes(row[0])[0]: codes(" ".join(row[1:])) for row in table(OPERATING, "setting")}
    assert set(DateOrder) <= set(rows["DATE_ORDER"])
    assert {"open", "closed"} <= set(rows["REGISTRATION"])
    assert {"on", "off"} <= set(rows["FETCH_URLS"])
    assert config({"PUBLIC_URL": "https://a.example"}).registration_open is False


# Commands


def run_commands() -> set[str]:
    return set(re.findall(r"^  (\w+) ", run.USAGE, re.MULTILINE))


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^([\w ]+):$", makefile, re.MULTILINE)
    assert targets is not None
    return set(targets[1].split())


def test_the_readme_lists_every_command_of_run_py_and_of_make() -> None:
    commands = run_commands()
    assert commands, "run.py says how it is used"
    spans = code_of(README)
    assert {f"python3 run.py {name}" for name in commands} <= set(spans)
    assert {f"make {name}" for name in make_targets()} <= set(spans)


def test_every_command_of_run_py_and_of_make_in_a_document_is_there() -> None:
    found = 0
    for document in DOCUMENTS:
        for code in code_of(document):
            for name in re.findall(r"\brun\.py (\w+)", code):
                assert name in run_commands(), f"{document.name}: {code}"
                found += 1
            for name in re.findall(r"^make (\w+)", code):
                assert name in make_targets(), f"{document.name}: {code}"
                found += 1
    assert found


@pytest.fixture(scope="module")
def flask_commands() -> dict[str, click.Command]:
    """Give each of our commands by its words: "articles load"."""
    found: dict[str, click.Command] = {}
    for name, command in create_app(config({})).cli.commands.items():
        if isinstance(command, click.Group):
            found |= {f"{name} {word}": each for word, each in command.commands.items()}
        else:
            found[name] = command
    return found


def documented_commands() -> Iterator[tuple[Path, str]]:
    for document in DOCUMENTS:
        for code in code_of(document):
            if "flask --app app " in code:
                yield document, code.partition("flask --app app ")[2]


def options_of(command: click.Command) -> set[str]:
    options = (each for each in command.params if isinstance(each, click.Option))
    return {name for option in options for name in option.opts}


def test_every_flask_command_in_a_document_is_there_with_its_options(
    flask_commands: dict[str, click.Command],
) -> None:
    for document, words in documented_commands():
        names = [name for name in flask_commands if f"{words} ".startswith(f"{name} ")]
        assert len(names) == 1, f"{document.name}: {words}"
        given = set(re.findall(r"--[a-z-]+", words))
        assert given <= options_of(flask_commands[names[0]]), f"{document.name}: {words}"


def test_every_flask_command_is_documented_with_all_its_options(
    flask_commands: dict[str, click.Command],
) -> None:
    listed = {
        code.removeprefix(FLASK): set(re.findall(r"--[a-z-]+", code.removeprefix(FLASK)))
        for row in _flask_rows()
        for code in codes(row[0])
    }
    assert len(listed) == len(flask_commands)
    for name, command in flask_commands.items():
        lines = [words for words in listed if f"{words} ".startswith(f"{name} ")]
        assert len(lines) == 1, name
        assert listed[lines[0]] == options_of(command), name


def _flask_rows() -> list[list[str]]:
    lines = OPERATING.read_text(encoding="utf-8").splitlines()
    found = [row for line in lines for row in rows_of([line])]
    return [row for row in found if row[0].startswith(f"`{FLASK}")]


# Keys


def keys_in_code() -> set[str]:
    """Return every key that the reading page acts on, as the documents write them."""
    script = (ROOT / "static/js/keys.mjs").read_text(encoding="utf-8")
    letters = _object(script, "LETTERS")
    digits = _object(script, "TAGS")
    plain = _object(script, "PLAIN")
    shifted = {f"Shift+{_named(key)}" for key in _object(script, "SHIFTED") - letters}
    others = set(re.findall(r"event\.key === '(\w+)'", script))
    with_ctrl = set(re.findall(r"&& signOf\(.*\) === '(\w)'", script))
    assert letters, "LETTERS has no key"
    assert digits, "TAGS has no key"
    assert plain, "PLAIN has no key"
    assert shifted, "SHIFTED has no key"
    assert with_ctrl == {"z"}
    undo = {"Ctrl+Z", "Ctrl+Shift+Z"}
    return {_named(key) for key in letters | digits | plain | others} | shifted | undo


def _object(script: str, name: str) -> set[str]:
    """Return the keys of a small object that the script spells out."""
    match = re.search(rf"^const {name} = \{{(.*?)\}};$", script, re.MULTILINE | re.DOTALL)
    assert match is not None, f"keys.mjs has no {name}"
    # What is spread into it is spelled out elsewhere.
    body = re.sub(r"\.\.\.[^\n]*", "", match[1])
    return set(re.findall(r"(?:^|[,{]|\n)\s*'?([][?/.\w]+)'?:", body))


def _named(key: str) -> str:
    return KEY_NAMES.get(key, key)


def test_the_keys_that_are_documented_are_the_keys_of_the_page() -> None:
    documented = [key for row in table(USING, "keys") for key in codes(row[0])]
    assert sorted(documented) == sorted(keys_in_code())


def test_the_sheet_lists_every_key_of_the_page() -> None:
    sheet = (ROOT / "templates/reading/_keys.html").read_text(encoding="utf-8")
    listed = {key for keys in re.findall(r'data-keys="([^"]+)"', sheet) for key in keys.split(" ")}
    browsers = {"Shift+ArrowRight", "Shift+ArrowLeft", "Control+Enter"}  # or of the field
    written = {
        re.sub(r"Arrow\w+|Escape", lambda name: _named(name[0]), key)
        .replace("Control", "Ctrl")
        .replace("+z", "+Z")
        for key in listed - browsers
    }
    assert written == keys_in_code()


def test_the_digits_that_tag_are_documented_in_the_order_of_the_tags() -> None:
    row = next(row for row in table(USING, "keys") if "`1`" in row[0])
    assert [name for name in re.findall(r"[a-z]+", row[1]) if name in set(Tag)] == list(Tag)


# Tags, roles, columns, files


def test_the_tags_and_their_letters_are_those_of_the_pages() -> None:
    template = (ROOT / "templates/components/annotation.html").read_text(encoding="utf-8")
    letters = dict(re.findall(r'tag == "(\w+)" %}([A-Z])', template))
    assert {row[0]: row[2] for row in table(USING, "tag")} == letters
    assert [row[0] for row in table(USING, "tag")] == list(Tag)


class Standing(NamedTuple):
    """As whom someone asks what they may do."""

    role: Role
    is_in_archive: bool = False


def test_the_table_of_roles_is_what_roles_may_do() -> None:
    documented = {row[0]: row[1:] for row in table(USING, "act")}
    owner_of_archived = Standing(Role.OWNER, is_in_archive=True)
    standings = [*(Standing(role) for role in Role), owner_of_archived]
    allowed = {
        act.value: ["yes" if may(standing, act) else "no" for standing in standings] for act in Act
    }
    assert documented == allowed


def test_the_columns_of_themes_are_documented_in_their_order() -> None:
    documented = table(DICTIONARY, "column of themes")
    assert [codes(row[0])[0] for row in documented] == list(theme_table.COLUMNS)


def test_the_columns_of_positions_are_documented_in_their_order() -> None:
    documented = table(DICTIONARY, "column of positions")
    assert [codes(row[0])[0] for row in documented] == list(positions_table.COLUMNS)


def test_the_columns_of_changes_are_documented_each_once() -> None:
    documented = [codes(row[0]) for row in table(DICTIONARY, "column of changes")]
    first, *of_both, verdict, reason, by = documented
    assert all(len(names) == 2 for names in of_both)
    earlier, later = zip(*of_both, strict=True)
    assert (*first, *earlier, *later, *verdict, *reason, *by) == changes_table.COLUMNS


def test_the_columns_of_places_are_documented_in_their_order() -> None:
    documented = table(DICTIONARY, "column of places")
    assert [(codes(row[0])[0], row[1]) for row in documented] == [
        (name, kind.value) for name, kind in PLACES.kinds.items()
    ]


def test_the_columns_of_the_files_are_documented_in_their_order() -> None:
    documented = table(DICTIONARY, "column")
    assert [(codes(row[0])[0], row[1]) for row in documented] == [
        (column.name, column.kind.value) for column in COLUMNS
    ]
    examples = {
        ColumnKind.TEXT: r".+",
        ColumnKind.CODE: r"[a-z]+",
        ColumnKind.LINK: r"https://\S+",
        ColumnKind.NUMBER: r"\d+",
        ColumnKind.DAY: r"\d{4}-\d\d-\d\d",
        ColumnKind.MOMENT: r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
        ColumnKind.YES_OR_NO: r"yes|no",
        ColumnKind.NAMES: r"[^;]+(;[^;]+)*",
    }
    for _name, kind, meaning, example, empty in documented:
        assert re.fullmatch(examples[ColumnKind(kind)], codes(example)[0]), example
        assert meaning
        assert empty
    assert [row[0] for row in table(DICTIONARY, "kind")] == [kind.value for kind in ColumnKind]


def test_the_formats_of_files_are_documented() -> None:
    assert [(row[0], codes(row[1])[0]) for row in table(USING, "format")] == [
        (each.name, f".{each.extension}") for each in FORMATS.values()
    ]


def test_the_outcomes_of_loading_are_documented() -> None:
    assert [codes(row[0])[0] for row in table(OPERATING, "outcome")] == list(FileOutcome)


def test_the_files_that_can_be_read_are_documented() -> None:
    text = OPERATING.read_text(encoding="utf-8")
    described = "".join(re.findall(r"^\*\*(.+?)\*\*", text, re.MULTILINE))
    assert set(re.findall(r"`(\.\w+)`", described)) == EXTENSIONS


def test_the_fields_of_front_matter_are_documented_and_read() -> None:
    documented = {name for row in table(OPERATING, "field") for name in codes(row[0])}
    source = (ROOT / "app/text/readers/front_matter.py").read_text(encoding="utf-8")
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    read = {
        argument.value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "_first"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }
    assert documented == read
    for name in documented:
        values = {"date": "2025-01-13", "published": "2025-01-13", "published_on": "2025-01-13"}
        values |= dict.fromkeys(("source_url", "url", "source"), "https://example.org")
        value = values.get(name, "en")
        found = read_front_matter(f"{name}: {value}\n", DateOrder.MDY)
        assert found not in {None, Facts(ORIGIN)}, name


# Links


def anchor_of(heading: str) -> str:
    """Return what a heading is called in an address: as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.strip().replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), f"{document.name}: {target}"
        if anchor:
            headings = _HEADING.findall(file.read_text(encoding="utf-8"))
            assert anchor in map(anchor_of, headings), f"{document.name}: {target}"


@pytest.mark.parametrize(
    ("document", "most"), [(README, 110), (ARCHITECTURE, 200), (CONTRIBUTING, 120)]
)
def test_a_document_that_one_reads_whole_is_short(document: Path, most: int) -> None:
    assert len(document.read_text(encoding="utf-8").splitlines()) <= most


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    for code in codes(document.read_text(encoding="utf-8")):
        if _FILE.fullmatch(code):
            assert (ROOT / code).exists(), f"{document.name}: {code}"


def test_the_architecture_lists_the_rooms_in_their_order() -> None:
    rooms = [codes(row[0])[0] for row in table(ARCHITECTURE, "room")]
    assert tuple(rooms) == ROOMS


def test_the_readme_leads_to_every_document() -> None:
    linked = {target.partition("#")[0] for target in _LINK.findall(README.read_text("utf-8"))}
    documents = {str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")}
    assert documents | {"CHANGELOG.md", "CONTRIBUTING.md", "DECISIONS.md", "LICENSE"} <= linked
