"""The hub of an application, which is made with its first stream, and how it draws blocks."""

from collections.abc import Collection

from flask import Flask
from flask.testing import EnvironBuilder
from sqlalchemy.orm import Session

from app.annotations.queries.marks import Filter
from app.articles.models import Revision
from app.assignments.queries.visibility import EVERYONE
from app.live.hub import Hub
from app.live.messages import Draw
from app.reading.pages.article_ref import ArticleRef
from app.reading.views.updates import draw_updates


def make_hub(flask_app: Flask, *, check_seconds: float, beat_seconds: float) -> Hub:
    """Return a hub without streams. It draws blocks outside of any request."""
    return Hub(
        flask_app.extensions["database"],
        _drawing_for(flask_app),
        check_seconds=check_seconds,
        beat_seconds=beat_seconds,
    )


def _drawing_for(flask_app: Flask) -> Draw:
    # What is drawn has the addresses of every request; to make one again each time takes longer
    # than to draw a block.
    environ = EnvironBuilder(flask_app).get_environ()

    def draw(
        session: Session, revision: Revision, ref: ArticleRef, numbers: Collection[int], drawn: int
    ) -> str:
        with flask_app.request_context({**environ}):
            return draw_updates(session, ref, revision, Filter(EVERYONE), numbers, drawn=drawn)

    return draw
