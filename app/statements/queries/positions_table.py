"""Positions as the table of a CSV: a row for each party and position, and how it is written."""

import csv
import io
from collections.abc import Iterable

from app.statements.queries.positions import PartyPosition
from app.text.cells import guard

COLUMNS = ("position", "party", "party_organization", "for", "against")
"""A promise to who reads the file: a new column is appended, and none moves or goes."""


def write_pairs(pairs: Iterable[PartyPosition], separator: str = ",") -> str:
    """Return pairs as CSV with CRLF, quoted as in RFC 4180, in their order."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for pair in pairs:
        texts = map(guard, (pair.position, pair.party, pair.organization))
        writer.writerow([*texts, pair.cell.supporting, pair.cell.opposing])
    return file.getvalue()
