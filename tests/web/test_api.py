"""What programs read and do by API tokens, and what they are told; every answer as described."""

import re
import uuid
from collections.abc import Mapping
from datetime import date
from functools import wraps
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Account
from app.annotations.content import RULES
from app.annotations.models import Annotation
from app.api.openapi import document
from app.api.operations import operation_of
from app.api.views.caller import POLICY, REQUESTS, WRONG_FROM_HOST
from app.articles.service import articles
from app.assignments.service import assignments
from app.config import Config
from app.exports.queries.formats import FORMATS
from app.findings.asked import FACETS, Asked
from app.parties.models import Affiliation
from app.projects.service import projects
from app.web.pools import CROWDED
from tests.harness.api import OPENAPI, ApiClient
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_comment,
    add_party,
    add_position,
    add_project,
    add_room,
    add_theme,
    add_token,
    correct,
    sign_in,
)
from tests.harness.documents import API, codes, table
from tests.harness.pages import PageClient
from tests.harness.routes import api_routes, fill, fill_each

PROJECT = "/api/v1/projects/first"


@pytest.fixture
def program(app: Flask, session: Session, room: Room) -> ApiClient:
    """Give a program that may read and write in the name of the annotator."""
    return ApiClient(app, add_token(session, room.annotator.account))


def create(program: ApiClient, **body: object) -> Any:  # noqa: ANN401  (an answer whose JSON is anything)
    path = f"{PROJECT}/articles/1/annotations"
    return program.ask("POST", path, json={"tag": "claim", **body})


# --- the description ----------------------------------------------------------------------------


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
    sort="tagged",  # type: ignore[arg-type]  # any other than the default
    group="tag",  # type: ignore[arg-type]
    view="context",  # type: ignore[arg-type]
    by="place",  # type: ignore[arg-type]
    hits="untagged",  # type: ignore[arg-type]
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
        assert operation_of(app.view_functions[rule.endpoint]) is not None, rule
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


# --- reading ------------------------------------------------------------------------------------


def test_projects_articles_texts_and_themes_are_read_page_by_page(
    program: ApiClient, session: Session, room: Room
) -> None:
    add_article(session, "Another text.", title="Two")
    theme = add_theme(session, room.curator, "ports")
    (project,) = program.ask("GET", "/api/v1/projects").json["items"]
    assert (project["slug"], project["role"], project["is_archived"]) == (
        "first",
        "annotator",
        False,
    )
    first = program.ask("GET", f"{PROJECT}/articles?limit=1").json
    assert [each["title"] for each in first["items"]] == ["The River Road"]
    second = program.ask("GET", first["next"]).json
    assert ([each["title"] for each in second["items"]], second["next"]) == (["Two"], None)
    text = program.ask("GET", first["items"][0]["text_url"]).json
    assert text["text"] == TEXT
    assert text["text"][slice(*(text["blocks"][1][name] for name in ("start", "end")))].startswith(
        "“We have no money"
    )
    correct(session, room.curator, room.article, "Another text altogether.")
    assert program.ask("GET", f"{PROJECT}/articles/1").json["revision"] == 2
    assert program.ask("GET", f"{PROJECT}/articles/1/text?revision=1").json["text"] == TEXT
    assert program.ask("GET", f"{PROJECT}/articles/1/text?revision=3").status_code == 404
    assert program.ask("GET", f"{PROJECT}/articles?archived=yes").json["items"] == []
    assert program.ask("GET", f"{PROJECT}/themes").json["items"][0]["id"] == theme.id


