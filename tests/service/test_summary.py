"""The figures of the summary, compared with a plain look at all passages there are."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import BlockRow
from app.articles.queries.articles import current_revision
from app.findings.asked import Asked
from app.findings.pages.charts import tenth_of
from app.findings.queries.summary import Tallies, map_articles
from tests.harness.builders import Room, add_annotation
from tests.harness.findings import Reference
from tests.harness.world import add_world, asked_of, lacking_of

EXAMPLES = 40  # as for the passages, which ask the same


def tallies(
    found: Iterable[Annotation], keys: Callable[[Annotation], Iterable[object]]
) -> Mapping[object, Mapping[str, int]]:
    """Count annotations one by one."""
    counted: dict[object, Counter[str]] = {}
    for one in found:
        for key in keys(one):
            counted.setdefault(key, Counter())[one.tag_name] += 1
    return counted


def test_every_tally_counts_what_is_asked_for_and_seen(session: Session) -> None:
    world = add_world(session)
    references = [Reference(session, member) for member in world.members]

    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(references), asked_of(world) | lacking_of(world))
    def check(reference: Reference, asked: Asked) -> None:
        found = reference.find(asked)
        counted = Tallies(session, reference.member, asked)
        assert counted.by_article == tallies(found, lambda one: [one.article_id])
        assert counted.by_annotator == tallies(found, lambda one: [one.account_id])
        assert counted.by_month == tallies(found, lambda one: [f"{one.created_at:%Y-%m}"])
        assert counted.by_theme == tallies(found, lambda one: of_themes(reference, one))

    check()


def test_a_map_shows_what_is_asked_for_where_it_stands(session: Session) -> None:
    world = add_world(session)
    references = [Reference(session, member) for member in world.members]
    ids = [article.id for article in world.articles]

    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(references), asked_of(world))
    def check(reference: Reference, asked: Asked) -> None:
        maps = map_articles(session, reference.member, asked, ids)
        assert set(maps) == set(ids)
        for article in world.articles:
            placed = [
                one
                for one in reference.find(asked)
                if one.article_id == article.id and one.revision_id == article.current_revision_id
            ]
            found = maps[article.id]
            assert Counter((spot.tag, spot.start) for spot in found.spots) == Counter(
                (one.tag_name, one.start) for one in placed
            )
            revision = current_revision(session, article.id)
            blocks = session.scalars(
                select(BlockRow).where(BlockRow.revision_id == revision.id)
            ).all()
            assert found.length == len(revision.text)
            assert len(found.blocks) == len(blocks)
            touched = [
                block
                for block in blocks
                if any(one.start < block.end and block.start < one.end for one in placed)
            ]
            assert found.tagged_blocks == len(touched)

    check()


def of_themes(reference: Reference, one: Annotation) -> Iterable[str]:
    """Return the themes that are counted, each alone and with all beneath it."""
    return [each for each in reference.values(one, "theme") if reference.is_shown("theme", each)]


@pytest.mark.sqlite_only
def test_a_project_without_themes_has_no_tally_of_them(session: Session, room: Room) -> None:
    add_annotation(session, room.annotator, room.article)
    assert Tallies(session, room.owner, Asked()).by_theme == {}


@given(
    st.integers(1, 5_000).flatmap(
        lambda length: st.tuples(st.just(length), st.integers(0, length - 1))
    )
)
def test_a_tenth_holds_a_tenth_of_the_text(text: tuple[int, int]) -> None:
    length, start = text
    tenth = tenth_of(start, length)
    assert tenth * length <= 10 * start
    assert 10 * start < (tenth + 1) * length
