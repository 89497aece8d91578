"""Finding words in an article that is open."""

from flask import request
from flask.typing import ResponseReturnValue

from app.articles.queries import articles
from app.projects.views.current_member import current_member
from app.reading.pages.find_page import find_page
from app.web.responses import render, see_other, wants_fragment
from app.web.session import get_session


def hits(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    typed = request.args.get("find", "")
    if not wants_fragment():
        return see_other("reading.article", slug=slug, article_id=article_id, find=typed)
    return render("reading/_hits.html", find_page(session, member, found, typed))
