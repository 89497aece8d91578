"""Fetching a web page by its address: from public addresses only, within limits.

Someone who may name an address could else have the server ask its own neighbours (OWASP,
"Server-Side Request Forgery"). A host's name is looked up once, every address that it has is
checked, and the connection is made to the address that was checked: what the name says a moment
later does not matter. Each redirect begins again.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import BoundedSemaphore
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from app.core.errors import Busy
from app.frozen import frozen

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MOST_BYTES = 10_000_000
MOST_SECONDS = 20.0
MOST_REDIRECTS = 5
URL_LIMIT = 2_000
FETCHES_AT_ONCE = 6  # each may wait for a server that is silent

_CROWDED = (
    f"{FETCHES_AT_ONCE} pages are being fetched at this moment. Wait half a minute, then send this "
    "again, or save the page and add the file."
)

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Special by IANA's registries, yet public to `ipaddress` of some Pythons: IPv4-compatible,
# local-use NAT64, protocol assignments, the 6to4 relays, documentation, segment routing.
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "::/96",
        "64:ff9b:1::/48",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "3fff::/20",
        "5f00::/16",
    )
)
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = {301, 302, 303, 307, 308}
_PIECE = 1 << 16
_ASKS = {
    "User-Agent": "Gloss",
    "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


_turns = BoundedSemaphore(FETCHES_AT_ONCE)


class CannotFetch(Exception):
    """The page was not fetched; the message is one sentence that says why, and what to do."""


@frozen
class FetchRules:
    """What may be fetched. `networks` are private ones that are allowed all the same."""

    is_on: bool = True
    networks: tuple[IpNetwork, ...] = ()
    most_bytes: int = MOST_BYTES
    most_seconds: float = MOST_SECONDS
    most_redirects: int = MOST_REDIRECTS


@frozen
class Fetched:
    """The answer: its bytes, the address that gave it after all redirects, and its type."""

    content: bytes
    url: str
    content_type: str


def fetch(url: str, rules: FetchRules) -> Fetched:
    """Fetch a page over http or https.

    Raises: CannotFetch (switched off; no such address; an address of a private network; an error
    of the other server; over a limit of size, time or redirects), Busy (FETCHES_AT_ONCE are being
    fetched already).
    """
    if not rules.is_on:
        message = "Fetching by address is switched off here. Save the page and add the file."
        raise CannotFetch(message)
    if not _turns.acquire(blocking=False):
        raise Busy(_CROWDED)
    try:
        return _follow(url, rules)
    finally:
        _turns.release()


def _follow(url: str, rules: FetchRules) -> Fetched:
    ends = time.monotonic() + rules.most_seconds
    for _ in range(rules.most_redirects + 1):
        parts = _checked(url)
        addresses = _public_addresses(parts, rules)
        try:
            answer = _ask(parts, addresses, rules, ends)
        except (OSError, HTTPException, ValueError) as error:
            if time.monotonic() >= ends:
                raise CannotFetch(_too_slow(rules)) from None
            message = f"{parts.hostname} could not be read: {_reason(error)}. Check the address."
            raise CannotFetch(message) from None
        if time.monotonic() >= ends:  # what was cut looks like a whole answer
            raise CannotFetch(_too_slow(rules))
        if isinstance(answer, Fetched):
            return answer
        url = urljoin(url, answer)
    message = (
        f"The address leads on more than {rules.most_redirects} times, the most that is followed. "
        "Open the page in a browser and copy the address that it ends at."
    )
    raise CannotFetch(message)


def is_public_address(address: Address) -> bool:
    """Say whether an address is one of the public internet, also inside another form of it."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            inner = address.teredo[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public_address(inner)
        if address.is_site_local:
            return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not address.is_multicast


def _checked(url: str) -> SplitResult:
    wrong = "Give the whole address of a page, such as https://example.org/an-article."
    if len(url) > URL_LIMIT:
        message = (
            f"An address has at most {URL_LIMIT:,} characters. Save the page and add the file."
        )
        raise CannotFetch(message)
    # What different programs read in different ways is no address: a space, "\\", a user's name.
    if not url.isprintable() or any(c in url for c in " \\@"):
        raise CannotFetch(wrong)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise CannotFetch(wrong) from None
    if parts.scheme not in _PORTS:
        message = "Only addresses that begin with http:// or https:// can be fetched."
        raise CannotFetch(message)
    if not parts.hostname or port == 0:
        raise CannotFetch(wrong)
    return parts


