"""Flat mark runs, against a brute force count per character."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.runs import BITS, mark_runs

places = st.integers(min_value=-3, max_value=40)
spans_strategy = st.lists(st.tuples(places, places, st.sampled_from(BITS)), max_size=30)
ranges = st.tuples(places, places).map(sorted)


def masks_by_brute_force(start: int, end: int, spans: list[tuple[int, int, int]]) -> list[int]:
    masks = []
    for place in range(start, end):
        mask = 0
        for span_start, span_end, bit in spans:
            if span_start <= place < span_end:
                mask |= bit
        masks.append(mask)
    return masks


@given(ranges, spans_strategy)
def test_runs_say_of_each_character_which_tags_cover_it(
    bounds: list[int], spans: list[tuple[int, int, int]]
) -> None:
    start, end = bounds
    masks = [
        mask
        for run_start, run_end, mask in mark_runs(start, end, spans)
        for _ in range(run_start, run_end)
    ]
    assert masks == masks_by_brute_force(start, end, spans)


@given(ranges, spans_strategy)
def test_runs_cover_the_range_in_order_and_neighbours_differ(
    bounds: list[int], spans: list[tuple[int, int, int]]
) -> None:
    start, end = bounds
    runs = mark_runs(start, end, spans)
    place = start
    previous = None
    for run_start, run_end, mask in runs:
        assert run_start == place < run_end
        assert mask != previous
        place, previous = run_end, mask
    assert place == end


def test_overlapping_tags_make_a_run_of_both() -> None:
    assert mark_runs(0, 10, [(2, 6, 1), (4, 8, 2)]) == [
        (0, 2, 0),
        (2, 4, 1),
        (4, 6, 3),
        (6, 8, 2),
        (8, 10, 0),
    ]


def test_overlapping_passages_of_one_tag_make_one_run() -> None:
    assert mark_runs(0, 6, [(0, 3, 4), (2, 5, 4), (5, 6, 4)]) == [(0, 6, 4)]


def test_no_span_gives_one_bare_run_and_no_range_gives_none() -> None:
    assert mark_runs(3, 9, []) == [(3, 9, 0)]
    assert mark_runs(3, 3, [(0, 9, 1)]) == []


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end at 2"):
        mark_runs(3, 2, [])


def test_a_bit_that_is_no_tag_is_refused() -> None:
    with pytest.raises(ValueError, match="one of"):
        mark_runs(0, 9, [(1, 2, 3)])


def test_ten_thousand_spans_on_a_thousand_words_take_milliseconds() -> None:
    chance = random.Random(7)  # noqa: S311 - a sample, not a secret
    starts = [chance.randrange(6_400) for _ in range(10_000)]
    spans = [(start, start + chance.randint(5, 120), chance.choice(BITS)) for start in starts]
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        mark_runs(0, 6_500, spans)
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.05  # 2 ms on an idle machine
