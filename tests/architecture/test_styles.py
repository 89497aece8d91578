"""Style sheets: written alike, on the scales of tokens.css, for three widths, each in a layer."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.harness.server import ROOT

STYLES = ROOT / "static" / "css"
FILES = [pytest.param(path, id=path.name) for path in sorted(STYLES.glob("*.css"))]
JOINED = ("gloss.css", "in-findings.css")  # that pages ask for: each joins others
SCALED = [file for file in FILES if file.id not in {"tokens.css", *JOINED}]
LONGEST_LINE = 140
LAYERS = ("reset", "base", "layout", "components", "utilities")
WIDTHS = {"(max-width: 75rem)", "(max-width: 60rem)", "(max-width: 46rem)"}

# What a line may be, without its indentation.
SELECTOR_OR_PART = re.compile(r"[^;{}]+,")  # of a list, or of a value on lines of its own
OPENING = re.compile(r"[^;{}]+ \{")
DECLARATION = re.compile(r"[\w-]+: [^;{}]+;")
FIRST_OF_A_LONG_VALUE = re.compile(r"[\w-]+:")
LAST_OF_A_LONG_VALUE = re.compile(r"[^;{}:]+;")

LENGTH = re.compile(r"(?<![\w#-])-?(?:\d*\.)?\d+(?:%|[a-z]+)")
HAIRLINES = {"1px", "2px"}
SPACE = re.compile(r"(margin|padding)(-\w+)*|(row-|column-)?gap")
PHYSICAL = re.compile(
    r"((margin|padding|border)-)?(top|right|bottom|left)(-\w+)?|((min|max)-)?(width|height)"
)


def without_comments(path: Path) -> str:
    """Return a file with its comments made blank, so that its lines keep their numbers."""
    return re.sub(
        r"/\*.*?\*/",
        lambda comment: re.sub(r"[^\n]", "", comment[0]),
        path.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )


def declarations_of(path: Path) -> list[tuple[str, str]]:
    """Return name and value of every declaration of a file in their order."""
    found = re.findall(r"^ +([\w-]+):\s+([^;{}]+);$", without_comments(path), flags=re.MULTILINE)
    return [(name, " ".join(value.split())) for name, value in found]


def heads_of(path: Path) -> list[str]:
    """Return what stands before each brace of a file: selectors and conditions."""
    return [head.strip() for head in re.findall(r"([^;{}]+)\{", without_comments(path))]


def has_list(head: str) -> bool:
    """Tell whether a line holds more than one selector; commas in brackets part none."""
    while (bare := re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", head)) != head:
        head = bare
    return "," in head.rstrip(",")


@pytest.mark.parametrize("path", FILES)
def test_a_line_holds_one_selector_or_one_declaration(path: Path) -> None:
    depth = 0
    is_in_value = False
    for number, line in enumerate(without_comments(path).splitlines(), start=1):
        words = line.strip()
        if not words or (depth == 0 and words.startswith("@") and words.endswith(";")):
            continue
        where = f"{path.name}:{number}: {words}"
        depth -= words == "}"
        assert line == "  " * (depth + is_in_value) + words, f"{where} (indentation)"
        if OPENING.fullmatch(words):
            assert words.startswith("@") or not has_list(words), where
            depth += 1
        elif is_in_value:
            assert SELECTOR_OR_PART.fullmatch(words) or LAST_OF_A_LONG_VALUE.fullmatch(words), where
            is_in_value = not words.endswith(";")
        elif FIRST_OF_A_LONG_VALUE.fullmatch(words):
            is_in_value = True
        elif SELECTOR_OR_PART.fullmatch(words):
            assert not has_list(words), where
        else:
            assert words == "}" or DECLARATION.fullmatch(words), where
    assert depth == 0


@pytest.mark.parametrize("path", FILES)
def test_no_line_is_too_long(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > LONGEST_LINE or line != line.rstrip()] == []


@pytest.mark.parametrize("path", SCALED)
def test_sizes_spaces_radii_and_layers_are_steps_of_the_scales(path: Path) -> None:
    """Allowed beside the steps: 0, hairlines, percentages, and space in em, of its own text."""
    for name, value in declarations_of(path):
        said = f"{name}: {value}"
        lengths = set(LENGTH.findall(value)) - {"0"}
        if name in {"font-size", "font"}:
            assert not lengths, said
            assert value == "inherit" or "var(--text-" in value, said
        elif name == "line-height":
            assert value == "0" or value.startswith("var(--line-"), said
        elif name == "z-index":
            assert re.fullmatch(r"var\(--layer-[a-z]+\)", value), said
        elif name.endswith("radius"):
            assert all(length.endswith("%") for length in lengths), said
        elif SPACE.fullmatch(name):
            relative = {length for length in lengths if re.search(r"(%|\dem)$", length)}
            assert lengths - relative <= HAIRLINES, said


def test_layouts_part_at_three_widths_alone() -> None:
    said = {condition for path in STYLES.glob("*.css") for condition in conditions_of(path)}
    for path in (ROOT / "static" / "js").glob("*.mjs"):
        source = path.read_text(encoding="utf-8")
        said |= set(re.findall(r"matchMedia\(\s*['\"`](.*?)['\"`]", source))
    widths = {part for condition in said for part in re.findall(r"\([^()]*\)", condition)}
    assert {width for width in widths if "width" in width or "height" in width} == WIDTHS
    assert all(width in (STYLES / "tokens.css").read_text(encoding="utf-8") for width in WIDTHS)


def conditions_of(path: Path) -> list[str]:
    """Return the conditions of a file's media and container queries."""
    return [head for head in heads_of(path) if head.startswith(("@media", "@container"))]


def test_custom_properties_are_defined_and_used() -> None:
    sources = "\n".join(without_comments(path) for path in STYLES.glob("*.css"))
    scripts = "\n".join(path.read_text() for path in (ROOT / "static" / "js").glob("*.mjs"))
    defined = set(re.findall(r"^ *(--[\w-]+):", sources, flags=re.MULTILINE))
    defined |= set(re.findall(r"setProperty\(\s*'(--[\w-]+)'", scripts))
    used = set(re.findall(r"var\((--[\w-]+)", sources))
    used |= set(re.findall(r"getPropertyValue\(\s*'(--[\w-]+)'", scripts))
    assert used - defined == set(), "used, and nowhere defined"
    assert defined - used == set(), "defined, and nowhere used"


def test_every_file_is_imported_once_and_in_a_layer() -> None:
    found: Counter[str] = Counter()
    for name in JOINED:
        source = without_comments(STYLES / name)
        order, *imports = [line for line in source.splitlines() if line]
        assert order == f"@layer {', '.join(LAYERS)};"
        for line in imports:
            said = re.fullmatch(
                r'@import url\("([a-z]+\.css)"\)(?: layer\(([a-z]+)\))?( print)?;', line
            )
            assert said, line
            found[said[1]] += 1
            # Custom properties are the same in every layer and in none.
            assert said[2] in LAYERS or (said[1] == "tokens.css" and said[2] is None), line
    assert found == Counter(path.name for path in STYLES.glob("*.css") if path.name not in JOINED)


@pytest.mark.parametrize("path", FILES)
def test_no_ids_nothing_important_and_no_physical_sides(path: Path) -> None:
    assert "!important" not in without_comments(path)
    for head in heads_of(path):
        assert "#" not in head, head
    for name, value in declarations_of(path):
        assert not PHYSICAL.fullmatch(name), name
        assert name not in {"float", "text-align", "clear"} or value not in {"left", "right"}, name
