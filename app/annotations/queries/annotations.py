"""Reading annotations: slim rows for marks, fuller ones for cards, and lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    bindparam,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, defer

from app.accounts.models import Account
from app.annotations.models import Annotation, AnnotationCount
from app.annotations.service.annotations import ACTS, DELETED, NO_ANNOTATION, find_seen
from app.annotations.tags import Tag
from app.articles.models import Article, Revision
from app.assignments.queries.visibility import (
    EVERYONE,
    Visibility,
    accounts_seeing_all,
    sql_can_see,
    sql_joined_member_can_see,
)
from app.core.errors import NotFound
from app.events.models import Event
from app.projects.models import Member, Project
from app.projects.roles import Act, may
from app.projects.service.members import list_members, member_by_id

EXCERPT_LENGTH = 80  # code points of a note or quote on a compact card

# The bare tables, for marks and cards: the ORM would look at every one of thousands of rows. What
# every page of an article asks for is put together once.
_annotation = Annotation.__table__.c
_account = Account.__table__.c

_LIVING = (
    # The article is named for the sake of the index that has its places in order.
    _annotation.article_id == bindparam("article_id"),
    _annotation.revision_id == bindparam("revision_id"),
    _annotation.deleted_at.is_(None),
)
# What a text shows of them: a thousand passages in a block begin at a few hundred places at most.
_SPANS = (
    select(
        _annotation.start,
        func.max(_annotation.end),
        _annotation.tag,
        _annotation.first_block,
        func.max(_annotation.last_block),
        func.count(),
    )
    .where(_annotation.revision_id == bindparam("revision_id"), _annotation.deleted_at.is_(None))
    .group_by(_annotation.first_block, _annotation.start, _annotation.tag)
)
# Of a few blocks, by indexes that leave all others alone: what starts there, and the little that
# runs on into them, which needs no grouping.
_SPANS_BETWEEN = (
    _SPANS.where(
        _annotation.first_block >= bindparam("first"), _annotation.first_block <= bindparam("last")
    ),
    select(
        _annotation.start,
        _annotation.end,
        _annotation.tag,
        _annotation.first_block,
        _annotation.last_block,
        literal_column("1"),
    ).where(
        _annotation.revision_id == bindparam("revision_id"),
        _annotation.deleted_at.is_(None),
        _annotation.last_block > _annotation.first_block,
        _annotation.last_block >= bindparam("first"),
        # As an expression, which no index has: SQLite would go through all that starts before.
        _annotation.first_block + literal_column("0") < bindparam("first"),
    ),
)
_BY_START = ("first_block", "start")
_ALL_SPANS = _SPANS.order_by(*_BY_START)
_ALL_SPANS_BETWEEN = union_all(*_SPANS_BETWEEN)


def excerpt_of(note: ColumnElement[str], quote: ColumnElement[str]) -> ColumnElement[str]:
    """Return the beginning of a note, or else of a quote, with an ellipsis where it goes on."""
    said = func.coalesce(func.nullif(note, ""), quote)
    return func.substr(said, 1, EXCERPT_LENGTH) + case(
        (func.length(said) > EXCERPT_LENGTH, "…"), else_=""
    )


def shorten_gist(note: str, quote: str) -> str:
    """Return the same of words that are at hand."""
    said = note or quote
    return said[:EXCERPT_LENGTH] + ("…" if len(said) > EXCERPT_LENGTH else "")


_CARDS = (
    select(
        _annotation.id,
        _annotation.tag,
        _annotation.start,
        _annotation.end,
        _annotation.first_block,
        _annotation.account_id,
        _account.name,
        excerpt_of(_annotation.note, _annotation.quote),
    )
    .join(Account.__table__, _account.id == _annotation.account_id)
    .order_by(_annotation.start, _annotation.id)
)
_CARDS_FROM = _CARDS.where(*_LIVING, _annotation.start.in_(bindparam("starts", expanding=True)))
_count = AnnotationCount.__table__.c
_COUNTED = select(_count.tag, _count.account_id, _count.living.label("count")).where(
    _count.article_id == bindparam("article_id"),
    _count.revision_id == bindparam("revision_id"),
    _count.living > 0,
)


def _with_names(counted: Select[str, int, int]) -> Select[str, int, str, int]:
    counts = counted.subquery().c
    return select(counts.tag, _account.id, _account.name, counts.count).join(
        Account.__table__, _account.id == counts.account_id
    )


_COUNTS = _with_names(_COUNTED)
_OWN_COUNTS = _with_names(_COUNTED.where(_count.account_id == bindparam("only")))
_OWN_EVENT = or_(
    Event.annotation_id.is_(None),
    select(_annotation.id)
    .where(_annotation.id == Event.annotation_id, _annotation.account_id == bindparam("only"))
    .exists(),
)


def _latest(*conditions: ColumnElement[bool]) -> Select[Revision, int]:
    last = select(func.max(Event.id)).where(
        Event.article_id == bindparam("article_id"), *conditions
    )
    return (
        select(Revision, func.coalesce(last.scalar_subquery(), 0))
        .join(Article, Article.current_revision_id == Revision.id)
        .where(Article.id == bindparam("article_id"))
        .options(defer(Revision.text))
    )


_TAG_COUNTS = (
    select(AnnotationCount.article_id, AnnotationCount.tag_name, func.sum(AnnotationCount.living))
    .where(AnnotationCount.article_id.in_(bindparam("article_ids", expanding=True)))
    .group_by(AnnotationCount.article_id, AnnotationCount.tag_name)
)
_LATEST = _latest()
_LATEST_OWN = _latest(_OWN_EVENT)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which annotations are shown, of those that may be seen: None for all of them.

    Else only these tags or annotators, and those whose thread is in any of the states `threads`.
    Nothing that is asked for widens the visibility.
    """

    visibility: Visibility
    tags: frozenset[str] | None = None
    annotators: frozenset[int] | None = None
    threads: frozenset[str] | None = None

    @property
    def is_everything(self) -> bool:
        """Say whether nothing is hidden that may be seen."""
        return self.tags is None and self.annotators is None and self.threads is None


