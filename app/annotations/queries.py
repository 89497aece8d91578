"""Reading annotations: slim rows for marks, fuller ones for cards, and lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.service import NO_ANNOTATION
from app.annotations.tags import Tag
from app.articles.models import Article, Revision
from app.core.errors import NotFound
from app.events.models import Event
from app.projects.models import Member
from app.projects.roles import Act, may
from app.projects.service import member_by_id

GIST = 80  # code points of a note or quote on a compact card

# The bare tables, for marks and cards: the ORM would look at every one of thousands of rows.
_annotation = Annotation.__table__.c
_account = Account.__table__.c


@dataclass(frozen=True, slots=True)
class Filter:
    """Which annotations are shown: None for all, else only these tags or annotators."""

    tags: frozenset[str] | None = None
    annotators: frozenset[int] | None = None

    @property
    def is_everything(self) -> bool:
        """Say whether nothing is hidden."""
        return self.tags is None and self.annotators is None

    def shows(self, tag: str, account_id: int) -> bool:
        """Say whether an annotation with this tag by this annotator is shown."""
        return (self.tags is None or tag in self.tags) and (
            self.annotators is None or account_id in self.annotators
        )


class Card(NamedTuple):
    """An annotation as a compact card shows it; `gist` begins the note, or else the quote."""

    id: int
    tag: str
    start: int
    end: int
    first_block: int
    annotator_id: int
    annotator: str
    gist: str


Span = Row[int, int, str, int, int]
"""A passage: start, end, tag, first and last block."""

STARTS_AT_ONCE = 5_000  # in one query; SQLite takes 32,766 values, PostgreSQL twice as many


def spans(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    first: int = 1,
    last: int | None = None,
) -> Sequence[Span]:
    """Return `(start, end, tag, first block, last block)` of what is shown, by start.

    All that touch the blocks numbered `first` to `last`.
    """
    query = select(
        _annotation.start,
        _annotation.end,
        _annotation.tag,
        _annotation.first_block,
        _annotation.last_block,
    ).where(*_shown_in(revision, shown))
    if first > 1:
        query = query.where(_annotation.last_block >= first)
    if last is not None:
        query = query.where(_annotation.first_block <= last)
    return session.execute(query.order_by(_annotation.start)).all()


def cards_from(
    session: Session, revision: Revision, shown: Filter, starts: Sequence[int]
) -> list[Card]:
    """Return the cards of the passages that start at these places, by start and id.

    The places ascend. To ask for the few that are needed is many times quicker than to have the
    database rank thousands.
    """
    query = _cards().where(*_shown_in(revision, shown))
    cards = []
    for place in range(0, len(starts), STARTS_AT_ONCE):
        batch = starts[place : place + STARTS_AT_ONCE]
        rows = session.execute(query.where(_annotation.start.in_(batch)))
        cards += [Card(*row) for row in rows]
    return cards


def block_cards(
    session: Session,
    revision_id: int,
    shown: Filter,
    *,
    block: int,
    offset: int = 0,
    limit: int,
) -> list[Card]:
    """Return the cards of the passages that start in one block, by start and id."""
    query = _cards().where(*_shown(revision_id, shown), _annotation.first_block == block)
    return [Card(*row) for row in session.execute(query.offset(offset).limit(limit))]


def cards_at(session: Session, revision_id: int, offset: int, shown: Filter) -> list[Card]:
    """Return the cards of every annotation whose passage covers one place of the text."""
    query = _cards().where(
        *_shown(revision_id, shown), _annotation.start <= offset, _annotation.end > offset
    )
    return [Card(*row) for row in session.execute(query)]


def card(session: Session, annotation_id: int) -> Card:
    """Return the card of one annotation, living or in the trash."""
    return Card(*session.execute(_cards().where(_annotation.id == annotation_id)).one())


def _cards() -> Select[int, str, int, int, int, int, str, str]:
    gist = func.coalesce(func.nullif(_annotation.note, ""), _annotation.quote)
    return (
        select(
            _annotation.id,
            _annotation.tag,
            _annotation.start,
            _annotation.end,
            _annotation.first_block,
            _annotation.account_id,
            _account.name,
            func.substr(gist, 1, GIST),
        )
        .join(Account.__table__, _account.id == _annotation.account_id)
        .order_by(_annotation.start, _annotation.id)
    )


def _shown(revision_id: int, shown: Filter) -> list[ColumnElement[bool]]:
    conditions = [_annotation.revision_id == revision_id, _annotation.deleted_at.is_(None)]
    if shown.tags is not None:
        conditions.append(_annotation.tag.in_(sorted(shown.tags)))
    if shown.annotators is not None:
        conditions.append(_annotation.account_id.in_(sorted(shown.annotators)))
    return conditions


def _shown_in(revision: Revision, shown: Filter) -> list[ColumnElement[bool]]:
    # The article is named for the sake of the index that has its places in order.
    return [_annotation.article_id == revision.article_id, *_shown(revision.id, shown)]


def find(session: Session, *, annotation_id: int, account_id: int) -> tuple[Annotation, Member]:
    """Return an annotation, living or in the trash, and who the account is in its project.

    Raises: NotFound (no such annotation, or the account is not in its project).
    """
    annotation = session.get(Annotation, annotation_id)
    if annotation is None:
        raise NotFound(NO_ANNOTATION)
    article = session.get_one(Article, annotation.article_id)
    try:
        member = member_by_id(session, project_id=article.project_id, account_id=account_id)
    except NotFound:
        raise NotFound(NO_ANNOTATION) from None
    return annotation, member


def tag_counts(session: Session, article_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return how many living annotations of each tag each article has; none are left out."""
    counts: dict[int, dict[str, int]] = {
        article_id: {tag.value: 0 for tag in Tag} for article_id in article_ids
    }
    rows = session.execute(
        select(Annotation.article_id, Annotation.tag_name, func.count())
        .where(Annotation.article_id.in_(article_ids), Annotation.deleted_at.is_(None))
        .group_by(Annotation.article_id, Annotation.tag_name)
    )
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


def counts(session: Session, revision_id: int) -> list[Count]:
    """Return how many living annotations there are in a revision, by tag and annotator."""
    grouped = (
        select(Annotation.tag_name.label("tag"), Annotation.account_id, func.count().label("count"))
        .where(*_shown(revision_id, Filter()))
        .group_by(Annotation.tag_name, Annotation.account_id)
        .subquery()
    )
    rows = session.execute(
        select(grouped.c.tag, Account.id, Account.name, grouped.c.count).join(
            Account, Account.id == grouped.c.account_id
        )
    )
    return [Count(*row) for row in rows]


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
    query = (
        select(func.count())
        .select_from(Annotation)
        .join(Article, Article.id == Annotation.article_id)
        .where(*_in_trash(member, article_id))
    )
    return session.scalars(query).one()


def list_trash(
    session: Session, member: Member, *, article_id: int | None, offset: int, limit: int
) -> list[TrashRow]:
    """Return a page of what a member may restore, last deleted first."""
    deleter = (
        select(Account.name)
        .join(Event, Event.account_id == Account.id)
        .where(Event.annotation_id == Annotation.id)
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
    conditions = [Article.project_id == member.project_id, Annotation.deleted_at.is_not(None)]
    if article_id is not None:
        conditions.append(Annotation.article_id == article_id)
    if not may(member.role, Act.CHANGE_ANY):
        conditions.append(Annotation.account_id == member.account_id)
    return conditions
