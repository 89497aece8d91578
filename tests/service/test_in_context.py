"""Words in context, compared with a plain look at every text and every passage."""

import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.tags import TAGS
from app.articles.models import Article
from app.articles.queries.content import content_of
from app.core.db import Database
from app.exports.queries.csv_file import write_csv
from app.exports.queries.place_rows import PLACES, list_place_rows
from app.findings.asked import Asked, ContextSort, Hits, PassagesView
from app.findings.queries import every_place
from app.findings.queries import in_context as queries
from app.findings.queries.in_context import (
    ContextLine,
    LinePlace,
    Lines,
    list_lines,
    read_line_place,
)
from app.findings.queries.limited_counts import Count
from app.findings.sentences import bounds_of
from app.projects.models import Member
from app.search.hits import marked
from app.search.queries import texts
from app.search.query import read_query
from app.text.search_words import list_words
from tests.harness.builders import TEXT, Room, add_annotation, add_article, add_room, correct
from tests.harness.findings import Reference
from tests.harness.memory import peak_of
from tests.harness.searching import matches
from tests.harness.statements import most_between, recorded_statements
from tests.harness.world import World, add_world, asked_of

BASE = "http://gloss.example/projects/first/articles"
EXAMPLES = 30  # each asks a database some thirty times
BEFORE = {ContextSort.BEFORE_1: 1, ContextSort.BEFORE_2: 2, ContextSort.BEFORE_3: 3}
AFTER = {ContextSort.AFTER_1: 1, ContextSort.AFTER_2: 2, ContextSort.AFTER_3: 3}


class Expected(NamedTuple):
    """A line as it has to be: what it is sorted by, where it stands, and the words of its tags."""

    key: Sequence[str]
    order: tuple[int, int, int]
    words: str
    tags: Sequence[str]


class Plain:
    """The lines that are asked for, by reading everything."""

    def __init__(self, session: Session, member: Member) -> None:
        self.session, self.member = session, member
        self.reference = Reference(session, member)

    def lines(self, asked: Asked) -> list[Expected]:
        """Return every line in order."""
        found = self.words(asked) if asked.q else self.passages(asked)
        if asked.by is ContextSort.PLACE:
            return sorted(found, key=lambda line: line.order)
        return sorted(found)

    def words(self, asked: Asked) -> Iterator[Expected]:
        """Give every place of what is searched in the articles that are asked for."""
        articles = self.session.scalars(
            select(Article).where(
                Article.project_id == self.member.project_id, Article.archived_at.is_(None)
            )
        )
        query = read_query(asked.q)
        for article in articles:
            assert article.current_revision_id
            content = content_of(self.session, article.current_revision_id)
            for block in content.blocks if self.is_asked_for(article, asked) else ():
                text = content.text[block.start : block.end]
                hits = [
                    (first + start, first + end)
                    for first, last in bounds_of(block.sentences)
                    if matches(text[first:last], query)
                    for start, end in marked(text[first:last], query)
                ]
                for start, end in hits:
                    tags = self.tags(article, block.start + start, block.start + end)
                    if asked.hits is Hits.ALL or not tags:
                        order = (article.current_revision_id, block.start + start, 0)
                        yield self.line(asked, text, (start, end), order=order, tags=tags)

    def is_asked_for(self, article: Article, asked: Asked) -> bool:
        """Say whether an article has one of the values of each facet of articles."""
        day = article.published_on
        own = {
            "article": str(article.id),
            "author": article.author or "none",
            "publication": article.publication or "none",
            "published": f"{day:%Y-%m}" if day else "none",
        }
        return all(own[name] in values for name, values in asked.filters.items() if name in own)

    def tags(self, article: Article, start: int, end: int) -> Sequence[str]:
        """Return the tags that the member sees at a place, each once."""
        return sorted(
            {
                one.tag_name
                for one in self.reference.all
                if one.revision_id == article.current_revision_id
                and one.start < end
                and one.end > start
            }
        )

    def passages(self, asked: Asked) -> Iterator[Expected]:
        """Give the first word of every passage that is asked for."""
        for one in self.reference.find(asked):
            content = content_of(self.session, one.revision_id)
            block = content.blocks[one.first_block - 1]
            text = content.text[block.start : block.end]
            first = list_words(one.quote)[0]
            here = one.start - block.start
            where = (here + first.start, here + first.end)
            order = (one.article_id, one.start, one.id)
            yield self.line(asked, text, where, order=order, tags=[one.tag_name])

    def line(
        self,
        asked: Asked,
        text: str,
        where: tuple[int, int],
        *,
        order: tuple[int, int, int],
        tags: Sequence[str],
    ) -> Expected:
        """Return a line with what it is sorted by."""
        start, end = where
        key: list[str] = []
        if asked.by in BEFORE:
            words = [each.word for each in list_words(text[:start])]
            key = words[::-1][BEFORE[asked.by] - 1 :]
        elif asked.by in AFTER:
            key = [each.word for each in list_words(text[end:])][AFTER[asked.by] - 1 :]
        return Expected(key, order, text[start:end], tags)


