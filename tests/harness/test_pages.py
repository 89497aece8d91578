"""The page client refuses each fault that it is there for, and takes what is right."""

import pytest
from flask import Flask, request

from tests.harness.pages import BadPage, faults_of, page_client

GOOD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title>
<link rel="stylesheet" href="/static/a.css"><script type="module" src="/static/a.js"></script>
</head><body><a href="#main">Skip</a><main id="main"><h1 id="h">A page</h1>
<form action="/save?x=1" method="post"><input type="hidden" name="csrf_token" value="t">
<label for="note">Note</label><textarea id="note" name="note">a &amp; b</textarea>
<label><input type="checkbox" name="tick" value="1" checked> One</label>
<label><input type="checkbox" name="tick" value="2" checked> Two</label>
<label><input type="checkbox" name="tick" value="3"> Three</label>
<select name="tag" aria-label="Tag"><option value="claim">Claim<option selected>Demand</select>
<button name="act" value="go">Save</button></form>
<form action="/find"><input name="q" aria-labelledby="h"></form>
</main></body></html>"""


def put(text: str) -> str:
    """Return the good page with `text` at the end of its main part."""
    return GOOD.replace("</main>", f"{text}</main>")


def test_a_good_page_has_no_fault() -> None:
    assert faults_of(GOOD) == []
    assert faults_of(put("<p>Fine.</p>")) == []


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ("<p>a<div>b</div></p>", "unexpected-end-tag"),
        ("<b><i>x</b></i>", "adoption-agency"),
        ('<p title="a" title="b">x</p>', "duplicate-attribute"),
        ("<p>a & b &copy</p>", "named-entity-without-semicolon"),
        ("<p id=h>again</p>", "have the id 'h'"),
        ('<p id="two words">x</p>', "holds a space"),
        ("<label for=nowhere>x</label>", "points nowhere"),
        ("<p aria-describedby='h nowhere'>x</p>", "points nowhere"),
        ("<a href='#nowhere'>x</a>", "points nowhere"),
        ("<form method=post action=/x></form>", "has 0 fields csrf_token"),
        ("<form method=post><input type=hidden name=csrf_token value=''></form>", "empty one"),
        ("<form><input type=hidden name=csrf_token value=t></form>", "sent by GET"),
        ("<p style='color: red'>x</p>", "style="),
        ("<style>p {}</style>", "inline <style>"),
        ("<script>1</script>", "inline <script>"),
        ("<button onclick='x()'>x</button>", "onclick="),
        ("<a href=' JavaScript:x()'>x</a>", "href="),
        ("<h1>Two</h1>", "2 <h1>"),
        ("<input name=bare>", "has no label"),
    ],
)
def test_each_fault_is_found(markup: str, fault: str) -> None:
    assert any(fault in line for line in faults_of(put(markup))), faults_of(put(markup))


def test_a_page_needs_a_language_and_a_title() -> None:
    faults = faults_of(GOOD.replace(' lang="en"', "").replace("A page</title>", "</title>"))
    assert faults == ["<html> has no lang", "the page has no title"]


def test_a_fragment_may_point_out_of_itself_but_is_read_as_strictly() -> None:
    assert faults_of('<label for="elsewhere">x</label>') == []
    assert faults_of("<p id=a></p><p id=a></p>") == ["2 elements have the id 'a'"]
    assert faults_of("<div>")


def test_the_client_refuses_a_bad_page_whatever_its_status_and_leaves_other_answers() -> None:
    app = Flask(__name__)
    app.add_url_rule("/bad", "bad", lambda: ("<p id=a><p id=a>", 404))
    app.add_url_rule("/file", "file", lambda: ("<p id=a><p id=a>", {"Content-Type": "text/csv"}))
    client = page_client(app)
    with pytest.raises(BadPage, match=r"GET /bad:\n .*'a'"):
        client.get("/bad")
    assert client.get("/file").status_code == 200


def test_a_form_is_sent_as_a_browser_sends_it() -> None:
    app = Flask(__name__)
    app.add_url_rule("/", "page", lambda: GOOD)
    app.add_url_rule(
        "/save",
        "save",
        lambda: {"x": request.args["x"], **request.form.to_dict(flat=False)},
        methods=["POST"],
    )
    app.add_url_rule("/find", "find", lambda: request.args.to_dict(flat=False))
    client = page_client(app)
    page = client.get("/")
    assert client.submit(page, "/save", {"act": "go"}).json == {
        "x": "1",
        "csrf_token": ["t"],
        "note": ["a & b"],
        "tick": ["1", "2"],
        "tag": ["Demand"],
        "act": ["go"],
    }
    changed = client.submit(page, "/save", {"tick": ["3"], "note": "x"}).json
    assert changed is not None
    assert (changed["tick"], changed["note"]) == (["3"], ["x"])
    assert client.submit(page, "/find", {"q": "é"}).json == {"q": ["é"]}
    with pytest.raises(LookupError):
        client.submit(page, "/nowhere")
