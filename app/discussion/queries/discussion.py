"""Reading what is said: the signs on a card, a thread, the stances."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import Article
from app.assignments.queries.visibility import sql_can_see_all_of
from app.core.errors import NotFound
from app.discussion.models import Comment, Mention, Stance, Thread
from app.discussion.service.comments import NO_COMMENT
from app.discussion.service.stances import AGREE, DISPUTE
from app.discussion.thread_states import DISPUTED, QUESTION
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, may

# The bare table, as for marks and cards: an article has thousands of them.
_thread = Thread.__table__.c


def is_of_now(stance: FromClause, annotation: FromClause) -> ColumnElement[bool]:
    """Return the condition that a stance is about what its annotation is now."""
    return and_(
        annotation.c.id == stance.c.annotation_id,
        stance.c.about_tag == annotation.c.tag,
        stance.c.about_quote == annotation.c.quote,
    )


def present_stances(value: str) -> ScalarSelect[int]:
    """Return how many stances of a kind are about what an annotation is now.

    It stands in a query that has the bare table of threads.
    """
    stance, annotation = Stance.__table__.alias(), Annotation.__table__.alias()
    query = (
        select(func.count())
        .select_from(stance.join(annotation, is_of_now(stance, annotation)))
        .where(stance.c.annotation_id == _thread.annotation_id, stance.c.value == value)
    )
    return query.correlate(Thread.__table__).scalar_subquery()


def _if_any(sum_of: ColumnElement[int], value: str) -> ColumnElement[int]:
    """Count the present stances where there are any: most threads have none."""
    return case((sum_of > 0, present_stances(value)), else_=0)


AGREEMENTS = _if_any(_thread.agreements, AGREE)
DISPUTES = _if_any(_thread.disputes, DISPUTE)
HAS_QUESTION = and_(_thread.questions > 0, _thread.resolved_at.is_(None))
IS_DISPUTED = and_(
    _thread.disputes > 0, _thread.resolved_at.is_(None), present_stances(DISPUTE) > 0
)
IS_IN_STATE = {QUESTION: HAS_QUESTION, DISPUTED: IS_DISPUTED}
"""The condition on the row of a thread, by the name of the state."""


def filter_by_thread(state: str) -> ColumnElement[bool]:
    """Return the condition on the bare table of annotations that the thread is in a state."""
    return (
        select(_thread.annotation_id)
        .where(_thread.annotation_id == Annotation.__table__.c.id, IS_IN_STATE[state])
        .correlate(Annotation.__table__)  # alone: of cards the thread is asked for as well
        .exists()
    )


def holds_what_is(member: Member, state: str) -> ColumnElement[bool]:
    """Return the condition that an article has a thread of a state that a member may see."""
    threads = (
        select(Thread.article_id)
        .join(Annotation, Annotation.id == Thread.annotation_id)
        .where(Thread.article_id == Article.id, IS_IN_STATE[state], Annotation.deleted_at.is_(None))
        .correlate(Article)
    )
    if may(member, Act.SEE_ALL):
        return threads.exists()
    # Whether all are seen is asked once an article: within the query of its threads, PostgreSQL
    # would rather go through every annotation that there is.
    return or_(
        and_(sql_can_see_all_of(member, Article.id), threads.exists()),
        threads.where(Annotation.account_id == member.account_id).exists(),
    )


@frozen
class Discussion:
    """All that is said of one annotation; `names` are those named, by comment and author.

    The key of the names in a reason has None for the comment.
    """

    thread: Thread | None
    comments: Sequence[Comment]
    stances: Sequence[Stance]
    names: Mapping[tuple[int | None, int], Mapping[str, str]]


def discussion_of(session: Session, annotation_id: int) -> Discussion:
    """Return what is said of an annotation, oldest first."""
    thread = session.get(Thread, annotation_id)
    if thread is None:
        return Discussion(None, [], [], {})
    comments = session.scalars(
        select(Comment).where(Comment.annotation_id == annotation_id).order_by(Comment.id)
    )
    stances = session.scalars(
        select(Stance)
        .where(Stance.annotation_id == annotation_id)
        .order_by(Stance.value, Stance.taken_at, Stance.account_id)
    )
    mentions = session.scalars(select(Mention).where(Mention.annotation_id == annotation_id))
    return Discussion(thread, comments.all(), stances.all(), _names(mentions))


def find_comment(session: Session, *, annotation_id: int, comment_id: int) -> Comment:
    """Return a comment on an annotation.

    Raises: NotFound.
    """
    comment = session.get(Comment, comment_id)
    if comment is None or comment.annotation_id != annotation_id:
        raise NotFound(NO_COMMENT)
    return comment


def _names(mentions: Iterable[Mention]) -> Mapping[tuple[int | None, int], Mapping[str, str]]:
    names: dict[tuple[int | None, int], dict[str, str]] = defaultdict(dict)
    for mention in mentions:
        names[mention.comment_id, mention.author_id][mention.written] = mention.account.name
    return names
