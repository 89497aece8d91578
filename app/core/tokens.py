"""Secrets that let somebody in: made by chance, kept by others, known here by their hash alone."""

import hashlib
import secrets


def new_token() -> str:
    """Return 32 bytes of chance, as letters that may stand in an address."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal: chance enough needs no slower hash."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
