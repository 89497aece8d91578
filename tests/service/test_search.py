"""What a search finds, and that the database keeps its index by itself: on both databases."""

import unicodedata
from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, make_transient

from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.articles.models import BlockRow, Revision
from app.core.clock import now
from app.core.errors import Conflict
from app.discussion.models import Comment, Stance
from app.discussion.service import comments as discussion
from app.discussion.service import stances
from app.projects.models import Member
from app.search.queries import annotations as queries
from app.search.queries.annotations import Source, WordLook
from app.search.queries.texts import ProjectPlace, find_places
from app.search.queries.verify import verify
from app.search.query import Query, Term, read_query
from app.search.service.rebuild import rebuild
from app.text.search_words import fold_words
from tests.harness.builders import (
    Room,
    add_annotation,
    add_article,
    add_comment,
    add_stance,
    correct,
)
from tests.harness.searching import has

WORDS = st.sampled_from(
    [
        *("harbour", "Harbours", "élan", "e\u0301lan", "l’élan", "don't", "Straße", "strasse"),
        *(
            "cœur",
            "Å",
            "東京",
            "Йод",
            "иод",
            "fee",
            "the",
            "port",
            "ﬁne",
            "(port)",
            "port-fee",
            "2",
        ),
    ]
)
SIGNS = st.sampled_from([" ", " ", " ", ", ", "—", ". "])


def texts(most: int = 8) -> st.SearchStrategy[str]:
    return st.lists(st.tuples(WORDS, SIGNS), min_size=1, max_size=most).map(
        lambda parts: "".join(word + sign for word, sign in parts).strip()
    )


def typed() -> st.SearchStrategy[str]:
    """Give what somebody types: words, phrases, OR, absences, prefixes."""
    word = st.one_of(WORDS, WORDS.map(lambda each: f"{each[:3]}*"), texts(2).map('"{}"'.format))
    absent = [word.map(f"{sign}{{}}".format) for sign in ("-", "−", "NOT ")]
    part = st.one_of(word, word, st.just("OR"), *absent)
    return st.lists(part, min_size=1, max_size=4).map(" ".join)


def found(
    session: Session,
    query: Query,
    *,
    sources: frozenset[Source] = frozenset(Source),
    is_of_few: bool = False,
) -> set[int]:
    is_one = WordLook(session, query, sources).condition(is_of_few=is_of_few)
    return set(session.scalars(select(Annotation.id).where(is_one)))


def slowly(session: Session, query: Query, sources: frozenset[Source]) -> set[int]:
    """Look at every annotation in turn, and at every text of it."""

    def is_in(annotation: Annotation, term: Term) -> bool:
        return any(has(each, term) for each in searched(session, annotation, sources))

    return {
        annotation.id
        for annotation in session.scalars(select(Annotation).where(Annotation.deleted_at.is_(None)))
        if query.groups
        and all(any(is_in(annotation, term) for term in group) for group in query.groups)
        and not any(is_in(annotation, term) for term in query.without)
    }


def searched(session: Session, annotation: Annotation, sources: frozenset[Source]) -> list[str]:
    said: list[str] = []
    if Source.TEXT in sources:
        whole = session.get_one(Revision, annotation.revision_id).text
        blocks = select(BlockRow).where(BlockRow.revision_id == annotation.revision_id)
        for block in session.scalars(blocks):
            bounds = [block.start + int(bound) for bound in block.sentences.split()]
            said += [
                whole[start:end]
                for start, end in zip(bounds[::2], bounds[1::2], strict=True)
                if start < annotation.end and end > annotation.start
            ]
    if Source.NOTE in sources:
        said.append(annotation.note)
    if Source.THREAD in sources:
        said += session.scalars(
            select(Comment.text).where(
                Comment.annotation_id == annotation.id, Comment.deleted_at.is_(None)
            )
        )
        said += session.scalars(select(Stance.reason).where(Stance.annotation_id == annotation.id))
    return said


