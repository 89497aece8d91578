"""Correcting an article: a new text, a review of what becomes of every annotation, and back."""

import hashlib
from bisect import bisect_right

from flask import current_app, flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.annotations import corrections, taking_back
from app.annotations import queries as annotations
from app.annotations.corrections import Before, Proposal
from app.articles import drafts
from app.articles import queries as articles
from app.articles.models import Article, Draft, Revision
from app.config import Config
from app.core.errors import Conflict, Invalid, NotFound
from app.core.pages import read_number, render, see_other
from app.core.requests import get_session, reopen_for_reading
from app.core.uploads import UPLOAD_LIMIT
from app.events.queries import last_event_id
from app.library import correction_pages as pages
from app.library.given import read_given
from app.library.views import blueprint
from app.projects.current import current_member
from app.projects.models import Member
from app.projects.roles import Act
from app.reading.changes import Changes, changes_between
from app.reading.place import place_of
from app.text.document import Document
from app.text.normalise import normalise
from app.text.parsed import ParsedArticle
from app.text.readers import EXTENSIONS, Unreadable
from app.text.revising import revise

EDITED = "the edited text"
PATH = "/projects/<slug>/articles/<int:article_id>"
DRAFT = f"{PATH}/corrections/<int:draft_id>"


@blueprint.get(f"{PATH}/correct")
def correct(slug: str, article_id: int) -> ResponseReturnValue:
    member, article = find_article(get_session(), slug, article_id)
    _refuse_archived(article)
    return _correct_page(member, article)


@blueprint.post(f"{PATH}/correct")
def read_correction(slug: str, article_id: int) -> ResponseReturnValue:
    """Read the new text and keep it as a draft, to be looked at before it is stored."""
    session = get_session()
    member, article = find_article(session, slug, article_id)
    _refuse_archived(article)
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
        return _correct_page(member, article, message, changes_between(begun.text, current.text))
    try:
        source, parsed, content = _read_one(article, base, is_edited=is_edited)
        draft = drafts.add(
            session,
            actor=member,
            parsed=parsed,
            source=source,
            content_hash=hashlib.sha256(content).hexdigest(),
            article_id=article_id,
        )
    except (Unreadable, Conflict) as error:
        return _correct_page(member, article, str(error))
    session.commit()
    return see_other("library.review", slug=slug, article_id=article_id, draft_id=draft.id)


