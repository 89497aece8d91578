"""Who tags which article by when, and how far they are: each change with its event."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles.models import Article
from app.assignments.models import Progress, State
from app.assignments.queries.progress import find_progress, tell_progress
from app.assignments.queries.visibility import EVERYONE, visibility_for
from app.core.clock import now
from app.core.db import is_one_of
from app.core.errors import Conflict, Invalid, NotFound
from app.core.prepared import Prepared
from app.events.models import Snapshot
from app.events.service import record
from app.events.subjects import Actor, ProjectActor
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, require, roles_with

ASSIGNED = "assignment.made"
DUE_CHANGED = "assignment.due_changed"
UNASSIGNED = "assignment.taken_back"
STATE_CHANGED = "assignment.state_changed"


class AssignableMember(NamedTuple):
    """A member who may tag."""

    account_id: int
    name: str


_TAGGERS = Prepared(
    select(Member.account_id, Account.name)
    .join(Account, Account.id == Member.account_id)
    .where(
        Member.project_id == bindparam("project_id"),
        is_one_of(Member.role_name, roles_with(Act.TAG)),
    )
    .order_by(func.lower(Account.name), Account.id)
)


def set_progress(session: Session, *, actor: Member, article: Article, state: str) -> State:
    """Say how far the actor is with an article, assigned to them or not; return the state before.

    Raises: Forbidden (they only read), Invalid (no such state), Conflict (it is archived).
    """
    require(actor, Act.TAG)
    if state not in set(State):
        raise Invalid("state", f"Choose how far you are: {', '.join(State)}.")
    _require_in_use(article)
    progress = _lock(session, article.id, actor.account_id)
    before, after = progress.state, State(state)
    if after is not before:
        _set_state(session, actor, progress, after)
    return before


def mark_in_progress(session: Session, *, actor: Member, articles: Sequence[Article]) -> None:
    """Note that the actor has tagged in articles: they are in progress then, if they had not begun.

    That is so where it is assigned to them, and also where they tag apart, so that whoever is to
    reveal it learns that they are not done.
    """
    # All are held before the first event is recorded: for that one waits while holding these.
    held = [
        _lock(session, article.id, actor.account_id)
        for article in articles
        if _is_to_begin(session, actor, article)
    ]
    for progress in held:
        if progress.state is State.NOT_STARTED:
            _set_state(session, actor, progress, State.IN_PROGRESS)


def _is_to_begin(session: Session, actor: Member, article: Article) -> bool:
    progress = find_progress(session, article_id=article.id, account_id=actor.account_id)
    if progress is not None and progress.state is not State.NOT_STARTED:
        return False
    is_asked = progress is not None and progress.assigned_at is not None
    return is_asked or visibility_for(session, actor, article) != EVERYONE


def reopen(session: Session, *, actor: Member, article: Article, account_id: int) -> None:
    """Let somebody be done no more, so that they tag without seeing what the others tag.

    Who is not done stays as they are.

    Raises: Forbidden, Conflict (it is archived), NotFound (they have no part in the article).
    """
    require(actor, Act.REVEAL)
    _require_in_use(article)
    progress = session.get(
        Progress, (article.id, account_id), with_for_update=True, populate_existing=True
    )
    if progress is None:
        raise NotFound
    if progress.state is State.DONE:
        _set_state(session, actor, progress, State.IN_PROGRESS)


def reopen_what_was_done(session: Session, member: Member) -> None:
    """Let who comes back be done with nothing: others may have tagged since, unseen by them."""
    done = session.scalars(
        select(Progress)
        .join(Article, Article.id == Progress.article_id)
        .where(
            Article.project_id == member.project_id,
            Progress.account_id == member.account_id,
            Progress.state_name == State.DONE.value,
        )
        .order_by(Progress.article_id)
        .with_for_update(of=Progress)
        .execution_options(populate_existing=True)
    ).all()
    for progress in done:
        _set_state(session, ProjectActor(member.project_id), progress, State.IN_PROGRESS)


class AssigningEvent(NamedTuple):
    """What counts of an event by which an article was assigned to a member."""

    id: int
    article_id: int
    kind: str
    after: Snapshot


@frozen
class Assigned:
    """The events of one assigning, one for each pair of article and member that it changed."""

    events: Sequence[AssigningEvent]

    @property
    def new(self) -> int:
        """Return how many pairs were not assigned before."""
        return sum(event.kind == ASSIGNED for event in self.events)

    @property
    def dated(self) -> int:
        """Return how many have another date than before."""
        return len(self.events) - self.new - self.undated

    @property
    def undated(self) -> int:
        """Return how many have their date no more."""
        return sum(
            event.kind == DUE_CHANGED and event.after["due"] is None for event in self.events
        )


def assign(
    session: Session,
    *,
    actor: Member,
    articles: Sequence[Article],
    account_ids: Collection[int],
    due_on: date | None,
    without_date: bool = False,
) -> Assigned:
    """Ask members to tag articles, by a day or by none; return what that changed.

    What is assigned already gets the new day, keeps its own where none is given, and has none any
    more where that is asked for by `without_date`. How far they are stays.

    Raises: Forbidden, Invalid (no article, nobody, or someone who may not tag here; or a day, and
    none), Conflict (an article is archived).
    """
    require(actor, Act.ASSIGN)
    if not articles:
        raise Invalid("article", "Tick at least one article.")
    if not account_ids:
        raise Invalid("account", "Tick at least one person.")
    if set(account_ids) - {tagger.account_id for tagger in list_assignable_members(session, actor)}:
        raise Invalid("account", "One of these people may not tag here. Tick those who may.")
    if due_on and without_date:
        raise Invalid("due", "Give a date, or take the date away: not both.")
    for article in articles:
        _require_in_use(article)
    # All rows are held, always in one order, before any event is recorded: on PostgreSQL each of
    # both keeps others waiting until the commit.
    held = [
        _lock(session, article_id, account_id)
        for article_id in sorted(article.id for article in articles)
        for account_id in sorted(account_ids)
    ]
    events = []
    for progress in held:
        is_new = progress.assigned_at is None
        is_kept = progress.due_on == due_on or (due_on is None and not without_date)
        if not is_new and is_kept:
            continue
        before = None if is_new else snapshot(progress)
        progress.assigned_at = progress.assigned_at or now()
        progress.due_on = due_on
        kind = ASSIGNED if is_new else DUE_CHANGED
        after = snapshot(progress)
        event_id = record(session, actor, kind, progress.subject, before=before, after=after)
        events.append(AssigningEvent(event_id, progress.article_id, kind, after))
    return Assigned(events)


def unassign(session: Session, *, actor: Member, article: Article, account_id: int) -> str | None:
    """Take back that an article is assigned to someone. How far they are stays.

    Return the day by which it was due, as in an address; None for none.

    Raises: Forbidden, NotFound (it is not assigned to them), Conflict (it is archived).
    """
    require(actor, Act.ASSIGN)
    _require_in_use(article)
    progress = session.get(Progress, (article.id, account_id), with_for_update=True)
    if progress is None or progress.assigned_at is None:
        message = "This article is not assigned to them."
        raise NotFound(message)
    before = snapshot(progress)
    progress.assigned_at = progress.due_on = None
    record(session, actor, UNASSIGNED, progress.subject, before=before)
    due: str | None = before["due"]
    return due


def list_assignable_members(session: Session, actor: Member) -> list[AssignableMember]:
    """Return the members of a project to whom its articles can be assigned, by name."""
    return list(
        map(AssignableMember._make, _TAGGERS.run(session, {"project_id": actor.project_id}))
    )


def _require_in_use(article: Article) -> None:
    if article.archived_at is not None:
        message = f"“{article.title}” is archived. Restore it first; a curator can."
        raise Conflict(message)


def _lock(session: Session, article_id: int, account_id: int) -> Progress:
    """Return the state of an account in an article, made now if need be.

    Nobody else changes it before the commit.
    """
    query = (
        select(Progress)
        .where(Progress.article_id == article_id, Progress.account_id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    progress = session.scalar(query)
    if progress is None:
        try:
            with session.begin_nested():
                session.add(
                    Progress(
                        article_id=article_id,
                        account_id=account_id,
                        state_name=State.NOT_STARTED.value,
                        assigned_at=None,
                        due_on=None,
                    )
                )
        except IntegrityError:
            pass  # someone else made it at the same moment
        progress = session.scalars(query).one()
    tell_progress(session, progress, article_id=article_id, account_id=account_id)
    return progress


def snapshot(progress: Progress) -> Snapshot:
    """Return what an event keeps of an assignment."""
    due = progress.due_on.isoformat() if progress.due_on else None
    return {"account": progress.account_id, "due": due}


def read_due(kept: Snapshot) -> date | None:
    """Return the day by which an assignment was due, as an event kept it."""
    return date.fromisoformat(kept["due"]) if kept["due"] else None


def _set_state(session: Session, actor: Actor, progress: Progress, state: State) -> None:
    """Say how far somebody is, and record it; the actor may be somebody else, or nobody."""
    before = progress.state
    progress.state_name = state.value
    record(
        session,
        actor,
        STATE_CHANGED,
        progress.subject,
        before={"account": progress.account_id, "state": before.value},
        after={"account": progress.account_id, "state": state.value},
    )
