"""The people of the storm: each acts, listens on a stream that breaks off, and has a page open."""

import asyncio
import random
import re
import time
import uuid
from collections.abc import Sequence
from contextlib import aclosing
from http import HTTPStatus

from app.annotations.tags import Tag
from app.assignments.models import State
from app.projects.service.projects import FIRST_SLUG
from bench.open_page import OpenPage
from bench.rows import Filled, forms
from bench.streams import listen
from bench.visitor import Unexpected, Visitor

# Of 100 changes; "mark" is how far one is, which changes no paragraph.
KINDS = {
    "create": 44,
    "note": 15,
    "retag": 11,
    "delete": 8,
    "undo": 7,
    "comment": 9,
    "mark": 6,
}
CUT_OFF = 0.1  # of the answers to a new tag: the connection breaks, and it is sent again
HOLDS_SECONDS = 10.0  # that a stream lasts, on average
GONE_SECONDS = 0.6  # that it is away then, at most
AGAIN_SECONDS = 1.0  # before a change is sent again that found the server busy

REFUSED = {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}  # a twin, nothing to undo, …

_ANSWER = re.compile(r'<div class="answer" data-annotation="(\d+)" data-deleted="(\w+)"')
_VERSION = re.compile(r'class="message"[^>]* data-version="(\d+)"')
_ACCOUNT = re.compile(r'<body[^>]* data-account="(\d+)"')


class Person:
    """One of them: acts as a browser would through any of the servers at `ports`.

    `heard` has each event that came, when, and since when the person listened then. `everyones`
    are annotations of all, to be commented on.
    """

    def __init__(
        self, name: str, ports: Sequence[int], article: Filled, seed: int, everyones: list[int]
    ) -> None:
        self.dice = random.Random(seed)
        self._name = name
        self._ports = ports
        self._article = article
        self._visitor = Visitor.signed_in(self.dice.choice(ports), name)
        self._fetcher = Visitor.signed_in(self.dice.choice(ports), name)
        html = self._visitor.get(article.address).decode()
        self._account = int(_ACCOUNT.search(html)[1])  # type: ignore[index]  # every page has it
        self.page = OpenPage(html)
        self.first = self.position = self.page.drawn
        self.heard: list[tuple[int, float, float]] = []
        self.disconnects = 0
        self._news = asyncio.Event()
        self._mine: dict[int, int] = {}  # annotation → version
        self._everyones = everyones
        self._state = State.NOT_STARTED
        self._tags = forms(article, seed)

    # Acting

    def change(self) -> bool:
        """Make one change; return whether the server took it."""
        kind = self.dice.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "undo":
            return self._act(f"{self._article.address}/undo", {"client_key": uuid.uuid4().hex})
        if kind == "mark":
            return self._mark()
        if kind == "comment" and self._everyones:
            return self._comment(self.dice.choice(self._everyones))
        if kind == "create" or not self._mine:
            return self._create()
        number = self.dice.choice(list(self._mine))
        version = {"version": str(self._mine[number])}
        if kind == "delete":
            return self._act(f"/annotations/{number}/delete", version)
        said = {"note": f"Note {self.dice.random()}"} if kind == "note" else {}
        tag = {} if said else {"tag": self.dice.choice(list(Tag)).value}
        return self._act(f"/annotations/{number}", {**version, **said, **tag})

    def _create(self) -> bool:
        path, fields = f"{self._article.address}/annotations", next(self._tags)
        if self.dice.random() < CUT_OFF:
            self._visitor.send_and_leave(path, fields)
        return self._act(path, fields)

    def _comment(self, number: int) -> bool:
        said = {"text": f"Is it? {self.dice.random()}", "client_key": uuid.uuid4().hex}
        html = self._post(f"/annotations/{number}/comments", said)
        if html is not None:
            self.page.take_answer(html)
        return html is not None

    def _mark(self) -> bool:
        self._state = State.DONE if self._state is State.IN_PROGRESS else State.IN_PROGRESS
        path = f"{self._article.address}/state"
        self._visitor.post(path, {"state": self._state.value}, expected=HTTPStatus.SEE_OTHER)
        return True

    def _act(self, path: str, fields: dict[str, str]) -> bool:
        """Act on an annotation of one's own."""
        html = self._post(path, fields)
        if html is None:
            return False
        number, is_deleted = _ANSWER.search(html).groups()  # type: ignore[union-attr]  # an answer
        self._mine.pop(int(number), None)
        if is_deleted == "false":
            self._mine[int(number)] = int(_VERSION.search(html)[1])  # type: ignore[index]  # the same
            self._everyones.append(int(number))
        self.page.take_answer(html)
        return True

    def _post(self, path: str, fields: dict[str, str]) -> str | None:
        """Send a form until the server is not too busy; return its answer, None for a refusal."""
        while True:
            try:
                return self._visitor.post(path, fields).decode()
            except Unexpected as refusal:
                if refusal.status in REFUSED:
                    return None
                if refusal.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise
            time.sleep(AGAIN_SECONDS)  # as a page does

    # Listening

    async def listen(self, calm: asyncio.Event) -> None:
        """Hold a stream, drop it at random and resume; in the calm hold it until cancelled."""
        while True:
            holds = self.dice.expovariate(1 / HOLDS_SECONDS)
            await self._hold(time.monotonic() + holds, calm)
            await asyncio.sleep(self.dice.uniform(0, GONE_SECONDS))

    async def _hold(self, until: float, calm: asyncio.Event) -> None:
        """Hear a stream until a time, and in the calm for as long as it lasts."""
        stream = listen(
            self.dice.choice(self._ports),
            cookie=self._visitor.cookie,
            account=self._account,
            place=f"{FIRST_SLUG}/{self._article.id}",
            after=self.position,
        )
        opened = time.time()
        async with aclosing(stream) as messages:
            while True:
                left = None if calm.is_set() else until - time.monotonic()
                try:
                    message = await asyncio.wait_for(anext(messages), left)
                except TimeoutError:
                    if not calm.is_set():
                        self.disconnects += 1
                    return
                except StopAsyncIteration:
                    return
                if message.id is not None:
                    self.heard.append((message.id, time.time(), opened))
                    self.position = message.id
                self.page.hear(message)
                if self.page.is_due:
                    self._news.set()

    async def refresh(self) -> None:
        """Fetch what came without a drawing, one request at a time, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            path = f"{self._article.address}/since/{self.page.begin_fetching()}"
            self.page.catch_up((await asyncio.to_thread(self._fetcher.fragment, path)).decode())

    def load(self, port: int) -> str:
        """Return the article's page as one of the servers gives it now."""
        return Visitor.signed_in(port, self._name).get(self._article.address).decode()
