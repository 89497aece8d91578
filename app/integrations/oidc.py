"""The organisation's own OpenID Connect provider: what is kept of it, and what can go wrong.

oidc_client.py asks it.
"""

import time
from dataclasses import field
from math import inf
from typing import Any
from urllib.parse import urlsplit

from app.core.errors import GlossError
from app.frozen import frozen

SECONDS = 5  # for the provider to be reached, and again for each answer to begin
KEPT_SECONDS = 600  # that its description and its keys are kept, in this process
DISCOVERY = "/.well-known/openid-configuration"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ProviderMemory:
    """What the provider said of itself, by address, and when it last did not answer.

    Only what could be used is kept, and threads may share it.
    """

    def __init__(self) -> None:
        self._documents: dict[str, tuple[float, dict[str, Any]]] = {}
        self._silent_at = -inf

    def document(self, url: str) -> dict[str, Any] | None:
        """Return what an address held, where that is not too long ago."""
        read_at, document = self._documents.get(url, (-inf, {}))
        return document if time.monotonic() - read_at < KEPT_SECONDS else None

    def keep(self, url: str, document: dict[str, Any]) -> None:
        """Keep what an address holds."""
        self._documents[url] = (time.monotonic(), document)

    def note_silence(self) -> None:
        """Note that it did not answer."""
        self._silent_at = time.monotonic()

    @property
    def was_silent(self) -> bool:
        """Say whether it did not answer a moment ago: then nobody waits for those who ask it."""
        return time.monotonic() - self._silent_at < SECONDS


@frozen
class Provider:
    """Who signs people in for us; `client_secret` is "" for a client without one.

    With `trusts_emails` an address of which the provider says nothing counts as verified.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    trusts_emails: bool
    memory: ProviderMemory = field(default_factory=ProviderMemory, compare=False, repr=False)


@frozen
class Flow:
    """A sign-in that has begun: what comes back must fit it. It stays in the browser's cookie."""

    state: str
    nonce: str
    verifier: str


@frozen
class OidcUser:
    """Who the provider says has signed in; `email` and `name` are "" where it does not say."""

    issuer: str
    subject: str
    email: str
    is_email_verified: bool
    name: str


class Denied(GlossError):
    """The person, or the provider, did not want it."""

    status = 403
    title = "Not signed in"


class NotBegun(GlossError):
    """What came back belongs to no sign-in that this browser has begun."""

    status = 400
    title = "Not signed in"


class Unreachable(GlossError):
    """The provider does not answer."""

    status = 503
    title = "Not signed in"


class Unfit(GlossError):
    """The provider's answer cannot be trusted or used: something is set up wrongly."""

    status = 502
    title = "Not signed in"


def is_confidential(url: str) -> bool:
    """Say whether nobody on the way can read or change what is sent: HTTPS, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
