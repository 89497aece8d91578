"""Positions: each number is what its link leads to, however it is asked for, and nothing leaks."""

import re
from datetime import date
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.service.articles import set_mode
from app.parties.models import Affiliation, Party, Position
from app.statements.queries.positions import MOST_COLUMNS
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_party,
    add_position,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, without_chance

POSITIONS = "/projects/first/findings/positions"
LEFT_OUT = re.compile(r'<li>Left out: (\d+) [^<]*<a href="([^"]+)">')
QUOTES = ("It floods every spring", "nobody repairs it", "We have no money", "We have no time")
ROW = re.compile(
    r'<tr[^>]*><th scope="row"><a [^>]*><bdi>(.*?)</bdi></a></th>(.*?)</tr>', re.DOTALL
)
MARK = re.compile(r'<a class="mark" href="([^"]+)">.*?>(\d+) (for|against): (.*?)</span>')


def cells_of(text: str) -> dict[tuple[str, str, str], int]:
    """Return the numbers of a matrix by position, party and side; its rows are of one width."""
    parties = len(re.findall('<th scope="col"[^>]*><a ', text))
    for _position, row in ROW.findall(text):
        widths = re.findall(r'<td(?: class="first")?(?: colspan="(\d+)")?>', row)
        assert sum(int(width or 1) for width in widths) == parties
    return {
        (unescape(position), unescape(party), side): int(number)
        for position, row in ROW.findall(text)
        for _address, number, side, party in MARK.findall(row)
    }


def rows_of(client: PageClient, query: str = "") -> list[dict[str, str]]:
    """Return the rows of the file of positions."""
    return client.csv_rows(f"{POSITIONS}.csv{query}")


@pytest.fixture
def harbour(session: Session, room: Room) -> Position:
    """Give a position on which two parties say something, one of them both ways."""
    room.article.published_on = date(2025, 2, 3)
    other = add_article(session, f"{TEXT}\n\nAnother.", title="Berths")
    mara = add_party(session, room.curator, "Mara Lind")
    bo = add_party(session, room.curator, "=Bo & Co")
    position = add_position(session, room.curator)
    add_annotation(
        session, room.annotator, room.article, QUOTES[0], party=mara, position=position, side="for"
    )
    add_annotation(
        session, room.annotator, room.article, QUOTES[1], party=mara, position=position, side="for"
    )
    add_annotation(
        session, room.annotator, other, QUOTES[0], party=mara, position=position, side="against"
    )
    add_annotation(
        session,
        room.curator,
        other,
        QUOTES[1],
        party=bo,
        position=position,
        side="for",
        tag="demand",
    )
    add_annotation(session, room.curator, other, QUOTES[2], party=bo)
    add_annotation(session, room.curator, other, QUOTES[3], party=bo, position=position)
    return position


def test_the_matrix_the_table_and_the_file_say_the_same(me: PageClient, harbour: Position) -> None:
    sentence = harbour.sentence
    expected = {
        (sentence, "Mara Lind", "for"): 1,
        (sentence, "Mara Lind", "against"): 1,
        (sentence, "=Bo & Co", "for"): 1,
    }
    text = me.get(POSITIONS).text
    assert cells_of(text) == expected
    assert "3 statements: 2 for, 1 against" in text
    assert "1 statement that has no position." in text
    assert "1 statement that has a position and no side." in text
    assert "need at least 10 positions of which two parties or more speak; here there is 1." in text
    each = me.get(f"{POSITIONS}?duplicates=all").text
    assert cells_of(each) == expected | {(sentence, "Mara Lind", "for"): 2}
    table = me.get(f"{POSITIONS}?view=table&duplicates=all").text
    assert "4 statements: 3 for, 1 against" in table
    assert ">3 quotes<" in table
    assert rows_of(me) == [
        dict(zip(rows_of(me)[0], (sentence, *row), strict=True))
        for row in (("'=Bo & Co", "", "1", "0"), ("Mara Lind", "", "1", "1"))
    ]
    assert f'href="{POSITIONS}.csv?duplicates=all"' in table
    assert rows_of(me, "?duplicates=all")[1]["for"] == "2"
    semicolons = me.get(f"{POSITIONS}.csv?sep=semicolon&bom=0").text
    assert semicolons.startswith("position;party;party_organization;for;against\r\n")


@pytest.mark.parametrize(
    "query", ["", "&tag=claim&from=2025-02-01", "&to=2026-01-01&by=organization", "&side=for"]
)
@pytest.mark.sqlite_only
def test_each_number_leads_to_as_many_passages(
    me: PageClient, harbour: Position, query: str
) -> None:
    assert harbour.id
    text = me.get(f"{POSITIONS}?duplicates=all{query}").text
    links = [(address, int(number)) for address, number, *_rest in MARK.findall(text)]
    left = [(address, int(number)) for number, address in LEFT_OUT.findall(text)]
    assert links
    assert left or "side" in query
    for address, number in links + left:
        assert count_of(me, address) == number, address
    for address in re.findall('<th scope="row"[^>]*><a href="([^"]+)"', text):
        assert count_of(me, address) > 0, address
    for address in re.findall('<th scope="col"[^>]*><a href="([^"]+)"', text):
        assert "/findings/parties/" in address
        assert me.get(address).status_code == 200


