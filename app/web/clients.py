"""Who is at the other end of a connection: the network address by which requests are counted."""

from app.core.throttle import network_of
from app.web.asgi_types import AsgiMessage

FORWARDED_FOR = b"x-forwarded-for"


def client_of(scope: AsgiMessage, trusted_proxies: int) -> str | None:
    """Return from which network a request comes, None where only its proxy is known.

    Of the addresses in X-Forwarded-For the one counts that the first of our own proxies wrote.
    """
    if not trusted_proxies:
        return network_of(scope["client"][0]) if scope.get("client") else None
    forwarded = b",".join(value for name, value in scope["headers"] if name == FORWARDED_FOR)
    addresses = forwarded.decode("latin-1").split(",")
    if len(addresses) < trusted_proxies or not addresses[-trusted_proxies].strip():
        return None
    return network_of(addresses[-trusted_proxies].strip())
