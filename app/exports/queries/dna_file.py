"""Statements as a CSV for Discourse Network Analyzer (DNA) and its R package, rDNA.

UTF-8 without a mark of that, CRLF, semicolons between the cells, quoted as in RFC 4180, so that
semicolons and quotation marks in a quote stay what they are. The columns are those of a statement
and its document in DNA 3 (leifeld/dna, Exporter.java, eventCSV), times are written as there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.core.db import Database, read_columns
from app.exports.queries.columns import COLUMNS, Column, ColumnKind
from app.exports.queries.csv_file import LINE_END, write_text
from app.exports.queries.rows import ExportRow, Selection, list_rows
from app.exports.queries.said_columns import kind_of_party
from app.frozen import frozen
from app.parties.models import Named, Party, Position
from app.text.catalogue import ngettext

MIMETYPE = "text/csv"
SEPARATOR = ";"
LONGEST_NAME = 190  # characters, the most that DNA keeps of a name
_HEADING = (
    *("statement_id", "time", "person", "organization", "concept", "agreement", "start_position"),
    *("stop_position", "text", "coder", "document_id", "document_title", "document_author"),
    *("document_source", "document_section", "document_type"),
)
_NEEDED = {
    *("annotation_id", "published_on", "party", "party_organization", "position", "side", "start"),
    *("end", "quote", "annotator", "article_id", "article_title", "article_author", "publication"),
}
_COLUMNS = (
    *(column for column in COLUMNS if column.name in _NEEDED),
    Column("party_kind", kind_of_party(), ColumnKind.CODE),
)
_AGREEMENT = {"for": "1", "against": "0"}
_annotation = Annotation.__table__.c


@frozen
class Omissions:
    """What a file leaves out of a selection, and what DNA will not keep of it.

    Of the statements so many are in the file, and `left_out` are not, since they have no position
    or no side. `long` are the names of the project that are longer than DNA keeps; the file has
    them whole.
    """

    statements: int
    left_out: int
    long: Sequence[str]

    @property
    def sentences(self) -> list[str]:
        """Return a sentence on what is left out, and one on long names, if there are any."""
        said = []
        if self.left_out:
            sentence = ngettext(
                "{count:,} statement has no position or no side, and is left out. Statements in the"
                " file: {statements:,}.",
                "{count:,} statements have no position or no side, and are left out. Statements in"
                " the file: {statements:,}.",
                self.left_out,
            )
            said.append(sentence.format(count=self.left_out, statements=self.statements))
        if self.long:
            names = "; ".join(f"“{name}”" for name in self.long)
            said.append(
                f"DNA keeps {LONGEST_NAME} characters of a name. In this project these are longer, "
                f"and whole in the file: {names}."
            )
        return said


def dna_chunks(database: Database, selection: Selection) -> Iterator[bytes]:
    """Yield the statements of a selection in pieces, as `list_rows` gives its rows.

    Those without a position or a side are left out: see `find_omissions`.
    """
    yield (SEPARATOR.join(_HEADING) + LINE_END).encode()
    whole = replace(selection, conditions=[*selection.conditions, *_is_whole()])
    for rows in list_rows(database, whole, _COLUMNS):
        yield "".join(f"{SEPARATOR.join(_cells(row))}{LINE_END}" for row in rows).encode()


def find_omissions(session: Session, selection: Selection) -> Omissions:
    """Count what a file of a selection leaves out, and find the names that are too long for DNA."""
    of_selection = [
        _annotation.project_id == selection.project_id,
        _annotation.deleted_at.is_(None),
        _annotation.party_id.is_not(None),
        *selection.conditions,
        *selection.seen,
    ]
    if selection.article_id is not None:
        of_selection.append(_annotation.article_id == selection.article_id)
    counted = select(func.count()).select_from(Annotation.__table__).where(*of_selection)
    every = read_columns(session, counted).scalar_one()
    statements = read_columns(session, counted.where(*_is_whole())).scalar_one()
    long = [
        *_long_names(session, Party, selection.project_id),
        *_long_names(session, Position, selection.project_id),
    ]
    return Omissions(statements, every - statements, long)


def _is_whole() -> Sequence[ColumnElement[bool]]:
    return (
        _annotation.party_id.is_not(None),
        _annotation.position_id.is_not(None),
        _annotation.side != "",
    )


def _long_names(session: Session, model: type[Named], project_id: int) -> Sequence[str]:
    query = select(model.called).where(
        model.project_id == project_id,
        model.alias_of_id.is_(None),
        func.length(model.called) > LONGEST_NAME,
    )
    return session.scalars(query.order_by(model.folded)).all()


def _cells(row: ExportRow) -> list[str]:
    """Return the cells of a statement; a party that is no organisation is taken for a person."""
    is_organization = row.party_kind == "organization"
    said = [
        "" if is_organization else row.party,
        row.party if is_organization else row.party_organization,
        row.position,
    ]
    document = [row.article_title, row.article_author, row.publication, "", ""]
    return [
        str(row.annotation_id),
        f"{row.published_on} 00:00:00" if row.published_on else "",
        *(write_text(words, SEPARATOR) for words in said),
        _AGREEMENT[row.side],
        *("" if place is None else str(place) for place in (row.start, row.end)),
        write_text(row.quote, SEPARATOR),
        write_text(row.annotator, SEPARATOR),
        str(row.article_id),
        *(write_text(words, SEPARATOR) for words in document),
    ]
