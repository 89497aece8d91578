"""The passages that an address asks for, compared with a plain look at all there are."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.annotations.service.undo import undo
from app.articles.service.articles import reveal, set_mode
from app.codebook.service import merge, undo_merge
from app.core.db import read_columns
from app.findings.asked import FACETS, ME, Asked, Grouping
from app.findings.queries import few
from app.findings.queries.facet_counts import FacetCounts, Facets
from app.findings.queries.limited_counts import Count
from app.findings.queries.matching import is_matching, with_mains
from app.findings.queries.narrowed import MOST_SEARCHED
from app.findings.queries.passages import Place, list_places, read_place
from app.projects.models import Member
from app.search.queries import annotations as search
from tests.harness.builders import Room, add_annotation, add_stance, add_theme
from tests.harness.findings import Reference
from tests.harness.world import add_world, asked_of, tree

EXAMPLES = 40  # each asks a database some fifty times
FEW = st.sampled_from([0, 3, 10_000])
SEARCHED = st.sampled_from([1, 4, MOST_SEARCHED])


@contextmanager
def few_are(most: int) -> Iterator[None]:
    """Take as many for few: these are found first, and more on the way through the project."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(few, "MOST_FEW", most)
        patch.setattr(search, "COMMON", max(1, most))
        patch.setattr(search, "COMMON_SAID", max(1, most))
        yield


def ids_of(session: Session, asked: Asked, member: Member) -> set[int]:
    query = select(Annotation.__table__.c.id).where(*is_matching(session, asked, member))
    return set(read_columns(session, query).scalars())


def test_what_is_asked_for_is_found_and_nothing_hidden_is(session: Session) -> None:
    world = add_world(session)
    references = [Reference(session, member) for member in world.members]
    assert len({len(reference.all) for reference in references}) > 1  # some see less

    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(references), asked_of(world))
    def check(reference: Reference, asked: Asked) -> None:
        found = ids_of(session, asked, reference.member)
        assert found == {one.id for one in reference.find(asked)}

    check()


def test_a_reason_finds_what_one_may_see_and_is_not_in_the_trash(
    session: Session, room: Room
) -> None:
    annotation = add_annotation(session, room.annotator, room.article)
    add_stance(session, room.curator, annotation, "Nobody proved it.")
    for within in ((), ("thread",), ("text", "note")):
        asked = Asked(q='"nobody proved"', within=within)
        expected = set() if "text" in within else {annotation.id}
        assert ids_of(session, asked, room.reader) == expected
    asked = Asked(q="proved", within=("thread",))
    set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    assert ids_of(session, asked, room.reader) == set()
    assert list_places(session, room.reader, asked, after=None, limit=9) == []
    assert ids_of(session, asked, room.annotator) == {annotation.id}
    reveal(session, actor=room.curator, article=room.article)
    session.commit()
    assert ids_of(session, asked, room.reader) == {annotation.id}
    annotations.delete(
        session, actor=room.annotator, annotation_id=annotation.id, version=annotation.version
    )
    session.commit()
    assert ids_of(session, asked, room.reader) == set()
    annotations.restore(session, actor=room.annotator, annotation_id=annotation.id)
    session.commit()
    assert ids_of(session, asked, room.reader) == {annotation.id}


def test_a_merged_theme_that_is_carried_again_finds_what_carries_it(
    session: Session, room: Room
) -> None:
    theme, other = (
        add_theme(session, room.curator, "roads"),
        add_theme(session, room.curator, "road"),
    )
    one = add_annotation(session, room.annotator, room.article, themes=[theme])
    annotations.change(
        session, actor=room.annotator, annotation_id=one.id, version=one.version, themes=""
    )
    merge(session, actor=room.curator, theme_id=theme.id, into_id=other.id)
    undo(session, actor=room.annotator, article_id=room.article.id, client_key="u" * 32)
    session.commit()
    assert one.themes == (theme.id,)
    assert ids_of(session, Asked(theme=(str(theme.id),)), room.owner) == {one.id}
    for group in (Grouping.THEME, Grouping.ARTICLE):
        listed = list_places(session, room.owner, Asked(group=group), after=None, limit=2)
        assert [place.id for place in listed] == [one.id]


def test_a_merged_theme_finds_what_the_other_has_until_that_is_undone(
    session: Session, room: Room
) -> None:
    brook, river, water = (add_theme(session, room.curator, n) for n in ("brook", "river", "water"))
    first = add_annotation(session, room.annotator, room.article)
    second = add_annotation(session, room.annotator, room.article, tag="demand")
    first.themes, second.themes = (brook.id,), (water.id,)
    session.commit()
    asked = Asked(theme=(str(brook.id),))
    merge(session, actor=room.curator, theme_id=brook.id, into_id=river.id)
    again = merge(session, actor=room.curator, theme_id=river.id, into_id=water.id)
    assert ids_of(session, asked, room.owner) == {first.id, second.id}
    undo_merge(session, actor=room.curator, event_id=again.event_id)
    assert ids_of(session, asked, room.owner) == {first.id}


