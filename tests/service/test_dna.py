"""Statements for DNA: which there are, how each cell is written, and what is told beside them."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.db import Database
from app.exports.queries.dna_file import dna_chunks, find_omissions
from app.exports.queries.rows import Selection
from app.imports.queries.planning import ImportPlan
from app.imports.readers import read
from app.parties.models import Affiliation
from tests.harness.builders import TEXT, Room, add_annotation, add_party, add_position

HEADING = (
    "statement_id;time;person;organization;concept;agreement;start_position;stop_position;text;"
    "coder;document_id;document_title;document_author;document_source;document_section;"
    "document_type"
)


def test_statements_are_written_for_dna_and_what_is_left_out_is_told(
    app: Flask, database: Database, session: Session, room: Room, tmp_path: Path
) -> None:
    article, curator = room.article, room.curator
    article.title, article.publication = 'Roads; "rivers"', "The Levee"
    article.published_on = date(2025, 1, 13)
    mara = add_party(session, curator, "Mara Lind", "person")
    port = add_party(session, curator, "=Port", "organization")
    mara.affiliations = [Affiliation(organization_id=port.id, since=None, until=None)]
    long = add_position(session, curator, "It is so " + "very " * 40 + "long.")
    short = add_position(session, curator, 'Say “yes”; or "no".')
    quote = "nobody repairs it.\n\n“We have no money,” said"
    first = add_annotation(
        *(session, room.annotator, article, quote), party=mara, position=short, side="against"
    )
    second = add_annotation(
        *(session, curator, article, "said the mayor"), party=port, position=long, side="for"
    )
    add_annotation(session, curator, article, "It floods", party=port, position=short)
    add_annotation(session, curator, article, "time", party=port, side="for")
    add_annotation(session, curator, article, "money")
    session.commit()
    selection = Selection(article.project_id, "http://gloss.example")
    content = b"".join(dna_chunks(database, selection)).decode()
    assert content.startswith(f"{HEADING}\r\n")
    rows = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";", strict=True))
    start = TEXT.index(quote)
    assert list(rows[0].values()) == [
        *(str(first.id), "2025-01-13 00:00:00", "Mara Lind", "'=Port"),
        *('Say “yes”; or "no".', "0", str(start), str(start + len(quote)), quote, "Ines"),
        *(str(article.id), 'Roads; "rivers"', "Ada Quill", "The Levee", "", ""),
    ]
    assert [row["person"] for row in rows] == ["Mara Lind", ""]
    assert [row["organization"] for row in rows] == ["'=Port"] * 2
    assert [row["agreement"] for row in rows] == ["0", "1"]
    assert rows[1]["statement_id"] == str(second.id)
    assert rows[1]["concept"] == long.sentence
    longer = "In this project these are longer, and whole in the file"
    told = [
        "2 statements have no position or no side, and are left out. Statements in the file: 2.",
        f"DNA keeps 190 characters of a name. {longer}: “{long.sentence}”.",
    ]
    assert find_omissions(session, selection).sentences == told
    session.commit()
    file = tmp_path / "x.csv"
    done = app.test_cli_runner().invoke(
        args=["annotations", "export", "--format", "dna", "--output", str(file)]
    )
    assert (file.read_bytes().decode(), done.stderr.splitlines()) == (content, told)
    planned = ImportPlan(session, room.curator.project, room.curator.account_id).make(
        read(content.encode(), "csv")
    )
    assert [each.outcome.value for each in planned] == ["same", "same"]


@pytest.mark.sqlite_only
def test_a_project_without_statements_has_a_heading_and_nothing_to_tell(
    database: Database, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    selection = Selection(room.article.project_id, "http://gloss.example")
    assert b"".join(dna_chunks(database, selection)).decode() == f"{HEADING}\r\n"
    assert find_omissions(session, selection).sentences == []
