"""Deciding, before a correction is stored, where an annotation is to stand in the new text."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.annotations.forms import read_passage_query
from app.annotations.models import Annotation
from app.annotations.queries.anchors import find_in
from app.articles.models import Article, Draft
from app.articles.service import drafts
from app.core.errors import Invalid, NotFound
from app.corrections.views.review import find_correction
from app.projects.models import Member
from app.reading.pages.placing import Form, placing_page
from app.reading.pages.rendering.blocks import draw_document
from app.web.responses import render
from app.web.session import get_session


def place_in_draft(
    slug: str, article_id: int, draft_id: int, annotation_id: int
) -> ResponseReturnValue:
    session = get_session()
    member, article, draft = find_correction(session, slug, article_id, draft_id)
    return _placing_page(session, member, draft, _find(session, article, annotation_id))


def decide(slug: str, article_id: int, draft_id: int, annotation_id: int) -> ResponseReturnValue:
    """Decide where an annotation is to stand: at a passage, nowhere, or where it was found."""
    session = get_session()
    member, article, draft = find_correction(session, slug, article_id, draft_id)
    annotation = _find(session, article, annotation_id)
    if "leave" in request.form:
        drafts.decide(draft, annotation_id, None)
    elif "find" in request.form:
        drafts.forget_decision(draft, annotation_id)
    else:
        try:
            place = find_in(drafts.document_of(draft), read_passage_query(request.form))
            drafts.decide(draft, annotation_id, place)
        except Invalid as error:
            return _placing_page(session, member, draft, annotation, error)
    session.commit()
    address = url_for("review.review", slug=slug, article_id=article_id, draft_id=draft_id)
    return redirect(f"{address}#a{annotation_id}", code=303)


def _find(session: Session, article: Article, annotation_id: int) -> Annotation:
    annotation = session.get(Annotation, annotation_id)
    if annotation is None or annotation.article_id != article.id:
        raise NotFound
    return annotation


def _placing_page(
    session: Session,
    member: Member,
    draft: Draft,
    annotation: Annotation,
    error: Invalid | None = None,
) -> ResponseReturnValue:
    article = session.get_one(Article, annotation.article_id)
    document = drafts.document_of(draft)
    review = url_for(
        "review.review", slug=member.project.slug, article_id=article.id, draft_id=draft.id
    )
    page = placing_page(
        session,
        member,
        annotation,
        text=document.text,
        blocks=draw_document(document, language=article.language),
        form=Form(action=request.path, back=review, back_label="Back to the review"),
        error=error,
    )
    return render("reading/placing.html", page, error.status if error else 200)
