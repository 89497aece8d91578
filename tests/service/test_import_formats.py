"""Files of each format that are read: what Gloss itself writes, and what others do."""

import io
import json
from collections.abc import Sequence
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.core.db import Database
from app.exports.queries.columns import COLUMNS
from app.exports.queries.formats import FORMATS as EXPORTS
from app.exports.queries.rows import Selection
from app.imports.outcomes import ADDED, Planned, RowOutcome, Summary, Who
from app.imports.queries.planning import ImportPlan
from app.imports.readers import FORMATS, UnreadableImport, format_of, read
from app.imports.rows import PASSED_OVER, READ
from app.imports.service import adding
from app.imports.service.running import is_quick
from app.parties.models import Party
from app.projects.models import Member
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_room,
    add_theme,
    correct,
)

BASE = "http://gloss.example"


def export(database: Database, member: Member, extension: str) -> bytes:
    chunks = EXPORTS[extension].chunks(database, Selection(member.project_id, BASE))
    return b"".join(chunks)


def plan(
    session: Session, member: Member, content: bytes, name: str
) -> tuple[list[Planned], Summary]:
    made = ImportPlan(session, member.project, member.account_id)
    return made.make(read(content, format_of(name, content))), made.summary


def bring(session: Session, member: Member, planned: Sequence[Planned]) -> None:
    some = [(each.wanted, each.place) for each in planned if each.wanted and each.place]
    adding.add(
        session,
        actor=member,
        ready=adding.prepare(session, some),
        default_id=member.account_id,
        file_name="x",
    )
    session.commit()


def test_every_column_of_an_export_is_known() -> None:
    assert {column.name for column in COLUMNS} | {"party_kind"} == {*READ, *PASSED_OVER}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("extension", [*FORMATS])
def test_what_gloss_writes_it_reads_again(
    database: Database, session: Session, room: Room, extension: str
) -> None:
    themes = [add_theme(session, room.curator, name) for name in ("ports", "=floods")]
    add_annotation(
        session,
        room.annotator,
        room.article,
        "“We have no money,”",
        note="'so\n=it is",
        themes=themes,
    )
    add_annotation(
        session,
        room.curator,
        room.article,
        "👩‍👩‍👧 next door",
        tag="demand",
        note="_x005F_x0041\n_x0007_",
    )
    gone = add_annotation(session, room.curator, room.article, "nobody repairs it")
    second = add_article(session, TEXT, title="Its twin")
    add_annotation(session, room.annotator, second, "time.”", tag="citation")
    correct(
        session,
        room.curator,
        room.article,
        TEXT.replace("nobody repairs it", "it stays"),
        {gone.id: None},
    )
    content = export(database, room.curator, extension)
    planned, summary = plan(session, room.curator, content, f"x.{extension}")
    lost = {"qdpx": 0}.get(extension, 1)
    assert [each.outcome for each in planned] == [RowOutcome.SAME] * 2 + [
        RowOutcome.PLACELESS
    ] * lost + [RowOutcome.SAME]
    assert summary.unknown == (["notes of the project (1)"] if extension == "qdpx" else [])
    before = _told(session)
    seen = session.scalars(select(Annotation).where(Annotation.id != gone.id)).all()
    for one in seen:
        annotations.delete(session, actor=room.curator, annotation_id=one.id, version=one.version)
    session.commit()
    planned, summary = plan(session, room.curator, content, f"x.{extension}")
    assert summary.of(*ADDED) == 3
    assert (summary.annotators, summary.themes) == ([], [])
    bring(session, room.curator, planned)
    assert _told(session) == before


@pytest.mark.sqlite_only
@pytest.mark.parametrize("extension", [*FORMATS])
def test_a_file_of_another_project_finds_articles_by_their_titles(
    database: Database, session: Session, room: Room, extension: str
) -> None:
    add_annotation(session, room.annotator, room.article)
    other = add_room(session, "other")
    other.article.title = "Something else"
    twin = add_article(session, TEXT, slug="other", title=room.article.title)
    session.commit()
    content = export(database, room.curator, extension)
    planned, _summary = plan(session, other.curator, content, f"x.{extension}")
    assert [each.wanted and each.wanted.article_id for each in planned] == [twin.id]


