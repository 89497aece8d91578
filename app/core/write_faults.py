"""Why a database that answers cannot be written: its disk is full or fails, or it is read-only."""

from enum import StrEnum

from sqlalchemy.exc import DBAPIError

# https://www.sqlite.org/rescode.html and
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_SQLITE_READONLY = 8
_SQLITE_IOERR = 10  # such as a disk that the system made read-only after a fault of its own
_SQLITE_FULL = 13
_PRIMARY = 0xFF  # an extended code has the primary one in its last byte
_POSTGRES_DISK_FULL = "53100"
_POSTGRES_READ_ONLY = "25006"
_POSTGRES_IO_ERROR = "58030"


class WriteFault(StrEnum):
    """What keeps rows from being written; the value is a sentence for who wanted to save."""

    FULL = "The disk of the server is full, so nothing can be saved, only read."
    FAILING = (
        "The disk of the server fails, or can only be read at the moment: nothing can be saved."
    )
    READ_ONLY_FILE = "The disk of the server is full, or can only be read: nothing can be saved."
    READ_ONLY = "The database can only be read at the moment: nothing can be saved."


def write_fault(error: DBAPIError) -> WriteFault | None:
    """Return what keeps rows from being written, None where the error is another."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY
    state = getattr(error.orig, "sqlstate", "")
    if code == _SQLITE_FULL or state == _POSTGRES_DISK_FULL:
        return WriteFault.FULL
    if code == _SQLITE_READONLY:  # so too since a start on a full disk, see sqlite_files.py
        return WriteFault.READ_ONLY_FILE
    if state == _POSTGRES_READ_ONLY:
        return WriteFault.READ_ONLY
    if code == _SQLITE_IOERR or state == _POSTGRES_IO_ERROR:
        return WriteFault.FAILING
    return None