def test_articles_are_asked_for_as_on_the_page(
    program: ApiClient, session: Session, room: Room
) -> None:
    other = add_article(session, "Another text about a harbour.", title="Two")
    assignments.assign(
        session,
        actor=room.curator,
        articles=[other],
        account_ids=[room.annotator.account_id],
        due_on=None,
    )
    made = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, made, "Is it so?", is_question=True)

    def titles(query: str) -> list[str]:
        answer = program.ask("GET", f"{PROJECT}/articles?{query}")
        assert answer.status_code == 200, answer.text
        return [each["title"] for each in answer.json["items"]]

    assert titles("search=harbour") == ["Two"]
    assert titles("assignee=me&state=to+do") == ["Two"]
    assert titles("assignee=nobody") == ["The River Road"]
    assert titles(f"assignee={room.curator.account_id}") == []
    assert titles("thread=question") == ["The River Road"]
    for query in ("search=...", "assignee=you", "state=late", "thread=resolved", "archived=1"):
        assert program.ask("GET", f"{PROJECT}/articles?{query}").status_code == 422, query


def test_who_says_what_is_said_by_ids_or_names_and_listed(
    program: ApiClient, session: Session, room: Room
) -> None:
    mara = add_party(session, room.curator, "Mara Lind", "person")
    alias = add_party(session, room.curator, "M. Lind")
    port = add_party(session, room.curator, "Port", "organization")
    harbour = add_position(session, room.curator)
    alias.alias_of_id = mara.id
    mara.affiliations = [Affiliation(organization_id=port.id, since=date(2025, 1, 1), until=None)]
    session.commit()
    listed = program.ask("GET", f"{PROJECT}/parties").json["items"]
    assert [(each["name"], each["kind"], each["alias_of"]) for each in listed] == [
        ("M. Lind", "", mara.id),
        ("Mara Lind", "person", None),
        ("Port", "organization", None),
    ]
    assert listed[1]["affiliations"] == [
        {"organization": port.id, "since": "2025-01-01", "until": None}
    ]
    (position,) = program.ask("GET", f"{PROJECT}/positions").json["items"]
    assert position["sentence"] == harbour.sentence
    said = {"party": "m. lind", "addressees": ["PORT"], "position": harbour.sentence, "side": "for"}
    made = create(program, quote="must close", tag="demand", **said)
    assert {name: made.json[name] for name in said} == {
        "party": alias.id,
        "addressees": [port.id],
        "position": harbour.id,
        "side": "for",
    }
    found = program.ask("GET", f"{PROJECT}/annotations?party={mara.id}&side=for").json["items"]
    assert [each["id"] for each in found] == [made.json["id"]]
    path = f"/api/v1/annotations/{made.json['id']}"
    changed = program.ask("PATCH", path, json={"version": 1, "tag": "claim", "party": port.id})
    assert (changed.json["party"], changed.json["addressees"]) == (port.id, [])
    none = program.ask("PATCH", path, json={"version": 2, "party": None, "side": ""})
    assert (none.json["party"], none.json["position"], none.json["side"]) == (None, harbour.id, "")


def test_passages_are_asked_for_as_on_the_page(
    program: ApiClient, session: Session, room: Room
) -> None:
    mine = add_annotation(session, room.annotator, room.article, note="Is it so?")
    others = add_annotation(session, room.curator, room.article, "It floods", tag="demand")
    last = add_annotation(session, room.annotator, room.article, "nobody repairs it")

    def ids(query: str) -> list[int]:
        answer = program.ask("GET", f"{PROJECT}/annotations?{query}")
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json["items"]]

    assert ids("") == [mine.id, others.id, last.id]
    assert ids("sort=tagged&group=tag&view=context") == [last.id, others.id, mine.id]
    assert ids("tag=demand&tag=claim&annotator=me") == [mine.id, last.id]
    assert ids("q=council") == [mine.id]
    assert ids("note=yes") == [mine.id]
    found, address = [], f"{PROJECT}/annotations?tag=claim&tag=demand&limit=1"
    while address:
        page = program.ask("GET", address).json
        found += [each["id"] for each in page["items"]]
        address = page["next"]
    assert found == [mine.id, others.id, last.id]


