"""Discussing an annotation: every POST of its thread and of the stances, answered as acts are."""

from dataclasses import replace

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.annotations.forms import read_key
from app.annotations.models import Annotation
from app.core.errors import Conflict, GlossError, Invalid
from app.discussion.models import Stance
from app.discussion.queries import discussion
from app.discussion.service import comments, mentions, stances, threads
from app.reading.forms import asked_filter
from app.reading.pages import annotation_card
from app.reading.pages.discussion import DiscussionTyped, with_typed
from app.reading.views.responses import (
    FoundAnnotation,
    UndoForm,
    answer,
    find_annotation,
    flash_with_undo,
)
from app.web.responses import read_number, render, see_other, wants_fragment
from app.web.session import get_session, reopen_for_reading

UNKNOWN_SHOWN = 3  # of the words after an @ that name nobody
ONE_UNKNOWN = "{words} names nobody here."
MANY_UNKNOWN = "{words} name nobody here."
NO_BACK = UndoForm("")


def write_comment(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    text, is_question = request.form.get("text", ""), request.form.get("question") == "1"
    try:
        comment = comments.write(
            session,
            actor=found.member,
            annotation_id=annotation_id,
            text=text,
            is_question=is_question,
            client_key=read_key(request.form.get("client_key", "")),
        )
    except (Invalid, Conflict) as error:
        return _show_error(found, error, DiscussionTyped(text=text, is_question=is_question))
    session.commit()
    back = UndoForm(
        url_for("discussion.delete_comment", annotation_id=annotation_id, comment_id=comment.id),
        _reopened(found),
    )
    message = "The question is saved." if is_question else "The comment is saved."
    return _answer(found, _with_unknown(found, message, comment.text, comment.id), back)


def edit_comment(annotation_id: int, comment_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    former = discussion.find_comment(
        session, annotation_id=annotation_id, comment_id=comment_id
    ).text
    text = request.form.get("text", "")
    try:
        comment = comments.edit(
            session,
            actor=found.member,
            annotation_id=annotation_id,
            comment_id=comment_id,
            version=read_number(request.form.get("comment_version")) or 0,
            text=text,
        )
    except (Invalid, Conflict) as error:
        return _show_error(found, error, DiscussionTyped(text=text, comment_id=comment_id))
    session.commit()
    fields = {"text": former, "comment_version": str(comment.version)}
    message = _with_unknown(found, "Saved.", comment.text, comment_id)
    return _answer(found, message, UndoForm(request.path, fields))


def delete_comment(annotation_id: int, comment_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    comments.delete(session, actor=found.member, annotation_id=annotation_id, comment_id=comment_id)
    _settle_again(found)
    session.commit()
    back = UndoForm(
        url_for("discussion.restore_comment", annotation_id=annotation_id, comment_id=comment_id)
    )
    return _answer(found, "The comment is deleted.", back)


def restore_comment(annotation_id: int, comment_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    comments.restore(
        session, actor=found.member, annotation_id=annotation_id, comment_id=comment_id
    )
    session.commit()
    back = UndoForm(
        url_for("discussion.delete_comment", annotation_id=annotation_id, comment_id=comment_id)
    )
    return _answer(found, "The comment is back.", back)


def resolve(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    try:
        is_as_before = _settle_again(found)
        if is_as_before is None:
            threads.resolve(session, actor=found.member, annotation_id=annotation_id)
    except Conflict as error:
        return _show_error(found, error, DiscussionTyped())
    session.commit()
    if is_as_before is False:
        return _answer(found, "It stays open: others have gone on since.", None)
    return _answer(
        found, "Resolved.", UndoForm(url_for("discussion.reopen", annotation_id=annotation_id))
    )


def reopen(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    threads.reopen(session, actor=found.member, annotation_id=annotation_id)
    session.commit()
    url = url_for("discussion.resolve", annotation_id=annotation_id)
    return _answer(found, "Open again.", UndoForm(url, _reopened(found)))


def take_stance(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    back = _back_to_stance(found)
    reason = request.form.get("reason", "")
    try:
        stance = stances.set_stance(
            session,
            actor=found.member,
            annotation_id=annotation_id,
            value=request.form.get("value", ""),
            reason=reason,
            about=_about_asked(),
        )
        _settle_again(found)
    except (Invalid, Conflict) as error:
        return _show_error(found, error, DiscussionTyped(reason=reason))
    session.commit()
    back = back and back._replace(fields={**back.fields, **_reopened(found)})
    message = "You dispute it." if stance.value == stances.DISPUTE else "You agree."
    return _answer(found, _with_unknown(found, message, stance.reason, None), back)


def withdraw_stance(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    back = _back_to_stance(found)
    stances.withdraw_stance(session, actor=found.member, annotation_id=annotation_id)
    _settle_again(found)
    session.commit()
    return _answer(found, "Withdrawn: you neither agree nor dispute.", back)


def names(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = find_annotation(session, annotation_id)
    annotation = session.get_one(Annotation, found.annotation_id)
    return render_template("reading/_names.html", people=mentions.people_for(session, annotation))


def _reopened(found: FoundAnnotation) -> dict[str, str]:
    """Return the field by which what was done now is taken back, if it reopened the thread."""
    event_id = threads.reopening_by(
        get_session(), actor=found.member, annotation_id=found.annotation_id
    )
    return {"reopened": str(event_id)} if event_id else {}


def _settle_again(found: FoundAnnotation) -> bool | None:
    """Resolve the thread as it was before the act that is taken back, and say whether it is.

    None where that is not asked for.
    """
    event_id = read_number(request.form.get("reopened"))
    if event_id is None:
        return None
    return threads.take_back_reopening(
        get_session(), actor=found.member, annotation_id=found.annotation_id, event_id=event_id
    )


def _with_unknown(found: FoundAnnotation, message: str, text: str, comment_id: int | None) -> str:
    """Add whom a text of the actor calls and does not name, so that nobody waits for them."""
    named = mentions.named_in(
        get_session(),
        annotation_id=found.annotation_id,
        author_id=found.member.account_id,
        comment_id=comment_id,
    )
    unknown = mentions.names_nobody(text, named)[:UNKNOWN_SHOWN]
    if not unknown:
        return message
    words = ", ".join(f"“@{word}”" for word in unknown)
    sentence = ONE_UNKNOWN if len(unknown) == 1 else MANY_UNKNOWN
    return f"{message} {sentence.format(words=words)}"


def _about_asked() -> stances.About | None:
    """Return what the form was drawn for; an undo is for whatever is there."""
    tag, quote = request.form.get("about_tag"), request.form.get("about_quote")
    if tag is None or quote is None:
        return None
    return stances.About(tag, quote.replace("\r\n", "\n"))  # as forms send line breaks


def _back_to_stance(found: FoundAnnotation) -> UndoForm | None:
    """Return what brings back the stance that the actor has now, before they take another.

    None for one about what the annotation was before: it cannot be taken of that any more.
    """
    key = (found.annotation_id, found.member.account_id)
    stance = get_session().get(Stance, key)
    if stance is None:
        return UndoForm(url_for("discussion.withdraw_stance", annotation_id=found.annotation_id))
    annotation = get_session().get_one(Annotation, found.annotation_id)
    if not threads.is_present(stance, annotation):
        return None
    fields = {"value": stance.value, "reason": stance.reason}
    return UndoForm(url_for("discussion.take_stance", annotation_id=found.annotation_id), fields)


def _answer(found: FoundAnnotation, message: str, back: UndoForm | None) -> ResponseReturnValue:
    if not wants_fragment():
        flash_with_undo(message, back)
        return see_other(
            "annotation.card",
            annotation_id=found.annotation_id,
            _anchor=f"discussion-{found.annotation_id}",
        )
    annotation = get_session().get_one(Annotation, found.annotation_id)
    return answer(found.member, found.article, annotation, message=message, back=back or NO_BACK)


def _show_error(
    found: FoundAnnotation, error: GlossError, typed: DiscussionTyped
) -> ResponseReturnValue:
    """Show the card as it is now, with what was typed and what to correct."""
    session = reopen_for_reading()
    annotation = session.get_one(Annotation, found.annotation_id)
    shown = asked_filter(session, found.member, found.article)
    page = annotation_card.card_page(session, found.member, found.article, annotation, shown)
    page = replace(
        page,
        problem=error.message,
        field=getattr(error, "field", ""),
        is_alone=not wants_fragment(),
        discussion=with_typed(page.discussion, typed),
    )
    template = "reading/_card.html" if wants_fragment() else "reading/card.html"
    return render(template, page, error.status)
