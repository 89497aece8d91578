"""Files are read in a process with limits: the same is found, what takes too much is refused."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import fields
from pathlib import Path

import pytest

from app.integrations import reader_process, reading
from app.text import readers
from app.text.dates import DateOrder
from app.text.document import Block, Document, Inline
from app.text.parsed import ParsedArticle
from app.text.parsed_json import article_from_json, article_to_json
from app.text.readers import Limits, Unreadable
from tests.harness.files import BODY, book, pdf, pdf_of_letters, word, zipped
from tests.harness.server import ROOT, clean_environ

ORDER = DateOrder.DMY
TEXT = "A title\n\nBy Ines Moreau, The Weekly, 4/5/2025\n\nSome words, see https://example.org/a.\n"
PAGE = "<title>A page</title><h1>A page</h1><p>Some <em>words</em> of it.</p><p>And more.</p>"
FILES = {
    "a.txt": TEXT.encode(),
    "latin.txt": "Caf\u00e9 \u00e0 la carte, d\u00e9j\u00e0 vu.".encode("cp1252"),
    "a.md": b"---\nauthor: Ines\n---\n# A title\n\nSome *words*[^1].\n\n[^1]: A note.\n",
    "a.html": PAGE.encode(),
    "a.docx": word(("A title", "Heading 1"), ("Some words of it.", "")),
    "a.pdf": pdf(("A title", BODY), ("Some words of it.", BODY)),
}
SLOW = {  # each less than a tenth of what it may be, and of a few seconds
    "a.html": b"<p>a" * 400_000,
    "a.pdf": pdf_of_letters(20_000),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_as_its_reader_reads_it(name: str) -> None:
    content = FILES[name]
    found = readers.read_file(name, content, date_order=ORDER)
    assert reading.read_file(name, content, date_order=ORDER) == found
    unpacked = list(readers.unpack(name, content, date_order=ORDER))
    assert list(reading.unpack(name, content, date_order=ORDER)) == unpacked


def test_an_archive_a_book_a_page_and_what_was_pasted_too() -> None:
    archive = zipped({**FILES, "empty.txt": b"", "no.jpg": b"\xff\xd8\xff"})
    unpacked = list(readers.unpack("a.zip", archive, date_order=ORDER))
    assert len(unpacked) == len(FILES) + 2
    assert list(reading.unpack("a.zip", archive, date_order=ORDER)) == unpacked
    whole = book({"one.xhtml": PAGE, "two.xhtml": PAGE})
    chapters = list(readers.unpack("a.epub", whole, date_order=ORDER, by_chapter=True))
    assert list(reading.unpack("a.epub", whole, date_order=ORDER, by_chapter=True)) == chapters
    url = "https://example.org/an-article"
    for kind, name in (("text/html", ""), ("", "an-article.html")):
        found = [
            room.read_page(PAGE.encode(), url=url, content_type=kind, name=name, date_order=ORDER)
            for room in (readers, reading)
        ]
        assert found[0] == found[1]
    html = "<p>Some words \ud800 of it.</p>"
    assert reading.read_pasted_html(html, date_order=ORDER) == readers.read_pasted_html(
        html, date_order=ORDER
    )


def test_what_cannot_be_read_is_refused_in_the_words_of_its_reader() -> None:
    with pytest.raises(Unreadable, match="The PDF is damaged and cannot be read"):
        reading.read_file("a.pdf", b"%PDF-1.7 nothing", date_order=ORDER)
    with pytest.raises(Unreadable, match="longer than 1,000 characters"):
        reading.read_file("a.txt", b"a word " * 300, date_order=ORDER, limits=Limits(text=1_000))


@pytest.mark.parametrize("name", SLOW)
def test_a_file_that_takes_too_long_is_refused_and_the_next_one_is_read(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "READ_SECONDS", 1)
    with pytest.raises(Unreadable, match="takes more than 30 seconds to read"):
        reading.read_file(name, SLOW[name], date_order=ORDER)
    assert reading.read_file("a.txt", TEXT.encode(), date_order=ORDER).title == "A title"


@pytest.fixture
def fresh_process() -> Iterator[None]:
    """Have the process that waits restarted, and ended with all that it still reads."""
    reading.process.stop()
    yield
    reading.process.stop()


@pytest.mark.usefixtures("fresh_process")
@pytest.mark.parametrize(
    ("bound", "sentence"),
    [
        ("MOST_SECONDS", "takes more than 10 minutes to read with all that is in it"),
        ("PATIENCE_SECONDS", "was not read within 120 seconds. Try again later."),
    ],
)
def test_a_file_is_not_waited_for_without_end(
    bound: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, bound, 0.1)
    with pytest.raises(Unreadable, match=sentence):
        reading.read_file("a.html", SLOW["a.html"], date_order=ORDER)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no limit of memory")
def test_a_file_that_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MEMORY_BYTES", 200_000_000)
    with pytest.raises(Unreadable, match="GB of memory to read"):
        reading.read_file(
            "a.txt",
            b"Some words.\n\n" * 350_000,
            date_order=ORDER,
            limits=Limits(blocks=350_000),
        )


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system for a process's children")
@pytest.mark.parametrize(
    ("sign", "sentence"),
    [
        (signal.SIGSEGV, "its reader crashed, as over a damaged file"),
        (signal.SIGKILL, "as happens where it is short of memory"),
    ],
)
def test_a_reader_that_crashes_or_is_ended_is_not_told_as_a_file_that_takes_too_much(
    sign: signal.Signals, sentence: str
) -> None:
    reading.read_file("a.html", PAGE.encode(), date_order=ORDER)
    before = set(children())
    with ThreadPoolExecutor(1) as other:
        read = other.submit(reading.read_file, "a.html", SLOW["a.html"], date_order=ORDER)
        os.kill(new_child(before), sign)
        with pytest.raises(Unreadable, match=sentence):
            read.result()
    assert reading.read_file("a.txt", TEXT.encode(), date_order=ORDER).title == "A title"


def new_child(known: set[int]) -> int:
    """Return the id of a process that reads a file, and had none of these ids."""
    deadline = time.monotonic() + 20
    while not (found := set(children()) - known):
        assert time.monotonic() < deadline, "no file is being read"
        time.sleep(0.01)
    return found.pop()


def children() -> Iterator[int]:
    pid = reading.process.pid
    yield from map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


ROW = [0, 5, "paragraph", 0, 0, ""]
SMALL = Limits(unpacked_bytes=1_000)
NOTHING = {"name": "a", "article": None, "problem": "", "is_file": False, "has_content": False}


@pytest.mark.parametrize(
    ("message", "limits", "fault"),
    [
        ({"kind": "blocks", "rows": [ROW] * 2_000}, Limits(), "more than 20000 blocks"),
        (
            {"kind": "blocks", "rows": [ROW] * 20},
            Limits(unpacked_bytes=1_000),
            "bytes are too many",
        ),
        (NOTHING, Limits(), "more than 10000 articles"),
        (NOTHING, SMALL, "bytes are too many"),
        ({"end": "of the world", "signal": 0}, Limits(), "not a valid End"),
    ],
)
def test_a_reader_that_hands_back_without_end_is_not_heard_to_the_end(
    message: dict[str, object], limits: Limits, fault: str
) -> None:
    ours, theirs = socket.socketpair()

    def send_without_end() -> None:
        with suppress(OSError):
            while True:
                reader_process.send(theirs, message)

    sender = threading.Thread(target=send_without_end)
    with closing(theirs):
        with closing(ours):
            sender.start()
            answer = reading.Answer(ours, b"", limits)
            with pytest.raises(ValueError, match=fault):
                list(iter(answer.next_article, None))
        sender.join()


def test_a_process_that_was_ended_from_outside_is_started_anew() -> None:
    reading.read_file("a.txt", TEXT.encode(), date_order=ORDER)
    before = reading.process.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_until_ended(before)
    assert reading.read_file("a.txt", TEXT.encode(), date_order=ORDER).title == "A title"
    assert reading.process.pid != before


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system for another's variables")
def test_the_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    reading.process.stop()
    reading.read_file("a.txt", TEXT.encode(), date_order=ORDER)
    environ = Path(f"/proc/{reading.process.pid}/environ").read_bytes()
    assert b"PATH=" in environ
    assert b"SECRET_KEY" not in environ


def test_the_process_ends_with_the_server_however_that_ends() -> None:
    code = (
        "import os, signal; from app.integrations import reading;"
        "from app.text.dates import DateOrder;"
        "reading.read_file('a.txt', b'Some words.', date_order=DateOrder.DMY);"
        "print(reading.process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    server = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean_environ(),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert server.returncode == -signal.SIGKILL
    wait_until_ended(int(server.stdout))


def wait_until_ended(pid: int) -> None:
    deadline = time.monotonic() + 20
    while is_running(pid):
        assert time.monotonic() < deadline, "it waits for ever"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())


def test_nothing_of_an_article_is_lost_on_the_way() -> None:
    handed_on = {
        **dict.fromkeys(("text", "blocks", "inlines"), Document),
        **dict.fromkeys((field.name for field in fields(ParsedArticle)), ParsedArticle),
    }
    del handed_on["document"]
    article = readers.read_file("a.html", PAGE.encode(), date_order=ORDER)
    written = article_to_json(article)
    assert set(written) == set(handed_on)
    assert {len(block) for block in written["blocks"]} == {len(fields(Block))}
    assert {len(inline) for inline in written["inlines"]} == {len(fields(Inline))}


@pytest.mark.parametrize(
    "change",
    [
        {"text": "another text"},
        {"blocks": []},
        {"blocks": [[0, 5, "paragraph", 0, 0, ""]]},
        {"blocks": [[0, 6, "script", 0, 0, ""]]},
        {"inlines": [[5, 900, "hyperlink", "https://example.org/"]]},
        {"inlines": [[0, 5, "hyperlink", "javascript:alert(1)"]]},
        {"source_url": "javascript:alert(1)"},
        {"published_on": "yesterday"},
        {"origins": None},
        {"encoding": 3},
    ],
)
def test_what_is_no_article_is_not_taken_for_one(change: dict[str, object]) -> None:
    article = readers.read_file("a.html", PAGE.encode(), date_order=ORDER)
    sound = article_to_json(article)
    assert article_from_json(sound) == article
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        article_from_json({**sound, **change})
