"""Two at once who make and merge parties."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.core.choosing import NEW as NEW_NAME
from app.core.choosing import Chosen
from app.core.db import Database
from app.core.errors import Conflict
from app.parties.models import Party
from app.parties.queries import count as count_named
from app.parties.service.aliases import merge
from app.parties.service.choosing import choose
from app.projects.models import Member
from tests.harness.builders import (
    Room,
    add_party,
)
from tests.harness.racing import ROUNDS, at_once


def test_two_who_make_a_party_of_one_name_at_once_have_the_same(
    database: Database, session: Session, room: Room
) -> None:
    def naming(member: Member, name: str) -> Callable[[Session], str]:
        def act(session: Session) -> str:
            actor = session.get_one(Member, (member.project_id, member.account_id))
            chosen = Chosen(ids="", answers=[NEW_NAME + name])
            return choose(session, Party, actor=actor, chosen=chosen, field="party_name")

        return act

    for number in range(ROUNDS):
        one, other = at_once(
            database,
            naming(room.annotator, f"Party {number}"),
            naming(room.curator, f"PARTY {number}"),
        )
        assert isinstance(one, str)
        assert one == other
    assert count_named(session, Party, room.article.project_id) == ROUNDS


def test_two_who_merge_two_parties_into_each_other_leave_one_alias(
    database: Database, session: Session, room: Room
) -> None:
    def merging(member: Member, row_id: int, into_id: int) -> Callable[[Session], int]:
        def act(session: Session) -> int:
            actor = session.get_one(Member, (member.project_id, member.account_id))
            return merge(session, Party, actor=actor, row_id=row_id, into_id=into_id).event_id

        return act

    for number in range(ROUNDS):
        names = (f"One {number}", f"Two {number}")
        one, two = (add_party(session, room.annotator, name).id for name in names)
        done = at_once(database, merging(room.curator, one, two), merging(room.owner, two, one))
        assert sorted(isinstance(each, Conflict) for each in done) == [False, True]
        session.rollback()
        mains = {session.get_one(Party, each).alias_of_id for each in (one, two)}
        assert mains in ({None, one}, {None, two})
