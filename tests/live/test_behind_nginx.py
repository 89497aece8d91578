"""Two processes behind nginx on one PostgreSQL, as `deploy/` has them."""

import io
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.verify import verify
from app.config import FILE_MB, MEGABYTE
from app.core.db import Database
from app.core.throttle import Attempt, key_of
from app.projects.models import Member
from tests.harness.builders import Room
from tests.harness.postgres import PostgresServer
from tests.harness.programs import find_nginx
from tests.harness.services import lack
from tests.harness.streams import wait
from tests.harness.trial import Trial, running_trial
from tests.live.live_site import SECRET_KEY, Site, place_of
from tests.live.test_streams import PASSAGES

pytestmark = pytest.mark.postgres

STREAMS = 4
WRITERS = 3
EACH = 30  # passages that each of them tags
PAUSE_SECONDS = 0.2  # before something is sent again, as the browser's outbox does
SOON_SECONDS = 5.0  # before the next sign of life, which would push on what is held back


class FrontedSite(Site):
    """A site that everybody reaches by nginx."""

    def __init__(
        self, database: Database, url: str, folder: Path, session: Session, trial: Trial
    ) -> None:
        super().__init__(database, url, folder, session)
        self.servers = trial.servers
        self.trial = trial

    def connect(self, at: int = 0) -> HTTPConnection:
        """Return a connection to nginx, which chooses the process."""
        del at
        return self.trial.connect()

    def tag(self, room: Room, words: str, key: str) -> int:
        """Tag a passage of the article; return the status."""
        path = f"/projects/{room.owner.project.slug}/articles/{room.article.id}/annotations"
        return self.post(room.annotator, path, quote=words, tag="claim", client_key=key)


@pytest.fixture(scope="module")
def site(
    postgres: PostgresServer, migrated_postgresql: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FrontedSite]:
    nginx = find_nginx()
    if nginx is None:
        lack("nginx", "on the PATH and in /usr/sbin, and for openssl on the PATH")
    folder = tmp_path_factory.mktemp("fronted")
    url = postgres.url(postgres.create_database(migrated_postgresql))
    (folder / "seeds").mkdir()
    settings = {"SECRET_KEY": SECRET_KEY, "SEED_DIRS": str(folder / "seeds")}
    database = Database(url)
    with running_trial(folder, nginx, url, settings) as trial, database.writing() as session:
        site = FrontedSite(database, url, folder, session, trial)
        try:
            yield site
        finally:
            site.close()
    database.dispose()


def get(
    connection: HTTPConnection, path: str, headers: Mapping[str, str] | None = None
) -> tuple[int, HTTPMessage, bytes]:
    connection.request("GET", path, headers=dict(headers or {}))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, response.headers, body


def test_people_on_both_processes_see_each_others_tags_at_once(site: FrontedSite) -> None:
    room = site.add_room()
    place = place_of(room)
    people = [room.reader, room.annotator, room.curator, room.owner]
    with ExitStack() as opened:
        listeners = [opened.enter_context(site.listen(member, place)) for member in people]
        for number, words in enumerate(PASSAGES[:4]):
            sent = time.monotonic()
            assert site.tag(room, words, f"key {number}") == 200
            for listener in listeners:
                assert listener.wait_for(number + 1)[number].at - sent < SOON_SECONDS
    for server in site.servers:  # both have taken requests
        assert f"127.0.0.1:{server.port}" in site.trial.log


def test_a_process_that_is_killed_under_load_loses_nothing_and_streams_resume(
    site: FrontedSite,
) -> None:
    room = site.add_room()
    place, before = place_of(room), site.newest()
    acknowledged: list[str] = []

    def tag(writer: int) -> None:
        for words in PASSAGES[writer * EACH : (writer + 1) * EACH]:
            while site.tag(room, words, words) != 200:
                time.sleep(PAUSE_SECONDS)
            acknowledged.append(words)

    def wait_for(count: int) -> None:
        wait(lambda: len(acknowledged) >= count, f"{count} tags", seconds=60)

    with ExitStack() as opened, ThreadPoolExecutor(WRITERS) as writers:
        members = [room.reader, room.annotator, room.curator, room.owner]
        listeners = [opened.enter_context(site.listen(member, place)) for member in members]
        tagging = [writers.submit(tag, number) for number in range(WRITERS)]
        wait_for(EACH // 2)
        site.servers[0].kill()
        wait_for(EACH)  # the other one goes on
        resumed = {}
        for number, listener in enumerate(listeners):
            if listener.has_ended.is_set():
                last = max((told.id or 0 for told in listener.changes), default=before)
                again = site.listen(members[number], place, after=last)
                resumed[number] = opened.enter_context(again)
        assert 0 < len(resumed) < STREAMS  # each process had some
        site.servers[0].start()
        for done in tagging:
            done.result()
        events = site.events(room.article, after=before)
        for number, listener in enumerate(listeners):
            streams = [listener, resumed[number]] if number in resumed else [listener]
            wait(lambda: sum(len(s.changes) for s in streams) >= len(events), "all changes")  # noqa: B023  (at once)
            assert [told.id for stream in streams for told in stream.changes] == events
    assert sorted(acknowledged) == sorted(PASSAGES[: WRITERS * EACH])
    made = select(func.count()).where(Annotation.article_id == room.article.id)
    assert site.session.scalar(made) == len(events) == WRITERS * EACH
    assert list(verify(site.session)) == []
    site.session.commit()
    since = len(site.trial.log)

    def is_back() -> bool:
        get(site.connect(), "/sign-in")
        return f"127.0.0.1:{site.servers[0].port}" in site.trial.log[since:]

    wait(is_back, "the process that was started again to be asked")


def test_an_upload_of_the_permitted_size_passes_and_a_larger_one_is_told_so(
    site: FrontedSite,
) -> None:
    room = site.add_room()
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_STORED) as archive:
        archive.writestr("road.txt", "The road\n\nThe council must close the road.")
        archive.writestr(".filler", os.urandom(FILE_MB * MEGABYTE - 10_000))
    assert FILE_MB * MEGABYTE - 10_000 < len(packed.getvalue()) <= FILE_MB * MEGABYTE
    assert upload(site, room.curator, packed.getvalue()) == 303
    assert upload(site, room.curator, bytes(60_500_000)) == 413


