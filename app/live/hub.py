"""The open streams of this process: what each has to be told, and when to wake it."""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app.accounts.service.accounts import living_sessions
from app.core.db import Database
from app.live.following import Follower
from app.live.messages import Batch, Draw, Message, encode, newest_event, read_batch
from app.live.presence import Presence
from app.live.subscriptions import Room, Subscription

KEPT_BYTES = 1 << 23  # of messages, for streams that are not woken yet
IDLE_CHECKS = 4  # without a stream, after which the events are followed no more

BEAT = b":\n\n"
INBOX: Room = ("inbox", 0)  # what a stream is told of its reader's own inbox, as of a room
_T = TypeVar("_T")

log = logging.getLogger(__name__)


class Stream:
    """One browser that listens; `position` is the last event that it has heard of.

    Where it does not say which (None) it hears of what comes from now on.
    """

    def __init__(self, subscription: Subscription, heard: int | None) -> None:
        self.subscription = subscription
        self.begins_now = heard is None
        self.position = heard or 0
        self.woken = asyncio.Event()
        self.is_over = False
        self.is_behind = True  # it reads what it missed from the database
        self.notices: dict[Room, bytes] = {}

    def end(self) -> None:
        """Let the stream close when it is next looked at."""
        self.is_over = True
        self.woken.set()


