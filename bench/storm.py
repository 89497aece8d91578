"""Whether a team on one article sees the same: `python -m bench.storm [--database URL] --json -`.

Twenty people tag, retag, note, delete, undo, comment and mark on one article, 2,000 changes in all.
Meanwhile their streams of live updates break off at random, and so do answers; on PostgreSQL they
come back through another process. Each keeps what a page would show. In the end every one must show
what the database holds.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import lxml.html
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.service.accounts import has_accounts
from app.annotations.models import Annotation
from app.annotations.queries.verify import verify
from app.core.db import Database
from app.discussion.models import Comment
from app.events.models import Event
from app.events.queries import last_event_id
from bench.open_page import OpenPage
from bench.rows import Filled, Shape, fill
from bench.storm_people import Person
from tests.harness.server import RunningServer

PEOPLE = 20
CHANGES = 2_000
SHAPE = Shape(words=8_000, blocks=120, annotations=0)
WORKERS = 2  # on PostgreSQL
PAUSE_SECONDS = 1.8  # between two changes of one person, on average
FETCH_SECONDS = 3.0  # at the end, for what is fetched on hearing of it
SETTLE_SECONDS = 30.0  # for the last change to arrive everywhere


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
    names = [f"Person{number}" for number in range(PEOPLE)]
    article = fill(url, people=names, shapes=[SHAPE])[0]
    workers = 1 if url.startswith("sqlite") else WORKERS
    with ExitStack() as running:
        homes = [data, folder / "second"][:workers]
        servers = [running.enter_context(RunningServer(home, settings)) for home in homes]
        ports = [server.port for server in servers]
        everyones: list[int] = []
        people = [Person(name, ports, article, seed, everyones) for seed, name in enumerate(names)]
        changes = asyncio.run(_storm(people, article, url))
        pages = [people[0].load(port) for port in ports]
    database = Database(url)
    with database.session() as session:
        rows = select(Event.id, Event.at).where(
            Event.article_id == article.id, Event.id > people[0].first
        )
        moments = {number: at.timestamp() for number, at in session.execute(rows)}
        faults = list(verify(session))
        for page in pages:
            faults += _page_faults(session, article, page)
    database.dispose()
    return _judge(people, changes, moments, pages[0]), faults


async def _storm(people: Sequence[Person], article: Filled, url: str) -> int:
    """Let everyone act and listen until CHANGES are made and have arrived; return how many."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(2 * len(people)))
    calm = asyncio.Event()
    listening = [asyncio.create_task(person.listen(calm)) for person in people]
    listening += [asyncio.create_task(person.refresh()) for person in people]
    left = itertools.count(CHANGES, -1)
    changes = await asyncio.gather(*(asyncio.to_thread(_act, one, left) for one in people))
    calm.set()
    last = await asyncio.to_thread(_last_event, url, article)
    until = loop.time() + SETTLE_SECONDS
    while loop.time() < until and any(one.position < last for one in people):  # noqa: ASYNC110  (nobody tells)
        await asyncio.sleep(0.1)
    await asyncio.sleep(FETCH_SECONDS)
    for task in listening:
        if task.done():
            task.result()  # it has failed
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    return sum(changes)


def _act(person: Person, left: Iterator[int]) -> int:
    """Make changes, with pauses, as long as there are any left to make; return how many."""
    made = 0
    while next(left) > 0:
        while not person.change():
            pass
        made += 1
        time.sleep(person.dice.expovariate(1 / PAUSE_SECONDS))
    return made


def _judge(
    people: Sequence[Person], changes: int, moments: Mapping[int, float], page: str
) -> Report:
    loaded = OpenPage(page)
    arrivals = [
        (arrived - moments[number]) * 1_000
        for person in people
        for number, arrived, opened in person.heard
        if number in moments and moments[number] > opened
    ]
    ids = [[number for number, _arrived, _opened in person.heard] for person in people]
    expected = [{number for number in moments if number > person.first} for person in people]
    return Report(
        changes=changes,
        disconnects=sum(person.disconnects for person in people),
        lost=sum(len(all_ - set(heard)) for all_, heard in zip(expected, ids, strict=True)),
        doubled=sum(len(heard) - len(set(heard)) for heard in ids),
        out_of_order=sum(b < a for heard in ids for a, b in itertools.pairwise(heard)),
        clients_wrong=sum(person.page.shown != loaded.shown for person in people),
        arrival_ms_p50=round(statistics.median(arrivals), 1),
        arrival_ms_p99=round(statistics.quantiles(arrivals, n=100)[98], 1),
    )


def _page_faults(session: Session, article: Filled, page: str) -> Iterator[str]:
    """Yield where a page just loaded does not show what the database holds."""
    comments = (
        select(func.count())
        .where(Comment.annotation_id == Annotation.id, Comment.deleted_at.is_(None))
        .scalar_subquery()
    )
    living = (
        select(Annotation, Account.name, comments)
        .join(Account, Account.id == Annotation.account_id)
        .where(Annotation.article_id == article.id, Annotation.deleted_at.is_(None))
    )
    held = {
        made.id: (made.tag_name.capitalize(), name, made.note or made.quote, count)
        for made, name, count in session.execute(living)
    }
    cards = lxml.html.fromstring(page).xpath("//*[@class='margin']/details")
    for card in cards:
        number = int(card.get("data-annotation"))
        tag, name, said, count = held.get(number, ("", "", "", 0))
        excerpt = _text(card, "excerpt")
        is_excerpt = said == excerpt or (excerpt.endswith("…") and said.startswith(excerpt[:-1]))
        shown = card.find("summary/b").text, _text(card, "by"), int(_text(card, "sign count") or 0)
        if number not in held or not is_excerpt or shown != (tag, name, count):
            yield f"the card of annotation {number} shows {shown} and {excerpt!r}"
    links = lxml.html.fromstring(page).xpath("//*[@class='margin']/a[@class='more']")
    more = sum(int(link.text.split()[0].replace(",", "")) for link in links)
    if len(cards) + more != len(held):
        yield f"the page shows {len(cards)} + {more} annotations, the database holds {len(held)}"


def _text(card: lxml.html.HtmlElement, css: str) -> str:
    """Return the first text of a card in an element of a class, "" where there is none."""
    found = card.xpath(f"summary//*[@class='{css}']//text()")
    return str(found[0]) if found else ""


def _refuse_full(url: str) -> None:
    """End where a database has accounts; it is looked at alone, and gets its tables later."""
    database = Database(url)
    with database.session() as session:
        has_tables = inspect(session.connection()).has_table(Account.__tablename__)
        is_full = has_tables and has_accounts(session)
    database.dispose()
    if is_full:
        sys.exit("The storm needs an empty database: this one has accounts.")


def _last_event(url: str, article: Filled) -> int:
    database = Database(url)
    with database.session() as session:
        last = last_event_id(session, article.id)
    database.dispose()
    return last


if __name__ == "__main__":
    main()