@pytest.mark.sqlite_only
def test_what_nobody_knows_is_refused_and_does_not_pass_for_everything(program: ApiClient) -> None:
    for name, value in (
        ("tag", "claims"),
        ("tags", "claim"),
        ("published", "2025"),
        ("limit", "0"),
        ("after", "first"),
        ("q", "a" * 300),
        ("sort", "size"),
        ("version", "1"),
    ):
        answer = program.ask("GET", f"{PROJECT}/annotations?{name}={value}")
        assert (answer.status_code, list(answer.json["errors"])) == (422, [name])


def test_exports_are_the_files_of_the_pages(
    program: ApiClient, client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, note="=1+1")
    add_annotation(session, room.curator, room.article, "It floods", tag="demand")
    sign_in(client, session, room.annotator.account)
    for extension in FORMATS:
        path = f"annotations.{extension}?tag=demand"
        answer = program.ask("GET", f"{PROJECT}/{path}")
        assert answer.status_code == 200
        page = client.get(f"/projects/first/findings/passages.{extension}?tag=demand")
        assert answer.mimetype == page.mimetype
        if extension == "csv":
            assert answer.data == page.data
    assert program.ask("GET", f"{PROJECT}/annotations.csv?sep=tab").status_code == 422
    assert program.ask("GET", f"{PROJECT}/annotations.doc").status_code == 404
    assert program.ask("GET", f"{PROJECT}/annotations.csv?tags=claim").status_code == 422


# --- writing ------------------------------------------------------------------------------------


def test_an_annotation_is_made_once_by_its_words_or_its_offsets(
    program: ApiClient, session: Session, room: Room
) -> None:
    theme = add_theme(session, room.curator, "ports")
    key = uuid.uuid4().hex
    body = {"quote": "We have no money", "note": "Who says?", "client_key": key}
    made = create(program, **body, themes=[theme.id])
    assert made.status_code == 201
    assert (made.json["quote"], made.json["note"], made.json["themes"]) == (
        "We have no money",
        "Who says?",
        [theme.id],
    )
    assert program.ask("GET", made.headers["Location"]).json == made.json
    again = create(program, **body, themes=[theme.id])
    assert (again.status_code, again.json) == (200, made.json)
    other = create(program, **{**body, "quote": "It floods"})
    assert other.status_code == 409
    start = TEXT.index("\U0001f469")
    offsets = {"start": start, "end": start + 5, "revision": 1}
    by_offsets = create(program, **offsets, tag="citation")
    assert by_offsets.json["quote"] == TEXT[start : start + 5]
    twice = create(program, quote="The road floods.")
    assert (twice.status_code, len(twice.json["places"])) == (422, 2)
    second = twice.json["places"][1]
    assert create(program, quote="The road floods.", **second).json["start"] == second["start"]
    nowhere = create(program, quote="The council must closed the road")
    assert (nowhere.status_code, "nearest" in nowhere.json) == (422, True)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Annotation)) == 3


def test_a_retry_is_one_also_after_the_article_was_corrected(
    program: ApiClient, session: Session, room: Room
) -> None:
    sent = {"start": 0, "end": 11, "revision": 1, "client_key": "k"}
    made = create(program, **sent)
    session.rollback()
    correct(session, room.curator, room.article, f"New words. {TEXT}")
    again = create(program, **sent)
    assert (again.status_code, again.json["id"]) == (200, made.json["id"])
    late = create(program, start=3, end=11, revision=1)
    assert late.status_code == 409
    assert "revision 2" in late.json["detail"]


