"""An error page keeps what was typed in the form that it refuses, whichever form that is."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.discussion.service import threads
from app.web.error_pages import NOT_TYPED
from tests.harness.builders import (
    Room,
    add_annotation,
    add_comment,
    add_invitation,
    add_reset_link,
    sign_in,
)
from tests.harness.pages import PageClient
from tests.harness.routes import fill, routes
from tests.harness.server import ROOT

TYPED_KINDS = {"text", "email", "search", "url", "date", "number", "tel"}
CARRIED = {"addressees", "note", "party", "position", "quote", "tag"}
"""What a form may also carry along from the one before: typed there, or what it was about."""

NOT_TYPED_IN_TEMPLATES = re.compile(
    r"""<(?:select|button|input type="(?:hidden|checkbox|radio)")[^>]*? name="([a-z_]+)\""""
)
TYPED_IN_TEMPLATES = re.compile(
    r"""(?:{{ (?:line|area)\(|<(?:textarea[^>]*?|input (?:type="date" )?id="[a-z]+") name=)"""
    r'"([a-z_]+)"'
)


class Field(NamedTuple):
    """What a form sends: by its name, whether a person types it, and what stands in it."""

    name: str
    is_typed: bool
    value: str


def forms(page: str) -> Iterator[tuple[str, list[Field]]]:
    """Yield the address and the fields of each form that a page posts."""
    tree: Element = html5lib.parse(page, namespaceHTMLElements=False)
    for form in tree.iter("form"):
        if form.get("method", "").lower() == "post":
            yield form.get("action", ""), list(fields(form))


def fields(form: Element) -> Iterator[Field]:
    for control in form.iter():
        name, kind = control.get("name"), control.get("type", "text")
        if name is None or kind == "file":
            continue
        if control.tag == "textarea":
            is_typed = "hidden" not in control.attrib
            yield Field(name, is_typed, control.text or "")
        elif control.tag == "input":
            yield Field(name, kind in TYPED_KINDS, control.get("value", ""))
        elif control.tag in {"select", "button"}:
            yield Field(name, is_typed=False, value=control.get("value", "1"))


def kept(page: str) -> list[str]:
    """Return what an error page holds of what was typed."""
    tree: Element = html5lib.parse(page, namespaceHTMLElements=False)
    sections = [each for each in tree.iter("section") if each.get("class") == "typed"]
    return [area.text or "" for each in sections for area in each.iter("textarea")]


def all_forms(app: Flask, client: PageClient, token: str) -> Iterator[tuple[str, list[Field]]]:
    for method, rule in routes(app):
        if method == "GET" and not rule.rule.startswith(("/static/", "/sign-in/provider")):
            answer = client.get(fill(rule, token=token))
            if answer.mimetype == "text/html":
                yield from forms(answer.text)


@pytest.mark.sqlite_only
def test_every_form_keeps_what_is_typed_in_it_and_nothing_else(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.curator, room.article)
    add_comment(session, room.owner, made, "Is it?")
    threads.resolve(session, actor=room.owner, annotation_id=made.id)
    session.commit()
    invitation = add_invitation(session, room.owner)[1]
    reset = add_reset_link(session, room.annotator.account)
    found = [*all_forms(app, client, token=invitation), *forms(client.get(f"/reset/{reset}").text)]
    sign_in(client, session, room.owner.account)
    found += all_forms(app, client, token=invitation)
    checked = set()
    for address, sent in found:
        data: dict[str, list[str]] = {}
        for number, field in enumerate(sent):
            if field.name != "csrf_token":
                text = f"typed {number}" if field.is_typed else field.value
                data.setdefault(field.name, []).append(text)
        answer = client.post(address, data=data)  # without a token
        assert answer.status_code == 400, address
        typed = [f"typed {number}" for number, field in enumerate(sent) if field.is_typed]
        carried = [field.value for field in sent if field.name in CARRIED and not field.is_typed]
        assert set(typed) <= set(kept(answer.text)), address
        assert set(kept(answer.text)) <= {*typed, *carried}, address
        checked |= {field.name for field in sent if field.is_typed}
    written = {"edited", "email", "name", "note", "question", "quote", "reason", "settled", "text"}
    assert checked >= written | {"due", "title", "url"}


def test_no_template_names_a_field_of_which_the_error_page_does_not_know_what_it_is() -> None:
    templates = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    posted = [
        form
        for text in templates
        for form in re.split(r"(?=<form)|</form>|{% macro", text)
        if 'method="get"' not in form
    ]
    typed = {name for part in posted for name in TYPED_IN_TEMPLATES.findall(part)}
    others = {name for part in posted for name in NOT_TYPED_IN_TEMPLATES.findall(part)}
    assert not typed & NOT_TYPED
    assert others - typed - CARRIED <= NOT_TYPED


@pytest.mark.sqlite_only
def test_a_password_is_never_shown_again(client: PageClient, session: Session, room: Room) -> None:
    secrets = {"password": "correct horse", "present": "battery staple"}
    for path in ("/sign-in", "/sign-up", "/account/password", "/reset/x"):
        answer = client.post(path, data={**secrets, "email": "ines@example.org"})
        assert answer.status_code in {400, 401, 404}, path
        assert not any(secret in answer.text for secret in secrets.values())
    sign_in(client, session, room.owner.account)
    assert "horse" not in client.post("/account/password", data=secrets).text
