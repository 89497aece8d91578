"""Marks on views: what is sent in pieces, takes files, hashes passwords or needs no database."""

import ast
import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.errors import Busy, TooLarge
from app.exports.queries.formats import FORMATS
from app.web.pools import REFUSAL
from app.web.routing import view_of
from app.web.uploads import ADMISSION, Admission
from app.web.view_marks import Work, view_finder, work_of
from tests.harness.api import ApiClient
from tests.harness.builders import Room, add_annotation, add_token, sign_in
from tests.harness.pages import PageClient
from tests.harness.routes import all_routes, api_routes, fill, fill_whole, routes, send
from tests.harness.server import ROOT

DOWNLOADS = {
    ("GET", f"/api/v1/projects/<slug>/annotations.<any({', '.join(FORMATS)}):extension>"),
    ("GET", "/projects/<slug>/annotations.<extension>"),
    ("GET", "/projects/<slug>/articles/<int:article_id>/annotations.<extension>"),
    ("GET", "/projects/<slug>/findings/passages.<extension>"),
    ("GET", "/projects/<slug>/findings/places.<extension>"),
    ("GET", "/projects/<slug>/findings/positions.csv"),
    ("GET", "/projects/<slug>/findings/changes.csv"),
    ("GET", "/projects/<slug>/findings/networks.<extension>"),
    ("GET", "/projects/<slug>/themes.csv"),
    ("GET", "/projects/<slug>/archive.zip"),
}
LONG_PAGES = {
    ("GET", "/projects/<slug>/findings/brief"),
    ("GET", "/projects/<slug>/articles/<int:article_id>/brief"),
}
FOR_FILES = {
    ("POST", "/projects/<slug>/imports"),
    ("POST", "/projects/<slug>/themes/import"),
    ("POST", "/projects/import"),  # by whoever is signed in
    ("POST", "/projects/<slug>/articles/add"),
    ("POST", "/projects/<slug>/articles/<int:article_id>/correct"),
}
OF_KEPT_FILES = {
    ("POST", "/projects/<slug>/drafts/<int:draft_id>/encoding"),
    ("POST", "/projects/<slug>/articles/<int:article_id>/corrections/<int:draft_id>/encoding"),
}
HASHING = {
    ("POST", "/account/email"),
    ("POST", "/account/password"),
    ("POST", "/invitations/<token>/sign-up"),
    ("POST", "/reset/<token>"),
    ("POST", "/sign-in"),
    ("POST", "/sign-up"),
}
WITHOUT_DATABASE = {
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/health"),
    ("GET", "/static/<content_hash>/<path:name>"),
}

FORM_WITH_FILES = re.compile(
    r"""<form[^>]*enctype="multipart/form-data"[^>]*url_for\('([a-z_.]+)'"""
)


def test_a_path_leads_to_its_view_by_its_method(app: Flask) -> None:
    find = view_finder(app)
    for method, rule in all_routes(app):
        assert find(fill(rule), method) is view_of(app, rule.endpoint), rule
    heads = {
        rule.rule
        for method, rule in all_routes(app)
        if work_of(find(fill(rule), "HEAD")) is Work.DOWNLOAD
    }
    assert heads == {path for _, path in DOWNLOADS | LONG_PAGES}
    for path in ("/nowhere", "/nowhere/annotations.csv", "/projects//first/annotations.csv"):
        assert find(path, "GET") is None
    assert find("/projects/first/annotations.csv", "POST") is None


def test_the_listed_views_are_marked_and_no_others(app: Flask) -> None:
    views = [(method, rule.rule, view_of(app, rule.endpoint)) for method, rule in all_routes(app)]
    marked = {
        work: {(method, rule) for method, rule, view in views if work_of(view) is work}
        for work in Work
    }
    del marked[Work.PAGE]
    assert marked == {
        Work.DOWNLOAD: DOWNLOADS | LONG_PAGES,
        Work.READING_FILES: FOR_FILES | OF_KEPT_FILES,
        Work.HASHING: HASHING,
        Work.SERVING_FILES: WITHOUT_DATABASE,
    }


