"""Reading the events of a project, newest first, and who is named in them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.articles.models import Article
from app.assignments.queries.visibility import sql_can_see
from app.core.names import disambiguate_names
from app.events.models import Event
from app.projects.models import Member


@dataclass(frozen=True, slots=True)
class Scope:
    """Where events happened that a member may see: in their project, or in one article of it."""

    member: Member
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Which events are shown: of these kinds and no others; `people` is None for everyone's."""

    kinds: frozenset[str]
    people: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
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
    session: Session, scope: Scope, shown: ActivityFilter, *, before: int | None, limit: int
) -> list[ActivityRow]:
    """Return what happened before the event of an id (None: until now), newest first."""
    if not shown.kinds or shown.people == frozenset():
        return []  # spare the database from looking through all of them for none
    query = (
        select(Event, Account.name, Account.colour, Article.title, Annotation.quote)
        .outerjoin(Account, Account.id == Event.account_id)
        .outerjoin(Article, Article.id == Event.article_id)
        .outerjoin(Annotation, Annotation.id == Event.annotation_id)
        .where(*_happened_in(scope), Event.kind.in_(sorted(shown.kinds)))
        .order_by(Event.id.desc())
        .limit(limit)
    )
    if shown.people is not None:
        query = query.where(Event.account_id.in_(sorted(shown.people)))
    if before is not None:
        query = query.where(Event.id < before)
    rows = session.execute(query)
    return [
        ActivityRow(event, name or "Gloss", colour or "", title or "", quote or "")
        for event, name, colour, title, quote in rows
    ]


def list_people(session: Session, scope: Scope, kinds: frozenset[str]) -> list[tuple[int, str]]:
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
    query = select(Account.id, Account.name).where(Account.id.in_(sorted(account_ids)))
    return {row[0]: row[1] for row in session.execute(query)}


def _happened_in(scope: Scope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    here = Event.project_id == scope.member.project_id
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
    return here, or_(Event.annotation_id.is_(None), is_seen)
