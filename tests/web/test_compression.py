"""Pages travel compressed, in the encoding that the browser likes best."""

import gzip

import pytest
from sqlalchemy.orm import Session

from app.web import compression
from tests.harness.builders import Room, add_annotation
from tests.harness.pages import PageClient, without_chance

pytestmark = pytest.mark.sqlite_only

PAGE = "/projects/first/articles/1"


def encoding_for(client: PageClient, accepted: str, **headers: str) -> str | None:
    sent = {"Accept-Encoding": accepted, **headers}
    return client.get("/help", headers=sent).headers.get("Content-Encoding")


def test_a_page_is_the_same_compressed(me: PageClient) -> None:
    plain = me.get(PAGE)
    packed = me.get(PAGE, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert without_chance(gzip.decompress(packed.data).decode()) == without_chance(plain.text)
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_browser_chooses_the_encoding(me: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "ENCODINGS", ("gzip",))
    for accepted in ("gzip", "GZIP", "deflate, gzip;q=0.5", "*", "br;q=1, *;q=0.1"):
        assert encoding_for(me, accepted) == "gzip", accepted
    for accepted in ("", "identity", "gzip;q=0", "gzip;q=0, *", "gzip;q=0.5, identity", "br"):
        assert encoding_for(me, accepted) is None, accepted


def test_brotli_is_used_where_it_is_installed(me: PageClient) -> None:
    brotli = pytest.importorskip("brotli")
    assert encoding_for(me, "gzip, deflate, br") == "br"
    assert encoding_for(me, "gzip, br;q=0.5") == "gzip"
    plain = me.get(PAGE)
    packed = me.get(PAGE, headers={"Accept-Encoding": "br"})
    assert without_chance(brotli.decompress(packed.data).decode()) == without_chance(plain.text)


def test_head_says_what_get_would(me: PageClient) -> None:
    for accepted in ("", "gzip"):
        got = me.get("/help", headers={"Accept-Encoding": accepted})
        head = me.head("/help", headers={"Accept-Encoding": accepted})
        assert head.data == b""
        assert head.headers.get("Content-Encoding") == got.headers.get("Content-Encoding")
        assert abs(int(head.headers["Content-Length"]) - int(got.headers["Content-Length"])) < 20


def test_what_is_short_or_streamed_or_empty_goes_as_it_is(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    headers = {"Accept-Encoding": "gzip"}
    short = me.get("/annotations/999/card", headers={**headers, "X-Fragment": "1"})
    assert (short.status_code, len(short.data) < 1_000) == (404, True)
    csv = me.get("/projects/first/annotations.csv", headers=headers)
    assert csv.text.startswith("\ufeff")
    moved = me.get("/", headers=headers)
    assert (moved.status_code, moved.data) == (302, b"")
    for answer in (short, csv, moved):
        assert "Content-Encoding" not in answer.headers
    card = me.get(f"/annotations/{made.id}/card", headers={**headers, "X-Fragment": "1"})
    assert card.headers["Content-Encoding"] == "gzip"


def test_what_another_site_makes_the_browser_ask_for_is_not_compressed(me: PageClient) -> None:
    for site in ("same-origin", "none"):
        assert encoding_for(me, "gzip", **{"Sec-Fetch-Site": site}) == "gzip"
    for site in ("same-site", "cross-site"):
        assert encoding_for(me, "gzip", **{"Sec-Fetch-Site": site}) is None
