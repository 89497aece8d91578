"""The CSV: a promise to whoever reads it."""

import csv
import io
from datetime import UTC, date, datetime
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import QueuePool, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.anchors import PassageQuery
from app.annotations.service import annotations
from app.articles.queries.articles import current_revision
from app.articles.service import articles
from app.core.clock import now
from app.core.db import Database
from app.corrections.service import revert
from app.discussion.service import stances, threads
from app.exports.queries.columns import COLUMNS
from app.exports.queries.csv_file import BOM, csv_chunks
from app.exports.queries.formats import FORMATS
from app.exports.queries.rows import ROWS_AT_ONCE, Selection
from app.parties.models import Affiliation
from app.text.cells import guard, unguard
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_comment,
    add_many,
    add_party,
    add_position,
    add_room,
    add_stance,
    add_theme,
    correct,
)
from tests.harness.memory import peak_of
from tests.harness.statements import most_between

PROMISED = (
    "annotation_id,project,article_id,article_title,article_author,publication,published_on,"
    "source_url,revision,block,tag,quote,start,end,prefix,suffix,note,annotator,created_at,"
    "updated_at,permalink,agreements,disputes,thread,made_blind,themes,"
    "party,party_organization,addressee,position,side,disputed_by"
)
BASE = "https://gloss.example"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "'")


def export(
    database: Database, room: Room, *, article_id: int | None = None, with_bom: bool = False
) -> bytes:
    return b"".join(
        csv_chunks(
            database,
            Selection(room.article.project_id, BASE, article_id),
            with_bom=with_bom,
        )
    )


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_the_columns_are_the_promised_ones_in_the_promised_order(
    database: Database, room: Room
) -> None:
    assert ",".join(column.name for column in COLUMNS) == PROMISED
    assert export(database, room) == PROMISED.encode() + b"\r\n"


def test_a_byte_order_mark_stands_first_unless_it_is_not_wanted(
    database: Database, room: Room
) -> None:
    assert export(database, room, with_bom=True) == BOM + export(database, room)


def test_an_orphan_has_its_quote_and_its_revision_and_no_offsets(
    database: Database, session: Session, room: Room
) -> None:
    orphan = add_annotation(session, room.annotator, room.article, "read Dr. Smith’s report")
    moved = add_annotation(session, room.annotator, room.article, "The road floods.")
    correct(session, room.curator, room.article, TEXT.replace(orphan.quote, "look"))
    found = [
        (row["annotation_id"], row["revision"], row["block"], row["quote"], row["start"])
        for row in rows(export(database, room))
    ]
    session.refresh(moved)
    assert found == [
        (str(moved.id), "2", "3", "The road floods.", str(moved.start)),
        (str(orphan.id), "1", "", orphan.quote, ""),
    ]
    assert rows(export(database, room))[1]["end"] == ""


def test_a_row_says_everything(database: Database, session: Session, room: Room) -> None:
    article = room.article
    article.publication, article.published_on = "The Levee", date(2025, 1, 13)
    article.source_url = "https://example.org/road"
    themes = [add_theme(session, room.curator, name) for name in ("who pays", "Élan", "=money")]
    made = add_annotation(
        session, room.annotator, article, "said the mayor", note="who, “she”?", themes=themes
    )
    made.created_at = made.updated_at = datetime(2025, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)
    session.commit()
    start = TEXT.index("said the mayor")
    assert rows(export(database, room)) == [
        {
            "annotation_id": str(made.id),
            "project": "first",
            "article_id": str(article.id),
            "article_title": "The River Road",
            "article_author": "Ada Quill",
            "publication": "The Levee",
            "published_on": "2025-01-13",
            "source_url": "https://example.org/road",
            "revision": "1",
            "block": "2",
            "tag": "claim",
            "quote": "said the mayor",
            "start": str(start),
            "end": str(start + 14),
            "prefix": TEXT[start - 32 : start],
            "suffix": TEXT[start + 14 : start + 46],
            "note": "who, “she”?",
            "annotator": "Ines",
            "created_at": "2025-03-04T05:06:07Z",
            "updated_at": "2025-03-04T05:06:07Z",
            "permalink": f"{BASE}/annotations/{made.id}",
            "agreements": "0",
            "disputes": "0",
            "thread": "",
            "made_blind": "no",
            "themes": "'=money;Élan;who pays",
            "party": "",
            "party_organization": "",
            "addressee": "",
            "position": "",
            "side": "",
            "disputed_by": "",
        }
    ]


