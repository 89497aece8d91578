"""Checking what must always hold: every quote is its text, every change has its event."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.annotations.models import (
    ANNOTATION,
    Annotation,
    AnnotationAddressee,
    AnnotationCount,
    AnnotationTheme,
    EarlierPlace,
    month_number,
)
from app.annotations.service.annotations import MADE
from app.annotations.state import AnnotationState
from app.articles.models import Article, Revision
from app.articles.queries.content import read_content
from app.articles.queries.verify import check_current_revisions, check_revision
from app.events.models import Event, Snapshot
from app.parties.models import Party, Position
from app.text.anchoring import describe
from app.themes.models import Theme

ROWS_AT_ONCE = 1_000


def verify(session: Session, project_id: int | None = None) -> Iterator[str]:
    """Yield a sentence for everything that is wrong in the database; none for a sound one.

    With `project_id` in that project alone.
    """
    revisions = select(Revision.id).join(Article, Article.id == Revision.article_id)
    revisions = revisions.where(_is_in(Article.project_id, project_id)).order_by(Revision.id)
    for revision_id in session.scalars(revisions).all():
        revision = session.get_one(Revision, revision_id)
        yield from check_revision(session, revision)
        yield from _check_places(session, revision)
        session.expunge_all()
    yield from check_current_revisions(session, project_id)
    yield from _check_projects(session, project_id)
    yield from _check_counts(session, project_id)
    yield from _check_carried(session, project_id)
    yield from _check_strays(session, project_id)
    yield from _check_events(session, project_id)


def _is_in(column: InstrumentedAttribute[int], project_id: int | None) -> ColumnElement[bool]:
    return true() if project_id is None else column == project_id


def _check_places(session: Session, revision: Revision) -> Iterator[str]:
    starts = [block.start for block in read_content(session, revision.id).blocks]
    rows = select(Annotation).where(Annotation.revision_id == revision.id)
    for annotation in session.scalars(rows.execution_options(yield_per=ROWS_AT_ONCE)):
        name = f"annotation {annotation.id}"
        if annotation.end > len(revision.text):
            yield f"{name}: its place lies beyond the end of the text"
            continue
        quote = describe(revision.text, annotation.start, annotation.end)
        if annotation.has_note != (annotation.note != ""):
            yield f"{name}: it does not know whether it has a note"
        if annotation.tagged_month != month_number(annotation.created_at):
            yield f"{name}: its month is not that in which it was made"
        if annotation.article_id != revision.article_id:
            yield f"{name}: its revision belongs to another article"
        if annotation.quote != quote.exact:
            yield f"{name}: its quote is not the text at its place"
        elif (annotation.prefix, annotation.suffix) != (quote.prefix, quote.suffix):
            yield f"{name}: its context is not the text around its place"
        touched = (bisect_right(starts, annotation.start), bisect_left(starts, annotation.end))
        if (annotation.first_block, annotation.last_block) != touched:
            yield f"{name}: it does not touch the blocks that it names"
        if revision.taken_back_at is not None:
            yield f"{name}: it stands in a revision that was taken back"
    yield from _check_earlier(session, revision)


def _check_earlier(session: Session, revision: Revision) -> Iterator[str]:
    earlier = (
        select(EarlierPlace.annotation_id, Event.annotation_id, Event.before)
        .join(Event, Event.id == EarlierPlace.event_id)
        .where(EarlierPlace.revision_id == revision.id)
    )
    for annotation_id, of_event, before in session.execute(earlier):
        state = AnnotationState.from_json(before) if before else None
        if state is None or (of_event, state.revision) != (annotation_id, revision.id):
            yield (
                f"annotation {annotation_id}: the event of its correction does not say what it was "
                f"in revision {revision.number}"
            )
        elif state.quote != revision.text[state.start : state.end]:
            yield (
                f"annotation {annotation_id}: its quote in revision {revision.number} is "
                "not the text at its place"
            )
    current = select(Article.current_revision_id).where(Article.id == revision.article_id)
    if revision.id == session.scalar(current):
        return
    kept = select(EarlierPlace.annotation_id).where(
        EarlierPlace.annotation_id == Annotation.id,
        EarlierPlace.revision_id == Annotation.revision_id,
    )
    left = select(Annotation.id).where(Annotation.revision_id == revision.id, ~kept.exists())
    for annotation_id in session.scalars(left):
        yield (
            f"annotation {annotation_id}: it stands in revision {revision.number}, which is not "
            "the newest, and no correction left it there"
        )


def _check_projects(session: Session, project_id: int | None) -> Iterator[str]:
    strays = (
        select(Annotation.id)
        .join(Article, Article.id == Annotation.article_id)
        .where(Annotation.project_id != Article.project_id)
        .where(_is_in(Article.project_id, project_id))
    )
    for annotation_id in session.scalars(strays):
        yield f"annotation {annotation_id}: its project is not that of its article"


def _check_counts(session: Session, project_id: int | None) -> Iterator[str]:
    ids = (
        Annotation.article_id,
        Annotation.revision_id,
        Annotation.project_id,
        Annotation.account_id,
        Annotation.tagged_month,
    )
    with_note = func.count().filter(Annotation.has_note)
    there: Select[int, int, int, int, int, str, int, int] = (
        select(*ids, Annotation.tag_name, func.count(), with_note)
        .where(Annotation.deleted_at.is_(None), _is_in(Annotation.project_id, project_id))
        .group_by(*ids, Annotation.tag_name)
    )
    kept = select(
        AnnotationCount.article_id,
        AnnotationCount.revision_id,
        AnnotationCount.project_id,
        AnnotationCount.account_id,
        AnnotationCount.tagged_month,
        AnnotationCount.tag_name,
        AnnotationCount.living,
        AnnotationCount.with_note,
    ).where(AnnotationCount.living > 0, _is_in(AnnotationCount.project_id, project_id))
    wrong = {
        row[0]
        for query in (there.except_(kept), kept.except_(there))
        for row in session.execute(query)
    }
    for article_id in sorted(wrong):
        yield f"article {article_id}: its sums of annotations are not what is there"


def _check_carried(session: Session, project_id: int | None) -> Iterator[str]:
    themes = select(AnnotationTheme.annotation_id, AnnotationTheme.theme_id)
    addressees = select(AnnotationAddressee.annotation_id, AnnotationAddressee.party_id)
    for kept, column, name in (
        (themes, Annotation.themes, "themes"),
        (addressees, Annotation.addressees, "addressees"),
    ):
        found: dict[int, set[int]] = {}
        rows = kept.join(Annotation).where(_is_in(Annotation.project_id, project_id))
        for annotation_id, row_id in session.execute(rows):
            found.setdefault(annotation_id, set()).add(row_id)
        said = select(Annotation.id, column).where(
            column != (), _is_in(Annotation.project_id, project_id)
        )
        for annotation_id, ids in session.execute(said.order_by(Annotation.id)):
            if found.pop(annotation_id, set()) != set(ids):
                yield f"annotation {annotation_id}: it is not found by the {name} that it has"
        for annotation_id in sorted(found):
            yield f"annotation {annotation_id}: it is found by {name} that it does not have"


def _check_strays(session: Session, project_id: int | None) -> Iterator[str]:
    """See that an annotation has nothing of another project."""
    of_project = select(Annotation.id).where(_is_in(Annotation.project_id, project_id))
    strays = {
        "theme": of_project.join(AnnotationTheme)
        .join(Theme)
        .where(Theme.project_id != Annotation.project_id),
        "party": of_project.join(Party, Party.id == Annotation.party_id).where(
            Party.project_id != Annotation.project_id
        ),
        "addressee": of_project.join(AnnotationAddressee)
        .join(Party, Party.id == AnnotationAddressee.party_id)
        .where(Party.project_id != Annotation.project_id),
        "position": of_project.join(Position).where(Position.project_id != Annotation.project_id),
    }
    for name, query in strays.items():
        for annotation_id in session.scalars(query.distinct().order_by(Annotation.id)):
            yield f"annotation {annotation_id}: it has a {name} of another project"


def _check_events(session: Session, project_id: int | None) -> Iterator[str]:
    strays = select(Event.id, Event.annotation_id).where(
        Event.annotation_id.is_not(None),
        _is_in(Event.project_id, project_id),
        ~select(Annotation.id).where(Annotation.id == Event.annotation_id).exists(),
    )
    for event_id, annotation_id in session.execute(strays):
        yield f"event {event_id}: there is no annotation {annotation_id}"
    lost = select(Event.id, Event.article_id).where(
        Event.article_id.is_not(None),
        _is_in(Event.project_id, project_id),
        ~select(Article.id).where(Article.id == Event.article_id).exists(),
    )
    for event_id, article_id in session.execute(lost):
        yield f"event {event_id}: there is no article {article_id}"
    newest = (
        select(func.max(Event.id))
        .where(Event.annotation_id == Annotation.id, Event.subject_kind == ANNOTATION)
        .correlate(Annotation)
        .scalar_subquery()
    )
    created = (
        select(Event.id)
        .where(Event.annotation_id == Annotation.id, Event.kind.in_(MADE))
        .correlate(Annotation)
    )
    rows = (
        select(Annotation, Event.after, Event.version, created.exists())
        .outerjoin(Event, Event.id == newest)
        .where(_is_in(Annotation.project_id, project_id))
        .order_by(Annotation.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for annotation, after, version, was_created in session.execute(rows):
        if not was_created:
            yield f"annotation {annotation.id}: no event says that it was made"
        elif version != annotation.version or not _is_kept(annotation, after):
            yield f"annotation {annotation.id}: it is not what its last event says"


def _is_kept(annotation: Annotation, after: Snapshot | None) -> bool:
    """Say whether an annotation is what an event kept of it."""
    return after is not None and AnnotationState.from_json(after) == AnnotationState.of(annotation)
