"""The JSON Lines: the same columns as the CSV, each value as what it is."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from app.core.db import Database
from app.exports.queries.columns import COLUMNS
from app.exports.queries.csv_file import csv_chunks
from app.exports.queries.jsonl_file import jsonl_chunks
from app.exports.queries.rows import Selection
from app.text.cells import unguard
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_comment,
    add_theme,
    correct,
)

BASE = "https://gloss.example"


def records(database: Database, room: Room) -> list[dict[str, object]]:
    content = b"".join(jsonl_chunks(database, Selection(room.article.project_id, BASE)))
    assert content.endswith(b"\n") or not content
    return [json.loads(line) for line in content.split(b"\n")[:-1]]


def test_a_line_says_everything_each_as_what_it_is(
    database: Database, session: Session, room: Room
) -> None:
    assert records(database, room) == []
    article = room.article
    article.title, article.publication, article.published_on = "=1+1", "", date(2025, 1, 13)
    article.source_url = "https://example.org/road"
    themes = [add_theme(session, room.curator, name) for name in ("who pays", "Élan", "=money")]
    note = '=1,\n"two" \\ {} </script> 👩‍👩‍👧'
    quote = "nobody repairs it.\n\n“We have no money,” said"
    made = add_annotation(session, room.annotator, article, quote, note=note, themes=themes)
    made.created_at = made.updated_at = datetime(2025, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)
    session.commit()
    add_comment(session, room.curator, made)
    start = TEXT.index(quote)
    (record,) = records(database, room)
    assert list(record) == [column.name for column in COLUMNS]
    assert record == {
        "annotation_id": made.id,
        "project": "first",
        "article_id": article.id,
        "article_title": "=1+1",
        "article_author": "Ada Quill",
        "publication": "",
        "published_on": "2025-01-13",
        "source_url": "https://example.org/road",
        "revision": 1,
        "block": 1,
        "tag": "claim",
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "prefix": TEXT[start - 32 : start],
        "suffix": TEXT[start + len(quote) :][:32],
        "note": note,
        "annotator": "Ines",
        "created_at": "2025-03-04T05:06:07Z",
        "updated_at": "2025-03-04T05:06:07Z",
        "permalink": f"{BASE}/annotations/{made.id}",
        "agreements": 0,
        "disputes": 0,
        "thread": "open",
        "made_blind": False,
        "themes": ["=money", "Élan", "who pays"],
        "party": "",
        "party_organization": "",
        "addressee": [],
        "position": "",
        "side": None,
        "disputed_by": [],
    }
    assert record["made_blind"] is False


def test_an_orphan_has_null_where_the_csv_has_nothing_and_all_else_is_as_in_the_csv(
    database: Database, session: Session, room: Room
) -> None:
    orphan = add_annotation(session, room.annotator, room.article, "read Dr. Smith’s report")
    add_annotation(session, room.curator, room.article, "The council", tag="demand", note="-1")
    correct(session, room.curator, room.article, TEXT.replace(orphan.quote, "look"))
    found = records(database, room)
    empty = [name for name, value in found[1].items() if value is None]
    assert empty == ["published_on", "block", "start", "end", "thread", "side"]
    content = b"".join(csv_chunks(database, Selection(room.article.project_id, BASE)))
    table = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for record, row in zip(found, table, strict=True):
        assert record["themes"] == record["addressee"] == record["disputed_by"] == []
        assert record["made_blind"] is False
        for name, value in record.items():
            if name not in {"themes", "addressee", "disputed_by", "made_blind"}:
                assert unguard(row[name]) == ("" if value is None else str(value)), name


@pytest.mark.sqlite_only
def test_pandas_reads_both_tables_with_the_types_that_they_have(
    database: Database, session: Session, room: Room
) -> None:
    theme = add_theme(session, room.curator, "who pays")
    made = add_annotation(
        session, room.annotator, room.article, note="one; “two”,\nthree", themes=[theme]
    )
    orphan = add_annotation(session, room.curator, room.article, "read Dr. Smith’s report")
    correct(session, room.curator, room.article, TEXT.replace(orphan.quote, "look"))
    selection = Selection(room.article.project_id, BASE)
    lines = b"".join(jsonl_chunks(database, selection))
    table = b"".join(csv_chunks(database, selection))
    read = [
        pd.read_json(io.BytesIO(lines), lines=True),
        pd.read_csv(io.BytesIO(table)),
    ]
    for frame in read:
        assert list(frame.columns) == [column.name for column in COLUMNS]
        assert list(frame["annotation_id"]) == [made.id, orphan.id]
        assert list(frame["start"].isna()) == [False, True]
        assert frame["note"][0] == "one; “two”,\nthree"
        assert str(pd.to_datetime(frame["created_at"]).dt.tz) == "UTC"
    assert list(read[0]["themes"]) == [["who pays"], []]
    assert list(read[0]["made_blind"]) == [False, False]