def test_a_row_says_who_says_what_by_the_main_names_and_what_its_tag_has(
    database: Database, session: Session, room: Room
) -> None:
    article, curator = room.article, room.curator
    mara, alias, port, city, state = (
        add_party(session, curator, name, kind)
        for name, kind in (
            ("=Mara Lind", "person"),
            ("M. Lind", ""),
            ("Port", "organization"),
            ("city", ""),
            ("State", ""),
        )
    )
    harbour = add_position(session, curator, "+ The harbour; stays public.")
    alias.alias_of_id, city.alias_of_id = mara.id, state.id
    mara.affiliations = [
        Affiliation(organization_id=city.id, since=None, until=date(2025, 1, 12)),
        Affiliation(organization_id=port.id, since=date(2025, 1, 13), until=None),
    ]
    addressees = (port, city, state)
    for tag in ("demand", "claim"):
        add_annotation(
            *(session, room.annotator, article, "must close"),
            tag=tag,
            party=alias,
            position=harbour,
            side="against",
            addressees=addressees,
        )

    def said() -> list[list[str]]:
        session.commit()
        return [list(row.values())[-6:-1] for row in rows(export(database, room))]

    position = "'+ The harbour; stays public."
    assert said() == [
        ["'=Mara Lind", "Port", "Port;State", position, "against"],
        ["'=Mara Lind", "Port", "", position, "against"],
    ]
    article.published_on = date(2025, 1, 12)
    assert [row[1] for row in said()] == ["State", "State"]
    article.published_on = date(2025, 1, 13)
    assert [row[1] for row in said()] == ["Port", "Port"]
    mara.affiliations = mara.affiliations[:1]
    article.published_on = None
    assert [row[1] for row in said()] == ["", ""]


def test_a_row_says_whether_it_was_made_while_those_of_others_were_hidden(
    database: Database, session: Session, room: Room
) -> None:
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    for member in (room.annotator, room.curator):  # who sees all from the beginning
        add_annotation(session, member, room.article)
    articles.reveal(session, actor=room.curator, article=room.article)
    add_annotation(session, room.annotator, room.article, tag="demand")
    made = {
        (row["annotator"], row["tag"]): row["made_blind"] for row in rows(export(database, room))
    }
    assert made == {("Ines", "claim"): "yes", ("Cato", "claim"): "no", ("Ines", "demand"): "no"}


