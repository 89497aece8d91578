"""Months and years, as a picture over time has them."""

from collections.abc import Iterable, Sequence

from app.frozen import frozen

MOST_MONTHS, MOST_YEARS = 36, 40

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905  (as one reads them)


@frozen
class Period:
    """A month or a year: its name, what stands below its column, and its months."""

    name: str
    below: str
    months: Sequence[str]


def periods_of(months: Iterable[str]) -> Sequence[Period]:
    """Return the periods from the first of some months to the last, none left out.

    They are months such as "2025-03"; where these are too many, years; and where these are, the
    years alone in which there is something, the last of them.
    """
    found = sorted(months)
    if not found:
        return []
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (found[0], found[-1]))
    if last - first < MOST_MONTHS:
        return [_month(number, is_first=number == first) for number in range(first, last + 1)]
    years = range(first // 12, last // 12 + 1)
    if len(years) > MOST_YEARS:
        some = sorted({int(month[:4]) for month in found})[-MOST_YEARS:]
        return [_year(year) for year in some]
    return [_year(year) for year in years]


def _month(number: int, *, is_first: bool) -> Period:
    year, month = divmod(number, 12)
    name = _MONTHS[month]
    below = str(year) if month == 0 and not is_first else name
    return Period(f"{name} {year}", below, (f"{year:04}-{month + 1:02}",))


def _year(year: int) -> Period:
    return Period(
        str(year), f"’{year % 100:02}", [f"{year:04}-{month:02}" for month in range(1, 13)]
    )


def span_of(periods: Sequence[Period]) -> str:
    """Say from when to when some periods are: "Nov 2024 to Feb 2025", "Nov 2024"; "" of none."""
    if not periods:
        return ""
    first, last = periods[0].name, periods[-1].name
    return first if first == last else f"{first} to {last}"
