"""Answering an act: with what has changed, or with what is to be corrected."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.views.current_account import current_account
from app.annotations.forms import CreateForm, read_chosen, read_typed
from app.annotations.models import Annotation
from app.annotations.queries import annotations, orphans
from app.annotations.service.annotations import EditConflict
from app.annotations.service.choosing import added_to
from app.annotations.service.duplicates import DuplicateAnnotation
from app.annotations.state import AnnotationState
from app.articles.models import Article
from app.articles.queries import articles
from app.core.errors import Conflict, GlossError, Invalid
from app.events.service import last_recorded
from app.projects.models import Member
from app.projects.roles import may_change
from app.reading.forms import NOTE, asked_filter, filter_query
from app.reading.pages import annotation_card, reading_page
from app.reading.pages.annotation_card import CardPage
from app.reading.pages.article_ref import PlaceChoice, article_ref, suggestions_in
from app.reading.pages.fields import FieldsTyped
from app.reading.pages.progress import ProgressPanel, progress_panel
from app.reading.pages.rendering.changed_blocks import draw_numbers
from app.reading.views.reading_page import block_with_form, new_key
from app.web.responses import read_number, render, see_other, wants_fragment
from app.web.session import get_session, reopen_for_reading

UNDO = "undo"  # the kind of a message that offers Undo
BACK = "back"  # the kind of one that has a way back of its own
LONGEST_FLASHED = 1_500  # characters of the fields; a browser keeps 4,096 bytes in all


class FoundAnnotation(NamedTuple):
    """An annotation as it was before the act, its article, and who acts."""

    annotation_id: int
    article: Article
    member: Member
    blocks: range


class ActedOn(NamedTuple):
    """What an answer says of the annotation that was acted on: to count it, and to act on.

    `says` is what there is on it: "note disputed 3", with the ids of its themes.
    """

    id: int
    tag: str
    annotator_id: int
    start: int
    end: int
    says: str
    is_deleted: bool
    version: int
    can_change: bool

    @classmethod
    def of(cls, annotation: Annotation, member: Member, card: CardPage | None) -> "ActedOn":
        """Say it for who acted; without its card, of one that has no thread yet."""
        return cls(
            id=annotation.id,
            tag=annotation.tag,
            annotator_id=annotation.account_id,
            start=annotation.start,
            end=annotation.end,
            says=card.says
            if card
            else " ".join([*[NOTE] * bool(annotation.note), *map(str, annotation.themes)]),
            is_deleted=annotation.deleted_at is not None,
            version=annotation.version,
            can_change=may_change(member, is_own=annotation.account_id == member.account_id),
        )


class UndoForm(NamedTuple):
    """The form that takes back what was just done: where it is sent, and with which fields.

    With an empty `url` there is no way back, and that of the article is not offered either.
    """

    url: str
    fields: Mapping[str, str] = MappingProxyType({})

    @property
    def fields_as_json(self) -> str:
        """Return the fields as the page's own code reads them."""
        return json.dumps(dict(self.fields))


def flash_with_undo(message: str, back: UndoForm | None) -> None:
    """Say what was done on the next page, with the form that takes it back.

    What that form sends waits in the cookie: it is left out where it is long.
    """
    if back is None or len(back.fields_as_json) > LONGEST_FLASHED:
        flash(message)
    else:
        fields = dict(back.fields)
        flash({"words": message, "url": back.url, "fields": fields}, BACK)  # type: ignore[arg-type]  # any JSON will do


def find_annotation(session: Session, annotation_id: int) -> FoundAnnotation:
    """Return the annotation of an address, for who is asking.

    Raises: NotFound.
    """
    annotation, member = annotations.find(
        session, annotation_id=annotation_id, account_id=current_account().id
    )
    article = session.get_one(Article, annotation.article_id)
    blocks = range(0)
    if annotation.revision_id == articles.current_revision_id(session, article.id):
        blocks = range(annotation.first_block, annotation.last_block + 1)
    return FoundAnnotation(annotation.id, article, member, blocks)


