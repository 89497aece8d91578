"""Networks: the page, its files and the command say the same, and nothing leaks."""

import re
from datetime import date
from html import unescape
from itertools import product

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.service.articles import set_mode
from app.parties.models import Affiliation, Party, Position
from app.statements.network_files import NETWORK_FORMATS
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

NETWORKS = "/projects/first/findings/networks"
QUOTES = ("It floods every spring", "nobody repairs it", "We have no money", "We have no time")
LINE = re.compile(
    r'<th scope="row"><bdi>(.*?)</bdi></th><td><bdi>(.*?)</bdi></td>'
    r'<td class="num weight">(.*?)</td>.*?<a href="([^"]+)" aria-label="(\d+) statement',
    re.DOTALL,
)


def edges_of(text: str) -> dict[tuple[str, str], str]:
    """Return the weights in the table of a page, as it writes them."""
    lines = LINE.findall(text)
    return {(unescape(one), unescape(other)): weight for one, other, weight, _, _ in lines}


@pytest.fixture
def harbour(session: Session, room: Room) -> list[Party]:
    """Give the parties of what three say of two positions, in two articles, one without a date."""
    curator, dated = room.curator, room.article
    dated.published_on = date(2025, 2, 3)
    undated = add_article(session, f"{TEXT}\n\nAnother.", title="Berths")
    mara = add_party(session, curator, "Mara Lind", "person")
    bo = add_party(session, curator, "=Bo & Co", "organization")
    eve = add_party(session, curator, "Eve", "person")
    session.add(Affiliation(party_id=eve.id, organization_id=bo.id))
    session.commit()
    public = add_position(session, curator, "The harbour stays public.")
    loud = add_position(session, curator, "Cranes are loud.")

    def say(
        place: int, article: Article, party: Party, position: Position, side: str = "for"
    ) -> None:
        add_annotation(
            session, curator, article, QUOTES[place], party=party, position=position, side=side
        )

    say(0, dated, mara, public)
    say(1, dated, mara, public)
    say(0, undated, mara, public)
    say(2, dated, bo, public, "against")
    say(1, undated, bo, loud, "")
    say(2, undated, mara, loud, "against")
    say(3, undated, eve, public)
    return [mara, bo, eve]


def test_each_network_stands_in_the_table_and_on_the_circle(
    me: PageClient, harbour: list[Party]
) -> None:
    mara, bo, eve = (party.name for party in harbour)
    public, loud = "The harbour stays public.", "Cranes are loud."
    text = me.get(NETWORKS).text
    assert edges_of(text) == {
        (mara, public): "2",
        (bo, loud): "1",
        (bo, public): "1",
        (eve, public): "1",
        (mara, loud): "1",
    }
    assert "3 parties, 2 positions, <b>5 edges</b>" in text
    assert text.count('class="edge"') == 5
    assert "CSV, 3 by 2</a>" in text
    assert "Gephi, 5 nodes, 5 edges<" in text
    text = me.get(f"{NETWORKS}?kind=party-party&relation=subtract").text
    assert edges_of(text) == {(eve, mara): "2", (bo, mara): "−2", (bo, eve): "−1"}
    assert text.count('class="edge negative"') == 2
    text = me.get(f"{NETWORKS}?kind=party-party&normalise=average&by=organization").text
    assert edges_of(text) == {(bo, mara): "1.667"}
    text = me.get(f"{NETWORKS}?kind=position-position&relation=congruence").text
    assert edges_of(text) == {}
    assert "No two of them are joined by what counts here." in text