@blueprint.get(DRAFT)
def review(slug: str, article_id: int, draft_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = find_article(session, slug, article_id)
    draft = drafts.find(session, actor=member, draft_id=draft_id, article_id=article_id)
    return _review_page(session, member, article, draft)


@blueprint.post(DRAFT)
def store(slug: str, article_id: int, draft_id: int) -> ResponseReturnValue:
    """Store the correction as it was looked at; where more has to be looked at, show it again."""
    session = get_session()
    member, article = find_article(session, slug, article_id)
    draft = drafts.find(session, actor=member, draft_id=draft_id, article_id=article_id)
    before = corrections.look_before(session, article)
    document, decisions = drafts.document_of(draft), drafts.decisions_of(draft)
    unseen = _unseen(session, article, before)
    session.commit()  # to find every annotation may take a second, in which others may write
    proposals = corrections.propose(before, document, decisions)
    try:
        _refuse_other_draft(draft)
        _refuse_unseen(before, proposals, unseen)
        revision = corrections.correct(
            session,
            actor=member,
            article=article,
            base=before.base,
            document=document,
            source=draft.source,
            proposals=proposals,
        )
    except Conflict as error:
        session = reopen_for_reading()
        return _review_page(session, member, article, draft, error)
    drafts.discard(session, draft=draft)
    session.commit()
    flash(f"Stored as revision {revision.number}.")
    return see_other("reading.article", slug=slug, article_id=article_id)


@blueprint.post(f"{DRAFT}/discard")
def discard_correction(slug: str, article_id: int, draft_id: int) -> ResponseReturnValue:
    session = get_session()
    member, _article = find_article(session, slug, article_id)
    draft = drafts.find(session, actor=member, draft_id=draft_id, article_id=article_id)
    drafts.discard(session, draft=draft)
    session.commit()
    flash("The correction is discarded; the article is as it was.")
    return see_other("library.correct", slug=slug, article_id=article_id)


@blueprint.post(f"{PATH}/take-back")
def take_back(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = find_article(session, slug, article_id)
    number = read_number(request.form.get("revision")) or 0
    revision = articles.find_revision(session, article_id, number)
    taking_back.take_back(session, actor=member, article=article, revision=revision)
    session.commit()
    flash(f"Revision {number} is taken back.")
    return see_other("reading.revisions", slug=slug, article_id=article_id)


def find_article(session: Session, slug: str, article_id: int) -> tuple[Member, Article]:
    """Return an article and who is asking, who may correct it.

    Raises: NotFound, Forbidden.
    """
    member = current_member(slug, Act.KEEP_ARTICLES)
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    return member, article


def _begun_from(session: Session, article_id: int) -> Revision | None:
    """Return the revision whose text was edited, None where it was taken back since."""
    try:
        number = read_number(request.form.get("number")) or 0
        return articles.find_revision(session, article_id, number)
    except NotFound:
        return None


def _refuse_archived(article: Article) -> None:
    if article.archived_at is not None:
        message = "This article is archived. Restore it before you correct it."
        raise Conflict(message)


def _is_edited(base: Document) -> bool:
    edited = request.form.get("edited", "")
    return bool(edited) and normalise(edited).strip() != normalise(base.text).strip()


def _read_one(
    article: Article, base: Document, *, is_edited: bool
) -> tuple[str, ParsedArticle, bytes]:
    """Return the one new text that the form brought: its source, what was read, and its bytes.

    Raises: Unreadable (it brought none, or several, or one that cannot be read).
    """
    problems: list[tuple[str, str]] = []
    given = list(read_given(problems))
    if problems:
        raise Unreadable(" ".join(words for _source, words in problems))
    if len(given) + is_edited > 1:
        message = "Give the new text in one way: edited, pasted, as one file, or by its address."
        raise Unreadable(message)
    if is_edited:
        edited = request.form["edited"]
        return EDITED, _edited(article, base, edited), edited.encode(errors="surrogatepass")
    if not given:
        message = "Nothing is changed yet. Edit the text, or give another one."
        raise Unreadable(message)
    source = given[0].source
    found = list(given[0].read())
    if len(found) != 1:
        message = f"{source} holds {len(found):,} articles. Give the one that corrects this."
        raise Unreadable(message)
    if found[0].article is None:
        raise Unreadable(found[0].problem)
    return source, found[0].article, given[0].content


def _edited(article: Article, base: Document, edited: str) -> ParsedArticle:
    config: Config = current_app.config["GLOSS"]
    config.limits.check_text(len(edited))
    try:
        return ParsedArticle(revise(base, edited), article.title)
    except ValueError:
        message = "The text is empty. Archive the article if it is not wanted any more."
        raise Unreadable(message) from None


def _unseen(session: Session, article: Article, before: Before) -> set[int] | None:
    """Return the annotations that someone made or changed since the review was shown.

    None where the article has another text since.
    """
    if request.form.get("number") != str(before.base.number):
        return None
    seen = read_number(request.form.get("seen")) or 0
    return annotations.acted_on_since(session, article.id, seen)


def _refuse_other_draft(draft: Draft) -> None:
    """Do nothing if the draft is what the review showed.

    Raises: Conflict (another tab changed it, or it is another one: SQLite gives numbers again).
    """
    if request.form.get("fingerprint") != drafts.fingerprint(draft):
        message = "This correction was changed in another tab. Look at it as it is now."
        raise Conflict(message)


def _refuse_unseen(before: Before, proposals: list[Proposal], unseen: set[int] | None) -> None:
    """Do nothing if nobody did in between what has to be looked at.

    Raises: Conflict.
    """
    number = before.base.number
    if unseen is None and number < (read_number(request.form.get("number")) or 0):
        message = f"A correction was taken back meanwhile: this is compared with revision {number}."
        raise Conflict(message)
    if unseen is None:
        message = (
            f"The article was corrected meanwhile: its text is revision {number} now. "
            "Below is what yours would change in that one. If yours lacks what was corrected "
            "there, discard it and start from the new text."
        )
        raise Conflict(message)
    if any(proposal.annotation.id in unseen and proposal.needs_a_look for proposal in proposals):
        message = (
            "Someone tagged or changed a passage meanwhile that does not come along as it is. "
            "Look at it below, then store the correction."
        )
        raise Conflict(message)


def _correct_page(
    member: Member, article: Article, problem: str = "", meanwhile: Changes | None = None
) -> ResponseReturnValue:
    config: Config = current_app.config["GLOSS"]
    session = get_session()
    current = articles.current_revision(session, article.id)
    page = pages.CorrectPage(
        place=place_of(member, article),
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
    return render("library/correct.html", page, status if problem else 200)


def _review_page(
    session: Session,
    member: Member,
    article: Article,
    draft: Draft,
    error: Conflict | None = None,
) -> ResponseReturnValue:
    before = corrections.look_before(session, article)
    document = drafts.document_of(draft)
    proposals = corrections.propose(before, document, drafts.decisions_of(draft))
    starts = [block.start for block in document.blocks]
    paragraphs = [bisect_right(starts, p.place[0]) if p.place else 0 for p in proposals]
    page = pages.ReviewPage(
        place=place_of(member, article),
        draft_id=draft.id,
        source=draft.source,
        language=article.language,
        number=before.base.number,
        seen=last_event_id(session, article.id),
        fingerprint=drafts.fingerprint(draft),
        is_same=corrections.is_same(document, articles.document_of(session, before.base)),
        changes=changes_between(before.base.text, document.text),
        groups=pages.review_groups(before, proposals, document.text, paragraphs),
        total=sum(not annotation.is_deleted for annotation in before.annotations),
        problem=error.message if error else "",
    )
    return render("library/review.html", page, error.status if error else 200)
