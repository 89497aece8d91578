"""Adding articles: paste, files or an address; a draft to look at; then an article."""

import hashlib
import mimetypes
from dataclasses import replace
from typing import NamedTuple

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.articles import drafts
from app.articles.models import Draft
from app.config import Config
from app.core.errors import Conflict, Invalid
from app.core.fetching import CannotFetch, Fetched, fetch
from app.core.pages import render, see_other, wants_fragment
from app.core.requests import get_session
from app.library import pages
from app.projects.current import current_member
from app.projects.models import Member
from app.projects.roles import Act
from app.reading.drawing import draw_document
from app.text.parsed import ParsedArticle
from app.text.readers import EXTENSIONS, MAX_FILE_BYTES, MAX_TEXT, Unreadable, read_file

blueprint = Blueprint("library", __name__)

PASTED = "pasted text"


@blueprint.get("/projects/<slug>/articles/add")
def add(slug: str) -> ResponseReturnValue:
    return _add_page(current_member(slug, Act.KEEP_ARTICLES))


@blueprint.post("/projects/<slug>/articles/add")
def make_drafts(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_ARTICLES)
    session = get_session()
    made: list[Draft] = []
    problems: list[tuple[str, str]] = []
    for given in _given(problems):
        try:
            made.append(_keep(session, member, _read(given), given))
            session.commit()
        except (Unreadable, Conflict) as error:
            problems.append((given.source, str(error)))
    if not made and not problems:
        problems.append(("Nothing", "Paste a text, choose a file or give an address."))
    if problems:
        return _add_page(member, problems)
    if len(made) == 1:
        return see_other("library.draft", slug=slug, draft_id=made[0].id)
    flash(f"{len(made)} articles were read. Look at each, then add it.")
    return see_other("library.add", slug=slug)


@blueprint.get("/projects/<slug>/drafts/<int:draft_id>")
def draft(slug: str, draft_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_ARTICLES)
    found = drafts.find(get_session(), actor=member, draft_id=draft_id)
    return render("library/draft.html", _draft_page(member, found))


@blueprint.post("/projects/<slug>/drafts/<int:draft_id>")
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


@blueprint.post("/projects/<slug>/drafts/<int:draft_id>/discard")
def discard_draft(slug: str, draft_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_ARTICLES)
    session = get_session()
    drafts.discard(session, draft=drafts.find(session, actor=member, draft_id=draft_id))
    session.commit()
    flash("The draft is discarded.")
    return see_other("library.add", slug=slug)


class Given(NamedTuple):
    """What a form brought: where it is from, its bytes, a file's name to read it by, its URL."""

    source: str
    content: bytes
    name: str
    url: str = ""


def _given(problems: list[tuple[str, str]]) -> list[Given]:
    given = []
    text = request.form.get("text", "")
    if text.strip():
        given.append(Given(PASTED, text.encode(errors="surrogatepass"), "pasted.txt"))
    uploads = [upload for upload in request.files.getlist("files") if upload.filename]
    given += [Given(str(each.filename), each.read(), str(each.filename)) for each in uploads]
    url = request.form.get("url", "").strip()
    if url:
        config: Config = current_app.config["GLOSS"]
        try:
            fetched = fetch(url, config.fetch_rules)
        except CannotFetch as error:
            problems.append((url, str(error)))
        else:
            given.append(Given(fetched.url, fetched.content, _name_of(fetched), fetched.url))
    return given


def _name_of(fetched: Fetched) -> str:
    """Return a file's name for a page: its type says more than its address."""
    kind = fetched.content_type.partition(";")[0].strip().lower()
    return f"page{mimetypes.guess_extension(kind) or '.html'}"


def _read(given: Given) -> ParsedArticle:
    config: Config = current_app.config["GLOSS"]
    parsed = read_file(given.name, given.content, date_order=config.date_order)
    return replace(parsed, source_url=parsed.source_url or given.url)


def _keep(session: Session, member: Member, parsed: ParsedArticle, given: Given) -> Draft:
    content_hash = hashlib.sha256(given.content).hexdigest()
    return drafts.add(
        session, actor=member, parsed=parsed, source=given.source, content_hash=content_hash
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
        file_limit=MAX_FILE_BYTES,
        text_limit=MAX_TEXT,
        can_fetch=config.fetch_rules.is_on,
        fetch_limit=config.fetch_rules.most_bytes,
        fetch_seconds=config.fetch_rules.most_seconds,
    )
    return render("library/add.html", page, Invalid.status if problems else 200)


def _draft_page(member: Member, found: Draft, error: Invalid | None = None) -> pages.DraftPage:
    document = drafts.document_of(found)
    field, message = (error.field, error.message) if error else ("", "")
    return pages.DraftPage(
        slug=member.project.slug,
        id=found.id,
        title=found.fields["title"],
        source=found.source,
        words=len(document.text.split()),
        language=found.fields["language"],
        fields=pages.field_lines(found.fields, found.guessed, field, message),
        blocks=draw_document(document),
        same=[
            pages.Same(article.id, article.title, article.archived_at is not None)
            for article in drafts.same_articles(get_session(), found)
        ],
        problem="" if field else message,
    )
