"""A real Firefox without a window, driven by WebDriver BiDi over a web socket.

Playwright drives a Firefox of its own making alone; this one is the system's.
"""

import contextlib
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import websocket

ANSWER_SECONDS = 30.0
WAIT_SECONDS = 8.0
PAUSE_SECONDS = 0.03
STOP_SECONDS = 10.0

# What a WebDriver calls keys that are no characters.
KEYS = {
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "Control": "\ue009",
    "Delete": "\ue017",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Shift": "\ue008",
    "Tab": "\ue004",
}


class FirefoxFailed(Exception):
    """Firefox did not start, or refused a command; the message says which and why."""


class Firefox:
    """A Firefox with one page and an empty profile; use it in `with`."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._profile = Path(tempfile.mkdtemp(prefix="firefox-"))
        self._number = 0

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        with contextlib.suppress(FirefoxFailed, OSError, websocket.WebSocketException):
            self._command("browser.close")
        self._socket.close()
        self._end()

    def goto(self, url: str) -> None:
        """Go to an address and wait until the page is loaded."""
        self._command("browsingContext.navigate", context=self._page, url=url, wait="complete")

    def add_cookie(self, name: str, value: str, host: str) -> None:
        """Store a cookie for a host."""
        cookie = {
            "name": name,
            "value": {"type": "string", "value": value},
            "domain": host,
            "path": "/",
            "httpOnly": True,
        }
        self._command("storage.setCookie", cookie=cookie)

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401  (whatever JSON holds)
        """Return an expression's value in the page, by way of JSON.

        Raises: FirefoxFailed (it threw).
        """
        answer = self._command(
            "script.evaluate",
            expression=f"JSON.stringify(({expression}) ?? null)",
            target={"context": self._page},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise FirefoxFailed(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def press(self, *chords: str) -> None:
        """Press keys one after another; "Control+Shift+z" holds the first ones down."""
        for chord in chords:
            keys = [KEYS.get(key, key) for key in chord.split("+")]
            down = [{"type": "keyDown", "value": key} for key in keys]
            up = [{"type": "keyUp", "value": key} for key in reversed(keys)]
            source = {"type": "key", "id": "keyboard", "actions": [*down, *up]}
            self._command("input.performActions", context=self._page, actions=[source])

    def type_text(self, text: str) -> None:
        """Type a text, a character after another."""
        self.press(*text)

    def drag(self, *points: tuple[float, float]) -> None:
        """Move the mouse through points of the window, its button down from first to last."""
        moves = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 40} for x, y in points
        ]
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        actions = [moves[0], down, *moves[1:], up]
        source = {"type": "pointer", "id": "mouse", "actions": actions}
        self._command("input.performActions", context=self._page, actions=[source])

    def wait(self, holds: Callable[[], object], what: str) -> None:
        """Wait until a condition holds.

        Raises: AssertionError (it does not within WAIT_SECONDS).
        """
        end = time.monotonic() + WAIT_SECONDS
        while not holds():
            assert time.monotonic() < end, f"waited in vain for {what}"
            time.sleep(PAUSE_SECONDS)

    def _start(self) -> None:
        arguments = ("-headless", "-no-remote", "-profile", str(self._profile))
        self._process = subprocess.Popen(
            [str(self._program), *arguments, "--remote-debugging-port", "0", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        address = self._read_address()
        self._socket = websocket.create_connection(
            f"{address}/session", suppress_origin=True, timeout=ANSWER_SECONDS
        )
        self._command("session.new", capabilities={})
        # The page that it starts with has no focus, so that buttons would not hear of Enter.
        self._page: str = self._command("browsingContext.create", type="window")["context"]
        viewport = {"width": 1440, "height": 900}
        self._command("browsingContext.setViewport", context=self._page, viewport=viewport)

    def _read_address(self) -> str:
        """Read on stderr where Firefox listens; what it says later is read and dropped."""
        stream = self._process.stderr
        assert stream is not None
        said = []
        for line in stream:
            said.append(line)
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", line)
            if found:
                threading.Thread(target=stream.read, daemon=True).start()
                return found[1]
        message = f"Firefox ended before it listened:\n{''.join(said)}"
        raise FirefoxFailed(message)

    def _command(self, method: str, **parameters: object) -> Any:  # noqa: ANN401  (the same)
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") != self._number:
                continue  # an event, or the answer to an earlier command
            if answer["type"] == "error":
                refusal = f"{method}: {answer['error']}: {answer['message']}"
                raise FirefoxFailed(refusal)
            return answer["result"]

    def _end(self) -> None:
        process = getattr(self, "_process", None)
        if process is not None:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stderr.close()
        shutil.rmtree(self._profile, ignore_errors=True)
