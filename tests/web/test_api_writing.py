"""What programs write by API tokens, and what they are told."""

import uuid
from collections.abc import Mapping

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from tests.harness.api import PROJECT, ApiClient, create
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_theme,
    correct,
)


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
