"""Revisions: the list of them, an old one as it was read, and what a correction changed."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.annotations.queries.names import in_words, names_in
from app.annotations.queries.past_revisions import list_earlier
from app.articles.models import Article
from app.articles.queries import articles
from app.assignments.queries.visibility import visibility_for
from app.core.errors import NotFound
from app.corrections.pages import revisions as revision_pages
from app.corrections.service.revert import why_not_back
from app.projects.models import Member
from app.projects.roles import Act, may
from app.projects.views.current_member import current_member
from app.reading.pages.article_ref import article_ref
from app.reading.pages.rendering.blocks import draw_earlier
from app.reading.pages.rendering.cache import drawing_of
from app.reading.pages.rendering.html import render_sections
from app.text.word_diff import changes_of
from app.web.responses import render
from app.web.session import get_session


def revisions(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = _find(session, slug, article_id)
    current = articles.current_revision(session, article_id)
    can_keep = may(member, Act.KEEP_ARTICLES) and article.archived_at is None
    page = revision_pages.RevisionsPage(
        article=article_ref(member, article),
        lines=articles.list_revisions(session, article_id),
        can_keep=can_keep,
        why_not_back=why_not_back(session, article, current) if can_keep else "",
    )
    return render("corrections/revisions.html", page)


def revision(slug: str, article_id: int, number: int) -> ResponseReturnValue:
    session = get_session()
    member, article = _find(session, slug, article_id)
    found = articles.find_revision(session, article_id, number)
    current = articles.current_revision(session, article_id)
    if found.id == current.id:
        return redirect(url_for("reading.article", slug=slug, article_id=article_id))
    seen = visibility_for(session, member, article)
    tagged = list_earlier(session, found, seen)
    blocks = draw_earlier(session, found, tagged)
    names = names_in(session, [each.state for each in tagged])
    bodies = {
        each.id: render_template(
            "corrections/_past_card.html",
            id=each.id,
            quote=each.state.quote,
            says=in_words(each.state, names),
        )
        for each in tagged
    }
    page = revision_pages.RevisionPage(
        article=article_ref(member, article),
        language=article.language,
        number=number,
        current=current.number,
        made_at=found.created_at,
        length=str(found.length),
        total=len(tagged),
        drawing=drawing_of(blocks, lambda some: render_sections(some, bodies=bodies)),
    )
    return render("corrections/past_revision.html", page)


def changes(slug: str, article_id: int, number: int) -> ResponseReturnValue:
    session = get_session()
    member, article = _find(session, slug, article_id)
    found = articles.find_revision(session, article_id, number)
    lines = articles.list_revisions(session, article_id)
    line = next(row for row in lines if row.number == number)
    before = next((row.number for row in lines if row.number < number), None)
    if before is None:
        message = f"Revision {number} is the first: it changed nothing."
        raise NotFound(message)
    old = articles.find_revision(session, article_id, before)
    documents = (articles.document_of(session, old), articles.document_of(session, found))
    page = revision_pages.RevisionChangesPage(
        article=article_ref(member, article),
        language=article.language,
        number=number,
        before=before,
        name=line.name,
        source=line.source or "",
        made_at=line.created_at,
        changes=changes_of(*documents),
    )
    return render("corrections/changes.html", page)


def _find(session: Session, slug: str, article_id: int) -> tuple[Member, Article]:
    member = current_member(slug)
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    return member, article
