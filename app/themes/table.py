"""The themes of a project as the table of a CSV: its columns, how it is written, how it is read."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from app.core.errors import Invalid
from app.frozen import frozen
from app.text.cells import guard, unguard
from app.text.csv_rows import write_rows
from app.themes.models import Theme
from app.themes.tree import as_listed

COLUMNS = ("name", "definition", "example", "colour", "parent", "order", "archived")
"""A promise to who reads the file: a new column is appended, and none moves or goes."""
BYTES_LIMIT = 10_000_000  # of a file that is read
_ARCHIVED = {"": None, "no": False, "yes": True}


@frozen
class ThemeRow:
    """A row as it is in the file: its number there, and its cells by column, without the guard."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell, "" where the file has no such column."""
        return self.cells.get(column, "")


def orders_of(themes: Iterable[Theme]) -> dict[int, int]:
    """Return the place of each theme among those with the same parent, from 1, by its id."""
    counts: dict[int | None, int] = {}
    orders = {}
    for theme in sorted(themes, key=lambda each: (each.position, each.id)):
        counts[theme.parent_id] = orders[theme.id] = counts.get(theme.parent_id, 0) + 1
    return orders


def write_table(themes: Sequence[Theme], separator: str = ",") -> str:
    """Return the themes as CSV, without a BOM.

    Those in use stand first, as the page lists them, then the archived ones by name.
    """
    orders, names = orders_of(themes), {theme.id: theme.name for theme in themes}
    rows: list[Sequence[str]] = [COLUMNS]
    for theme in as_listed(themes):
        parent = names[theme.parent_id] if theme.parent_id else ""
        texts = (theme.name, theme.definition, theme.example)
        cells = [*map(guard, texts), theme.colour, guard(parent), str(orders[theme.id])]
        rows.append([*cells, "yes" if theme.archived_at else "no"])
    return write_rows(rows, separator)


def read_table(data: bytes, most: int) -> list[ThemeRow]:
    """Return the rows of a file, with at most so many of them; empty ones are left out.

    The cells may be separated by commas, semicolons or tabs.

    Raises: Invalid (file: it is no such table, or too large).
    """
    if not data:
        raise Invalid("file", "Choose a CSV file, and not an empty one.")
    if len(data) > BYTES_LIMIT:
        message = f"The file is larger than {BYTES_LIMIT // 1_000_000} MB. Themes take less."
        raise Invalid("file", message)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "The file is not UTF-8. Save it as “CSV UTF-8”, then choose it again."
        raise Invalid("file", message) from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        heading, *lines = [*reader] or [[]]
    except csv.Error:
        message = "The file cannot be read as CSV. Save it as CSV again, then choose it."
        raise Invalid("file", message) from None
    columns = [cell.strip().casefold() for cell in heading]
    if "name" not in columns:
        message = f"The first row names no column “name”. The columns are {', '.join(COLUMNS)}."
        raise Invalid("file", message)
    rows = [
        ThemeRow(
            number, {column: unguard(cell) for column, cell in zip(columns, line, strict=False)}
        )
        for number, line in enumerate(lines, 2)
        if any(cell.strip() for cell in line)
    ]
    if len(rows) > most:
        message = f"The file has {len(rows):,} rows. A project has at most {most:,} themes."
        raise Invalid("file", message)
    return rows


def read_archived(cell: str) -> bool | None:
    """Return what the cell `archived` says, None for nothing.

    Raises: Invalid.
    """
    try:
        return _ARCHIVED[cell.strip().casefold()]
    except KeyError:
        raise Invalid("archived", "Archived is “yes” or “no”.") from None


def read_order(cell: str) -> int | None:
    """Return what the cell `order` says, None for nothing.

    Raises: Invalid.
    """
    typed = cell.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and 0 < int(typed) < 10_000):  # noqa: PLR2004  (more than there can be)
        raise Invalid("order", "The order is a whole number from 1.")
    return int(typed)
