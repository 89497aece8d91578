"""Tagging by the forms of the pages, and what became of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.models import Annotation
from tests.harness.builders import Room
from tests.harness.pages import PageClient

FRAGMENT = {"X-Fragment": "1"}
QUOTE = "It floods every spring"


def article_path(room: Room) -> str:
    """Return the address of the article of a room."""
    return f"/projects/first/articles/{room.article.id}"


def tag(client: PageClient, room: Room, **fields: str | list[str]) -> TestResponse:
    """Send the form that takes exact words."""
    page = client.get(f"{article_path(room)}/tag")
    return client.submit(page, f"{article_path(room)}/annotations", {"tag": "claim", **fields})


def annotations(session: Session) -> list[Annotation]:
    """Return every annotation as the database has it now, in the order they were made."""
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Annotation).order_by(Annotation.id)))
