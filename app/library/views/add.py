"""Adding articles: paste, files or an address; a draft to look at; then an article."""

import hashlib

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.articles.models import Article, Draft
from app.articles.queries import articles
from app.articles.service import drafts
from app.config import Config
from app.core.errors import Conflict, Invalid
from app.library.forms import PASTED, MoveForm, read_again, read_uploads
from app.library.pages import add as pages
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.reading.pages.rendering.blocks import TELLING, draw_document
from app.text.direction import direction_of_all
from app.text.length import length_of
from app.text.readers import EXTENSIONS, Unpacked, Unreadable
from app.web.responses import render, see_other, wants_fragment
from app.web.session import get_session
from app.web.uploads import UPLOAD_LIMIT
from app.web.view_marks import takes_files


def _keeper(slug: str) -> int:
    return current_member(slug, Act.KEEP_ARTICLES).account_id


def _keeper_of_draft(slug: str, draft_id: int) -> int:
    member = current_member(slug, Act.KEEP_ARTICLES)
    return drafts.find(get_session(), actor=member, draft_id=draft_id).account_id


def add(slug: str) -> ResponseReturnValue:
    return _add_page(current_member(slug, Act.KEEP_ARTICLES))


@takes_files(_keeper)
def make_drafts(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_ARTICLES)
    session = get_session()
    session.commit()  # to fetch and to read takes seconds, in which others may write
    made: list[Draft] = []
    problems: list[tuple[str, str]] = []
    for given in read_uploads(problems):
        source = given.source
        try:
            for found in given.read():
                is_part = found.content != given.content
                source = f"{given.source}: {found.name}" if is_part else given.source
                try:
                    made.append(_keep(session, member, found, source))
                except (Unreadable, Conflict) as error:
                    problems.append((source, str(error)))
                session.commit()
        except Unreadable as error:
            problems.append((given.source, str(error)))
    if not made and not problems:
        problems.append(("Nothing was given", "Paste a text, choose a file or give an address."))
    if problems:
        return _add_page(member, problems)
    if len(made) == 1:
        return see_other("library.draft", slug=slug, draft_id=made[0].id)
    flash(f"{len(made)} articles were read. Look at each, then add it.")
    return see_other("library.add", slug=slug, _anchor="drafts")


def confirm_all(slug: str) -> ResponseReturnValue:
    """Add every draft as it is; one that needs correcting, or is there already, stays."""
    member = current_member(slug, Act.KEEP_ARTICLES)
    session = get_session()
    added: list[Article] = []
    problems = []
    for line in reversed(drafts.list_own(session, actor=member)):
        found = drafts.find(session, actor=member, draft_id=line.id)
        try:
            _refuse_unread(session, found)
            added.append(drafts.confirm(session, actor=member, draft=found, is_read=False))
        except (Conflict, Invalid) as error:
            problems.append(
                (f"{line.title} · {line.source}" if line.title else line.source, str(error))
            )
            continue
        session.commit()
    flash(pages.tell_added([(article.title, article.guessed) for article in added]))
    if problems:
        return _add_page(member, problems)
    return see_other("article_list.article_list", slug=slug)


def _refuse_unread(session: Session, found: Draft) -> None:
    """Refuse to add a draft that its owner should look at first.

    Raises: Conflict (its encoding is hardly known, or an article like it is there already).
    """
    if drafts.is_unsure(found):
        message = f"Its encoding is a guess, {found.encoding}. Open it and see whether it is right."
        raise Conflict(message)
    for same in drafts.same_articles(session, found):
        there = (
            "An archived article with the same content or address is there already, “{title}”. "
            "Open this to add it all the same, or discard it."
            if same.archived_at
            else "An article with the same content or address is there already, “{title}”. "
            "Open this to add it all the same, or discard it."
        )
        raise Conflict(there.format(title=same.title))


def draft(slug: str, draft_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_ARTICLES)
    found = drafts.find(get_session(), actor=member, draft_id=draft_id)
    return render("library/draft.html", _draft_page(member, found))


def keep_draft(slug: str, draft_id: int) -> ResponseReturnValue:
    """Keep what was typed; make it an article where that was asked for."""
    member = current_member(slug, Act.KEEP_ARTICLES)
    session = get_session()
    found = drafts.find(session, actor=member, draft_id=draft_id)
    drafts.keep_fields(found, request.form)
    session.commit()
    if wants_fragment():
        return "", 204
    if "confirm" not in request.form:
        flash("The draft is kept.")
        return see_other("library.draft", slug=slug, draft_id=draft_id)
    try:
        article = drafts.confirm(session, actor=member, draft=found)
    except Invalid as error:
        page = _draft_page(member, found, error)
        return render("library/draft.html", page, error.status)
    session.commit()
    flash("Added.")
    return redirect(url_for("reading.article", slug=slug, article_id=article.id), code=303)


