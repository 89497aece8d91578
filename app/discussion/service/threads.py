"""Threads: holding one while something is said in it, and recording what was said."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries import annotations
from app.annotations.service.last_activity import update_last_activity
from app.articles.models import Article
from app.assignments.queries.visibility import must_wait_to_discuss
from app.core.clock import now
from app.core.errors import Conflict
from app.discussion.models import Comment, Participant, Stance, Thread
from app.events.models import Event, Snapshot
from app.events.service import record
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, require

RESOLVED = "thread.resolved"
REOPENED = "thread.reopened"
MADE_EXAMPLE = "thread.made_example"

WAIT = (
    "This article is tagged independently, and its annotator may still be tagging. "
    "Wait until it is revealed: then you can discuss it."
)


@frozen
class LockedThread:
    """An annotation that is discussed, its thread, and who says something."""

    session: Session
    actor: Member
    annotation: Annotation
    thread: Thread

    def record(
        self,
        kind: str,
        subject: Comment | None = None,
        *,
        before: Snapshot | None = None,
        after: Snapshot | None = None,
    ) -> int:
        """Append an event, sum up the thread again, and take in whoever acts as a participant.

        It is about a comment, or the thread itself. Return the event's id.
        """
        update_last_activity(self.session, actor=self.actor, article_id=self.annotation.article_id)
        about = self.thread.subject
        if subject is not None:
            about = about._replace(kind="comment", id=subject.id, version=subject.version)
        event_id = record(self.session, self.actor, kind, about, before=before, after=after)
        sum_up(self.session, self.thread)
        self.take_in(self.annotation.account_id, 0)
        self.take_in(self.actor.account_id, event_id, last_event_id=0)
        self.session.execute(
            update(Participant)
            .where(
                Participant.annotation_id == self.annotation.id,
                Participant.account_id != self.actor.account_id,
            )
            .values(last_event_id=event_id)
        )
        return event_id

    def take_in(self, account_id: int, since_id: int, *, last_event_id: int | None = None) -> None:
        """Let a thread concern someone from an event on, if it does not yet.

        `last_event_id` is the last one that others made, None for the same event.
        """
        if self.session.get(Participant, (self.annotation.id, account_id)) is None:
            made = Participant(
                annotation_id=self.annotation.id,
                account_id=account_id,
                since_id=since_id,
                last_event_id=since_id if last_event_id is None else last_event_id,
            )
            self.session.add(made)
            self.session.flush()


def lock_thread(
    session: Session, *, actor: Member, annotation_id: int, act: Act = Act.DISCUSS
) -> LockedThread:
    """Return the thread of an annotation; nobody else says anything in it before the commit.

    Raises: NotFound, Forbidden, Conflict (the annotation is in the trash, or its article archived;
    or it is somebody else's, and the article tagged apart).
    """
    annotation, member = annotations.find(
        session, annotation_id=annotation_id, account_id=actor.account_id
    )
    require(member, act)
    if annotation.deleted_at is not None:
        message = "This annotation is in the trash. Restore it first; what you typed is kept here."
        raise Conflict(message)
    article = session.get_one(Article, annotation.article_id)
    if article.archived_at is not None:
        message = "This article is archived. Restore it first; a curator can."
        raise Conflict(message)
    if must_wait_to_discuss(member, article, annotator_id=annotation.account_id):
        raise Conflict(WAIT)
    return LockedThread(session, member, annotation, _thread_of(session, annotation))


def resolve(session: Session, *, actor: Member, annotation_id: int) -> Thread:
    """Settle a thread. Twice is as good as once.

    Raises: NotFound, Forbidden, Conflict (nothing was said that could be settled).
    """
    held = lock_thread(session, actor=actor, annotation_id=annotation_id)
    if held.thread.resolved_at is None:
        stances = session.scalars(select(Stance).where(Stance.annotation_id == annotation_id))
        if not can_settle(held.thread, held.annotation, stances):
            message = "There is nothing to settle here. Write a comment first."
            raise Conflict(message)
        held.thread.resolved_at = now()
        held.thread.resolved_by_id = actor.account_id
        held.record(RESOLVED)
    return held.thread


def can_settle(thread: Thread, annotation: Annotation, stances: Iterable[Stance]) -> bool:
    """Say whether there is anything in a thread to settle: a comment, or a present dispute.

    `stances` are all that were taken on its annotation.
    """
    return thread.comments > 0 or any(
        stance.value == "dispute" and is_present(stance, annotation) for stance in stances
    )


def is_present(stance: Stance, annotation: Annotation) -> bool:
    """Say whether a stance is about what its annotation is now."""
    return (stance.about_tag, stance.about_quote) == (annotation.tag_name, annotation.quote)


def reopen(session: Session, *, actor: Member, annotation_id: int) -> Thread:
    """Take up a settled thread again. Twice is as good as once.

    Raises: NotFound, Forbidden, Conflict.
    """
    held = lock_thread(session, actor=actor, annotation_id=annotation_id)
    reopen_held(held)
    return held.thread


def reopen_held(held: LockedThread) -> None:
    """Take up a settled thread again that is held."""
    thread = held.thread
    if thread.resolved_at is not None:
        before = {"at": thread.resolved_at.isoformat(), "by": thread.resolved_by_id}
        thread.resolved_at = thread.resolved_by_id = None
        held.record(REOPENED, before=before)


def reopening_by(session: Session, *, actor: Member, annotation_id: int) -> int | None:
    """Return the event by which the actor's last act in a thread reopened it, None for none."""
    last = session.scalar(
        select(Event)
        .where(Event.annotation_id == annotation_id, Event.account_id == actor.account_id)
        .order_by(Event.id.desc())
        .limit(1)
    )
    return last.id if last is not None and last.kind == REOPENED else None


def take_back_reopening(
    session: Session, *, actor: Member, annotation_id: int, event_id: int
) -> bool:
    """Let a thread be resolved as it was before one's own event reopened it, and say whether it is.

    Nothing is done where others have done anything with the annotation since: it may be a question.

    Raises: NotFound, Forbidden, Conflict.
    """
    held = lock_thread(session, actor=actor, annotation_id=annotation_id)
    reopening = session.scalar(
        select(Event).where(
            Event.id == event_id,
            Event.annotation_id == annotation_id,
            Event.account_id == actor.account_id,
            Event.kind == REOPENED,
        )
    )
    since = Event.annotation_id == annotation_id, Event.id > event_id
    is_passed_over = or_(
        Event.account_id.is_distinct_from(actor.account_id), Event.kind.in_([RESOLVED, REOPENED])
    )
    later = session.scalar(select(Event.id).where(*since, is_passed_over).limit(1))
    if reopening is None or not reopening.before or later is not None:
        return False
    held.thread.resolved_at = datetime.fromisoformat(reopening.before["at"])
    held.thread.resolved_by_id = reopening.before["by"]
    held.record(RESOLVED, after={"by_undo": True})
    return True


NOT_RESOLVED = "This thread is not resolved. Resolve it first."


def make_example(held: LockedThread, *, version: int) -> None:
    """Note that a settled thread that is held stands in a version of the guidelines.

    Raises: Conflict (the thread is not resolved).
    """
    if held.thread.resolved_at is None:
        raise Conflict(NOT_RESOLVED)
    held.thread.example_in = version
    held.record(MADE_EXAMPLE, after={"version": version})


def sum_up(session: Session, thread: Thread) -> None:
    """Count what stands in a thread."""
    session.flush()
    for name, value in counts_of(session, thread.annotation_id).items():
        setattr(thread, name, value)


def counts_of(session: Session, annotation_id: int) -> dict[str, int]:
    """Return what a thread's columns of counts should hold, by their names."""
    living = select(func.count()).where(
        Comment.annotation_id == annotation_id, Comment.deleted_at.is_(None)
    )
    stances = select(func.count()).where(Stance.annotation_id == annotation_id)
    queries = {
        "comments": living,
        "questions": living.where(Comment.is_question),
        "agreements": stances.where(Stance.value == "agree"),
        "disputes": stances.where(Stance.value == "dispute"),
    }
    return {name: session.scalars(query).one() for name, query in queries.items()}


def _thread_of(session: Session, annotation: Annotation) -> Thread:
    query = (
        select(Thread)
        .where(Thread.annotation_id == annotation.id)
        .with_for_update(of=Thread)
        .execution_options(populate_existing=True)
    )
    found = session.scalar(query)
    if found is not None:
        return found
    made = Thread(
        annotation_id=annotation.id,
        article_id=annotation.article_id,
        comments=0,
        questions=0,
        agreements=0,
        disputes=0,
        resolved_at=None,
        resolved_by_id=None,
        example_in=None,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # someone else was the first
        return session.scalars(query).one()
    return made
