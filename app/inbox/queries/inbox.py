"""What concerns someone, over all their projects: read from the events whenever it is shown."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Integer, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.queries.annotations import sql_visible_to
from app.annotations.service.annotations import CHANGED
from app.annotations.state import CLAIM
from app.articles.models import Article
from app.core.db import is_one_of
from app.core.prepared import Prepared
from app.discussion.models import Comment, Mention, Participant, Stance
from app.discussion.service.comments import DELETED, WRITTEN
from app.discussion.service.stances import TAKEN, WITHDRAWN
from app.discussion.service.threads import MADE_EXAMPLE, REOPENED, RESOLVED
from app.events.models import Event
from app.frozen import frozen
from app.inbox.models import Inbox, InboxRead
from app.projects.models import Member, Project

MOST_COUNTED = 99  # more are "99+", so that a count never takes long

_me: BindParameter[int] = bindparam("account_id")
_read_to = func.coalesce(select(Inbox.read_to).where(Inbox.account_id == _me).scalar_subquery(), 0)
_told_to = func.coalesce(select(Inbox.told_to).where(Inbox.account_id == _me).scalar_subquery(), 0)
_is_named = (
    select(Mention.id)
    .where(
        Mention.annotation_id == Event.annotation_id,
        Mention.event_id == Event.id,
        Mention.account_id == _me,
    )
    .exists()
)
# What someone took a stance on is another claim now, or another passage.
_is_other_claim = and_(
    Event.kind == CHANGED,
    or_(*(Event.before[name].as_string() != Event.after[name].as_string() for name in CLAIM)),
    select(Stance.account_id)
    .where(
        Stance.annotation_id == Event.annotation_id,
        Stance.account_id == _me,
        Stance.taken_at < Event.at,
    )
    .exists(),
)
# Their comment was deleted; by somebody else, as all that concerns them.
_is_own_deleted = and_(
    Event.kind == DELETED,
    select(Comment.id)
    .where(Comment.id == Event.after["comment"].as_integer(), Comment.account_id == _me)
    .exists(),
)
_is_mine = Annotation.account_id == _me
_is_unread = and_(
    Event.id > _read_to,
    ~select(InboxRead.event_id)
    .where(InboxRead.account_id == _me, InboxRead.event_id == Event.id)
    .exists(),
)


def _events(*columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401  (as `select` takes them)
    """Select what concerns someone, seen now or not: from their threads to the events in these."""
    return (
        select(*columns)
        .select_from(Participant)
        .join(
            Event,
            and_(
                Event.annotation_id == Participant.annotation_id,
                Event.id >= Participant.since_id,
            ),
        )
        .join(Annotation, Annotation.id == Participant.annotation_id)
        .join(Article, Article.id == Annotation.article_id)
        .where(
            Participant.account_id == _me,
            Event.account_id != _me,
            or_(
                is_one_of(Event.kind, [WRITTEN, RESOLVED, REOPENED, MADE_EXAMPLE]),
                and_(is_one_of(Event.kind, [TAKEN, WITHDRAWN]), _is_mine),
                _is_named,
                _is_other_claim,
                _is_own_deleted,
            ),
        )
    )


def _items(*columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401  (the same)
    """Select what concerns someone and may be seen."""
    return _events(*columns).where(Annotation.deleted_at.is_(None), sql_visible_to(_me))


# Every page of someone signed in asks for the number; it is put together once. Only threads in
# which something was said since everything was read are looked into.
_COUNT_UNREAD = Prepared(
    select(func.count()).select_from(
        _items(Event.id)
        .where(Participant.last_event_id > _read_to, _is_unread)
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
)
_NEWEST = _items(Event.id).order_by(Event.id.desc())
_floor = bindparam("floor", type_=Integer)
_NEWEST_ABOVE = _NEWEST.where(Participant.last_event_id > _floor, Event.id > _floor)
_LAST_EVENTS = (
    select(Participant.last_event_id)
    .where(Participant.account_id == _me)
    .order_by(Participant.last_event_id.desc())
)
_mine = select(Member.project_id).where(Member.account_id == _me)
# What was never read, whether it may be seen now or not: it may be seen later. What is in a project
# that one has left does not count: it would hold the mark back for ever.
_OLDEST_UNREAD = _events(func.min(Event.id)).where(
    Participant.last_event_id > _read_to, _is_unread, Article.project_id.in_(_mine)
)
_OLDEST_HIDDEN = _OLDEST_UNREAD.where(Annotation.deleted_at.is_(None), ~sql_visible_to(_me))


def _with_all(event_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """Select all that is shown of the items with these ids, newest first."""
    return (
        select(Event, Account.name, Annotation, Article.title, Project.name, _is_unread, _is_named)
        .join(Account, Account.id == Event.account_id)
        .join(Annotation, Annotation.id == Event.annotation_id)
        .join(Article, Article.id == Annotation.article_id)
        .join(Project, Project.id == Article.project_id)
        .where(Event.id.in_(event_ids))
        .order_by(Event.id.desc())
    )


@frozen
class InboxItem:
    """An event that concerns someone, by whom, and where; `is_named` says that it names them."""

    event: Event
    name: str
    annotation: Annotation
    article_title: str
    project: str
    is_unread: bool
    is_named: bool


def count_unread(session: Session, account_id: int) -> int:
    """Return how many items someone has not read, at most one more than `MOST_COUNTED`."""
    [(count,)] = _COUNT_UNREAD.run(session, {"account_id": account_id})
    return int(count)


def list_items(
    session: Session, account_id: int, *, before: int | None, limit: int
) -> list[InboxItem]:
    """Return what concerns someone before the event of an id (None: until now), newest first."""
    if before is None:
        return _list(session, account_id, _find_newest(session, account_id, limit))
    older = _NEWEST.where(Event.id < before).limit(limit)
    return _list(session, account_id, session.scalars(older, {"account_id": account_id}).all())


def _find_newest(session: Session, account_id: int, limit: int) -> Sequence[int]:
    """Return the ids of the newest items, from the threads in which something was said last.

    No thread below the floor has a newer event. Someone has thousands of threads, and most have
    been quiet for long; of the last ones some may have nothing that concerns them.
    """
    threads = 2 * limit
    while True:
        rows = _LAST_EVENTS.offset(threads).limit(1)
        floor = session.scalar(rows, {"account_id": account_id}) or 0
        values = {"account_id": account_id, "floor": floor}
        found = session.scalars(_NEWEST_ABOVE.limit(limit), values).all()
        if floor == 0 or len(found) == limit:
            return found
        threads *= 4


def _list(session: Session, account_id: int, event_ids: Sequence[int]) -> list[InboxItem]:
    rows = session.execute(_with_all(event_ids), {"account_id": account_id})
    return [InboxItem(*row) for row in rows]


def list_untold(session: Session, account_id: int, *, limit: int) -> list[InboxItem]:
    """Return what is unread, and came after what the last digest knew of, newest first."""
    newest = _NEWEST.where(
        Participant.last_event_id > _told_to, Event.id > _told_to, _is_unread
    ).limit(limit)
    return _list(session, account_id, session.scalars(newest, {"account_id": account_id}).all())


def thread_of_item(session: Session, account_id: int, event_id: int) -> int | None:
    """Return the annotation of an event that concerns someone, None for any other event."""
    query = _items(Event.annotation_id).where(Event.id == event_id)
    found: int | None = session.scalar(query, {"account_id": account_id})
    return found


def list_unread(
    session: Session, account_id: int, *, up_to: int, after: int = 0, annotation_id: int | None
) -> Sequence[int]:
    """Return the events after one and up to another that someone sees and has not read.

    Those of one annotation, or of all for None.
    """
    query = _items(Event.id).where(Event.id > after, Event.id <= up_to, _is_unread)
    if annotation_id is None:
        query = query.where(Participant.last_event_id > _read_to)
    else:
        query = query.where(Event.annotation_id == annotation_id)
    return session.scalars(query, {"account_id": account_id}).all()


def oldest_unread(session: Session, account_id: int, *, is_hidden: bool = False) -> int | None:
    """Return the oldest event that someone has not read, seen or not, or the oldest hidden one.

    Hidden is what others tagged independently; None for none.
    """
    query = _OLDEST_HIDDEN if is_hidden else _OLDEST_UNREAD
    found: int | None = session.scalar(query, {"account_id": account_id})
    return found


def list_addressed(
    session: Session, account_ids: Collection[int], *, after: int, until: int
) -> frozenset[int]:
    """Return those accounts for whom something new came after one event and up to another.

    Nothing is new for someone that they may not see.
    """
    if not account_ids or until <= after:
        return frozenset()
    query = select(Participant.account_id).where(
        Participant.account_id.in_(account_ids), Participant.last_event_id > after
    )
    return frozenset(
        account_id
        for account_id in set(session.scalars(query))
        if list_unread(session, account_id, up_to=until, after=after, annotation_id=None)
    )


def current_stances(
    session: Session, keys: Iterable[tuple[int, int]]
) -> Mapping[tuple[int, int], str]:
    """Return the reasons that stances have now, by annotation and account, of those asked for."""
    wanted = set(keys)
    query = select(Stance.annotation_id, Stance.account_id, Stance.reason).where(
        Stance.annotation_id.in_(sorted({annotation_id for annotation_id, _account in wanted}))
    )
    rows = session.execute(query)
    return {(row[0], row[1]): row[2] for row in rows if (row[0], row[1]) in wanted}


def living_texts(session: Session, comment_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the texts of comments by their ids, of those that nobody has deleted."""
    query = select(Comment.id, Comment.text).where(
        Comment.id.in_(sorted(comment_ids)), Comment.deleted_at.is_(None)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def who_asked_for_digests(session: Session) -> Sequence[int]:
    """Return the accounts that ask for a daily digest."""
    query = select(Account.id).where(Account.daily_digest).order_by(Account.id)
    return session.scalars(query).all()
