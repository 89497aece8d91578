"""How articles are tagged, as the project and the article itself decide, and what is revealed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.queries.visibility import is_independent
from app.events.models import Event
from app.projects.tagging_modes import Mode
from tests.harness.builders import Room, add_article


def reveal(session: Session, room: Room, *found: Article) -> None:
    for article in found:
        articles.reveal(session, actor=room.curator, article=article)
    session.commit()


def kinds(session: Session, article: Article) -> list[str]:
    query = select(Event.kind).where(Event.article_id == article.id).order_by(Event.id)
    return list(session.scalars(query))


def set_mode(session: Session, room: Room, mode: Mode) -> None:
    set_project_mode(session, actor=room.owner, mode=mode)
    session.commit()


def test_a_project_that_is_made_independent_again_shows_nothing_of_what_was_revealed(
    session: Session, room: Room
) -> None:
    own = add_article(session, "Another text.", title="Two")
    articles.set_mode(session, actor=room.curator, article=own, mode="independent")
    set_mode(session, room, Mode.INDEPENDENT)
    reveal(session, room, room.article, own)
    version = room.article.version
    set_mode(session, room, Mode.SHARED)
    assert (room.article.revealed_at, room.article.version) == (None, version + 1)
    assert kinds(session, room.article)[-2:] == ["article.revealed", "article.hidden"]
    set_mode(session, room, Mode.INDEPENDENT)
    assert is_independent(room.article, room.owner.project)
    assert room.article.version == version + 1
    # What has a mode of its own is as it was.
    assert own.revealed_at is not None
    assert kinds(session, own)[-1] == "article.revealed"


def test_the_mode_that_a_project_has_already_changes_nothing(session: Session, room: Room) -> None:
    set_mode(session, room, Mode.INDEPENDENT)
    reveal(session, room, room.article)
    set_mode(session, room, Mode.INDEPENDENT)
    assert room.article.revealed_at is not None


def test_what_is_tagged_as_before_stays_revealed(session: Session, room: Room) -> None:
    article = room.article
    set_mode(session, room, Mode.INDEPENDENT)
    articles.set_mode(session, actor=room.curator, article=article, mode="independent")
    reveal(session, room, article)
    articles.set_mode(session, actor=room.curator, article=article, mode="")
    assert article.revealed_at is not None
    articles.set_mode(session, actor=room.curator, article=article, mode="independent")
    assert article.revealed_at is not None
    articles.set_mode(session, actor=room.curator, article=article, mode="shared")
    assert article.revealed_at is None
