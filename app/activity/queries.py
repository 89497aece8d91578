"""Reading the events of a project, newest first, and who is named in them."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.service import bulk
from app.articles.models import Article
from app.assignments.queries.visibility import can_see_all, sql_can_see
from app.core.names import disambiguate_names
from app.discussion.queries.verdicts import sql_verdict_seen
from app.discussion.service import verdicts
from app.events.models import Event
from app.events.queries import not_taken_back
from app.frozen import frozen
from app.parties.service import aliases
from app.projects.models import Member
from app.projects.roles import Act, may
from app.themes.service.themes import UNDOABLE

FEW_KINDS = 16  # no group has more


@frozen
class ActivityScope:
    """Where events happened that a member may see: in their project, or in one article of it."""

    member: Member
    article_id: int | None = None


@frozen
class ActivityFilter:
    """Which events are shown: of these kinds and no others; `people` is None for everyone's."""

    kinds: frozenset[str]
    people: frozenset[int] | None = None


@frozen
class ActivityRow:
    """An event, who did it, its article's title and its annotation's quote, each "" for none.

    What the installation itself did has its name, and no colour: "".
    """

    event: Event
    name: str
    colour: str
    article_title: str
    quote: str


def list_events(
    session: Session, scope: ActivityScope, shown: ActivityFilter, *, before: int | None, limit: int
) -> list[ActivityRow]:
    """Return what happened before the event of an id (None: until now), newest first."""
    if not shown.kinds or shown.people == frozenset():
        return []  # spare the database from looking through all of them for none
    newest = _newest(scope, shown, before=before, limit=limit)
    query = (
        select(Event, Account.name, Account.colour, Article.title, Annotation.quote)
        .outerjoin(Account, Account.id == Event.account_id)
        .outerjoin(Article, Article.id == Event.article_id)
        .outerjoin(Annotation, Annotation.id == Event.annotation_id)
        .where(Event.id.in_(newest))
        .order_by(Event.id.desc())
    )
    rows = session.execute(query)
    return [
        ActivityRow(event, name or "Gloss", colour or "", title or "", quote or "")
        for event, name, colour, title, quote in rows
    ]


def _newest(
    scope: ActivityScope, shown: ActivityFilter, *, before: int | None, limit: int
) -> Select[int]:
    """Return the query of the ids of the newest events that are shown."""
    conditions: list[ColumnElement[bool]] = [*_happened_in(scope)]
    if shown.people is not None:
        conditions.append(Event.account_id.in_(sorted(shown.people)))
    if before is not None:
        conditions.append(Event.id < before)
    query = select(Event.id).where(*conditions).order_by(Event.id.desc()).limit(limit)
    is_small = scope.article_id is not None or shown.people is not None
    if is_small or len(shown.kinds) > FEW_KINDS:
        return query.where(Event.kind.in_(sorted(shown.kinds)))
    # Each kind by itself: for those of a kind that is rare, all of the project would be looked at.
    parts = [query.where(Event.kind == kind).subquery() for kind in sorted(shown.kinds)]
    found = union_all(*(select(part.c.id) for part in parts)).subquery()
    return select(found.c.id).order_by(found.c.id.desc()).limit(limit)


def acts_to_undo(session: Session, member: Member, events: Collection[Event]) -> set[int]:
    """Return which of some events are taken back from the list, by a member who may.

    These are acts on many that nobody has taken back, and verdicts.
    """
    found = verdicts.undoable(session, member, events)
    if may(member, Act.KEEP_THEMES):
        found |= not_taken_back(session, events, UNDOABLE, UNDOABLE.values())
    if may(member, Act.KEEP_PARTIES):
        found |= aliases.undoable(session, events)
    if may(member, Act.CHANGE_OWN):
        is_any = may(member, Act.CHANGE_ANY)
        theirs = [
            each
            for each in events
            if is_any or (each.account_id == member.account_id and each.kind != bulk.IMPORTED_MANY)
        ]
        found |= bulk.undoable(session, theirs)
    return found


def count_passages(session: Session, member: Member, events: Collection[Event]) -> dict[int, int]:
    """Return how many passages each act on many changed, by the ids of those among the events.

    They are those that the member may see now.
    """
    acts = [event for event in events if event.kind in bulk.KINDS]
    if not acts or can_see_all(session, member):
        return {event.id: (event.after or {})["changed"] for event in acts}
    query = (
        select(Event.part_of_id, func.count())
        .join(Annotation, Annotation.id == Event.annotation_id)
        .where(
            Event.part_of_id.in_([event.id for event in acts]),
            sql_can_see(
                member, article_id=Annotation.article_id, annotator_id=Annotation.account_id
            ),
        )
        .group_by(Event.part_of_id)
    )
    return {act_id: number for act_id, number in session.execute(query) if act_id}


def list_people(
    session: Session, scope: ActivityScope, kinds: frozenset[str]
) -> list[tuple[int, str]]:
    """Return the id and name of everyone who did something of these kinds, by name.

    Of several with one name each is called by name and number.
    """
    did_something = (
        select(Event.id)
        .where(*_happened_in(scope), Event.account_id == Account.id, Event.kind.in_(sorted(kinds)))
        .exists()
    )
    query = (
        select(Account.id, Account.name)
        .where(did_something)
        .order_by(func.lower(Account.name), Account.id)
    )
    return disambiguate_names([(row[0], row[1]) for row in session.execute(query)])


def names_of(session: Session, account_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of accounts by their ids."""
    ids = sorted(account_ids)
    if not ids:
        return {}
    query = select(Account.id, Account.name).where(Account.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}


def _happened_in(scope: ActivityScope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    here = and_(Event.project_id == scope.member.project_id, Event.part_of_id.is_(None))
    if scope.article_id is not None:
        here = Event.article_id == scope.article_id
    annotator = (
        select(Annotation.account_id)
        .where(Annotation.id == Event.annotation_id)
        .correlate(Event)  # the list of events has annotations of its own
    )
    is_seen = sql_can_see(
        scope.member, article_id=Event.article_id, annotator_id=annotator.scalar_subquery()
    )
    is_of_none = and_(
        Event.annotation_id.is_(None), _is_no_hidden_act(scope), sql_verdict_seen(scope.member)
    )
    return here, or_(is_of_none, is_seen)


def _is_no_hidden_act(scope: ActivityScope) -> ColumnElement[bool]:
    """Return the condition that an event is no act on many of which a member sees no part."""
    part = aliased(Event)
    annotator = select(Annotation.account_id).where(Annotation.id == part.annotation_id)
    is_part_seen = (
        select(part.id)
        .where(
            part.part_of_id == Event.id,
            sql_can_see(
                scope.member,
                article_id=part.article_id,
                annotator_id=annotator.correlate(part).scalar_subquery(),
            ),
        )
        .correlate(Event)
        .exists()
    )
    return or_(Event.kind.not_in(bulk.KINDS), is_part_seen)
