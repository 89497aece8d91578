"""Streams that the server ends by itself: of those who signed out, of those who do not read."""

import socket
import time

from sqlalchemy import update

from app.accounts.models import SignIn
from app.articles.service import articles
from app.core.clock import now
from tests.harness.builders import add_annotation, add_article, add_changes
from tests.harness.server import LOOPBACK
from tests.harness.streams import live_path, wait
from tests.live.hasty import BEAT_SECONDS
from tests.live.live_site import Site, place_of


def test_the_stream_of_a_session_that_ended_is_closed(hasty_site: Site) -> None:
    site, room = hasty_site, hasty_site.add_room()
    place = place_of(room)
    with site.listen(room.reader, place) as out, site.listen(room.owner, place) as still_in:
        ended = update(SignIn).where(SignIn.account_id == room.reader.account_id)
        site.session.execute(ended.values(ended_at=now()))
        site.session.commit()
        wait(out.has_ended.is_set, "the end of the stream")
        assert not still_in.has_ended.is_set()


def test_what_is_hidden_puts_off_no_sign_of_life(hasty_site: Site) -> None:
    site, room = hasty_site, hasty_site.add_room()
    articles.set_mode(site.session, actor=room.curator, article=room.article, mode="independent")
    made = add_annotation(site.session, room.annotator, room.article)
    with site.listen(room.reader, place_of(room)) as listener:
        wait(lambda: listener.people("project"), "who is here")
        listener.beats = 0
        for _ in range(20):
            add_changes(site.session, made, 1)
            time.sleep(BEAT_SECONDS / 4)
        assert listener.beats >= 3  # 5 pauses passed
        assert listener.changes == []


def test_who_reads_nothing_is_cut_off_and_keeps_nobody_waiting(hasty_site: Site) -> None:
    site, room = hasty_site, hasty_site.add_room()
    words = [f"Sentence number {number} is here." for number in range(12)]
    long = add_article(
        site.session, " ".join(words) + " And more." * 8_000, slug=room.owner.project.slug
    )
    place = place_of(room, long)
    with socket.socket() as stalled, site.listen(room.owner, place) as reading:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.connect((LOOPBACK, site.servers[0].port))
        cookie = site.cookie(room.reader.account)
        path = live_path(room.reader.account_id, [place])
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n"
        stalled.sendall(request.encode())
        wait(lambda: "Rita" in reading.people("article"), "Rita")
        for sentence in words:
            add_annotation(site.session, room.annotator, long, sentence)
        reading.wait_for(len(words))
        wait(lambda: "Rita" not in reading.people("article"), "the end of the stalled stream")
