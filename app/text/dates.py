"""Dates as bylines write them."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DateOrder(StrEnum):
    """What the first number of 4/5/2025 is."""

    MDY = "mdy"
    DMY = "dmy"


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A day, and whether its month and day could also be the other way round."""

    day: date
    is_guess: bool


_MONTHS = (
    {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
    | {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
    | {"sept": 9}
)
_LAST_YEAR_OF_2000S = 68  # POSIX: two digits from 69 on are 19xx
_MONTHS_IN_YEAR = 12
_YEARS_IN_CENTURY = 100

_LEAD = re.compile(
    r"(?:(?:first |originally )?(?:published|posted|updated|dated?)\b:?\s*)?(?:on\s+)?"
    r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\b[.,]*\s+)?",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?:,?\s+(?:at\s+)?|[tT])[0-9]{1,2}[:.][0-9]{2}\b.{0,24}")
_ISO = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_NUMBERS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_MONTH_FIRST = re.compile(
    r"([A-Za-z]{3,9})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?(?:,\s*|\s+)([0-9]{4})"
)
_DAY_FIRST = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:of\s+)?([A-Za-z]{3,9})\.?(?:,\s*|[\s-]+)([0-9]{4})"
)
_NO_DAY = re.compile(r"(?:(?:spring|summer|autumn|fall|winter|([A-Za-z]{3,9})\.?),?\s+)?[0-9]{4}")


def parse_date(text: str, order: DateOrder) -> FoundDate | None:
    """Read a text that is a date and nothing else; None where it is not.

    A date in numbers whose first two parts are both under 13 follows `order` (with full stops it
    is day first, as wherever dates are written so) and is a guess. A time after it is ignored.
    """
    text = text.strip().removesuffix(".")
    text = text[_match_end(_LEAD, text) :]
    if time := _TIME.search(text):
        text = text[: time.start()] if time.end() == len(text) else text
    if match := _ISO.fullmatch(text):
        return _found(match[1], match[3], match[4])
    if match := _NUMBERS.fullmatch(text):
        return _from_numbers(match[1], match[3], match[4], _order_of(match[2], order))
    if match := _MONTH_FIRST.fullmatch(text):
        return _found(match[3], _MONTHS.get(match[1].lower()), match[2])
    if match := _DAY_FIRST.fullmatch(text):
        return _found(match[3], _MONTHS.get(match[2].lower()), match[1])
    return None


def lacks_day(text: str) -> bool:
    """Tell whether a text is a year, or a month or season and a year: a date without its day."""
    text = text.strip()
    match = _NO_DAY.fullmatch(text[_match_end(_LEAD, text) :].lower())
    return match is not None and (match[1] is None or match[1] in _MONTHS)


def _match_end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _order_of(separator: str, order: DateOrder) -> DateOrder:
    return DateOrder.DMY if separator == "." else order


def _from_numbers(first: str, second: str, year: str, order: DateOrder) -> FoundDate | None:
    month, day = (first, second) if order is DateOrder.MDY else (second, first)
    if int(month) > _MONTHS_IN_YEAR:
        month, day = day, month
    is_guess = int(day) <= _MONTHS_IN_YEAR
    return _found(year, month, day, is_guess=is_guess)


def _found(
    year: str, month: str | int | None, day: str, *, is_guess: bool = False
) -> FoundDate | None:
    if month is None:
        return None
    number = int(year)
    if number < _YEARS_IN_CENTURY:
        number += 2000 if number <= _LAST_YEAR_OF_2000S else 1900
    try:
        return FoundDate(date(number, int(month), int(day)), is_guess)
    except ValueError:
        return None