EVERYTHING = Filter(EVERYONE)

THREAD_FILTERS: dict[str, ColumnElement[bool]] = {}
"""The states of a thread that can be asked for, by name: the discussion registers them.

Each is a condition on the row of the bare table.
"""


class Card(NamedTuple):
    """An annotation as a compact card shows it; `excerpt` begins the note, or else the quote."""

    id: int
    tag: str
    start: int
    end: int
    first_block: int
    annotator_id: int
    annotator: str
    excerpt: str


Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])

Span = Row[int, int, str, int, int, int] | tuple[int, int, str, int, int, int]
"""Passages that start at one place and have one tag: the place, the end of the longest, the tag,
the first and the last block that they touch, and how many they are."""

STARTS_AT_ONCE = 5_000  # in one query; SQLite takes 32,766 values, PostgreSQL twice as many


def spans(session: Session, revision: Revision, shown: Filter) -> Sequence[Span]:
    """Return the passages of what is shown in a revision, by start."""
    query = _ALL_SPANS
    if shown != EVERYTHING:
        query = _filtered(_SPANS, shown).order_by(*_BY_START)
    return session.execute(query, {"revision_id": revision.id}).all()


def spans_between(
    session: Session, revision: Revision, shown: Filter, *, first: int, last: int
) -> Sequence[Span]:
    """Return the same of all that touch the blocks numbered `first` to `last`."""
    query = _ALL_SPANS_BETWEEN
    if shown != EVERYTHING:
        query = union_all(*(_filtered(part, shown) for part in _SPANS_BETWEEN))
    values = {"revision_id": revision.id, "first": first, "last": last}
    # Sorted here: to have them in order SQLite would go through all blocks.
    return sorted(session.execute(query, values), key=itemgetter(3, 0))


def cards_from(
    session: Session, revision: Revision, shown: Filter, starts: Sequence[int]
) -> list[Card]:
    """Return the cards of the passages that start at these places, by start and id.

    The places ascend. To ask for the few that are needed is many times quicker than to have the
    database rank thousands.
    """
    query = _filtered(_CARDS_FROM, shown)
    cards: list[Card] = []
    for place in range(0, len(starts), STARTS_AT_ONCE):
        batch = starts[place : place + STARTS_AT_ONCE]
        rows = session.execute(query, {**_living_in(revision), "starts": batch})
        cards.extend(map(Card._make, rows.all()))
    return cards


