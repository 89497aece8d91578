"""What the inbox shows: each item as a sentence, and the questions that are not resolved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.annotations.wording import shorten
from app.discussion.wording import describe, words_of
from app.events.models import Event
from app.inbox import queries
from app.inbox.queries import Item, Question

ITEMS_A_PAGE = 50
QUESTIONS_SHOWN = 50
GIST = 280  # code points of what was said


@dataclass(frozen=True, slots=True)
class Line:
    """An item or a question: who did what, when and where, and the words of it."""

    event_id: int
    at: datetime
    name: str
    words: str
    said: str
    quote: str
    annotation_id: int
    article_title: str
    project: str
    is_unread: bool


@dataclass(frozen=True, slots=True)
class InboxPage:
    """An inbox; `newest` is the id of the first item, and `older` that before which more come."""

    lines: Sequence[Line]
    questions: Sequence[Line]
    unread: int
    newest: int
    older: int | None
    is_beginning: bool


def inbox_page(session: Session, account_id: int, *, before: int | None) -> InboxPage:
    """Build a page of someone's inbox."""
    items = queries.list_items(session, account_id, before=before, limit=ITEMS_A_PAGE + 1)
    shown = items[:ITEMS_A_PAGE]
    questions = []
    if before is None:
        questions = queries.list_questions(session, account_id, limit=QUESTIONS_SHOWN)
    return InboxPage(
        lines=lines_of(session, shown, account_id),
        questions=[_question_line(question) for question in questions],
        unread=queries.count_unread(session, account_id),
        newest=shown[0].event.id if shown else 0,
        older=shown[-1].event.id if len(items) > len(shown) else None,
        is_beginning=before is None,
    )


def lines_of(session: Session, items: Sequence[Item], account_id: int) -> list[Line]:
    """Put items into words. What somebody deleted since is not repeated."""
    ids = {_comment_id(item.event) for item in items} - {0}
    living = queries.living_texts(session, ids)
    return [_line(item, living, account_id) for item in items]


def _line(item: Item, living: Mapping[int, str], account_id: int) -> Line:
    event, annotation = item.event, item.annotation
    comment_id = _comment_id(event)
    said = words_of(event)
    words = describe(event)
    if comment_id:
        said = living.get(comment_id, "")
        words += "" if comment_id in living else ", since deleted"
    if item.is_named:
        words += ", and named you"
    whose = "your" if annotation.account_id == account_id else f"{annotation.annotator.name}’s"
    return Line(
        event_id=event.id,
        at=event.at,
        name=item.name,
        words=f"{words}, on {whose} {annotation.tag}",
        said=_gist(said),
        quote=shorten(annotation.quote),
        annotation_id=annotation.id,
        article_title=item.article_title,
        project=item.project,
        is_unread=item.is_unread,
    )


def _comment_id(event: Event) -> int:
    return int((event.after or {}).get("comment", 0))


def _question_line(question: Question) -> Line:
    comment = question.comment
    return Line(
        event_id=0,
        at=comment.created_at,
        name=comment.author.name,
        words="asks",
        said=_gist(comment.text),
        quote=shorten(question.annotation.quote),
        annotation_id=question.annotation.id,
        article_title=question.article_title,
        project=question.project,
        is_unread=False,
    )


def _gist(text: str) -> str:
    return text if len(text) <= GIST else text[: GIST - 1].rstrip() + "…"
