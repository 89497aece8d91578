"""Joining modules and styles: every file of ours can be, in the order of its imports."""

import json
import re
from collections.abc import Callable

import pytest

from app.web.bundles import CannotJoin, join_modules, join_styles
from tests.harness.documents import ROOT

MODULES = ROOT / "static" / "js"
STYLES = ROOT / "static" / "css"
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def reader(files: dict[str, str]) -> Callable[[str], str]:
    return files.__getitem__


def read_module(name: str) -> str:
    return (MODULES / name).read_text(encoding="utf-8")


def decode(segment: str) -> list[int]:
    """Return the numbers of a segment of a source map."""
    numbers, number, shift = [], 0, 0
    for digit in map(DIGITS.index, segment):
        number |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            numbers.append(-(number >> 1) if number & 1 else number >> 1)
            number = shift = 0
    return numbers


@pytest.mark.parametrize("name", sorted(path.name for path in MODULES.glob("*.mjs")))
def test_every_module_of_ours_can_be_joined(name: str) -> None:
    joined = join_modules(name, read_module).text
    assert joined.count(f"__modules['{name}'] = (() => {{") == 1
    assert "\nimport " not in joined
    assert joined.count("\nexport ") == ("\nexport " in read_module(name))


@pytest.mark.parametrize(
    "line",
    [
        "export default 1;",
        "export let count = 0;",
        "export class Thing {}",
        "export * from './other.mjs';",
        "import whole from './other.mjs';",
        "import {one} from 'elsewhere';",
        "  const late = await import('./other.mjs');",
    ],
)
def test_a_form_that_is_not_ours_is_named_with_its_file_and_line(line: str) -> None:
    files = {"page.mjs": f"import './other.mjs';\n{line}\n", "other.mjs": "export const one = 1;\n"}
    with pytest.raises(CannotJoin) as error:
        join_modules("page.mjs", reader(files))
    assert str(error.value) == f"page.mjs, line 2: {line}"


def test_comments_that_have_their_lines_for_themselves_stay_in_the_sources() -> None:
    source = (
        "/** Say what it does,\n * and why. */\nexport const page = 'https://a.example/*';\n"
        "const two = 2; // beside code\n  // alone\n/* one */ const three = 3;\n"
        "const shown = /\\/\\*/; /* beside,\n code */\n"
    )
    joined = join_modules("page.mjs", reader({"page.mjs": source}))
    assert joined.text.split("\n")[2:-5] == [
        *("", "", "const page = 'https://a.example/*';", "const two = 2; // beside code", ""),
        *("/* one */ const three = 3;", "const shown = /\\/\\*/; /* beside,", " code */"),
    ]
    assert json.loads(joined.source_map)["sourcesContent"] == [source]
    css = (
        "/* Why.\n   So. */\na { color: red; } /* beside */\n\n"
        "/* b */\nb {\n  /* in */\n  top: 0;\n}\n"
    )
    assert join_styles("a.css", reader({"a.css": css})) == (
        "\na { color: red; }\nb {\n  top: 0;\n}\n"
    )


@pytest.mark.parametrize("name", sorted(path.name for path in MODULES.glob("*.mjs")))
def test_no_text_of_ours_has_a_line_that_looks_like_a_comment(name: str) -> None:
    in_template = False
    for line in read_module(name).split("\n"):
        assert not (in_template and line.lstrip().startswith(("//", "/*"))), line
        code = re.sub(r"\\`|\[[^]]*\]", "", line.split("// ")[0])  # and no set of a pattern
        in_template ^= code.count("`") % 2 == 1


def test_a_circle_and_a_name_that_is_not_there_are_refused() -> None:
    circle = {"a.mjs": "import './b.mjs';\n", "b.mjs": "import './a.mjs';\n"}
    with pytest.raises(CannotJoin, match=r"a\.mjs imports itself, through a\.mjs, b\.mjs"):
        join_modules("a.mjs", reader(circle))
    wrong = {"a.mjs": "import {two} from './b.mjs';\n", "b.mjs": "export const one = 1;\n"}
    with pytest.raises(CannotJoin, match=r"a\.mjs imports two, which b\.mjs does not export"):
        join_modules("a.mjs", reader(wrong))


def test_the_source_map_leads_from_each_line_to_the_line_that_somebody_wrote() -> None:
    joined = join_modules("reading.mjs", read_module)
    source_map = json.loads(joined.source_map)
    sources = [text.split("\n") for text in source_map["sourcesContent"]]
    segments = source_map["mappings"].split(";")
    lines = joined.text.split("\n")
    source = line = found = 0
    for text, segment in zip(lines, segments, strict=False):
        if segment:
            _column, source_step, line_step, _source_column = decode(segment)
            source, line = source + source_step, line + line_step
            written = sources[source][line]
            is_comment = not text and written.lstrip().startswith(("//", "/*", "*"))
            assert text == written or written.startswith(("import ", "export ")) or is_comment
            found += 1
    # All but the three lines about each module, and the first and the last of the whole.
    assert found == len(lines) - 3 * len(sources) - 3


def test_a_style_sheet_holds_what_it_imports_in_its_layer_and_medium() -> None:
    files = {
        "all.css": (
            '@layer low, high;\n@import url("a.css");\n@import url("b.css") layer(low);\n'
            '@import url("c.css") layer(high) print;\n'
        ),
        "a.css": "a { color: red; }\n",
        "b.css": "b { color: red; }\n",
        "c.css": "c { color: red; }\n",
    }
    assert join_styles("all.css", reader(files)) == (
        "@layer low, high;\n"
        "/* a.css */\na { color: red; }\n"
        "@layer low {\n/* b.css */\nb { color: red; }\n}\n"
        "@layer high {\n@media print {\n/* c.css */\nc { color: red; }\n}\n}\n"
    )
    with pytest.raises(CannotJoin, match=r'all\.css: @import "a\.css";'):
        join_styles("all.css", reader({"all.css": '@import "a.css";\n'}))


def test_the_style_sheets_of_the_pages_hold_each_file_once() -> None:
    sheets = ("gloss.css", "in-findings.css")
    joined = "".join(
        join_styles(sheet, lambda name: (STYLES / name).read_text(encoding="utf-8"))
        for sheet in sheets
    )
    assert "@import" not in joined
    for path in STYLES.glob("*.css"):
        if path.name not in sheets:
            assert joined.count(f"/* {path.name} */\n") == 1, path.name