def asked_in_context(world: World) -> st.SearchStrategy[Asked]:
    """Give what can be asked for in context."""
    return st.builds(
        replace,
        asked_of(world),
        view=st.just(PassagesView.CONTEXT),
        by=st.sampled_from(ContextSort),
        hits=st.sampled_from(Hits),
    )


def pages(session: Session, member: Member, asked: Asked, size: int) -> Iterator[Lines]:
    """Go through all lines that are asked for, as the addresses of pages would."""
    after: LinePlace | None = None
    while True:
        lines = list_lines(session, member, asked, after=after, limit=size)
        yield lines
        if lines.next is None:
            return
        looked_to = lines.looked_to if asked.by is ContextSort.PLACE else None
        assert lines.next == (looked_to or lines.shown[-1].place)
        after = read_line_place(lines.next.written)
        assert after == lines.next


def seen(line: ContextLine) -> tuple[object, ...]:
    return (
        line.place.order,
        line.context.words,
        sorted({each.tag for each in line.tagged}),
    )


def test_every_line_stands_once_in_its_order(session: Session) -> None:
    world = add_world(session)
    add_article(
        session, "The road.\n\nRoad, ROAD: no road to “nowhere”; the Élan road! élan, no road."
    )
    everybody = [Plain(session, member) for member in world.members]
    assert len({len(each.lines(Asked(q="no*", hits=Hits.UNTAGGED))) for each in everybody}) > 1

    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(everybody), asked_in_context(world), st.integers(1, 9))
    def check(plain: Plain, asked: Asked, size: int) -> None:
        expected = plain.lines(asked)
        found = list(pages(session, plain.member, asked, size))
        lines = [line for page in found for line in page.shown]
        assert [seen(line) for line in lines] == [
            (each.order, each.words, list(each.tags)) for each in expected
        ]
        for page in found:
            assert page.is_all
            assert page.looked_to is None
            assert page.total == (Count(len(expected)) if asked.q else None)
        if asked.by is not ContextSort.PLACE:
            assert [line.run for line in lines] == [next(iter(each.key), "") for each in expected]

    check()


