"""Changes: pairs with both quotes, the verdicts that people give on them, and the file."""

import html
import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.discussion.models import REASON_LIMIT
from app.discussion.service import verdicts
from app.events.models import Event
from app.parties.models import Party, Position
from app.statements.pages import changes as pages
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_party,
    add_position,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient, page_client

CHANGES = "/projects/first/findings/changes"
PAIR = re.compile(r'<li id="(pair-\d+-\d+)">')
SUPPORTED, OPPOSED = "It floods every spring", "nobody repairs it"


class Harbour:
    """A project where two parties say both things of two positions, in three articles."""

    def __init__(self, session: Session, room: Room) -> None:
        self.session, self.room = session, room
        room.article.published_on = date(2024, 3, 12)
        self.later = add_article(session, f"{TEXT}\n\nLater.", title="Berths")
        self.later.published_on = date(2025, 2, 3)
        self.undated = add_article(session, f"{TEXT}\n\nUndated.", title="A letter")
        session.commit()
        self.mara = add_party(session, room.curator, "Mara Lind")
        self.bo = add_party(session, room.curator, "=Bo & Co")
        self.public = add_position(session, room.curator)
        self.sale = add_position(session, room.curator, "The sale is off.")

    def say(
        self, number: int, quote: str, party: Party, position: Position, side: str
    ) -> Annotation:
        """Let a party take a side by some words of an article."""
        article = (self.room.article, self.later, self.undated)[number]
        return add_annotation(
            self.session,
            self.room.annotator,
            article,
            quote,
            party=party,
            position=position,
            side=side,
        )


@pytest.fixture
def harbour(session: Session, room: Room) -> Harbour:
    """Give three pairs to show: over time with an older one beside it, in an article, undated."""
    made = Harbour(session, room)
    made.say(0, SUPPORTED, made.mara, made.public, "for")  # 1
    made.say(0, "We have no time", made.mara, made.public, "for")  # 2
    made.say(1, OPPOSED, made.mara, made.public, "against")  # 3
    made.say(1, f"and {OPPOSED}", made.bo, made.sale, "for")  # 4
    made.say(1, SUPPORTED, made.bo, made.sale, "against")  # 5
    made.say(1, "Ask the family", made.mara, made.sale, "for")  # 6
    made.say(2, SUPPORTED, made.mara, made.sale, "against")  # 7
    made.say(2, OPPOSED, made.bo, made.public, "for")  # no pair
    return made


def pairs_of(client: PageClient, query: str = "") -> list[str]:
    return [each.removeprefix("pair-") for each in PAIR.findall(client.get(CHANGES + query).text)]


def rows_of(client: PageClient, query: str = "") -> list[dict[str, str]]:
    return client.csv_rows(f"{CHANGES}.csv{query}")


def test_the_latest_pair_of_each_is_shown_and_all_others_are_a_link_away(
    me: PageClient, harbour: Harbour
) -> None:
    text = me.get(CHANGES).text
    assert pairs_of(me) == ["2-3", "4-5", "6-7"]
    assert "3 not checked" in text
    assert ">CSV of these 3<" in text
    over_time, in_article, undated = re.split(r'<li id="pair', text)[1:]
    # In one article by place, whichever side that takes; over time the earlier first.
    assert in_article.index("opposes") < in_article.index("supports")
    assert "same article" in in_article
    assert over_time.index("supports") < over_time.index("opposes")
    for words in ("12 Mar 2024", "11 months", "3 Feb 2025", "Mara Lind", "The harbour stays publ"):
        assert words in over_time
    assert "and " in over_time.partition(f"{OPPOSED}</mark>")[0].rpartition("<a href")[2]
    assert text.index("Without a date") < text.index('id="pair-6-7"')
    assert "not known which came first" in undated
    assert f'href="{CHANGES}?view=every">All 4 pairs' in text
    all_of_one = f"?party={harbour.mara.id}&amp;position={harbour.public.id}&amp;verdict=all"
    assert f'href="{CHANGES}{all_of_one}&amp;view=every">All quotes of this pair' in over_time
    assert "All quotes" not in in_article
    assert pairs_of(me, f"{all_of_one}&view=every".replace("&amp;", "&")) == ["2-3", "1-3"]
    assert pairs_of(me, "?which=article") == ["4-5"]
    assert pairs_of(me, f"?article={harbour.undated.id}") == ["6-7"]
    assert pairs_of(me, f"?position={harbour.public.id}&party=x") == ["2-3"]
    assert "<code>party=x</code>" in me.get(f"{CHANGES}?party=x").text
    assert "No pair matches all of that." in me.get(f"{CHANGES}?verdict=given").text