@pytest.mark.parametrize("common", [0, 2_000])
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_search_finds_what_one_finds_by_reading_everything(
    session: Session,
    room: Room,
    monkeypatch: pytest.MonkeyPatch,
    data: st.DataObject,
    common: int,
) -> None:
    monkeypatch.setattr(queries, "COMMON", common)
    monkeypatch.setattr(queries, "COMMON_SAID", common)
    blocks = data.draw(st.lists(texts(), min_size=2, max_size=3))
    tagged = data.draw(st.lists(st.tuples(st.floats(0, 0.9), st.floats(0.1, 1)), max_size=3))
    notes = data.draw(st.lists(st.one_of(st.just(""), texts(3)), min_size=3, max_size=3))
    comments = data.draw(st.lists(st.one_of(st.just(""), texts(3)), min_size=3, max_size=3))
    reasons = data.draw(st.lists(st.one_of(st.just(""), texts(3)), min_size=3, max_size=3))
    article = add_article(session, "\n\n".join(blocks))
    whole = session.scalars(select(Revision.text).where(Revision.article_id == article.id)).one()
    said = zip(notes, comments, reasons, strict=True)
    for (begin, share), (note, comment, reason) in zip(tagged, said, strict=False):
        start = int(begin * len(whole))
        quote = whole[start : start + max(1, int(share * (len(whole) - start)))].strip()
        if not quote or not quote[0].isalnum() or whole.count(quote) > 1:
            continue
        with suppress(Conflict):  # the same words twice
            made = add_annotation(session, room.annotator, article, quote, note=note)
            if comment:
                add_comment(session, room.curator, made, comment)
            add_stance(session, room.owner, made, reason, value=stances.AGREE)
    query = read_query(data.draw(typed()))
    sources = frozenset(data.draw(st.sets(st.sampled_from(Source), min_size=1)))
    expected = slowly(session, query, sources)
    is_of_few = data.draw(st.booleans())
    assert found(session, query, sources=sources, is_of_few=is_of_few) == expected
    few = queries.find_few(session, query, sources=sources)
    assert few == (sorted(expected) if common or not query.groups else None)
    assert list(verify(session)) == []


def test_both_databases_fold_every_character_as_the_pages_do(session: Session) -> None:
    known = unicodedata.ucd_3_2_0  # what any version of either knows
    characters = [
        chr(code)
        for code in range(1, 0x20000)
        if not 0xD800 <= code < 0xE000 and known.category(chr(code)) != "Cn"
    ]
    for some in (characters[at : at + 2_000] for at in range(0, len(characters), 2_000)):
        for said in ("|a".join(some), "a\u0301 x".join(some)):
            (folded,) = session.execute(text("SELECT fold_words(:said)"), {"said": said}).one()
            assert folded == fold_words(said)


def test_a_note_is_found_as_it_reads_now(session: Session, room: Room) -> None:
    annotation = add_annotation(session, room.annotator, room.article, note="The élan of 1999")
    assert found(session, read_query("elan")) == {annotation.id}
    for note, finds in (
        ("Of another day", set()),
        ("", set()),
        ("Élan once more", {annotation.id}),
    ):
        annotations.change(
            session,
            actor=room.annotator,
            annotation_id=annotation.id,
            version=annotation.version,
            note=note,
        )
        session.commit()
        assert found(session, read_query("elan")) == finds
    session.execute(update(Annotation).values(note="By a statement alone"))
    assert found(session, read_query('"statement alone"')) == {annotation.id}
    assert list(verify(session)) == []