def _told(session: Session) -> list[tuple[object, ...]]:
    query = (
        select(Annotation)
        .where(Annotation.deleted_at.is_(None))
        .order_by(Annotation.article_id, Annotation.start)
    )
    return [
        (
            one.article_id,
            one.tag_name,
            one.quote,
            one.start,
            one.note,
            one.themes,
            one.account_id,
            one.created_at.replace(microsecond=0),
        )
        for one in session.scalars(query.execution_options(populate_existing=True))
    ]


@pytest.mark.sqlite_only
def test_doccano_is_matched_by_its_text_or_by_what_it_says_of_it(
    session: Session, room: Room
) -> None:
    start, plain = TEXT.rfind("The road floods."), TEXT.replace("\n\n", "\n")
    there = plain.rfind("The road floods.")
    lines = [
        {"id": 1, "text": plain, "label": [[there, there + 16, "Claim"], [0, 3, "DEMAND"]]},
        {
            "id": 2,
            "text": TEXT,
            "meta": {"article_id": room.article.id},
            "entities": [{"id": 1, "label": "citation", "start_offset": 4, "end_offset": 11}],
            "relations": [],
        },
        {"id": 3, "text": "elsewhere", "label": [[0, 4, "claim"]], "title": "Nowhere"},
        {"id": 4, "text": "elsewhere", "label": [[0, 4, "claim"]]},
        {"id": 5, "text": "nothing", "label": []},
    ]
    content = "\n".join(map(json.dumps, lines)).encode()
    planned, _summary = plan(session, room.curator, content, "x.jsonl")
    assert [(each.number, each.outcome.value, each.place) for each in planned] == [
        (1, "moved", (start, start + 16)),
        (1, "new", (0, 3)),
        (2, "new", (4, 11)),
        (3, "refused", None),
        (4, "refused", None),
    ]
    assert (
        planned[4].why == "No article here has this text. Give an article_id, or an article_title."
    )
    with pytest.raises(UnreadableImport, match="Line 1 has a span that is not inside its text"):
        read(b'{"text": "ab", "label": [[0, 3, "claim"]]}', "jsonl")


@pytest.mark.sqlite_only
def test_web_annotations_of_others_are_matched_by_the_source(session: Session, room: Room) -> None:
    article = add_article(session, "Money is a word.", title="Other")
    article.source_url = "https://example.org/money"
    session.commit()
    value = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "creator": [{"name": "Zoe"}],
        "body": [
            {"value": "claim", "purpose": "tagging"},
            {"value": "ports", "purpose": "tagging"},
            {"value": "party: Mara: Lind", "purpose": "describing"},
            {"value": "It is long.", "purpose": "describing"},
            "Why?",
        ],
        "target": {
            "source": article.source_url,
            "selector": {"type": "TextQuoteSelector", "exact": "a word"},
        },
    }
    page = {
        "type": "AnnotationPage",
        "items": [value, {"target": "https://example.org/none", "body": "claim"}],
    }
    planned, _summary = plan(session, room.curator, json.dumps(page).encode(), "x.json")
    assert [each.outcome for each in planned] == [RowOutcome.NEW, RowOutcome.REFUSED]
    wanted = planned[0].wanted
    assert wanted is not None
    assert (wanted.tag, wanted.note, wanted.themes, wanted.annotator) == (
        "claim",
        "It is long.\n\nWhy?",
        ["ports"],
        "Zoe",
    )
    assert wanted.who.party == "Mara: Lind"
    assert planned[1].why == "There is no article from https://example.org/none in this project."


