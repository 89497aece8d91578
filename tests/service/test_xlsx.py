"""The XLSX: the same columns as the CSV, as a spreadsheet keeps them."""

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.core.db import Database
from app.exports.queries.columns import COLUMNS, ColumnKind, Table
from app.exports.queries.csv_file import csv_chunks
from app.exports.queries.rows import ROWS_AT_ONCE, Selection
from app.exports.queries.xlsx_cells import CELL_LIMIT, cell_writer, escape_cell
from app.exports.queries.xlsx_file import LINKS_A_SHEET, ROWS_A_SHEET, write_xlsx, xlsx_chunks
from tests.harness.builders import TEXT, Room, add_annotation, add_article, add_many, correct
from tests.harness.memory import peak_of
from tests.harness.workbooks import records_of, sheets_of

BASE = "https://gloss.example"


def export(
    database: Database, room: Room, *, rows_a_sheet: int = ROWS_A_SHEET, links: int = LINKS_A_SHEET
) -> bytes:
    selection = Selection(room.article.project_id, BASE)
    chunks = xlsx_chunks(database, selection, rows_a_sheet=rows_a_sheet, links_a_sheet=links)
    return b"".join(chunks)


def csv_rows(database: Database, room: Room) -> list[dict[str, str]]:
    content = b"".join(csv_chunks(database, Selection(room.article.project_id, BASE)))
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def said(cell: Cell | MergedCell, kind: ColumnKind) -> str:
    """Return what a cell says as the CSV writes it."""
    value = cell.value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if kind is ColumnKind.DAY else "%Y-%m-%dT%H:%M:%SZ")
    return "" if value is None else str(value)


def fill_with_all(session: Session, room: Room) -> None:
    """Make rows with all kinds of values: an orphan, several lines, formulas, none and emoji."""
    article = room.article
    article.title, article.author = "=1+1", "'quoted' & <b>"
    article.publication, article.published_on = "The “Levee” 🙂", date(2025, 1, 13)
    orphan = add_annotation(session, room.annotator, article, "read Dr. Smith’s report")
    add_annotation(
        session,
        room.curator,
        article,
        "repairs it.\n\n“We have no",
        tag="demand",
        note="=1,\n_x0041_",
    )
    other = add_article(session, "word " * 30 + "end.")
    add_annotation(session, room.annotator, other, "word end.", note="two  blanks")
    correct(session, room.curator, article, TEXT.replace(orphan.quote, "look"))
    session.commit()


def test_every_cell_says_what_the_csv_says(
    database: Database, session: Session, room: Room
) -> None:
    fill_with_all(session, room)
    expected = csv_rows(database, room)
    assert len(expected) == 3
    kinds = {column.name: column.kind for column in COLUMNS}
    found = [
        {name: said(cell, kinds[name]).replace("_x005F_", "_") for name, cell in record.items()}
        for record in records_of(export(database, room))
    ]
    assert found == expected
    assert {row["note"] for row in expected} == {"", "'=1,\n_x0041_", "two  blanks"}
    assert {row["article_title"] for row in expected} == {"'=1+1", "The River Road"}


def test_numbers_dates_and_links_are_what_they_are(
    database: Database, session: Session, room: Room
) -> None:
    room.article.published_on = date(2025, 1, 13)
    made = add_annotation(session, room.annotator, room.article)
    made.created_at = datetime(2025, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)
    session.commit()
    (sheet,) = sheets_of(export(database, room))
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:{last_column()}2")
    (record,) = records_of(export(database, room))
    assert record["annotation_id"].value == made.id
    assert record["published_on"].value == datetime(2025, 1, 13)  # noqa: DTZ001  (a day)
    assert record["published_on"].number_format == "yyyy-mm-dd"
    assert record["created_at"].value == datetime(2025, 3, 4, 5, 6, 7)  # noqa: DTZ001  (UTC, as the CSV)
    assert record["created_at"].number_format == "yyyy-mm-dd hh:mm:ss"
    link = record["permalink"].hyperlink
    assert link is not None
    assert link.target == record["permalink"].value == f"{BASE}/annotations/{made.id}"
    assert all(cell.data_type != "f" for cell in record.values())


def last_column() -> str:
    return get_column_letter(len(COLUMNS))


def test_a_file_without_rows_has_its_heading(database: Database, room: Room) -> None:
    (sheet,) = sheets_of(export(database, room))
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        [column.name for column in COLUMNS]
    ]
    assert sheet.auto_filter.ref == f"A1:{last_column()}1"


