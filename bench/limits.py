"""What this machine can do at best: the same bytes sent, the same rows read, one row kept."""

import csv
import io
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from bench.timing import milliseconds
from tests.harness.server import ROOT, ServerEnded, free_port, wait_for_page

STOP_SECONDS = 10.0

ARTICLE_ROWS = """
    SELECT id, tag, start, "end", account_id, first_block, last_block
    FROM annotations WHERE article_id = ? AND deleted_at IS NULL
"""
CSV_ROWS = """
    SELECT a.id, p.slug, r.id, r.title, r.author, r.publication, r.published_on,
           r.source_url, v.number, a.first_block, a.tag, a.quote, a.start, a."end", a.prefix,
           a.suffix, a.note, c.name, a.created_at, a.updated_at,
           'http://127.0.0.1:8000/annotations/' || a.id,
           coalesce(t.agreements, 0), coalesce(t.disputes, 0),
           CASE WHEN t.comments > 0 THEN iif(t.resolved_at IS NULL, 'open', 'resolved') END,
           a.made_blind,
           (SELECT group_concat(h.name, ';') FROM annotation_themes w
            JOIN themes h ON h.id = w.theme_id WHERE w.annotation_id = a.id),
           y.name,
           (SELECT o.name FROM affiliations f JOIN parties o ON o.id = f.organization_id
            WHERE f.party_id = a.party_id ORDER BY f.since DESC LIMIT 1),
           (SELECT group_concat(d.name, ';') FROM annotation_addressees e
            JOIN parties d ON d.id = e.party_id WHERE e.annotation_id = a.id),
           s.sentence, a.side,
           (SELECT group_concat(g.name, ';') FROM stances q JOIN accounts g ON g.id = q.account_id
            WHERE q.annotation_id = a.id AND q.value = 'dispute')
    FROM annotations a
    JOIN articles r ON r.id = a.article_id
    JOIN projects p ON p.id = r.project_id
    JOIN revisions v ON v.id = a.revision_id
    JOIN accounts c ON c.id = a.account_id
    LEFT JOIN threads t ON t.annotation_id = a.id
    LEFT JOIN parties y ON y.id = a.party_id
    LEFT JOIN positions s ON s.id = a.position_id
    WHERE a.deleted_at IS NULL
    ORDER BY a.article_id, a.start, a."end", a.id
"""


@contextmanager
def bare_server(pages: Mapping[str, bytes], folder: Path) -> Iterator[int]:
    """Serve these bodies by their paths with the server alone, no application; give the port.

    Raises: ServerEnded (it does not start).
    """
    folder.mkdir()
    for path, body in pages.items():
        (folder / path.strip("/").replace("/", "-")).write_bytes(body)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.bare", str(folder), str(port)], cwd=ROOT
    )
    try:
        wait_for_page(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            message = "the bare server did not stop"
            raise ServerEnded(message) from None


def select_ms(file: Path, article_id: int, repeats: int) -> float:
    """Return the median milliseconds for reading an article's rows with nothing but sqlite3."""
    with closing(sqlite3.connect(file)) as connection:
        return milliseconds(
            lambda: connection.execute(ARTICLE_ROWS, (article_id,)).fetchall(), repeats
        ).median


def commit_ms(folder: Path, repeats: int) -> float:
    """Return the median milliseconds of keeping one row for good, in the mode that Gloss uses."""
    with closing(sqlite3.connect(folder / "limit.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, quote TEXT)")

        def keep() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO kept (quote) VALUES (?)", ("word " * 20,))
            connection.execute("COMMIT")

        return milliseconds(keep, repeats).median


def csv_seconds(file: Path) -> tuple[float, str]:
    """Return how long SQLite's own CSV of all annotations takes, and what wrote it."""
    program = shutil.which("sqlite3")
    began = time.perf_counter()
    if program is None:
        with closing(sqlite3.connect(file)) as connection:
            csv.writer(io.StringIO()).writerows(connection.execute(CSV_ROWS))
        return time.perf_counter() - began, "Python's sqlite3 and csv (no sqlite3 on the PATH)"
    subprocess.run(
        [program, "-readonly", "-csv", str(file), CSV_ROWS], stdout=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - began, "sqlite3 -csv"