@pytest.mark.sqlite_only
def test_articles_of_one_title_are_told_apart_in_the_filter(
    me: PageClient, session: Session, harbour: Harbour
) -> None:
    harbour.undated.title = harbour.later.title
    session.commit()
    text = me.get(CHANGES).text
    for article in (harbour.undated, harbour.later):
        assert f">Berths · article {article.id}</option>" in text
    assert ">The River Road</option>" in text


@pytest.mark.sqlite_only
def test_a_day_that_was_guessed_says_so_beside_a_passage_and_its_article(
    me: PageClient, session: Session, harbour: Harbour
) -> None:
    pages = (
        CHANGES,
        f"/projects/first/findings/parties/{harbour.mara.id}",
        "/projects/first/findings/passages",
        "/projects/first/articles",
    )
    assert not any("(guessed)" in me.get(page).text for page in pages)
    harbour.later.guessed = ["author", "published_on"]
    harbour.undated.guessed = ["published_on"]
    session.commit()
    for page in pages:
        text = html.unescape(re.sub("<[^>]+>", "", me.get(page).text)).replace("\xa0", " ")
        told = set(re.findall(r"(\d+ \w+ \d{4}) \(guessed\)", text))
        assert told in ({"3 Feb 2025"}, {"3 February 2025"}), page


