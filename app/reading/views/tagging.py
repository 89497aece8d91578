"""Acting on annotations: every POST that answers with drawn blocks."""

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.annotations.forms import ChangeForm, CreateForm, read_key, read_version
from app.annotations.models import Annotation
from app.annotations.pages.event_text import tell_redone, tell_undone
from app.annotations.queries.anchors import PassageQuery
from app.annotations.service import annotations
from app.annotations.service.choosing import added_to, choose
from app.annotations.service.duplicates import DuplicateAnnotation
from app.annotations.service.undo import UndoResult
from app.annotations.service.undo import redo as redo_last
from app.annotations.service.undo import undo as undo_last
from app.annotations.state import AnnotationState, states_of
from app.articles.models import Article
from app.articles.queries import articles
from app.assignments.queries.visibility import visibility_for
from app.core.errors import Conflict, Invalid
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.reading.pages.progress import progress_panel
from app.reading.pages.rendering.changed_blocks import blocks_of_state
from app.reading.views.orphans import PLACE, show_placing
from app.reading.views.reading_page import new_key
from app.reading.views.responses import (
    answer,
    find_annotation,
    render_change_error,
    render_create_error,
)
from app.web.session import get_session


def create(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.TAG)
    session = get_session()
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    form = CreateForm.read(request.form)
    try:
        asked = _ticked(session, article, form) if form.block is not None else form.asked
        typed = _with_chosen(session, member, form)
        annotation = annotations.create(
            session,
            actor=member,
            article_id=article_id,
            asked=asked,
            client_key=form.client_key,
            **typed,
        )
    except (Invalid, Conflict) as error:
        return render_create_error(member, article, form, error)
    # Before the commit, while all that it is made of is known.
    part = progress_panel(session, member, article, visibility_for(session, member, article))
    session.commit()
    message = f"Tagged as {annotation.tag}."
    if annotation.deleted_at is not None:
        message = f"This was tagged as {annotation.tag} before, and is in the trash now."
    is_new = annotation.client_key == form.client_key
    if not is_new:
        message = f"You had tagged these words as {annotation.tag} already."
    # The page shows what is new closed: it does not read a card.
    return answer(
        member,
        article,
        annotation,
        message=message,
        part=part,
        with_card=False,
        is_new=is_new,
    )


def change(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    try:
        form = ChangeForm.read(request.form)
        annotation = annotations.change(
            session,
            actor=found.member,
            annotation_id=annotation_id,
            version=form.version,
            asked=form.asked,
            **_with_chosen(session, found.member, form, annotation_id),
        )
    except (Invalid, Conflict) as error:
        if request.form.get("back") == PLACE:
            return show_placing(found.member, annotation_id, error)
        return render_change_error(found, error)
    session.commit()
    message = "Saved."
    if "tag" in form.typed:
        message = f"It is tagged as {annotation.tag} now."
    elif form.asked is not None:
        message = "It stands on these words now."
    return answer(found.member, found.article, annotation, message=message, also=found.blocks)


def _with_chosen(
    session: Session,
    member: Member,
    form: CreateForm | ChangeForm,
    annotation_id: int | None = None,
) -> dict[str, str]:
    """Return the fields of a form, with the ids of what was chosen and typed in them."""
    if not form.chosen:
        return dict(form.typed)
    before, chosen = None, form.chosen
    if annotation_id is not None:
        before = AnnotationState.of(session.get_one(Annotation, annotation_id))
        chosen = added_to(before, chosen, form.typed)
    return {**form.typed, **choose(session, actor=member, chosen=chosen, before=before)}


def delete(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    try:
        annotation = annotations.delete(
            session,
            actor=found.member,
            annotation_id=annotation_id,
            version=read_version(request.form),
        )
    except (Invalid, Conflict) as error:
        return render_change_error(found, error)
    session.commit()
    return answer(found.member, found.article, annotation, message="Moved to the trash.")


def restore(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    try:
        annotation = annotations.restore(session, actor=found.member, annotation_id=annotation_id)
    except DuplicateAnnotation as error:
        return render_change_error(found, error)
    session.commit()
    return answer(found.member, found.article, annotation, message="Restored.")


def undo(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    key = read_key(request.form.get("client_key") or new_key())
    taken = undo_last(session, actor=member, article_id=article_id, client_key=key)
    session.commit()
    return _taken_back(session, member, article_id, taken, tell_undone(taken.act))


def redo(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    key = read_key(request.form.get("client_key") or new_key())
    taken = redo_last(session, actor=member, article_id=article_id, client_key=key)
    session.commit()
    return _taken_back(session, member, article_id, taken, tell_redone(taken.act))


def _ticked(session: Session, article: Article, form: CreateForm) -> PassageQuery:
    """Return the passage from the first to the last of the sentences ticked in a block.

    Raises: Invalid (none is ticked, or one between them is not; or the text was corrected since).
    """
    revision = articles.current_revision(session, article.id)
    if form.revision != revision.number:
        message = "The article was corrected since you opened this. Tick the sentences once more."
        raise Invalid("sentence", message)
    rows = articles.blocks_of(session, revision.id, first=form.block or 0, last=form.block or 0)
    if not rows or not form.sentences:
        raise Invalid("sentence", "Tick at least one sentence.")
    bounds = [int(value) for value in rows[0].sentences.split()]
    first, last = form.sentences[0], form.sentences[-1]
    if last - first + 1 != len(form.sentences):
        raise Invalid("sentence", "Tick sentences that follow one another, without a gap.")
    if last >= len(bounds) // 2:
        raise Invalid("sentence", "This paragraph has fewer sentences. Reload the page.")
    start = rows[0].start + bounds[2 * first]
    end = rows[0].start + bounds[2 * last + 1]
    return PassageQuery(quote=revision.text[start:end], start=start)


def _taken_back(
    session: Session, member: Member, article_id: int, taken: UndoResult, message: str
) -> ResponseReturnValue:
    article = session.get_one(Article, article_id)
    also: set[int] = set()
    revision = articles.current_revision(session, article_id)
    for state in states_of(taken.act):
        if state is not None:
            also.update(blocks_of_state(session, revision, state))
    return answer(member, article, taken.annotation, message=message, also=also)
