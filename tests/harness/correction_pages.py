"""What tests of the pages of corrections share: giving a new text, its review, storing it."""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.articles.models import Revision
from tests.harness.builders import Room, csrf_token
from tests.harness.correcting import NEW
from tests.harness.pages import PageClient


def send(client: PageClient, path: str, **fields: object) -> TestResponse:
    """Send a form with its token."""
    return client.post(path, data={"csrf_token": csrf_token(client), **fields})


def path_of(room: Room) -> str:
    """Return the address of the article of a room."""
    return f"/projects/first/articles/{room.article.id}"


def begin(client: PageClient, room: Room, text: str = NEW) -> str:
    """Edit the text and return the address of the review."""
    number = re.findall(r'name="number" value="(\d+)"', client.get(f"{path_of(room)}/correct").text)
    edited = text.replace("\n", "\r\n")
    answer = send(client, f"{path_of(room)}/correct", edited=edited, number=number[0])
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def hidden(page: str) -> dict[str, str]:
    """Return what the form that stores a correction sends beside its token."""
    return dict(re.findall(r'name="(number|seen|fingerprint)" value="(\w+)"', page))


def store(client: PageClient, review: str) -> TestResponse:
    """Store a correction from its review."""
    return send(client, review, **hidden(client.get(review).text))


def texts(session: Session, room: Room) -> int:
    """Return how many revisions the article of a room has."""
    session.rollback()
    return session.scalars(
        select(func.count()).select_from(Revision).where(Revision.article_id == room.article.id)
    ).one()
