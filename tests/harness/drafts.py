"""Adding articles as a curator does."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.articles.models import Article, Draft
from tests.harness.builders import csrf_token
from tests.harness.pages import PageClient

ADD = "/projects/first/articles/add"
TEXT = """A Short Piece

By Ada Quill, The Ferry Post, 4/5/25

The council must close the road. It floods every spring.

See [https://example.org/a]."""


def send(client: PageClient, path: str, **fields: object) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_token(client), **fields})


def pasted(client: PageClient, text: str = TEXT) -> str:
    """Paste a text and return the address of its draft."""
    answer = send(client, ADD, text=text)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def count(session: Session, model: type[Article | Draft]) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(model)).one()


def newest(session: Session) -> Article:
    session.rollback()
    return session.scalars(select(Article).order_by(Article.id.desc()).limit(1)).one()