def test_an_edge_and_a_node_lead_to_their_statements(me: PageClient, harbour: list[Party]) -> None:
    mara, bo, eve = (party.id for party in harbour)
    passages = "/projects/first/findings/passages"
    for *_names, address, number in LINE.findall(me.get(f"{NETWORKS}?relation=subtract").text):
        assert f"<b>{number}</b> of 7 passages" in me.get(unescape(address)).text
    lines = LINE.findall(me.get(f"{NETWORKS}?by=organization&from=2025-02-01").text)
    assert [(unescape(address), number) for *_names, address, number in lines] == [
        (f"{passages}?article=1&party={bo}&position=1", "1"),
        (f"{passages}?article=1&party={mara}&position=1", "2"),
    ]
    text = me.get(f"{NETWORKS}?by=organization&kind=party-party&relation=conflict").text
    ((*_names, address, number),) = LINE.findall(text)
    sides = "side=against&side=for"
    assert unescape(address) == f"{passages}?party={mara}&party={bo}&position=1&{sides}"
    assert number == "4"
    assert f'href="{passages}?party={bo}&amp;party={eve}&amp;side=against' in text


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("?normalise=jaccard", 422, "A network of parties by positions is not normalised: choose"),
        ("?relation=conflict", 422, "A network of parties by positions has no conflict: choose"),
        ("?from=March", 422, "“March” is not a day: write it as year-month-day"),
        ("?from=20250131", 422, "“20250131” is not a day: write it as year-month-day"),
        ("?from=2025-03-01&to=2025-02-01", 422, "The first day comes after the last: change one"),
        ("?to=2025-01-31", 200, "Nothing was said in this time that you may see"),
        ("?from=2025-02-01", 200, "4 statements</a> without a date"),
        ("?kind=x&by=me", 200, "<code>kind=x</code>, <code>by=me</code>"),
    ],
)
@pytest.mark.sqlite_only
@pytest.mark.usefixtures("harbour")
def test_what_is_asked_for_is_shown_and_kept(
    app: Flask, me: PageClient, query: str, status: int, said: str
) -> None:
    answer = me.get(NETWORKS + query)
    assert answer.status_code == status
    assert said in answer.text
    name, _, value = query[1:].partition("&")[0].partition("=")
    is_day = name in {"from", "to"}
    kept = f'name="{name}" value="{value}"' if is_day else f'<option value="{value}" selected>'
    assert (kept in answer.text) is (value != "x")
    file = me.get(f"{NETWORKS}.csv{query}")
    is_file = status == 200 and value != "x"
    assert (file.status_code == 200) is is_file
    told = "This cannot be asked for: kind=x, by=me." if value == "x" else said
    assert (told in file.text) is not is_file
    parts = query[1:].replace("&", "=").split("=")
    options = {f"--{name}": value for name, value in zip(parts[::2], parts[1::2], strict=True)}
    args = [each for pair in ({"--kind": "party-position"} | options).items() for each in pair]
    done = app.test_cli_runner().invoke(args=["networks", "export", *args])
    assert (done.exit_code != 0) is (status == 422 or "x" in options.values())
    if status == 422:
        assert done.output.startswith(f"Error: {said}")
        assert done.output.count("\n") == 1


@pytest.mark.usefixtures("harbour")
def test_the_command_writes_the_bytes_of_the_page_and_both_are_recorded(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    asked = {"kind": "party-party", "relation": "subtract", "normalise": "cosine", "by": "person"}
    asked |= {"duplicates": "all", "from": "2025-01-01", "to": "2025-12-31"}
    options = [f"--{name}={value}" for name, value in asked.items()]
    for name, each in NETWORK_FORMATS.items():
        answer = client.get(f"{NETWORKS}.{each.extension}", query_string=asked)
        assert answer.mimetype == each.mimetype
        assert f"first-party-party.{each.extension}" in answer.headers["Content-Disposition"]
        done = app.test_cli_runner().invoke(args=["networks", "export", *options, "--format", name])
        assert done.stdout_bytes == answer.data
        assert done.stderr == "Left out: 4 statements without a date.\n"
    done = app.test_cli_runner().invoke(args=["networks", "export", "--kind", "position-position"])
    assert done.stdout_bytes == client.get(f"{NETWORKS}.csv?kind=position-position").data
    assert client.get(f"{NETWORKS}.docx").status_code == 404
    exported = client.get("/projects/first/activity?kind=exports").text
    assert exported.count("exported a network as GraphML: kind=party-party, relation=subtract") == 2
    assert exported.count("exported a network as CSV: kind=position-position<") == 2


def test_what_is_hidden_is_in_no_network(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.annotator.account)
    party, unused = (add_party(session, room.curator, name) for name in ("Mara Lind", "Bo"))
    position, other = (add_position(session, room.curator, f"Position {n}.") for n in range(2))
    add_annotation(
        session, room.annotator, room.article, party=party, position=position, side="for"
    )
    set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    kinds = ("party-position", "party-party", "position-position")
    endings = ("", *(f".{each.extension}" for each in NETWORK_FORMATS.values()))
    addresses = [f"{NETWORKS}{ending}?kind={kind}" for ending, kind in product(endings, kinds)]

    def told(asking: PageClient) -> list[bytes | str]:
        answers = [asking.get(address) for address in addresses]
        return [each.data if each.is_streamed else without_chance(each.text) for each in answers]

    before = told(client)
    hidden = ((QUOTES[0], unused, position), (QUOTES[1], party, other))
    for quote, one, of in hidden:
        add_annotation(session, room.curator, room.article, quote, party=one, position=of)
    assert told(client) == before
    curator = sign_in(page_client(app), session, room.curator.account)
    assert all(one != other for one, other in zip(told(curator), before, strict=True))