def test_a_change_says_its_version_and_a_conflict_shows_what_is_there(
    program: ApiClient, session: Session, room: Room
) -> None:
    made = create(program, quote="It floods every spring").json
    path = f"/api/v1/annotations/{made['id']}"
    changed = program.ask(
        "PATCH", path, json={"version": 1, "note": "Since when?", "quote": "It floods"}
    )
    assert (changed.json["version"], changed.json["quote"]) == (2, "It floods")
    late = program.ask("PATCH", path, json={"version": 1, "tag": "demand"})
    assert late.status_code == 409
    assert late.json["current"] == changed.json
    assert program.ask("PATCH", path, json={"note": "No version."}).json["errors"] == {
        "version": ["This is missing."]
    }
    assert program.ask("PATCH", path, json={"version": 2, "prefix": "It"}).json["errors"] == {
        "start": ["Without a quote, start, end and revision are all needed."]
    }
    assert program.ask("DELETE", f"{path}?version=1").status_code == 409
    assert program.ask("DELETE", path).status_code == 422
    deleted = program.ask("DELETE", f"{path}?version=2").json
    assert deleted["deleted_at"]
    assert program.ask("DELETE", f"{path}?version=2").json == deleted
    gone = program.ask("PATCH", path, json={"version": 3, "note": "Too late."})
    assert gone.json["detail"] == "The annotation is in the trash. Restore it first."
    assert program.ask("GET", f"{PROJECT}/annotations").json["items"] == []
    create(program, quote="It floods")
    duplicate = program.ask("POST", f"{path}/restore")
    assert duplicate.status_code == 409
    again = duplicate.json["duplicate"]
    program.ask("DELETE", f"/api/v1/annotations/{again['id']}?version={again['version']}")
    assert program.ask("POST", f"{path}/restore").json["deleted_at"] is None
    session.rollback()
    others = add_annotation(session, room.curator, room.article)
    path = f"/api/v1/annotations/{others.id}"
    assert program.ask("PATCH", path, json={"version": 1, "note": "mine"}).status_code == 403
    assert program.ask("DELETE", f"{path}?version=1").status_code == 403


FORM = "application/x-www-form-urlencoded"
UNUSABLE: Mapping[bytes, str] = {
    b'{"quote": "It floods"}': "tag",
    b'{"tag": "opinion", "quote": "It floods"}': "tag",
    b'{"tag": "claim"}': "quote",
    b'{"tag": "claim", "text": "It floods"}': "text",
    b'{"tag": "claim", "quote": 1}': "quote",
    b'{"tag": "claim", "start": true}': "start",
    b'{"tag": "claim", "start": 1}': "end",
    b'{"tag": "claim", "start": 5, "end": 1, "revision": 1}': "end",
    b'{"tag": "claim", "start": 99999999999999}': "start",
    b'{"tag": "claim", "quote": "It floods", "themes": ["x"]}': "themes",
    b'{"tag": "claim", "quote": "It floods", "themes": [99]}': "themes",
    b'{"tag": "claim", "quote": "It floods", "party": "Nobody"}': "party",
    b'{"tag": "demand", "quote": "It floods", "addressees": [true]}': "addressees",
    b'{"tag": "claim", "quote": "It floods", "side": "maybe"}': "side",
    b'{"tag": "claim", "quote": "It floods", "client_key": ""}': "client_key",
}
"""What is sent, with the member that is wrong."""


@pytest.mark.sqlite_only
def test_what_cannot_be_used_is_said_at_its_field(program: ApiClient) -> None:
    path = f"{PROJECT}/articles/1/annotations"
    for sent, field in UNUSABLE.items():
        answer = program.ask("POST", path, data=sent, content_type="application/json")
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field]), sent
    surrogate = b'{"tag": "claim", "note": "\\ud800"}'
    for sent in (b"{", b"[]", b"\xff", surrogate, b"[" * 100_000):
        answer = program.ask("POST", path, data=sent, content_type="application/json")
        assert answer.status_code == 400, sent[:20]
        assert "JSON" in answer.json["detail"]
    assert program.ask("POST", path, data="tag=claim", content_type=FORM).status_code == 415
    assert program.ask("GET", f"{PROJECT}/annotations").json["items"] == []


# --- who may ------------------------------------------------------------------------------------


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


# --- limits and faults --------------------------------------------------------------------------


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
    busy = program.ask("GET", "/api/v1/projects", environ_overrides={CROWDED: "Wait."})
    assert (busy.status_code, busy.json["detail"]) == (503, "Wait.")
    assert program.ask("GET", "/nowhere").mimetype == "text/html"
    broken = create_app(config)
    view = broken.view_functions["api.projects"]

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
