"""Where tagging stops to grow on PostgreSQL: `python -m bench.processes`.

Sixteen people tag eight articles through 1, 2 and 4 processes of Gloss on one PostgreSQL, with
commits on the disk. Beside the creates a second stands what each took of the processors, since a
busy machine makes the clock say little, and how often the one lock is held or waited for in which
all events are put in order. How long a create holds that lock is measured apart, by one alone.
"""

import itertools
import os
import statistics
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
from sqlalchemy import Engine, event, select

from app.accounts.models import Account
from app.annotations.queries.anchors import PassageQuery
from app.annotations.service import annotations
from app.core.db import Database
from app.core.errors import GlossError
from app.events.service import ORDER_LOCK
from app.projects.models import Member
from bench.clusters import Cluster, new_clusters
from bench.rows import Filled, Shape, email_of, fill, forms
from bench.visitor import Unexpected, Visitor
from tests.harness.server import LOOPBACK, RunningServer

PROCESSES = (1, 2, 4)
PEOPLE = 16
ARTICLES = 8
SECONDS = 15.0
ALONE = 300  # creates by which the lock is measured
SAMPLE_SECONDS = 0.02
TICKS = os.sysconf("SC_CLK_TCK")

_LOCKS = """
SELECT count(*) FILTER (WHERE granted), count(*) FILTER (WHERE NOT granted) FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND objid = %s
"""


def main() -> None:
    """Measure, and print a table."""
    with new_clusters("cluster") as (cluster,):
        cluster.start("max_connections=300")
        address = f"{LOOPBACK}:{cluster.port}/postgres"
        names = [f"Person{number}" for number in range(PEOPLE)]
        shapes = [Shape(words=1_000, blocks=20, annotations=0)] * ARTICLES
        articles = fill(f"postgresql://postgres@{address}", people=names, shapes=shapes)
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        _measure_lock(f"postgresql://postgres@{address}", articles[0])
        print("processes | creates/s | CPU of Gloss, ms | of PostgreSQL, ms | lock held | waiting")
        for count in PROCESSES:
            _measure(count, cluster.folder, cluster, names, articles)


def _measure_lock(url: str, article: Filled) -> None:
    """Print how long one create holds the lock of all events, with nobody else there."""
    database = Database(url)
    taken: list[float] = []

    def note(*given: object) -> None:
        if "pg_advisory_xact_lock" in str(given[2]):
            taken.append(time.perf_counter())

    event.listen(Engine, "after_cursor_execute", note)
    held, whole, computed = [], [], []
    for form in itertools.islice(forms(article, 99), ALONE):
        with database.writing() as session:
            owner = select(Account.id).where(Account.email_address == email_of("Person0"))
            actor = session.get_one(Member, (1, session.scalars(owner).one()))
            began, cpu = time.perf_counter(), time.process_time()
            try:
                annotations.create(
                    session,
                    actor=actor,
                    article_id=article.id,
                    tag=form["tag"],
                    asked=PassageQuery(form["quote"], int(form["start"])),
                    note="",
                    client_key=uuid.uuid4().hex,
                )
            except GlossError:
                continue
            session.commit()
            held.append((time.perf_counter() - taken[-1]) * 1_000)
            whole.append((time.perf_counter() - began) * 1_000)
            computed.append((time.process_time() - cpu) * 1_000)
    event.remove(Engine, "after_cursor_execute", note)
    database.dispose()
    print(
        f"one create alone: the lock is held {statistics.median(held):.1f} ms (median),"
        f" {statistics.quantiles(held, n=10)[0]:.1f} (a tenth), {min(held):.1f} (least) of"
        f" {statistics.median(whole):.1f}; processor of the service {min(computed):.1f} (least)"
    )


def _measure(
    count: int, folder: Path, cluster: Cluster, names: Sequence[str], articles: Sequence[Filled]
) -> None:
    (folder / "no-seeds").mkdir(exist_ok=True)
    settings = {
        "DATABASE_URL": f"postgresql://postgres@{LOOPBACK}:{cluster.port}/postgres",
        "SECRET_KEY": uuid.uuid4().hex * 2,
        "SEED_DIRS": str(folder / "no-seeds"),
    }
    with ExitStack() as running, ThreadPoolExecutor(PEOPLE) as threads:
        homes = (folder / f"{count}-{number}" for number in range(count))
        servers = [running.enter_context(RunningServer(home, settings)) for home in homes]
        people = [
            Visitor.signed_in(servers[number % count].port, name)
            for number, name in enumerate(names)
        ]
        samples: list[tuple[int, int]] = []
        is_over = threading.Event()
        watching = threading.Thread(target=_watch, args=(cluster.port, samples, is_over))
        pids = [server.pid for server in servers]
        before = sum(map(_cpu, pids)), sum(map(_cpu, cluster.pids()))
        watching.start()
        until = time.perf_counter() + SECONDS
        made = sum(
            threads.map(
                lambda number: _tag(people[number], articles[number % ARTICLES], number, until),
                range(PEOPLE),
            )
        )
        is_over.set()
        watching.join()
        ours = (sum(map(_cpu, pids)) - before[0]) * 1_000 / made
        theirs = (sum(map(_cpu, cluster.pids())) - before[1]) * 1_000 / made
    held = sum(granted > 0 for granted, _ in samples) / len(samples)
    waiting = statistics.mean(waiting for _, waiting in samples)
    print(
        f"{count:9} | {made / SECONDS:9.1f} | {ours:16.1f} | {theirs:17.1f} | {held:8.0%}"
        f" | {waiting:.1f} of {PEOPLE}",
        flush=True,
    )


def _tag(person: Visitor, article: Filled, seed: int, until: float) -> int:
    """Tag one passage after the other; return how many."""
    made = 0
    mine: Iterator[dict[str, str]] = forms(article, seed + int(until))
    while time.perf_counter() < until:
        try:
            person.post(f"{article.address}/annotations", next(mine))
        except Unexpected:
            continue  # it is tagged already
        made += 1
    return made


def _watch(port: int, samples: list[tuple[int, int]], is_over: threading.Event) -> None:
    """Look again and again whether the lock is held, and how many wait for it."""
    address = f"host={LOOPBACK} port={port} user=postgres dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        while not is_over.wait(SAMPLE_SECONDS):
            row = connection.execute(_LOCKS, (ORDER_LOCK >> 32, ORDER_LOCK & 0xFFFFFFFF)).fetchone()
            samples.append(row or (0, 0))


def _cpu(pid: int) -> float:
    """Return the seconds of processor that a process and its ended children have taken."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


if __name__ == "__main__":
    main()
