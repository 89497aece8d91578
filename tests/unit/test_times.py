"""Times as their reader knows them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.core.clock import now
from app.web import filters
from app.web.zones import find_zone, reader_zone

FAR = "Pacific/Kiritimati"  # 14 hours before UTC: no other zone has today as early


@pytest.fixture
def far() -> Iterator[datetime]:
    """Let whoever asks live in a zone far away; give the beginning of their day."""
    with Flask(__name__).test_request_context(headers={"Cookie": f"zone={FAR}"}):
        yield now().astimezone(ZoneInfo(FAR)).replace(hour=0, minute=0, second=0, microsecond=0)


def test_days_near_today_have_names_in_the_readers_zone(far: datetime) -> None:
    minute = timedelta(minutes=1)
    assert filters.moment(far) == "today 00:00"
    assert filters.moment(far - minute) == "yesterday 23:59"
    assert filters.moment(far + timedelta(days=1)) == "tomorrow 00:00"
    assert filters.moment(far - timedelta(days=6)) == f"{far - timedelta(days=6):%A} 00:00"
    week = far - timedelta(days=7)
    assert filters.moment(week) == f"{week.day} {week:%B %Y}, 00:00"
    assert filters.day(far) == "today"
    assert filters.day(far.astimezone(UTC)) == "today"
    assert filters.day(week) == f"{week.day} {week:%b %Y}"
    assert filters.day(far.date()) == f"{far.day} {far:%b %Y}"  # a date is nobody's, as it stands
    assert filters.clock(far - minute) == "23:59"


def test_a_drawn_time_has_the_moment_for_machines_and_the_whole_for_people(far: datetime) -> None:
    drawn = filters.time(far.astimezone(UTC), "clock")
    at = far.astimezone(UTC)
    assert drawn == (
        f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}" data-form="clock"'
        f' title="{far.day} {far:%B %Y}, 00:00, {FAR}">00:00</time>'
    )


def test_without_a_zone_times_are_in_utc_and_say_so() -> None:
    moment = now()
    assert filters.moment(moment) == f"today {moment:%H:%M} UTC"  # no request: a mail, a command
    with Flask(__name__).test_request_context():
        assert filters.moment(moment) == f"today {moment:%H:%M} UTC"
        assert filters.time(moment, "day").endswith(">today</time>")


@pytest.mark.parametrize(
    "name", ["", "Europe", "Nowhere/City", "../../etc/passwd", "/etc/localtime", "a" * 65, "Ä/B"]
)
def test_a_zone_that_is_none_is_utc(name: str) -> None:
    assert find_zone(name) is UTC
    with Flask(__name__).test_request_context(headers={"Cookie": f"zone={name}".encode()}):
        assert reader_zone() is UTC
