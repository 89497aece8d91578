"""Reading: an article, one block, one place of the text."""

import uuid

from flask import request
from flask.typing import ResponseReturnValue

from app.accounts.views.current_account import current_account
from app.annotations.queries import annotations, orphans
from app.articles.models import Article
from app.articles.queries import articles
from app.core.errors import NotFound
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.reading.forms import asked_filter, asked_view, filter_query
from app.reading.pages import printed_page, reading_page
from app.reading.pages.article_ref import article_ref
from app.reading.pages.rendering.blocks import render_blocks
from app.reading.pages.rendering.html import render_margins, render_sections
from app.reading.pages.rendering.margins import CARDS_SHOWN
from app.web.responses import read_number, render, see_other, wants_fragment
from app.web.session import get_session

CARDS_A_PAGE = 100
MARGINS_AT_ONCE = 50


def new_key() -> str:
    """Return a key for a form, so that sending it twice makes one annotation."""
    return uuid.uuid4().hex


def article(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    if wants_fragment():
        return _rail(member, found, is_whole=True)
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
        view=asked_view(),
        opened=opened,
        form=reading_page.TagForm(new_key()),
        find=request.args.get("find"),
    )
    return render("reading/article.html", page)


def rail(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    found = articles.find_article(
        get_session(), project_id=member.project_id, article_id=article_id
    )
    if not wants_fragment():
        return see_other("reading.article", slug=slug, article_id=article_id)
    return _rail(member, found, is_whole=False)


def _rail(member: Member, article: Article, *, is_whole: bool) -> ResponseReturnValue:
    session = get_session()
    page = reading_page.rail_page(
        session,
        member=member,
        article=article,
        shown=asked_filter(session, member, article),
        view=asked_view(),
        is_whole=is_whole,
    )
    return render("reading/_rail.html", page)


def printed(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    page = printed_page.printed_page(
        session,
        member=member,
        article=found,
        shown=asked_filter(session, member, found),
        has_text=not wants_fragment(),
    )
    return render("reading/_printed.html" if wants_fragment() else "reading/printed.html", page)


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


def margins(slug: str, article_id: int, first: int, last: int) -> ResponseReturnValue:
    """Answer the margins of a few blocks, with all their cards where `all` is asked for."""
    member = current_member(slug)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    if not wants_fragment():
        return see_other("reading.block", slug=slug, article_id=article_id, number=first)
    shown = asked_filter(session, member, found)
    revision, drawn = annotations.latest(session, article_id, shown.visibility)
    last = min(last, first + MARGINS_AT_ONCE - 1)
    most = None if "all" in request.args else CARDS_SHOWN
    blocks = render_blocks(session, revision, shown, first=first, last=last, most=most)
    tagged = [block for block in blocks if block.total]
    return render_margins(tagged, article_ref(member, found), filter_query(shown), drawn)


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


def tag_form(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.TAG)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    form = reading_page.with_theme_options(session, member, reading_page.TagForm(new_key()))
    page = reading_page.TagPage(article_ref(member, found), form)
    return render("reading/tag.html", page)


def help_page() -> ResponseReturnValue:
    return render("reading/help.html", None)
