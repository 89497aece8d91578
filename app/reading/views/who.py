"""Who says it, to whom, and the position: what is offered while one types, and acts on many."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from app.annotations.forms import read_chosen, read_version
from app.annotations.models import Annotation
from app.annotations.queries.suggestions import suggest
from app.annotations.service import bulk, repeating
from app.annotations.service.authors import give_author
from app.annotations.service.choosing import choose
from app.articles.queries import articles
from app.core.errors import Conflict, Invalid
from app.parties.models import Named, Party, Position
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.reading.views.responses import (
    FoundAnnotation,
    UndoForm,
    answer,
    find_annotation,
    flash_with_undo,
    render_change_error,
)
from app.web.filters import pluralise
from app.web.responses import render, see_other, wants_fragment
from app.web.session import get_session

LONGEST = 300  # characters of what is typed that are looked at


def parties(slug: str, article_id: int) -> ResponseReturnValue:
    return _offer(slug, article_id, Party)


def positions(slug: str, article_id: int) -> ResponseReturnValue:
    return _offer(slug, article_id, Position)


def _offer(slug: str, article_id: int, model: type[Named]) -> ResponseReturnValue:
    """Answer with what begins with the words that are typed, to whoever tags."""
    member = current_member(slug, Act.TAG)
    session = get_session()
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    typed = request.args.get("q", "")[:LONGEST]
    found = suggest(session, member, model, article=article, typed=typed)
    return render("reading/_suggestions.html", found)


def repeat(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    try:
        annotation = repeating.repeat(
            session,
            actor=found.member,
            annotation_id=annotation_id,
            version=read_version(request.form),
        )
    except (Invalid, Conflict) as error:
        return render_change_error(found, error)
    session.commit()
    message = f"It says the same as your {annotation.tag} before."
    return answer(found.member, found.article, annotation, message=message, also=found.blocks)


def give_author_to_all(annotation_id: int) -> ResponseReturnValue:
    """Give a party to all of one's own passages that have none, of the article of an annotation."""
    session = get_session()
    found = find_annotation(session, annotation_id)
    try:
        chosen = choose(session, actor=found.member, chosen=read_chosen(request.form))
        given = give_author(
            session,
            actor=found.member,
            article_id=found.article.id,
            party=chosen.get("party", ""),
        )
    except (Invalid, Conflict) as error:
        return render_change_error(found, error)
    session.commit()
    back = UndoForm(
        url_for("who.take_back_author", annotation_id=annotation_id), {"event": str(given.event_id)}
    )
    passages = pluralise(given.passages, "passage", "passages")
    return _answer(found, f"Named “{given.party}” as who says {passages}.", back)


def take_back_author(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    try:
        bulk.undo(
            session, actor=found.member, event_id=request.form.get("event", type=int, default=0)
        )
    except Conflict as error:
        return render_change_error(found, error)
    session.commit()
    return _answer(found, "Undone: who says these passages is as before.", UndoForm(""))


def _answer(found: FoundAnnotation, message: str, back: UndoForm) -> ResponseReturnValue:
    if not wants_fragment():
        flash_with_undo(message, back) if back.url else flash(message)
        return see_other("annotation.card", annotation_id=found.annotation_id)
    annotation = get_session().get_one(Annotation, found.annotation_id)
    return answer(found.member, found.article, annotation, message=message, back=back)
