"""When an article was last touched by what is tagged and said in it."""

from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.queries import articles
from app.articles.service import articles as service
from app.assignments.queries import visibility
from app.projects.models import Member


def touch(session: Session, *, actor: Member, article_id: int) -> None:
    """Note that an annotation, or what is said of one, has just changed, and hold its article.

    Where people tag apart, when the others last tagged or spoke is nobody's to see: there it is
    held alone, so that everyone takes their turn at it before that of the events.
    """
    if visibility.is_apart(session.get_one(Article, article_id), actor.project):
        articles.hold_article(session, article_id)
    else:
        service.touch(session, article_id)
