"""One annotation: its card, its permalink, its history; and the trash."""

from dataclasses import replace

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.views.current_account import current_account
from app.annotations.models import Annotation
from app.annotations.pages.event_text import called_in, describe, written_note
from app.annotations.queries import annotations, orphans
from app.annotations.queries.lists import (
    count_trash,
    list_history,
    list_seen_in_trash,
    list_trash,
)
from app.annotations.queries.names import Called
from app.annotations.service.bulk import MOST_AT_ONCE, last_seen
from app.articles.models import Article
from app.articles.queries import articles
from app.discussion.pages import event_text as discussion_text
from app.events.models import Event
from app.projects.models import Member
from app.projects.roles import Act, may
from app.projects.views.current_member import current_member
from app.reading.forms import asked_filter
from app.reading.pages import annotation_card
from app.reading.pages.article_ref import article_ref
from app.reading.pages.fields import options_of
from app.reading.views.representations import REPRESENTATIONS
from app.web.responses import Pager, read_number, render, wants_fragment
from app.web.session import get_session

TRASH_A_PAGE = 50
PAGE = "text/html"


def permalink(annotation_id: int) -> ResponseReturnValue:
    annotation, article, member = _find(get_session(), annotation_id)
    wanted = request.accept_mimetypes.best_match([PAGE, *REPRESENTATIONS], default=PAGE)
    represent = REPRESENTATIONS.get(wanted)
    answer = make_response(
        represent(annotation, member) if represent else _lead_to(annotation, article, member)
    )
    answer.vary.add("Accept")
    return answer


def _lead_to(annotation: Annotation, article: Article, member: Member) -> ResponseReturnValue:
    """Lead to an annotation in its article, or to its card where that does not show it."""
    is_orphan = orphans.orphaned_in(get_session(), annotation) is not None
    if annotation.deleted_at is not None or is_orphan:
        return redirect(url_for("annotation.card", annotation_id=annotation.id))
    address = url_for(
        "reading.article",
        slug=member.project.slug,
        article_id=article.id,
        annotation=annotation.id,
        _anchor=f"b{annotation.first_block}",
    )
    return redirect(address)


def card(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    annotation, article, member = _find(session, annotation_id)
    shown = asked_filter(session, member, article)
    page = annotation_card.card_page(session, member, article, annotation, shown)
    if wants_fragment():
        return render("reading/_card.html", page)
    options = options_of(session, member)
    return render("reading/card.html", replace(page, is_alone=True, options=options))


def history(annotation_id: int) -> ResponseReturnValue:
    session = get_session()
    annotation, article, member = _find(session, annotation_id)
    lines = []
    rows = list_history(session, annotation_id)
    called = called_in(session, [row.event for row in rows])
    for row in rows:
        said, words = _in_words(row.event, called)
        lines.append(annotation_card.HistoryLine(row.event.at, row.name, said, words))
    page = annotation_card.HistoryPage(
        article=article_ref(member, article),
        id=annotation.id,
        quote=annotation.quote,
        is_deleted=annotation.deleted_at is not None,
        lines=lines,
    )
    return render("reading/history.html", page)


def trash(slug: str) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    article_id = read_number(request.args.get("article"))
    article = None
    if article_id is not None:
        article = articles.find_article(
            session, project_id=member.project_id, article_id=article_id
        )
    is_taking_all = request.args.get("tick") == "all"
    as_of = last_seen(session, member) if is_taking_all else 0
    total = count_trash(session, member, article_id=article_id)
    listed = (
        list_seen_in_trash(session, member, article_id=article_id, limit=MOST_AT_ONCE)
        if _ticked(total) == "all"
        else []
    )
    pager = Pager.at(request.args.get("page"), size=TRASH_A_PAGE, total=total)
    rows = list_trash(session, member, article_id=article_id, offset=pager.offset, limit=pager.size)
    page = annotation_card.TrashPage(
        slug=slug,
        project=member.project.name,
        article=article_ref(member, article) if article else None,
        lines=annotation_card.trash_lines(session, rows),
        pager=pager,
        can_restore=may(member, Act.CHANGE_OWN),
        ticked=_ticked(total),
        as_of=as_of,
        listed=",".join(str(each.id) for each in listed),
    )
    return render("reading/trash.html", page)


def _ticked(total: int) -> str:
    """Return what the address ticks of so many: "page", "all", or "" for nothing."""
    asked = request.args.get("tick", "")
    return asked if asked == "page" or (asked == "all" and total <= MOST_AT_ONCE) else ""


def _in_words(event: Event, called: Called) -> tuple[str, str]:
    """Say what an event did, and return the note, comment or reason that was written in it."""
    if event.kind in discussion_text.KINDS:
        return discussion_text.describe(event), discussion_text.words_of(event)
    return describe(event, called), written_note(event)


def _find(session: Session, annotation_id: int) -> tuple[Annotation, Article, Member]:
    annotation, member = annotations.find(
        session, annotation_id=annotation_id, account_id=current_account().id
    )
    return annotation, session.get_one(Article, annotation.article_id), member
