"""Static files: they depend on nothing but their address, and travel compressed."""

import gzip
import json

import pytest
from flask import Flask

from tests.harness.pages import PageClient, page_client

pytestmark = pytest.mark.sqlite_only

NAMES = ("css/gloss.css", "js/reading.mjs", "js/reading.mjs.map", "icon.svg")


def address(app: Flask, name: str) -> str:
    return f"/static/{app.extensions['static'].content_hash}/{name}"


@pytest.mark.parametrize("name", NAMES)
def test_who_asks_makes_no_difference(
    name: str, app: Flask, me: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = page_client(app).get(address(app, name))
    with monkeypatch.context() as without:
        without.delitem(app.extensions, "database")  # whoever asks it for anything fails
        member = me.get(address(app, name))
    assert member.data == stranger.data
    for answer in (stranger, member):
        assert answer.status_code == 200
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_the_same_in_every_encoding(name: str, app: Flask, client: PageClient) -> None:
    plain = client.get(address(app, name))
    packed = client.get(address(app, name), headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_a_file_that_the_browser_has_is_not_sent_again(app: Flask, client: PageClient) -> None:
    packed = client.get(address(app, "css/gloss.css"), headers={"Accept-Encoding": "gzip"})
    asked = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    again = client.get(address(app, "css/gloss.css"), headers=asked)
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(address(app, "css/gloss.css"), headers={**asked, "Accept-Encoding": ""})
    assert other.status_code == 200


def test_head_says_what_get_would(app: Flask, client: PageClient) -> None:
    for accepted in ("", "gzip"):
        headers = {"Accept-Encoding": accepted}
        got = client.get(address(app, "js/app.mjs"), headers=headers)
        head = client.head(address(app, "js/app.mjs"), headers=headers)
        assert head.data == b""
        for name in ("Content-Length", "Content-Type", "ETag", "Vary"):
            assert head.headers[name] == got.headers[name]


def test_a_module_comes_with_all_that_it_imports(app: Flask, client: PageClient) -> None:
    module = client.get(address(app, "js/app.mjs"))
    assert module.mimetype == "text/javascript"
    assert "\nimport " not in module.text
    assert "__modules['switchboard.mjs']" in module.text
    assert module.text.endswith("\n//# sourceMappingURL=app.mjs.map\n")
    source_map = json.loads(client.get(address(app, "js/app.mjs.map")).text)
    assert source_map["sources"][-1] == "app.mjs"


def test_what_is_not_there_is_not_found(app: Flask, client: PageClient) -> None:
    for name in ("js/nothing.mjs", "js/nothing.mjs.map", "css/gloss.css.map", "js", "../run.py"):
        assert client.get(address(app, name)).status_code == 404
