"""Every address: none tells anything of what whoever asks may not see."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Draft
from app.exports.queries.formats import FORMATS
from app.projects.models import Member
from app.projects.roles import Role
from app.web.responses import FRAGMENT_HEADER
from tests.harness.api import ApiClient
from tests.harness.builders import Room, add_annotation, add_article, add_token, csrf_token, sign_in
from tests.harness.independent import ARTICLE, SECRET, tag_much
from tests.harness.pages import PageClient, page_client, without_chance
from tests.harness.routes import api_routes, fill, fill_each, routes, send
from tests.harness.workbooks import text_of

WORD = "\u0442\u0430\u0439\u043d\u0430"
RUSSIAN = (
    f"\u042d\u0442\u043e {WORD}, \u043e \u043a\u043e\u0442\u043e\u0440\u043e\u0439 "
    "\u043d\u0438\u043a\u0442\u043e \u043d\u0435 \u0437\u043d\u0430\u0435\u0442. "
) * 9

OF_ALL = [extension for extension, each in FORMATS.items() if each.omissions is None]
BINARY = {each.mimetype for each in FORMATS.values() if each.is_binary}

FINDINGS = "/projects/first/findings"
IN_CONTEXT = tuple(
    f"{FINDINGS}/passages?{query}"
    for query in (
        "view=context&q=nobody",
        "view=context&q=nobody&hits=untagged",
        "view=context&q=t*&hits=untagged&by=place",
        "view=context&after=1.1.60.77.2",
        "view=context&by=before2&note=yes",
    )
)
"""What is asked of words in context, around what Zeno tags."""
PLACES = tuple(
    f"{FINDINGS}/places.{extension}?q=nobody{rest}"
    for extension in ("csv", "xlsx")
    for rest in ("", "&by=place", "&hits=untagged", "&hits=untagged&by=place")
)
"""Files of the places of words, tagged or not, of which Zeno tags some."""
CHANGES = (f"{FINDINGS}/changes?view=every&verdict=all", f"{FINDINGS}/changes.csv?verdict=all")
"""What is asked of the changes, with those that are neither."""
ASKED = (*IN_CONTEXT, *PLACES, *CHANGES)


def answers(
    app: Flask, client: PageClient, program: ApiClient, zeno: Member, next_id: int
) -> dict[str, str]:
    """Return what every address answers to a GET, and to acts on Zeno's annotations."""
    found = told_to_programs(app, program, zeno, next_id)
    token = csrf_token(client)
    for method, rule in routes(app):
        for annotation_id in (next_id, next_id + 1) if "annotation_id" in rule.rule else (0,):
            values = {"annotation_id": annotation_id, "offset": 62, "account_id": zeno.account_id}
            if method == "GET" and not rule.rule.startswith("/static"):
                for path in fill_each(rule, **values):
                    for query in (
                        "",
                        f"?annotator={zeno.account_id}",
                        f"?annotation={next_id}",
                        "?sort=touched",
                        "?tick=all",
                    ):
                        found[f"GET {path}{query}"] = ask(client, path + query)
            elif method == "POST" and rule.rule.startswith("/annotations"):
                path = fill(rule, **values)
                answer = send(client, method, path, csrf_token=token, version="1", note="mine now")
                assert answer.status_code == 404, path
                found[f"POST {path}"] = without_chance(answer.text)
    for path in ASKED:
        found[f"asked {path}"] = ask(client, path)
    found["own card"] = ask(client, f"/annotations/{next_id - 1}/card")  # with who may say it
    found["to tag"] = ask(client, "/projects/first/findings/occurrences?q=%22nobody+repairs+it%22")
    for path in (f"{ARTICLE}/blocks/1", f"{ARTICLE}/at/62", f"{ARTICLE}/margins/1-9"):
        found[f"piece of {path}"] = ask(client, path, {FRAGMENT_HEADER: "1"})
    for path in linked_data(next_id):
        found[f"linked data at {path}"] = ask(client, path, {"Accept": "application/ld+json"})
    found["by Zeno"] = ask(client, f"/projects/first/activity?person={zeno.account_id}")
    return found


def told_to_programs(app: Flask, program: ApiClient, zeno: Member, next_id: int) -> dict[str, str]:
    """Return what every address for programs answers about Zeno's annotations."""
    found = {}
    for method, rule in api_routes(app):
        if method == "POST" and "article_id" in rule.arguments:
            continue  # it tags
        for path in fill_each(rule, annotation_id=next_id):
            queries: tuple[str, ...] = ("",)
            if rule.endpoint in {"api_annotations.passages", "api_exports.passages"}:
                queries = ("", f"?annotator={zeno.account_id}", "?q=nobody", "?sort=tagged")
            if rule.endpoint == "api_exports.web_annotations":
                queries = ("", "?after=0")
            if rule.endpoint == "api.list_of_articles":
                queries = ("", "?thread=question", "?thread=disputed", "?search=nobody")
            for query in queries:
                answer = program.ask(method, path + query, json={"version": 1, "note": "mine now"})
                body = text_of(answer.data) if answer.mimetype in BINARY else answer.text
                said = re.sub('"error_id": "[^"]+"', "", body)
                found[f"{method} {path}{query}"] = f"{answer.status_code}\n{said}"
                answer.close()
    return found


def linked_data(annotation_id: int) -> tuple[str, str]:
    """Return where annotations are asked for as linked data, beside their files."""
    return f"/annotations/{annotation_id}", "/projects/first/annotations/?after=0"


