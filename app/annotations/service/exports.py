"""Recording that annotations were taken away."""

from sqlalchemy.orm import Session

from app.articles.models import Article
from app.events.service import record
from app.projects.models import Member
from app.projects.roles import Act, require

EXPORTED = "annotations.exported"


def record_export(session: Session, *, actor: Member, article: Article | None) -> None:
    """Record that somebody takes away the annotations of an article, or with None of the project.

    The event belongs to no article: what is drawn of one, and when it was last touched, rest on
    its events, and an export changes nothing in it.

    Raises: Forbidden.
    """
    require(actor, Act.EXPORT)
    _record(session, actor.project_id, actor.account_id, article)


def record_export_by_command(session: Session, project_id: int, article: Article | None) -> None:
    """Record that whoever runs the server takes the annotations of an article, or all, away."""
    _record(session, project_id, None, article)


def _record(
    session: Session, project_id: int, account_id: int | None, article: Article | None
) -> None:
    record(
        session,
        kind=EXPORTED,
        project_id=project_id,
        account_id=account_id,
        after={"article": article.id, "title": article.title} if article else None,
    )
