"""Deciding, before a correction is stored, where an annotation is to stand in the new text."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.current import current_account
from app.annotations import corrections
from app.annotations.corrections import Before, Standing
from app.annotations.forms import read_asked
from app.annotations.placing import find_in
from app.articles import drafts
from app.articles.models import Article, Draft, Revision
from app.core.errors import Invalid, NotFound
from app.core.pages import render
from app.core.requests import get_session
from app.library.corrections import DRAFT, find_article
from app.library.views import blueprint
from app.projects.models import Member
from app.reading.drawing import draw_document
from app.reading.place import CONTEXT, place_of, suggestions_in
from app.reading.revision_pages import PlacingPage, block_near
from app.reading.sections import draw_sections


@blueprint.get(f"{DRAFT}/annotations/<int:annotation_id>")
def place_in_draft(
    slug: str, article_id: int, draft_id: int, annotation_id: int
) -> ResponseReturnValue:
    session = get_session()
    member, article = find_article(session, slug, article_id)
    draft = drafts.find(session, actor=member, draft_id=draft_id, article_id=article_id)
    return _placing_page(session, member, article, draft, annotation_id=annotation_id)


@blueprint.post(f"{DRAFT}/annotations/<int:annotation_id>")
def decide(slug: str, article_id: int, draft_id: int, annotation_id: int) -> ResponseReturnValue:
    """Decide where an annotation is to stand: at a passage, nowhere, or where it was found."""
    session = get_session()
    member, article = find_article(session, slug, article_id)
    draft = drafts.find(session, actor=member, draft_id=draft_id, article_id=article_id)
    _standing(corrections.look_before(session, article), annotation_id)
    if "leave" in request.form:
        drafts.decide(draft, annotation_id, None)
    elif "find" in request.form:
        drafts.forget_decision(draft, annotation_id=annotation_id)
    else:
        try:
            place = find_in(drafts.document_of(draft), read_asked(request.form))
            drafts.decide(draft, annotation_id, place)
        except Invalid as error:
            return _placing_page(
                session, member, article, draft, annotation_id=annotation_id, error=error
            )
    session.commit()
    address = url_for("library.review", slug=slug, article_id=article_id, draft_id=draft_id)
    return redirect(f"{address}#a{annotation_id}", code=303)


def _standing(before: Before, annotation_id: int) -> Standing:
    for annotation in before.annotations:
        if annotation.id == annotation_id:
            return annotation
    raise NotFound


def _placing_page(
    session: Session,
    member: Member,
    article: Article,
    draft: Draft,
    *,
    annotation_id: int,
    error: Invalid | None = None,
) -> ResponseReturnValue:
    before = corrections.look_before(session, article)
    annotation = _standing(before, annotation_id)
    document = drafts.document_of(draft)
    home = session.get_one(Revision, annotation.revision_id)
    review = url_for(
        "library.review", slug=member.project.slug, article_id=article.id, draft_id=draft.id
    )
    starts = [block.start for block in document.blocks]
    choices, nearest = suggestions_in(document.text, starts, error)
    page = PlacingPage(
        place=place_of(member, article),
        language=article.language,
        tag=annotation.tag,
        annotator=annotation.annotator,
        note="",
        quote=annotation.quote,
        before=home.text[max(0, annotation.start - CONTEXT) : annotation.start],
        after=home.text[annotation.end : annotation.end + CONTEXT],
        revision=home.number,
        near=block_near(home.text, document.text, starts, annotation.start),
        action=request.path,
        fields=[],
        back=review,
        back_label="Back to the review",
        letter_keys=current_account().letter_keys,
        sections=draw_sections(draw_document(document, language=article.language)),
        typed=request.form.get("quote", ""),
        problem=error.message if error else "",
        choices=choices,
        nearest=nearest,
    )
    return render("reading/placing.html", page, error.status if error else 200)
