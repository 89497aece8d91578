"""Whether a team on one article sees the same: `python -m bench.storm [--database URL] --json -`.

Twenty people tag, retag, note, delete and undo on one article, 2,000 changes in all, while their
streams of live updates break off at random, and on PostgreSQL come back through another process.
Each keeps what a page would show. In the end every one must show what the database holds.
"""

import argparse
import asyncio
import itertools
import json
import random
import re
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, aclosing
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.service import has_accounts
from app.annotations.models import Annotation
from app.annotations.tags import Tag
from app.annotations.verification import verify
from app.core.db import Database
from app.core.upgrade import upgrade
from app.events.models import Event
from app.events.queries import last_event_id
from app.projects.service import FIRST_SLUG
from bench.rows import Filled, Shape, fill, forms
from bench.streams import Heard, listen
from bench.visitor import Unexpected, Visitor
from tests.harness.server import RunningServer

CLIENTS = 20
CHANGES = 2_000
SHAPE = Shape(words=8_000, blocks=120, annotations=0)
KINDS = {"create": 50, "note": 18, "retag": 14, "delete": 10, "undo": 8}  # of 100 changes
WORKERS = 2  # on PostgreSQL
FETCH_SECONDS = 3.0  # then for what is fetched on hearing of it
PAUSE_SECONDS = 1.8  # between two changes of one person, on average
HOLDS_SECONDS = 10.0  # that a stream lasts, on average
GONE_SECONDS = 0.6  # that it is away then, at most
AGAIN_SECONDS = 1.0  # before a change is sent again that found the server busy
SETTLE_SECONDS = 30.0  # for the last change to arrive everywhere

_SECTION = re.compile(r'<section class="block" id="b(\d+)".*?</section>', re.DOTALL)
_DRAWN = re.compile(r' data-drawn="(\d+)"')
_ANSWER = re.compile(r'<div class="answer" data-annotation="(\d+)" data-deleted="(\w+)"')
_VERSION = re.compile(r'class="message"[^>]* data-version="(\d+)"')
_ACCOUNT = re.compile(r'<body[^>]* data-account="(\d+)"')
_CARD = re.compile(r'<details class="card [^>]*data-annotation="(\d+)"')
_MORE = re.compile(r'<a class="more"[^>]*>([\d,]+) more</a>')
_POSITION = re.compile(r'<main[^>]* data-drawn="(\d+)"')


@dataclass(slots=True)
class Report:
    """What the storm is judged by; a sound one has zeros from `lost` to `clients_wrong`."""

    changes: int
    disconnects: int
    lost: int
    doubled: int
    out_of_order: int
    clients_wrong: int
    arrival_ms_p50: float
    arrival_ms_p99: float


class View:
    """What a page shows: each block's HTML, and the last event that its drawing knew of."""

    def __init__(self) -> None:
        self._blocks: dict[int, tuple[int, str]] = {}
        self._lock = Lock()

    def take(self, html: str) -> None:
        """Put in the blocks of a page or fragment, unless they are older than what is there."""
        with self._lock:
            for number, drawn, section in _sections(html):
                if number not in self._blocks or self._blocks[number][0] <= drawn:
                    self._blocks[number] = (drawn, section)

    @property
    def shown(self) -> dict[int, str]:
        """Return the HTML of each block."""
        return {number: section for number, (_drawn, section) in self._blocks.items()}


