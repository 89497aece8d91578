"""Positions as the table of a CSV: a row for each party and position, and how it is written."""

from collections.abc import Iterable, Sequence

from app.statements.queries.positions import PartyPosition
from app.text.cells import guard
from app.text.csv_rows import write_rows

COLUMNS = ("position", "party", "party_organization", "for", "against")
"""A promise to who reads the file: a new column is appended, and none moves or goes."""


def write_pairs(pairs: Iterable[PartyPosition], separator: str = ",") -> str:
    """Return pairs as CSV, in their order, without a BOM."""
    rows: list[Sequence[object]] = [COLUMNS]
    for pair in pairs:
        texts = map(guard, (pair.position, pair.party, pair.organization))
        rows.append([*texts, pair.cell.supporting, pair.cell.opposing])
    return write_rows(rows, separator)
