"""Talking about an annotation by the forms of its card, and reading what became of it."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.discussion.models import Comment
from app.discussion.pages.event_text import KINDS
from app.events.models import Event
from tests.harness.builders import csrf_token
from tests.harness.pages import PageClient, read


def card(client: PageClient, number: int) -> TestResponse:
    """Return the page of an annotation."""
    return client.get(f"/annotations/{number}/card")


def say(client: PageClient, number: int, text: str, **fields: str) -> TestResponse:
    """Write a comment by the form of the card."""
    action = f"/annotations/{number}/comments"
    values = {"csrf_token": csrf_token(client), "client_key": uuid.uuid4().hex, "text": text}
    return client.post(action, data={**values, **fields})


def post(client: PageClient, path: str, **fields: str) -> TestResponse:
    """Send a form that holds these fields."""
    return client.post(path, data={"csrf_token": csrf_token(client), **fields})


def press_undo(client: PageClient, page: TestResponse) -> TestResponse:
    """Press the button in the message of a page."""
    form = read(page.text).find(".//div[@class='toast']/form")
    assert form is not None
    values = {
        each.get("name", ""): each.get("value") or each.text or ""
        for name in ("input", "textarea")
        for each in form.iter(name)
    }
    return client.post(form.get("action", ""), data=values)


def comments(session: Session) -> list[Comment]:
    """Return every comment, in the order they were written."""
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Comment).order_by(Comment.id)))


def kinds(session: Session) -> list[str]:
    """Return the kinds of what was said, in order."""
    session.rollback()
    query = select(Event.kind).where(Event.kind.in_(KINDS)).order_by(Event.id)
    return list(session.scalars(query))
