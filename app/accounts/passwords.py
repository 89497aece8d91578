"""Hashing passwords with argon2: each takes 64 MiB and a fifth of a second.

A view that does so has the mark `@hashes_passwords`, and so threads that nothing else waits for.
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORD_MIN = 8
PASSWORD_MAX = 1_000

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with its salt and parameters in it."""
    return _hasher.hash(password)


def verify_password(password: str, password_hash: str | None) -> bool:
    """Say whether a password fits a hash.

    None, and "" for no password, take as long and never fit.
    """
    compared = password_hash or _hash_of_nobody()
    try:
        _hasher.verify(compared, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


@cache
def _hash_of_nobody() -> str:
    return hash_password("no account has this hash")