def test_each_value_of_each_facet_finds_something(session: Session) -> None:
    world = add_world(session)
    owner = Reference(session, world.room.owner)
    asked = [
        Asked(state=("disputed",)),
        Asked(state=("question",)),
        Asked(state=("resolved",)),
        Asked(state=("unplaced",)),
        Asked(published=("none",)),
        Asked(note=("no",)),
    ]
    assert all(owner.find(each) for each in asked)
    for each in asked:
        assert ids_of(session, each, owner.member) == {one.id for one in owner.find(each)}


def test_page_after_page_shows_everything_once_and_in_order(session: Session) -> None:
    world = add_world(session)
    references = [Reference(session, member) for member in world.members]

    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(references), asked_of(world), st.integers(1, 9), FEW, SEARCHED)
    def check(reference: Reference, asked: Asked, size: int, most_few: int, most: int) -> None:
        asked = with_mains(session, reference.member, asked)
        with few_are(most_few):
            found = list(pages(session, reference.member, asked, size, most))
        assert found == reference.in_order(asked)

    check()


def pages(
    session: Session, member: Member, asked: Asked, size: int, most: int = MOST_SEARCHED
) -> Iterator[int]:
    """Go through all that is asked for, by pages of a size, as its addresses would."""
    after = None
    while some := list_places(session, member, asked, after=after, limit=size, most_searched=most):
        yield from (place.id for place in some)
        after = read_place(some[-1].written)
        assert after == some[-1]


def test_an_address_that_names_no_place_begins_at_the_first_page() -> None:
    for written in (None, "", "1.2.3", "claim.1.2", "claim.1.2.x", ".1.2." + "9" * 30, ".-1.2.3"):
        assert read_place(written) is None
    assert read_place(".12.340.99") == Place("", 12, 340, 99)
    assert read_place(".12.340.2147483648") is None  # more than an id can be
    assert read_place("claim.12.340.99.7") == Place("claim", 12, 340, 99, 7)


def test_a_count_is_what_one_would_get_with_that_value(session: Session) -> None:
    world = add_world(session)
    references = [Reference(session, member) for member in world.members]

    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(references), asked_of(world), st.booleans(), FEW)
    def check(reference: Reference, asked: Asked, is_exact: bool, most_few: int) -> None:  # noqa: FBT001  (given so)
        facets = Facets(session, reference.member, asked, is_exact=is_exact)
        with few_are(most_few):
            for facet in FACETS:
                expected = {
                    value: Count(number) for value, number in reference.counts(asked, facet).items()
                }
                assert facets.counts(facet) == FacetCounts(expected, Count(0)), facet
            assert facets.total == Count(len(reference.find(asked)))
            assert facets.everything == len(reference.all)

    check()


def test_where_much_is_found_a_count_is_at_least_so_many(session: Session) -> None:
    world = add_world(session)
    owner = Reference(session, world.room.owner)

    @settings(max_examples=EXAMPLES)
    @given(asked_of(world), st.integers(1, 6), st.integers(1, 12), FEW)
    def check(asked: Asked, most: int, looked_at: int, most_few: int) -> None:
        facets = Facets(session, owner.member, asked, most=most, looked_at=looked_at)
        with few_are(most_few):
            for facet in FACETS:
                there = owner.counts(asked, facet)
                found, others = facets.counts(facet)
                for value, count in found.items():
                    assert count.number <= there[value]
                    assert count.number == there[value] or not count.is_exact
                assert there.keys() <= found.keys() or not others.is_exact
            number, is_exact = facets.total
        assert number <= len(owner.find(asked))
        assert number == len(owner.find(asked)) or not is_exact

    check()


def test_groups_say_how_many_are_in_them(session: Session) -> None:
    world = add_world(session)
    owner = Reference(session, world.room.owner)

    @settings(max_examples=EXAMPLES)
    @given(asked_of(world), st.sampled_from([3, 1_000]))
    def check(asked: Asked, looked_at: int) -> None:
        found = owner.find(asked)
        for facet in ("tag", "annotator", "article", "author", "theme", "party"):
            there = Counter(value for one in found for value in owner.values(one, facet))
            for alias in owner.aliases(facet):
                del there[str(alias.id)]
            if facet == "theme":
                for theme_id in owner.parents:
                    del there[tree(theme_id)]
                for theme_id in owner.merged:
                    del there[str(theme_id)]
            del there[ME], there[""]
            facets = Facets(session, owner.member, asked, looked_at=looked_at)
            counts = facets.in_groups(facet, there)
            assert counts == {value: Count(number) for value, number in there.items()}

    check()
