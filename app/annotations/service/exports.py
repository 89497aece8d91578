"""Recording exports of annotations."""

from sqlalchemy.orm import Session

from app.articles.models import Article
from app.events.service import record
from app.events.subjects import ProjectActor, Subject
from app.projects.models import Member
from app.projects.roles import Act, require

EXPORTED = "annotations.exported"


def record_export(
    session: Session,
    *,
    actor: Member | ProjectActor,
    article: Article | None,
    file_format: str,
    query: str = "",
    of: str = "",
) -> None:
    """Record that somebody exports the annotations of an article, or with None of the project.

    With `of` it is something else of the project, such as its themes.

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
    record(session, actor, EXPORTED, subject, after=after)
