"""Programs with API tokens: how they are described, who may, limits and faults."""

import re
from functools import wraps

import pytest
from flask import Flask
from openapi_spec_validator import validate
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Account
from app.annotations.content import RULES
from app.api.openapi import document
from app.api.operations import operation_of
from app.api.views.caller import POLICY, REQUESTS, WRONG_FROM_HOST
from app.articles.service import articles
from app.config import Config
from app.core.errors import Busy
from app.exports.queries.formats import FORMATS
from app.findings.asked import FACETS, Asked, ContextSort, Grouping, Hits, PassageSort, PassagesView
from app.projects.service import projects
from app.web.pools import REFUSAL
from app.web.routing import view_of
from tests.harness.api import OPENAPI, PROJECT, ApiClient, create
from tests.harness.builders import (
    Room,
    add_annotation,
    add_project,
    add_room,
    add_theme,
    add_token,
    sign_in,
)
from tests.harness.documents import API, codes, table
from tests.harness.pages import PageClient
from tests.harness.routes import api_routes, fill, fill_each


@pytest.mark.sqlite_only
def test_the_document_is_openapi_and_public_and_says_all_that_is_there(
    app: Flask, room: Room
) -> None:
    anyone = ApiClient(app)
    described = anyone.document
    validate(described)
    there = {
        (fill(path.replace("{", "<").replace("}", ">"), extension="csv"), method.upper())
        for path, operations in described["paths"].items()
        for method in operations
    }
    views = {(fill(rule), method) for method, rule in api_routes(app)}
    assert there == views
    names = [each["operationId"] for path in described["paths"].values() for each in path.values()]
    assert len(names) == len(set(names))
    listed = described["paths"]["/api/v1/projects/{slug}/annotations"]["get"]
    known = {each["name"] for each in listed["parameters"]}
    assert known == {name for name, _ in ALL_ASKED.pairs} | {"slug", "limit", "after"}
    assert set(FACETS) <= known
    schemas = described["components"]["schemas"]
    for name in ("Annotation", "NewAnnotation", "AnnotationChange"):
        assert set(RULES) <= set(schemas[name]["properties"]), name
    exported = described["paths"]["/api/v1/projects/{slug}/annotations.{extension}"]["get"]
    extension = next(each for each in exported["parameters"] if each["name"] == "extension")
    assert extension["schema"]["enum"] == list(FORMATS)
    assert room.article.id


ALL_ASKED = Asked(
    q="road",
    within=("text",),
    sort=PassageSort.TAGGED,  # any other than the default
    group=Grouping.TAG,
    view=PassagesView.CONTEXT,
    by=ContextSort.PLACE,
    hits=Hits.UNTAGGED,
    **dict.fromkeys(FACETS, ("1",)),
)
"""Something of all that an address can ask for."""


@pytest.mark.sqlite_only
def test_the_document_for_people_lists_each_address(app: Flask) -> None:
    def written(rule: str) -> str:
        short = rule.removeprefix("/api/v1").replace("<slug>", "SLUG")
        return re.sub(r"<int:\w+>", "ID", re.sub(r"<any[^>]+>", "csv", short))

    listed = {
        (row[1], codes(row[0])[0].partition("?")[0]) for row in table(API, "address | method")
    }
    assert listed == {(method, written(rule.rule)) for method, rule in api_routes(app)}


@pytest.mark.sqlite_only
def test_each_view_for_programs_is_described_beside_it(app: Flask) -> None:
    for _method, rule in api_routes(app):
        assert operation_of(view_of(app, rule.endpoint)) is not None, rule
    assert document([], version="1")["paths"] == {}


@pytest.mark.sqlite_only
def test_every_operation_answers_as_it_is_described(
    program: ApiClient, session: Session, room: Room
) -> None:
    """The client looks at each answer; the examples of what is sent are sent."""
    example = {
        each["operationId"]: each["requestBody"]["content"]["application/json"]["example"]
        for path in program.document["paths"].values()
        for each in path.values()
        if "requestBody" in each
    }
    add_theme(session, room.curator, "ports")
    path = f"{PROJECT}/articles/1/annotations"
    made = program.ask("POST", path, json=example["create_annotation"]).json
    number = f"/api/v1/annotations/{made['id']}"
    assert program.ask("PATCH", number, json=example["change_annotation"]).json["version"] == 2
    program.ask("DELETE", f"{number}?version=2")
    program.ask("POST", f"{number}/restore")
    for method, rule in api_routes(program.application):
        if method == "GET":
            for address in fill_each(rule, annotation_id=made["id"]):
                program.ask(method, address).close()
    names = {
        each["operationId"] for path in program.document["paths"].values() for each in path.values()
    }
    assert {name for name, status in program.seen if status in {200, 201}} == names


