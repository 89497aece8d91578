"""The passages of a block, kept in memory and brought up to date by the events since.

A block may have hundreds of them, and each new one would have them all read again.
"""

from bisect import bisect_left
from operator import itemgetter

from sqlalchemy import Integer, String, bindparam, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from app.annotations.models import ANNOTATION, Annotation
from app.annotations.queries.marks import SPANS, SPANS_BETWEEN, Span
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
_LAST_EVENT = select(
    _NUMBER,
    _NUMBER,
    literal_column("''", String),
    _NUMBER,
    _NUMBER,
    _NUMBER,
    func.coalesce(func.max(_event.id), 0),
).where(_event.article_id == bindparam("article_id"))
# In one statement, so that both are of one moment: the passages, and the last event of the article.
_ALL_AND_EVENT = Prepared(union_all(_LAST_EVENT, SPANS))
_BETWEEN_AND_EVENT = Prepared(union_all(_LAST_EVENT, *SPANS_BETWEEN))
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
    key = _key(revision, number)
    kept = memory.find(key)
    now = kept and _brought_up(session, revision, number, kept)
    if now is None:
        values = {**_values(revision), "first": number, "last": number}
        now = KeptSpans(*_read(session, _BETWEEN_AND_EVENT, values))
    if now is not kept and session.info[KEEPS]:
        memory.keep(key, now)
    return now


def find_all_spans(session: Session, revision: Revision) -> tuple[int, list[Span]]:
    """Return the passages of all annotations in a revision, by start, after the last event."""
    return _read(session, _ALL_AND_EVENT, _values(revision))


def keep_spans(
    session: Session, revision: Revision, number: int, event_id: int, spans: list[Span]
) -> KeptSpans:
    """Keep those of one block, which were read with all others, for what is tagged there next."""
    memory: Memory[KeptSpans] = session.info[MEMORY]
    key = _key(revision, number)
    kept = memory.find(key)
    now = KeptSpans(event_id, spans)
    if kept is not None and kept.spans == spans:
        now = KeptSpans(event_id, spans, kept.event_id, [])
    if session.info[KEEPS]:
        memory.keep(key, now)
    return now


def _key(revision: Revision, number: int) -> tuple[str, int, int]:
    return "spans", revision.id, number


def _values(revision: Revision) -> dict[str, object]:
    return {"article_id": revision.article_id, "revision_id": revision.id}


def _read(
    session: Session, statement: Prepared, values: dict[str, object]
) -> tuple[int, list[Span]]:
    # The row of the event is of no block, and so the first.
    event, *spans = sorted(statement.run(session, values), key=_BY_START)
    return event[6], spans


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
