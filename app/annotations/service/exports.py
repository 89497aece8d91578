"""Recording exports of annotations."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.core.clock import now
from app.events.models import Event
from app.events.service import record
from app.events.subjects import ProjectActor, Subject
from app.projects.models import Member
from app.projects.roles import Act, require

EXPORTED = "annotations.exported"
ONE_READING = timedelta(hours=1)
"""Pieces of all annotations that one person reads within this time are one export."""


def record_export(
    session: Session,
    *,
    actor: Member | ProjectActor,
    article: Article | None,
    file_format: str,
    query: str = "",
    of: str = "",
    is_piece: bool = False,
) -> None:
    """Record that somebody exports the annotations of an article, or with None of the project.

    With `of` it is something else of the project, such as its themes. With `is_piece` it is a piece
    of them all, and recorded with the first that somebody reads within `ONE_READING`: whichever it
    is, so that nobody reads past the audit.

    `file_format` is its name, such as "CSV"; `query` is what an address asks for of the project,
    "" for everything.

    Whoever runs the server may without being a member. The event is about the article, and does not
    belong to its history: what is drawn of one, and when it was last touched, rest on its events,
    and an export changes nothing in it.

    Raises: Forbidden.
    """
    if isinstance(actor, Member):
        require(actor, Act.EXPORT)
    subject = Subject("project", actor.project_id)
    after: dict[str, object] = {"format": file_format}
    if of:
        after["of"] = of
    if query:
        after["query"] = query
    if article is not None:
        subject = Subject("article", article.id)
        after |= {"article": article.id, "title": article.title}
    if not is_piece or not _is_reading(session, actor, file_format):
        record(session, actor, EXPORTED, subject, after=after)


def _is_reading(session: Session, actor: Member | ProjectActor, file_format: str) -> bool:
    """Say whether an export of this format by somebody is recorded that is not long ago."""
    query = (
        select(Event.at)
        .where(
            Event.project_id == actor.project_id,
            Event.kind == EXPORTED,
            Event.account_id == actor.account_id,
            Event.after["format"].as_string() == file_format,
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    at = session.scalar(query)
    return at is not None and abs(now() - at) < ONE_READING  # the clock may have been set back
