"""What an open article hears of events: the same whether few are read or many."""

from sqlalchemy.orm import Session

from app.annotations.service import annotations
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.service import assignments
from app.core.db import Database
from app.live.messages import FEW_EVENTS, newest_event, read_batch
from app.projects.service import memberships
from app.projects.tagging_modes import Mode
from tests.harness.builders import add_annotation, add_article, add_comment, add_room, correct
from tests.harness.correcting import NEW


def test_of_few_events_an_article_hears_what_it_would_hear_of_them_among_many(
    database: Database, session: Session
) -> None:
    room, elsewhere = add_room(session), add_room(session, "elsewhere")
    unwatched = add_article(session, title="Unwatched")
    watched = frozenset({room.article.id, elsewhere.article.id})
    articles.set_mode(session, actor=elsewhere.curator, article=elsewhere.article, mode="shared")
    before = newest_event(session)
    made = add_annotation(session, room.annotator, room.article)
    add_annotation(session, room.annotator, unwatched)
    add_annotation(session, elsewhere.annotator, elsewhere.article, "every spring")
    add_comment(session, room.curator, made, "Is it so?")
    annotations.delete(session, actor=room.annotator, annotation_id=made.id, version=1)
    correct(session, room.curator, room.article, NEW)
    assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    for one in (room, elsewhere):  # the second is followed by no article: its own has a mode
        set_project_mode(session, actor=one.owner, mode=Mode.INDEPENDENT)
    articles.reveal(session, actor=room.curator, article=unwatched)
    memberships.leave(session, actor=room.reader)
    session.commit()
    newest = newest_event(session)
    assert newest - before <= FEW_EVENTS
    heard = set()
    with database.session() as own:
        for after in range(before, newest):
            few = read_batch(own, after=after, watched=watched, draw=lambda *_drawn: "")
            many = read_batch(own, after=after, watched=watched)
            assert few.messages is not None
            assert many.messages is not None
            assert [
                (each.id, each.article_id, each.audience, each.bare) for each in few.messages
            ] == [(each.id, each.article_id, each.audience, each.bare) for each in many.messages]
            assert few.until == many.until
            heard |= {each.id for each in few.messages}
    assert 0 < len(heard) < newest - before
