"""What is said of passages and places that an act on many leaves as they are, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from app.annotations.pages.event_text import shorten
from app.annotations.service.bulk import CHANGED_MANY, MOST_NAMED, REASONS, BulkPlan
from app.annotations.service.occurrences import SeenPlace, TagPlan
from app.articles.queries.content import content_of
from app.events.models import Event
from app.findings.pages import bulk_text
from app.findings.queries.left import LastAct, last_acts, last_text_acts, list_left, titles_of
from app.frozen import frozen
from app.projects.models import Member


@frozen
class LeftLine:
    """A passage that an act leaves as it is, or with the tag "" a place that has none.

    `did` says what somebody did to it last, and `at` when, "" and None where nobody else did.
    """

    tag: str
    quote: str
    address: str
    article: str
    did: str
    at: datetime | None


@frozen
class Left:
    """Passages that an act leaves as they are, and why; `more` beyond those named."""

    why: str
    lines: Sequence[LeftLine]
    more: int


def left_of(session: Session, member: Member, plan: BulkPlan) -> list[Left]:
    """Return those that an act would leave, by why it does."""
    ids = {reason: list(getattr(plan, reason)) for reason in REASONS}
    return _passages(session, member, ids, _counts(ids), but=member.account_id)


def left_of_places(session: Session, member: Member, plan: TagPlan) -> list[Left]:
    """Return those places that would not be tagged, by why."""
    ids = {"tagged": list(plan.tagged)}
    return [
        *_passages(session, member, ids, _counts(ids)),
        *_places(session, member, plan.moved, len(plan.moved)),
    ]


def left_by(session: Session, member: Member, event: Event) -> list[Left]:
    """Return those that an act on many has left, or its undo, by why it did."""
    kept = event.after or {}
    # Others leave what anybody changed, be it who acts.
    but = event.account_id if event.kind == CHANGED_MANY else None
    moved = [SeenPlace(*each) for each in kept.get("moved", ())]
    return [
        *_passages(session, member, kept["left"], kept["counts"], before=event.id, but=but),
        *_places(session, member, moved, kept.get("moved_count", 0), before=event.id),
    ]


def _counts(ids: Mapping[str, Sequence[int]]) -> dict[str, int]:
    return {reason: len(found) for reason, found in ids.items()}


def _passages(
    session: Session,
    member: Member,
    ids: Mapping[str, Sequence[int]],
    counts: Mapping[str, int],
    *,
    before: int | None = None,
    but: int | None = None,
) -> list[Left]:
    shown = {reason: some[:MOST_NAMED] for reason, some in ids.items()}
    seen = list_left(session, member, [each for some in shown.values() for each in some])
    changed = [each for reason in bulk_text.CHANGED for each in shown.get(reason, ())]
    acts = last_acts(session, [each for each in changed if each in seen], before=before, but=but)
    return [
        Left(
            bulk_text.LEFT[reason],
            [
                LeftLine(
                    seen[each].tag,
                    shorten(seen[each].quote),
                    url_for("annotation.permalink", annotation_id=each),
                    seen[each].article,
                    *_told(acts.get(each)),
                )
                for each in some
                if each in seen
            ],
            counts[reason] - len(some),
        )
        for reason, some in shown.items()
        if some
    ]


def _places(
    session: Session,
    member: Member,
    spots: Sequence[SeenPlace],
    count: int,
    *,
    before: int | None = None,
) -> list[Left]:
    if not count:
        return []
    named = spots[:MOST_NAMED]
    acts = last_text_acts(session, {spot.article_id for spot in named}, before=before)
    titles = titles_of(session, {spot.article_id for spot in named})
    lines = [
        LeftLine(
            "",
            shorten(content_of(session, spot.revision_id).text[spot.start : spot.end]),
            url_for("reading.article", slug=member.project.slug, article_id=spot.article_id),
            titles[spot.article_id],
            *_told(acts.get(spot.article_id)),
        )
        for spot in named
    ]
    return [Left(bulk_text.MOVED, lines, count - len(named))]


def _told(act: LastAct | None) -> tuple[str, datetime | None]:
    if act is None:
        return "", None
    return bulk_text.DONE_BY.get(act.kind, bulk_text.CHANGED_BY).format(name=act.name), act.at
