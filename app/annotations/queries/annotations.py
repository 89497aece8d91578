"""Finding annotations, who may see them, and how many there are."""

from collections.abc import Collection, Sequence

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation, AnnotationCount
from app.annotations.service.annotations import ACTS, NO_ANNOTATION, find_seen
from app.annotations.tags import TAGS
from app.articles.models import Article, Revision
from app.articles.queries import articles
from app.assignments.queries.visibility import (
    Visibility,
    sql_can_see,
    sql_joined_member_can_see,
    who_sees_all,
)
from app.core.conditions import is_among_bound
from app.core.db import read_columns
from app.core.errors import NotFound
from app.core.prepared import Prepared
from app.events.models import Event
from app.frozen import frozen
from app.projects.models import Member, Project
from app.projects.roles import Act, may
from app.projects.service.members import list_members, member_by_id

# The bare tables, and queries that are put together once: every page of an article asks for them.
_annotation = Annotation.__table__.c
_account = Account.__table__.c
_count = AnnotationCount.__table__.c
_article = Article.__table__.c
_event = Event.__table__.c
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
    _event.annotation_id.is_(None),
    select(_annotation.id)
    .where(_annotation.id == _event.annotation_id, _annotation.account_id == bindparam("only"))
    .exists(),
)


def _latest(*conditions: ColumnElement[bool]) -> Select[int, int]:
    last = select(func.max(_event.id)).where(
        _event.article_id == bindparam("article_id"), *conditions
    )
    return select(_article.current_revision_id, func.coalesce(last.scalar_subquery(), 0)).where(
        _article.id == bindparam("article_id")
    )


_TAG_COUNTS = (
    select(AnnotationCount.article_id, AnnotationCount.tag_name, func.sum(AnnotationCount.living))
    .where(is_among_bound(AnnotationCount.article_id, "article_ids"))
    .group_by(AnnotationCount.article_id, AnnotationCount.tag_name)
)
_ALL_TAG_COUNTS = Prepared(_TAG_COUNTS)
_TAG_COUNTS_APART = Prepared(
    _TAG_COUNTS.where(
        or_(
            ~is_among_bound(AnnotationCount.article_id, "own_only"),
            AnnotationCount.account_id == bindparam("account_id"),
        )
    )
)
_COUNT = select(func.coalesce(func.sum(_count.living), 0)).where(
    _count.project_id == bindparam("project_id")
)
_COUNT_ALL = Prepared(_COUNT)
_LATEST = _latest()
_LATEST_OWN = _latest(_OWN_EVENT)


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
    sees_all = who_sees_all(session, annotation.article_id)
    return [
        member
        for member in list_members(session, annotation.project_id)
        if sees_all.get(member.account_id) or member.account_id == annotation.account_id
    ]


def tag_counts(
    session: Session, member: Member, article_ids: Sequence[int], *, own_only: Collection[int]
) -> dict[int, dict[str, int]]:
    """Return how many living annotations of each tag a member sees in each of some articles.

    `own_only` are those of them in which the member sees only their own annotations.
    """
    counts: dict[int, dict[str, int]] = {
        article_id: dict.fromkeys(TAGS, 0) for article_id in article_ids
    }
    values: dict[str, object] = {"article_ids": article_ids}
    query = _ALL_TAG_COUNTS
    if own_only:
        query = _TAG_COUNTS_APART
        values |= {"own_only": sorted(own_only), "account_id": member.account_id}
    for article_id, tag, count in query.run(session, values):
        counts[article_id][tag] = count
    return counts


@frozen
class TagCount:
    """How many living annotations of one tag one annotator has made."""

    tag: str
    annotator_id: int
    annotator: str
    count: int


def counts(session: Session, revision: Revision, visibility: Visibility) -> list[TagCount]:
    """Return how many living annotations are seen in a revision, by tag and annotator."""
    query, values = _COUNTS, {"article_id": revision.article_id, "revision_id": revision.id}
    if visibility.only is not None:
        query, values = _OWN_COUNTS, {**values, "only": visibility.only}
    return [TagCount(*row) for row in session.execute(query, values)]


@frozen
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
    revision_id, event_id = session.execute(query, values).one()
    return articles.revision_by_id(session, revision_id), event_id


def sql_member_can_see(member: Member) -> ColumnElement[bool]:
    """Return the condition that a member may see an annotation, in whichever article."""
    return sql_can_see(member, article_id=Annotation.article_id, annotator_id=Annotation.account_id)


def count_seen(session: Session, member: Member) -> int:
    """Return how many living annotations of their project a member may see."""
    values = {"project_id": member.project_id}
    if may(member, Act.SEE_ALL):
        [(count,)] = _COUNT_ALL.run(session, values)
        return int(count)
    query = _COUNT.where(counted_for(member))
    return int(read_columns(session, query, values).scalar_one())


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
