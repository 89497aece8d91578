"""Reading verdicts: those that hold, and checking that each is what its last event says."""

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.assignments.queries.visibility import sql_can_see
from app.core.db import read_columns
from app.discussion.models import VERDICT, Verdict
from app.discussion.service.verdicts import KINDS, NONE, VerdictState
from app.events.models import Event
from app.frozen import frozen
from app.projects.models import Member

_verdict = Verdict.__table__.c
_account = Account.__table__.c
_supporting = Annotation.__table__.alias("supporting").c
_opposing = Annotation.__table__.alias("opposing").c


@frozen
class VerdictSaid:
    """What is said of two annotations: `value` is "" for nothing that holds, `by` who said it."""

    value: str
    reason: str
    by: str
    version: int


NOTHING_SAID = VerdictSaid("", "", "", 0)


def list_verdicts(session: Session, member: Member) -> Mapping[tuple[int, int], VerdictSaid]:
    """Return the verdicts of a project on what a member may see, by the two annotations.

    These are that for the position and that against it. One that lapsed, or was taken back, says
    nothing, and still has a version.
    """
    holds = and_(
        _verdict.value != NONE,
        _supporting.deleted_at.is_(None),
        _supporting.side == "for",
        _supporting.party_id == _verdict.supporting_party_id,
        _supporting.position_id == _verdict.supporting_position_id,
        _opposing.deleted_at.is_(None),
        _opposing.side == "against",
        _opposing.party_id == _verdict.opposing_party_id,
        _opposing.position_id == _verdict.opposing_position_id,
    )
    query = (
        select(
            _verdict.supporting_id,
            _verdict.opposing_id,
            holds,
            _verdict.value,
            _verdict.reason,
            _account.name,
            _verdict.version,
        )
        .join_from(Verdict.__table__, Account.__table__, _account.id == _verdict.account_id)
        .join(_supporting.id.table, _supporting.id == _verdict.supporting_id)
        .join(_opposing.id.table, _opposing.id == _verdict.opposing_id)
        .where(
            _verdict.project_id == member.project_id,
            *(
                sql_can_see(member, article_id=one.article_id, annotator_id=one.account_id)
                for one in (_supporting, _opposing)
            ),
        )
    )
    return {
        (row[0], row[1]): VerdictSaid(*row[3:]) if row[2] else VerdictSaid("", "", "", row[6])
        for row in read_columns(session, query)
    }


def sql_verdict_seen(member: Member) -> ColumnElement[bool]:
    """Return the condition that an event is no verdict on what a member may not see."""
    supporting, opposing = aliased(Annotation), aliased(Annotation)
    is_seen = (
        select(Verdict.id)
        .join(supporting, supporting.id == Verdict.supporting_id)
        .join(opposing, opposing.id == Verdict.opposing_id)
        .where(
            Verdict.id == Event.subject_id,
            *(
                sql_can_see(member, article_id=one.article_id, annotator_id=one.account_id)
                for one in (supporting, opposing)
            ),
        )
        .correlate(Event)
        .exists()
    )
    return Event.kind.not_in(KINDS) | is_seen


def verify_verdicts(session: Session, project_id: int | None = None) -> Iterator[str]:
    """Yield a sentence for every verdict that is not what its last event says.

    With `project_id` of those of that project alone.
    """
    newest = (
        select(func.max(Event.id))
        .where(Event.project_id == Verdict.project_id, Event.kind.in_(KINDS))
        .where(Event.subject_kind == VERDICT, Event.subject_id == Verdict.id)
        .correlate(Verdict)
        .scalar_subquery()
    )
    rows = select(Verdict, Event).outerjoin(Event, Event.id == newest).order_by(Verdict.id)
    if project_id is not None:
        rows = rows.where(Verdict.project_id == project_id)
    for verdict, event in session.execute(rows):
        kept = VerdictState.from_json(event.after) if event and event.after else None
        if kept != VerdictState.of(verdict) or event.version != verdict.version:
            yield f"verdict {verdict.id}: it is not what its last event says"
        ids = {verdict.supporting_id, verdict.opposing_id}
        projects = select(Annotation.project_id).where(Annotation.id.in_(ids))
        if set(session.scalars(projects)) != {verdict.project_id}:
            yield f"verdict {verdict.id}: it is about annotations of another project"