def count_of(client: PageClient, address: str) -> int:
    """Return how many passages there are at an address, as their file says."""
    return len(client.csv_rows(unescape(address).replace("/passages?", "/passages.csv?")))


@pytest.mark.parametrize(
    ("query", "numbers", "said"),
    [
        ("?article=2", [1, 1], "<bdi>Article: Berths</bdi>"),
        ("?tag=demand", [1], "<bdi>Tag: Demand</bdi>"),
        ("?annotator=me", [1, 1], "<bdi>Annotator: mine</bdi>"),
        ("?from=2025-02-03&to=2025-02-03", [1], "2 statements in articles without a date."),
        ("?to=2025-02-02", [], "Nobody is for or against anything in what is asked for."),
        (
            "?from=March",
            [1, 1, 1],
            "From is “March”, which is not a day. Write it as year",
        ),
        (
            "?from=2025-03-01&to=2025-02-01",
            [],
            "From comes after To, so that nothing lies between them.",
        ),
        ("?sort=x&tag=y&q=road", [1, 1, 1], "<code>tag=y</code>, <code>sort=x</code>"),
    ],
)
@pytest.mark.sqlite_only
def test_what_is_asked_for_is_shown_and_kept(
    me: PageClient, harbour: Position, query: str, numbers: list[int], said: str
) -> None:
    assert harbour.id
    text = me.get(POSITIONS + query).text
    assert list(cells_of(text).values()) == numbers
    assert said in text
    if "from=" in query:
        assert f'name="from" value="{query.partition("from=")[2].partition("&")[0]}"' in text
    shown = me.get(f"{POSITIONS}{query}&view=table").text
    assert 'type="hidden" name="view" value="table"' in shown


def test_past_24_parties_people_stand_with_their_organisations(
    me: PageClient, session: Session, room: Room
) -> None:
    position = add_position(session, room.curator)
    people = [
        add_party(session, room.curator, f"Person {number:02}", "person")
        for number in range(MOST_COLUMNS + 1)
    ]
    port = add_party(session, room.curator, "The port", "organization")
    article = add_article(session, "\n\n".join(f"{person.name} says it." for person in people))
    for person in people[:-1]:
        say(session, room, article, person, position)
    assert len(cells_of(me.get(POSITIONS).text)) == MOST_COLUMNS
    for person in people[:-2]:
        session.add(Affiliation(party_id=person.id, organization_id=port.id))
    say(session, room, article, people[-1], position)
    text = me.get(POSITIONS).text
    assert cells_of(text) == {
        (position.sentence, "The port", "for"): 1,
        (position.sentence, people[-2].name, "for"): 1,
        (position.sentence, people[-1].name, "for"): 1,
    }
    assert "There are more than 24 parties: people stand with the organisation" in text
    assert f'<a href="{POSITIONS}?by=person">Show everyone</a>' in text
    everyone = me.get(f"{POSITIONS}?by=person").text
    assert len(cells_of(everyone)) == MOST_COLUMNS + 1
    assert f'<a href="{POSITIONS}?by=organization">Show organisations</a>' in everyone
    row = next(row for row in rows_of(me, "?by=person") if row["party"] == people[0].name)
    assert row["party_organization"] == "The port"


def say(session: Session, room: Room, article: Article, party: Party, position: Position) -> None:
    """Let a party be for a position, by its own words in an article."""
    quote = f"{party.name} says it."
    add_annotation(
        session, room.annotator, article, quote, party=party, position=position, side="for"
    )


def test_what_is_hidden_is_in_no_number(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.annotator.account)
    party, unused = (add_party(session, room.curator, name) for name in ("Mara Lind", "Bo"))
    positions = [add_position(session, room.curator, f"Position {n}.") for n in range(2)]
    add_annotation(
        session, room.annotator, room.article, party=party, position=positions[0], side="for"
    )
    set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    addresses = [POSITIONS, f"{POSITIONS}?view=table", f"{POSITIONS}.csv", f"{POSITIONS}?by=person"]
    before = [without_chance(client.get(address).text) for address in addresses]
    hidden = ((QUOTES[0], unused, "for"), (QUOTES[1], party, "against"))
    for quote, one, side in hidden:
        for position, tag in zip(positions, ("citation", "demand"), strict=True):
            add_annotation(
                session,
                room.curator,
                room.article,
                quote,
                tag=tag,
                party=one,
                position=position,
                side=side,
            )
    assert [without_chance(client.get(address).text) for address in addresses] == before
    assert "leave out what others tagged independently" in before[0]
    curator = sign_in(page_client(app), session, room.curator.account)
    assert len(cells_of(curator.get(POSITIONS).text)) == 5


def test_an_empty_page_says_how_to_fill_it(me: PageClient, room: Room) -> None:
    assert room.article.id
    text = me.get(POSITIONS).text
    assert "No passage says yet who is for or against what" in text
    assert "<table" not in text
