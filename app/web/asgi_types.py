"""The types that ASGI speaks in, and what every answer needs.

See https://asgi.readthedocs.io/en/latest/specs/www.html.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

AsgiMessage = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[AsgiMessage]]
Send = Callable[[AsgiMessage], Awaitable[None]]
Asgi = Callable[[AsgiMessage, Receive, Send], Awaitable[None]]

ABORT = "abort"  # key of the scope's state: a function that drops the connection at once


async def until_left(receive: Receive) -> None:
    """Wait until the reader has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def send_whole(send: Send, head: AsgiMessage, body: bytes) -> None:
    """Send a response whose body is all there; `head` is the message that starts it."""
    await send(head)
    await send({"type": "http.response.body", "body": body})
