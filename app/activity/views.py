"""What happened in a project and in an article: who did what, newest first."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.activity import pages, queries
from app.activity.wording import accounts_in
from app.articles import queries as articles
from app.articles.models import Article
from app.core.pages import read_number, render
from app.core.requests import get_session
from app.projects.current import current_member
from app.projects.models import Member
from app.reading.place import place_of

blueprint = Blueprint("activity", __name__)

EVENTS_A_PAGE = 50


@blueprint.get("/projects/<slug>/activity")
def of_project(slug: str) -> ResponseReturnValue:
    return _page(current_member(slug))


@blueprint.get("/projects/<slug>/articles/<int:article_id>/activity")
def of_article(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    article = articles.find_article(
        get_session(), project_id=member.project_id, article_id=article_id
    )
    return _page(member, article)


def _page(member: Member, article: Article | None = None) -> ResponseReturnValue:
    session = get_session()
    asked = pages.Asked(
        person=request.args.get("person", ""),
        kind=request.args.get("kind", ""),
        before=read_number(request.args.get("before")),
    )
    groups = pages.groups_for(member, of_article=article is not None)
    scope = queries.Scope(member, article.id if article else None)
    # One more than is shown says whether there is an older page: a growing list is never counted.
    rows = queries.list_events(
        session,
        scope,
        pages.filter_of(asked, groups),
        before=asked.before,
        limit=EVENTS_A_PAGE + 1,
    )
    shown = rows[:EVENTS_A_PAGE]
    names = queries.names_of(session, {each for row in shown for each in accounts_in(row.event)})
    page = pages.ActivityPage(
        slug=member.project.slug,
        project=member.project.name,
        article=place_of(member, article) if article else None,
        days=pages.days_of(shown, names),
        people=queries.list_people(session, scope, pages.kinds_of(groups)),
        groups=groups,
        asked=asked,
        older=shown[-1].event.id if len(rows) > len(shown) else None,
    )
    return render("activity/activity.html", page)
