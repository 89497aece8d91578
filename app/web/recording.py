"""Recording what leaves Gloss as a file: where nothing can be written any more, it still leaves."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.write_faults import write_fault
from app.web.session import get_database


@contextmanager
def recording_export(whose: str) -> Iterator[Session]:
    """Give a session of its own to record an export in, and commit it at the end.

    Where nothing can be written, people still get their work out, and the log says whose export is
    not recorded: `whose` is such as "by account 2 of project 1".
    """
    try:
        with get_database().writing() as session:
            yield session
            session.commit()
    except DBAPIError as error:
        if write_fault(error) is None:
            raise
        words = "an export %s is not recorded: %s"
        current_app.logger.error(words, whose, error.orig)  # noqa: TRY400  (one line)
