"""The types that ASGI and WSGI speak in, and noticing that a reader has left.

See https://asgi.readthedocs.io/en/latest/specs/www.html.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

AsgiMessage = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[AsgiMessage]]
Send = Callable[[AsgiMessage], Awaitable[None]]
Wsgi = Callable[..., Iterable[bytes]]
Asgi = Callable[[AsgiMessage, Receive, Send], Awaitable[None]]


async def until_left(receive: Receive) -> None:
    """Wait until the reader has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
