"""Reading: an article, one block, one place of the text."""

import uuid

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.accounts.views.current_account import current_account
from app.annotations.queries import annotations, orphans
from app.articles.models import Article
from app.articles.queries import articles
from app.core.errors import NotFound
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.reading.forms import asked_filter, filter_query
from app.reading.pages import reading_page
from app.reading.pages.article_ref import article_ref
from app.reading.pages.rendering.blocks import render_blocks
from app.reading.pages.rendering.html import render_cards, render_sections
from app.web.responses import read_number, render, wants_fragment
from app.web.session import get_session

blueprint = Blueprint("reading", __name__)
blueprint.add_app_template_global(render_sections, "sections")
blueprint.add_app_template_global(render_cards, "cards")

CARDS_A_PAGE = 100


def new_key() -> str:
    """Return a key for a form, so that sending it twice makes one annotation."""
    return uuid.uuid4().hex


@blueprint.get("/projects/<slug>/articles/<int:article_id>")
def article(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    opened = None
    asked = read_number(request.args.get("annotation"))
    if asked is not None:
        opened, _member = annotations.find(
            session, annotation_id=asked, account_id=member.account_id
        )
        is_elsewhere = opened.article_id != article_id or opened.deleted_at is not None
        if is_elsewhere or orphans.orphaned_in(session, opened) is not None:
            opened = None
    page = reading_page.reading_page(
        session,
        member=member,
        account=current_account(),
        article=found,
        shown=asked_filter(session, member, found),
        opened=opened,
        form=reading_page.TagForm(new_key()),
    )
    return render("reading/article.html", page)


@blueprint.get("/projects/<slug>/articles/<int:article_id>/blocks/<int:number>")
def block(slug: str, article_id: int, number: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    shown = asked_filter(session, member, found)
    if wants_fragment():
        revision, drawn = annotations.latest(session, article_id, shown.visibility)
        blocks = render_blocks(session, revision, shown, first=number, last=number)
        return render_sections(blocks, article_ref(member, found), filter_query(shown), drawn)
    page = block_with_form(member, found, number, reading_page.TagForm(new_key()))
    if page is None:
        message = f"This article has no paragraph {number}."
        raise NotFound(message)
    return render("reading/block.html", page)


def block_with_form(
    member: Member, article: Article, number: int, form: reading_page.TagForm
) -> reading_page.BlockPage | None:
    """Build the page of one block, filtered as the URL says, with a form in it."""
    session = get_session()
    return reading_page.block_page(
        session,
        member=member,
        article=article,
        number=number,
        shown=asked_filter(session, member, article),
        asked_page=request.args.get("page"),
        page_size=CARDS_A_PAGE,
        form=form,
    )


@blueprint.get("/projects/<slug>/articles/<int:article_id>/at/<int:offset>")
def at(slug: str, article_id: int, offset: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    shown = asked_filter(session, member, found)
    page = reading_page.at_page(session, member=member, article=found, offset=offset, shown=shown)
    if page is None:
        message = "The article ends before this place."
        raise NotFound(message)
    return render("reading/_at.html" if wants_fragment() else "reading/at.html", page)


@blueprint.get("/projects/<slug>/articles/<int:article_id>/tag")
def tag_form(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.TAG)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    page = reading_page.TagPage(article_ref(member, found), reading_page.TagForm(new_key()))
    return render("reading/tag.html", page)


@blueprint.get("/help")
def help_page() -> ResponseReturnValue:
    return render("reading/help.html", None)
