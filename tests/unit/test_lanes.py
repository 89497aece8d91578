"""How overlapping passages are drawn: a lane each, the ground of the shortest, a count beyond."""

import itertools
import random
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from app.annotations.tags import Tag
from app.reading.pages.rendering.lanes import LANES, LanePassage, Run, draw_runs, lay_out

START, END = 10, 50  # of the block
places = st.integers(min_value=0, max_value=60)
passages_strategy = st.lists(
    st.tuples(places, places, st.sampled_from([tag.value for tag in Tag]), st.integers(1, 40))
    .filter(lambda drawn: drawn[0] < END and drawn[1] > START and drawn[0] < drawn[1])
    .map(tuple),
    max_size=16,
    unique_by=lambda drawn: drawn[3],
)
# Of few bounds, so that many find no lane.
crowded_strategy = st.tuples(
    st.integers(0, 4), st.integers(1, 5), st.sampled_from([tag.value for tag in Tag])
).map(lambda drawn: (drawn[0] * 10, drawn[0] * 10 + drawn[1] * 10 + 1, drawn[2]))
# Of many bounds, so that most do.
loose_strategy = st.tuples(
    st.integers(0, 48), st.integers(4, 30), st.sampled_from([tag.value for tag in Tag])
).map(lambda drawn: (drawn[0], max(START, drawn[0]) + drawn[1], drawn[2]))
cuts_strategy = st.lists(places, max_size=4)


def by_length(passage: LanePassage) -> tuple[int, int, int]:
    start, end, _tag, number = passage
    return end - start, -start, number


def at(runs: list[Run], offset: int) -> Run:
    return next(run for run in runs if run.start <= offset < run.end)


def lines(run: Run) -> dict[str, str]:
    """Return the tag of the line in each lane of a run."""
    names = [name.split("-") for name in run.css.split()]
    return {name[0]: name[1] for name in names if name[0] in LANES and name[1] in set(Tag)}


def own_lanes(passages: list[LanePassage]) -> dict[tuple[int, int, str], str]:
    """Give passages their lanes by the rule, one after another."""
    lanes: dict[tuple[int, int, str], str] = {}
    for start, end, tag, _number in sorted(passages, key=by_length):
        taken = {lane for (s, e, _), lane in lanes.items() if s < end and start < e}
        free = [lane for lane in LANES if lane not in taken]
        if free and (start, end, tag) not in lanes:
            lanes[start, end, tag] = free[0]
    return lanes


@given(passages_strategy, cuts_strategy)
def test_runs_are_flat_and_cut_at_every_bound(passages: list[LanePassage], cuts: list[int]) -> None:
    runs = draw_runs(START, END, passages, cuts)
    assert runs[0].start == START
    assert runs[-1].end == END
    assert all(run.start < run.end for run in runs)
    assert all(one.end == other.start for one, other in itertools.pairwise(runs))
    inside = {place for passage in passages for place in passage[:2]} | set(cuts)
    assert {run.start for run in runs[1:]} == {bound for bound in inside if START < bound < END}


@given(passages_strategy)
def test_the_ground_is_of_the_shortest_passage_there(passages: list[LanePassage]) -> None:
    for run in draw_runs(START, END, passages):
        here = sorted((p for p in passages if p[0] <= run.start < p[1]), key=by_length)
        assert run.css.split()[:1] == [passage[2] for passage in here[:1]]
        if here:
            assert ("wide" in run.css) == (here[0][0] < START or here[0][1] > END)


@given(passages_strategy)
def test_lines_of_passages_that_overlap_never_touch(passages: list[LanePassage]) -> None:
    """Who has a lane has it over its whole extent, and nobody else has any of it."""
    runs = draw_runs(START, END, passages)
    held: dict[tuple[str, int], tuple[int, int, str]] = {}
    for key, lane in own_lanes(passages).items():
        for offset in range(max(START, key[0]), min(END, key[1])):
            assert held.setdefault((lane, offset), key) == key
            assert lines(at(runs, offset))[lane] == key[2]


@given(passages_strategy)
def test_what_lies_inside_another_is_drawn_nearer_to_the_words(passages: list[LanePassage]) -> None:
    lanes = own_lanes(passages)
    drawn = draw_runs(START, END, passages)
    for (start, end, tag), lane in lanes.items():
        for (outer_start, outer_end, outer_tag), outer in lanes.items():
            longer = end - start < outer_end - outer_start
            if longer and outer_start <= start and end <= outer_end:
                assert lane < outer
                here = lines(at(drawn, max(START, start)))
                assert (here[lane], here[outer]) == (tag, outer_tag)