def test_of_what_is_not_tagged_a_page_has_that_of_the_places_it_looks_at(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = add_world(session)
    article = add_article(session, "Road, road, no road. Another road.\n\nThe road.")
    add_annotation(session, world.room.owner, article, "Road, road, no road.")
    everybody = [Plain(session, member) for member in world.members]
    monkeypatch.setattr(queries, "MOST_LOOKED_AT", 3)
    monkeypatch.setattr(texts, "SENTENCES_AT_ONCE", 2)
    ends = set()

    @settings(max_examples=EXAMPLES)
    @given(
        st.sampled_from(everybody),
        st.sampled_from(["road", "the", "no*", "we OR it", "nowhere"]),
        st.sampled_from(ContextSort),
        st.integers(1, 4),
    )
    @example(everybody[1], "road", ContextSort.PLACE, 1)  # a page of nothing, with more after it
    def check(plain: Plain, q: str, by: ContextSort, size: int) -> None:
        asked = Asked(q=q, view=PassagesView.CONTEXT, by=by, hits=Hits.UNTAGGED)
        expected = plain.lines(asked)
        found = list(pages(session, plain.member, asked, size))
        lines = [seen(line) for page in found for line in page.shown]
        wanted = [(each.order, each.words, list(each.tags)) for each in expected]
        if by is ContextSort.PLACE:
            assert lines == wanted
        else:  # those of the places that were looked at first
            last = found[0].looked_to
            assert lines == [each for each in wanted if last is None or each[0] <= last.order]
        for page in found:
            assert page.total
            assert page.total.number <= len(expected)
            assert not page.total.is_exact or page.total.number == len(expected)
            ends.add((bool(page.shown), page.looked_to is None))

    check()
    assert len(ends) == len(list(product((True, False), repeat=2)))


def test_of_very_many_lines_the_first_by_place_are_sorted(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = add_world(session)
    owner = Plain(session, world.room.owner)
    for q in ("no*", ""):
        by_place = owner.lines(Asked(q=q, by=ContextSort.PLACE))
        most = len(by_place) - 3
        monkeypatch.setattr(queries, "MOST_SORTED", most)
        asked = Asked(q=q, view=PassagesView.CONTEXT)
        lines = list_lines(session, owner.member, asked, after=None, limit=99)
        assert not lines.is_all
        assert {each.place.order for each in lines.shown} == {
            each.order for each in by_place[:most]
        }
        assert lines.total == (Count(most, is_exact=False) if q else None)
        asked = replace(asked, by=ContextSort.PLACE)
        found = [each for page in pages(session, owner.member, asked, 4) for each in page.shown]
        assert [each.place.order for each in found] == [each.order for each in by_place]


def test_a_file_has_every_place_in_its_order(
    database: Database, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = add_world(session)
    article = add_article(session, "Road, road, no road. Another road.\n\nThe road.")
    add_annotation(session, world.room.owner, article, "Road, road, no road.")
    everybody = [Plain(session, member) for member in world.members]
    monkeypatch.setattr(every_place, "PLACES_AT_ONCE", 3)
    monkeypatch.setattr(every_place, "MOST_LOOKED_AT", 4)
    monkeypatch.setattr(texts, "SENTENCES_AT_ONCE", 2)

    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(everybody), asked_in_context(world), st.sampled_from([7, 10_000]))
    def check(plain: Plain, asked: Asked, together: int) -> None:
        monkeypatch.setattr(every_place, "MOST_SORTED_TOGETHER", together)
        asked = replace(asked, q=asked.q or "no*")
        expected = plain.lines(replace(asked, by=ContextSort.PLACE))
        if asked.by is not ContextSort.PLACE:
            expected = [
                line for some in batched(plain.lines(asked), expected, together) for line in some
            ]
        batches = list(list_place_rows(database, plain.member, asked, articles=""))
        rows = [dict(zip(PLACES.kinds, row, strict=True)) for batch in batches for row in batch]
        assert [(row["start"], row["hit"], row["tags"]) for row in rows] == [
            (each.order[1], each.words, ";".join(sorted(each.tags, key=TAGS.index)))
            for each in expected
        ]

    check()


def batched(
    lines: Sequence[Expected], by_place: Sequence[Expected], size: int
) -> Iterator[list[Expected]]:
    """Give sorted lines so many by place at a time."""
    for first in range(0, len(by_place), size):
        orders = {line.order for line in by_place[first : first + size]}
        yield [line for line in lines if line.order in orders]


def test_more_places_take_no_more_memory_nor_statements_than_their_batches(
    database: Database, session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(every_place, "PLACES_AT_ONCE", 250)
    monkeypatch.setattr(every_place, "MOST_SORTED_TOGETHER", 500)
    few, many = (
        add_article(session, "\n\n".join(["The road goes to town by the sea."] * times))
        for times in (1_000, 3_000)
    )
    member = room.annotator
    session.close()

    def file_of(article: Article, by: ContextSort) -> Iterator[bytes]:
        asked = Asked(q="road", article=(str(article.id),), by=by)
        return write_csv(PLACES, list_place_rows(database, member, asked, articles=BASE))

    for by in (ContextSort.PLACE, ContextSort.AFTER_2):
        counts = []
        for article in (few, many):  # the texts are read, and kept
            with recorded_statements(database.engine) as statements:
                assert sum(1 for _ in file_of(article, by)) > 1
            counts.append(len(statements))
        size, peak = peak_of(file_of(few, by))
        more, highest = peak_of(file_of(many, by))
        assert more > 2.9 * size
        assert highest < 1.5 * peak
        assert counts[1] < 3.2 * counts[0] < 3.2 * 30  # of four batches, and the end
        assert most_between(database.engine, file_of(many, by)) < 8


def test_a_file_sorted_by_words_holds_little_while_its_reader_takes_nothing(
    database: Database, session: Session, room: Room
) -> None:
    places = 3_000
    article = add_article(session, "\n\n".join(["The road goes to town by the sea."] * places))
    member = room.annotator
    session.close()
    asked = Asked(q="road", article=(str(article.id),), by=ContextSort.AFTER_2)
    list(list_place_rows(database, member, asked, articles=BASE))  # the text is read, and kept
    pieces = write_csv(PLACES, list_place_rows(database, member, asked, articles=BASE))
    tracemalloc.start()
    try:
        assert next(pieces)  # the heading
        assert next(filter(None, pieces)).count(b"\r\n") < places
        assert tracemalloc.get_traced_memory()[0] < places * 300  # bytes, of which a line has 34
    finally:
        tracemalloc.stop()


def test_a_passage_stands_by_its_words_whatever_sign_it_begins_with(session: Session) -> None:
    room = add_room(session)
    for quote in (", and nobody repairs it", "“We have no money,”", "mayor. She added:"):
        add_annotation(session, room.annotator, room.article, quote)
    # The stop that ends the first paragraph, and words of the second.
    over = add_annotation(session, room.annotator, room.article, "It floods every spring")
    over.start, over.end = TEXT.index(".\n\n“We"), TEXT.index(" no money")
    session.commit()
    lines = list_lines(session, room.owner, Asked(view=PassagesView.CONTEXT), after=None, limit=9)
    assert [(line.context.words, line.run, line.block) for line in lines.shown] == [
        ("We", "have", 2),
        ("We", "have", 2),
        ("and", "nobody", 1),
        ("mayor", "she", 2),
    ]


def test_a_page_goes_on_after_a_line_that_is_gone(session: Session) -> None:
    world = add_world(session)
    owner = world.room.owner
    asked = Asked(q="road", view=PassagesView.CONTEXT)
    first = list_lines(session, owner, asked, after=None, limit=3)
    assert first.next
    article = session.get_one(Article, first.next.article_id)
    rest = list_lines(session, owner, asked, after=first.next, limit=99)
    correct(session, owner, article, "Nothing of it is left.")
    again = list_lines(session, owner, asked, after=first.next, limit=99)
    assert [each.place for each in again.shown] == [
        each.place for each in rest.shown if each.place.article_id != article.id
    ]


def test_an_address_that_names_no_line_begins_at_the_first_page(session: Session) -> None:
    world = add_world(session)
    for written in (None, "", "1.2.3", "1.2.3.4.x", "1.2.3.4." + "9" * 30, "1.-1.2.3.4"):
        assert read_line_place(written) is None
    member = world.room.owner
    asked = Asked(q="road", view=PassagesView.CONTEXT)
    whole = list_lines(session, member, asked, after=None, limit=99)
    (elsewhere,) = [
        article
        for article in session.scalars(select(Article))
        if article.project_id != member.project_id
    ]
    assert elsewhere.current_revision_id
    for after in (
        LinePlace(elsewhere.id, elsewhere.current_revision_id, 0, 4),
        LinePlace(world.articles[0].id, 999_999_999, 0, 4),
        whole.shown[0].place._replace(end=999_999_999),
        LinePlace(1, 1, 0, 4, 1),
    ):
        assert list_lines(session, member, asked, after=after, limit=99) == whole
