"""Orphans: the list of an article's, and the page on which one gets a place by hand."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.views.current_account import current_account
from app.annotations.models import Annotation
from app.annotations.queries import annotations, orphans
from app.annotations.queries.marks import Filter
from app.articles.queries import articles
from app.assignments.queries.visibility import EVERYONE, visibility_for
from app.core.errors import GlossError
from app.projects.models import Member
from app.projects.roles import require_change
from app.projects.views.current_member import current_member
from app.reading.pages import annotation_card
from app.reading.pages.article_ref import article_ref
from app.reading.pages.placing import Form, placing_page
from app.reading.pages.rendering.blocks import render_blocks
from app.web.responses import Pager, render
from app.web.session import get_session, reopen_for_reading

ORPHANS_A_PAGE = 50
NOTHING = Filter(EVERYONE, tags=frozenset())
PLACE = "place"  # what the form of that page sends, to come back to it


def orphan_list(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member = current_member(slug)
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    current = articles.current_revision(session, article_id)
    seen = visibility_for(session, member, article)
    total = orphans.count(session, current, seen)
    pager = Pager.at(request.args.get("page"), size=ORPHANS_A_PAGE, total=total)
    rows = orphans.list_page(session, current, seen, offset=pager.offset, limit=pager.size)
    page = annotation_card.OrphansPage(
        article=article_ref(member, article),
        lines=annotation_card.orphan_lines(session, member, rows),
        pager=pager,
    )
    return render("reading/orphans.html", page)


def place(annotation_id: int) -> ResponseReturnValue:
    """Show the text, in which words are selected for the annotation; its own form takes them."""
    session = get_session()
    annotation, member = annotations.find(
        session, annotation_id=annotation_id, account_id=current_account().id
    )
    require_change(member, is_own=annotation.account_id == member.account_id)
    if annotation.deleted_at is not None or orphans.orphaned_in(session, annotation) is None:
        return redirect(url_for("annotation.card", annotation_id=annotation_id))
    return show_placing(member, annotation_id)


def show_placing(
    member: Member, annotation_id: int, error: GlossError | None = None
) -> ResponseReturnValue:
    """Show the page on which an orphan gets a place, with what was typed and what to correct."""
    session = reopen_for_reading() if error else get_session()
    annotation = session.get_one(Annotation, annotation_id)
    current = articles.current_revision(session, annotation.article_id)
    page = placing_page(
        session,
        member,
        annotation,
        text=current.text,
        blocks=render_blocks(session, current, NOTHING),
        form=Form(
            action=url_for("tagging.change", annotation_id=annotation.id),
            back=url_for(
                "orphans.orphan_list",
                slug=member.project.slug,
                article_id=annotation.article_id,
            ),
            back_label="All without a place",
            fields=[("version", str(annotation.version)), ("back", PLACE)],
        ),
        error=error,
    )
    return render("reading/placing.html", page, error.status if error else 200)
