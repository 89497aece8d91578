"""How soon others see what one does: `python -m bench.live [--json FILE]`."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path

from sqlalchemy import select

from app.core.db import Database
from app.events.models import Event
from app.projects.service.projects import FIRST_SLUG
from bench.rows import Filled, Shape, fill, forms
from bench.streams import listen
from bench.timing import Figure, Limit, Times, milliseconds, show
from bench.visitor import Visitor
from tests.harness.server import RunningServer

PEOPLE = [f"Person{number}" for number in range(26)]  # the first one tags, the others listen
SHAPE = Shape(words=8_000, blocks=120, annotations=200)
STREAMS = (100, 1_000)
AIMS_MS = ((30.0, 150.0), (None, None))  # of the median and the 99th percentile, for each
CHANGES = 60
PAUSE_SECONDS = 0.25
OPENING_SECONDS = 60.0
SETTLE_SECONDS = 2.0
PAGES = 40


class Audience:
    """Pages that stay open, of a few accounts; `heard` has the page, each event, and when."""

    def __init__(
        self, listeners: Sequence[Visitor], port: int, article: Filled, after: int
    ) -> None:
        self.heard: list[tuple[int, int, float]] = []
        self.held = 0
        self.until = 0  # how many of `heard` are timed
        self._listeners = listeners
        self._port = port
        self.after = after  # the last event that the pages show
        self._place = f"{FIRST_SLUG}/{article.id}"

    async def one(self, number: int) -> None:
        """Listen on one stream until cancelled."""
        place = number % len(self._listeners)
        visitor = self._listeners[place]
        account = place + 2  # the first account tags
        stream = listen(
            self._port,
            cookie=visitor.cookie,
            account=account,
            place=self._place,
            after=self.after,
        )
        async with aclosing(stream) as messages:
            await anext(messages)  # a sign of life
            self.held += 1
            async for message in messages:
                if message.id is not None:
                    self.heard.append((number, message.id, time.time()))


def main() -> None:
    """Fill a database, start the server, measure, and show the table."""
    with tempfile.TemporaryDirectory() as name:
        show("From the commit to the arrival at every open page", _measure(Path(name)))


def _measure(folder: Path) -> list[Figure]:
    data, seeds = folder / "data", folder / "no-seeds"
    data.mkdir()
    seeds.mkdir()
    url = f"sqlite:///{data / 'gloss.sqlite3'}"
    article = fill(url, people=PEOPLE, shapes=[SHAPE])[0]
    with RunningServer(data, {"SEED_DIRS": str(seeds)}) as server:
        visitors = [Visitor.signed_in(server.port, name) for name in PEOPLE]
        alone = milliseconds(partial(visitors[0].get, article.address), PAGES)
        figures = [Figure.of("a page, no stream open", alone)]
        tags = forms(article, seed=11)
        for count, aims in zip(STREAMS, AIMS_MS, strict=True):
            after = max(_moments(url))
            audience = Audience(visitors[1:], server.port, article, after)
            pages = asyncio.run(_perform(audience, visitors, article, tags, count))
            figures += _figures(url, audience, count, aims)
            for what, page in zip(("open", "open, one tags"), pages, strict=True):
                limits = (Limit("none open", alone.median),)
                figures.append(Figure.of(f"a page, {count:,} streams {what}", page, limits=limits))
    return figures


async def _perform(
    audience: Audience,
    visitors: Sequence[Visitor],
    article: Filled,
    tags: Iterator[dict[str, str]],
    count: int,
) -> tuple[Times, Times]:
    """Open the streams and tag; return how long a page takes in a pause, and while one tags."""
    tasks = [asyncio.create_task(audience.one(number)) for number in range(count)]
    until = time.monotonic() + OPENING_SECONDS
    while audience.held < count and time.monotonic() < until:  # noqa: ASYNC110  (nobody tells)
        await asyncio.sleep(0.05)
    await asyncio.sleep(SETTLE_SECONDS)  # all at once is not how people open an article
    load = partial(visitors[1].get, article.address)
    await _tag(visitors[0], article, tags)
    await asyncio.sleep(SETTLE_SECONDS)
    audience.until = len(audience.heard)
    visitors[1].close()  # the server may have closed it meanwhile
    quiet = await asyncio.to_thread(milliseconds, load, PAGES)
    tagging = asyncio.create_task(_tag(visitors[0], article, tags))
    busy = await asyncio.to_thread(milliseconds, load, PAGES)
    await tagging
    await asyncio.sleep(SETTLE_SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return quiet, busy


async def _tag(visitor: Visitor, article: Filled, tags: Iterator[dict[str, str]]) -> None:
    for _ in range(CHANGES):
        await asyncio.to_thread(visitor.post, f"{article.address}/annotations", next(tags))
        await asyncio.sleep(PAUSE_SECONDS)


def _figures(
    url: str,
    audience: Audience,
    count: int,
    aims: tuple[float | None, float | None],
) -> list[Figure]:
    moments = _moments(url)
    # Not of those while pages are asked for: the client's own work would be in them.
    timed = audience.heard[: audience.until]
    arrivals = [(arrived - moments[number]) * 1_000 for _page, number, arrived in timed]
    median, last = statistics.median(arrivals), statistics.quantiles(arrivals, n=100)[98]
    expected = count * sum(number > audience.after for number in moments)
    told = len({(page, number) for page, number, _arrived in audience.heard})
    return [
        Figure(f"streams held of {count:,}", float(audience.held), "streams"),
        Figure(f"arrival at {count:,} streams, median", median, "ms", min(arrivals), aims[0]),
        Figure(f"arrival at {count:,} streams, 99th percentile", last, "ms", aim=aims[1]),
        Figure("messages missed", float(expected - told), "messages", aim=0.0),
        Figure("messages doubled", float(len(audience.heard) - told), "messages", aim=0.0),
    ]


def _moments(url: str) -> dict[int, float]:
    """Return when each event was recorded, just before its commit, in seconds."""
    database = Database(url)
    with database.session() as session:
        rows = session.execute(select(Event.id, Event.at)).all()
    database.dispose()
    return {number: at.timestamp() for number, at in rows}


if __name__ == "__main__":
    main()
