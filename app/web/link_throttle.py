"""Links that let somebody in: nobody may guess them without end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import request

from app.core.errors import NotFound
from app.core.throttle import check_attempts, count_attempt, network_of
from app.web.session import get_database, get_session

WRONG_LINKS_FROM_HOST = 100
WINDOW = timedelta(minutes=15)


@contextmanager
def counting_wrong_links() -> Iterator[None]:
    """Count a link that leads nowhere, and refuse any where there were too many of them.

    Raises: TooMany.
    """
    session = get_session()
    source = f"wrong-link-from:{network_of(request.remote_addr)}"
    check_attempts(session, what=source, limit=WRONG_LINKS_FROM_HOST, window=WINDOW)
    try:
        yield
    except NotFound:
        # A session of its own: the request's may only read. Nobody waits for the other.
        session.rollback()
        with get_database().writing() as own:
            count_attempt(own, what=source, limit=WRONG_LINKS_FROM_HOST, window=WINDOW)
            own.commit()
        raise
