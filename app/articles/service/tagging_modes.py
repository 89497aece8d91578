"""Articles that follow their project: what a new mode of the project does to them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.service.articles import take_back_revealing
from app.events.service import record
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.service.members import lock_project_for
from app.projects.tagging_modes import clean_mode

PROJECT_MODE_CHANGED = "project.mode_changed"


def set_project_mode(session: Session, *, actor: Member, mode: str) -> None:
    """Decide how those articles of a project are tagged that have no mode of their own.

    None of these is revealed any more: what was revealed in another mode is not to be open at
    once when the project is made independent again.

    Raises: Forbidden (no owner, or the project is archived), Invalid (no such mode), Conflict
    (someone changed one of the articles at the same moment).
    """
    lock_project_for(session, actor, Act.MANAGE)
    wanted, before = clean_mode(mode), actor.project.mode
    if wanted is before:
        return
    # The articles are held before any event is recorded, as whoever reveals one or tags in it does:
    # who tags at this moment does so before the change, or knows of it.
    following = (
        select(Article.id)
        .where(Article.project_id == actor.project_id, Article.mode_name.is_(None))
        .order_by(Article.id)
        .with_for_update(key_share=True)
    )
    session.execute(following).close()
    revealed = session.scalars(
        select(Article)
        .where(
            Article.project_id == actor.project_id,
            Article.mode_name.is_(None),
            Article.revealed_at.is_not(None),
        )
        .order_by(Article.id)
        .execution_options(populate_existing=True)
    ).all()
    actor.project.mode_name = wanted.value
    take_back_revealing(session, actor, revealed)
    record(
        session,
        actor,
        PROJECT_MODE_CHANGED,
        actor.project.subject,
        before={"mode": before.value},
        after={"mode": wanted.value},
    )
