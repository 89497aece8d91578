"""Who is in which room, in this process and in the others, and telling those who are there."""

import asyncio
import json
import logging
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import Database
from app.live.avatars import find_avatars
from app.live.messages import encode
from app.live.subscriptions import Room

CHANNEL = "gloss_presence"  # on which processes tell one another whom they have
ENTERING_SECONDS = 0.2  # until others hear that someone came: many are told of at once
LEAVING_SECONDS = 3.0  # the same for who left, and may only be loading the next page
FORGET_SECONDS = 60.0  # after which what a silent process said does not count
MOST_AVATARS = 30  # that are named in one room
MOST_SHARED = 500  # that one process names to the others, as a notice has 8,000 bytes

_Act = Callable[[Room], Coroutine[None, None, None]]

log = logging.getLogger(__name__)


class _Said(NamedTuple):
    """Whom another process has in a room, and when it said so."""

    accounts: tuple[int, ...]
    at: float


class Presence:
    """Counts who enters and leaves, and calls `tell` with a room and what its streams are to hear.

    Its methods run in the event loop.
    """

    def __init__(self, database: Database, tell: Callable[[Room, bytes], None]) -> None:
        self._database = database
        self._tell = tell
        self._process = uuid.uuid4().hex
        self._here: dict[Room, Counter[int]] = defaultdict(Counter)
        self._elsewhere: dict[Room, dict[str, _Said]] = defaultdict(dict)
        self._told: dict[Room, bytes] = {}
        self._due: dict[Room, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()  # so that what is said later is heard later

    def enter(self, room: Room, account_id: int) -> bytes | None:
        """Count one more stream of an account; return what was told last in the room, if any."""
        self._here[room][account_id] += 1
        if self._here[room][account_id] == 1:
            self._changed(room, ENTERING_SECONDS)
        return self._told.get(room)

    def leave(self, room: Room, account_id: int) -> None:
        """Count one stream less."""
        accounts = self._here[room]
        accounts[account_id] -= 1
        if not accounts[account_id]:
            del accounts[account_id]
            self._changed(room, LEAVING_SECONDS)
        if not accounts:
            del self._here[room]

    def hear(self, said: str) -> None:
        """Take down what a process has said of whom it has."""
        notice = json.loads(said)
        if notice["process"] == self._process:
            return
        room = (notice["kind"], notice["id"])
        before = self._elsewhere[room].get(notice["process"])
        after = _Said(tuple(notice["people"]), time.monotonic())
        self._elsewhere[room][notice["process"]] = after
        has_left = before is not None and not set(before.accounts) <= set(after.accounts)
        self._tell_in(room, LEAVING_SECONDS if has_left else ENTERING_SECONDS)

    def renew(self) -> None:
        """Say again whom this process has, and forget what silent ones have said."""
        oldest = time.monotonic() - FORGET_SECONDS
        for room, said in list(self._elsewhere.items()):
            lasting = {process: one for process, one in said.items() if one.at > oldest}
            if lasting != said:
                self._tell_in(room, ENTERING_SECONDS)
            self._elsewhere[room] = lasting
            if not lasting:
                del self._elsewhere[room]
        for room in self._here:
            self._spawn(self._share, room)

    def _changed(self, room: Room, delay: float) -> None:
        self._tell_in(room, delay)
        if self._database.is_postgresql:
            self._spawn(self._share, room)

    def _tell_in(self, room: Room, delay: float) -> None:
        """Tell a room who is there after so many seconds, or earlier where that is due."""
        loop = asyncio.get_running_loop()
        due = self._due.get(room)
        if due is None or due.when() > loop.time() + delay:
            if due is not None:
                due.cancel()
            self._due[room] = loop.call_later(delay, self._tell_now, room)

    def _tell_now(self, room: Room) -> None:
        del self._due[room]
        if room in self._here:
            self._spawn(self._tell_room, room)
        else:
            self._told.pop(room, None)

    async def _tell_room(self, room: Room) -> None:
        data = await asyncio.to_thread(self._describe, room, self._people(room))
        if room in self._here and self._told.get(room) != data:
            self._told[room] = data
            self._tell(room, data)

    def _people(self, room: Room) -> list[int]:
        """Return the accounts that are in a room, each once, in the order they came."""
        people = list(self._here.get(room, ()))
        for said in self._elsewhere.get(room, {}).values():
            people += said.accounts
        return list(dict.fromkeys(people))

    def _describe(self, room: Room, people: Sequence[int]) -> bytes:
        with self._database.session() as session:
            avatars = find_avatars(session, people[:MOST_AVATARS])
        kind, number = room
        return encode("here", {"kind": kind, "id": number, "people": avatars, "count": len(people)})

    async def _share(self, room: Room) -> None:
        if not self._database.is_postgresql:
            return
        kind, number = room
        people = list(self._here.get(room, ()))[:MOST_SHARED]
        notice = {"process": self._process, "kind": kind, "id": number, "people": people}
        await asyncio.to_thread(self._notify, json.dumps(notice, separators=(",", ":")))

    def _notify(self, notice: str) -> None:
        with self._database.engine.begin() as connection:
            values = {"channel": CHANNEL, "notice": notice}
            connection.execute(text("SELECT pg_notify(:channel, :notice)"), values)

    def _spawn(self, act: _Act, room: Room) -> None:
        task = asyncio.get_running_loop().create_task(self._in_turn(act, room))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_turn(self, act: _Act, room: Room) -> None:
        async with self._turn:
            try:
                await act(room)
            except SQLAlchemyError as error:  # it is said again later
                log.warning("who is there was not told: %s", error)
