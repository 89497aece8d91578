"""How templates write dates, numbers and plurals."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime

from flask import Flask

JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def moment(value: datetime) -> str:
    """Write a time: "22 November 2026, 16:05 UTC"."""
    value = value.astimezone(UTC)
    return f"{value.day} {value:%B %Y, %H:%M} UTC"


def day(value: date) -> str:
    """Write a day, of a time that in UTC: "22 Nov 2026"."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return f"{value.day} {value:%b %Y}"


def clock(value: datetime) -> str:
    """Write a time of a day: "16:05"."""
    return f"{value.astimezone(UTC):%H:%M}"


def iso(value: datetime) -> str:
    """Write a time for a machine: "2026-11-22T16:05:00Z"."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def number(value: int) -> str:
    """Write a number: 1,240."""
    return f"{value:,}"


def counted(value: int, one: str, many: str) -> str:
    """Write a number with its noun: "1 passage", "1,240 passages"."""
    return f"{value:,} {one if value == 1 else many}"


def clean_line(text: str) -> str:
    """Return what somebody typed into one line, with single spaces and nothing that is not seen.

    The two joiners of letters stay: Persian, Hindi and others are written with them.
    """
    seen = "".join(c if c.isprintable() or c in JOINERS else " " for c in text)
    cleaned = " ".join(seen.split())
    return cleaned if cleaned.strip(JOINERS + " ") else ""


def apart(people: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Tell people of one name apart, by the numbers of their accounts: "Ines Kaya (12)"."""
    taken = Counter(name.lower() for _id, name in people)
    return [
        (number, name if taken[name.lower()] == 1 else f"{name} ({number})")
        for number, name in people
    ]


def register(app: Flask) -> None:
    """Give templates these as filters."""
    for write in (moment, day, clock, iso, number, counted):
        app.jinja_env.filters[write.__name__] = write
