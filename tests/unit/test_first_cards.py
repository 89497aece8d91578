"""Which cards come with a drawing, and where those lie that do not."""

from hypothesis import given
from hypothesis import strategies as st

from app.annotations.queries.marks import Span
from app.discussion.queries.cards import Card
from app.reading.pages.rendering.margins import (
    by_block,
    choose_blocks,
    count_of,
    places_beyond,
    share_out,
    starts_of,
)

WIDTH = 10  # of each block, with the blank line after it
Tagged = list[tuple[int, int]]
tagged_strategy = st.lists(
    st.tuples(st.integers(0, 49), st.integers(1, 25)).map(
        lambda drawn: (drawn[0], min(50, drawn[0] + drawn[1]))
    ),
    max_size=12,
)


def block_at(offset: int) -> int:
    return offset // WIDTH + 1


def spans_of(tagged: Tagged) -> list[Span]:
    return [
        (start, end, "claim", block_at(start), block_at(end - 1), tagged.count((start, end)), 1)
        for start, end in sorted(set(tagged))
    ]


def cards_of(tagged: Tagged) -> list[Card]:
    return [
        Card(
            number,
            "claim",
            s,
            e,
            block_at(s),
            block_at(e - 1),
            1,
            "Ines",
            has_note=False,
            excerpt="",
        )
        for number, (s, e) in enumerate(sorted(tagged), start=1)
    ]


@given(tagged_strategy, st.integers(1, 4))
def test_the_cards_that_are_asked_for_are_the_first_of_each_block(
    tagged: Tagged, most: int
) -> None:
    spans = by_block(spans_of(tagged))
    starts = starts_of(spans.values(), most)
    cards = cards_of(tagged)
    shared = share_out((card for card in cards if card.start in starts), spans, most)
    for number, of_block in spans.items():
        touching = [c for c in cards if c.first_block <= number <= c.last_block]
        assert len(touching) == count_of(of_block)
        assert shared[number] == touching[:most]
        start = (number - 1) * WIDTH
        beyond = places_beyond(of_block, shared[number], start, start + WIDTH)
        hidden = {
            place
            for card in touching[most:]
            for place in range(max(start, card.start), min(start + WIDTH, card.end))
        }
        assert {place for first, last in beyond for place in range(first, last)} == hidden


def test_whole_blocks_come_until_the_room_is_full_and_those_that_are_wanted() -> None:
    spans = by_block(spans_of([(0, 5), (0, 6), (12, 15), (21, 22), (31, 32), (41, 42)]))
    assert choose_blocks(spans, 3) == {1, 2}
    assert choose_blocks(spans, 2, always={5}) == {1, 5}
    assert choose_blocks(spans, 1) == set()
    assert choose_blocks(spans, 99) == {1, 2, 3, 4, 5}
