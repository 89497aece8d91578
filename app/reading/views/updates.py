"""What others have done in an article since a page of it was drawn, for pages that stay open."""

from collections.abc import Iterable

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.annotations.queries import annotations
from app.annotations.queries.marks import Filter
from app.articles.models import Revision
from app.articles.queries import articles
from app.projects.views.current_member import current_member
from app.reading.forms import asked_filter, filter_query
from app.reading.pages.article_ref import ArticleRef, article_ref
from app.reading.pages.rendering.changed_blocks import blocks_since, draw_numbers
from app.web.responses import see_other, wants_fragment
from app.web.session import get_session


def since(slug: str, article_id: int, event_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    if not wants_fragment():
        return see_other("reading.article", slug=slug, article_id=article_id)
    shown = asked_filter(session, member, article)
    revision, drawn = annotations.latest(session, article_id, shown.visibility)
    numbers = blocks_since(session, revision, event_id, shown.visibility)
    return draw_updates(
        session,
        article_ref(member, article),
        revision,
        shown,
        numbers or (),
        drawn=drawn,
        is_too_much=numbers is None,
    )


def draw_updates(
    session: Session,
    article: ArticleRef,
    revision: Revision,
    shown: Filter,
    numbers: Iterable[int],
    *,
    drawn: int,
    is_too_much: bool = False,
) -> str:
    """Return the HTML of the blocks that have changed, as an act is answered.

    `drawn` is the last event that the page has with it; `is_too_much` says that more has changed
    than is drawn.
    """
    return render_template(
        "reading/_updates.html",
        revision=revision.number,
        blocks=draw_numbers(session, revision, shown, numbers),
        drawn=drawn,
        article=article,
        query=filter_query(shown),
        is_too_much=is_too_much,
    )