def block_cards(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    block: int,
    offset: int = 0,
    limit: int,
) -> list[Card]:
    """Return the cards of the passages that start in one block, by start and id."""
    query = _filtered(_CARDS, shown).where(*_LIVING, _annotation.first_block == block)
    rows = session.execute(query.offset(offset).limit(limit), _living_in(revision))
    return [Card._make(row) for row in rows]


def cards_at(session: Session, revision: Revision, offset: int, shown: Filter) -> list[Card]:
    """Return the cards of every annotation whose passage covers one place of the text."""
    query = _filtered(_CARDS, shown).where(
        *_LIVING, _annotation.start <= offset, _annotation.end > offset
    )
    return [Card._make(row) for row in session.execute(query, _living_in(revision))]


def card(session: Session, annotation_id: int) -> Card:
    """Return the card of one annotation, living or in the trash."""
    return Card._make(session.execute(_CARDS.where(_annotation.id == annotation_id)).one())


def is_shown(session: Session, annotation: Annotation, shown: Filter) -> bool:
    """Say whether a filter shows an annotation."""
    query = _filtered(select(_annotation.id).where(_annotation.id == annotation.id), shown)
    return session.execute(query).first() is not None


def _living_in(revision: Revision) -> dict[str, object]:
    """Return the values of `_LIVING`."""
    return {"article_id": revision.article_id, "revision_id": revision.id}


def _filtered(query: Query, shown: Filter) -> Query:
    if shown.tags is not None:
        query = query.where(_annotation.tag.in_(sorted(shown.tags)))
    if shown.annotators is not None:
        query = query.where(_annotation.account_id.in_(sorted(shown.annotators)))
    if shown.threads is not None:
        query = query.where(or_(false(), *(THREAD_FILTERS[name] for name in sorted(shown.threads))))
    if shown.visibility.only is not None:
        query = query.where(_annotation.account_id == shown.visibility.only)
    return query


def find(session: Session, *, annotation_id: int, account_id: int) -> tuple[Annotation, Member]:
    """Return an annotation, living or in the trash, and who the account is in its project.

    Raises: NotFound (no such annotation, or the account is not in its project, or may not see it
    yet).
    """
    annotation = session.get(Annotation, annotation_id)
    if annotation is None:
        raise NotFound(NO_ANNOTATION)
    article = session.get_one(Article, annotation.article_id)
    try:
        member = member_by_id(session, project_id=article.project_id, account_id=account_id)
    except NotFound:
        raise NotFound(NO_ANNOTATION) from None
    return find_seen(session, member, annotation_id), member


