"""Checking what must always hold of threads and verdicts."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.discussion.models import Thread
from app.discussion.queries.verdicts import verify_verdicts
from app.discussion.service.threads import counts_of

ROWS_AT_ONCE = 1_000


def verify(session: Session, project_id: int | None = None) -> Iterator[str]:
    """Yield a sentence for every thread and every verdict that is wrong; none for sound ones.

    With `project_id` of those of that project alone.
    """
    yield from _verify_threads(session, project_id)
    yield from verify_verdicts(session, project_id)


def _verify_threads(session: Session, project_id: int | None) -> Iterator[str]:
    rows = (
        select(Thread, Annotation.article_id)
        .join(Annotation, Annotation.id == Thread.annotation_id)
        .order_by(Thread.annotation_id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    if project_id is not None:
        rows = rows.where(Annotation.project_id == project_id)
    for thread, article_id in session.execute(rows):
        counts = counts_of(session, thread.annotation_id)
        if any(getattr(thread, name) != count for name, count in counts.items()):
            yield f"annotation {thread.annotation_id}: its thread counts what does not stand in it"
        if thread.article_id != article_id:
            yield f"annotation {thread.annotation_id}: its thread belongs to another article"