@given(passages_strategy)
def test_whoever_has_no_line_is_counted_once_in_a_stretch(passages: list[LanePassage]) -> None:
    runs = draw_runs(START, END, passages)
    without = []
    for run in runs:
        here = {p[:3] for p in passages if p[0] <= run.start < p[1]}
        # Who found no lane is drawn in a run if a lane outside those that are used there is free.
        laned = {own_lanes(passages).get(key) for key in here} - {None}
        outside = len(LANES) - 1 - max((LANES.index(lane or "a") for lane in laned), default=-1)
        assert len(lines(run)) == len(laned) + min(outside, len(here) - len(laned))
        without.append(len(here) - len(lines(run)))
    stretch: list[int] = []
    for place, (run, count) in enumerate(zip(runs, without, strict=True)):
        stretch = [*stretch, place] if count else []
        if stretch and (place + 1 == len(runs) or not without[place + 1]):
            deepest = max(without[number] for number in stretch)
            last = max(number for number in stretch if without[number] == deepest)
            assert [runs[number].more for number in stretch] == [
                deepest if number == last else 0 for number in stretch
            ]
        assert count or not run.more


@given(passages_strategy, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    passages: list[LanePassage], chance: random.Random
) -> None:
    others = passages.copy()
    chance.shuffle(others)
    assert draw_runs(START, END, others) == draw_runs(START, END, passages)


@given(passages_strategy, cuts_strategy)
def test_the_tags_are_said_where_they_begin_to_cover_the_words_and_nowhere_else(
    passages: list[LanePassage], cuts: list[int]
) -> None:
    said = ""
    for run in draw_runs(START, END, passages, cuts):
        here = {passage[2] for passage in passages if passage[0] <= run.start < passage[1]}
        now = " ".join(tag for tag in Tag if tag in here)
        assert run.begins == (now if now != said else "")
        said = now
        after = {passage[2] for passage in passages if passage[0] <= run.end < passage[1]}
        assert run.ends == (bool(now) and (run.end == END or after != here))


@settings(max_examples=300)
@given(
    st.lists(crowded_strategy, min_size=8, max_size=24)
    | st.lists(loose_strategy, min_size=8, max_size=24),
    st.integers(1, 3),
    cuts_strategy,
)
def test_what_is_added_later_is_drawn_as_if_it_had_been_there_from_the_beginning(
    drawn: list[tuple[int, int, str]], at_once: int, cuts: list[int]
) -> None:
    passages = [(*words, number) for number, words in enumerate(dict.fromkeys(drawn), start=1)]
    layout = lay_out(START, END, [], cuts)
    for there in range(0, len(passages), at_once):
        until = there + at_once
        layout = layout.with_more(passages[there:until], passages[:until])
        anew = lay_out(START, END, passages[:until], cuts)
        assert layout.runs == anew.runs
        assert layout.lanes == anew.lanes
        assert set(layout.drawn) >= set(anew.drawn)


def test_whoever_is_drawn_nowhere_may_get_the_lane_that_another_leaves() -> None:
    crowded_out = (20, 60, "demand", 5)
    passages = [
        (0, 20, "demand", 1),
        (20, 60, "claim", 2),
        (40, 60, "claim", 3),
        (10, 40, "demand", 4),
        crowded_out,
    ]
    before = lay_out(0, 60, passages)
    assert crowded_out not in before.drawn
    passages.append((0, 10, "assumption", 6))
    after = before.with_more(passages[-1:], passages)
    assert crowded_out in after.lanes
    assert after == lay_out(0, 60, passages)


def test_a_longer_passage_begins_and_ends_where_it_truly_does() -> None:
    runs = draw_runs(0, 40, [(0, 30, "citation", 1), (10, 20, "claim", 2), (25, 60, "demand", 3)])
    assert [(run.start, run.css) for run in runs] == [
        (0, "citation g-starts b-citation b-starts"),
        (10, "claim g-starts g-ends a-claim a-starts a-ends b-citation"),
        (20, "citation b-citation"),
        (25, "citation g-ends a-demand a-starts b-citation b-ends"),
        (30, "demand wide a-demand"),
    ]


def test_an_inline_cuts_a_run_without_an_end_there() -> None:
    runs = draw_runs(0, 9, [(0, 9, "claim", 1)], cuts=[4])
    assert [run.css for run in runs] == [
        "claim g-starts a-claim a-starts",
        "claim g-ends a-claim a-ends",
    ]


def test_the_same_words_and_tag_have_one_line_by_however_many() -> None:
    (run,) = draw_runs(0, 9, [(0, 9, "claim", number) for number in range(1, 8)])
    assert (lines(run), run.more) == ({"a": "claim"}, 0)


def test_seven_deep_shows_three_lines_and_counts_the_rest() -> None:
    passages = [(number, 20 + number, "claim", number) for number in range(7)]
    runs = draw_runs(0, 30, passages)
    assert [run.more for run in runs if run.more] == [4]
    assert at(runs, 6).css.split()[0] == "claim"
    assert set(lines(at(runs, 10))) == set(LANES)


def test_ten_thousand_passages_in_one_block_take_milliseconds() -> None:
    chance = random.Random(7)
    starts = [chance.randrange(6_400) for _ in range(10_000)]
    passages = [
        (start, start + chance.randint(5, 120), chance.choice(list(Tag)).value, number)
        for number, start in enumerate(starts)
    ]
    begun = time.process_time()
    draw_runs(0, 6_500, passages)
    assert time.process_time() - begun < 1
