"""Saying how far one is with an article."""

from flask import flash, request
from flask.typing import ResponseReturnValue

from app.articles.queries import articles
from app.assignments.models import State
from app.assignments.queries.visibility import is_independent, visibility_for
from app.assignments.service import assignments
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.web.responses import see_other
from app.web.session import get_session

MESSAGES = {
    State.NOT_STARTED: "Marked as not started.",
    State.IN_PROGRESS: "Marked as in progress.",
    State.DONE: "Marked as done.",
}
SEES_EVERYTHING = "You see what everyone tagged now."
SEES_OWN = "You see only your own annotations again."


def mark(slug: str, article_id: int) -> ResponseReturnValue:
    """Keep how far the member is; where people tag apart, that decides what they see."""
    member = current_member(slug, Act.TAG)
    session = get_session()
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    saw = visibility_for(session, member, article)
    assignments.set_progress(
        session, actor=member, article=article, state=request.form.get("state", "")
    )
    sees = visibility_for(session, member, article)
    session.commit()
    message = MESSAGES[State(request.form["state"])]
    if is_independent(article, member.project) and sees != saw:
        seen = SEES_EVERYTHING if sees.only is None else SEES_OWN
        message = f"{message} {seen}"
    flash(message)
    return see_other("reading.article", slug=slug, article_id=article_id)
