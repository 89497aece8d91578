"""Tagging: what becomes of a passage, who may do what, and what happens to whom comes second."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.annotations.models import NOTE_LIMIT, QUOTE_LIMIT, Annotation, AnnotationCount
from app.annotations.queries import annotations
from app.annotations.queries.anchors import NowhereFound, PassageQuery, SeveralPlaces
from app.annotations.queries.lists import count_trash, list_history, list_trash
from app.annotations.service import annotations as service
from app.annotations.service.annotations import EditConflict
from app.annotations.service.duplicates import DuplicateAnnotation
from app.annotations.state import AnnotationState, state_after
from app.articles.models import Article
from app.articles.queries.articles import current_revision
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.events.models import Event
from app.projects.models import Member
from app.projects.roles import Role
from tests.harness.builders import TEXT, Room, add_annotation, add_article, add_member

FIRST = "The council must close the road."


def tag(
    session: Session,
    actor: Member,
    article: Article,
    quote: str,
    *,
    name: str = "claim",
    note: str = "",
    key: str = "",
    start: int | None = None,
) -> Annotation:
    return service.create(
        session,
        actor=actor,
        article_id=article.id,
        tag=name,
        asked=PassageQuery(quote, start=start),
        note=note,
        client_key=key or uuid.uuid4().hex,
    )


def count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Annotation)).one()


def kinds(session: Session, annotation: Annotation) -> list[str]:
    return [row.event.kind for row in list_history(session, annotation.id)]


# --- what is kept -------------------------------------------------------------------------------


def test_an_annotation_keeps_the_texts_own_words_and_what_stands_around_them(
    session: Session, room: Room
) -> None:
    made = tag(session, room.annotator, room.article, "It floods every spring", note=" Why? ")
    start = TEXT.index("It floods")
    assert (made.start, made.end) == (start, start + len("It floods every spring"))
    assert made.quote == TEXT[made.start : made.end]
    assert made.prefix == TEXT[start - 32 : start]
    assert made.suffix == TEXT[made.end : made.end + 32]
    assert (made.tag, made.note, made.version) == ("claim", "Why?", 1)
    assert (made.first_block, made.last_block) == (1, 1)
    assert kinds(session, made) == [service.CREATED]


def test_white_space_at_the_ends_is_left_out(session: Session, room: Room) -> None:
    start = TEXT.index(" It floods")
    made = tag(session, room.annotator, room.article, " It floods every ", start=start)
    assert made.quote == "It floods every"


def test_part_of_a_word_stays_as_it_was_selected(session: Session, room: Room) -> None:
    assert tag(session, room.annotator, room.article, "ounci").quote == "ounci"


def test_a_passage_may_cross_blocks_whatever_line_breaks_are_asked_with(
    session: Session, room: Room
) -> None:
    asked = "nobody repairs it.\r\n“We have no money,” said"
    made = tag(session, room.annotator, room.article, asked)
    assert made.quote == "nobody repairs it.\n\n“We have no money,” said"
    assert (made.first_block, made.last_block) == (1, 2)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("👩\N{ZERO WIDTH JOINER}👩", "👩\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧"),
        ("🇳", "🇳🇴"),
        ("flags 🇳🇴", "flags 🇳🇴"),
        ("مرحبا", "مرحبا"),
        ("say مرحبا بالعالم and", "say مرحبا بالعالم and"),
    ],
)
def test_offsets_are_code_points_and_no_cluster_is_cut(
    session: Session, room: Room, asked: str, kept: str
) -> None:
    made = tag(session, room.annotator, room.article, asked, start=TEXT.index(asked))
    assert made.quote == kept
    assert TEXT[made.start : made.end] == kept


def test_words_that_occur_several_times_are_not_guessed(session: Session, room: Room) -> None:
    with pytest.raises(SeveralPlaces) as caught:
        tag(session, room.annotator, room.article, "The road floods.")
    first = TEXT.index("The road floods.")
    second = TEXT.index("The road floods.", first + 1)
    assert [start for start, _end in caught.value.places] == [first, second]
    assert tag(session, room.annotator, room.article, "The road floods.", start=second).start == (
        second
    )


def test_words_that_occur_nowhere_come_with_the_nearest(session: Session, room: Room) -> None:
    with pytest.raises(NowhereFound) as caught:
        tag(session, room.annotator, room.article, "It flooded every springtime")
    assert caught.value.nearest is not None
    start, end = caught.value.nearest
    assert "It floods every spring" in TEXT[start:end]


@pytest.mark.parametrize("quote", ["", " \n ", "\N{NO-BREAK SPACE}"])
def test_a_passage_needs_words(session: Session, room: Room, quote: str) -> None:
    with pytest.raises(Invalid) as caught:
        tag(session, room.annotator, room.article, quote)
    assert caught.value.field == "quote"


def test_there_are_four_tags(session: Session, room: Room) -> None:
    with pytest.raises(Invalid, match="claim, demand, assumption or citation") as caught:
        tag(session, room.annotator, room.article, FIRST, name="question")
    assert caught.value.field == "tag"


# --- limits -------------------------------------------------------------------------------------


def test_a_note_drops_control_characters_as_every_text_does(session: Session, room: Room) -> None:
    kept = tag(session, room.annotator, room.article, FIRST, note="Why\x07\x1b[0m?\r\n\tNext\0")
    assert kept.note == "Why[0m?\n\tNext"


def test_a_note_has_at_most_10000_characters(session: Session, room: Room) -> None:
    assert NOTE_LIMIT == 10_000
    kept = tag(session, room.annotator, room.article, FIRST, note="🙂" * NOTE_LIMIT)
    assert len(kept.note) == NOTE_LIMIT
    long = "x" * 10_001
    with pytest.raises(Invalid, match=r"at most 10,000 .* has 10,001") as caught:
        tag(session, room.annotator, room.article, "every spring", note=long)
    assert caught.value.field == "note"
    with pytest.raises(Invalid, match=r"at most 10,000 .* has 10,001"):
        service.change(session, actor=room.annotator, annotation_id=kept.id, version=1, note=long)


def test_a_passage_has_at_most_20000_characters(session: Session, room: Room) -> None:
    assert QUOTE_LIMIT == 20_000
    article = add_article(session, "a" * 9_999 + "\n\n" + "b" * 9_999 + "c")
    text = current_revision(session, article.id).text
    # A form sends each line feed as two characters, and they do not count.
    asked = text[:QUOTE_LIMIT].replace("\n", "\r\n")
    assert tag(session, room.annotator, article, asked).quote == text[:QUOTE_LIMIT]
    with pytest.raises(Invalid, match=r"at most 20,000 .* has 20,001") as caught:
        tag(session, room.annotator, article, text)
    assert caught.value.field == "quote"
    with pytest.raises(Invalid, match=r"at most 20,000"):
        tag(session, room.annotator, article, "x" * 20_001)


# --- twice --------------------------------------------------------------------------------------


def test_the_same_key_makes_one_annotation(session: Session, room: Room) -> None:
    first = tag(session, room.annotator, room.article, FIRST, key="k")
    again = tag(session, room.annotator, room.article, FIRST, key="k")
    assert again.id == first.id
    assert count(session) == 1
    assert kinds(session, first) == [service.CREATED]


def test_a_retry_is_harmless_after_the_annotation_was_changed(session: Session, room: Room) -> None:
    first = tag(session, room.annotator, room.article, FIRST, key="k")
    service.change(
        session, actor=room.annotator, annotation_id=first.id, version=1, tag="demand", note="new"
    )
    again = tag(session, room.annotator, room.article, FIRST, key="k")
    assert (again.id, again.tag, again.note) == (first.id, "demand", "new")


def test_a_key_used_for_something_else_drops_nothing_silently(session: Session, room: Room) -> None:
    tag(session, room.annotator, room.article, FIRST, key="k")
    other = add_article(session, "The council must close the road. So it says.")
    asked = (
        (room.article, "It floods every spring", "claim", ""),
        (room.article, FIRST, "demand", ""),
        (room.article, FIRST, "claim", "a thought"),
        (other, FIRST, "claim", ""),
    )
    for article, quote, name, note in asked:
        with pytest.raises(Conflict, match="sent before, for something else"):
            tag(session, room.annotator, article, quote, key="k", name=name, note=note)


def test_keys_of_two_people_do_not_meet(session: Session, room: Room) -> None:
    one = tag(session, room.annotator, room.article, FIRST, key="k")
    other = tag(session, room.curator, room.article, FIRST, key="k")
    assert one.id != other.id


def test_a_double_click_is_harmless(session: Session, room: Room) -> None:
    first = tag(session, room.annotator, room.article, FIRST, note="mine")
    assert tag(session, room.annotator, room.article, FIRST).id == first.id
    assert tag(session, room.annotator, room.article, FIRST, note="mine").id == first.id
    assert count(session) == 1


def test_a_duplicate_with_another_note_is_a_conflict_that_names_the_other(
    session: Session, room: Room
) -> None:
    first = tag(session, room.annotator, room.article, FIRST, note="mine")
    with pytest.raises(DuplicateAnnotation) as caught:
        tag(session, room.annotator, room.article, FIRST, note="another")
    assert caught.value.annotation.id == first.id
    assert (caught.value.status, count(session)) == (409, 1)


def test_other_tags_and_other_people_are_no_duplicates(session: Session, room: Room) -> None:
    tag(session, room.annotator, room.article, FIRST)
    tag(session, room.annotator, room.article, FIRST, name="demand")
    tag(session, room.curator, room.article, FIRST)
    assert count(session) == 3


# --- changing -----------------------------------------------------------------------------------


def test_a_change_counts_the_version_and_keeps_what_it_does_not_name(
    session: Session, room: Room
) -> None:
    made = tag(session, room.annotator, room.article, FIRST, note="one")
    changed = service.change(
        session, actor=room.annotator, annotation_id=made.id, version=1, tag="demand"
    )
    assert (changed.version, changed.tag, changed.note, changed.quote) == (
        2,
        "demand",
        "one",
        FIRST,
    )
    moved = service.change(
        session,
        actor=room.annotator,
        annotation_id=made.id,
        version=2,
        asked=PassageQuery("nobody repairs it", start=0),
    )
    assert (moved.version, moved.quote, moved.note) == (3, "nobody repairs it", "one")
    assert TEXT[moved.start : moved.end] == "nobody repairs it"
    assert moved.suffix.startswith(".")
    assert moved.updated_at > moved.created_at


def test_the_sums_follow_tags_notes_and_the_trash(session: Session, room: Room) -> None:
    made = tag(session, room.annotator, room.article, FIRST)
    tag(session, room.annotator, room.article, "nobody repairs it", note="Is it so?")
    assert sums(session) == {("claim", made.tagged_month): (2, 1)}
    actor, number = room.annotator, made.id
    service.change(session, actor=actor, annotation_id=number, version=1, note="Why?")
    assert sums(session) == {("claim", made.tagged_month): (2, 2)}
    service.change(session, actor=actor, annotation_id=number, version=2, tag="demand")
    assert sums(session) == {
        ("claim", made.tagged_month): (1, 1),
        ("demand", made.tagged_month): (1, 1),
    }
    service.change(session, actor=actor, annotation_id=number, version=3, tag="claim", note="")
    assert sums(session) == {("claim", made.tagged_month): (2, 1)}
    service.delete(session, actor=actor, annotation_id=number, version=4)
    assert sums(session) == {("claim", made.tagged_month): (1, 1)}


def sums(session: Session) -> dict[tuple[str, int], tuple[int, int]]:
    """Return how many living annotations there are by tag and month, and how many have a note."""
    session.commit()
    rows = session.scalars(select(AnnotationCount).where(AnnotationCount.living > 0))
    return {(row.tag_name, row.tagged_month): (row.living, row.with_note) for row in rows}


def test_a_change_in_conflict_is_refused_and_names_what_is_there(
    session: Session, room: Room
) -> None:
    made = tag(session, room.annotator, room.article, FIRST)
    service.change(session, actor=room.curator, annotation_id=made.id, version=1, note="first")
    with pytest.raises(EditConflict) as caught:
        service.change(session, actor=room.annotator, annotation_id=made.id, version=1, note="late")
    assert caught.value.annotation.note == "first"
    with pytest.raises(EditConflict, match="was not deleted"):
        service.delete(session, actor=room.annotator, annotation_id=made.id, version=1)


def test_a_retried_save_is_no_conflict(session: Session, room: Room) -> None:
    made = tag(session, room.annotator, room.article, FIRST)
    for _ in range(2):
        service.change(session, actor=room.annotator, annotation_id=made.id, version=1, note="n")
    assert made.version == 2
    assert kinds(session, made) == [service.CREATED, service.CHANGED]


def test_editing_into_a_duplicate_is_a_conflict(session: Session, room: Room) -> None:
    claim = tag(session, room.annotator, room.article, FIRST)
    demand = tag(session, room.annotator, room.article, FIRST, name="demand")
    with pytest.raises(DuplicateAnnotation) as caught:
        service.change(
            session, actor=room.annotator, annotation_id=demand.id, version=1, tag="claim"
        )
    assert caught.value.annotation.id == claim.id
    assert (demand.tag, demand.version) == ("demand", 1)


def test_what_is_in_the_trash_is_not_changed(session: Session, room: Room) -> None:
    made = tag(session, room.annotator, room.article, FIRST)
    service.delete(session, actor=room.annotator, annotation_id=made.id, version=1)
    with pytest.raises(Conflict, match="Restore it first"):
        service.change(session, actor=room.annotator, annotation_id=made.id, version=2, note="n")


# --- the trash ----------------------------------------------------------------------------------


def test_what_is_deleted_waits_in_the_trash_and_comes_back(session: Session, room: Room) -> None:
    made = tag(session, room.annotator, room.article, FIRST, note="kept")
    for _ in range(2):
        service.delete(session, actor=room.annotator, annotation_id=made.id, version=1)
    rows = list_trash(session, room.annotator, article_id=None, offset=0, limit=9)
    assert [(row.annotation.id, row.deleted_by) for row in rows] == [(made.id, "Ines")]
    for _ in range(2):
        service.restore(session, actor=room.annotator, annotation_id=made.id)
    assert (made.deleted_at, made.note) == (None, "kept")
    assert count_trash(session, room.annotator, article_id=None) == 0
    assert kinds(session, made) == [service.CREATED, service.DELETED, service.RESTORED]


def test_restoring_into_a_duplicate_is_a_conflict(session: Session, room: Room) -> None:
    old = tag(session, room.annotator, room.article, FIRST)
    service.delete(session, actor=room.annotator, annotation_id=old.id, version=1)
    new = tag(session, room.annotator, room.article, FIRST)
    assert new.id != old.id
    with pytest.raises(DuplicateAnnotation) as caught:
        service.restore(session, actor=room.annotator, annotation_id=old.id)
    assert caught.value.annotation.id == new.id


def test_the_trash_shows_what_a_member_may_restore(session: Session, room: Room) -> None:
    for actor in (room.annotator, room.curator):
        made = add_annotation(session, actor, room.article)
        service.delete(session, actor=actor, annotation_id=made.id, version=1)
    shown = {
        member.role: count_trash(session, member, article_id=room.article.id)
        for member in (room.reader, room.annotator, room.curator, room.owner)
    }
    assert shown == {Role.READER: 0, Role.ANNOTATOR: 1, Role.CURATOR: 2, Role.OWNER: 2}
    other = add_article(session, "Another text.")
    assert count_trash(session, room.owner, article_id=other.id) == 0


# --- history ------------------------------------------------------------------------------------


def test_history_says_who_did_what(session: Session, room: Room) -> None:
    made = tag(session, room.annotator, room.article, FIRST)
    service.change(session, actor=room.curator, annotation_id=made.id, version=1, tag="demand")
    rows = list_history(session, made.id)
    assert [(row.name, row.event.kind) for row in rows] == [
        ("Ines", service.CREATED),
        ("Cato", service.CHANGED),
    ]
    before, after = rows[1].event.before, rows[1].event.after
    assert before is not None
    assert after is not None
    assert (before["tag"], after["tag"]) == ("claim", "demand")
    assert state_after(rows[1].event) == AnnotationState.of(made)
    assert rows[0].event.at <= rows[1].event.at


def test_every_act_touches_the_article(session: Session, room: Room) -> None:
    def touched() -> datetime:
        session.refresh(room.article)
        return room.article.touched_at

    moments = [touched()]
    made = tag(session, room.annotator, room.article, FIRST)
    moments.append(touched())
    service.change(session, actor=room.annotator, annotation_id=made.id, version=1, note="n")
    moments.append(touched())
    service.delete(session, actor=room.annotator, annotation_id=made.id, version=2)
    moments.append(touched())
    assert moments == sorted(set(moments))


def test_what_is_refused_leaves_no_event(session: Session, room: Room) -> None:
    made = tag(session, room.annotator, room.article, FIRST)
    before = session.scalars(select(func.count()).select_from(Event)).one()
    with pytest.raises(EditConflict):
        service.change(session, actor=room.annotator, annotation_id=made.id, version=9, note="n")
    with pytest.raises(DuplicateAnnotation):
        tag(session, room.annotator, room.article, FIRST, note="other")
    assert session.scalars(select(func.count()).select_from(Event)).one() == before


# --- roles --------------------------------------------------------------------------------------

ACTS: dict[str, Callable[[Session, Member, Annotation], object]] = {
    "change": lambda session, actor, made: service.change(
        session, actor=actor, annotation_id=made.id, version=made.version, note="x"
    ),
    "delete": lambda session, actor, made: service.delete(
        session, actor=actor, annotation_id=made.id, version=made.version
    ),
    "restore": lambda session, actor, made: service.restore(
        session, actor=actor, annotation_id=made.id
    ),
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.sqlite_only
def test_everyone_but_a_reader_tags(session: Session, room: Room, role: Role) -> None:
    actor = room.member(role)
    if role is Role.READER:
        with pytest.raises(Forbidden, match="you are here as reader"):
            tag(session, actor, room.article, FIRST)
    else:
        assert tag(session, actor, room.article, FIRST).account_id == actor.account_id


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", list(ACTS))
@pytest.mark.parametrize("is_own", [True, False])
@pytest.mark.sqlite_only
def test_only_the_annotator_or_a_curator_changes_deletes_and_restores(
    session: Session, room: Room, role: Role, act: str, *, is_own: bool
) -> None:
    actor = room.member(role)
    author = add_member(session, Role.ANNOTATOR, "Ann")
    made = add_annotation(session, author, room.article)
    if is_own:
        made.account_id = actor.account_id
    if act == "restore":
        service.delete(session, actor=room.owner, annotation_id=made.id, version=1)
    session.commit()
    allowed = {Role.CURATOR, Role.OWNER} | ({Role.ANNOTATOR} if is_own else set())
    if role in allowed:
        ACTS[act](session, actor, made)
        assert made.version > 1
    else:
        version = made.version
        with pytest.raises(Forbidden):
            ACTS[act](session, actor, made)
        assert made.version == version


def test_nothing_of_another_project_is_there(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article)
    stranger = add_member(session, Role.OWNER, "Otto", slug="second")
    with pytest.raises(NotFound):
        tag(session, stranger, room.article, FIRST)
    for act in ACTS.values():
        with pytest.raises(NotFound):
            act(session, stranger, made)
    with pytest.raises(NotFound):
        annotations.find(session, annotation_id=made.id, account_id=stranger.account_id)