def test_a_comment_is_found_until_it_is_deleted(session: Session, room: Room) -> None:
    annotation = add_annotation(session, room.annotator, room.article)
    comment = add_comment(session, room.curator, annotation, "Where is the proof?")
    assert found(session, read_query("proof")) == {annotation.id}
    session.execute(update(Comment).values(text="Where is it proven?"))
    assert found(session, read_query("proof")) == set()
    assert found(session, read_query("prove*")) == {annotation.id}
    discussion.delete(
        session, actor=room.curator, annotation_id=annotation.id, comment_id=comment.id
    )
    session.commit()
    assert found(session, read_query("prove*")) == set()
    assert list(verify(session)) == []


def test_the_reason_of_a_stance_is_found_as_it_reads_now_until_it_is_withdrawn(
    session: Session, room: Room
) -> None:
    annotation = add_annotation(session, room.annotator, room.article)
    thread, elsewhere = frozenset({Source.THREAD}), frozenset({Source.TEXT, Source.NOTE})
    add_stance(session, room.curator, annotation, "It is not só.")
    query = read_query('"It is not so"')
    assert found(session, query) == found(session, query, sources=thread) == {annotation.id}
    assert found(session, query, sources=elsewhere) == set()
    add_stance(session, room.owner, annotation, "So it is.", value=stances.AGREE)
    add_stance(session, room.curator, annotation, "Nobody proved it.")
    assert found(session, query) == set()
    assert found(session, read_query("proved")) == {annotation.id}
    add_stance(session, room.curator, annotation, "", value=stances.AGREE)
    assert found(session, read_query("proved")) == set()
    session.execute(update(Stance).values(reason="By a statement alone"))
    assert found(session, read_query('"statement alone"')) == {annotation.id}
    assert list(verify(session)) == []
    for member in (room.curator, room.owner):
        stances.withdraw_stance(session, actor=member, annotation_id=annotation.id)
    session.commit()
    assert found(session, read_query("statement")) == set()
    assert list(verify(session)) == []


def test_a_thread_is_searched_as_one_and_only_of_its_own_annotation(
    session: Session, room: Room
) -> None:
    first = add_annotation(session, room.annotator, room.article)
    second = add_annotation(session, room.annotator, room.article, "It floods every spring")
    add_comment(session, room.curator, first, "Where is the proof?")
    add_stance(session, room.owner, first, "Wrong: no water.")
    add_stance(session, room.curator, second, "Somebody saw water.")
    assert found(session, read_query("water")) == {first.id, second.id}
    assert found(session, read_query("water proof")) == {first.id}
    assert found(session, read_query("water -wrong")) == {second.id}


def test_a_reason_is_found_on_an_annotation_of_the_largest_id(session: Session, room: Room) -> None:
    annotation = add_annotation(session, room.annotator, room.article)
    make_transient(annotation)
    annotation.id = 2**31 - 2  # of a column of 31 bits; the last one of all has no row in the index
    annotation.tag_name, annotation.client_key = "demand", "another"
    session.add(annotation)
    session.commit()
    add_stance(session, room.curator, annotation, "Nobody proved it.")
    assert found(session, read_query("proved")) == {annotation.id}
    assert list(verify(session)) == []


def test_a_corrected_text_is_found_as_it_reads_now(session: Session, room: Room) -> None:
    annotation = add_annotation(session, room.annotator, room.article)
    text_before = session.scalars(select(Revision.text)).one()
    correct(session, room.curator, room.article, text_before.replace("the road", "a bridge", 1))
    session.refresh(annotation)
    assert found(session, read_query("bridge")) == {annotation.id}
    assert list(verify(session)) == []


