"""What the inbox shows: each item as a sentence, and what is not resolved."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.pages.event_text import called_in, shorten
from app.annotations.pages.event_text import describe as describe_annotation
from app.annotations.queries.names import Called
from app.annotations.service.annotations import CHANGED
from app.discussion.pages.event_text import describe, describe_deleting, words_of
from app.discussion.service.comments import DELETED
from app.discussion.service.stances import TAKEN, WITHDRAWN
from app.events.models import Event
from app.frozen import frozen
from app.inbox.queries import inbox
from app.inbox.queries.inbox import InboxItem
from app.inbox.queries.unsettled import DISPUTES, QUESTIONS, Open, count_open, list_open
from app.web.responses import Pager

ITEMS_A_PAGE = 50
OPEN_SHOWN = 10  # of each kind; the rest are on a page of their own
OPEN_A_PAGE = 50
TITLES = {QUESTIONS: "Questions not resolved", DISPUTES: "Disputed, not resolved"}
EXCERPT = 280  # code points of what was said

SENTENCES: Mapping[str, str] = {
    "your": "{did}, on your {tag}",
    "your, named": "{did}, and named you, on your {tag}",
    "your, deleted": "{did}, since deleted, on your {tag}",
    "your, deleted, named": "{did}, since deleted, and named you, on your {tag}",
    "their": "{did}, on {annotator}’s {tag}",
    "their, named": "{did}, and named you, on {annotator}’s {tag}",
    "their, deleted": "{did}, since deleted, on {annotator}’s {tag}",
    "their, deleted, named": "{did}, since deleted, and named you, on {annotator}’s {tag}",
    "your, questions": "asks, of your {tag}",
    "their, questions": "asks, of {annotator}’s {tag}",
    "your, disputes": "disputes your {tag}",
    "their, disputes": "disputes {annotator}’s {tag}",
}
"""By case; said after the name of who did it. `did` is what the event says of itself."""


@frozen
class InboxLine:
    """An item, a question or a dispute: who did what, when and where, and the words of it."""

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


@frozen
class Unsettled:
    """The first questions or disputes that are open, and how many there are."""

    kind: str
    title: str
    lines: Sequence[InboxLine]
    total: int

    @property
    def endpoint(self) -> str:
        """Return the endpoint of the page that lists all of them."""
        return f"inbox.{self.kind}"


@frozen
class UnsettledPage:
    """The questions or disputes that are open, on a page of their own."""

    kind: str
    title: str
    lines: Sequence[InboxLine]
    pager: Pager

    @property
    def endpoint(self) -> str:
        """Return the endpoint of the page's own address."""
        return f"inbox.{self.kind}"


@frozen
class InboxPage:
    """An inbox; `newest` is the id of the first item, and `older` that before which more come.

    `before` is that before which this page begins, None for the beginning.
    """

    lines: Sequence[InboxLine]
    unsettled: Sequence[Unsettled]
    unread: int
    newest: int
    older: int | None
    before: int | None


def inbox_page(session: Session, account_id: int, *, before: int | None) -> InboxPage:
    """Build a page of someone's inbox."""
    items = inbox.list_items(session, account_id, before=before, limit=ITEMS_A_PAGE + 1)
    shown = items[:ITEMS_A_PAGE]
    unsettled = []
    if before is None:
        unsettled = [_unsettled(session, account_id, kind) for kind in TITLES]
    return InboxPage(
        lines=lines_of(session, shown, account_id),
        unsettled=[each for each in unsettled if each.lines],
        unread=inbox.count_unread(session, account_id),
        newest=shown[0].event.id if shown else 0,
        older=shown[-1].event.id if len(items) > len(shown) else None,
        before=before,
    )


def unsettled_page(
    session: Session, account_id: int, kind: str, asked: str | None
) -> UnsettledPage:
    """Build a page of the questions or disputes that are open."""
    total = count_open(session, account_id, kind)
    pager = Pager.at(asked, size=OPEN_A_PAGE, total=total)
    found = list_open(session, account_id, kind, offset=pager.offset, limit=pager.size)
    lines = [_open_line(each, kind, account_id) for each in found]
    return UnsettledPage(kind, TITLES[kind], lines, pager)


def _unsettled(session: Session, account_id: int, kind: str) -> Unsettled:
    found = list_open(session, account_id, kind, limit=OPEN_SHOWN)
    total = found[0].total if found else 0
    lines = [_open_line(each, kind, account_id) for each in found]
    return Unsettled(kind, TITLES[kind], lines, total)


def lines_of(session: Session, items: Sequence[InboxItem], account_id: int) -> list[InboxLine]:
    """Put items into words. What somebody deleted since is not repeated."""
    ids = {_comment_id(item.event) for item in items} - {0}
    living = inbox.living_texts(session, ids)
    called = called_in(session, [item.event for item in items])
    taken = [_stance_key(item.event) for item in items if item.event.kind == TAKEN]
    reasons = inbox.current_stances(session, taken)
    return [_line(item, living, reasons, called, account_id) for item in items]


def _line(
    item: InboxItem,
    living: Mapping[int, str],
    reasons: Mapping[tuple[int, int], str],
    called: Called,
    account_id: int,
) -> InboxLine:
    event, annotation = item.event, item.annotation
    comment_id = _comment_id(event)
    said = words_of(event)
    is_change = event.kind == CHANGED
    did = describe_annotation(event, called) if is_change else describe(event)
    is_deleted = False
    if event.kind == TAKEN and reasons.get(_stance_key(event)) != said:
        said = ""  # it was withdrawn, or rewritten
    elif event.kind == WITHDRAWN:
        said = ""
    elif event.kind == DELETED:
        did = describe_deleting(event)
    elif comment_id:
        said = living.get(comment_id, "")
        is_deleted = comment_id not in living
    cases = {"deleted": is_deleted, "named": item.is_named}
    return InboxLine(
        event_id=event.id,
        at=event.at,
        name=item.name,
        words=_words(annotation, account_id, *(name for name in cases if cases[name]), did=did),
        said=_excerpt(said),
        quote=shorten(annotation.quote),
        annotation_id=annotation.id,
        article_title=item.article_title,
        project=item.project,
        is_unread=item.is_unread,
    )


def _comment_id(event: Event) -> int:
    return int((event.after or {}).get("comment", 0))


def _stance_key(event: Event) -> tuple[int, int]:
    return event.annotation_id or 0, event.account_id or 0


def _open_line(found: Open, kind: str, account_id: int) -> InboxLine:
    annotation = found.annotation
    return InboxLine(
        event_id=0,
        at=found.at,
        name=found.name,
        words=_words(annotation, account_id, kind),
        said=_excerpt(found.text),
        quote=shorten(annotation.quote),
        annotation_id=annotation.id,
        article_title=found.article_title,
        project=found.project,
        is_unread=False,
    )


def _words(annotation: Annotation, account_id: int, *cases: str, did: str = "") -> str:
    whose = "your" if annotation.account_id == account_id else "their"
    sentence = SENTENCES[", ".join([whose, *cases])]
    return sentence.format(did=did, annotator=annotation.annotator.name, tag=annotation.tag)


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…"
