"""A small client of live updates: opens a stream over HTTP and reads what it says."""

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPConnection, HTTPResponse
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

WAIT_SECONDS = 15.0
PAUSE_SECONDS = 0.01
FRAGMENT = {"X-Fragment": "1"}  # as the page's own code asks


class Told(NamedTuple):
    """One message: its kind, its id or None, what it says, and when it came (monotonic)."""

    kind: str
    id: int | None
    data: dict[str, Any]
    at: float


class Refused(Exception):
    """The server gave no stream; holds the status and the words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{status}: {words}")
        self.status = status
        self.words = words


class Listener:
    """One open stream, read by a thread of its own until it ends; use it in `with`.

    `cookie` is the value of a `Cookie` header. Raises: Refused.
    """

    def __init__(
        self,
        connection: HTTPConnection,
        cookie: str,
        account_id: int,
        places: Sequence[str],
        *,
        after: int | None = None,
    ) -> None:
        headers = {"Cookie": cookie, **FRAGMENT}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        self._connection = connection
        self._connection.request("GET", live_path(account_id, places), headers=headers)
        self._response: HTTPResponse = self._connection.getresponse()
        if self._response.status != 200:
            words = self._response.read().decode()
            self._connection.close()
            raise Refused(self._response.status, words)
        self.headers: Mapping[str, str] = dict(self._response.headers.items())
        self.told: list[Told] = []
        self.beats = 0  # signs of life where nothing happened
        self.has_ended = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.leave()

    @property
    def changes(self) -> list[Told]:
        """What it was told of events, in the order it came."""
        return [told for told in self.told if told.kind == "change"]

    def leave(self) -> None:
        """Close the connection, as a browser does whose page is gone; harmless twice."""
        if self._connection.sock is not None:
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(WAIT_SECONDS)
        self._connection.close()

    def wait_for(self, count: int) -> list[Told]:
        """Wait until it was told of so many events, and return them."""
        wait(lambda: len(self.changes) >= count, f"{count} changes, not {self.told}")
        return self.changes

    def wait_for_kind(self, kind: str) -> Told:
        """Wait for a message of a kind, and return the first."""
        wait(lambda: any(told.kind == kind for told in self.told), f"{kind}, not {self.told}")
        return next(told for told in self.told if told.kind == kind)

    def people(self, kind: str) -> list[str]:
        """Return the names of those who are in its "article" or "project", as it heard last."""
        said = [t.data for t in self.told if t.kind == "here" and t.data["kind"] == kind]
        return [person["name"] for person in said[-1]["people"]] if said else []

    def _read(self) -> None:
        fields: dict[str, str] = {}
        try:
            while line := self._response.readline():
                self.beats += line == b":\n"
                name, _, value = line.decode().rstrip("\n").partition(":")
                if line != b"\n":
                    fields[name] = value.removeprefix(" ")
                    continue
                if "event" in fields:
                    number = int(fields["id"]) if "id" in fields else None
                    data = json.loads(fields["data"])
                    self.told.append(Told(fields["event"], number, data, time.monotonic()))
                fields = {}
        except (OSError, ValueError, AttributeError):
            pass  # it left, or the server did
        self.has_ended.set()


def live_path(account_id: int, places: Sequence[str]) -> str:
    """Return the address of the stream of an account's places."""
    return "/live?" + urlencode([("account", account_id), *(("place", place) for place in places)])


def wait(holds: Callable[[], object], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Wait until a condition holds.

    Raises: AssertionError (it does not in time).
    """
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(PAUSE_SECONDS)
