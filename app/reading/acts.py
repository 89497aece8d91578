"""Acting on annotations: every POST that answers with drawn blocks."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.current import current_account
from app.annotations import queries as annotations
from app.annotations import service
from app.annotations.forms import ChangeForm, CreateForm, read_version
from app.annotations.models import Annotation
from app.annotations.service import Asked, NowhereFound, SeveralPlaces, Stale, Twin
from app.annotations.undo import TakenBack
from app.annotations.undo import redo as redo_last
from app.annotations.undo import undo as undo_last
from app.annotations.wording import describe_act
from app.articles import queries as articles
from app.articles.models import Article, Revision
from app.core.errors import Conflict, GlossError, Invalid
from app.core.pages import render, see_other, wants_fragment
from app.core.requests import get_session
from app.events.queries import last_event_id
from app.projects.current import current_member
from app.projects.models import Member
from app.projects.roles import Act
from app.reading import card_pages, pages
from app.reading.drawing import DrawnBlock, draw_blocks
from app.reading.filters import filter_query, read_filter
from app.reading.place import Choice, choices_of, place_of
from app.reading.views import block_with_form, blueprint, new_key

UNDO = "undo"  # the kind of a message that offers Undo


@blueprint.post("/projects/<slug>/articles/<int:article_id>/annotations")
def create(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.TAG)
    session = get_session()
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    form = CreateForm.read(request.form)
    try:
        asked = _ticked(session, article, form) if form.block is not None else form.asked
        annotation = service.create(
            session,
            actor=member,
            article_id=article_id,
            tag=form.tag,
            asked=asked,
            note=form.note,
            client_key=form.client_key,
        )
    except (Invalid, Conflict) as error:
        return _mend_create(session, member, article, form, error)
    session.commit()
    return _answer(session, member, article, annotation, message=f"Tagged as {annotation.tag}.")


@blueprint.post("/annotations/<int:annotation_id>")
def change(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = _find(session, annotation_id)
    before = service.snapshot(found.annotation)
    try:
        form = ChangeForm.read(request.form)
        annotation = service.change(
            session,
            actor=found.member,
            annotation_id=annotation_id,
            version=form.version,
            tag=form.tag,
            note=form.note,
            asked=form.asked,
        )
    except (Invalid, Conflict) as error:
        return _mend_change(session, found, error)
    session.commit()
    old_blocks = range(before["block"], found.last_block + 1)
    return _answer(
        session, found.member, found.article, annotation, message="Saved.", also=old_blocks
    )


@blueprint.post("/annotations/<int:annotation_id>/delete")
def delete(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = _find(session, annotation_id)
    try:
        annotation = service.delete(
            session,
            actor=found.member,
            annotation_id=annotation_id,
            version=read_version(request.form),
        )
    except (Invalid, Conflict) as error:
        return _mend_change(session, found, error)
    session.commit()
    return _answer(session, found.member, found.article, annotation, message="Moved to the trash.")


@blueprint.post("/annotations/<int:annotation_id>/restore")
def restore(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    found = _find(session, annotation_id)
    try:
        annotation = service.restore(session, actor=found.member, annotation_id=annotation_id)
    except Twin as error:
        return _mend_change(session, found, error)
    session.commit()
    return _answer(session, found.member, found.article, annotation, message="Restored.")


@blueprint.post("/projects/<slug>/articles/<int:article_id>/undo")
def undo(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    taken = undo_last(session, actor=member, article_id=article_id)
    session.commit()
    return _taken_back(session, member, article_id, taken, "Undone")


@blueprint.post("/projects/<slug>/articles/<int:article_id>/redo")
def redo(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    taken = redo_last(session, actor=member, article_id=article_id)
    session.commit()
    return _taken_back(session, member, article_id, taken, "Redone")


class Found(NamedTuple):
    """An annotation as it was before the act, its article, and who acts."""

    annotation: Annotation
    article: Article
    member: Member
    last_block: int


def _find(session: Session, annotation_id: int) -> Found:
    annotation, member = annotations.find(
        session, annotation_id=annotation_id, account_id=current_account().id
    )
    article = session.get_one(Article, annotation.article_id)
    return Found(annotation, article, member, annotation.last_block)


def _ticked(session: Session, article: Article, form: CreateForm) -> Asked:
    """Return the passage from the first to the last of the sentences ticked in a block.

    Raises: Invalid (none is ticked, or one between them is not).
    """
    revision = articles.current_revision(session, article.id)
    rows = articles.blocks_of(session, revision.id, first=form.block or 0, last=form.block)
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
    return Asked(quote=revision.text[start:end], start=start)


def _answer(
    session: Session,
    member: Member,
    article: Article,
    annotation: Annotation,
    *,
    message: str,
    also: Iterable[int] = (),
) -> ResponseReturnValue:
    """Answer an act: its blocks and card where a fragment was asked for, else the article."""
    numbers = {*range(annotation.first_block, annotation.last_block + 1), *also}
    if not wants_fragment():
        flash(message, UNDO)
        if request.form.get("back") == "trash":
            return see_other("reading.trash", slug=member.project.slug)
        address = url_for("reading.article", slug=member.project.slug, article_id=article.id)
        query = filter_query(read_filter(request.args))
        return redirect(f"{address}{query}#b{annotation.first_block}", code=303)
    shown = read_filter(request.args)
    revision = articles.current_revision(session, article.id)
    return render_template(
        "reading/_answer.html",
        message=message,
        blocks=_draw(session, revision, shown, numbers),
        drawn=last_event_id(session, article.id),
        place=place_of(member, article),
        query=filter_query(shown),
        opened=None,
        filter=pages.filter_form(session, revision, shown),
        page=card_pages.card_page(member, article, annotation, shown),
    )


def _draw(
    session: Session, revision: Revision, shown: annotations.Filter, numbers: set[int]
) -> list[DrawnBlock]:
    drawn = []
    for first, last in _stretches(sorted(numbers)):
        drawn += draw_blocks(session, revision, shown, first=first, last=last)
    return drawn


def _stretches(numbers: list[int]) -> list[tuple[int, int]]:
    """Join numbers that follow one another: [1, 2, 5] to [(1, 2), (5, 5)]."""
    stretches: list[tuple[int, int]] = []
    for number in numbers:
        if stretches and stretches[-1][1] == number - 1:
            stretches[-1] = (stretches[-1][0], number)
        else:
            stretches.append((number, number))
    return stretches


def _taken_back(
    session: Session, member: Member, article_id: int, taken: TakenBack, word: str
) -> ResponseReturnValue:
    article = session.get_one(Article, article_id)
    message = f"{word}: {describe_act(taken.act)}."
    also = {state["block"] for state in (taken.act.before, taken.act.after) if state}
    return _answer(session, member, article, taken.annotation, message=message, also=also)


def _mend_create(
    session: Session,
    member: Member,
    article: Article,
    form: CreateForm,
    error: Invalid | Conflict,
) -> ResponseReturnValue:
    """Show the form again with what was typed, what to mend and the places to choose from."""
    session.rollback()
    revision = articles.current_revision(session, article.id)
    choices: tuple[Choice, ...] = ()
    nearest = None
    if isinstance(error, SeveralPlaces):
        choices = choices_of(session, revision, error.places)
    if isinstance(error, NowhereFound) and error.nearest:
        nearest = choices_of(session, revision, [error.nearest])[0]
    tag_form = pages.TagForm(
        client_key=new_key(),
        quote=form.asked.quote,
        tag=form.tag,
        note=form.note,
        problem=error.message,
        field=getattr(error, "field", ""),
        choices=choices,
        nearest=nearest,
        ticked=frozenset(form.sentences),
        twin_id=error.annotation.id if isinstance(error, Twin) else None,
    )
    page = pages.TagPage(place_of(member, article), tag_form)
    if wants_fragment():
        return render_template("reading/_refused.html", page=page), error.status
    if form.block is not None:
        block = block_with_form(member, article, form.block, tag_form)
        if block is not None:
            return render("reading/block.html", block, error.status)
    return render("reading/tag.html", page, error.status)


def _mend_change(session: Session, found: Found, error: GlossError) -> ResponseReturnValue:
    """Show the annotation as it is now beside what was typed, and what to mend."""
    session.rollback()
    session.refresh(found.annotation)
    nearest = None
    if isinstance(error, NowhereFound) and error.nearest:
        revision = articles.current_revision(session, found.article.id)
        nearest = choices_of(session, revision, [error.nearest])[0]
    page = replace(
        card_pages.card_page(
            found.member, found.article, found.annotation, read_filter(request.args)
        ),
        problem=error.message,
        field=getattr(error, "field", ""),
        typed_note=request.form.get("note"),
        typed_quote=request.form.get("quote"),
        typed_tag=request.form.get("tag"),
        twin_id=error.annotation.id if isinstance(error, Twin) else None,
        is_stale=isinstance(error, Stale) and not request.path.endswith("/delete"),
        nearest=nearest,
    )
    template = "reading/_card.html" if wants_fragment() else "reading/card.html"
    return render(template, page, error.status)