def test_a_row_says_who_agrees_and_whether_the_thread_is_open(
    database: Database, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    for actor, value in ((room.curator, "dispute"), (room.owner, "agree")):
        stances.set_stance(
            session, actor=actor, annotation_id=made.id, value=value, reason="So it is."
        )
    session.commit()

    def said() -> list[str]:
        (row,) = rows(export(database, room))
        return [row[name] for name in ("agreements", "disputes", "thread", "disputed_by")]

    assert said() == ["1", "1", "open", "Cato"]
    add_comment(session, room.curator, made)
    assert said() == ["1", "1", "open", "Cato"]
    threads.resolve(session, actor=room.curator, annotation_id=made.id)
    stances.withdraw_stance(session, actor=room.owner, annotation_id=made.id)
    session.commit()
    assert said() == ["0", "1", "resolved", "Cato"]
    made.tag_name = "demand"
    session.commit()
    assert said() == ["0", "0", "resolved", ""]


def test_who_disputes_is_named_in_the_order_in_which_they_did(
    database: Database, session: Session, room: Room
) -> None:
    quotes = ("It floods every spring", "We have no money", "said the mayor")
    first, second, _third = (
        add_annotation(session, room.annotator, room.article, quote) for quote in quotes
    )
    room.owner.account.name = "=Olga; of Brackwater"
    for actor, annotation in ((room.owner, first), (room.curator, first), (room.curator, second)):
        add_stance(session, actor, annotation)
    found = [row["disputed_by"] for row in rows(export(database, room))]
    assert found == ["'=Olga, of Brackwater;Cato", "Cato", ""]


def test_lines_end_as_rfc_4180_says_and_a_passage_over_paragraphs_keeps_its_line_feeds(
    database: Database, session: Session, room: Room
) -> None:
    quote = "nobody repairs it.\n\n“We have no money,” said"
    add_annotation(session, room.annotator, room.article, quote, note='one\ntwo, "three"')
    content = export(database, room)
    assert rows(content)[0]["quote"] == quote
    assert rows(content)[0]["note"] == 'one\ntwo, "three"'
    assert b'"one\ntwo, ""three"""' in content
    assert content.endswith(b"\r\n")
    assert content.count(b"\r") == 2


def test_rows_come_by_article_start_end_and_id(
    database: Database, session: Session, room: Room
) -> None:
    later = add_article(session, TEXT)
    for article, actor, quote in (
        (later, room.annotator, "The council"),
        (room.article, room.annotator, "must close the road"),
        (room.article, room.annotator, "must close"),
        (room.article, room.curator, "must close"),
        (room.article, room.annotator, "The council"),
    ):
        add_annotation(session, actor, article, quote)
    found = [
        (int(row["article_id"]), int(row["start"]), int(row["end"]), int(row["annotation_id"]))
        for row in rows(export(database, room))
    ]
    assert found == sorted(found)
    assert len(found) == 5


def test_only_the_living_of_this_project_are_in_it(
    database: Database, session: Session, room: Room
) -> None:
    other = add_room(session, "second")
    add_annotation(session, other.annotator, other.article)
    gone = add_annotation(session, room.annotator, room.article, "must close")
    kept = add_annotation(session, room.annotator, room.article)
    annotations.delete(session, actor=room.annotator, annotation_id=gone.id, version=1)
    session.commit()
    assert [row["annotation_id"] for row in rows(export(database, room))] == [str(kept.id)]


def test_one_articles_csv_holds_that_article_alone(
    database: Database, session: Session, room: Room
) -> None:
    other = add_article(session, TEXT)
    add_annotation(session, room.annotator, room.article)
    made = add_annotation(session, room.annotator, other)
    found = rows(export(database, room, article_id=other.id))
    assert [row["annotation_id"] for row in found] == [str(made.id)]


def test_a_spreadsheet_runs_no_cell_that_a_person_wrote(
    database: Database, session: Session, room: Room
) -> None:
    room.article.title = "=1+1"
    room.annotator.account.name = "@Ines"
    room.article.author = "'quoted'"
    made = add_annotation(session, room.annotator, room.article, note="=HYPERLINK(0)")
    annotations.change(
        session,
        actor=room.annotator,
        annotation_id=made.id,
        version=1,
        asked=PassageQuery("The council", start=0),
    )
    session.commit()
    row = rows(export(database, room))[0]
    assert (row["article_title"], row["annotator"]) == ("'=1+1", "'@Ines")
    assert (row["note"], row["article_author"]) == ("'=HYPERLINK(0)", "''quoted'")


@pytest.mark.parametrize("first", DANGEROUS)
def test_a_dangerous_cell_gets_one_apostrophe(first: str) -> None:
    assert guard(first + "x") == "'" + first + "x"
    assert guard(first) == "'" + first


@pytest.mark.parametrize("cell", ["", "x", " =1", "1-1", "“=1”", "\n=1"])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert guard(cell) == cell


@given(st.one_of(st.text(), st.text("'=+-@\t\r＝＋－＠a", max_size=5)))
def test_taking_one_apostrophe_away_always_gives_the_original(cell: str) -> None:
    assert unguard(guard(cell)) == cell
    assert not guard(cell).startswith(DANGEROUS[:-1])


def test_nothing_is_open_while_a_reader_takes_its_time_or_leaves(
    database: Database, session: Session, room: Room
) -> None:
    article = add_article(session, "word " * 2_000 + "end.")
    add_many(session, room.annotator, article, 2 * ROWS_AT_ONCE)
    session.close()
    pool = cast("QueuePool", database.engine.pool)
    before = pool.checkedout()
    for name, file_format in FORMATS.items():
        pieces = file_format.chunks(database, Selection(article.project_id, BASE))
        assert {pool.checkedout() - before for _ in pieces} == {0}, name
        pieces = file_format.chunks(database, Selection(article.project_id, BASE))
        next(pieces)
        del pieces
        assert pool.checkedout() == before, name


def test_what_changes_during_a_download_neither_doubles_nor_moves_a_row(
    database: Database, session: Session, room: Room
) -> None:
    article = add_article(session, "word " * 2_000 + "end.")
    add_many(session, room.annotator, article, ROWS_AT_ONCE + 2)
    ids = list(session.scalars(select(Annotation.id).order_by(Annotation.start, Annotation.end)))
    last, deleted = (session.get_one(Annotation, number) for number in ids[-2:])
    pieces = csv_chunks(database, Selection(article.project_id, BASE))
    begun = next(pieces) + next(pieces)
    last.start, last.note = 0, "written meanwhile"
    deleted.deleted_at = now()
    session.commit()
    add_annotation(session, room.annotator, room.article)
    found = rows(begun.removeprefix(BOM) + b"".join(pieces))
    assert [int(row["annotation_id"]) for row in found] == ids[:-1]
    assert found[-1]["note"] == "written meanwhile"


def test_a_correction_that_is_taken_back_during_a_download_leaves_rows_their_places(
    database: Database, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    correct(session, room.curator, room.article, "Quite another text.")
    revision = current_revision(session, room.article.id)
    pieces = csv_chunks(database, Selection(room.article.project_id, BASE))
    begun = next(pieces)
    revert.take_back(session, actor=room.curator, article=room.article, revision=revision)
    session.commit()
    (row,) = rows(begun.removeprefix(BOM) + b"".join(pieces))
    assert (row["revision"], row["block"] != "", row["start"] != "") == ("1", True, True)


def test_more_rows_take_no_more_memory_nor_work_at_a_time(
    database: Database, session: Session, room: Room
) -> None:
    article = add_article(session, "word " * 2_000 + "end.")
    add_many(session, room.annotator, article, 5 * ROWS_AT_ONCE)  # each at a place of its own
    session.close()
    begins_early = Annotation.__table__.c.start < 2 * ROWS_AT_ONCE
    few = Selection(article.project_id, BASE, conditions=(begins_early,))
    all_of_them = Selection(article.project_id, BASE)

    for each in FORMATS.values():
        most = most_between(database.engine, each.chunks(database, few))
        assert most_between(database.engine, each.chunks(database, all_of_them)) == most, each.name
        # What one packs has its own test. Another has statements alone.
        if each.is_binary or each.omissions is not None:
            continue
        for _ in each.chunks(database, few):  # what is made once is made then
            pass
        size, peak = peak_of(each.chunks(database, few))
        more, highest = peak_of(each.chunks(database, all_of_them))
        assert more > 2.3 * size > 300_000, each.name
        assert highest < 1.05 * peak, each.name
