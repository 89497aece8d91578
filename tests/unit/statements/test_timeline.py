"""Statements on an axis: nothing is lost, and marks of one side lie beside each other."""

from collections import Counter
from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.statements.timeline import (
    APART,
    FIRST,
    LAST,
    MOST_TICKS,
    Dated,
    build_timeline,
)

some_dated = st.lists(
    st.builds(
        Dated,
        st.sampled_from(["a", "b"]),
        st.sampled_from(["for", "against"]),
        st.integers(1, 3),
        st.none() | st.dates(),
    ),
    max_size=20,
)


@settings(max_examples=50)
@given(some_dated)
def test_every_statement_is_in_one_mark_or_undated_and_no_two_marks_overlap(
    said: list[Dated[str]],
) -> None:
    timeline = build_timeline(said)
    found: Counter[tuple[str, str]] = Counter()
    for row, marks in timeline.marks.items():
        for side in ("for", "against"):
            here = [mark for mark in marks if mark.side == side]
            assert all(after.at - one.at >= APART for one, after in pairwise(here))
            assert all(one.days[-1] < after.days[0] for one, after in pairwise(here))
            found[row, side] += sum(mark.count for mark in here)
        assert all(FIRST <= mark.at <= LAST for mark in marks)
    for row, counts in timeline.undated.items():
        for side, count in counts.items():
            found[row, side] += count
    assert found == Counter((one.row, one.side) for one in said)
    assert len(timeline.ticks) <= MOST_TICKS + 1


def test_days_that_lie_near_are_joined_at_the_first_and_say_how_many_they_are() -> None:
    days = [date(2024, 3, 12), date(2024, 3, 14), date(2024, 3, 14), date(2025, 2, 3)]
    said = [Dated(1, "for", article, day) for article, day in enumerate(days)]
    more = [Dated(1, "against", 0, days[0]), Dated(1, "for", 9, None)]
    timeline = build_timeline([*said, *more])
    found = [(one.side, one.count, one.days, set(one.articles)) for one in timeline.marks[1]]
    assert found == [
        ("against", 1, (days[0],), {0}),
        ("for", 3, (days[0], days[1]), {0, 1, 2}),
        ("for", 1, (days[3],), {3}),
    ]
    assert timeline.undated == {1: Counter(["for"])}
    assert timeline.ticks[0].day == date(2024, 4, 1)
    assert not build_timeline([]).ticks
