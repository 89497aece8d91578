"""Verdicts: whether a party that is both for and against a position changed its mind.

There is one for each two passages, whoever gave it: the project decides, and who thinks otherwise
gives another one.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, NamedTuple, Self

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.annotations.models import Annotation
from app.annotations.service.annotations import find_seen
from app.articles.models import Article
from app.assignments.queries.visibility import must_wait_to_discuss
from app.core.errors import Conflict, Invalid, NotFound
from app.core.prose import clean_prose
from app.discussion.models import REASON_LIMIT, Verdict
from app.discussion.service.threads import WAIT
from app.events.models import Event
from app.events.service import record
from app.events.state import EventState
from app.frozen import frozen
from app.parties.models import Party, Position
from app.projects.models import Member
from app.projects.roles import Act, may, require

GIVEN = "verdict.given"
UNDONE = "verdict.undone"
KINDS = (GIVEN, UNDONE)

CHANGE, CONTRADICTION, NEITHER = VALUES = ("change", "contradiction", "neither")
NONE = ""  # that it was taken back

MEANWHILE = (
    "Someone gave another verdict on these two since you opened the page. It is shown with them "
    "now: give yours again if you still want to."
)
NO_VERDICT = "There is no such verdict, or none that you may see."
NO_PAIR = (
    "These two passages are no longer for and against the same position of the same party. "
    "Look at the page again."
)


class VerdictGiven(NamedTuple):
    """A verdict that was given, and the id of its event, None where it was there already."""

    verdict: Verdict
    event_id: int | None


@frozen
class VerdictState(EventState):
    """A verdict as it is, or was: the ids of what it is about, and of who gave it."""

    supporting: int
    opposing: int
    value: str
    reason: str
    account: int
    supporting_party: int
    supporting_position: int
    opposing_party: int
    opposing_position: int

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """Return what a verdict is now."""
        return cls(**{name: getattr(verdict, column) for name, column in _COLUMNS.items()})

    def write(self, verdict: Verdict) -> None:
        """Make a verdict what the state says."""
        for name, column in _COLUMNS.items():
            setattr(verdict, column, getattr(self, name))


_COLUMNS = {
    name: name if name in {"value", "reason"} else f"{name}_id"
    for name in VerdictState.__match_args__
}


def give(
    session: Session,
    *,
    actor: Member,
    supporting_id: int,
    opposing_id: int,
    version: int,
    value: str,
    reason: str = "",
) -> VerdictGiven:
    """Say what two annotations are together, in place of what was said: see `VALUES`, or NONE.

    `version` is that of the verdict that was there when the actor looked, 0 for none. Twice is as
    good as once.

    Raises: NotFound, Forbidden, Invalid (no such value, or a reason that is missing or too long),
    Conflict (they are no pair, someone was quicker, an article is archived, or others' annotations
    may not be discussed yet).
    """
    require(actor, Act.DISCUSS)
    supporting, opposing = (
        _find_open(session, actor, number) for number in (supporting_id, opposing_id)
    )
    if value not in {NONE, *VALUES}:
        raise Invalid("value", "Choose: a change, a contradiction, or neither.")
    words = reason if value == NEITHER else ""
    cleaned = clean_prose("A reason", words, "reason", limit=REASON_LIMIT)
    if value == NEITHER and not cleaned:
        message = "Say why it is neither, such as “Two boards of one bank.”"
        raise Invalid("reason", message)
    _require_pair(session, supporting, opposing)
    verdict = session.scalar(
        select(Verdict).where(
            Verdict.supporting_id == supporting_id, Verdict.opposing_id == opposing_id
        )
    )
    state = VerdictState(
        supporting=supporting_id,
        opposing=opposing_id,
        value=value,
        reason=cleaned,
        account=actor.account_id,
        supporting_party=supporting.party_id or 0,
        supporting_position=supporting.position_id or 0,
        opposing_party=opposing.party_id or 0,
        opposing_position=opposing.position_id or 0,
    )
    if verdict is None:
        if value == NONE:
            raise NotFound(NO_VERDICT)
        return _save(session, actor, Verdict(project_id=actor.project_id, version=0), state)
    before = VerdictState.of(verdict)
    if replace(before, account=actor.account_id) == state:
        return VerdictGiven(verdict, None)
    if verdict.version != version:
        raise Conflict(MEANWHILE)
    return _save(session, actor, verdict, state, before)


def undo(session: Session, *, actor: Member, event_id: int) -> Verdict:
    """Take back that a verdict was given: what was said before is said again.

    Raises: NotFound, Forbidden, Conflict (another was given since, or as in `give`).
    """
    require(actor, Act.DISCUSS)
    event = session.get(Event, event_id)
    if event is None or event.kind != GIVEN or event.project_id != actor.project_id:
        raise NotFound(NO_VERDICT)
    verdict = session.get_one(Verdict, event.subject_id)
    for number in (verdict.supporting_id, verdict.opposing_id):
        _find_open(session, actor, number)
    if verdict.version != event.version:
        message = "This verdict was changed or taken back since, so that it is left as it is."
        raise Conflict(message)
    before = VerdictState.of(verdict)
    was = VerdictState.from_json(event.before) if event.before else None
    after = was or replace(before, value=NONE, reason="", account=actor.account_id)
    return _save(session, actor, verdict, after, before, undoes_id=event.id).verdict


def undoable(session: Session, member: Member, events: Collection[Event]) -> set[int]:
    """Return which of some events gave a verdict that a member may take back: the last of each."""
    given = {event.subject_id: event for event in events if event.kind == GIVEN}
    if not given or not may(member, Act.DISCUSS):
        return set()
    query = select(Verdict.id, Verdict.version).where(Verdict.id.in_(sorted(given)))
    versions = {row[0]: row[1] for row in session.execute(query)}
    return {
        event.id
        for event in events
        if event.kind == GIVEN and versions[event.subject_id] == event.version
    }


def _save(
    session: Session,
    actor: Member,
    verdict: Verdict,
    after: VerdictState,
    before: VerdictState | None = None,
    *,
    undoes_id: int | None = None,
) -> VerdictGiven:
    try:
        with session.begin_nested():
            after.write(verdict)
            verdict.version += 1
            session.add(verdict)
    except (IntegrityError, StaleDataError):
        raise Conflict(MEANWHILE) from None
    kind = GIVEN if undoes_id is None else UNDONE
    event_id = record(
        session,
        actor,
        kind,
        verdict.subject,
        before=before.to_json() if before else None,
        after={**after.to_json(), **_names(session, after)},
        undoes_id=undoes_id,
    )
    return VerdictGiven(verdict, event_id)


def _find_open(session: Session, actor: Member, annotation_id: int) -> Annotation:
    """Return an annotation that the actor may judge.

    Raises: NotFound, Conflict.
    """
    annotation = find_seen(session, actor, annotation_id)
    article = session.get_one(Article, annotation.article_id)
    if article.archived_at is not None:
        message = "One of the articles is archived. Restore it first; a curator can."
        raise Conflict(message)
    if must_wait_to_discuss(actor, article, annotator_id=annotation.account_id):
        raise Conflict(WAIT)
    return annotation


def _require_pair(session: Session, supporting: Annotation, opposing: Annotation) -> None:
    """Do nothing if two annotations are for and against one position of one party.

    Raises: Conflict.
    """
    both = (supporting, opposing)
    is_living = all(one.deleted_at is None for one in both)
    about = {_about(session, one) for one in both}
    if [one.side for one in both] != ["for", "against"] or not is_living or len(about) > 1:
        raise Conflict(NO_PAIR)
    if None in about.pop():
        raise Conflict(NO_PAIR)


def _about(session: Session, annotation: Annotation) -> tuple[int | None, int | None]:
    """Return the main party and position of an annotation, None for none."""
    party = session.get(Party, annotation.party_id) if annotation.party_id else None
    position = session.get(Position, annotation.position_id) if annotation.position_id else None
    return party.main_id if party else None, position.main_id if position else None


def _names(session: Session, state: VerdictState) -> dict[str, Any]:
    """Return what party and position are called now, for who reads the event later."""
    party = session.get_one(Party, state.supporting_party)
    position = session.get_one(Position, state.supporting_position)
    return {
        "party_name": session.get_one(Party, party.main_id).name,
        "sentence": session.get_one(Position, position.main_id).sentence,
    }
