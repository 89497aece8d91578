"""Saying how far one is with an article."""

from flask import flash, request
from flask.typing import ResponseReturnValue

from app.articles import queries as articles
from app.assignments import service
from app.assignments.models import State
from app.assignments.sight import is_apart, of_article
from app.core.pages import see_other
from app.core.requests import get_session
from app.projects.current import current_member
from app.projects.roles import Act
from app.reading.views import blueprint

MESSAGES = {
    State.NOT_STARTED: "Marked as not started.",
    State.IN_PROGRESS: "Marked as in progress.",
    State.DONE: "Marked as done.",
}


@blueprint.post("/projects/<slug>/articles/<int:article_id>/state")
def mark(slug: str, article_id: int) -> ResponseReturnValue:
    """Keep how far the member is; where people tag apart, that decides what they see."""
    member = current_member(slug, Act.TAG)
    session = get_session()
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    saw = of_article(session, member, article)
    service.mark(session, actor=member, article=article, state=request.form.get("state", ""))
    sees = of_article(session, member, article)
    session.commit()
    message = MESSAGES[State(request.form["state"])]
    if is_apart(article, member.project) and sees != saw:
        message += (
            " You see what everyone tagged now."
            if sees.only is None
            else " You see your own annotations alone again."
        )
    flash(message)
    return see_other("reading.article", slug=slug, article_id=article_id)