def answer(
    member: Member,
    article: Article,
    annotation: Annotation,
    *,
    message: str,
    also: Iterable[int] = (),
    back: UndoForm | None = None,
    part: ProgressPanel | None = None,
    with_card: bool = True,
    is_new: bool = False,
) -> ResponseReturnValue:
    """Answer an act: its blocks and card where a fragment was asked for, else the article.

    An orphan has no blocks: its own page is shown. `back` takes back what the undo of an article
    does not. `part` is read where it is not given; the card is left out where the page shows the
    annotation closed. `is_new` says that it was made just now, and not found made before.
    """
    if not wants_fragment():
        return _show(member, article, annotation, message)
    known, own_event = articles.known_revision(get_session()), last_recorded(get_session())
    session = reopen_for_reading()
    articles.tell_current_revision(session, known)  # it is read again where it is so no more
    shown = asked_filter(session, member, article)
    if known is not None and own_event is not None:
        revision, drawn = known, own_event  # what came since is drawn, and told by its own event
    else:
        revision, drawn = annotations.latest(session, article.id, shown.visibility)
    numbers = set(also)
    is_in_text = annotation.revision_id == revision.id
    if is_in_text:
        numbers.update(range(annotation.first_block, annotation.last_block + 1))
    card = None
    if with_card:
        card = annotation_card.card_page(session, member, article, annotation, shown)
    return render_template(
        "reading/_response.html",
        acted=ActedOn.of(annotation, member, card),
        is_in_text=is_in_text,
        is_new=is_new,
        message=message,
        back=back,
        revision=revision.number,
        blocks=draw_numbers(session, revision, shown, numbers),
        drawn=drawn,
        article=article_ref(member, article),
        query=filter_query(shown),
        page=card,
        part=part or progress_panel(session, member, article, shown.visibility),
    )


def _show(
    member: Member, article: Article, annotation: Annotation, message: str
) -> ResponseReturnValue:
    """Go where an act was done from, and say there what it did."""
    flash(message, UNDO)
    if request.form.get("back") == "trash":
        article_id = read_number(request.form.get("article"))
        return see_other("annotation.trash", slug=member.project.slug, article=article_id)
    session = reopen_for_reading()
    if orphans.orphaned_in(session, annotation) is not None:
        return see_other("annotation.card", annotation_id=annotation.id)
    address = url_for("reading.article", slug=member.project.slug, article_id=article.id)
    query = filter_query(asked_filter(session, member, article))
    return redirect(f"{address}{query}#b{annotation.first_block}", code=303)


def render_create_error(
    member: Member,
    article: Article,
    form: CreateForm,
    error: Invalid | Conflict,
) -> ResponseReturnValue:
    """Show the form again with what was typed, what is wrong and the places to choose from."""
    if wants_fragment():
        duplicate_id = error.annotation.id if isinstance(error, DuplicateAnnotation) else None
        fragment = render_template(
            "reading/_refused.html", message=error.message, duplicate_id=duplicate_id
        )
        return fragment, error.status
    session = reopen_for_reading()
    choices, nearest = _suggestions(session, article, error)
    revision = articles.current_revision(session, article.id)
    typed = FieldsTyped.refused(form.typed, form.chosen, error)
    tag_form = reading_page.TagForm(
        client_key=new_key(),
        quote=form.asked.quote,
        typed={**form.typed, **typed.said},
        names=typed.names,
        unknown=typed.unknown,
        problem=error.message,
        field=getattr(error, "field", ""),
        choices=choices,
        nearest=nearest,
        ticked=frozenset(form.sentences if form.revision == revision.number else ()),
        is_ticked=form.block is not None,
        duplicate_id=error.annotation.id if isinstance(error, DuplicateAnnotation) else None,
    )
    if form.block is not None:
        block = block_with_form(member, article, form.block, tag_form)
        if block is not None:
            return render("reading/block.html", block, error.status)
    tag_form = reading_page.with_theme_options(session, member, tag_form)
    page = reading_page.TagPage(article_ref(member, article), tag_form)
    return render("reading/tag.html", page, error.status)


def render_change_error(found: FoundAnnotation, error: GlossError) -> ResponseReturnValue:
    """Show the annotation as it is now beside what was typed, and what to correct."""
    session = reopen_for_reading()
    annotation = session.get_one(Annotation, found.annotation_id)
    choices, nearest = _suggestions(session, found.article, error)
    shown = asked_filter(session, found.member, found.article)
    page = annotation_card.card_page(session, found.member, found.article, annotation, shown)
    typed, chosen = read_typed(request.form), read_chosen(request.form)
    chosen = added_to(AnnotationState.of(annotation), chosen, typed)
    page = replace(
        annotation_card.with_typed(
            session,
            page,
            FieldsTyped.refused(typed, chosen, error),
            request.form.get("quote"),
            project_id=found.member.project_id,
        ),
        problem=error.message,
        field=getattr(error, "field", ""),
        is_alone=not wants_fragment(),
        duplicate_id=error.annotation.id if isinstance(error, DuplicateAnnotation) else None,
        is_conflict=isinstance(error, EditConflict) and not request.path.endswith("/delete"),
        choices=choices,
        nearest=nearest,
    )
    template = "reading/_card.html" if wants_fragment() else "reading/card.html"
    return render(template, page, error.status)


def _suggestions(
    session: Session, article: Article, error: GlossError
) -> tuple[tuple[PlaceChoice, ...], PlaceChoice | None]:
    revision = articles.current_revision(session, article.id)
    starts = [block.start for block in articles.blocks_of(session, revision.id)]
    return suggestions_in(revision.text, starts, error)
