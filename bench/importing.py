"""How long an import of 100,000 rows takes, and how long others wait: `python -m bench.importing`.

BENCH_URL in the environment is an empty PostgreSQL database in place of SQLite.
"""

import csv
import gc
import io
import os
import random
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import Self

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.annotations.service import importing
from app.annotations.tags import Tag
from app.articles.queries.articles import lock_article
from app.core.db import Database
from app.imports.models import Import
from app.imports.service import imports, running
from app.projects.models import Member
from app.text.anchoring import describe
from bench.rows import Filled, Shape, fill, passages
from bench.timing import Figure, show

PEOPLE = ("Ines", "Jan", "Kofi")
ARTICLES = 100
ROWS = 1_000  # of each
SHAPE = Shape(words=1_000, blocks=20, annotations=0)
COLUMNS = ("article_id", "revision", "tag", "quote", "start", "end", "prefix", "suffix")
MORE = ("note", "annotator", "created_at", "themes")
AIM_SECONDS = 60.0
PAUSE = 0.05  # seconds between two tries of somebody else to write


def main() -> None:
    """Fill a database, import, take it back, and show the table."""
    gc.disable()  # as the process does that works on large imports
    with tempfile.TemporaryDirectory() as name:
        url = os.environ.get("BENCH_URL", f"sqlite:///{Path(name) / 'gloss.sqlite3'}")
        show("Importing 100,000 annotations", _measure(url))


def _measure(url: str) -> list[Figure]:
    filled = fill(url, people=PEOPLE, shapes=[SHAPE] * ARTICLES)
    database = Database(url)
    import_id = _begin(database, _table(filled, is_placed=True))
    reading = _timed(database, import_id, 1)
    with database.writing() as session:
        run = imports.go_on(session, actor=_owner(database), import_id=import_id)
        session.commit()
    with _Other(url, filled[0].id) as other:
        adding = _timed(database, import_id, run)
    undoing = _undo(database, import_id)
    by_quotes = _begin(database, _table(filled, is_placed=False))
    return [
        Figure("what becomes of the rows", reading, "s"),
        Figure("adding them", adding, "s"),
        Figure("both", reading + adding, "s", aim=AIM_SECONDS),
        Figure("the longest that somebody else waits to tag meanwhile", other.longest, "s"),
        Figure("taking all of it back", undoing, "s"),
        Figure("what becomes of rows with quotes alone", _timed(database, by_quotes, 1), "s"),
    ]


class _Other(Thread):
    """Somebody who tags in an article again and again: how long that waited at most, in seconds."""

    def __init__(self, url: str, article_id: int) -> None:
        super().__init__()
        self._database = Database(url)
        self._article_id = article_id
        self._is_over = Event()
        self.longest = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        self.start()
        return self

    def __exit__(self, *_args: object) -> None:
        """End."""
        self._is_over.set()
        self.join()
        self._database.dispose()

    def run(self) -> None:
        """Write nothing, in an article that is held for it, until it is over."""
        began = time.perf_counter()
        while not self._is_over.wait(PAUSE):
            try:
                with self._database.writing() as session:
                    lock_article(session, self._article_id)
                    session.rollback()
            except OperationalError:
                continue  # it tries again, as a page does
            self.longest = max(self.longest, time.perf_counter() - began - PAUSE)
            began = time.perf_counter()


def _table(filled: Sequence[Filled], *, is_placed: bool) -> bytes:
    dice = random.Random(3)
    file = io.StringIO()
    columns = [*COLUMNS, *MORE] if is_placed else ["article_id", "tag", "quote"]
    writer = csv.DictWriter(file, columns, extrasaction="ignore")
    writer.writeheader()
    for article in filled:
        spots = dict.fromkeys(
            (*each, dice.choice(list(Tag)).value)
            for each in islice(passages(article.text, dice), 2 * ROWS)
        )
        for number, (start, end, tag) in enumerate(islice(spots, ROWS)):
            quote = describe(article.text, start, end)
            writer.writerow(
                {
                    "article_id": article.id,
                    "revision": 1,
                    "tag": tag,
                    "quote": quote.exact,
                    "start": start,
                    "end": end,
                    "prefix": quote.prefix,
                    "suffix": quote.suffix,
                    "note": "" if number % 3 else "Stated as a fact; no source is given here.",
                    "annotator": PEOPLE[number % 3],
                    "created_at": "2026-03-04T05:06:07Z",
                    "themes": "" if number % 5 else "money;floods",
                }
            )
    return file.getvalue().encode()


def _owner(database: Database) -> Member:
    with database.session() as session:
        return session.scalars(select(Member).order_by(Member.account_id).limit(1)).one()


def _begin(database: Database, content: bytes) -> int:
    owner = _owner(database)
    with database.writing() as session:
        made = imports.begin(
            session, actor=owner, file_name="x.csv", file_format="csv", content=content
        )
        session.commit()
        return made.id


def _timed(database: Database, import_id: int, run: int) -> float:
    """Do what is next of an import, and return the seconds that it took."""
    began = time.perf_counter()
    running.run_import(database, import_id, run)
    return time.perf_counter() - began


def _undo(database: Database, import_id: int) -> float:
    owner = _owner(database)
    began = time.perf_counter()
    with database.writing() as session:
        event_id = session.get_one(Import, import_id).event_id
        importing.undo(session, actor=owner, event_id=event_id or 0)
        session.commit()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
