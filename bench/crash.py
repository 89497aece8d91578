"""Whether answers stay whole while PostgreSQL crashes: `python -m bench.crash --answers 5000`.

People open pages without a pause while the server's processes are killed: in turn all of them, and
one alone, whereupon the server ends the others itself. Every answer that comes must be whole, with
a page's end, or a 503 with its sentence; a connection that is cut is told as such. Ends with 1
where an answer is anything else.
"""

import argparse
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stdout, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from io import StringIO

from bench.clusters import Cluster, new_clusters, wait_until
from bench.rows import Shape, fill
from bench.visitor import Visitor
from tests.harness.server import LOOPBACK, RunningServer

PEOPLE = 6
SECONDS_BETWEEN = (0.3, 1.5)  # from one crash to the next, once pages come again
CRASH_SECONDS = 2.0  # after a crash in which an answer counts as one during it
PAUSE_SECONDS = 0.1  # after what is no page, so that pages are most of what is counted
WAIT_SECONDS = 60.0  # for one answer
ARTICLE = Shape(words=1_000, blocks=20, annotations=100)
END = b"</html>"
SENTENCE = b"try again in a moment"

WHOLE = "whole pages"
SAID = "503 with its sentence"
CUT = "connections cut before an answer, or within it"


class Pages:
    """People who open pages until they are told to stop, and what became of each."""

    def __init__(self, port: int, paths: list[str]) -> None:
        self.found: Counter[str] = Counter()
        self.during: Counter[str] = Counter()  # of these, within CRASH_SECONDS after a crash
        self.crashed_at = float("-inf")
        self.is_over = False
        self._port, self._paths = port, paths

    def open_pages(self, cookie: str) -> None:
        """Open one page after the other."""
        connection = HTTPConnection(LOOPBACK, self._port, timeout=WAIT_SECONDS)
        while not self.is_over:
            for path in self._paths:
                try:
                    connection.request("GET", path, headers={"Cookie": cookie})
                    response = connection.getresponse()
                    what = outcome(
                        response.status, response.headers["Content-Length"], response.read()
                    )
                except (OSError, HTTPException):
                    connection.close()
                    what = CUT
                self.found[what] += 1
                if time.monotonic() - self.crashed_at < CRASH_SECONDS:
                    self.during[what] += 1
                if what != WHOLE:
                    time.sleep(PAUSE_SECONDS)


def outcome(status: int, length: str | None, body: bytes) -> str:
    """Say what an answer is: whole, a 503 with its sentence, or what is wrong with it."""
    if length is None or int(length) != len(body):
        return f"{status} of {len(body)} bytes, declared {length}"
    if status == HTTPStatus.OK and body.rstrip().endswith(END):
        return WHOLE
    if status == HTTPStatus.SERVICE_UNAVAILABLE and re.search(SENTENCE, body):
        return SAID
    return f"{status} of {len(body)} bytes: {body[:60]!r}"


def main() -> None:
    """Crash a PostgreSQL until there were enough answers."""
    parser = argparse.ArgumentParser(description="PostgreSQL crashes while people open pages.")
    parser.add_argument("--answers", type=int, default=5_000, help="how many there must be")
    asked = parser.parse_args()
    with new_clusters("crashing") as (cluster,), ExitStack() as running:
        start(cluster)
        url = f"postgresql://postgres@{LOOPBACK}:{cluster.port}/postgres"
        article = fill(url, people=["Person"], shapes=[ARTICLE])[0]
        (cluster.folder / "no-seeds").mkdir()
        settings = {"DATABASE_URL": url, "SEED_DIRS": str(cluster.folder / "no-seeds")}
        server = running.enter_context(RunningServer(cluster.folder / "gloss", settings))
        cookie = Visitor.signed_in(server.port, "Person").cookie
        pages = Pages(server.port, [article.address, "/help", "/account"])
        crashes = crash_often(cluster, pages, cookie, asked.answers)
    print(f"{crashes} crashes; within {CRASH_SECONDS:g} s after one, and in all:")
    for what, count in pages.found.most_common():
        print(f"{pages.during[what]:8,} {count:8,}  {what}")
    sys.exit(1 if set(pages.found) - {WHOLE, SAID, CUT} else 0)


def crash_often(cluster: Cluster, pages: Pages, cookie: str, answers: int) -> int:
    """Crash the server until so many answers came; return how often."""
    dice = random.Random(7)
    crashes = 0
    with ThreadPoolExecutor(PEOPLE) as threads:
        opening = [threads.submit(pages.open_pages, cookie) for _ in range(PEOPLE)]
        try:
            while pages.found.total() < answers:
                whole = pages.found[WHOLE]
                wait_until(lambda: pages.found[WHOLE] > whole + PEOPLE, "whole pages")  # noqa: B023  (at once)
                time.sleep(dice.uniform(*SECONDS_BETWEEN))
                crashes += 1
                pages.crashed_at = time.monotonic()
                if crashes % 2:
                    cluster.kill()
                    start(cluster)
                else:
                    with suppress(ProcessLookupError):
                        os.kill(dice.choice(cluster.pids()[1:]), signal.SIGKILL)
        finally:
            pages.is_over = True
        for done in opening:
            done.result()
    return crashes


def start(cluster: Cluster) -> None:
    """Start a server, without its command: it is always the same."""
    with redirect_stdout(StringIO()):
        cluster.start("max_connections=100")


if __name__ == "__main__":
    main()
