"""The pages of parties and positions: the lists, one of them, changing it, taking that back."""

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.service import articles
from app.parties import queries
from app.parties.models import Party, Position
from app.parties.service import aliases, names
from app.parties.state import Affiliated
from app.projects.roles import Role
from tests.harness.builders import (
    Room,
    add_annotation,
    add_article,
    add_member,
    add_party,
    add_position,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient

FINDINGS = "/projects/first/findings"
UNDO = re.compile(r'action="([^"]+/undo)".*?"event"\D*(\d+)', re.DOTALL)


@pytest.fixture
def curator(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the curator is signed in."""
    return sign_in(client, session, room.curator.account)


def post(client: PageClient, path: str, **fields: str | list[str]) -> tuple[int, str]:
    """Send a form, and return the status and the page, or where it leads."""
    answer = client.post(f"{FINDINGS}/{path}", data={"csrf_token": csrf_token(client), **fields})
    return answer.status_code, answer.headers.get("Location", answer.text)


def words(page: str) -> str:
    """Return the words of the main part of a page, without its elements."""
    main = page.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main.partition(">")[2])).split())


def table(page: str) -> list[list[str]]:
    """Return the words of each row of the first table of a page."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
    cells = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
    hidden = re.compile(r'<span class="visually-hidden">.*?</span>')
    return [[words(f"<main>{hidden.sub('', cell)}") for cell in cells.findall(row)] for row in rows]


@pytest.fixture
def said(session: Session, room: Room) -> dict[str, int]:
    """Say something of a company by two names, of its safety director, and of a branch."""
    keeper, text = room.curator, room.article
    company, short, director, branch = (
        add_party(session, keeper, name, kind)
        for name, kind in (
            ("Anchorline Terminals", "organization"),
            ("Anchorline", ""),
            ("Mr. Carrow", "person"),
            ("Branch No. 4", "organization"),
        )
    )
    public, cuts = (
        add_position(session, keeper, sentence)
        for sentence in ("The harbour stays public.", "Cuts save money in the end.")
    )
    names.change(
        session,
        Party,
        actor=keeper,
        row_id=director.id,
        version=1,
        typed={},
        affiliations=[Affiliated(company.id, date(2024, 1, 1))],
    )
    aliases.merge(session, Party, actor=keeper, row_id=short.id, into_id=company.id)
    text.published_on = date(2025, 2, 3)
    session.commit()
    by = room.annotator
    add_annotation(
        session, by, text, "nobody repairs it", party=short, position=public, side="against"
    )
    add_annotation(
        session, by, text, "It floods every spring", party=company, position=cuts, side="for"
    )
    add_annotation(session, by, text, "We have no money", party=branch, position=public, side="for")
    add_annotation(session, by, text, "said the mayor", party=branch, position=cuts, side="for")
    add_annotation(
        session,
        by,
        text,
        tag="demand",
        party=branch,
        position=cuts,
        side="against",
        addressees=[short],
    )
    found = {"company": company.id, "short": short.id, "director": director.id}
    found |= {"branch": branch.id, "public": public.id, "cuts": cuts.id}
    session.rollback()
    return found


def test_a_list_counts_by_tag_and_side_and_an_other_name_with_its_main_one(
    curator: PageClient, said: dict[str, int]
) -> None:
    page = curator.get(f"{FINDINGS}/parties").text
    day = "3 Feb 2025"
    assert table(page) == [
        [
            "Anchorline Terminals Organisation also Anchorline",
            *["2", "", "", "", "1", "+1", "−1", day, day, ""],
        ],
        ["Branch No. 4 Organisation", "2", "1", "", "", "", "+2", "−1", day, day, ""],
        ["Mr. Carrow Person for Anchorline Terminals", *[""] * 10],
    ]
    assert f"{FINDINGS}/passages?party={said['branch']}&amp;tag=demand" in page
    rows = table(curator.get(f"{FINDINGS}/positions/list").text)
    assert rows == [
        ["Cuts save money in the end.", "2", "+2", "−1", day, day, ""],
        ["The harbour stays public.", "2", "+1", "−1", day, day, ""],
    ]
    for query, found in (
        ("q=ANCHOR", ["Anchorline", "Mr."]),
        ("kind=person", ["Mr."]),
        ("kind=none", []),
        ("sort=name", ["Anchorline", "Branch", "Mr."]),
        ("kept=archived", []),
        ("kind=x&kept=y&sort=z", ["Anchorline", "Branch", "Mr."]),
    ):
        rows = table(curator.get(f"{FINDINGS}/parties?{query}").text)
        assert [row[0].split()[0] for row in rows] == found, query
    page = curator.get(f"{FINDINGS}/parties?kind=x&kept=y&sort=name").text
    assert "<code>kind=x</code>, <code>kept=y</code></p>" in page


def test_an_article_without_a_date_is_counted_apart(
    curator: PageClient, session: Session, room: Room, said: dict[str, int]
) -> None:
    director, public = (
        session.get_one(Party, said["director"]),
        session.get_one(Position, said["public"]),
    )
    article = add_article(session, "It floods.", title="Without a date")
    add_annotation(
        session, room.curator, article, "It floods.", party=director, position=public, side="for"
    )
    rows = table(curator.get(f"{FINDINGS}/parties?q=carrow").text)
    assert rows == [
        ["Mr. Carrow Person for Anchorline Terminals", "1", *[""] * 4, "+1", *[""] * 3, "1"]
    ]
    page = curator.get(f"{FINDINGS}/parties/{said['director']}").text
    assert table(page) == [["The harbour stays public.", "+1", "", "", "1 for"]]
    assert "without a date · tagged by Cato" in words(page)
    assert "<svg" not in page.partition("<main")[2]


def test_a_party_is_shown_with_what_it_says_and_with_whom_it_stands(
    curator: PageClient, said: dict[str, int]
) -> None:
    page = curator.get(f"{FINDINGS}/parties/{said['company']}").text
    shown = words(page)
    for part in (
        "Organisation. 2 passages in 1 article.",
        "Claims 2",
        "− against The harbour stays public.",
        "Demanded of it 1",
        "by Branch No. 4 · − against Cuts save money in the end.",
        "Called Anchorline Terminals 1 Anchorline 1",
        "Asked by Branch No. 4 1 People who speak for it Mr. Carrow since 1 Jan 2024",
        "Stands against On how many of these they take opposite ones. Branch No. 4 1 of 2",
    ):
        assert part in shown, (part, shown)
    assert "Stands with" not in shown
    mark = re.search(r'<a href="([^"]+)" aria-label="1 against, 3 Feb 2025: The harbour', page)
    assert mark is not None
    assert "1 of 5 passages" in words(curator.get(unescape(mark[1])).text)
    assert mark[1].endswith("side=against&amp;article=1")
    alias = curator.get(f"{FINDINGS}/parties/{said['short']}")
    assert (alias.status_code, alias.location) == (302, f"{FINDINGS}/parties/{said['company']}")
    alone = words(curator.get(f"{FINDINGS}/parties/{said['company']}?show=demanded&page=9").text)
    assert "Demanded of it 1" in alone
    assert "Claims" not in alone
    shown = words(curator.get(f"{FINDINGS}/positions/{said['cuts']}").text)
    assert "For it 2" in shown
    assert "Against it 1" in shown
    assert "Who says it Branch No. 4 +1 1 for −1 1 against Anchorline Terminals +1 1 for" in shown


def test_names_are_everyones_and_counts_are_of_what_one_may_see(
    client: PageClient, session: Session, room: Room, said: dict[str, int]
) -> None:
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    for member, count in ((room.reader, ""), (room.annotator, "2"), (room.curator, "2")):
        sign_in(client, session, member.account)
        rows = {row[0].split()[0]: row for row in table(client.get(f"{FINDINGS}/parties").text)}
        assert rows["Branch"][1] == count
        one = words(client.get(f"{FINDINGS}/parties/{said['branch']}").text)
        assert ("Claims 2" in one) is bool(count)
        assert "Branch No. 4" in one
    assert client.get(f"{FINDINGS}/parties/{said['branch']}/change").status_code == 200
    sign_in(client, session, add_member(session, Role.OWNER, "Olaf", "other").account)
    there = FINDINGS.replace("first", "other")
    for path in (f"parties/{said['branch']}", f"positions/{said['cuts']}"):
        assert client.get(f"{there}/{path}").status_code == 404
        assert client.get(f"{FINDINGS}/{path}").status_code == 404
    assert "Branch" not in client.get(f"{there}/parties").text


def test_what_cannot_be_saved_keeps_what_was_typed(
    curator: PageClient, session: Session, room: Room, said: dict[str, int]
) -> None:
    status, page = post(curator, "parties/new", called="branch NO. 4")
    assert (status, "There is a party “Branch No. 4” already" in page) == (409, True)
    assert 'value="branch NO. 4"' in page
    status, page = post(curator, "positions/new", called="x" * 301)
    assert (status, "at most 300 characters; this has 301" in page) == (422, True)
    own = f"parties/{said['director']}"
    status, page = post(curator, f"{own}/merge", main="Mr. Carow")
    assert (status, "There is no party “Mr. Carow”" in page) == (422, True)
    assert "Near to it: " not in page  # but for itself
    path = f"{own}/change"
    fields: dict[str, str | list[str]] = {
        "called": "Mr. Carrow",
        "kind": "person",
        "note": "Safety director.",
        "version": "2",
        "organization": ["Anchorline", "Brunch No. 4"],
        "since": ["2024-01-01", ""],
        "until": ["2024-12-31", ""],
    }
    status, page = post(curator, path, **fields)
    assert (status, "There is no party “Brunch No. 4” in this project." in page) == (422, True)
    assert 'value="Brunch No. 4"' in page
    assert "Safety director.</textarea>" in page
    overlapping = {"organization": ["Anchorline", "branch no. 4"]}
    status, page = post(curator, path, **{**fields, **overlapping})
    assert (status, "would speak for two organisations" in page) == (422, True)
    names.change(
        session,
        Party,
        actor=room.owner,
        row_id=said["director"],
        version=2,
        typed={"note": "Director."},
    )
    session.commit()
    fields |= {"organization": ["Anchorline", "branch no. 4"], "since": ["", "2025-01-01"]}
    status, page = post(curator, path, **fields)
    assert (status, "Someone changed this party" in page) == (409, True)
    assert "Director.</dd>" in page
    assert "Safety director.</textarea>" in page
    status, where = post(curator, path, **{**fields, "version": "3"})
    assert (status, where) == (303, f"{FINDINGS}/parties/{said['director']}")
    shown = words(curator.get(where).text)
    assert (
        "Speaks for Branch No. 4 since 1 Jan 2025 Anchorline Terminals until 31 Dec 2024" in shown
    )


@pytest.mark.parametrize("what", ["parties", "positions"])
def test_each_act_is_undone_from_its_answer_and_from_activity(
    curator: PageClient, session: Session, said: dict[str, int], what: str
) -> None:
    model: type[Party | Position] = Party
    row_id, other = said["branch"], "Anchorline"
    if what == "positions":
        model, row_id, other = Position, said["cuts"], "the harbour stays PUBLIC"
    one = f"{what}/{row_id}"
    called = queries.names_of(session, model, [row_id])[row_id]
    before = _state(session, model)
    status, page = post(curator, f"{one}/merge", main="Anker")
    assert (status, "There is no" in page, 'value="Anker"' in page) == (422, True, True)
    assert post(curator, f"{one}/merge", main="")[0] == 422
    for place in ("answer", "activity"):
        for act, fields, told in (
            ("change", {"called": "Another name", "version": "0"}, "is saved"),
            ("merge", {"main": other}, "is merged into"),
            ("archive", {}, "is archived"),
        ):
            fields |= {"version": str(session.get_one(model, row_id).version)}
            session.rollback()
            status, where = post(curator, f"{one}/{act}", **fields)
            assert status == 303
            page = curator.get(where).text
            assert told in page
            assert _state(session, model) != before
            if place == "activity":
                page = curator.get("/projects/first/activity").text
            found = UNDO.search(page)
            assert found is not None, (place, act)
            answer = curator.post(
                found[1], data={"csrf_token": csrf_token(curator), "event": found[2]}
            )
            assert answer.status_code == 303
            assert (
                f"Taken back: “{called}” is as it was before." in curator.get(answer.location).text
            )
            again = curator.post(
                found[1], data={"csrf_token": csrf_token(curator), "event": found[2]}
            )
            assert (again.status_code, again.location) == (303, f"{FINDINGS}/{one}")
            assert "This was taken back already." in curator.get(again.location).text
            assert _state(session, model) == before
    assert sum(1 for _ in session.query(Annotation)) == 5


def test_an_other_name_is_added_and_split_off_again(
    curator: PageClient, session: Session, said: dict[str, int]
) -> None:
    change = f"parties/{said['company']}"
    status, where = post(curator, f"{change}/alias", alias="the company")
    assert (status, where) == (303, f"{FINDINGS}/{change}")
    page = curator.get(where).text
    assert "“the company” is another name of “Anchorline Terminals” now." in page
    undo = UNDO.search(page)
    page = curator.get(f"{FINDINGS}/{change}/change").text
    assert "Anchorline 1 passage Split off the company 0 passages Split off" in words(page)
    status, page = post(curator, f"{change}/alias", alias="branch no. 4")
    assert (status, 'value="branch no. 4"' in page) == (409, True)
    status, where = post(curator, f"parties/{said['short']}/split")
    assert (status, where) == (303, f"{FINDINGS}/parties/{said['short']}")
    assert "1 passage in 1 article" in words(curator.get(where).text)
    status, _page = post(curator, f"parties/{said['short']}/split")
    assert status == 409
    assert undo is not None
    data = {"csrf_token": csrf_token(curator), "event": undo[2]}
    answer = curator.post(undo[1], data=data)
    assert "Taken back: “the company” is archived." in curator.get(answer.location).text
    status, where = post(curator, f"{change}/alias", alias="the company")
    assert (status, where) == (303, f"{FINDINGS}/{change}")
    assert "“the company” is another name of “Anchorline Terminals” now." in curator.get(where).text
    session.rollback()
    assert list(queries.verify(session)) == []


def _state(session: Session, model: type[Party] | type[Position]) -> list[tuple[object, ...]]:
    session.rollback()
    rows = session.query(model).order_by(model.id)
    return [(row.called, row.alias_of_id, row.archived_at is None) for row in rows]
