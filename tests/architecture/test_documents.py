"""The documents say what the code does: settings, commands, keys, columns, limits, links.

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
from app.accounts import forgetting, passwords, resets, service
from app.accounts import models as accounts
from app.accounts.views import TRIES_FOR_ADDRESS, TRIES_FROM_HOST, WINDOW
from app.activity.views import EVENTS_A_PAGE
from app.annotations.models import NOTE_LIMIT, QUOTE_LIMIT
from app.annotations.tags import Tag
from app.articles import fields
from app.articles.drafts import MOST_DRAFTS
from app.articles.loading import Outcome
from app.asgi import BODY_LIMIT, BODY_SECONDS, PAGE_THREADS, STALL_SECONDS
from app.config import Config
from app.core import links
from app.core.db import BUSY_TIMEOUT_MS, POOL_SIZE
from app.core.fetching import MOST_BYTES, MOST_REDIRECTS, MOST_SECONDS, URL_LIMIT
from app.core.uploads import UPLOAD_LIMIT
from app.downloads import DOWNLOAD_THREADS, DOWNLOADS_OPEN, PIECE_BYTES
from app.exports.table import COLUMNS
from app.guidelines.models import GUIDELINES_LIMIT
from app.projects import invitations
from app.projects import views as projects
from app.projects.models import NAME_LIMIT
from app.projects.roles import Act, Role, may
from app.reading.drawing import CARDS_SHOWN
from app.reading.views import ARTICLES_A_PAGE, CARDS_A_PAGE
from app.server import KEEP_ALIVE_SECONDS
from app.text.anchoring import CONTEXT
from app.text.dates import DateOrder
from app.text.readers import EXTENSIONS, Limits
from app.text.readers.facts import Facts
from app.text.readers.front_matter import ORIGIN, read_front_matter

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
USING = ROOT / "docs/using.md"
OPERATING = ROOT / "docs/operating.md"
SCALING = ROOT / "docs/scaling.md"
DOCUMENTS = (README, ROOT / "CHANGELOG.md", ROOT / "DECISIONS.md", USING, OPERATING, SCALING)

FLASK = ".venv/bin/flask --app app "
KEY = "x" * 48  # with a secret given, reading the settings leaves the disk alone

_CODE_SPAN = re.compile(r"`([^`\n]+)`")
_CODE_BLOCK = re.compile(r"^ {4}(\S.*)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]\n]+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
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
    return _CODE_SPAN.findall(text) + _CODE_BLOCK.findall(text)


def table(document: Path, first_cell: str) -> list[list[str]]:
    """Return the rows of the one table whose header begins with `first_cell`."""
    lines = document.read_text(encoding="utf-8").splitlines()
    starts = [place for place, line in enumerate(lines) if line.startswith(f"| {first_cell} |")]
    assert len(starts) == 1, f"{document.name} has {len(starts)} tables of {first_cell}"
    return list(_rows(lines[starts[0] + 2 :]))


def limits(document: Path, heading: str) -> dict[str, str]:
    """Return what the first table after a heading gives for each limit: its second cell."""
    text = document.read_text(encoding="utf-8")
    assert text.count(f"\n{heading}\n") == 1, f"{document.name} has one heading {heading}"
    lines = text.partition(f"\n{heading}\n")[2].splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("|---"))
    return {row[0]: row[1] for row in _rows(lines[start + 1 :])}


def _rows(lines: list[str]) -> Iterator[list[str]]:
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def codes(cell: str) -> list[str]:
    return _CODE_SPAN.findall(cell)


# Settings

NO_DEFAULT = {"SECRET_KEY", "PUBLIC_URL", "FETCH_NETWORKS", "SMTP_URL", "MAIL_FROM"}


def settings_in_code() -> set[str]:
    tree = ast.parse((ROOT / "app/config.py").read_text(encoding="utf-8"))
    constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {name for name in constants if isinstance(name, str) and _SETTING.fullmatch(name)}


def config(settings: Mapping[str, str]) -> Config:
    return Config.from_env({"SECRET_KEY": KEY, **settings})


def test_the_readme_lists_every_setting_and_no_other() -> None:
    documented = [codes(row[0])[0] for row in table(README, "setting")]
    assert sorted(documented) == sorted(settings_in_code())


def test_no_document_names_a_setting_that_is_not_there() -> None:
    known = settings_in_code()
    for document in DOCUMENTS:
        for code in code_of(document):
            # A whole span in capitals, or NAME=value in a command.
            names = re.findall(r"(?<![\w/-])([A-Z][A-Z_]+)=", code)
            if _SETTING.fullmatch(code):
                names.append(code)
            assert set(names) <= known, f"{document.name}: {code}"


@pytest.mark.parametrize("name", sorted(settings_in_code() - NO_DEFAULT))
def test_a_setting_given_its_documented_default_changes_nothing(name: str) -> None:
    cells = {codes(row[0])[0]: row[1] for row in table(README, "setting")}
    given, default = config({name: codes(cells[name])[0]}), config({})
    if name == "SEED_DIRS":  # the second default folder is only where it is
        assert given.seed_dirs == default.seed_dirs[:1]
    else:
        assert given == default


def test_the_settings_that_are_chosen_from_a_list_name_every_choice() -> None:
    rows = {codes(row[0])[0]: codes(" ".join(row[1:])) for row in table(README, "setting")}
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


def test_the_readme_lists_every_flask_command_with_all_its_options(
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
    lines = README.read_text(encoding="utf-8").splitlines()
    rows = [row for line in lines for row in _rows([line])]
    return [row for row in rows if row[0].startswith(f"`{FLASK}")]


# Keys


def keys_in_code() -> set[str]:
    """Return every key that the reading page acts on, as the documents write them."""
    script = (ROOT / "static/js/keys.mjs").read_text(encoding="utf-8")
    letters = _object(script, "LETTERS")
    digits = _object(script, "TAGS")
    plain = _object(script, "PLAIN")
    shifted = {f"Shift+{_named(key)}" for key in _object(script, "SHIFTED") - letters}
    others = set(re.findall(r"event\.key === '(\w+)'", script))
    with_ctrl = set(re.findall(r"event\.key\.toLowerCase\(\) [!=]== '(\w)'", script))
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
    return set(re.findall(r"(?:^|[,{]|\n)\s*'?([?\w]+)'?:", body))


def _named(key: str) -> str:
    return KEY_NAMES.get(key, key)


def test_the_keys_that_are_documented_are_the_keys_of_the_page() -> None:
    documented = [key for row in table(USING, "keys") for key in codes(row[0])]
    assert sorted(documented) == sorted(keys_in_code())


def test_the_digits_that_tag_are_documented_in_the_order_of_the_tags() -> None:
    row = next(row for row in table(USING, "keys") if "`1`" in row[0])
    assert [name for name in re.findall(r"[a-z]+", row[1]) if name in set(Tag)] == list(Tag)


# Tags, roles, columns, files


def test_the_tags_and_their_letters_are_those_of_the_pages() -> None:
    template = (ROOT / "templates/components/annotation.html").read_text(encoding="utf-8")
    letters = dict(re.findall(r'"(\w+)": "([A-Z])"', template))
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


def test_the_columns_of_the_csv_are_documented_in_their_order() -> None:
    assert [codes(row[0])[0] for row in table(USING, "column")] == list(COLUMNS)
    assert all(row[1] for row in table(USING, "column"))


def test_the_outcomes_of_loading_are_documented() -> None:
    assert [codes(row[0])[0] for row in table(OPERATING, "outcome")] == list(Outcome)


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
        values |= {"source_url": "https://example.org", "url": "https://example.org"}
        value = values.get(name, "en")
        found = read_front_matter(f"{name}: {value}\n", DateOrder.MDY)
        assert found not in {None, Facts(ORIGIN)}, name


# Limits


def window(seconds: float) -> str:
    return f"{seconds / 60:g} minutes"


def test_the_limits_of_what_a_person_writes_are_documented() -> None:
    least = passwords.PASSWORD_MIN
    assert limits(USING, "## Limits") == {
        "note": f"{NOTE_LIMIT:,}",
        "passage": f"{QUOTE_LIMIT:,}",
        "name": f"{accounts.NAME_LIMIT:,}",
        "name of a project": f"{NAME_LIMIT:,}",
        "open invitations": f"{invitations.MOST_OPEN:,}",
        "open links of owners that set a password": f"{resets.MOST_OPEN:,}",
        "email address": f"{accounts.EMAIL_LIMIT:,}",
        "password": f"{passwords.PASSWORD_MAX:,}",
        "title of an article": f"{fields.TITLE_LIMIT:,}",
        "author, publication": f"{fields.NAME_LIMIT:,}",
        "source URL": f"{URL_LIMIT:,}",
        "text of an article": f"{Limits().text:,}",
        "all files of one press": f"{UPLOAD_LIMIT // 1_000_000}",
        "page fetched by its address": f"{MOST_BYTES // 1_000_000}",
        "guidelines of a project": f"{GUIDELINES_LIMIT:,}",
        "drafts": f"{MOST_DRAFTS:,}",
    }
    fetched = f"within {MOST_SECONDS:g} seconds and {MOST_REDIRECTS} redirects"
    assert fetched in USING.read_text(encoding="utf-8")
    assert f"at least {least} |" in USING.read_text(encoding="utf-8")
    assert f"at least {least} characters" in README.read_text(encoding="utf-8")
    assert f"at least {least} characters" in OPERATING.read_text(encoding="utf-8")


def test_the_limits_of_files_are_documented() -> None:
    most = Limits()
    assert limits(OPERATING, "### Files") == {
        "a text, Markdown or HTML file": f"{most.file_bytes // 1_000_000} MB",
        "a Word, PDF, EPUB or ZIP file": f"{most.packed_bytes // 1_000_000} MB",
        "the text of an article": f"{most.text:,} characters",
        "files in an archive": f"{most.archive_files:,}",
        "what an archive unpacks to": f"{most.unpacked_bytes // 1_000_000} MB",
        "how many times larger a file in it becomes": str(most.ratio),
        "pages of a PDF": f"{most.pdf_pages:,}",
        "elements of a page": f"{most.elements:,}",
    }


def test_how_often_one_may_try_is_documented() -> None:
    attempts = window(WINDOW.total_seconds())
    rows = table(OPERATING, "limit | number")
    assert [tuple(row) for row in rows] == [
        (
            "sign-ins with one email address from one network address",
            str(TRIES_FOR_ADDRESS),
            attempts,
        ),
        ("sign-ins from one network address", str(TRIES_FROM_HOST), attempts),
        ("changes of one password", str(TRIES_FOR_ADDRESS), attempts),
        (
            "accounts created from one network address",
            str(projects.SIGN_UPS_FROM_HOST),
            window(projects.WINDOW.total_seconds()),
        ),
        (
            "links asked for with one email address",
            str(forgetting.MAILS_TO_ADDRESS),
            window(forgetting.WINDOW.total_seconds()),
        ),
        (
            "links asked for from one network address",
            str(forgetting.MAILS_FROM_HOST),
            window(forgetting.WINDOW.total_seconds()),
        ),
        (
            "links of invitations and resets that lead nowhere, from one network address",
            str(links.WRONG_LINKS_FROM_HOST),
            window(links.WINDOW.total_seconds()),
        ),
    ]


def test_the_shape_of_the_server_is_documented() -> None:
    assert limits(SCALING, "## One process") == {
        "page threads": str(PAGE_THREADS),
        "download threads": str(DOWNLOAD_THREADS),
        "downloads at once": str(DOWNLOADS_OPEN),
        "piece of a download": f"{PIECE_BYTES:,} bytes",
        "reader that takes nothing": f"{STALL_SECONDS:g} seconds",
        "database connections": str(2 * POOL_SIZE),
        "passwords hashed at once": str(passwords.HASHES_AT_ONCE),
    }


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (USING, f"first {CARDS_SHOWN} cards"),
        (USING, f"A page holds {ARTICLES_A_PAGE} articles"),
        (USING, f"shows {EVENTS_A_PAGE} events at a time"),
        (USING, "for {}, {} or {} days".format(*invitations.DAYS)),
        (USING, f"not used for {service.SESSION_LASTS.days} days"),
        (USING, f"up to {CONTEXT} code points before"),
        (USING, f"up to {CONTEXT} code points after"),
        (USING, f"true to {service.SEEN_EVERY.total_seconds() / 60:g} minutes"),
        (USING, f"for {resets.LASTS.total_seconds() / 3600:g} hours"),
        (OPERATING, f"for {resets.LASTS.total_seconds() / 3600:g} hours"),
        (OPERATING, f"after {service.SESSION_LASTS.days} days without use"),
        (OPERATING, f"at most {BODY_LIMIT >> 20} MiB and {BODY_SECONDS:g} seconds"),
        (OPERATING, f"keeps them for {KEEP_ALIVE_SECONDS} seconds"),
        (SCALING, f"first {CARDS_SHOWN} cards of each block"),
        (SCALING, f"the block's own page, {CARDS_A_PAGE} at"),
        (SCALING, f"up to {BUSY_TIMEOUT_MS // 1000} seconds for its turn"),
        (SCALING, f"up to {CONTEXT} characters on either side"),
        (SCALING, f"at most {2 * POOL_SIZE} connections"),
        (SCALING, f"opened; {POOL_SIZE} are kept"),
    ],
)
def test_a_number_in_a_sentence_is_the_number_in_the_code(document: Path, words: str) -> None:
    assert words in " ".join(document.read_text(encoding="utf-8").split())


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


def test_the_readme_leads_to_every_document() -> None:
    linked = {target.partition("#")[0] for target in _LINK.findall(README.read_text("utf-8"))}
    documents = {str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")}
    assert documents | {"CHANGELOG.md", "DECISIONS.md", "LICENSE"} <= linked