def upload(site: FrontedSite, member: Member, content: bytes) -> int:
    cookie, token = site.signed_in(member.account)
    parts = {
        'name="csrf_token"': token.encode(),
        'name="files"; filename="road.zip"': content,
    }
    body = b"".join(
        b"--limit\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (name.encode(), value)
        for name, value in parts.items()
    )
    connection = site.connect()
    connection.request(
        "POST",
        f"/projects/{member.project.slug}/articles/add",
        body + b"--limit--\r\n",
        {"Cookie": cookie, "Content-Type": "multipart/form-data; boundary=limit"},
    )
    status = connection.getresponse().status
    connection.close()
    return status


def test_gloss_learns_whose_address_asks_and_that_it_is_https(site: FrontedSite) -> None:
    elsewhere = "127.0.0.7"
    _status, headers, page = get(site.trial.connect(elsewhere), "/sign-in")
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Secure" in headers["Set-Cookie"]
    token = re.search(rb'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    connection = site.trial.connect(elsewhere)
    fields = f"csrf_token={token[1].decode()}&email=nobody%40example.org&password=wrong-wrong"
    said = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": headers["Set-Cookie"].partition(";")[0],
        "X-Forwarded-For": "203.0.113.9",  # as somebody would who hides where they are
    }
    connection.request("POST", "/sign-in", fields, said)
    assert connection.getresponse().status == 422
    connection.close()
    counted = set(site.session.scalars(select(Attempt.key)))
    site.session.commit()
    assert key_of(f"sign-in-from:{elsewhere}") in counted
    assert key_of("sign-in-from:203.0.113.9") not in counted
    assert key_of("sign-in-from:127.0.0.1") not in counted


def test_http_leads_to_https(site: FrontedSite) -> None:
    plain = HTTPConnection("127.0.0.1", site.trial.plain_port, timeout=60)
    status, headers, _body = get(plain, "/sign-in?next=/inbox")
    assert status == 301
    assert headers["Location"] == "https://127.0.0.1/sign-in?next=/inbox"


def test_static_files_are_kept_by_nginx_in_each_encoding(site: FrontedSite) -> None:
    _status, _headers, page = get(site.connect(), "/sign-in")
    found = re.search(rb'href="(/static/[^"]+\.css)"', page)
    assert found is not None
    path = found[1].decode()
    sizes = []
    for encoding in ("gzip", "gzip", "identity", "identity"):
        status, headers, body = get(site.connect(), path, {"Accept-Encoding": encoding})
        assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
        assert headers.get("Content-Encoding", "identity") == encoding
        sizes.append(len(body))
    assert sizes[0] == sizes[1] < sizes[2] == sizes[3]
    wait(lambda: site.trial.log.count(f'"GET {path}"') == 4, "four lines of the log")
    lines = [line for line in site.trial.log.splitlines() if f'"GET {path}"' in line]
    assert [line.split()[-1] for line in lines] == ["MISS", "HIT", "MISS", "HIT"]


def test_an_address_that_lets_somebody_in_is_not_logged(site: FrontedSite) -> None:
    for path in ("/invitations/a-secret", "/reset/a-secret", "/sign-up?invitation=a-secret"):
        get(site.connect(), path)
    wait(lambda: '"GET /sign-up"' in site.trial.log, "the last one's line")
    assert "a-secret" not in site.trial.log


def test_while_no_process_runs_a_sentence_says_so(site: FrontedSite) -> None:
    for server in site.servers:
        server.kill()
    try:
        status, headers, body = get(site.connect(), "/sign-in")
        assert (status, headers["Retry-After"]) == (503, "5")
        assert body == b"Gloss is starting or stopping; please try again in a moment.\n"
        assert get(site.connect(), "/reset/a-secret")[0] == 503
        errors = (site.trial.folder / "error.log").read_text(encoding="utf-8")
        assert "GET /sign-in" in errors
        assert "a-secret" not in errors
    finally:
        starting = [threading.Thread(target=server.start) for server in site.servers]
        for thread in starting:
            thread.start()
        for thread in starting:
            thread.join()