def test_a_password_is_hashed_where_the_mark_says_so_alone() -> None:
    """Who calls what hashes is marked, or is called by those who are."""
    hashing = {"hash_password", "verify_password", "check_present", "make_account"}
    found = set()
    for path in sorted((ROOT / "app").rglob("views/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name not in hashing:
                names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                if names & hashing:
                    assert "hashes_passwords" in names, f"{path.name}: {node.name}"
                    found.add(node.name)
    assert len(found) == len(HASHING)


@pytest.mark.parametrize(
    "rule", sorted(rule for _, rule in FOR_FILES | OF_KEPT_FILES if "<slug>" in rule)
)
def test_who_may_not_add_is_not_admitted_with_a_file(
    client: PageClient, session: Session, room: Room, rule: str
) -> None:
    def ask(path: str) -> tuple[int, int | None]:
        admission = Admission()
        answer = client.post(path, environ_overrides={ADMISSION: admission})
        return answer.status_code, admission.account_id

    path = fill(rule)
    assert ask(path) == (401, None)
    sign_in(client, session, room.annotator.account)
    assert ask(path) == (403, None)
    sign_in(client, session, room.curator.account)
    begun = path.partition("/corrections/")[0] + "/correct"
    made_at = begun if "/corrections/" in path else "/projects/first/articles/add"
    assert client.submit(client.get(made_at), made_at, {"text": "A draft."}).status_code == 303
    assert ask(path) == (204, room.curator.account_id)
    assert ask(path.replace("/first/", "/nowhere/")) == (404, None)


@pytest.mark.sqlite_only
def test_a_static_file_and_a_sign_of_life_read_no_database(
    app: Flask, client: PageClient, monkeypatch: pytest.MonkeyPatch, session: Session, room: Room
) -> None:
    sign_in(client, session, room.reader.account)
    style = app.jinja_env.from_string("{{ static_url('css/gloss.css') }}").render()
    monkeypatch.setitem(app.extensions, "database", None)  # whoever asks it fails
    assert client.get(style).status_code == 200
    assert client.get("/health").status_code == 200


@pytest.mark.sqlite_only
def test_who_finds_no_room_keeps_what_was_typed(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.curator.account)
    typed = {"text": "A pasted text.", "url": "https://example.org/an-article"}
    sentence = "The server is reading many files at this moment. Wait a minute, then try again."
    answer = client.post(
        "/projects/first/articles/add", data=typed, environ_overrides={REFUSAL: Busy(sentence)}
    )
    assert answer.status_code == 503
    assert sentence in answer.text
    assert all(words in answer.text for words in typed.values())
    answer = client.post(
        "/sign-in",
        data={"email": "ines@example.org", "password": "a secret of hers"},
        environ_overrides={REFUSAL: Busy(sentence)},
    )
    assert answer.status_code == 503
    assert "a secret of hers" not in answer.text
    too_large = client.post("/account", environ_overrides={REFUSAL: TooLarge("It is too large.")})
    assert too_large.status_code == 413
    assert "It is too large." in too_large.text
    assert 'aria-label="Project"' in too_large.text  # a page as any other


@pytest.mark.sqlite_only
def test_every_answer_that_is_a_file_to_keep_is_a_download(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    sign_in(client, session, room.owner.account)
    program = ApiClient(app, add_token(session, room.owner.account))
    answers = [
        (each, send(client, "GET", fill_whole(each[1]))) for each in routes(app) if each[0] == "GET"
    ]
    answers += [(each, program.get(fill(each[1]))) for each in api_routes(app) if each[0] == "GET"]
    kept = {
        (method, rule.rule)
        for (method, rule), answer in answers
        if "attachment" in answer.headers.get("Content-Disposition", "")
    }
    assert kept == DOWNLOADS


def test_every_form_with_files_goes_to_a_view_that_takes_them(app: Flask) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    endpoints = [endpoint for text in texts for endpoint in FORM_WITH_FILES.findall(text)]
    assert len(endpoints) == sum(text.count("multipart/form-data") for text in texts)
    addressed = {rule.rule for _, rule in routes(app) if rule.endpoint in endpoints}
    assert addressed == {rule for _, rule in FOR_FILES}
