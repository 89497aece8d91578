"""What programs read by API tokens, page by page; every answer as described."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.assignments.service import assignments
from app.exports.queries.formats import FORMATS
from app.parties.models import Affiliation
from tests.harness.api import PROJECT, ApiClient, create
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_comment,
    add_party,
    add_position,
    add_theme,
    correct,
    sign_in,
)
from tests.harness.pages import PageClient


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
