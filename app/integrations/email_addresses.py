"""Email addresses: the one form in which each is kept, looked for and counted."""

from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from email_validator import ValidatedEmail


def normalise_address(written: str) -> str:
    """Return an address in its one form: Unicode NFC, in lower case, the host as people read it.

    It is not folded: ß and ss make two hosts. Any host will do, also one inside a house.

    Raises: ValueError (it is no address).
    """
    return _lower(_read(written.strip()).normalized)


def address_key(written: str) -> str:
    """Return what to look for, and to count by, whatever was written.

    Where it is no address, one that was kept before there were rules may still be the same.
    """
    try:
        return normalise_address(written)
    except ValueError:
        return _lower(written.strip())


def address_for_mail(address: str) -> str:
    """Return an address as mail servers take it, the host in ASCII.

    Raises: ValueError (it is no address).
    """
    read = _read(address)
    return f"{read.local_part}@{read.ascii_domain}"


def _read(written: str) -> "ValidatedEmail":
    from email_validator import validate_email  # noqa: PLC0415 loaded when needed

    return validate_email(written, check_deliverability=False, globally_deliverable=False)


def _lower(address: str) -> str:
    return normalize("NFC", address.lower())
