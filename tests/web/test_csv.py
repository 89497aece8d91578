"""The CSV as a download."""

import csv
import io

from flask import Flask
from sqlalchemy.orm import Session

from app.exports.queries import BOM, COLUMNS
from tests.harness.builders import Room, add_annotation, add_article, sign_in
from tests.harness.pages import PageClient


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
    assert list(rows(one.data)[0]) == list(COLUMNS)
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
