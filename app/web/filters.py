"""How templates write dates, numbers and plurals."""

from datetime import UTC, date, datetime

from flask import Flask


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


def megabytes(value: int) -> str:
    """Write a number of bytes in millions, with no fraction: "10"."""
    return f"{value // 1_000_000:,}"


def pluralise(value: int, one: str, many: str) -> str:
    """Write a number with its noun: "1 passage", "1,240 passages"."""
    return f"{value:,} {one if value == 1 else many}"


def register(app: Flask) -> None:
    """Give templates these as filters."""
    for write in (moment, day, clock, iso, number, megabytes, pluralise):
        app.jinja_env.filters[write.__name__] = write
