"""Objects made of rows that were read past the ORM are as those that it reads itself."""

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.articles.models import Article, Revision
from app.core.db import Base, Database
from app.core.objects import ObjectReader
from app.core.prepared import Prepared
from app.projects.models import Member
from tests.harness.builders import Room
from tests.harness.statements import recorded_statements

ARTICLE, REVISION = ObjectReader(Article), ObjectReader(Revision, later=["text"])
MEMBER = ObjectReader(Member)
FIND_ARTICLE = Prepared(select(*ARTICLE.columns))
FIND_REVISION = Prepared(select(*REVISION.columns))
FIND_MEMBER = Prepared(select(*MEMBER.columns).order_by(*MEMBER.columns[:2]))


def columns_of(row: Base) -> dict[str, object]:
    return {one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs}


def read_article(session: Session) -> Article:
    article = ARTICLE.read(session, FIND_ARTICLE.run(session, {})[0])
    assert article is not None
    return article


def test_an_object_has_the_values_that_the_orm_reads(database: Database, room: Room) -> None:
    with database.session() as one, database.session() as other:
        found = read_article(one)
        stored = other.get_one(Article, room.article.id)
        assert columns_of(found) == columns_of(stored)
        assert {type(value) for value in columns_of(found).values()} == {
            type(value) for value in columns_of(stored).values()
        }


def test_the_session_holds_it_and_reads_nothing_again(database: Database, room: Room) -> None:
    with database.session() as reading:
        found = read_article(reading)
        with recorded_statements(database.engine) as statements:
            assert reading.get(Article, room.article.id) is found
            assert found.title == room.article.title
        assert statements == []
        assert read_article(reading) is found
        assert reading.scalars(select(Article)).one() is found
        assert not reading.dirty


def test_what_is_left_for_later_is_read_when_it_is_asked_for(
    database: Database, room: Room
) -> None:
    with database.session() as reading:
        (row,) = FIND_REVISION.run(reading, {})
        revision = REVISION.read(reading, row)
        (_first, *others) = FIND_MEMBER.run(reading, {})
        member = MEMBER.read(reading, others[0])
        assert revision is not None
        assert member is not None
        assert "text" in inspect(revision).unloaded
        assert revision.text.startswith("The council must close the road.")
        assert member.account.id == member.account_id
        assert member.project.id == room.article.project_id


def test_a_change_is_written(database: Database, session: Session, room: Room) -> None:
    with database.writing() as writing:
        read_article(writing).author = "Someone else"
        writing.commit()
    session.refresh(room.article)
    assert room.article.author == "Someone else"


def test_an_object_that_is_held_keeps_what_was_changed_in_it(
    database: Database, room: Room
) -> None:
    with database.writing() as writing:
        held = writing.get_one(Article, room.article.id)
        held.author = "Someone else"
        assert read_article(writing) is held
        assert held.author == "Someone else"


def test_a_join_that_finds_no_row_gives_no_object(session: Session) -> None:
    assert ARTICLE.read(session, [None] * len(ARTICLE.columns)) is None
