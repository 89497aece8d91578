"""Who sees all annotations of an article, by its mode, their role and their progress."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.articles.queries.articles import find_article
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.queries.visibility import (
    EVERYONE,
    Visibility,
    independent_articles_for,
    visibility_for,
    who_sees_all,
)
from app.assignments.service import assignments
from app.core.db import Database
from app.projects.roles import Role
from app.projects.service.members import member_of
from app.projects.tagging_modes import Mode
from tests.harness.builders import Room, add_annotation, add_article, add_member, add_room


@pytest.mark.sqlite_only
def test_visibility_is_the_same_however_it_is_asked_for(session: Session) -> None:
    room = add_room(session)
    members = [room.member(role) for role in Role]
    add_member(session, Role.OWNER, "Olaf", "other")
    article = add_article(session, "Another text. It is short.", title="Two")
    mine = {
        member.account_id: add_annotation(session, member, article, "Another text.")
        for member in members
        if member.role is not Role.READER
    }
    for project_mode in Mode:
        set_project_mode(session, actor=room.owner, mode=project_mode)
        for mode in ("", *Mode):
            articles.set_mode(session, actor=room.owner, article=article, mode=mode)
            articles.hide(session, actor=room.owner, article=article)
            is_apart = (mode or project_mode) == Mode.INDEPENDENT
            for is_revealed in (False, True):
                if is_revealed and is_apart:
                    articles.reveal(session, actor=room.owner, article=article)
                for state in ("not started", "in progress", "done"):
                    for member in members:
                        if member.role is not Role.READER:
                            assignments.set_progress(
                                session, actor=member, article=article, state=state
                            )
                    session.flush()
                    sighted = {
                        member.account_id
                        for member in members
                        if visibility_for(session, member, article) == EVERYONE
                    }
                    assert who_sees_all(session, article.id) == {
                        member.account_id: member.account_id in sighted for member in members
                    }
                    for member in members:
                        is_sighted = member.account_id in sighted
                        apart = independent_articles_for(session, member, [article.id, 1])
                        assert (article.id in apart) is not is_sighted
                        if not is_sighted:
                            assert visibility_for(session, member, article) == Visibility(
                                member.account_id
                            )
                        expected = (
                            not is_apart
                            or is_revealed
                            or member.role in {Role.CURATOR, Role.OWNER}
                            or (member.role is Role.ANNOTATOR and state == "done")
                        )
                        assert is_sighted is expected, (member.role, mode, project_mode, state)
    assert mine


@pytest.mark.sqlite_only
def test_visibility_of_a_shared_article_costs_no_query(database: Database, room: Room) -> None:
    with database.session() as other:
        account_id, article = room.annotator.account_id, room.article
        member = member_of(other, slug="first", account_id=account_id)
        found = find_article(other, project_id=member.project_id, article_id=article.id)
        asked: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert visibility_for(other, member, found) == EVERYONE
    assert not asked
