"""The documents as rules read them: where they are, their tables, what is marked as code."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
USING = ROOT / "docs/using.md"
OPERATING = ROOT / "docs/operating.md"
DICTIONARY = ROOT / "docs/columns.md"
API = ROOT / "docs/api.md"
SCALING = ROOT / "docs/scaling.md"
ARCHITECTURE = ROOT / "docs/architecture.md"
GLOSSARY = ROOT / "docs/glossary.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
DECISIONS = ROOT / "DECISIONS.md"
DOCUMENTS = (
    README,
    ROOT / "CHANGELOG.md",
    DECISIONS,
    USING,
    DICTIONARY,
    API,
    OPERATING,
    SCALING,
    ARCHITECTURE,
    GLOSSARY,
    CONTRIBUTING,
)

CODE_SPAN = re.compile(r"`([^`\n]+)`")


def table(document: Path, first_cell: str) -> list[list[str]]:
    """Return the rows of the one table whose header begins with `first_cell`."""
    lines = document.read_text(encoding="utf-8").splitlines()
    starts = [place for place, line in enumerate(lines) if line.startswith(f"| {first_cell} |")]
    assert len(starts) == 1, f"{document.name} has {len(starts)} tables of {first_cell}"
    return list(rows_of(lines[starts[0] + 2 :]))


def limits(document: Path, heading: str) -> dict[str, str]:
    """Return what the first table after a heading gives for each limit: its second cell."""
    text = document.read_text(encoding="utf-8")
    assert text.count(f"\n{heading}\n") == 1, f"{document.name} has one heading {heading}"
    lines = text.partition(f"\n{heading}\n")[2].splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("|---"))
    return {row[0]: row[1] for row in rows_of(lines[start + 1 :])}


def rows_of(lines: Sequence[str]) -> Iterator[list[str]]:
    """Give the cells of each line, up to the first that is no row of a table."""
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def codes(cell: str) -> list[str]:
    """Return what a cell marks as code."""
    return CODE_SPAN.findall(cell)