def _public_addresses(parts: SplitResult, rules: FetchRules) -> Sequence[Address]:
    host = str(parts.hostname)
    port = parts.port or _PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host.encode("idna"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        message = f"There is no server at {host}. Check the address."
        raise CannotFetch(message) from None
    # An address of one link ends in its name, "fe80::1%eth0".
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    for address in addresses:
        if not is_public_address(address) and not any(
            address in network for network in rules.networks
        ):
            message = (
                f"{host} is in a private network, which is not read from here. "
                "Save the page and add the file."
            )
            raise CannotFetch(message)
    return addresses


def _ask(
    parts: SplitResult, addresses: Sequence[Address], rules: FetchRules, ends: float
) -> Fetched | str:
    """Return the answer, or where it leads on to."""
    connection = HTTPConnection(str(parts.hostname), parts.port or _PORTS[parts.scheme])
    connection.sock = _connect(parts, addresses, ends)
    # A server that sends a byte now and then would outlast every timeout of a single read.
    with _cut_at(ends, connection.sock):
        try:
            if isinstance(connection.sock, ssl.SSLSocket):
                connection.sock.do_handshake()
            path = quote(parts.path or "/", safe="/%:=&?~+!$,;'()*[]@")
            query = quote(parts.query, safe="/%:=&?~+!$,;'()*[]@")
            target = f"{path}?{query}" if query else path
            connection.request("GET", target, headers={"Host": _host_header(parts), **_ASKS})
            with connection.getresponse() as response:
                location = response.getheader("Location")
                if location and response.status in _REDIRECTS:
                    return location
                return _read(response, parts, rules)
        finally:
            connection.close()


def _connect(parts: SplitResult, addresses: Sequence[Address], ends: float) -> socket.socket:
    port = parts.port or _PORTS[parts.scheme]
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            opened = socket.create_connection((str(address), port), timeout=_left(ends))
        except OSError as error:
            failure = error
            continue
        if parts.scheme == "http":
            return opened
        return ssl.create_default_context().wrap_socket(
            opened, server_hostname=_ascii_host(parts), do_handshake_on_connect=False
        )
    raise failure


def _read(response: HTTPResponse, parts: SplitResult, rules: FetchRules) -> Fetched:
    if response.status != HTTPStatus.OK:
        message = (
            f"{parts.hostname} answered {response.status} {response.reason}. "
            "Open the page in a browser, save it and add the file."
        )
        raise CannotFetch(message)
    if response.getheader("Content-Encoding", "identity").lower() != "identity":
        message = f"{parts.hostname} sends the page compressed. Save the page and add the file."
        raise CannotFetch(message)
    content = bytearray()
    while piece := response.read(_PIECE):
        content += piece
        if len(content) > rules.most_bytes:
            message = (
                f"The page is larger than {rules.most_bytes / 1_000_000:g} MB, "
                "the most that is fetched."
            )
            raise CannotFetch(message)
    if response.length:  # the connection broke before all of it came
        message = f"Only a part of the page came from {parts.hostname}. Try again."
        raise CannotFetch(message)
    return Fetched(bytes(content), parts.geturl(), response.getheader("Content-Type", ""))


@contextmanager
def _cut_at(ends: float, opened: socket.socket) -> Iterator[None]:
    def cut() -> None:
        with suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(_left(ends), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _left(ends: float) -> float:
    return max(0.01, ends - time.monotonic())


def _host_header(parts: SplitResult) -> str:
    host = _ascii_host(parts)
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{parts.port}" if parts.port else host


def _ascii_host(parts: SplitResult) -> str:
    return str(parts.hostname).encode("idna").decode()


def _too_slow(rules: FetchRules) -> str:
    return (
        f"The page did not come within {rules.most_seconds:g} seconds, the longest that Gloss "
        "waits. Try again, or save the page and add the file."
    )


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "its certificate is not trusted"
    return getattr(error, "strerror", None) or "the connection broke"
