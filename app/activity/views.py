"""What happened in a project and in an article: who did what, newest first."""

from dataclasses import replace

from flask import request
from flask.typing import ResponseReturnValue

from app.activity import queries
from app.activity.pages import activity
from app.activity.pages.event_text import names_in
from app.articles.models import Article
from app.articles.queries import articles
from app.projects.models import Member
from app.projects.views.current_member import current_member
from app.reading.pages.article_ref import article_ref
from app.web.responses import read_number, render
from app.web.session import get_session

EVENTS_A_PAGE = 50


def of_project(slug: str) -> ResponseReturnValue:
    return _page(current_member(slug))


def of_article(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    article = articles.find_article(
        get_session(), project_id=member.project_id, article_id=article_id
    )
    return _page(member, article)


def _page(member: Member, article: Article | None = None) -> ResponseReturnValue:
    session = get_session()
    asked = activity.ActivityQuery(
        person=request.args.get("person", ""),
        kind=request.args.get("kind", ""),
        before=read_number(request.args.get("before")),
    )
    groups = activity.groups_for(member, of_article=article is not None)
    scope = queries.ActivityScope(member, article.id if article else None)
    # One more than is shown says whether there is an older page: a growing list is never counted.
    rows = queries.list_events(
        session,
        scope,
        activity.filter_of(asked, groups),
        before=asked.before,
        limit=EVENTS_A_PAGE + 1,
    )
    shown = rows[:EVENTS_A_PAGE]
    events = [row.event for row in shown]
    undoable = queries.acts_to_undo(session, member, events)
    acts = [event for event in events if event.id in undoable]
    undo = activity.undo_addresses(member.project.slug, acts)
    passages = queries.count_passages(session, member, events)
    names = replace(names_in(session, events), passages=passages)
    page = activity.ActivityPage(
        slug=member.project.slug,
        project=member.project.name,
        article=article_ref(member, article) if article else None,
        days=activity.days_of(shown, names, undo),
        people=queries.list_people(session, scope, activity.kinds_of(groups)),
        groups=groups,
        asked=asked,
        older=shown[-1].event.id if len(rows) > len(shown) else None,
    )
    return render("activity/activity.html", page)
