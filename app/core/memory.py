"""What a process keeps in memory so as not to make or read it again, up to so many characters."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

MEMORY = "gloss_memory"  # in the `info` of a session: what is kept of its database
KEEPS = "gloss_keeps"  # the same: whether what the session reads is kept there
KEPT_CHARACTERS = 8_000_000  # of one database in one process

Value = TypeVar("Value")
SizedValue = TypeVar("SizedValue", bound=Sized)


class Memory(Generic[Value]):
    """The values that were asked for last, up to so many characters; threads may share it."""

    def __init__(self, room: int, size_of: Callable[[Value], int]) -> None:
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()
        self._most = room
        self._room = room
        self._size_of = size_of
        self._lock = Lock()

    def find(self, key: Hashable) -> Value | None:
        """Return the value that is kept under a key, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, value: Value) -> None:
        """Keep a value in place of an earlier one; let go of those not asked for the longest."""
        size = self._size_of(value)
        if size > self._most:
            return
        with self._lock:
            earlier = self._kept.pop(key, None)
            if earlier is not None:
                self._room += self._size_of(earlier)
            self._kept[key] = value
            self._room -= size
            while self._room < 0:
                _key, dropped = self._kept.popitem(last=False)
                self._room += self._size_of(dropped)


def recall(session: Session, key: Hashable, read: Callable[[], SizedValue]) -> SizedValue:
    """Return something of the database that never changes: from memory, or read now and kept.

    Its `len` is its size in characters. A session that means to write keeps nothing: what it has
    written may yet be rolled back, and another row may then get the same id.
    """
    memory: Memory[SizedValue] = session.info[MEMORY]
    value = memory.find(key)
    if value is None:
        value = read()
        if session.info[KEEPS]:
            memory.keep(key, value)
    return value
