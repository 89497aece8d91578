"""The data dictionary in an archive: what each file holds, from the description of the tables."""

from collections.abc import Iterator

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String

from app.archives.queries.description import LEFT_OUT, TABLES, ArchivedTable
from app.core.db import UTCDateTime
from app.core.ids import RowIds

_BEGINNING = """\
# A project archive of Gloss

Everything of one project. `manifest.json` says of each file how many rows it has, its length in
bytes and its SHA-256, and of which version the archive is. Each `.jsonl` file is JSON Lines: UTF-8,
an object in each line, with the columns below. Ids are those of the installation that wrote it,
and refer to each other; an import gives new ones.

- A time is in ISO 8601, in UTC. A day is `2025-01-31`.
- Offsets are Unicode code points from the beginning of the text, the end exclusive.
- `null` stands where a value is not known, or does not apply.
- There is no email address and no password in it.

`flask --app app projects import FILE` makes a project of it.
"""


def write_dictionary() -> str:
    """Return the dictionary, in Markdown."""
    return "\n".join(
        [_BEGINNING, *(line for each in TABLES.values() for line in _table(each)), *_end()]
    )


def _table(each: ArchivedTable) -> Iterator[str]:
    yield f"## {each.file}\n\n{each.about}\n"
    yield "| column | values | what it says |"
    yield "|---|---|---|"
    for column in each.columns:
        said = [column.doc.replace("None", "null")] if column.doc else []
        if target := each.target(column):
            said.append(f"an id in `{target}.jsonl`")
        elif column.primary_key and column.name == "id":
            said.append("its id")
        yield f"| `{column.name}` | {_values(column)} | {'; '.join(said)} |"
    yield ""
    for name, reason in each.left_out.items():
        yield f"- `{name}` is left out: {reason}."
    yield ""


def _values(column: Column[object]) -> str:
    kinds: tuple[tuple[type[object], str], ...] = (
        (RowIds, "numbers"),
        (JSON, "JSON"),
        (UTCDateTime, "time"),
        (Date, "day"),
        (Boolean, "true or false"),
        (Integer, "number"),
        (String, "text"),
    )
    name = next(name for kind, name in kinds if isinstance(column.type, kind))
    return f"{name}, or null" if column.nullable else name


def _end() -> Iterator[str]:
    yield "## What is not in it\n"
    for name, reason in LEFT_OUT.items():
        yield f"- `{name}`: {reason}."
    yield ""
