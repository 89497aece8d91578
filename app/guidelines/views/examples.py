"""Turning a resolved thread into an example in the guidelines."""

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.views.current_account import current_account
from app.annotations.models import QUOTE_LIMIT, Annotation
from app.annotations.queries import annotations
from app.annotations.service.last_activity import update_last_activity
from app.annotations.tags import Tag
from app.articles.models import Article
from app.assignments.queries.visibility import is_independent
from app.config import Config
from app.core.errors import Conflict, Invalid
from app.core.prose import clean_prose
from app.discussion.models import COMMENT_LIMIT
from app.discussion.queries.discussion import discussion_of
from app.discussion.service import threads
from app.frozen import frozen
from app.guidelines import service
from app.guidelines.example_text import Example, add_example, write_example
from app.guidelines.models import Guidelines
from app.projects.models import Member
from app.projects.roles import Act, require
from app.reading.pages.article_ref import ArticleRef, article_ref
from app.reading.views.responses import UndoForm, flash_with_undo
from app.web.responses import FormPage, render, see_other
from app.web.session import get_session, reopen_for_reading


@frozen
class ExamplePage(FormPage):
    """The form of an example. `example_in` is the version that has one of this thread, or None."""

    article: ArticleRef
    annotation_id: int
    tag: str
    quote: str
    question: str
    settled: str
    example_in: int | None
    problem: str = ""
    field: str = ""
    tags: tuple[str, ...] = tuple(Tag)
    quote_limit: int = QUOTE_LIMIT
    limit: int = COMMENT_LIMIT


def example(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    annotation, member = _find(session, annotation_id)
    _refuse_independent(session, member, annotation)
    found = discussion_of(session, annotation_id)
    if found.thread is None or found.thread.resolved_at is None:
        raise Conflict(threads.NOT_RESOLVED)
    living = [comment for comment in found.comments if comment.deleted_at is None]
    questions = [comment.text for comment in living if comment.is_question]
    answers = [comment.text for comment in living if not comment.is_question]
    page = ExamplePage(
        article=article_ref(member, session.get_one(Article, annotation.article_id)),
        annotation_id=annotation_id,
        tag=annotation.tag_name,
        quote=annotation.quote,
        question="\n\n".join(questions),
        settled=answers[-1] if answers else "",
        example_in=found.thread.example_in,
    )
    return render("guidelines/example.html", page)


def make_example(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    _annotation, member = _find(session, annotation_id)
    try:
        written = _make(session, member, annotation_id)
    except (Invalid, Conflict) as error:
        return _show_error(annotation_id, error)
    session.commit()
    url = url_for("guidelines.restore", slug=member.project.slug, number=written.number - 1)
    message = f"It stands in the guidelines now, version {written.number}."
    flash_with_undo(message, UndoForm(url, {"number": str(written.number)}))
    return see_other("guidelines.guidelines", slug=member.project.slug)


def _make(session: Session, member: Member, annotation_id: int) -> Guidelines:
    """Write the example that was sent into the next version of the guidelines.

    Raises: Forbidden, Invalid, Conflict (the thread is open, the article is tagged apart, the
    example stands there already, or someone has written the guidelines at the same instant).
    """
    held = threads.lock_thread(
        session, actor=member, annotation_id=annotation_id, act=Act.WRITE_GUIDELINES
    )
    # Its turn comes before that of the events, as for whoever tags.
    update_last_activity(session, actor=member, article_id=held.annotation.article_id)
    _refuse_independent(session, member, held.annotation)
    tag = request.form.get("tag", "")
    if tag not in set(Tag):
        raise Invalid("tag", "Choose one of the four tags.")
    settled = _read("What settled it", "settled", COMMENT_LIMIT)
    if not settled:
        raise Invalid("settled", "Write what was settled.")
    config: Config = current_app.config["GLOSS"]
    path = url_for("annotation.permalink", annotation_id=annotation_id)
    written = write_example(
        Example(
            tag=tag,
            quote=_read("A passage", "quote", QUOTE_LIMIT),
            question=_read("A question", "question", COMMENT_LIMIT),
            settled=settled,
            link=config.permalink_base + path,
            link_text=f"Annotation {annotation_id}",
        )
    )
    latest = service.current(session, member.project_id)
    text, number = (latest.text, latest.number) if latest else ("", 0)
    if written in text:
        message = "This example stands in the guidelines already."
        raise Conflict(message)
    made = service.write(
        session, actor=member, text=add_example(text, tag=tag, example=written), number=number
    )
    if made is None:
        raise Conflict(service.MEANWHILE)
    threads.make_example(held, version=made.number)
    return made


def _refuse_independent(session: Session, member: Member, annotation: Annotation) -> None:
    """Keep what is tagged apart out of the guidelines, which everyone in the project reads.

    Raises: Conflict.
    """
    if is_independent(session.get_one(Article, annotation.article_id), member.project):
        message = (
            "This article is tagged independently, and everyone reads the guidelines. "
            "Reveal the article first."
        )
        raise Conflict(message)


def _read(what: str, field: str, limit: int) -> str:
    return clean_prose(what, request.form.get(field, ""), field, limit=limit)


def _show_error(annotation_id: int, error: Invalid | Conflict) -> ResponseReturnValue:
    """Show the form with what was typed and what to correct."""
    session = reopen_for_reading()
    annotation, member = _find(session, annotation_id)
    thread = discussion_of(session, annotation_id).thread
    page = ExamplePage(
        article=article_ref(member, session.get_one(Article, annotation.article_id)),
        annotation_id=annotation_id,
        tag=request.form.get("tag", annotation.tag_name),
        quote=request.form.get("quote", ""),
        question=request.form.get("question", ""),
        settled=request.form.get("settled", ""),
        example_in=thread.example_in if thread else None,
        problem=error.message,
        field=getattr(error, "field", ""),
    )
    return render("guidelines/example.html", page, error.status)


def _find(session: Session, annotation_id: int) -> tuple[Annotation, Member]:
    annotation, member = annotations.find(
        session, annotation_id=annotation_id, account_id=current_account().id
    )
    require(member, Act.WRITE_GUIDELINES)
    return annotation, member