@pytest.mark.parametrize(("most", "sizes"), [(2, [2, 2, 1]), (5, [5]), (4, [4, 1]), (1, [1] * 5)])
@pytest.mark.sqlite_only
def test_what_a_sheet_cannot_hold_goes_on_in_the_next(
    database: Database, session: Session, room: Room, most: int, sizes: Sequence[int]
) -> None:
    add_many(session, room.annotator, add_article(session, "word " * 200 + "end."), 5)
    content = export(database, room, rows_a_sheet=most)
    sheets = sheets_of(content)
    assert [sheet.max_row - 1 for sheet in sheets] == sizes
    assert [sheet.title for sheet in sheets][:2] == ["annotations", "annotations 2"][: len(sizes)]
    for sheet in sheets:
        assert (sheet.freeze_panes, sheet["A1"].value) == ("A2", "annotation_id")
        assert sheet.auto_filter.ref == f"A1:{last_column()}{sheet.max_row}"
    assert [said(record["annotation_id"], ColumnKind.NUMBER) for record in records_of(content)] == [
        row["annotation_id"] for row in csv_rows(database, room)
    ]
    for record in records_of(content):
        link = record["permalink"].hyperlink
        assert link is not None
        assert link.target == record["permalink"].value


@pytest.mark.sqlite_only
def test_where_a_sheet_has_no_room_for_more_links_a_call_leads_there(
    database: Database, session: Session, room: Room
) -> None:
    add_many(session, room.annotator, add_article(session, "word " * 200 + "end."), 4)
    records = records_of(export(database, room, links=2))
    linked = [record["permalink"].hyperlink is not None for record in records]
    assert linked == [True, True, False, False]
    for record in records[2:]:
        number = record["annotation_id"].value
        assert record["permalink"].value == f'=HYPERLINK("{BASE}/annotations/{number}")'


def written(kind: ColumnKind, value: object) -> str:
    return cell_writer(kind, "A", "0", 1)(1, value)


@given(st.text(st.characters(codec=None), max_size=60) | st.from_regex(r"_x[0-9A-F]{4}_.*"))
@example("_x005F_x0041_")
@example("_x0041\a")
def test_any_text_is_kept_whole(text: str) -> None:
    """The reference reads the XML, then takes the escapes of ECMA-376, 22.9.2.19, away."""
    parsed = ET.fromstring(f"<t>{escape_cell(text)}</t>").text or ""  # noqa: S314  (our own)
    assert re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), parsed) == text


def test_what_a_cell_cannot_hold_ends_with_a_sentence_that_says_so() -> None:
    fits = "🙂" * (CELL_LIMIT // 2) + "x"
    assert fits in written(ColumnKind.TEXT, fits)
    text = re.sub("<[^>]*>", "", written(ColumnKind.TEXT, fits + "x"))
    assert "CUT HERE" in text
    assert "The CSV has the whole text." in unescape(text)
    assert CELL_LIMIT - 1 <= len(text.encode("utf-16-le")) // 2 <= CELL_LIMIT


def test_a_day_of_which_spreadsheets_disagree_is_text() -> None:
    assert ">1900-02-28<" in written(ColumnKind.DAY, "1900-02-28")
    assert ">1848-05-01<" in written(ColumnKind.DAY, date(1848, 5, 1))
    assert written(ColumnKind.DAY, "1900-03-01") == '<c r="A1" s="0"><v>61</v></c>'
    assert written(ColumnKind.DAY, None) == ""


@pytest.mark.sqlite_only
def test_more_rows_take_no_more_memory(database: Database, session: Session, room: Room) -> None:
    article = add_article(session, "word " * 2_000 + "end.")
    add_many(session, room.annotator, article, 5 * ROWS_AT_ONCE)  # each at a place of its own
    session.close()
    begins_early = Annotation.__table__.c.start < 2 * ROWS_AT_ONCE
    few = Selection(article.project_id, BASE, conditions=(begins_early,))
    for _ in xlsx_chunks(database, few):  # what is made once is made then
        pass
    size, peak = peak_of(xlsx_chunks(database, few))
    more, highest = peak_of(xlsx_chunks(database, Selection(article.project_id, BASE)))
    assert more > 2.3 * size > 300_000
    assert highest < 1.05 * peak


@pytest.mark.sqlite_only
def test_libreoffice_reads_what_the_csv_says(
    database: Database, session: Session, room: Room, tmp_path: Path
) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    fill_with_all(session, room)
    file = tmp_path / "annotations.xlsx"
    file.write_bytes(export(database, room))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [
        program,
        home,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
    ]
    subprocess.run([*command, "--outdir", str(tmp_path), str(file)], check=True, timeout=120)
    text = (tmp_path / "annotations.csv").read_text(encoding="utf-8")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    for name in ("annotation_id", "quote", "note", "published_on", "permalink", "article_title"):
        assert [row[name] for row in found] == [row[name] for row in csv_rows(database, room)]
    assert len(found) == len(session.scalars(select(Annotation.id)).all())


def test_a_table_may_have_no_links() -> None:
    table = Table("names", {"name": ColumnKind.TEXT, "times": ColumnKind.NUMBER})
    content = b"".join(write_xlsx(table, [[("Ines", 2)], [("Bert", None)]]))
    found = [(row["name"].value, row["times"].value) for row in records_of(content)]
    assert found == [("Ines", 2), ("Bert", None)]
