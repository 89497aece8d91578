"""How templates write dates, numbers, plurals and sentences."""

from datetime import UTC, date, datetime

from flask import Flask
from markupsafe import Markup

from app.core.clock import now
from app.text.catalogue import CATALOGUE
from app.web.zones import reader_zone, zone_name

NAMED_DAYS = 7  # today, yesterday, and the days before by their names


def moment(value: datetime) -> str:
    """Write a time as its reader knows it: "today 16:05", or "22 November 2026, 16:05".

    In UTC, which it then says, where the reader's zone is not known.
    """
    local = value.astimezone(reader_zone())
    said = _name_day(local)
    said = f"{said} " if said else f"{local.day} {local:%B %Y}, "
    return f"{said}{local:%H:%M}{_zone_unless_known()}"


def day(value: date) -> str:
    """Write the day of a time as its reader knows it, "yesterday", or a date: "22 Nov 2026"."""
    if isinstance(value, datetime):
        value = value.astimezone(reader_zone())
        if said := _name_day(value):
            return said
    return f"{value.day} {value:%b %Y}"


def today() -> date:
    """Return which day it is for the reader."""
    return now().astimezone(reader_zone()).date()


def clock(value: datetime) -> str:
    """Write a time of the reader's day: "16:05"."""
    return f"{value.astimezone(reader_zone()):%H:%M}"


def utc(value: datetime) -> str:
    """Write a time for everybody alike: "22 November 2026, 16:05 UTC"."""
    value = value.astimezone(UTC)
    return f"{value.day} {value:%B %Y, %H:%M} UTC"


def iso(value: datetime) -> str:
    """Write a time for a machine: "2026-11-22T16:05:00Z"."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def time(value: datetime, form: str = "moment") -> Markup:
    """Draw a time, in the form "moment", "day" or "clock"; js/times.mjs writes it again in need."""
    local = value.astimezone(reader_zone())
    whole = f"{local.day} {local:%B %Y, %H:%M}, {zone_name()}"
    said = _FORMS[form](value)
    return Markup(  # noqa: S704  (none of it was typed by anybody)
        f'<time datetime="{iso(value)}" data-form="{form}" title="{whole}">{said}</time>'
    )


def number(value: int) -> str:
    """Write a number: 1,240."""
    return f"{value:,}"


def megabytes(value: int) -> str:
    """Write a number of bytes in millions, with no fraction: "10"."""
    return f"{value // 1_000_000:,}"


def pluralise(value: int, one: str, many: str) -> str:
    """Write a number with its noun: "1 passage", "1,240 passages".

    A verb makes a sentence of it, which is written whole (`app/text/catalogue.py`).
    """
    return f"{value:,} {one if value == 1 else many}"


def register(app: Flask) -> None:
    """Give templates these as filters, and `trans` for sentences."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_translations(  # type: ignore[attr-defined]  # by the extension
        CATALOGUE, newstyle=True
    )
    for write in (moment, day, clock, time, iso, number, megabytes, pluralise):
        app.jinja_env.filters[write.__name__] = write
    app.jinja_env.globals["today"] = today
    app.jinja_env.globals["zone_name"] = zone_name


def _name_day(local: datetime) -> str:
    """Return what a day near today is called, "" for one that is further away."""
    days = (now().astimezone(local.tzinfo).date() - local.date()).days
    if days in _NEAR:
        return _NEAR[days]
    return f"{local:%A}" if 1 < days < NAMED_DAYS else ""


def _zone_unless_known() -> str:
    return " UTC" if reader_zone() is UTC else ""


_NEAR = {-1: "tomorrow", 0: "today", 1: "yesterday"}
_FORMS = {"moment": moment, "day": day, "clock": clock}
