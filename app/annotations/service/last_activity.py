"""When an article was last touched by what is tagged and said in it."""

from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.queries import articles
from app.articles.service import articles as service
from app.assignments.queries.visibility import is_independent
from app.projects.models import Member


def update_last_activity(
    session: Session, *, actor: Member, article_id: int, is_held: bool = False
) -> None:
    """Note that an annotation, or what is said of one, has just changed, and lock its article.

    Where people tag apart, when the others last tagged or spoke is nobody's to see: there it is
    held alone, so that everyone takes their turn at it before that of the events. `is_held` says
    that it is held already.
    """
    if not is_independent(session.get_one(Article, article_id), actor.project):
        service.update_last_activity(session, article_id)
    elif not is_held:
        articles.lock_article(session, article_id)