class Hub:
    """All open streams. Its methods run in the event loop; only `database` is used in threads.

    What the follower has read is kept for a while, so that a thousand streams read it once. A
    stream that what is kept does not serve (it has just opened, or was held up for long) reads
    from the database; so nothing is lost, whatever comes in between.
    """

    def __init__(
        self, database: Database, draw: Draw, *, check_seconds: float, beat_seconds: float
    ) -> None:
        self._database = database
        self._draw = draw
        self._check_seconds = check_seconds
        self._beat_seconds = beat_seconds
        self._rooms: dict[Room, set[Stream]] = defaultdict(set)
        self._watched: frozenset[int] = frozenset()
        self._listening: frozenset[int] = frozenset()
        self._kept: deque[Message] = deque()
        self._kept_bytes = 0
        self._kept_after = 0
        self._until = 0
        self._presence = Presence(database, self._tell)
        self._follower: Follower | None = None
        self._checking: asyncio.Task[None] | None = None
        self.streams: set[Stream] = set()

    def stream(self, subscription: Subscription, heard: int | None) -> Stream:
        """Return a stream for `listen`."""
        return Stream(subscription, heard)

    async def listen(self, stream: Stream) -> AsyncGenerator[bytes]:
        """Yield what a stream is to send, until it is over; what is yielded counts as heard.

        The first is of which places it hears; all that happens from then on it is told of. A wake
        for what its reader may not hear of puts off no sign of life: the pauses between these would
        tell of it.
        """
        self._enter(stream)
        clock = asyncio.get_running_loop().time
        beat_at = clock() + self._beat_seconds
        try:
            if stream.begins_now:
                stream.position = await asyncio.to_thread(self._newest)
            # Of the places that the browser asked for, some may be refused.
            yield encode("held", {"places": list(stream.subscription.places)})
            while not stream.is_over:
                stream.woken.clear()
                said = await self._next(stream)
                said += stream.notices.values()
                stream.notices.clear()
                if said or clock() >= beat_at:
                    yield b"".join(said) or BEAT
                    beat_at = clock() + self._beat_seconds
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(beat_at):
                        await stream.woken.wait()
        except SQLAlchemyError as error:
            log.warning("a stream ends, its browser will ask again: %s", error)
        except Exception:
            log.exception("a stream ends after an error, its browser will ask again")
        finally:
            self._leave(stream)

    def close(self) -> None:
        """End every stream, and follow no more."""
        for stream in self.streams:
            stream.end()
        self._stop_following()

    def _enter(self, stream: Stream) -> None:
        self.streams.add(stream)
        for room in stream.subscription.rooms:
            self._rooms[room].add(stream)
            told = self._presence.enter(room, stream.subscription.account_id)
            if told is not None:
                stream.notices[room] = told
        self._watch()
        if self._follower is None:
            self._start_following()

    def _leave(self, stream: Stream) -> None:
        self.streams.discard(stream)
        for room in stream.subscription.rooms:
            self._rooms[room].discard(stream)
            if not self._rooms[room]:
                del self._rooms[room]
            self._presence.leave(room, stream.subscription.account_id)
        self._watch()

    def _watch(self) -> None:
        self._watched = frozenset(number for kind, number in self._rooms if kind == "article")
        self._listening = frozenset(stream.subscription.account_id for stream in self.streams)

    # What happens

    def _start_following(self) -> None:
        loop = asyncio.get_running_loop()

        def in_loop(act: Callable[[_T], None]) -> Callable[[_T], None]:
            def heed(value: _T) -> None:
                if self._follower is follower:  # and not one that was stopped
                    act(value)

            return lambda value: _call_soon(loop, heed, value)

        follower = Follower(
            self._database,
            watched=lambda: self._watched,
            listening=lambda: self._listening,
            draw=self._draw,
            begin=in_loop(self._begin),
            take=in_loop(self._take),
            hear=in_loop(self._presence.hear),
        )
        self._follower = follower
        follower.start()
        self._checking = loop.create_task(self._check_now_and_then(follower))

    def _stop_following(self) -> None:
        if self._follower is not None:
            self._follower.stop()
        self._follower = None

    def _begin(self, newest: int) -> None:
        self._forget_until(newest)
        self._until = newest

    def _forget_until(self, event_id: int) -> None:
        """Keep nothing of what came up to an event: who has not heard it reads the database."""
        self._kept.clear()
        self._kept_bytes = 0
        self._kept_after = event_id
        for stream in self.streams:
            stream.woken.set()

    def _take(self, batch: Batch) -> None:
        """Keep what the follower has read, and wake those whom it concerns."""
        self._until = batch.until
        if batch.messages is None:
            self._forget_until(batch.until)
        for message in batch.messages or ():
            self._kept.append(message)
            self._kept_bytes += len(message.whole)
        while self._kept_bytes > KEPT_BYTES:
            dropped = self._kept.popleft()
            self._kept_bytes -= len(dropped.whole)
            self._kept_after = dropped.id
        self._end_gone(batch)
        self._tell_addressed(batch, self.streams)
        if batch.watched != self._watched:
            for stream in self.streams:
                if not stream.subscription.articles <= batch.watched:
                    stream.is_behind = True
                    stream.woken.set()
        for article_id in {message.article_id for message in batch.messages or ()}:
            self._wake(("article", article_id))

    def _end_gone(self, batch: Batch) -> None:
        """End the streams of those who are no longer in a project."""
        for project_id, members in batch.members.items():
            for stream in self._rooms.get(("project", project_id), ()):
                if stream.subscription.account_id not in members:
                    stream.end()

    def _tell_addressed(self, batch: Batch, streams: Iterable[Stream]) -> None:
        """Say to the pages of those who have something new in their inboxes that they have."""
        for stream in streams:
            if stream.subscription.account_id in batch.addressed:
                stream.notices[INBOX] = encode("inbox", {})
                stream.woken.set()

    def _wake(self, room: Room) -> None:
        for stream in self._rooms.get(room, ()):
            stream.woken.set()

    async def _next(self, stream: Stream) -> list[bytes]:
        """Return what has happened since a stream heard the last time; it has heard of it then."""
        messages: Sequence[Message] | None
        if stream.is_behind or stream.position < self._kept_after:
            stream.is_behind = False
            batch = await asyncio.to_thread(self._read_missed, stream)
            messages = batch.messages
            self._tell_addressed(batch, [stream])
            if batch.until < batch.after:
                messages = None  # the database was put back to an earlier state
            stream.position = batch.until
        else:
            messages = self._after(stream.position)
            stream.position = max(self._until, stream.position)
        if messages is None:
            return [encode("behind", {}, stream.position)]
        subscription = stream.subscription
        heard = (
            message.for_account(subscription.account_id)
            for message in messages
            if message.article_id in subscription.articles
        )
        return [data for data in heard if data is not None]

    def _after(self, position: int) -> list[Message]:
        found: list[Message] = []
        for message in reversed(self._kept):
            if message.id <= position:
                break
            found.append(message)
        return found[::-1]

    def _newest(self) -> int:
        with self._database.session() as session:
            return newest_event(session)

    def _read_missed(self, stream: Stream) -> Batch:
        with self._database.session() as session:
            return read_batch(
                session,
                after=stream.position,
                watched=stream.subscription.articles,
                listening=frozenset({stream.subscription.account_id}),
                reader_id=stream.subscription.account_id,
            )

    # Who is there, and who may be

    def _tell(self, room: Room, data: bytes) -> None:
        for stream in self._rooms.get(room, ()):
            stream.notices[room] = data
            stream.woken.set()

    async def _check_now_and_then(self, follower: Follower) -> None:
        """End the streams of sessions that have ended; stop following when nobody listens."""
        idle = 0
        while self._follower is follower:
            await asyncio.sleep(self._check_seconds)
            idle = 0 if self.streams else idle + 1
            if idle > IDLE_CHECKS:
                self._stop_following()
            self._presence.renew()
            asked = {stream.subscription.session_id for stream in self.streams}
            try:
                living = await asyncio.to_thread(self._living, asked)
            except SQLAlchemyError as error:
                log.warning("whether those who listen are signed in was not checked: %s", error)
                continue
            for stream in self.streams:
                if stream.subscription.session_id in asked - living:
                    stream.end()

    def _living(self, session_ids: set[int]) -> set[int]:
        with self._database.session() as session:
            return living_sessions(session, session_ids)


def _call_soon(loop: asyncio.AbstractEventLoop, act: Callable[[_T], None], value: _T) -> None:
    with suppress(RuntimeError):  # the loop has ended, and with it whoever would hear of it
        loop.call_soon_threadsafe(act, value)
