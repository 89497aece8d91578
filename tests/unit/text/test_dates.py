"""Dates as bylines write them."""

from datetime import date

import pytest

from app.text.dates import DateOrder, FoundDate, lacks_day, parse_date, read_day

THE_DAY = date(2025, 1, 13)


@pytest.mark.parametrize(
    "text",
    [
        "1/13/25",
        "13/1/25",
        "13/01/2025",
        "01-13-2025",
        "13.1.2025",
        "2025-01-13",
        "2025/1/13",
        "2025-01-13T08:30:00Z",
        "January 13, 2025",
        "january 13 2025",
        "Jan. 13, 2025",
        "Jan 13th, 2025",
        "13 January 2025",
        "13. January 2025",
        "13th of January, 2025",
        "13-Jan-2025",
        "Monday, January 13, 2025",
        "Mon 13 Jan 2025",
        "Published on January 13, 2025",
        "Posted January 13, 2025 at 10:30 am ET",
        "January 13, 2025.",
        "Mon Jan 13 08:30:00 EST 2025",
        "Mon Jan 13 08:30:00 +0100 2025",
    ],
)
@pytest.mark.parametrize("order", DateOrder)
def test_a_date_that_can_be_read_one_way_is_no_guess(text: str, order: DateOrder) -> None:
    assert parse_date(text, order) == FoundDate(THE_DAY, is_guess=False)


def test_two_parts_under_13_follow_the_order_and_are_a_guess() -> None:
    assert parse_date("4/5/25", DateOrder.MDY) == FoundDate(date(2025, 4, 5), is_guess=True)
    assert parse_date("4/5/25", DateOrder.DMY) == FoundDate(date(2025, 5, 4), is_guess=True)
    assert parse_date("4.5.2025", DateOrder.MDY) == FoundDate(date(2025, 5, 4), is_guess=True)


def test_two_digits_of_a_year_are_1969_to_2068() -> None:
    assert parse_date("12/31/69", DateOrder.MDY) == FoundDate(date(1969, 12, 31), is_guess=False)
    assert parse_date("12/31/68", DateOrder.MDY) == FoundDate(date(2068, 12, 31), is_guess=False)


@pytest.mark.parametrize(
    "text",
    [
        *("", "13/13/25", "2/30/2025", "0/5/25", "2025-13-40", "May 2025", "Paris, May 3, 2025"),
        *("Smarch 3, 2025", "1/2", "1/2-2025", "\u0661/\u0662/2025", "1945", "G7"),
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text, DateOrder.MDY) is None


def test_a_month_or_a_year_alone_lacks_its_day() -> None:
    assert all(lacks_day(text) for text in ("January 2025", "Spring 2024", "2024", "Sept. 2024"))
    assert not any(lacks_day(text) for text in ("Reuters 2024", "January 3, 2025", "Foo", ""))


@pytest.mark.parametrize(
    "written",
    [
        "5 mars 2024",
        "mardi 5 mars 2024",
        "Publi\u00e9 le 5 mars 2024",
        "5. M\u00e4rz 2024",
        "Dienstag, 5. M\u00e4rz 2024",
        "5 de marzo de 2024",
        "martes, 5 de marzo de 2024",
    ],
)
def test_months_have_french_german_and_spanish_names(written: str) -> None:
    found = parse_date(written, DateOrder.MDY)
    assert found is not None
    assert (found.day, found.is_guess) == (date(2024, 3, 5), False)


def test_the_first_of_a_french_month_is_read() -> None:
    found = parse_date("1er ao\u00fbt 2023", DateOrder.MDY)
    assert found is not None
    assert found.day == date(2023, 8, 1)


@pytest.mark.parametrize("typed", ["20250131", "2025-W05-5", "2025-1-31", "2025-02-30", "May", ""])
def test_a_day_of_a_form_is_as_the_form_says(typed: str) -> None:
    assert read_day(" 2025-01-31 ") == date(2025, 1, 31)
    assert read_day(typed) is None