def test_a_workbook_of_ones_own_needs_three_columns(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    book = Workbook()
    book.create_sheet("notes").append(["nothing"])
    sheet = book.worksheets[0]
    sheet.append(["Article_ID", "TAG", "quote", None])
    sheet.append([1, "claim", "'Tis so"])
    sheet.append([None, None, None])
    sheet.append([2.0, "claim", "''Tis so"])
    file = tmp_path_factory.mktemp("book") / "x.xlsx"
    book.save(file)
    rows = read(file.read_bytes(), "xlsx").rows
    assert [(row.number, row["article_id"], row["quote"]) for row in rows] == [
        (2, "1", "'Tis so"),
        (4, "2", "'Tis so"),
    ]


@pytest.mark.parametrize(
    ("file_format", "content"),
    [
        ("csv", b""), ("csv", b"\xff\xff"), ("csv", b"tag,quote\n"), ("csv", b"a,b\n1,2"),
        ("xlsx", b"PK"), ("xlsx", b"tag,quote"), ("qdpx", b"PK\x05\x06" + bytes(18)),
        ("jsonl", b"{"), ("jsonl", b"[1]"), ("jsonl", b"1"), ("jsonl", b"[" * 99_999),
        ("jsonl", b"\xff"), ("jsonld", b"{}"), ("jsonld", b"["), ("jsonld", b"[" * 99_999),
        ("jsonld", b'{"items": [{}, 1]}'),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(file_format: str, content: bytes) -> None:
    with pytest.raises(UnreadableImport) as refused:
        read(content, file_format)
    assert str(refused.value).endswith(".")


def test_a_coded_passage_that_is_not_inside_its_text_is_refused() -> None:
    passage = '<PlainTextSelection guid="c" startPosition="1" endPosition="3"/>'
    source = f'<TextSource guid="b" plainTextPath="internal://b.txt">{passage}</TextSource>'
    written = io.BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr("project.qde", f"<Project><Sources>{source}</Sources></Project>")
        archive.writestr("sources/b.txt", "ab")
    with pytest.raises(UnreadableImport, match="cannot be read as a REFI-QDA project"):
        read(written.getvalue(), "qdpx")


def test_a_format_is_found_by_the_name_and_by_how_a_json_begins() -> None:
    assert format_of("A.CSV", b"") == "csv"
    assert format_of("x.json", b'\n[{"tag": "claim"}]') == "jsonl"
    assert format_of("x.json", b'{"@context": "x"}') == "jsonld"
    with pytest.raises(
        UnreadableImport, match="in no format that is read here: CSV, also of DNA, XLSX"
    ):
        format_of("x.pdf", b"")


def test_what_may_become_large_or_take_long_is_read_outside_the_server() -> None:
    assert is_quick(b"article_id,tag,quote\n1,claim,money\n", "csv")
    spans = b'{"text": "%s", "label": [%s]}' % (b"e" * 900, b",".join([b"[1, 900, 0]"] * 90))
    no_zip = b"PK\5\6" + b"\0" * 4 + b"\1\0\1\0" + b"\0" * 10  # though it ends as one does
    assert not is_quick(spans, "jsonl")
    assert not is_quick(no_zip, "xlsx")
    assert not is_quick(b"article_id,tag,quote\n" + b"1,claim,e\r" * 10, "csv")


@pytest.mark.sqlite_only
def test_statements_of_dna_are_claims_with_a_party_a_position_and_a_side(
    session: Session, room: Room
) -> None:
    own = (
        '"statement ID";"time";"document ID";"document title";"author";"source";"section";"type";'
        '"text";"person";"organization";"concept";"agreement"\n'
        '7;2025-01-13 00:00:00;44;"The River Road";"Ada Quill";"";"";"";"It floods";"Mara Lind";'
        '"Port";"Spend, and soon.";1\n'
        '8;2025-01-13 00:00:00;44;"The River Road";"Ada Quill";"";"";"";"\'s report";"";"Port";'
        '"Spend, and soon.";0\n'
    )
    planned, summary = plan(session, room.curator, own.encode(), "events.csv")
    assert [each.outcome for each in planned] == [RowOutcome.NEW] * 2  # a straight mark, too
    assert summary.unknown == []
    wanted = planned[0].wanted
    assert wanted is not None
    assert wanted.tag == "claim"
    assert wanted.who == Who("Mara Lind", "person", "Port", (), "Spend, and soon.", "for")
    ours = (
        "statement_id;time;person;organization;concept;agreement;start_position;text;coder;"
        "document_title\r\n"
        f"7;;;Port;Spend.;0;{TEXT.index('money')};money;Zoe;The River Road\r\n"
        "8;;Port;;Spend.;2;;time;Zoe;The River Road\r\n"
    )
    planned, summary = plan(session, room.curator, ours.encode(), "dna.csv")
    assert [each.outcome for each in planned] == [RowOutcome.NEW, RowOutcome.REFUSED]
    assert planned[1].why == "Its side is neither for nor against: “2”."
    assert (summary.annotators, summary.parties, summary.positions) == (
        ["Zoe"],
        ["Port"],
        ["Spend."],
    )
    bring(session, room.curator, planned)
    (port,) = session.scalars(select(Party))
    assert port.kind == "organization"
