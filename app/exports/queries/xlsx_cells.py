"""Cells of an XLSX: how the values of each kind are written (ECMA-376, part 1, 18.3.1.4)."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from app.exports.queries.columns import ColumnKind
from app.text.cells import guard

CellWriter = Callable[[int, Any], str]
"""Writes a cell from the number of its row and its value; "" is an empty cell."""

CELL_LIMIT = 32_767  # UTF-16 units, as Excel counts them
CUT = " […] CUT HERE: a cell holds 32,767 characters. The CSV has the whole text."

# Days are counted so that this is 61. Those before it a spreadsheet takes for others, or for none.
_FIRST_DAY = date(1900, 3, 1)
_DAY_ZERO = _FIRST_DAY.toordinal() - 61

# What XML cannot hold, or would change; and what would be read as written in this way.
_UNWRITABLE = "\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
_SPECIAL = re.compile(f"[&<>{_UNWRITABLE}]|_(?=x[0-9A-Fa-f]{{4}}[_{_UNWRITABLE}])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def cell_writer(kind: ColumnKind, column: str, style: str, last_linked_row: int) -> CellWriter:
    """Return what writes the cells of a column, by its letters and the number of its style.

    Links past `last_linked_row` are calls of HYPERLINK; up to it the sheet says where they lead.
    """
    is_part = f'<c r="{column}'
    begins_text = f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'

    def text(row: int, value: str) -> str:
        words = escape_cell(_fitting(guard(value)))
        return f"{is_part}{row}{begins_text}{words}</t></is></c>" if words else ""

    def code(row: int, value: str) -> str:
        return f"{is_part}{row}{begins_text}{escape_cell(value)}</t></is></c>" if value else ""

    def link(row: int, value: str) -> str:
        if row <= last_linked_row:
            return code(row, value)
        address = escape_cell(value)
        quoted = address.replace('"', '""')
        return (
            f'{is_part}{row}" s="{style}" t="str"><f>HYPERLINK("{quoted}")</f><v>{address}</v></c>'
        )

    def number(row: int, value: float | None) -> str:
        return "" if value is None else f'{is_part}{row}" s="{style}"><v>{value}</v></c>'

    def day(row: int, value: date | str | None) -> str:
        written = str(value or "")
        return number(row, _days(written)) if _is_counted(written) else code(row, written)

    def moment(row: int, value: datetime | str) -> str:
        said = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        seconds = int(said[11:13]) * 3600 + int(said[14:16]) * 60 + int(said[17:19])
        return number(row, _days(said[:10]) + seconds / 86_400)

    def yes_or_no(row: int, value: object) -> str:
        return code(row, "yes" if value else "no")

    writers: Mapping[ColumnKind, CellWriter] = {
        ColumnKind.TEXT: text,
        ColumnKind.CODE: code,
        ColumnKind.LINK: link,
        ColumnKind.NUMBER: number,
        ColumnKind.DAY: day,
        ColumnKind.MOMENT: moment,
        ColumnKind.YES_OR_NO: yes_or_no,
        ColumnKind.NAMES: text,
    }
    return writers[kind]


def escape_cell(text: str) -> str:
    """Return a text as it stands in the XML of a cell.

    What XML has no character for is written `_x0007_` (22.9.2.19, ST_Xstring).
    """
    return _SPECIAL.sub(_escaped, text) if _SPECIAL.search(text) else text


def _escaped(found: re.Match[str]) -> str:
    return _ENTITIES.get(found[0]) or f"_x{ord(found[0]):04X}_"


def _fitting(text: str) -> str:
    """Return a text as a cell can hold it: what is longer ends with a sentence that says so."""
    if len(text) <= CELL_LIMIT // 2:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * CELL_LIMIT:
        return text
    kept = units[: 2 * (CELL_LIMIT - len(CUT))].decode("utf-16-le", "ignore")
    return kept + CUT


def _is_counted(day: str) -> bool:
    """Say whether spreadsheets agree on a day's number; the text of a day is in ISO 8601."""
    return day >= _FIRST_DAY.isoformat()


@lru_cache(maxsize=4_096)
def _days(day: str) -> int:
    """Return the number of a day, as a spreadsheet counts."""
    return date.fromisoformat(day).toordinal() - _DAY_ZERO
