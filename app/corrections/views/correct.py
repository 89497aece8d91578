"""Correcting an article: a new text, read and kept for a review; and taking one back."""

import hashlib

from flask import current_app, flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.articles.models import Article, Revision
from app.articles.queries import articles
from app.articles.service import drafts
from app.config import Config
from app.core.errors import Conflict, Invalid, NotFound
from app.corrections.pages import review as pages
from app.corrections.service import correct as corrections
from app.corrections.service import revert
from app.library.forms import read_uploads
from app.library.views.add import find_kept
from app.projects.models import Member
from app.reading.pages.article_ref import article_ref
from app.text.document import Document
from app.text.normalise import normalise
from app.text.parsed import ParsedArticle
from app.text.readers import EXTENSIONS, Unreadable
from app.text.word_diff import WordDiff, changes_of
from app.web.responses import read_number, render, see_other
from app.web.session import get_session
from app.web.uploads import UPLOAD_LIMIT
from app.web.view_marks import takes_files

EDITED = "the edited text"


def _keeper(slug: str, article_id: int) -> int:
    member, article = find_kept(get_session(), slug, article_id)
    corrections.require_in_use(article)
    return member.account_id


def correct(slug: str, article_id: int) -> ResponseReturnValue:
    member, article = find_kept(get_session(), slug, article_id)
    corrections.require_in_use(article)
    return _correct_page(member, article)


@takes_files(_keeper)
def read_correction(slug: str, article_id: int) -> ResponseReturnValue:
    """Read the new text and keep it as a draft, to be looked at before it is stored."""
    session = get_session()
    member, article = find_kept(session, slug, article_id)
    corrections.require_in_use(article)
    current = articles.current_revision(session, article_id)
    begun = _begun_from(session, article_id) or current
    base = articles.document_of(session, begun)
    session.commit()  # to fetch and to read takes seconds, in which others may write
    is_edited = _is_edited(base)
    if is_edited and begun.id != current.id:
        message = (
            f"The article was corrected meanwhile: its text is revision {current.number} now. What "
            "changed is shown here, and your text is in the box: bring it up to date, then go on."
        )
        changes = changes_of(base, articles.document_of(session, current))
        return _correct_page(member, article, message, changes)
    try:
        source, parsed, content, file = _read_one(article, base, is_edited=is_edited)
        draft = drafts.add(
            session,
            actor=member,
            parsed=parsed,
            source=source,
            content_hash=hashlib.sha256(content).hexdigest(),
            article_id=article_id,
            file=file,
        )
    except (Unreadable, Conflict) as error:
        return _correct_page(member, article, str(error))
    session.commit()
    return see_other("review.review", slug=slug, article_id=article_id, draft_id=draft.id)


def take_back(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = find_kept(session, slug, article_id)
    number = read_number(request.form.get("revision")) or 0
    revision = articles.find_revision(session, article_id, number)
    revert.take_back(session, actor=member, article=article, revision=revision)
    session.commit()
    flash(f"Revision {number} is taken back.")
    return see_other("revisions.revisions", slug=slug, article_id=article_id)


def _begun_from(session: Session, article_id: int) -> Revision | None:
    """Return the revision whose text was edited, None where it was taken back since."""
    try:
        number = read_number(request.form.get("number")) or 0
        return articles.find_revision(session, article_id, number)
    except NotFound:
        return None


def _is_edited(base: Document) -> bool:
    edited = request.form.get("edited", "")
    return bool(edited) and normalise(edited).strip() != normalise(base.text).strip()


def _read_one(
    article: Article, base: Document, *, is_edited: bool
) -> tuple[str, ParsedArticle, bytes, tuple[str, bytes] | None]:
    """Return the one new text that the form brought: its source, what was read, and its bytes.

    With them come the name and the bytes of the file that it was read from, None without one.

    Raises: Unreadable (it brought none, or several, or one that cannot be read).
    """
    problems: list[tuple[str, str]] = []
    given = list(read_uploads(problems))
    if problems:
        raise Unreadable(" ".join(words for _source, words in problems))
    if len(given) + is_edited > 1:
        message = "Give the new text in one way: edited, pasted, as one file, or by its address."
        raise Unreadable(message)
    if is_edited:
        edited = request.form["edited"]
        content = edited.encode(errors="surrogatepass")
        return EDITED, _edited(article, base, edited), content, None
    if not given:
        message = "Nothing is changed yet. Edit the text, or give another one."
        raise Unreadable(message)
    source = given[0].source
    found = list(given[0].read())
    if len(found) != 1:
        message = f"{source} holds {len(found):,} articles. Give the one that corrects this."
        raise Unreadable(message)
    parsed = found[0].article
    if parsed is None:
        raise Unreadable(found[0].problem)
    file = (found[0].name, found[0].content) if found[0].content else None
    return source, parsed, given[0].content, file


def _edited(article: Article, base: Document, edited: str) -> ParsedArticle:
    from app.text.revising import count_parts, revise  # noqa: PLC0415 loaded when needed

    config: Config = current_app.config["GLOSS"]
    config.limits.check_text(len(edited))
    config.limits.check_blocks(count_parts(normalise(edited)))
    try:
        return ParsedArticle(revise(base, edited), article.title)
    except ValueError:
        message = "The text is empty. Archive the article if it is not wanted any more."
        raise Unreadable(message) from None


def _correct_page(
    member: Member, article: Article, problem: str = "", meanwhile: WordDiff | None = None
) -> ResponseReturnValue:
    config: Config = current_app.config["GLOSS"]
    session = get_session()
    current = articles.current_revision(session, article.id)
    page = pages.CorrectPage(
        article=article_ref(member, article),
        number=current.number,
        text=request.form.get("edited") or current.text,
        pasted=request.form.get("text", ""),
        url=request.form.get("url", ""),
        source_url=article.source_url,
        problem=problem,
        meanwhile=meanwhile,
        drafts=drafts.list_own(session, actor=member, article_id=article.id),
        extensions=sorted(EXTENSIONS),
        limits=config.limits,
        request_limit=UPLOAD_LIMIT,
        fetch=config.fetch_rules,
    )
    status = Conflict.status if meanwhile else Invalid.status
    return render("corrections/correct.html", page, status if problem else 200)