def ask(client: PageClient, path: str, headers: dict[str, str] | None = None) -> str:
    answer = client.get(path, headers=headers)
    if answer.mimetype in BINARY:
        body = text_of(answer.data)
    else:
        body = "" if answer.mimetype == "application/octet-stream" else answer.text
    answer.close()
    where = answer.headers.get("Location", "")
    return f"{answer.status_code} {where}\n{without_chance(body)}"


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.READER])
def test_every_address_answers_as_if_the_others_had_not_tagged(
    app: Flask, session: Session, room: Room, zeno: Member, role: Role
) -> None:
    client = page_client(app)
    add_article(session, "Another text.", title="Touched after the first")
    own = add_annotation(session, room.annotator, room.article, "must close the road")
    sign_in(client, session, room.member(role).account)
    program = ApiClient(app, add_token(session, room.member(role).account))
    asked = (app, client, program, zeno, own.id + 1)
    for path in ("/", ARTICLE):  # the first time leaves marks in the cookie, and of the token
        ask(client, path)
    program.ask("GET", "/api/v1/projects")
    before = answers(*asked)
    kept = tag_much(session, zeno, room)
    assert kept.id == own.id + 1
    assert answers(*asked) == before
    assert before[f"GET /annotations/{kept.id}"].startswith("404")
    assert before[f"DELETE /api/v1/annotations/{kept.id}"].startswith("404")


@pytest.mark.sqlite_only
def test_the_same_addresses_tell_who_may_see_all(
    app: Flask, client: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    sign_in(client, session, room.curator.account)
    kept = tag_much(session, zeno, room)
    telling = [
        path
        for path, words in answers_of(app, client, zeno, kept.id)
        if SECRET.replace("'", "&#39;") in words or SECRET in words or "demand" in words
    ]
    assert {
        f"GET {ARTICLE}",
        *(f"GET {ARTICLE}/annotations.{extension}" for extension in OF_ALL),
        *(f"GET /projects/first/annotations.{extension}" for extension in OF_ALL),
        *(f"GET /projects/first/findings/passages.{extension}" for extension in OF_ALL),
        f"GET {ARTICLE}/brief",
        "GET /projects/first/findings/brief",
        "GET /projects/first/findings/parties/1",
        "GET /projects/first/findings/positions/1",
        "GET /projects/first/articles",
        "GET /projects/first/activity",
        f"GET /annotations/{kept.id}/card",
        f"asked {IN_CONTEXT[0]}",
        f"asked {PLACES[0]}",
        f"asked {PLACES[4]}",
        *(f"asked {path}" for path in CHANGES),
        *(f"linked data at {path}" for path in linked_data(kept.id)),
        f"piece of {ARTICLE}/blocks/1",
        f"piece of {ARTICLE}/margins/1-9",
    } <= set(telling)
    program = ApiClient(app, add_token(session, room.curator.account, scope="read"))
    told = told_to_programs(app, program, zeno, kept.id)
    telling = [path for path, words in told.items() if SECRET in words]
    counting = "/web-annotations"  # which says how many there are, and no more
    of_all = [path for path in told if "annotations.dna" not in path]  # which has no notes
    assert telling == [
        path
        for path in of_all
        if path.startswith("GET") and "annotations" in path and not path.endswith(counting)
    ]


def answers_of(
    app: Flask, client: PageClient, zeno: Member, next_id: int
) -> Iterator[tuple[str, str]]:
    for method, rule in routes(app):
        if method == "GET" and not rule.rule.startswith("/static"):
            values = {"annotation_id": next_id, "offset": 62, "account_id": zeno.account_id}
            for path in fill_each(rule, **values):
                yield f"GET {path}", ask(client, path)
    for path in ASKED:
        yield f"asked {path}", ask(client, path)
    for path in linked_data(next_id):
        yield f"linked data at {path}", ask(client, path, {"Accept": "application/ld+json"})
    for path in (f"{ARTICLE}/blocks/1", f"{ARTICLE}/margins/1-9"):
        yield f"piece of {path}", ask(client, path, {FRAGMENT_HEADER: "1"})


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", ["/projects/first/articles/add", f"{ARTICLE}/correct"])
def test_of_anothers_draft_nothing_is_seen_or_done(
    app: Flask, client: PageClient, session: Session, room: Room, path: str
) -> None:
    sign_in(client, session, room.curator.account)
    file = (io.BytesIO(RUSSIAN.encode("cp1251")), f"{SECRET}.txt")
    fields = {"csrf_token": csrf_token(client), "files": file}
    own = client.post(path, data=fields)
    assert own.status_code == 303, own.text
    assert WORD in ask(client, str(own.headers["Location"]))
    kept = session.scalars(select(Draft)).one()
    encoding = kept.encoding
    other = page_client(app)
    sign_in(other, session, room.owner.account)
    token = csrf_token(other)
    asked = [(method, rule) for method, rule in routes(app) if "draft_id" in rule.rule]
    assert "/projects/<slug>/drafts/<int:draft_id>/encoding" in {rule.rule for _, rule in asked}
    for method, rule in asked:
        address = fill(rule, draft_id=kept.id)
        answer = send(other, method, address, csrf_token=token, encoding="KOI8-R", put_back="all")
        assert answer.status_code == 404, (method, address)
        assert SECRET not in answer.text
    for method, rule in routes(app):
        if method == "GET" and not rule.rule.startswith("/static"):
            seen = ask(other, fill(rule, draft_id=kept.id))
            assert WORD not in seen, rule.rule
            assert SECRET.replace("'", "&#39;") not in seen, rule.rule
    session.expire_all()
    assert session.get(Draft, kept.id) is not None
    assert kept.encoding == encoding != ""
