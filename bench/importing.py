"""How long an import of 100,000 rows takes: `python -m bench.importing [--url URL] [--json]`.

The reading and the adding are timed apart: only in the second do others wait who want to write.
`--url` is an empty PostgreSQL database in place of SQLite.
"""

import csv
import io
import os
import random
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from app.annotations.service import importing
from app.annotations.tags import Tag
from app.core.db import Database
from app.imports.models import Import
from app.imports.service import imports, running
from app.projects.models import Member
from app.text.anchoring import describe
from bench.rows import Filled, Shape, fill, passages
from bench.timing import Figure, Times, once_ms, show

PEOPLE = ("Ines", "Jan", "Kofi")
ARTICLES = 100
ROWS = 1_000  # of each
SHAPE = Shape(words=1_000, blocks=20, annotations=0)
COLUMNS = ("article_id", "revision", "tag", "quote", "start", "end", "prefix", "suffix")
MORE = ("note", "annotator", "created_at", "themes")
AIM_SECONDS = 60.0


def main() -> None:
    """Fill a database, import, take it back, and show the table."""
    with tempfile.TemporaryDirectory() as name:
        url = os.environ.get("BENCH_URL", f"sqlite:///{Path(name) / 'gloss.sqlite3'}")
        show("Importing 100,000 annotations", _measure(url))


def _measure(url: str) -> list[Figure]:
    filled = fill(url, people=PEOPLE, shapes=[SHAPE] * ARTICLES)
    database = Database(url)
    figures = []
    for is_placed, words in ((True, "with offsets"), (False, "by quotes alone")):
        content = _table(filled, is_placed=is_placed)
        import_id = _begin(database, content)
        reading = once_ms(lambda: running.run_import(database, import_id, 1)) / 1_000  # noqa: B023
        figures.append(Figure(f"what becomes of the rows, {words}", reading, "s"))
        if not is_placed:
            break
        writes: list[float] = []
        adding = _adding(database, import_id, writes)
        figures += [
            Figure("adding them", adding, "s"),
            Figure("  of it others wait to write", writes[0] / 1_000, "s"),
            Figure("both", reading + adding, "s", aim=AIM_SECONDS),
            Figure.of("taking all of it back", Times.of([_undo(database, import_id)]), "s"),
        ]
    return figures


def _table(filled: Sequence[Filled], *, is_placed: bool) -> bytes:
    dice = random.Random(3)  # noqa: S311  (the same rows each time; nothing is secret)
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


def _begin(database: Database, content: bytes) -> int:
    with database.writing() as session:
        member = session.scalars(select(Member).order_by(Member.account_id)).first()
        assert member is not None  # noqa: S101  (`fill` makes three)
        made = imports.begin(
            session, actor=member, file_name="x.csv", file_format="csv", content=content
        )
        session.commit()
        return made.id


def _adding(database: Database, import_id: int, writes: list[float]) -> float:
    with database.writing() as session:
        owner = session.scalars(select(Member).order_by(Member.account_id)).first()
        assert owner is not None  # noqa: S101
        run = imports.go_on(session, actor=owner, import_id=import_id)
        session.commit()
    add = running.adding.add

    def timed(session, **given):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN202
        out = []
        began = once_ms(lambda: out.append(add(session, **given)))
        writes.append(began + once_ms(session.flush))
        return out[0]

    running.adding.add = timed  # type: ignore[assignment]
    try:
        return once_ms(lambda: running.run_import(database, import_id, run)) / 1_000
    finally:
        running.adding.add = add


def _undo(database: Database, import_id: int) -> float:
    def undo() -> None:
        with database.writing() as session:
            owner = session.scalars(select(Member).order_by(Member.account_id)).first()
            found = session.get_one(Import, import_id)
            assert owner is not None  # noqa: S101
            assert found.event_id is not None, found.problem  # noqa: S101
            importing.undo(session, actor=owner, event_id=found.event_id)
            session.commit()

    return once_ms(undo) / 1_000


if __name__ == "__main__":
    main()
