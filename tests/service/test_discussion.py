"""Discussing at the same instant, who is named, and sums that are checked."""

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import Database
from app.core.errors import Invalid
from app.discussion.models import Participant, Thread
from app.discussion.queries.verify import verify
from app.discussion.service import comments
from app.discussion.service.mentions import MOST_NAMED, Mentionable, find_names, names_nobody
from app.discussion.texts import TextPart, parts_of
from app.projects.models import Member
from tests.harness.builders import Room, add_annotation, add_comment

PEOPLE = [
    Mentionable(1, "Ines", "Ines", "owner"),
    Mentionable(2, "Ines Kaya", "Ines Kaya", "reader"),
    Mentionable(3, "Jan Kos (ex)", "Jan Kos (ex)", "reader"),
    Mentionable(4, "Jan Maas", "Jan Maas (4)", "reader"),
    Mentionable(5, "Jan Maas", "Jan Maas (5)", "curator"),
    Mentionable(6, "José Weiß", "José Weiß", "reader"),
    Mentionable(7, "Straße", "Straße", "reader"),
    Mentionable(8, "Ann.", "Ann.", "reader"),
]


def test_two_who_say_the_first_words_at_once_both_say_them(
    database: Database, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    session.rollback()
    begin = threading.Barrier(4)
    faults: list[BaseException] = []

    def write(account_id: int, number: int) -> None:
        try:
            with database.writing() as own:
                begin.wait(10)
                member = own.get_one(Member, (room.owner.project_id, account_id))
                comments.write(
                    own,
                    actor=member,
                    annotation_id=made.id,
                    text=f"Number {number}.",
                    is_question=False,
                    client_key=str(number),
                )
                own.commit()
        except BaseException as fault:  # noqa: BLE001  (the test tells of any)
            faults.append(fault)

    who = (room.annotator, room.curator, room.owner, room.curator)
    writers = [
        threading.Thread(target=write, args=(member.account_id, number))
        for number, member in enumerate(who)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert faults == []
    session.rollback()
    assert session.get_one(Thread, made.id, populate_existing=True).comments == 4
    assert list(verify(session)) == []


def test_the_inbox_looks_into_no_thread_in_which_one_spoke_last_oneself(
    session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)

    def last() -> dict[int, int]:
        session.rollback()
        return {
            row.account_id: row.last_event_id
            for row in session.scalars(
                select(Participant).execution_options(populate_existing=True)
            )
        }

    add_comment(session, room.curator, made)
    asked = last()
    assert asked[room.curator.account_id] == 0 < asked[room.annotator.account_id]
    add_comment(session, room.annotator, made)
    answered = last()
    assert answered[room.annotator.account_id] == asked[room.annotator.account_id]
    assert answered[room.curator.account_id] > asked[room.annotator.account_id]
    add_comment(session, room.curator, made, f"So, @{room.owner.account.name}?")
    assert (
        last()[room.owner.account_id] == last()[room.annotator.account_id] > max(answered.values())
    )


def test_sums_that_are_wrong_are_found(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, made)
    assert list(verify(session)) == []
    session.get_one(Thread, made.id).comments = 7
    session.commit()
    assert list(verify(session)) == [
        f"annotation {made.id}: its thread counts what does not stand in it"
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ines", {"Ines": 1}),
        ("@ines kaya and @INES.", {"ines kaya": 2, "INES": 1}),
        ("(@Ines Kaya)", {"Ines Kaya": 2}),
        ("@Jan Kos (ex)!", {"Jan Kos (ex)": 3}),
        ("@Jan Kos", {"Jan Kos": 3}),
        ("@Jan Maas (5)", {"Jan Maas (5)": 5}),
        ("a@Ines b.c@Ines.example @Inesita @ Ines @nobody", {}),
        ("@Old Name", {"Old Name": 9}),
        ("https://medium.com/@Ines/post-1 and www.a.example/@Jan", {}),
        ("＠Ines", {"Ines": 1}),
        ("@JOSÉ WEISS", {"JOSÉ WEISS": 6}),
        ("@STRASSE", {"STRASSE": 7}),
        ("@Ann and @Ann.", {"Ann": 8, "Ann.": 8}),
    ],
)
def test_who_is_named(text: str, named: dict[str, int]) -> None:
    assert find_names(text, PEOPLE, field="text", known={"Old Name": 9}) == named


@pytest.mark.parametrize("text", ["@Jan", "Is it @jan maas?"])
def test_a_name_of_several_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"could be several people. Write one of these: @Jan"):
        find_names(text, PEOPLE, field="text", known={})


def test_words_after_an_at_that_name_nobody_are_known() -> None:
    text = "@Dr, @Ines, @dr and @Dr: https://a.example/@Dr, me@Dr."
    assert names_nobody(text, ["Ines"]) == ["Dr", "dr"]


def test_no_more_than_so_many_are_named_at_once() -> None:
    people = [Mentionable(n, f"Name{n}", f"Name{n}", "reader") for n in range(MOST_NAMED + 1)]
    text = " ".join(f"@{person.name}" for person in people)
    with pytest.raises(Invalid, match="more than 20 people"):
        find_names(text, people, field="text", known={})


def test_a_text_is_cut_into_its_parts_and_loses_nothing() -> None:
    text = "See https://a.example/@Ines, @Ines and @Ineses, ＠ines"
    assert parts_of(text, {"Ines": "Inés"}) == [
        TextPart("See "),
        TextPart("https://a.example/@Ines", target="https://a.example/@Ines"),
        TextPart(", "),
        TextPart("@Inés", is_name=True),
        TextPart(" and @Ineses, "),
        TextPart("@Inés", is_name=True),
    ]
