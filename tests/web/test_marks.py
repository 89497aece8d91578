"""Marks on views: what is sent in pieces, and what takes files."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.web.view_marks import is_download, is_for_files, view_finder
from tests.harness.builders import Room, add_annotation, sign_in
from tests.harness.pages import PageClient
from tests.harness.routes import fill, routes, send
from tests.harness.server import ROOT

DOWNLOADS = {
    ("GET", "/projects/<slug>/annotations.csv"),
    ("GET", "/projects/<slug>/articles/<int:article_id>/annotations.csv"),
}
FOR_FILES = {
    ("POST", "/projects/<slug>/articles/add"),
    ("POST", "/projects/<slug>/articles/<int:article_id>/correct"),
}

FORM_WITH_FILES = re.compile(
    r"""<form[^>]*enctype="multipart/form-data"[^>]*url_for\('([a-z_.]+)'"""
)


def test_a_path_leads_to_its_view_by_its_method(app: Flask) -> None:
    find = view_finder(app)
    for method, rule in routes(app):
        assert find(fill(rule), method) is app.view_functions[rule.endpoint], rule
    heads = {rule.rule for method, rule in routes(app) if is_download(find(fill(rule), "HEAD"))}
    assert heads == {path for _, path in DOWNLOADS}
    for path in ("/nowhere", "/nowhere/annotations.csv", "/projects//first/annotations.csv"):
        assert find(path, "GET") is None
    assert find("/projects/first/annotations.csv", "POST") is None


def test_the_listed_views_are_marked_and_no_others(app: Flask) -> None:
    views = [(method, rule.rule, app.view_functions[rule.endpoint]) for method, rule in routes(app)]
    assert {(method, rule) for method, rule, view in views if is_download(view)} == DOWNLOADS
    assert {(method, rule) for method, rule, view in views if is_for_files(view)} == FOR_FILES


@pytest.mark.sqlite_only
def test_every_answer_that_is_a_file_to_keep_is_a_download(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    sign_in(client, session, room.owner.account)
    kept = {
        (method, rule.rule)
        for method, rule in routes(app)
        if method == "GET"
        and "attachment" in send(client, method, fill(rule)).headers.get("Content-Disposition", "")
    }
    assert kept == DOWNLOADS


def test_every_form_with_files_goes_to_a_view_that_takes_them(app: Flask) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    endpoints = [endpoint for text in texts for endpoint in FORM_WITH_FILES.findall(text)]
    assert len(endpoints) == sum(text.count("multipart/form-data") for text in texts)
    addressed = {rule.rule for _, rule in routes(app) if rule.endpoint in endpoints}
    assert addressed == {rule for _, rule in FOR_FILES}
