"""What becomes of parties and positions: each test is true of both, unless it says of which."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.annotations.queries.verify import verify as verify_annotations
from app.annotations.service import annotations
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.events.models import Event
from app.parties import queries
from app.parties.fields import CALLED, read_affiliations
from app.parties.models import Named, Party, Position
from app.parties.pages.event_text import describe
from app.parties.service import aliases, names
from app.parties.state import Affiliated, PartyState, state_of
from tests.harness.builders import Room, add_annotation, add_party, add_position, add_room


@pytest.fixture(params=[Party, Position])
def model(request: pytest.FixtureRequest) -> type[Named]:
    """Give parties, and then positions."""
    model: type[Named] = request.param
    return model


@pytest.fixture(autouse=True)
def _everything_is_sound(session: Session) -> Iterator[None]:
    """See after each test that all is what its last event says."""
    yield
    session.commit()
    session.expire_all()
    assert [*queries.verify(session), *verify_annotations(session)] == []


def add(session: Session, room: Room, model: type[Named], name: str) -> Named:
    adding = add_party if model is Party else add_position
    return adding(session, room.annotator, name)


def rename(session: Session, room: Room, row: Named, name: str) -> Named:
    return change(session, room, row, {CALLED[row.SUBJECT]: name})


def change(
    session: Session,
    room: Room,
    row: Named,
    typed: Mapping[str, str],
    *affiliations: Affiliated,
    version: int = 0,
) -> Named:
    return names.change(
        session,
        type(row),
        actor=room.curator,
        row_id=row.id,
        version=version or row.version,
        typed=typed,
        affiliations=affiliations or None,
    )


def merge(session: Session, room: Room, row: Named, into: Named) -> int:
    done = aliases.merge(session, type(row), actor=room.curator, row_id=row.id, into_id=into.id)
    session.commit()
    return done.event_id


def undo(session: Session, room: Room, model: type[Named], event_id: int) -> Named:
    row = aliases.undo(session, model, actor=room.curator, event_id=event_id).row
    session.commit()
    return row


def history(session: Session, row: Named) -> list[str]:
    """Return what is said of a party or a position, oldest first."""
    query = select(Event).where(Event.subject_kind == row.SUBJECT, Event.subject_id == row.id)
    return [describe(event) for event in session.scalars(query.order_by(Event.id))]


def last_event(session: Session) -> Event:
    return session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


def test_what_differs_by_case_accents_or_a_full_stop_is_one(
    session: Session, room: Room, model: type[Named]
) -> None:
    row = add(session, room, model, "Café at the quay")
    typed = {CALLED[model.SUBJECT]: "CAFE AT THE QUAY" if model is Party else "Cafe at the Quay."}
    with pytest.raises(names.NameTaken) as caught:
        names.create(session, model, actor=room.annotator, typed=typed)
    assert caught.value.row is row
    other = add_room(session, "second")
    assert add(session, other, model, "Café at the quay").id != row.id
    with pytest.raises(NotFound):
        queries.find(session, model, project_id=other.article.project_id, row_id=row.id)


def test_each_limit_and_rule_is_told(session: Session, room: Room) -> None:
    for model, typed, message in (
        (Party, {"name": " "}, "Give the party a name"),
        (Party, {"name": "A; B"}, "no semicolon"),
        (Party, {"name": "x" * 201}, "at most 200 characters; this has 201"),
        (Party, {"name": "A", "kind": "ship"}, "a person or an organisation"),
        (Party, {"name": "A", "note": "x" * 2001}, "at most 2,000 characters"),
        (Position, {"sentence": "."}, "as one sentence"),
        (Position, {"sentence": "x" * 301}, "at most 300 characters; this has 301"),
    ):
        with pytest.raises(Invalid, match=message):
            names.create(session, model, actor=room.annotator, typed=typed)


def test_a_project_has_no_more_than_it_can_have(
    session: Session, room: Room, model: type[Named], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "MOST", {model.SUBJECT: 1})
    add(session, room, model, "One")
    with pytest.raises(Conflict, match=r"has at most 1 (parties|positions)"):
        add(session, room, model, "Two")


def test_curators_rename_archive_and_restore_and_take_it_back(
    session: Session, room: Room, model: type[Named]
) -> None:
    row = add(session, room, model, "The old name")
    rename(session, room, row, "The new name")
    renamed = last_event(session).id
    assert aliases.undoable(session, [last_event(session)]) == {renamed}
    assert undo(session, room, model, renamed).called == "The old name"
    assert row.folded == "the old name"
    with pytest.raises(Conflict, match="was taken back already"):
        undo(session, room, model, renamed)
    names.archive(session, model, actor=room.curator, row_id=row.id)
    archived = last_event(session).id
    names.archive(session, model, actor=room.curator, row_id=row.id)
    assert not queries.list_usable(session, model, room.article.project_id)
    names.restore(session, model, actor=room.curator, row_id=row.id)
    assert aliases.undoable(session, [session.get_one(Event, archived)]) == set()
    assert undo(session, room, model, last_event(session).id).archived_at is not None
    for act in (names.archive, names.restore):
        with pytest.raises(Forbidden):
            act(session, model, actor=room.annotator, row_id=row.id)
    what = model.SUBJECT
    assert history(session, row)[-4:] == [
        f"took back a change of the {what} “The old name”",
        f"archived the {what} “The old name”",
        f"restored the {what} “The old name”",
        f"took back the restoring of the {what} “The old name”",
    ]


def test_who_saves_what_somebody_changed_meanwhile_is_told(
    session: Session, room: Room, model: type[Named]
) -> None:
    row = add(session, room, model, "One")
    change(session, room, row, {"note": "theirs"})
    with pytest.raises(names.NamedConflict) as caught:
        change(session, room, row, {"note": "mine"}, version=1)
    assert caught.value.row is row
    assert change(session, room, row, {"note": "theirs"}, version=1).version == 2
    add(session, room, model, "Two")
    with pytest.raises(names.NameTaken, match="“Two” already"):
        rename(session, room, row, "two")
    assert (row.called, row.folded, row.version) == ("One", "one", 2)


def test_a_merge_makes_the_name_and_its_aliases_other_names_and_rewrites_nothing(
    session: Session, room: Room, model: type[Named]
) -> None:
    one, two, three = (add(session, room, model, name) for name in ("One", "Two", "Three"))
    given = {model.SUBJECT: one}
    made = add_annotation(session, room.annotator, room.article, **given)  # type: ignore[arg-type]  # fields of their own types
    merge(session, room, one, two)
    version = made.version
    second = merge(session, room, two, three)
    assert {row.main_id for row in (one, two, three)} == {three.id}
    assert [row.called for row in queries.aliases_of(session, three)] == ["One", "Two"]
    assert getattr(made, f"{model.SUBJECT}_id") == one.id
    assert made.version == version
    # What was given is found by its own name, and an alias can be given.
    names.require_usable(session, model, room.article.project_id, {one.id}, field="party")
    for row, into in ((one, three), (three, one)):
        with pytest.raises(Conflict, match="is another name of “Three” by now"):
            merge(session, room, row, into)
    assert undo(session, room, model, second) is two
    assert (one.main_id, two.main_id) == (two.id, two.id)
    what = model.SUBJECT
    assert history(session, two)[-2:] == [
        f"merged the {what} “Two” into “Three”",
        f"took back that the {what} “Two” was merged into “Three”",
    ]


def test_an_alias_is_split_off_and_that_is_taken_back(
    session: Session, room: Room, model: type[Named]
) -> None:
    one, two, three = (add(session, room, model, name) for name in ("One", "Two", "Three"))
    merged = merge(session, room, one, two)
    split = aliases.split(session, model, actor=room.curator, row_id=one.id)
    assert (split.row, split.other, one.main_id) == (one, two, one.id)
    with pytest.raises(Conflict, match="was changed since"):
        undo(session, room, model, merged)
    with pytest.raises(Conflict, match="of its own already"):
        aliases.split(session, model, actor=room.curator, row_id=one.id)
    joined = merge(session, room, three, one)
    with pytest.raises(Conflict, match="has other names by now"):
        undo(session, room, model, split.event_id)
    undo(session, room, model, joined)
    assert undo(session, room, model, split.event_id).main_id == two.id
    assert history(session, one)[-1] == (
        f"took back that “One” was split off from the {model.SUBJECT} “Two”"
    )


def test_another_name_is_added_and_taken_back_by_one_act_each(
    session: Session, room: Room, model: type[Named]
) -> None:
    main = add(session, room, model, "Main")
    events = session.scalars(select(func.count()).select_from(Event)).one()
    done = aliases.add(session, model, actor=room.curator, called="Other", main_id=main.id)
    assert (done.row.main_id, done.other) == (main.id, main)
    assert aliases.undoable(session, [last_event(session)]) == {done.event_id}
    for called, main_id, message in (
        ("OTHER", main.id, "There is a"),
        ("A third", done.row.id, "is another name of “Main”"),
    ):
        with pytest.raises(Conflict, match=message):
            aliases.add(session, model, actor=room.curator, called=called, main_id=main_id)
    with pytest.raises(Forbidden):
        aliases.add(session, model, actor=room.annotator, called="Third", main_id=main.id)
    row = undo(session, room, model, done.event_id)
    assert (row.main_id, row.archived_at is None) == (row.id, False)
    assert session.scalars(select(func.count()).select_from(Event)).one() == events + 2
    another = "name" if model is Party else "wording"
    assert history(session, row) == [
        f"gave the {model.SUBJECT} “Main” another {another}, “Other”",
        f"took back another {another} of the {model.SUBJECT} “Main”, “Other”",
    ]
    assert list(queries.verify(session)) == []
    names.archive(session, model, actor=room.curator, row_id=main.id)
    with pytest.raises(Conflict, match="“Main” is archived"):
        aliases.add(session, model, actor=room.curator, called="Third", main_id=main.id)


def test_a_merge_leaves_alone_what_cannot_be_one(
    session: Session, room: Room, model: type[Named]
) -> None:
    one, two = (add(session, room, model, name) for name in ("One", "Two"))
    other = add(session, add_room(session, "second"), model, "One")
    for into_id in (None, one.id):
        with pytest.raises(Invalid, match="Choose another"):
            aliases.merge(session, model, actor=room.curator, row_id=one.id, into_id=into_id)
    with pytest.raises(NotFound):
        merge(session, room, one, other)
    with pytest.raises(Forbidden):
        aliases.merge(session, model, actor=room.annotator, row_id=one.id, into_id=two.id)
    names.archive(session, model, actor=room.curator, row_id=two.id)
    with pytest.raises(Conflict, match="archived"):
        merge(session, room, one, two)
    names.restore(session, model, actor=room.curator, row_id=two.id)
    merge(session, room, one, two)
    with pytest.raises(Conflict, match="another name of “Two”"):
        names.archive(session, model, actor=room.curator, row_id=one.id)


def test_a_person_is_no_organisation(session: Session, room: Room) -> None:
    mara = add_party(session, room.annotator, "Mara", "person")
    board = add_party(session, room.annotator, "Board", "organization")
    with pytest.raises(Conflict, match="a person and the other an organisation"):
        merge(session, room, mara, board)


def test_what_has_an_archived_one_keeps_it_and_nobody_gives_it_anew(
    session: Session, room: Room
) -> None:
    port = add_party(session, room.annotator, "Port")
    harbour = add_party(session, room.annotator, "Harbour")
    merge(session, room, harbour, port)
    made = add_annotation(session, room.annotator, room.article, party=port)
    names.archive(session, Party, actor=room.curator, row_id=port.id)
    session.commit()

    def save(party: Party, addressees: str | None = None) -> None:
        annotations.change(
            session,
            actor=room.annotator,
            annotation_id=made.id,
            version=made.version,
            note="kept",
            party=str(party.id),
            addressees=addressees,
        )

    save(port)
    assert (made.party_id, made.note) == (port.id, "kept")
    for party in (harbour, port):
        with pytest.raises(Invalid, match="was archived meanwhile") as caught:
            save(port, addressees=str(party.id))
        assert caught.value.field == "addressees"


def test_a_person_speaks_for_whom_their_days_say(session: Session, room: Room) -> None:
    mara = add_party(session, room.annotator, "Mara")
    board, union = (add_party(session, room.annotator, name) for name in ("Board", "Union"))
    first, second = read_affiliations(
        [(str(board.id), "", "2024-12-31"), ("", "", ""), (str(union.id), "2025-01-01", "")]
    )
    change(session, room, mara, {"kind": "person"}, second, first)
    session.commit()
    session.expire_all()
    state = PartyState.of(mara)
    assert state.affiliations == (first, second)
    assert state == PartyState.from_json(state.to_json())
    days = (date(1999, 1, 1), date(2024, 12, 31), date(2025, 1, 1), None)
    assert [second.holds(day) for day in days] == [False, False, True, True]
    assert [first.holds(day) for day in days] == [True, True, False, False]
    event = last_event(session)
    assert describe(event) == "changed what is said of the party “Mara”"
    assert not state_of(undo(session, room, Party, event.id)).to_json()["affiliations"]
    for affiliations, typed, message in (
        ([first, Affiliated(union.id)], {}, "speak for two organisations"),
        ([Affiliated(mara.id)], {}, "Choose an organisation of this project"),
        ([Affiliated(999)], {}, "Choose an organisation of this project"),
        ([first], {"kind": "organization"}, "speaks for itself"),
        ([Affiliated(board.id, date(2025, 1, 2), date(2025, 1, 1))], {}, "before the first"),
    ):
        with pytest.raises(Invalid, match=message):
            change(session, room, mara, typed, *affiliations)
    change(session, room, mara, {}, second)
    with pytest.raises(Invalid, match="Others speak for this party"):
        change(session, room, union, {"kind": "person"})
    change(session, room, board, {"kind": "person"})
    change(session, room, board, {"kind": "organization"})
    event = last_event(session)
    change(session, room, mara, {}, first)
    with pytest.raises(Invalid, match="Others speak for this party"):
        undo(session, room, Party, event.id)
    with pytest.raises(Invalid, match="2025-01-31"):
        read_affiliations([("1", "tomorrow", "")])