class Client:
    """One person: tags through `visitor`, listens on a stream, and keeps what a page would show."""

    def __init__(self, name: str, ports: Sequence[int], article: Filled, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  (nothing is secret)
        self.ports = ports
        self.article = article
        self.visitor = Visitor.signed_in(self.dice.choice(ports), name)
        self.fetcher = Visitor.signed_in(self.dice.choice(ports), name)
        page = self.visitor.get(article.address).decode()
        self.account = int(_ACCOUNT.search(page)[1])  # type: ignore[index]  # every page has it
        self.first = self.position = int(_POSITION.search(page)[1])  # type: ignore[index]
        self.view = View()
        self.view.take(page)
        self.heard: list[tuple[int, float, float]] = []  # event, when, since when it listened
        self._stale = asyncio.Event()
        self._since: int | None = None  # before the first event that came without a drawing
        self.disconnects = 0
        self.mine: dict[int, int] = {}  # annotation → version
        self._tags = forms(article, seed)

    def change(self) -> bool:
        """Make one change; return whether the server took it."""
        kind = self.dice.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "undo":
            return self._post(f"{self.article.address}/undo", {"client_key": uuid.uuid4().hex})
        if kind == "create" or not self.mine:
            return self._post(f"{self.article.address}/annotations", next(self._tags))
        number = self.dice.choice(list(self.mine))
        version = {"version": str(self.mine[number])}
        if kind == "delete":
            return self._post(f"/annotations/{number}/delete", version)
        said = {"note": f"Note {self.dice.random()}"} if kind == "note" else {}
        tag = {} if said else {"tag": self.dice.choice(list(Tag)).value}
        return self._post(f"/annotations/{number}", {**version, **said, **tag})

    def _post(self, path: str, fields: dict[str, str]) -> bool:
        try:
            html = self.visitor.post(path, fields).decode()
        except Unexpected as refusal:
            if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
                time.sleep(AGAIN_SECONDS)
                return self._post(path, fields)  # as a page does
            if refusal.status not in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
                raise
            return False  # a twin, nothing to undo, a place that is taken
        number, is_deleted = _ANSWER.search(html).groups()  # type: ignore[union-attr]  # an answer
        self.mine.pop(int(number), None)
        if is_deleted == "false":
            self.mine[int(number)] = int(_VERSION.search(html)[1])  # type: ignore[index]
        self.view.take(html)
        return True

    async def listen(self, calm: asyncio.Event) -> None:
        """Hold a stream, drop it at random and resume; in the calm hold it until cancelled."""
        while True:
            holds = self.dice.expovariate(1 / HOLDS_SECONDS)
            await self._hold(time.monotonic() + holds, calm)
            await asyncio.sleep(self.dice.uniform(0, GONE_SECONDS))

    async def _hold(self, until: float, calm: asyncio.Event) -> None:
        """Hear a stream until a time, and in the calm for as long as it lasts."""
        stream = listen(
            self.dice.choice(self.ports),
            cookie=self.visitor.cookie,
            account=self.account,
            place=f"{FIRST_SLUG}/{self.article.id}",
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
                    self._show(message)

    def _show(self, message: Heard) -> None:
        """Do what a page does with a message."""
        since, self.position = self.position, message.id or self.position
        if message.kind == "change" and "drawing" in message.data:
            self.view.take(message.data["drawing"])
        elif message.kind == "behind" or "drawn_in" not in message.data:
            self._since = min(since, self._since or since)
            self._stale.set()

    async def refresh(self) -> None:
        """Fetch what came without a drawing, one request at a time, until cancelled."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            since, self._since = self._since, None
            path = f"{self.article.address}/since/{since}"
            self.view.take((await asyncio.to_thread(self.fetcher.fragment, path)).decode())


def main() -> None:
    """Raise the storm, print what came of it, and end with 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description="Twenty people on one article, in a storm.")
    parser.add_argument("--database", metavar="URL", help="an empty one, or else SQLite")
    parser.add_argument("--json", metavar="FILE", default="-", help="write it there, - for stdout")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="leave data and logs there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = (asked.keep or Path(name)).resolve()
        report, faults = _raise_storm(folder, asked.database)
    written = json.dumps(asdict(report), indent=1)
    if asked.json == "-":
        print(written)
    else:
        Path(asked.json).write_text(f"{written}\n", encoding="utf-8")
    for fault in faults:
        print(f"verify: {fault}", file=sys.stderr)
    wrong = report.lost or report.doubled or report.out_of_order or report.clients_wrong
    sys.exit(1 if wrong or faults else 0)


def _raise_storm(folder: Path, url: str | None) -> tuple[Report, list[str]]:
    data, seeds = folder / "data", folder / "no-seeds"
    for made in (data, seeds):
        made.mkdir(parents=True, exist_ok=True)
    key = {"SECRET_KEY": uuid.uuid4().hex * 2}  # the same for both, as behind one address
    settings = {"SEED_DIRS": str(seeds), **key} | ({"DATABASE_URL": url} if url else {})
    url = url or f"sqlite:///{data / 'gloss.sqlite3'}"
    _refuse_full(url)
    people = [f"Person{number}" for number in range(CLIENTS)]
    article = fill(url, people=people, shapes=[SHAPE])[0]
    workers = 1 if url.startswith("sqlite") else WORKERS
    with ExitStack() as running:
        homes = [data, folder / "second"][:workers]
        servers = [running.enter_context(RunningServer(home, settings)) for home in homes]
        ports = [server.port for server in servers]
        clients = [Client(name, ports, article, seed) for seed, name in enumerate(people)]
        changes = asyncio.run(_storm(clients, article, url))
        page = clients[0].visitor.get(article.address).decode()
    database = Database(url)
    with database.session() as session:
        rows = select(Event.id, Event.at).where(
            Event.article_id == article.id, Event.id > clients[0].first
        )
        moments = {number: at.timestamp() for number, at in session.execute(rows)}
        faults = [*verify(session), *_page_faults(session, article, page)]
    database.dispose()
    return _judge(clients, changes, moments, page), faults


async def _storm(clients: Sequence[Client], article: Filled, url: str) -> int:
    """Let everyone act and listen until CHANGES are made and have arrived; return how many."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(2 * len(clients)))
    calm = asyncio.Event()
    listening = [asyncio.create_task(client.listen(calm)) for client in clients]
    listening += [asyncio.create_task(client.refresh()) for client in clients]
    left = itertools.count(CHANGES, -1)
    changes = await asyncio.gather(*(asyncio.to_thread(_act, one, left) for one in clients))
    calm.set()
    last = await asyncio.to_thread(_last_event, url, article)
    until = loop.time() + SETTLE_SECONDS
    while loop.time() < until and any(one.position < last for one in clients):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await asyncio.sleep(FETCH_SECONDS)
    for task in listening:
        if task.done():
            task.result()  # it has failed
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    return sum(changes)


def _act(client: Client, left: Iterator[int]) -> int:
    """Make changes, with pauses, as long as there are any left to make; return how many."""
    made = 0
    while next(left) > 0:
        while not client.change():
            pass
        made += 1
        time.sleep(client.dice.expovariate(1 / PAUSE_SECONDS))
    return made


def _judge(
    clients: Sequence[Client], changes: int, moments: Mapping[int, float], page: str
) -> Report:
    fresh = View()
    fresh.take(page)
    arrivals = [
        (arrived - moments[number]) * 1_000
        for client in clients
        for number, arrived, opened in client.heard
        if number in moments and moments[number] > opened
    ]
    ids = [[number for number, _arrived, _opened in client.heard] for client in clients]
    expected = [{number for number in moments if number > client.first} for client in clients]
    return Report(
        changes=changes,
        disconnects=sum(client.disconnects for client in clients),
        lost=sum(len(all_ - set(heard)) for all_, heard in zip(expected, ids, strict=True)),
        doubled=sum(len(heard) - len(set(heard)) for heard in ids),
        out_of_order=sum(b < a for heard in ids for a, b in itertools.pairwise(heard)),
        clients_wrong=sum(client.view.shown != fresh.shown for client in clients),
        arrival_ms_p50=round(statistics.median(arrivals), 1),
        arrival_ms_p99=round(statistics.quantiles(arrivals, n=100)[98], 1),
    )


def _page_faults(session: Session, article: Filled, page: str) -> Iterator[str]:
    """Yield where a page just loaded does not show what the database holds."""
    living = select(Annotation.id).where(
        Annotation.article_id == article.id, Annotation.deleted_at.is_(None)
    )
    held = set(session.scalars(living))
    shown = {int(number) for number in _CARD.findall(page)}
    more = sum(int(number.replace(",", "")) for number in _MORE.findall(page))
    if not shown <= held or len(shown) + more != len(held):
        yield f"the page shows {len(shown)} + {more} annotations, the database holds {len(held)}"


def _refuse_full(url: str) -> None:
    upgrade(url)
    database = Database(url)
    with database.session() as session:
        is_full = has_accounts(session)
    database.dispose()
    if is_full:
        sys.exit("The storm needs an empty database: this one has accounts.")


def _last_event(url: str, article: Filled) -> int:
    database = Database(url)
    with database.session() as session:
        last = last_event_id(session, article.id)
    database.dispose()
    return last


def _sections(html: str) -> Iterator[tuple[int, int, str]]:
    """Yield the blocks of a page: number, what its drawing knew of, and the HTML without that."""
    for found in _SECTION.finditer(html):
        drawn = _DRAWN.search(found[0])
        if drawn is not None:
            yield int(found[1]), int(drawn[1]), _DRAWN.sub("", found[0], count=1)


if __name__ == "__main__":
    main()
