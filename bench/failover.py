"""Whether a primary that is killed loses anything: `python -m bench.failover`.

A PostgreSQL with a synchronous standby, two processes of Gloss that know both, and people who tag
through them and send again what was not acknowledged, as the browser does. The primary and all its
processes are killed, the standby is promoted, and people go on. In the end every acknowledged tag
must be there, once. Each command of PostgreSQL is printed as an operator would type it.
"""

import argparse
import sys
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sqlalchemy import func, select

from app.annotations.models import Annotation
from app.annotations.queries.verify import verify
from app.core.db import Database
from bench.clusters import Cluster, new_clusters, wait_until
from bench.rows import Filled, Shape, fill, forms
from bench.visitor import Unexpected, Visitor
from tests.harness.server import LOOPBACK, RunningServer
from tests.harness.streams import Listener

PEOPLE = 4
PAUSE_SECONDS = 0.2  # before something is sent again
WAIT_SECONDS = 60.0
ARTICLE = Shape(words=8_000, blocks=120, annotations=0)
REFUSED = (409, 422)  # a passage that is tagged already


class Load:
    """People who tag until they are told to stop; `acknowledged` are the keys of what was taken."""

    def __init__(self, ports: Sequence[int], article: Filled, names: Sequence[str]) -> None:
        self.acknowledged: list[str] = []
        self.last = time.monotonic()  # when something was acknowledged
        self.longest = 0.0  # seconds between two that were
        self.failures = 0
        self.is_over = False
        self._article = article
        self._people = [
            Visitor.signed_in(ports[number % len(ports)], name) for number, name in enumerate(names)
        ]

    def open_page(self, port: int) -> Listener:
        """Open the live updates of the article, as the first of the people."""
        connection = HTTPConnection(LOOPBACK, port, timeout=WAIT_SECONDS)
        place = self._article.address.removeprefix("/projects/").replace("/articles/", "/")
        return Listener(connection, self._people[0].cookie, 1, [place])

    def tag(self, number: int) -> None:
        """Tag one passage after the other, each until it is acknowledged or refused."""
        person, path = self._people[number], f"{self._article.address}/annotations"
        for form in forms(self._article, number):
            while not self._send(person, path, form):
                time.sleep(PAUSE_SECONDS)
            if self.is_over:
                return

    def _send(self, person: Visitor, path: str, form: dict[str, str]) -> bool:
        try:
            person.post(path, form)
        except Unexpected as error:
            self.failures += error.status not in REFUSED
            return error.status in REFUSED
        except (OSError, HTTPException):
            person.close()
            self.failures += 1
            return False
        self.longest = max(self.longest, time.monotonic() - self.last)
        self.last = time.monotonic()
        self.acknowledged.append(form["client_key"])
        return True


def main() -> None:
    """Kill a primary, and end with 1 where an acknowledged tag is missing or doubled."""
    parser = argparse.ArgumentParser(description="A primary is killed while people tag.")
    parser.add_argument("--tags", type=int, default=200, help="before the kill, and after it")
    asked = parser.parse_args()
    with new_clusters("primary", "standby") as (primary, standby):
        primary.start("fsync=on", "synchronous_standby_names=standby")
        primary.run(
            "pg_basebackup", "-D", str(standby.home), "-X", "stream", "-c", "fast", "-R",
            "-d", f"host={LOOPBACK} port={primary.port} user=postgres application_name=standby",
        )  # fmt: skip
        standby.start()
        in_step = "SELECT true FROM pg_stat_replication WHERE sync_state = 'sync'"
        wait_until(lambda: primary.ask(in_step), "the standby to be in step")
        lost, doubled, faults = _fail_over(primary.folder, primary, standby, asked.tags)
    sys.exit(1 if lost or doubled or faults else 0)


def _fail_over(
    folder: Path, primary: Cluster, standby: Cluster, tags: int
) -> tuple[int, int, list[str]]:
    hosts = ",".join(f"{LOOPBACK}:{cluster.port}" for cluster in (primary, standby))
    url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
    print("DATABASE_URL =", url)
    names = [f"Person{number}" for number in range(PEOPLE)]
    article = fill(url, people=names, shapes=[ARTICLE])[0]
    (folder / "no-seeds").mkdir()
    settings = {
        "DATABASE_URL": url,
        "SECRET_KEY": uuid.uuid4().hex * 2,
        "SEED_DIRS": str(folder / "no-seeds"),
    }
    with ExitStack() as running, ThreadPoolExecutor(PEOPLE) as threads:
        homes = (folder / f"gloss-{number}" for number in range(2))
        servers = [running.enter_context(RunningServer(home, settings)) for home in homes]
        ports = [server.port for server in servers]
        load = Load(ports, article, names)
        pages = [running.enter_context(load.open_page(port)) for port in ports]
        tagging = [threads.submit(load.tag, number) for number in range(PEOPLE)]
        try:
            wait_until(lambda: len(load.acknowledged) >= tags, f"{tags} tags")
            print(f"$ kill -9 of the primary and all its processes, after {tags} tags")
            primary.kill()
            killed, before = time.monotonic(), len(load.acknowledged)
            print(
                "$ psql -c 'SELECT pg_promote()' at the standby:",
                standby.ask("SELECT pg_promote()"),
            )
            wait_until(lambda: len(load.acknowledged) > before + PEOPLE, "tags to be taken again")
            print(f"tags were taken again {load.last - killed:.1f} s after the kill")
            wait_until(lambda: len(load.acknowledged) >= before + tags, f"{tags} more tags")
        finally:
            load.is_over = True
        for done in tagging:
            done.result()
        wait_until(
            lambda: all(len(page.changes) >= len(load.acknowledged) for page in pages),
            "all changes on the open pages",
        )
    database = Database(url)
    with database.session() as session:
        counts = dict(
            session.execute(
                select(Annotation.client_key, func.count()).group_by(Annotation.client_key)
            ).all()
        )
        faults = list(verify(session))
    database.dispose()
    lost = [key for key in load.acknowledged if key not in counts]
    doubled = [key for key, count in counts.items() if count > 1]
    print(
        f"acknowledged {len(load.acknowledged)}, there {len(counts)}, lost {len(lost)},"
        f" doubled {len(doubled)}, heard on two open pages {[len(p.changes) for p in pages]},"
        f" sent again {load.failures}, longest pause {load.longest:.1f} s,"
        f" verify: {faults or 'clean'}"
    )
    return len(lost), len(doubled), faults


if __name__ == "__main__":
    main()