EMPTIED = "DELETE FROM search_index WHERE id > 0"
OTHER = "UPDATE search_index SET words = 'other:1' WHERE id < 0"
NO_REASON = "DELETE FROM search_index WHERE id < -2 * 4294967296"
MORE = "INSERT INTO search_index (id, words) VALUES (-900, 'more:1')"
MORE_REASONS = "INSERT INTO search_index (id, words) VALUES (-901 * 4294967296, 'more:1')"
ON_SQLITE = {
    EMPTIED: "INSERT INTO search_index (search_index) VALUES ('delete-all')",
    OTHER: "INSERT INTO search_index (rowid, words) SELECT -id, 'other' FROM annotations",
    NO_REASON: """INSERT INTO search_index (search_index, rowid, words)
        SELECT 'delete', -(4294967296 + annotation_id * 4294967296 + account_id), fold_words(reason)
        FROM stances""",
    MORE: "INSERT INTO search_index (rowid, words) VALUES (-900, 'more')",
    MORE_REASONS: "INSERT INTO search_index (rowid, words) VALUES (-901 * 4294967296, 'more')",
}


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("DELETE FROM search_sentences WHERE start = 0", "revision 1 is not searched as it reads"),
        (EMPTIED, "revision 1 is not searched as it reads"),
        (OTHER, "its note is not searched"),
        (NO_REASON, "annotation 1: the reason of account"),
        (MORE, "rows of what is not"),
        (MORE_REASONS, "rows of what is not"),
    ],
)
def test_verify_notices_an_index_that_lags_and_rebuild_mends_it(
    session: Session, room: Room, harm: str, said: str
) -> None:
    annotation = add_annotation(session, room.annotator, room.article, note="Found")
    add_comment(session, room.curator, annotation, "Proof?")
    add_stance(session, room.curator, annotation, "Doubted.")
    if session.get_bind().dialect.name == "sqlite":
        harm = ON_SQLITE.get(harm, harm)
    session.execute(text(harm))
    session.commit()
    assert any(said in line for line in verify(session))
    session.commit()
    rebuild(session.connection())
    session.commit()
    assert list(verify(session)) == []
    assert found(session, read_query("proof road found doubted")) == {annotation.id}


def test_a_text_of_many_thousand_sentences_is_indexed_in_one_go(session: Session) -> None:
    add_article(session, "\n\n".join(["Élan is here. Ünd there, €5. " * 40] * 60))
    assert list(verify(session)) == []


def test_the_command_makes_the_index_anew(app: Flask, session: Session, room: Room) -> None:
    annotation = add_annotation(session, room.annotator, room.article)
    session.execute(text("DELETE FROM search_sentences"))
    session.commit()
    result = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert (result.exit_code, result.output) == (0, "The search index is rebuilt.\n")
    session.expire_all()
    assert found(session, read_query("road")) == {annotation.id}


def test_every_place_of_a_project_is_found_page_by_page(session: Session, room: Room) -> None:
    first = add_article(session, "Élan one, elan two. No more.\n\nOther. L’élan three.")
    second = add_article(session, "One elan.", title="Second")
    add_article(session, "The elan of another project.", slug="another")
    archived = add_article(session, "An elan put away.", title="Third")
    archived.archived_at = now()
    session.commit()
    query = read_query("elan")
    whole = find_places(session, room.reader, query, most=50).places
    assert [each.article_id for each in whole] == [first.id] * 3 + [second.id]
    assert [each.place.block for each in whole] == [1, 1, 2, 1]
    paged: list[ProjectPlace] = []
    while some := find_places(
        session,
        room.reader,
        query,
        after=(paged[-1].revision_id, paged[-1].place.start) if paged else None,
        most=1,
    ).places:
        paged += some
    assert paged == whole


def test_what_one_sees_tagged_is_left_out_and_what_one_may_not_see_is_not(
    session: Session, room: Room
) -> None:
    article = add_article(session, "Élan one, elan two. An elan three.")
    add_annotation(session, room.annotator, article, "Élan one")
    query = read_query("elan")

    def starts(member: Member) -> list[int]:
        places = find_places(session, member, query, most=50, is_untagged=True)
        return [each.place.start for each in places.places]

    assert starts(room.reader) == [10, 23]
    article.mode_name = "independent"
    session.commit()
    assert starts(room.reader) == [0, 10, 23]
    assert starts(room.annotator) == [10, 23]
    assert starts(room.owner) == [10, 23]