def test_pages_go_on_where_the_one_before_ended(
    me: PageClient, harbour: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert harbour.mara
    monkeypatch.setattr(pages, "PAIRS_A_PAGE", 2)
    found, path = list[str](), f"{CHANGES}?view=every"
    while path:
        text = me.get(path).text
        found += PAIR.findall(text)
        following = re.search(r'<a rel="next" href="([^"]+)"', text)
        path = following[1].replace("&amp;", "&") if following else ""
    assert found == ["pair-2-3", "pair-1-3", "pair-4-5", "pair-6-7"]


def judge(client: PageClient, value: str, *, version: int = 0, reason: str = "") -> tuple[int, str]:
    """Judge the pair 2-3; return the status of the answer, and the page that one sees then."""
    fields = {"supporting": "2", "opposing": "3", "version": str(version), "value": value}
    fields |= {"reason": reason, "query": "?verdict=all", "csrf_token": csrf_token(client)}
    answer = client.post(f"{CHANGES}/verdicts", data=fields)
    if answer.status_code == 303:
        assert answer.headers["Location"] == f"{CHANGES}?verdict=all#pair-2-3"
        return 303, client.get(answer.headers["Location"]).text
    return answer.status_code, answer.text


def test_a_verdict_is_given_and_undone_from_its_answer_and_from_activity(
    me: PageClient, session: Session, harbour: Harbour
) -> None:
    assert harbour.mara
    _status, text = judge(me, "change")
    assert "<b>a change</b>, says <bdi>Ines</bdi>" in text
    assert "1 change, 2 not checked" in text
    assert pairs_of(me, "?verdict=open") == ["4-5", "6-7"]
    assert pairs_of(me, "?verdict=change") == ["2-3"]
    status, text = judge(me, "neither", version=1, reason=" ")
    assert status == 422
    assert "Say why it is neither" in text
    assert '<details class="neither" open>' in text
    too_long = "x" * (REASON_LIMIT + 1)
    assert f">\n{too_long}</textarea>" in judge(me, "neither", version=1, reason=too_long)[1]
    assert judge(me, "contradiction")[0] == 409
    _status, text = judge(me, "neither", version=1, reason="Two boards.")
    assert '<b>neither</b>, says <bdi>Ines</bdi>: <q dir="auto">Two boards.</q>' in text
    assert pairs_of(me) == ["4-5", "6-7"]
    assert "1 pair that is neither is left out." in me.get(CHANGES).text
    session.rollback()
    event_id = session.scalars(select(Event.id).order_by(Event.id.desc())).first()
    assert f'action="{CHANGES}/verdicts/undo"' in text
    assert f'name="event" aria-label="event" hidden>\n{event_id}</textarea>' in text
    activity = me.get("/projects/first/activity?kind=verdicts").text
    assert "neither a change nor a contradiction: Two boards." in activity
    assert activity.count(f'action="{CHANGES}/verdicts/undo"') == 1
    fields = {"event": str(event_id), "csrf_token": csrf_token(me)}
    assert me.post(f"{CHANGES}/verdicts/undo", data=fields).status_code == 303
    assert "<b>a change</b>" in me.get(CHANGES).text
    late = me.post(f"{CHANGES}/verdicts/undo", data=fields)
    assert (late.status_code, late.location) == (303, CHANGES)
    text = me.get(late.location).text
    assert "This verdict was changed or taken back since" in text
    assert "<b>a change</b>" in text
    assert "not checked" in judge(me, "", version=3)[1]


def test_the_file_has_what_is_shown_and_the_audit_says_who_took_it(
    app: Flask, me: PageClient, session: Session, harbour: Harbour
) -> None:
    judge(me, "neither", reason="=1+1")
    assert [row["party"] for row in rows_of(me)] == ["'=Bo & Co", "Mara Lind"]
    row = rows_of(me, "?verdict=neither")[0]
    assert row.pop("earlier_permalink").endswith("/annotations/2")
    assert row.pop("later_permalink").endswith("/annotations/3")
    assert row == {
        "position": harbour.public.sentence,
        "party": "Mara Lind",
        "earlier_side": "for",
        "earlier_date": "2024-03-12",
        "earlier_quote": "We have no time",
        "earlier_tag": "claim",
        "earlier_annotator": "Ines",
        "earlier_article_id": "1",
        "earlier_title": "The River Road",
        "later_side": "against",
        "later_date": "2025-02-03",
        "later_quote": OPPOSED,
        "later_tag": "claim",
        "later_annotator": "Ines",
        "later_article_id": str(harbour.later.id),
        "later_title": "Berths",
        "verdict": "neither",
        "reason": "'=1+1",
        "verdict_by": "Ines",
    }
    assert len(rows_of(me, "?view=every&verdict=all")) == 4
    assert me.get(f"{CHANGES}.csv?sep=semicolon&bom=0").text.startswith("position;party;earlier_s")
    owner = sign_in(page_client(app), session, harbour.room.owner.account)
    assert "exported the changes as CSV" in owner.get("/projects/first/activity").text


@pytest.mark.sqlite_only
def test_a_reader_sees_verdicts_and_gives_none(
    app: Flask, me: PageClient, session: Session, harbour: Harbour
) -> None:
    judge(me, verdicts.CHANGE)
    reader = sign_in(page_client(app), session, harbour.room.reader.account)
    text = reader.get(CHANGES).text
    assert "<b>a change</b>, says <bdi>Ines</bdi>" in text
    assert 'class="verdict"' not in text
    assert "Undo" not in reader.get("/projects/first/activity?kind=verdicts").text


@pytest.mark.sqlite_only
def test_an_empty_page_says_how_to_fill_it(me: PageClient, room: Room) -> None:
    assert room.article.id
    assert "Nobody is both for and against something yet" in me.get(CHANGES).text
