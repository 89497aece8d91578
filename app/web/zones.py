"""The reader's time zone: their browser says it in a cookie (static/js/times.mjs)."""

import re
from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import g, has_request_context, request

ZONE_COOKIE = "zone"

_ZONE = re.compile(r"[A-Za-z][\w+-]*(?:/[\w+-]+)*", re.ASCII)
_ZONE_LIMIT = 64


def reader_zone() -> tzinfo:
    """Return the zone of whoever reads the answer; UTC where it is not known, or nobody asks."""
    if not has_request_context():
        return UTC
    zone: tzinfo | None = g.get("zone")
    if zone is None:
        zone = g.zone = find_zone(request.cookies.get(ZONE_COOKIE, ""))
    return zone


def zone_name() -> str:
    """Return the name of the reader's zone: "Europe/Berlin"."""
    return str(reader_zone())


@lru_cache(maxsize=512)
def find_zone(name: str) -> tzinfo:
    """Return the zone of an IANA name such as Europe/Berlin; UTC for one that is not known here."""
    if len(name) > _ZONE_LIMIT or not _ZONE.fullmatch(name):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # no such file, or no zone in it
        return UTC
