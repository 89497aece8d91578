"""Dates as bylines write them."""

import calendar
import re
from datetime import date
from enum import StrEnum

from app.frozen import frozen


class DateOrder(StrEnum):
    """What the first number of 4/5/2025 is."""

    MDY = "mdy"
    DMY = "dmy"


@frozen
class FoundDate:
    """A day, and whether its month and day could also be the other way round."""

    day: date
    is_guess: bool


_MONTHS = (
    {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
    | {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
    | {"sept": 9}
)
# French, German and Spanish; the first months of each.
_FOREIGN_MONTHS = (
    ("janvier", "janv", "januar", "j\u00e4nner", "enero", "ene"),
    ("f\u00e9vrier", "f\u00e9vr", "februar", "febrero"),
    ("mars", "m\u00e4rz", "marzo"),
    ("avril", "avr", "abril", "abr"),
    ("mai", "mayo"),
    ("juin", "juni", "junio"),
    ("juillet", "juil", "juli", "julio"),
    ("ao\u00fbt", "agosto", "ago"),
    ("septembre", "septiembre", "setiembre"),
    ("octobre", "oktober", "okt", "octubre"),
    ("novembre", "noviembre"),
    ("d\u00e9cembre", "d\u00e9c", "dezember", "dez", "diciembre", "dic"),
)
_MONTHS |= {name: number for number, names in enumerate(_FOREIGN_MONTHS, start=1) for name in names}
_LAST_YEAR_OF_2000S = 68  # POSIX: two digits from 69 on are 19xx
_MONTHS_IN_YEAR = 12

_LEAD = re.compile(
    r"(?:(?:first |originally )?(?:published|posted|updated|dated?)\b:?\s*)?(?:on\s+)?"
    r"(?:(?:publi\u00e9e?|publicado|ver\u00f6ffentlicht|mis en ligne)\s+)?"
    r"(?:(?:le|el|am|vom)\s+)?"
    r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|montag|dienstag|mittwoch|"
    r"donnerstag|freitag|samstag|sonnabend|sonntag|lunes|martes|mi\u00e9rcoles|jueves|viernes|"
    r"s\u00e1bado|domingo)[.,]*\s+)?"
    r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\b[.,]*\s+)?",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?:,?\s+(?:at\s+)?|[tT])[0-9]{1,2}[:.][0-9]{2}\b.{0,40}")
_ISO = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_NUMBERS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_MONTH_FIRST = re.compile(
    r"([^\W\d_]{3,10})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?(?:,\s*|\s+)([0-9]{4})"
)
_DAY_FIRST = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th|er|\.|\u00ba)?[\s-]+(?:of\s+|de\s+)?([^\W\d_]{3,10})\.?"
    r"(?:,\s*|[\s-]+)(?:del?\s+)?([0-9]{4})"
)
# As programs write it: "Mon Aug 03 12:45:00 EDT 2015".
_TIME_BEFORE_YEAR = re.compile(
    r"\s[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s[A-Za-z+0-9:-]{1,9})?(?=\s[0-9]{4}$)"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_DAY = re.compile(r"(?:(?:spring|summer|autumn|fall|winter|([A-Za-z]{3,9})\.?),?\s+)?[0-9]{4}")

# A whole date in the words of any language: "5 mars 2024", "5. März 2024", "2024年3月5日".
_IN_WORDS = re.compile(
    r"\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]+\.?\s+(?:de\s+)?\d{4}\W*|\d{4}\s*[^\W\d_]\s*\d{1,2}\s*[^\W\d_]"
    r"\s*\d{1,2}\s*[^\W\d_]"
)


def parse_date(text: str, order: DateOrder) -> FoundDate | None:
    """Read a text that is a date and nothing else; None where it is not.

    A date in numbers whose first two parts are both under 13 follows `order` (with full stops it
    is day first, as wherever dates are written so) and is a guess. A time after it is ignored.
    """
    text = text.strip().removesuffix(".")
    text = text[_match_end(_LEAD, text) :]
    text = _TIME_BEFORE_YEAR.sub("", text)
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


def is_day_in_words(text: str) -> bool:
    """Tell whether a text is nothing but a day written in words, in whatever language."""
    return _IN_WORDS.fullmatch(text) is not None


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
    if len(year) <= len("99"):
        number += 2000 if number <= _LAST_YEAR_OF_2000S else 1900
    try:
        return FoundDate(date(number, int(month), int(day)), is_guess)
    except ValueError:
        return None


def read_day(typed: str) -> date | None:
    """Return a day as forms and addresses have it, such as 2025-01-31, or None where it is none.

    Python would read others of ISO 8601, too, such as 20250131 and 2025-W05-5.
    """
    day = typed.strip()
    try:
        return date.fromisoformat(day) if _DAY.fullmatch(day) else None
    except ValueError:
        return None
