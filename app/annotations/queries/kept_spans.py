"""The passages of a block, kept in memory and brought up to date by the events since.

A block may have hundreds of them, and each new one would have them all read again.
"""

from bisect import bisect_left
from operator import itemgetter

from sqlalchemy import Integer, String, bindparam, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from app.annotations.models import ANNOTATION, Annotation
from app.annotations.queries.marks import SPANS_BETWEEN, Span
from app.annotations.service.annotations import CREATED
from app.articles.models import Revision
from app.core.memory import KEEPS, MEMORY, Memory
from app.core.prepared import Prepared
from app.events.models import Event
from app.frozen import frozen

MOST_EVENTS = 50  # that kept passages are brought up to date by; after more they are read again
SPAN_CHARACTERS = 200  # what one takes in memory
_BY_START = itemgetter(3, 0)

_annotation = Annotation.__table__.c
_event = Event.__table__.c
_NUMBER = literal_column("0", Integer)
# In one statement, so that both are of one moment: the passages, and the last event of the article.
_SPANS_AND_EVENT = union_all(
    *SPANS_BETWEEN,
    select(
        _NUMBER,
        _NUMBER,
        literal_column("''", String),
        _NUMBER,
        _NUMBER,
        _NUMBER,
        func.coalesce(func.max(_event.id), 0),
    ).where(_event.article_id == bindparam("article_id")),
)
_SINCE = Prepared(
    select(
        _event.id,
        _event.kind,
        _event.subject_kind,
        _annotation.revision_id,
        _annotation.start,
        _annotation.end,
        _annotation.tag,
        _annotation.first_block,
        _annotation.last_block,
        _annotation.id,
    )
    .outerjoin_from(Event.__table__, Annotation.__table__, _annotation.id == _event.annotation_id)
    .where(_event.article_id == bindparam("article_id"), _event.id >= bindparam("event_id"))
    .order_by(_event.id)
    .limit(MOST_EVENTS + 2)
)


@frozen
class KeptSpans:
    """The passages of a block, by start, as they are after an event.

    As of the event `before` it had all but those `added`, None where that is not known.
    """

    event_id: int
    spans: list[Span]
    before: int = 0
    added: list[Span] | None = None

    def __len__(self) -> int:
        """Return about how many characters they take in memory."""
        return SPAN_CHARACTERS * (len(self.spans) + 1)


def find_spans_of_block(session: Session, revision: Revision, number: int) -> KeptSpans:
    """Return the passages of all annotations that touch a block of a revision, by start."""
    memory: Memory[KeptSpans] = session.info[MEMORY]
    key = ("spans", revision.id, number)
    kept = memory.find(key)
    now = kept and _brought_up(session, revision, number, kept)
    if now is None:
        now = _read(session, revision, number)
    if now is not kept and session.info[KEEPS]:
        memory.keep(key, now)
    return now


def _read(session: Session, revision: Revision, number: int) -> KeptSpans:
    values = {
        "article_id": revision.article_id,
        "revision_id": revision.id,
        "first": number,
        "last": number,
    }
    rows = [tuple(row) for row in session.execute(_SPANS_AND_EVENT, values).all()]
    (event_id,) = [row[6] for row in rows if not row[2]]
    return KeptSpans(event_id, sorted([row for row in rows if row[2]], key=_BY_START))


def _brought_up(
    session: Session, revision: Revision, number: int, kept: KeptSpans
) -> KeptSpans | None:
    """Add what was tagged since; None where anything else may have become of the passages.

    The event that they are as of is asked for, too: a database that was put back may not have it.
    """
    values = {"article_id": revision.article_id, "event_id": kept.event_id}
    events = _SINCE.run(session, values)
    if not 0 < len(events) <= MOST_EVENTS + 1 or events[0][0] != kept.event_id:
        return None
    if len(events) == 1:
        return kept
    spans = list(kept.spans)
    added: list[Span] = []
    for _id, kind, subject_kind, revision_id, *values_made in events[1:]:
        if subject_kind != ANNOTATION:
            continue
        if kind != CREATED:
            return None
        start, end, tag, first, last, annotation_id = values_made
        if revision_id == revision.id and first <= number <= last:
            made = (start, end, tag, first, last, 1, annotation_id)
            there = _add(spans, made)
            if there is None:
                added.append(made)
            elif annotation_id < there[6]:  # it waited for its turn: others are drawn before it
                return None
    return KeptSpans(events[-1][0], spans, kept.event_id, added)


def _add(spans: list[Span], made: Span) -> Span | None:
    """Put a passage where it starts, or count it where the same words have the same tag.

    Return what was there of these then.
    """
    place = bisect_left(spans, _BY_START(made), key=_BY_START)
    for there in range(place, len(spans)):
        if _BY_START(spans[there]) != _BY_START(made):
            break
        known = spans[there]
        if known[:5] == made[:5]:
            spans[there] = (*made[:5], known[5] + 1, min(known[6], made[6]))
            return known
    spans.insert(place, made)
    return None
