"""How often someone may try: a count of attempts in a window, shared by all processes."""

import hashlib
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network, ip_address
from math import ceil
from typing import NamedTuple

from sqlalchemy import Index, String, and_, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.clock import now
from app.core.db import Base
from app.core.errors import TooMany

IPV6_PREFIX = 64  # bits
REMEMBERED = 1_000  # addresses whose network was worked out
CLOCKS_DIFFER = timedelta(minutes=1)  # between two machines at most; what is later was never


class Attempt(Base):
    """One attempt at something that is throttled. `key` is a hash of what is counted."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_key_at", "key", "at"), Index("ix_attempts_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


def count_attempt(session: Session, *, what: str, limit: int, window: timedelta) -> None:
    """Record an attempt at `what`, such as "sign-in:ines@example.org".

    Raises: TooMany (`limit` attempts stand in the window already; this one is not recorded).
    """
    key = key_of(what)
    if session.get_bind().dialect.name == "postgresql":
        # Else attempts at once would each count those that were there before all of them.
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
    check_attempts(session, what=what, limit=limit, window=window)
    moment = now()
    # What comes from a clock that was fast would count again when the time comes.
    is_strange = or_(Attempt.at < moment - timedelta(days=1), Attempt.at > moment + CLOCKS_DIFFER)
    is_over = and_(Attempt.key == key, Attempt.at <= moment - window)
    session.execute(delete(Attempt).where(or_(is_strange, is_over)))
    session.add(Attempt(key=key, at=moment))
    session.flush()


def check_attempts(session: Session, *, what: str, limit: int, window: timedelta) -> None:
    """Do nothing if one more attempt at `what` is allowed.

    Raises: TooMany (`limit` attempts stand in the window already).
    """
    moment = now()
    recent = session.scalar(
        select(func.count()).where(
            Attempt.key == key_of(what),
            Attempt.at > moment - window,
            Attempt.at <= moment + CLOCKS_DIFFER,
        )
    )
    if recent is not None and recent >= limit:
        minutes = max(1, round(window.total_seconds() / 60))
        message = (
            f"That was tried {limit} times in the last {minutes} minutes. "
            f"Wait {minutes} minutes and try again."
        )
        raise TooMany(message)


class Budget(NamedTuple):
    """How many attempts are left, and in how many seconds, from 1 on, there is one more."""

    left: int
    seconds: int


def read_budget(session: Session, *, what: str, limit: int, window: timedelta) -> Budget:
    """Return what is left of `limit` attempts at `what` in the window."""
    moment = now()
    count, oldest = session.execute(
        select(func.count(), func.min(Attempt.at)).where(
            Attempt.key == key_of(what), Attempt.at > moment - window
        )
    ).one()
    seconds = (oldest + window - moment).total_seconds() if oldest else 0.0
    return Budget(max(0, limit - count), max(1, ceil(seconds)))


def forget_attempts(session: Session, *, what: str) -> None:
    """Start the count again, after a success."""
    session.execute(delete(Attempt).where(Attempt.key == key_of(what)))


@lru_cache(REMEMBERED)
def network_of(address: str | None) -> str:
    """Return by what a network address is counted: an IPv6 one by the /64 that one house has.

    A single computer there has 2^64 addresses to try from. IPv4 inside IPv6 is IPv4.
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), IPV6_PREFIX), strict=False))


def key_of(what: str) -> str:
    """Return the hash by which attempts at something are kept."""
    return hashlib.sha256(what.encode()).hexdigest()
