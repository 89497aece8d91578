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
    record(
        session,
        kind=EXPORTED,
        project_id=actor.project_id,
        account_id=actor.account_id,
        after={"article": article.id, "title": article.title} if article else None,
    )
