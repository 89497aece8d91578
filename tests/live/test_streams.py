"""Live updates over real streams: what comes, in which order, to whom, and whatever happens."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.annotations.queries.anchors import PassageQuery
from app.annotations.service import annotations
from app.articles.models import Article
from app.assignments.service import assignments
from app.live.messages import MOST_EVENTS
from app.live.stream import MOST_OF_ONE
from app.live.subscriptions import MOST_PLACES
from app.projects.models import Member
from app.projects.service import memberships
from tests.harness.builders import (
    Room,
    add_account,
    add_annotation,
    add_article,
    add_changes,
    correct,
)
from tests.harness.streams import Listener, Refused, wait
from tests.live.live_site import Site, place_of

FIRST = "The council must close the road."
STOP_SECONDS = 3.0
# More passages than are tagged here, all different, without a space at an end.
SPANS = [FIRST[start:end] for start in range(4, 12) for end in range(start + 4, 32)]
PASSAGES = [words for words in SPANS if words == words.strip()]


def tag(site: Site, room: Room, count: int = 1, *, first: int = 0) -> None:
    """Tag so many passages, from the one with a number on, each in a transaction of its own."""
    with site.database.writing() as session:
        member = session.get_one(Member, (room.article.project_id, room.annotator.account_id))
        article = session.get_one(Article, room.article.id)
        for words in PASSAGES[first : first + count]:
            add_annotation(session, member, article, words)


@contextmanager
def tagging(site: Site, room: Room, count: int) -> Iterator[None]:
    """Tag so many passages while the block runs, and be done with it at its end."""
    writing = threading.Thread(target=tag, args=(site, room, count))
    writing.start()
    try:
        yield
    finally:
        writing.join()


def ids(listener: Listener) -> list[int | None]:
    return [told.id for told in listener.changes]


def test_a_change_arrives_at_every_process_with_its_blocks_drawn(site: Site) -> None:
    room = site.add_room()
    place = place_of(room)
    last = len(site.servers) - 1
    with site.listen(room.reader, place) as one, site.listen(room.owner, place, at=last) as other:
        status = site.post(
            room.annotator,
            f"/projects/{place.replace('/', '/articles/')}/annotations",
            quote=FIRST,
            start="0",
            tag="claim",
            client_key="key",
        )
        assert status == 200
        for listener in (one, other):
            (told,) = listener.wait_for(1)
            assert told.id == site.newest()
            assert told.data["by"]["name"] == "Ines"
            assert told.data["said"] == "tagged as claim, paragraph 1"
            assert (told.data["blocks"], told.data["revision"]) == ([1], 1)
            assert "<mark" in told.data["drawing"]
            assert f'data-drawn="{told.id}"' in told.data["drawing"]
        assert one.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert one.headers["x-accel-buffering"] == "no"
        assert "no-store" in one.headers["cache-control"]


def test_what_changes_no_block_takes_no_drawing_with_it(site: Site) -> None:
    room = site.add_room()
    before = site.newest()
    with site.listen(room.reader, place_of(room)) as listener:
        with site.database.writing() as session:
            member = session.get_one(Member, (room.article.project_id, room.annotator.account_id))
            article = session.get_one(Article, room.article.id)
            annotations.create(
                session,
                actor=member,
                article_id=article.id,
                tag="claim",
                asked=PassageQuery(FIRST),
                note="",
                client_key="key",
            )
            assignments.set_progress(session, actor=member, article=article, state="done")
            session.commit()
        tagged, done = listener.wait_for(2)
        assert ids(listener) == site.events(room.article, after=before)
        assert "<mark" in tagged.data["drawing"]
        assert (done.data["blocks"], "drawing" in done.data) == ([], False)


def test_what_happens_elsewhere_is_not_told(site: Site) -> None:
    room, strange = site.add_room(), site.add_room()
    other = add_article(site.session, "Another text.", slug=room.owner.project.slug)
    with site.listen(room.reader, place_of(room)) as listener:
        add_annotation(site.session, strange.annotator, strange.article)
        add_annotation(site.session, room.annotator, other, "Another text.")
        tag(site, room)
        (told,) = listener.wait_for(1)
        assert told.data["article"] == room.article.id


def test_who_comes_back_hears_what_they_missed_once_and_in_order(site: Site) -> None:
    room = site.add_room()
    before = site.newest()
    heard: list[int | None] = []
    with tagging(site, room, 60):
        at = 0
        while len(heard) < 60:
            after = heard[-1] if heard else before
            at = (at + 1) % len(site.servers)
            with site.listen(room.reader, place_of(room), at=at, after=after) as listener:
                listener.wait_for(min(7, 60 - len(heard)))
            heard += ids(listener)
    assert heard == site.events(room.article, after=before)


def test_a_restart_loses_nothing(site: Site) -> None:
    room = site.add_room()
    with site.listen(room.reader, place_of(room)) as listener:
        tag(site, room)
        (told,) = listener.wait_for(1)
        site.servers[0].stop()
        wait(listener.has_ended.is_set, "the end of the stream")
    tag(site, room, 3, first=1)
    site.servers[0].start()
    with site.listen(room.reader, place_of(room), after=told.id) as listener:
        tag(site, room, first=4)
        listener.wait_for(4)
        assert ids(listener) == site.events(room.article, after=told.id or 0)


def test_who_missed_too_much_is_told_so_and_hears_what_comes_next(site: Site) -> None:
    room = site.add_room()
    made = add_annotation(site.session, room.annotator, room.article)
    before = site.newest()
    add_changes(site.session, made, MOST_EVENTS + 1)
    with site.listen(room.reader, place_of(room), after=before) as listener:
        assert listener.wait_for_kind("behind").id == site.newest()
        tag(site, room)
        listener.wait_for(1)
        assert ids(listener) == [site.newest()]
    with site.listen(room.reader, place_of(room), after=before + 3) as listener:
        listener.wait_for(MOST_EVENTS - 1)  # one fewer would be told one by one
        assert ids(listener) == site.events(room.article, after=before + 3)


def test_who_has_heard_of_events_that_are_gone_begins_anew(site: Site) -> None:
    room = site.add_room()
    with site.listen(room.reader, place_of(room), after=site.newest() + 1000) as listener:
        assert listener.wait_for_kind("behind").id == site.newest()
        tag(site, room)
        listener.wait_for(1)
        assert ids(listener) == [site.newest()]


def test_a_stream_for_another_article_may_begin_while_things_happen_there(site: Site) -> None:
    room, other = site.add_room(), site.add_room()
    before = site.newest()
    with (
        site.listen(room.reader, place_of(room)) as first,
        tagging(site, other, 40),
        site.listen(other.reader, place_of(other), after=before) as second,
    ):
        second.wait_for(40)
        assert first.changes == []
    assert ids(second) == site.events(other.article, after=before)


def test_a_correction_is_told_by_its_revision(site: Site) -> None:
    room = site.add_room()
    with site.listen(room.reader, place_of(room)) as listener:
        correct(site.session, room.curator, room.article, "The council must mend the road.")
        (told,) = listener.wait_for(1)
        assert told.data["said"] == "corrected the text (revision 2)"
        assert told.data["revision"] == 2


# Who is here


def test_those_who_are_here_see_one_another_at_whatever_process(site: Site) -> None:
    room = site.add_room()
    place, slug = place_of(room), room.owner.project.slug
    last = len(site.servers) - 1
    with site.listen(room.reader, place) as rita, site.listen(room.owner, slug) as olga:
        with site.listen(room.curator, place, at=last) as cato:
            wait(lambda: {*rita.people("article")} == {"Rita", "Cato"}, "the readers")
            wait(lambda: {*cato.people("article")} == {"Rita", "Cato"}, "the readers, there too")
            wait(lambda: {*olga.people("project")} == {"Rita", "Cato", "Olga"}, "all")
        wait(lambda: rita.people("article") == ["Rita"], "one who left")
        assert olga.people("article") == []


def test_who_only_loads_the_next_page_is_there_all_the_time(site: Site) -> None:
    room = site.add_room()
    last = len(site.servers) - 1
    with site.listen(room.reader, place_of(room)) as rita:
        for _ in range(4):
            with site.listen(room.curator, place_of(room), at=last):
                wait(lambda: "Cato" in rita.people("article"), "Cato")
        seen = [[p["name"] for p in t.data["people"]] for t in rita.told if t.kind == "here"]
        since = next(number for number, names in enumerate(seen) if "Cato" in names)
        assert all("Cato" in names for names in seen[since:])


# Who may listen


def test_the_stream_of_someone_who_is_removed_ends(site: Site) -> None:
    room = site.add_room()
    with site.listen(room.reader, place_of(room)) as listener:
        memberships.remove(site.session, actor=room.owner, account_id=room.reader.account_id)
        site.session.commit()
        wait(listener.has_ended.is_set, "the end of the stream")
    assert refusal(site, room, place_of(room)) == 404


def refusal(site: Site, room: Room, place: str) -> int:
    with pytest.raises(Refused) as refused:
        site.listen(room.reader, place)
    return refused.value.status


def test_a_stranger_hears_nothing_of_a_project(site: Site) -> None:
    room, strange = site.add_room(), site.add_room()
    assert refusal(site, room, place_of(strange)) == 404
    slug = room.owner.project.slug
    assert refusal(site, room, f"{slug}/{strange.article.id}") == 404
    with site.listen(room.reader, place_of(room), place_of(strange)) as listener:
        assert listener.wait_for_kind("held").data == {"places": [place_of(room)]}
        add_annotation(site.session, strange.annotator, strange.article)
        tag(site, room)
        (told,) = listener.wait_for(1)
        assert told.data["article"] == room.article.id


def test_who_is_signed_out_or_someone_else_now_hears_nothing(site: Site) -> None:
    room = site.add_room()
    place = place_of(room)
    for cookie, account in (
        ("", room.reader),
        ("gloss=forged", room.reader),
        (site.cookie(room.reader.account), room.owner),
    ):
        with pytest.raises(Refused) as refused:
            Listener(site.connect(), cookie, account.account_id, [place])
        assert refused.value.status == 401


def test_a_browser_has_so_many_places(site: Site) -> None:
    room = site.add_room()
    slug = room.owner.project.slug
    texts = [f"Text number {number}." for number in range(MOST_PLACES)]
    articles = [add_article(site.session, text, slug=slug) for text in texts]
    places = [place_of(room, article) for article in articles]
    with site.listen(room.reader, *places, place_of(room)) as listener:
        tag(site, room)
        add_annotation(site.session, room.annotator, articles[-1], texts[-1])
        (told,) = listener.wait_for(1)
        assert told.data["article"] == articles[-1].id


def test_an_account_has_so_many_streams_and_a_stop_ends_them_all(site: Site) -> None:
    room = site.add_room()
    place = place_of(room)
    listeners = [site.listen(room.reader, place) for _ in range(MOST_OF_ONE)]
    with pytest.raises(Refused, match="reload to see changes") as refused:
        site.listen(room.reader, place)
    assert refused.value.status == 503
    with site.listen(room.owner, place):
        began = time.monotonic()
        assert site.servers[0].stop() == 0
        assert time.monotonic() - began < STOP_SECONDS
    for listener in listeners:
        wait(listener.has_ended.is_set, "the end of a stream")
        listener.leave()
    site.servers[0].start()


def test_a_new_account_that_is_no_member_is_a_stranger(site: Site) -> None:
    room = site.add_room()
    account = add_account(site.session, "Nora")
    with pytest.raises(Refused) as refused:
        Listener(site.connect(), site.cookie(account), account.id, [room.owner.project.slug])
    assert refused.value.status == 404