def sql_visible_to(account_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Say, in a query that has Annotation, which annotations an account may see.

    `find` decides the same of one annotation, and `who_may_see` of everyone.
    """
    return (
        select(Member.account_id)
        .join(Article, Article.project_id == Member.project_id)
        .join(Project, Project.id == Member.project_id)
        .where(
            Article.id == Annotation.article_id,
            Member.account_id == account_id,
            sql_joined_member_can_see(annotator_id=Annotation.account_id),
        )
        .exists()
    )


def who_may_see(session: Session, annotation: Annotation) -> list[Member]:
    """Return the members who may see an annotation, by name."""
    article = session.get_one(Article, annotation.article_id)
    members = list_members(session, article.project_id)
    seeing = accounts_seeing_all(
        session, article_id=article.id, account_ids=[member.account_id for member in members]
    )
    return [one for one in members if one.account_id in seeing | {annotation.account_id}]


def tag_counts(
    session: Session, member: Member, article_ids: Sequence[int]
) -> dict[int, dict[str, int]]:
    """Return how many living annotations of each tag a member sees in each of some articles."""
    counts: dict[int, dict[str, int]] = {
        article_id: {tag.value: 0 for tag in Tag} for article_id in article_ids
    }
    query = _TAG_COUNTS
    if not may(member, Act.SEE_ALL):
        query = query.where(counted_for(member))
    rows = session.execute(query, {"article_ids": article_ids})
    for article_id, tag, count in rows:
        counts[article_id][tag] = count
    return counts


@dataclass(frozen=True, slots=True)
class Count:
    """How many living annotations of one tag one annotator has made."""

    tag: str
    annotator_id: int
    annotator: str
    count: int


def counts(session: Session, revision: Revision, visibility: Visibility) -> list[Count]:
    """Return how many living annotations are seen in a revision, by tag and annotator."""
    query, values = _COUNTS, _living_in(revision)
    if visibility.only is not None:
        query, values = _OWN_COUNTS, {**values, "only": visibility.only}
    return [Count(*row) for row in session.execute(query, values)]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many living annotations there are, by how many people."""

    annotations: int
    annotators: int


def tally(session: Session, article_id: int) -> Tally:
    """Return how much is tagged in an article, whoever may see it: for those who decide that."""
    query = select(
        func.coalesce(func.sum(AnnotationCount.living), 0),
        func.count(AnnotationCount.account_id.distinct()),
    ).where(AnnotationCount.article_id == article_id, AnnotationCount.living > 0)
    return Tally(*session.execute(query).one())


def latest(session: Session, article_id: int, visibility: Visibility) -> tuple[Revision, int]:
    """Return the revision of an article that is read now, and the last event that is seen in it.

    That event is the last that changed what is seen: that others tag must not be told by a number
    either. Both are of one moment; what is drawn afterwards may be newer, and is then drawn again.
    """
    query, values = _LATEST, {"article_id": article_id}
    if visibility.only is not None:
        query, values = _LATEST_OWN, {**values, "only": visibility.only}
    revision, event_id = session.execute(query, values).one()
    return revision, event_id


def sql_member_can_see(member: Member) -> ColumnElement[bool]:
    """Return the condition that a member may see an annotation, in whichever article."""
    return sql_can_see(member, article_id=Annotation.article_id, annotator_id=Annotation.account_id)


def counted_for(member: Member) -> ColumnElement[bool]:
    """Return the condition that a sum of annotations is of those that a member may see."""
    return sql_can_see(
        member, article_id=AnnotationCount.article_id, annotator_id=AnnotationCount.account_id
    )


def acted_on_since(session: Session, article_id: int, event_id: int) -> set[int]:
    """Return the annotations of an article that someone made or changed after an event."""
    query = select(Event.annotation_id).where(
        Event.article_id == article_id, Event.id > event_id, Event.kind.in_(ACTS)
    )
    return {annotation_id for annotation_id in session.scalars(query) if annotation_id}


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One event of an annotation, with who did it."""

    event: Event
    name: str


def history(session: Session, annotation_id: int) -> list[HistoryRow]:
    """Return the events of an annotation, oldest first."""
    rows = session.execute(
        select(Event, Account.name)
        .outerjoin(Account, Account.id == Event.account_id)
        .where(Event.annotation_id == annotation_id)
        .order_by(Event.id)
    )
    return [HistoryRow(event, name or "Gloss") for event, name in rows]


@dataclass(frozen=True, slots=True)
class TrashRow:
    """An annotation in the trash, the article that it was in, and who put it there."""

    annotation: Annotation
    article_title: str
    deleted_by: str


def count_trash(session: Session, member: Member, *, article_id: int | None) -> int:
    """Return how many annotations in the trash a member may restore."""
    query = select(func.count()).select_from(Annotation).where(*_in_trash(member, article_id))
    return session.scalars(query).one()


def list_trash(
    session: Session, member: Member, *, article_id: int | None, offset: int, limit: int
) -> list[TrashRow]:
    """Return a page of what a member may restore, last deleted first."""
    deleter = (
        select(Account.name)
        .join(Event, Event.account_id == Account.id)
        .where(Event.annotation_id == Annotation.id, Event.kind == DELETED)
        .order_by(Event.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Annotation, Article.title, deleter)
        .join(Article, Article.id == Annotation.article_id)
        .where(*_in_trash(member, article_id))
        .order_by(Annotation.deleted_at.desc(), Annotation.id.desc())
    )
    return [TrashRow(*row) for row in session.execute(query.offset(offset).limit(limit))]


def _in_trash(member: Member, article_id: int | None) -> list[ColumnElement[bool]]:
    conditions = [Annotation.project_id == member.project_id, Annotation.deleted_at.is_not(None)]
    if article_id is not None:
        conditions.append(Annotation.article_id == article_id)
    if not may(member, Act.CHANGE_ANY):
        conditions.append(Annotation.account_id == member.account_id)
    return conditions
