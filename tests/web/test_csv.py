"""The files as downloads."""

import csv
import io

from flask import Flask
from sqlalchemy.orm import Session

from app.exports.queries.columns import COLUMNS
from app.exports.queries.csv_file import BOM
from app.exports.queries.xlsx_file import MIMETYPE
from tests.harness.builders import Room, add_annotation, add_article, sign_in
from tests.harness.pages import PageClient
from tests.harness.workbooks import records_of


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_download_is_a_file_in_utf_8_with_a_byte_order_mark_unless_asked_without(
    client: PageClient, session: Session, room: Room
) -> None:
    other = add_article(session)
    made = add_annotation(session, room.annotator, room.article, note="été")
    add_annotation(session, room.annotator, other)
    sign_in(client, session, room.reader.account)
    everything = client.get("/projects/first/annotations.csv")
    one = client.get(f"/projects/first/articles/{room.article.id}/annotations.csv")
    bare = client.get("/projects/first/annotations.csv?bom=0")
    assert everything.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = "first-annotations.csv"
    assert everything.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (
        f"first-article-{room.article.id}-annotations.csv" in (one.headers["Content-Disposition"])
    )
    assert everything.data == BOM + bare.data
    assert not bare.data.startswith(BOM)
    assert len(rows(everything.data)) == 2
    assert [row["annotation_id"] for row in rows(one.data)] == [str(made.id)]
    assert rows(one.data)[0]["note"] == "été"
    assert list(rows(one.data)[0]) == [column.name for column in COLUMNS]
    head = client.head("/projects/first/annotations.csv")
    assert (head.status_code, head.data) == (200, b"")


def test_a_permalink_stands_on_the_configured_address_whatever_host_is_asked(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    sign_in(client, session, room.reader.account)
    cookie = client.get_cookie("gloss")
    assert cookie is not None
    answer = PageClient(app, use_cookies=False).get(
        "/projects/first/annotations.csv",
        headers={"Host": "evil.example", "Cookie": f"gloss={cookie.value}"},
    )
    assert rows(answer.data)[0]["permalink"] == f"http://127.0.0.1:8000/annotations/{made.id}"


def test_semicolons_stand_between_cells_where_they_are_asked_for(
    client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, note="one; two, “three”")
    sign_in(client, session, room.reader.account)
    page = client.get(f"/projects/first/articles/{room.article.id}")
    for address in (
        "/projects/first/annotations.csv",
        f"/projects/first/articles/{room.article.id}/annotations.csv",
    ):
        asked = f"{address}?sep=semicolon"
        assert asked in page.text or asked in client.get("/projects/first/articles").text
        text = client.get(asked).text.removeprefix("\ufeff")
        (row,) = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
        assert row == rows(client.get(address).data)[0]
        assert row["note"] == "one; two, “three”"
    assert client.get("/projects/first/annotations.csv?sep=comma").status_code == 200
    refused = client.get("/projects/first/annotations.csv?sep=tab")
    assert refused.status_code == 422
    assert "“?sep=semicolon”" in refused.text


def test_the_xlsx_is_a_file_with_the_rows_that_one_may_see(
    client: PageClient, session: Session, room: Room
) -> None:
    other = add_article(session)
    made = add_annotation(session, room.annotator, room.article)
    add_annotation(session, room.annotator, other)
    sign_in(client, session, room.reader.account)
    everything = client.get("/projects/first/annotations.xlsx")
    one = client.get(f"/projects/first/articles/{room.article.id}/annotations.xlsx")
    assert everything.headers["Content-Type"] == MIMETYPE
    name = "first-annotations.xlsx"
    assert everything.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert f"first-article-{room.article.id}-annotations.xlsx" in one.headers["Content-Disposition"]
    assert len(records_of(everything.data)) == 2
    assert [record["annotation_id"].value for record in records_of(one.data)] == [made.id]
    head = client.head("/projects/first/annotations.xlsx")
    assert (head.status_code, head.data) == (200, b"")


def test_a_file_of_passages_holds_what_is_asked_for_alone(
    client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    made = add_annotation(session, room.curator, room.article, "It floods", tag="demand")
    sign_in(client, session, room.reader.account)
    asked = "?tag=demand&tag=citation&group=nothing"
    answer = client.get(f"/projects/first/findings/passages.csv{asked}")
    assert [row["annotation_id"] for row in rows(answer.data)] == [str(made.id)]
    name = "first-passages.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    sheet = client.get(f"/projects/first/findings/passages.xlsx{asked}").data
    assert [record["annotation_id"].value for record in records_of(sheet)] == [made.id]
    everything = client.get("/projects/first/findings/passages.csv").data
    assert everything == client.get("/projects/first/annotations.csv").data
    assert b";" in client.get("/projects/first/findings/passages.csv?sep=semicolon").data
    for path, query, told in (
        ("passages.csv", "theme=nonsense&sort=length", "theme=nonsense, sort=length"),
        ("brief", "tag=opinion", "tag=opinion"),
        ("positions.csv", "by=me", "by=me"),
        ("changes.csv", "party=Anker", "party=Anker"),
    ):
        refused = client.get(f"/projects/first/findings/{path}?{query}")
        assert (refused.status_code, f"asked for: {told}." in refused.text) == (422, True)
    refused = client.get("/projects/first/findings/positions.csv?to=May")
    assert (refused.status_code, "To is “May”, which is not a day" in refused.text) == (422, True)
    unknown = client.get("/projects/first/findings/passages.pdf")
    assert unknown.status_code == 404
    assert "Ask for one of these: .csv, .xlsx" in unknown.text
