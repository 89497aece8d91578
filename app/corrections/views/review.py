"""Reviewing a correction: what becomes of every annotation, before anything is stored."""

from bisect import bisect_right

from flask import flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.annotations.queries import annotations
from app.articles.models import Article, Draft
from app.articles.queries import articles
from app.articles.service import drafts
from app.core.errors import Conflict, Invalid
from app.corrections.pages import review as pages
from app.corrections.service import correct
from app.corrections.service.correct import Before, PlaceProposal
from app.events.queries import last_event_id
from app.library.forms import read_again
from app.library.pages.add import how_read
from app.library.views.add import find_kept
from app.projects.models import Member
from app.reading.pages.article_ref import article_ref
from app.text.unreadable import Unreadable
from app.text.word_diff import changes_of
from app.web.responses import read_number, render, see_other
from app.web.session import get_session, reopen_for_reading
from app.web.view_marks import takes_files


def review(slug: str, article_id: int, draft_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article, draft = find_correction(session, slug, article_id, draft_id)
    return _review_page(session, member, article, draft)


def store(slug: str, article_id: int, draft_id: int) -> ResponseReturnValue:
    """Store the correction as it was looked at; where more has to be looked at, show it again."""
    session = get_session()
    member, article, draft = find_correction(session, slug, article_id, draft_id)
    before = correct.load_correction_input(session, article)
    document, decisions = drafts.document_of(draft), drafts.decisions_of(draft)
    unseen = _unseen(session, article, before)
    session.commit()  # to find every annotation may take a second, in which others may write
    proposals = correct.propose(before, document, decisions)
    try:
        _refuse_other_draft(draft)
        _refuse_unseen(before, proposals, unseen)
        revision = correct.correct(
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


def discard_correction(slug: str, article_id: int, draft_id: int) -> ResponseReturnValue:
    session = get_session()
    _member, _article, draft = find_correction(session, slug, article_id, draft_id)
    drafts.discard(session, draft=draft)
    session.commit()
    flash("The correction is discarded; the article is as it was.")
    return see_other("corrections.correct", slug=slug, article_id=article_id)


def _keeper_of_correction(slug: str, article_id: int, draft_id: int) -> int:
    return find_correction(get_session(), slug, article_id, draft_id)[0].account_id


@takes_files(_keeper_of_correction)
def read_correction_again(slug: str, article_id: int, draft_id: int) -> ResponseReturnValue:
    """Read the new text's file in the encoding that was chosen."""
    session = get_session()
    member, article, draft = find_correction(session, slug, article_id, draft_id)
    session.commit()  # to read takes seconds, in which others may write
    try:
        parsed = read_again(draft, request.form.get("encoding", ""))
    except Unreadable as error:
        return _review_page(session, member, article, draft, Invalid("encoding", str(error)))
    drafts.replace_text(draft, parsed)
    session.commit()
    return see_other("review.review", slug=slug, article_id=article_id, draft_id=draft_id)


def find_correction(
    session: Session, slug: str, article_id: int, draft_id: int
) -> tuple[Member, Article, Draft]:
    """Return who is asking, an article, and what they have begun to correct it with.

    Raises: NotFound, Forbidden.
    """
    member, article = find_kept(session, slug, article_id)
    draft = drafts.find(session, actor=member, draft_id=draft_id, article_id=article_id)
    return member, article, draft


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


def _refuse_unseen(before: Before, proposals: list[PlaceProposal], unseen: set[int] | None) -> None:
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


def _review_page(
    session: Session,
    member: Member,
    article: Article,
    draft: Draft,
    error: Conflict | Invalid | None = None,
) -> ResponseReturnValue:
    before = correct.load_correction_input(session, article)
    document = drafts.document_of(draft)
    old = articles.document_of(session, before.base)
    proposals = correct.propose(before, document, drafts.decisions_of(draft))
    starts = [block.start for block in document.blocks]
    paragraphs = [bisect_right(starts, p.place[0]) if p.place else 0 for p in proposals]
    page = pages.ReviewPage(
        article=article_ref(member, article),
        draft_id=draft.id,
        source=draft.source,
        language=article.language,
        number=before.base.number,
        seen=last_event_id(session, article.id),
        fingerprint=drafts.fingerprint(draft),
        is_same=correct.is_same(document, old),
        changes=changes_of(old, document),
        groups=pages.review_groups(before, proposals, (old, document), paragraphs),
        total=sum(not annotation.is_deleted for annotation in before.annotations),
        problem=error.message if isinstance(error, Conflict) else "",
        how_read=how_read(
            draft,
            "Annotations that you placed by hand are searched for again.",
            problem=error.message if isinstance(error, Invalid) else "",
            chosen=request.form.get("encoding", ""),
        ),
    )
    return render("corrections/review.html", page, error.status if error else 200)
