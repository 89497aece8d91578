"""The stream itself, as native ASGI: asks the application who may listen, then sends and sends."""

import asyncio
from contextlib import aclosing
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from flask import Flask

from app.core.lazy import LazyFunction
from app.live.views import OPENING, Opening
from app.web.asgi_types import AsgiMessage, Receive, Send, send_whole, until_left
from app.web.responses import read_number
from app.web.wsgi_bridge import WsgiResponse, build_environ

if TYPE_CHECKING:
    from app.live.hub import Hub

BEAT_SECONDS = 15.0  # between two signs of life on a stream where nothing happens
CHECK_SECONDS = 15.0  # between two looks at whether those who listen are still signed in
MOST_STREAMS = 4_000  # that one process holds
MOST_OF_ONE = 40  # of one account: browsers, and pages that could not share one
CROWDED = b"Too many pages listen already: reload to see changes.\n"

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),  # nginx would keep messages back until it has many
    (b"x-content-type-options", b"nosniff"),
]


_make_hub = LazyFunction("app.live.hub_of_app", "make_hub")


class Live:
    """Answers `GET /live` for a Flask application.

    Every `check_seconds` it looks at whether those who listen are still signed in; a stream on
    which nothing happens gives a sign of life every `beat_seconds`.
    """

    def __init__(
        self,
        flask_app: Flask,
        *,
        check_seconds: float = CHECK_SECONDS,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._flask_app = flask_app
        self._check_seconds = check_seconds
        self._beat_seconds = beat_seconds

    @cached_property
    def _hub(self) -> "Hub":
        hub: Hub = _make_hub(
            self._flask_app, check_seconds=self._check_seconds, beat_seconds=self._beat_seconds
        )
        return hub

    async def respond(self, scope: AsgiMessage, receive: Receive, reply: Send) -> None:
        """Hold one stream until its reader leaves or may no longer listen, or the server stops.

        Raises: ReaderStalled (from `reply`).
        """
        opening = Opening()
        # The application's own view says who listens to what.
        asked = WsgiResponse(self._flask_app, {**build_environ(scope, b""), OPENING: opening})
        refusal = await asyncio.to_thread(asked.read_whole)
        if opening.subscription is None:
            await send_whole(reply, asked.head(), refusal)
            return
        if not self._has_room_for(opening.subscription.account_id):
            head = {"type": "http.response.start", "status": 503, "headers": []}
            await send_whole(reply, head, CROWDED)
            return
        stream = self._hub.stream(opening.subscription, _position_of(scope))
        leaving = asyncio.ensure_future(until_left(receive))
        leaving.add_done_callback(lambda _: stream.end())
        try:
            async with aclosing(self._hub.listen(stream)) as messages:
                # The stream begins before its reader is answered: nothing falls between.
                first = await anext(messages, b"")
                await reply({"type": "http.response.start", "status": 200, "headers": HEADERS})
                await reply({"type": "http.response.body", "body": first, "more_body": True})
                async for data in messages:
                    await reply({"type": "http.response.body", "body": data, "more_body": True})
            await reply({"type": "http.response.body", "body": b""})
        finally:
            leaving.cancel()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        if "_hub" in vars(self):
            self._hub.close()

    def _has_room_for(self, account_id: int) -> bool:
        streams = self._hub.streams
        own = sum(stream.subscription.account_id == account_id for stream in streams)
        return len(streams) < MOST_STREAMS and own < MOST_OF_ONE


def _position_of(scope: AsgiMessage) -> int | None:
    """Return the last event that a browser has heard of, None where it does not say."""
    headers = dict(scope["headers"])
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    return read_number(headers.get(b"last-event-id", b"").decode("latin-1") or asked)
