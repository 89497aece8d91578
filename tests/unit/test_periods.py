"""Months and years of a picture."""

from hypothesis import given
from hypothesis import strategies as st

from app.findings.pages.periods import MOST_MONTHS, MOST_YEARS, periods_of, span_of

YEARS = st.integers(1, 9999) | st.integers(2015, 2030)
MONTHS = st.builds(lambda year, month: f"{year:04}-{month:02}", YEARS, st.integers(1, 12))


def test_months_without_articles_keep_their_place() -> None:
    periods = periods_of(["2025-02", "2024-11"])
    assert [period.name for period in periods] == ["Nov 2024", "Dec 2024", "Jan 2025", "Feb 2025"]
    assert [period.below for period in periods] == ["Nov", "Dec", "2025", "Feb"]
    assert periods_of([]) == []


def test_a_picture_says_from_when_to_when_it_is() -> None:
    assert span_of(periods_of(["2025-02", "2024-11"])) == "Nov 2024 to Feb 2025"
    assert span_of(periods_of(["2024-11"])) == "Nov 2024"
    assert span_of(periods_of(["2014-11", "2024-11"])) == "2014 to 2024"
    assert not span_of(periods_of([]))


@given(st.lists(MONTHS, min_size=1, max_size=60))
def test_there_are_few_columns_and_each_month_is_in_one_at_most(months: list[str]) -> None:
    periods = periods_of(months)
    assert 1 <= len(periods) <= max(MOST_MONTHS, MOST_YEARS)
    covered = [month for period in periods for month in period.months]
    assert len(set(covered)) == len(covered)
    assert covered == sorted(covered)
    years = {month[:4] for month in months}
    assert max(months) in covered
    if len(years) <= MOST_YEARS:
        assert set(months) <= set(covered)