@pytest.mark.sqlite_only
def test_nothing_is_opened_without_a_token_nor_by_a_cookie(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    sign_in(client, session, room.annotator.account)
    anyone = ApiClient(app)
    wrong = ApiClient(app, "gloss_wrong")
    for method, rule in api_routes(app):
        path = fill(rule)
        with_cookie = client.open(path, method=method)
        for answer in (with_cookie, anyone.open(path, method=method)):
            assert answer.status_code == 401, rule
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Gloss"'
            assert answer.mimetype == "application/problem+json"
        answer = wrong.open(path, method=method)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        assert "Set-Cookie" not in answer.headers
    told = client.get(OPENAPI).headers
    assert not [name for name, _value in told if name.startswith("Access-Control")]


@pytest.mark.sqlite_only
def test_a_token_that_reads_writes_nothing(app: Flask, session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article)
    reader = ApiClient(app, add_token(session, room.annotator.account, scope="read"))
    assert reader.ask("GET", f"/api/v1/annotations/{made.id}").status_code == 200
    for method, rule in api_routes(app):
        if method != "GET":
            answer = reader.open(fill(rule, annotation_id=made.id), method=method, json={})
            assert answer.status_code == 403, rule
            assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


@pytest.mark.sqlite_only
def test_what_belongs_to_another_project_is_not_there(
    app: Flask, program: ApiClient, session: Session, room: Room
) -> None:
    other = add_room(session, "second")
    made = add_annotation(session, other.annotator, other.article)
    mine = add_annotation(session, room.annotator, room.article)
    of_second = add_token(session, room.annotator.account, project=add_project(session, "second"))
    limited = ApiClient(app, of_second)
    for method, rule in api_routes(app):
        if not rule.arguments:
            continue
        for asking, number, slug in ((program, made.id, "second"), (limited, mine.id, "first")):
            for path in fill_each(rule, annotation_id=number, slug=slug):
                answer = asking.open(path, method=method, json={"version": 1, "tag": "claim"})
                assert answer.status_code == 404, (rule, slug)
    assert limited.ask("GET", "/api/v1/projects").json["items"] == []
    strange = f"{PROJECT}/articles/{other.article.id}/annotations"
    assert (
        program.ask("POST", strange, json={"tag": "claim", "quote": "It floods"}).status_code == 404
    )
    assert program.ask("GET", f"{PROJECT}/articles/{2**40}").status_code == 404


@pytest.mark.sqlite_only
def test_a_token_is_told_its_limit_and_held_to_it(
    app: Flask, session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.views.caller.REQUESTS", 3)
    programs = [ApiClient(app, add_token(session, room.annotator.account)) for _ in range(2)]
    for left in (2, 1, 0):
        answer = programs[0].ask("GET", "/api/v1/projects")
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Policy"] == POLICY
        assert answer.headers["RateLimit"].startswith(f'"token";r={left};t=')
    refused = programs[0].ask("GET", "/api/v1/projects")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert programs[1].ask("GET", "/api/v1/projects").status_code == 200
    assert f"q={REQUESTS};" in POLICY


@pytest.mark.sqlite_only
def test_wrong_tokens_are_throttled_by_address_and_right_ones_go_on(
    app: Flask, program: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.views.caller.WRONG_FROM_HOST", 2)
    wrong = ApiClient(app, "gloss_wrong")
    statuses = [wrong.ask("GET", "/api/v1/projects").status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert program.ask("GET", "/api/v1/projects").status_code == 200
    assert WRONG_FROM_HOST > 2


@pytest.mark.sqlite_only
def test_faults_are_problems_in_the_api_alone(
    program: ApiClient, config: Config, session: Session, room: Room
) -> None:
    for method, path, status in (
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/api/", 404),
        ("PUT", "/api/v1/projects", 405),
        ("POST", f"{PROJECT}/annotations", 405),
    ):
        answer = program.ask(method, path)
        assert (answer.status_code, answer.json["status"]) == (status, status)
        assert answer.mimetype == "application/problem+json"
        if status == 405:
            assert "GET" in answer.headers["Allow"]
    busy = program.ask("GET", "/api/v1/projects", environ_overrides={REFUSAL: Busy("Wait.")})
    assert (busy.status_code, busy.json["detail"]) == (503, "Wait.")
    assert program.ask("GET", "/nowhere").mimetype == "text/html"
    broken = create_app(config)
    view = view_of(broken, "api.projects")
    assert view is not None

    @wraps(view)
    def fail() -> str:
        message = "broken"
        raise RuntimeError(message)

    broken.view_functions["api.projects"] = fail
    token = add_token(session, room.annotator.account)
    answer = ApiClient(broken, token).ask("GET", "/api/v1/projects")
    assert (answer.status_code, answer.json["title"]) == (500, "Internal Server Error")
    broken.extensions["database"].dispose()


@pytest.mark.sqlite_only
def test_a_role_may_by_a_token_what_it_may_on_pages(
    app: Flask, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    path = f"/api/v1/annotations/{made.id}"

    def statuses(account: Account) -> list[int]:
        program = ApiClient(app, add_token(session, account))
        answers = [
            program.ask("GET", path),
            program.ask("GET", f"{PROJECT}/annotations.csv"),
            create(program, quote="We have no time"),
            program.ask("PATCH", path, json={"version": 1, "note": ""}),
            program.ask("DELETE", f"{path}?version=1"),
            program.ask("POST", f"{path}/restore"),
        ]
        for answer in answers:
            answer.close()
        return [answer.status_code for answer in answers]

    assert statuses(room.reader.account) == [200, 200, 403, 403, 403, 403]
    assert statuses(room.annotator.account) == [200, 200, 201, 200, 200, 200]
    articles.archive(session, actor=room.curator, article=room.article)
    session.commit()
    program = ApiClient(app, add_token(session, room.owner.account))
    assert create(program, quote="It floods").status_code == 409
    projects.archive(session, actor=room.owner)
    session.commit()
    assert statuses(room.owner.account) == [200, 200, 403, 403, 403, 403]