@takes_files(_keeper_of_draft)
def read_draft_again(slug: str, draft_id: int) -> ResponseReturnValue:
    """Read the draft's file in the encoding that was chosen; what was typed is kept."""
    member = current_member(slug, Act.KEEP_ARTICLES)
    session = get_session()
    found = drafts.find(session, actor=member, draft_id=draft_id)
    drafts.keep_fields(found, request.form)
    session.commit()
    try:
        parsed = read_again(found, request.form.get("encoding", ""))
    except Unreadable as error:
        page = _draft_page(member, found, Invalid("encoding", str(error)))
        return render("library/draft.html", page, Invalid.status)
    drafts.replace_text(found, parsed)
    session.commit()
    return see_other("library.draft", slug=slug, draft_id=draft_id)


def move_passages(slug: str, draft_id: int) -> ResponseReturnValue:
    """Put back what was left out of the page, or leave it out again; what was typed is kept."""
    member = current_member(slug, Act.KEEP_ARTICLES)
    session = get_session()
    found = drafts.find(session, actor=member, draft_id=draft_id)
    drafts.keep_fields(found, request.form)
    form = MoveForm.read(len(drafts.left_out_of(found)))
    drafts.move_passages(found, form.chosen, is_back=form.is_back)
    session.commit()
    return see_other(
        "library.draft", slug=slug, draft_id=draft_id, passages="shown", _anchor=form.anchor
    )


def discard_draft(slug: str, draft_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_ARTICLES)
    session = get_session()
    drafts.discard(session, draft=drafts.find(session, actor=member, draft_id=draft_id))
    session.commit()
    flash("The draft is discarded.")
    return see_other("library.add", slug=slug)


def find_kept(session: Session, slug: str, article_id: int) -> tuple[Member, Article]:
    """Return who is asking, who keeps the articles of the project, and one of these.

    Raises: NotFound, Forbidden.
    """
    member = current_member(slug, Act.KEEP_ARTICLES)
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    return member, article


def _keep(session: Session, member: Member, found: Unpacked, source: str) -> Draft:
    if found.article is None:
        raise Unreadable(found.problem)
    return drafts.add(
        session,
        actor=member,
        parsed=found.article,
        source=source,
        content_hash=hashlib.sha256(found.content or b"").hexdigest(),
        file=(found.name, found.content) if found.content else None,
    )


def _add_page(member: Member, problems: list[tuple[str, str]] | None = None) -> ResponseReturnValue:
    config: Config = current_app.config["GLOSS"]
    refused = {source for source, _words in problems or ()}
    page = pages.AddPage(
        slug=member.project.slug,
        project=member.project.name,
        # What has become a draft is not asked for again.
        text=request.form.get("text", "") if PASTED in refused else "",
        url=request.form.get("url", "") if refused - {PASTED} else "",
        problems=problems or (),
        drafts=drafts.list_own(get_session(), actor=member),
        extensions=sorted(EXTENSIONS),
        limits=config.limits,
        request_limit=UPLOAD_LIMIT,
        fetch=config.fetch_rules,
    )
    return render("library/add.html", page, Invalid.status if problems else 200)


def _draft_page(member: Member, found: Draft, error: Invalid | None = None) -> pages.DraftPage:
    document = drafts.document_of(found)
    language, blocks = found.fields["language"], draw_document(document)
    field, message = (error.field, error.message) if error else ("", "")
    return pages.DraftPage(
        slug=member.project.slug,
        id=found.id,
        title=found.fields["title"],
        source=found.source,
        length=str(length_of(document.text)),
        language=language,
        direction=direction_of_all([block.direction for block in blocks[:TELLING]], language),
        fields=pages.field_lines(found.fields, found.guessed, found.origins, field, message),
        blocks=blocks,
        same=[
            pages.Same(article.id, article.title, article.archived_at is not None)
            for article in drafts.same_articles(get_session(), found)
        ],
        problem="" if field else message,
        how_read=pages.how_read(
            found,
            "What you typed is kept.",
            problem=message if field == "encoding" else "",
            chosen=request.form.get("encoding", ""),
        ),
        left_out=pages.passages_of(
            drafts.left_out_of(found),
            len(blocks),
            is_open=request.args.get("passages") == "shown",
        ),
    )
