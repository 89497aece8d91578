"""Which statements someone sees, compared with a plain look at all annotations there are."""

from collections.abc import Iterator
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.articles.models import Article
from app.findings.asked import Asked
from app.parties.models import Party, Position
from app.parties.service.names import change
from app.parties.state import Affiliated
from app.projects.models import Member
from app.statements.queries.listing import list_statements
from app.statements.statement import Statement
from tests.harness.builders import Room, add_annotation, add_party, add_position
from tests.harness.findings import Reference
from tests.harness.world import World, add_world, asked_of

EXAMPLES = 25


def give_statements(session: Session, world: World) -> None:
    """Give two of three annotations a party, and most of these a position and a side.

    One party is another's other name, and one position too.
    """
    curator = world.room.curator
    parties = [add_party(session, curator, f"Party {number}") for number in range(4)]
    positions = [add_position(session, curator, f"Position {number}.") for number in range(3)]
    parties[1].alias_of_id, positions[1].alias_of_id = parties[0].id, positions[0].id
    found = session.scalars(
        select(Annotation)
        .where(Annotation.project_id == curator.project_id)
        .order_by(Annotation.id)
    ).all()
    for number, annotation in enumerate(found):
        if number % 3:
            annotation.party_id = parties[number % 4].id
            annotation.position_id = positions[number % 3].id if number % 5 else None
            annotation.side = ("for", "against", "")[number % 7 % 3]
    session.commit()


def plain_statements(session: Session, found: list[Annotation]) -> Iterator[Statement]:
    """Yield the statements among annotations, one by one."""
    for one in found:
        if one.party_id is None:
            continue
        party = session.get_one(Party, one.party_id)
        position = one.position_id and session.get_one(Position, one.position_id)
        yield Statement(
            annotation=one.id,
            article=one.article_id,
            account=one.account_id,
            tag=one.tag_name,
            party=party.main_id,
            organization=None,
            position=position.main_id if position else None,
            side=one.side,
            day=session.get_one(Article, one.article_id).published_on,
            start=one.start,
            end=one.end,
        )


def test_what_is_asked_for_is_listed_and_nothing_hidden_is(session: Session) -> None:
    world = add_world(session)
    give_statements(session, world)
    references = [Reference(session, member) for member in world.members]

    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(references), asked_of(world))
    def check(reference: Reference, asked: Asked) -> None:
        listed = list_statements(session, reference.member, asked)
        assert [one.annotation for one in listed] == sorted(one.annotation for one in listed)
        plain = plain_statements(session, list(reference.find(asked)))
        assert listed == sorted(plain, key=lambda one: one.annotation)

    check()


def organization_on(session: Session, member: Member, article: Article, day: date | None) -> object:
    article.published_on = day
    session.commit()
    (statement,) = list_statements(session, member, Asked())
    return statement.organization


def test_the_organisation_is_that_of_the_day_of_the_article(session: Session, room: Room) -> None:
    party = add_party(session, room.curator, "Mara Lind", "person")
    port, college, union = (
        add_party(session, room.curator, name, "organization")
        for name in ("The port", "The college", "The union")
    )
    add_annotation(session, room.annotator, room.article, party=party)
    change(
        session,
        Party,
        actor=room.curator,
        row_id=party.id,
        version=1,
        typed={},
        affiliations=[
            Affiliated(port.id, None, date(2025, 3, 31)),
            Affiliated(college.id, date(2025, 5, 1), None),
        ],
    )
    for day, expected in (
        (date(2020, 1, 1), port.id),
        (date(2025, 3, 31), port.id),
        (date(2025, 4, 1), None),
        (date(2025, 5, 1), college.id),
        (None, college.id),
    ):
        assert organization_on(session, room.reader, room.article, day) == expected, day
    college.alias_of_id = union.id
    assert organization_on(session, room.reader, room.article, None) == union.id


def test_what_is_in_the_trash_is_no_statement(session: Session, room: Room) -> None:
    party = add_party(session, room.curator)
    one = add_annotation(session, room.annotator, room.article, party=party)
    assert [each.annotation for each in list_statements(session, room.reader, Asked())] == [one.id]
    annotations.delete(session, actor=room.annotator, annotation_id=one.id, version=1)
    assert list_statements(session, room.reader, Asked()) == []
