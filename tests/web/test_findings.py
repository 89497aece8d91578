"""The list of passages and its filters: what it shows, asks and says, as HTML."""

import csv
import html
import io
import re

import pytest
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.findings.pages.passages import PASSAGES_A_PAGE
from app.web.responses import FRAGMENT_HEADER
from tests.harness.builders import Room, add_annotation, add_article, add_many, add_theme, sign_in
from tests.harness.findings import Reference
from tests.harness.pages import PageClient
from tests.harness.passages import PASSAGES, shown, words_of
from tests.harness.world import World, add_world


@pytest.fixture
def world(session: Session) -> World:
    """Give a project in which much is tagged."""
    return add_world(session)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("group", ["article", "tag", "author", "annotator", "theme"])
def test_each_group_has_a_csv_of_exactly_what_stands_in_it(
    client: PageClient, session: Session, world: World, group: str
) -> None:
    sign_in(client, session, world.members[0].account)
    for query in (f"group={group}", f"group={group}&tag=claim&tag=demand&sort=tagged"):
        page = client.get(f"{PASSAGES}?{query}").text
        for head in re.findall(r'<section class="head".*?</section>', page, re.DOTALL):
            name = words_of(re.search(r"<h3.*?</h3>", head)[0])  # type: ignore[index]  # it is there
            link = re.search(r'class="csv" href="([^"]+)"[^>]*>CSV of these (\d+)<', head)
            assert link is not None, (query, name)
            rows = client.csv_rows(html.unescape(link[1]))
            assert sorted(int(row["annotation_id"]) for row in rows) == sorted(shown(head)), (
                query,
                name,
            )
            assert int(link[2]) == len(rows)
    assert 'class="csv"' not in client.get(f"{PASSAGES}?group=nothing").text


@pytest.mark.sqlite_only
def test_counts_elsewhere_lead_to_exactly_as_many_passages(
    client: PageClient, session: Session, world: World
) -> None:
    for member in world.members:
        sign_in(client, session, member.account)
        for page in ("/projects/first/articles", "/projects/first/people"):
            text = client.get(page).text
            links = re.findall(
                r'<a href="([^"]+/passages\?[^"]+)" aria-label="(\d+) annotation', text
            )
            assert len(links) > 1, page
            for address, number in links:
                assert len(shown(client.get(html.unescape(address)).text)) == int(number), address


@pytest.mark.sqlite_only
def test_each_member_sees_their_own_list(
    client: PageClient, session: Session, world: World
) -> None:
    for member in world.members:
        sign_in(client, session, member.account)
        reference = Reference(session, member)
        page = client.get(PASSAGES).text
        assert set(shown(page)) == {one.id for one in reference.all}
        assert f"{len(reference.all)} of {len(reference.all)} passages" in words_of(page)
        hides = len(reference.all) < len(Reference(session, world.room.owner).all)
        assert ("leave out what others tagged independently" in page) == hides


def test_a_passage_stands_in_its_sentence_with_all_that_is_known_of_it(
    me: PageClient, session: Session, room: Room
) -> None:
    note = "As they said."
    add_annotation(session, room.curator, room.article, "nobody repairs it", note=note)
    page = me.get(PASSAGES).text
    assert "It floods every spring, and nobody repairs it ." in words_of(page)
    assert '<mark class="claim">nobody repairs it</mark>' in page
    assert "Claim Cato ¶ 1" in words_of(page)
    assert note in page
    assert 'href="/annotations/1"' in page


def test_filters_stand_above_the_list_and_are_taken_away_one_by_one(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, tag="demand", note="Why?")
    add_annotation(session, room.annotator, room.article, "It floods every spring")
    page = me.get(f"{PASSAGES}?tag=demand&note=yes").text
    assert "1 of 2 passages" in words_of(page)
    chips = dict(re.findall(r'<a class="chip on" href="([^"]+)"[^>]*><bdi>([^<]+)</bdi>', page))
    assert {html.unescape(address): words for address, words in chips.items()} == {
        f"{PASSAGES}?note=yes": "Tag: Demand",
        f"{PASSAGES}?tag=demand": "Note: with a note",
    }
    assert 'value="demand" checked' in page


def test_a_theme_is_asked_for_alone_or_with_all_beneath_it(
    me: PageClient, session: Session, room: Room
) -> None:
    water = add_theme(session, room.curator, "water")
    rain = add_theme(session, room.curator, "rain", parent=water)
    mist = add_theme(session, room.curator, "mist", parent=rain)
    money = add_theme(session, room.curator, "money")
    quotes = ("It floods every spring", "nobody repairs it", "We have no money")
    for quote, themes in zip(quotes, ([water, rain], [mist], [money]), strict=True):
        add_annotation(session, room.annotator, room.article, quote, themes=themes)
    address = f"{PASSAGES}/by/theme"
    page = me.get(address).text
    values = r'value="([^"]+)"><bdi class="name">([^<]+)</bdi> <span class="n">(\d+)'
    offered = re.findall(values, page)
    assert offered == [
        (f"{rain.id}-tree", "rain and below", "2"),
        (f"{water.id}-tree", "water and below", "2"),
        (str(mist.id), "mist", "1"),
        (str(money.id), "money", "1"),
        (str(rain.id), "rain", "1"),
        (str(water.id), "water", "1"),
    ]
    for value, _words, count in offered:
        asked = f"?theme={value}"
        found = [me.get(f"{PASSAGES}{asked}&group={group}").text for group in ("nothing", "theme")]
        assert all(f"{count} of 3 passages" in words_of(page) for page in found)
        assert found[0].count('<li class="hit') == int(count)
        file = me.get(f"/projects/first/findings/passages.csv{asked}").text
        assert len(list(csv.reader(io.StringIO(file)))) == int(count) + 1
    page = me.get(f"{PASSAGES}?theme={water.id}-tree&group=theme").text
    assert "Theme: water and below" in page
    heads = re.findall(r'<h3 id="head-\d+"><a[^>]*><bdi>([^<]+)</bdi>', page)
    assert heads == ["water", "rain", "mist"]
    assert re.findall(r'class="about"><bdi>(under [^<]+)</bdi>', page) == [
        "under water",
        "under rain",
    ]
    assert "a theme that is not here and below" in me.get(f"{PASSAGES}?theme=99-tree").text


def test_what_beneath_a_theme_nothing_more_carries_is_not_offered_twice(
    me: PageClient, session: Session, room: Room
) -> None:
    water = add_theme(session, room.curator, "water")
    add_theme(session, room.curator, "rain", parent=water)
    add_annotation(session, room.annotator, room.article, themes=[water])
    page = me.get(f"{PASSAGES}/by/theme").text
    assert re.findall(r'class="name">([^<]+)</bdi>', page) == ["water"]
    page = me.get(f"{PASSAGES}/by/theme?theme={water.id}-tree").text  # what is on is shown
    assert re.findall(r'class="name">([^<]+)</bdi>', page) == ["water", "water and below"]


def test_what_is_searched_is_marked_in_sentence_and_note(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, "nobody repairs it", note="A repair!")
    add_annotation(session, room.annotator, room.article, "We have no time")
    page = me.get(f"{PASSAGES}?q=repair*&in=note&in=text").text
    assert shown(page) == [1]
    assert 'class="claim">nobody <em class="searched">repairs</em> it</mark>' in page
    assert 'A <em class="searched">repair</em>!' in page
    assert "Search: repair*" in page
    assert "1 of 2 passages" in words_of(page)
    notice = me.get(f"{PASSAGES}?q=“open").text
    assert "A quotation mark is not closed." in notice


def test_what_nobody_knows_is_ignored_and_said(me: PageClient, room: Room) -> None:
    page = me.get(f"{PASSAGES}?tag=opinion&tag=claim&author=<b>&sort=length").text
    assert "<code>tag=opinion</code>, <code>sort=length</code>" in page
    assert room.article.project_id == 1


def test_a_place_that_no_page_ended_at_is_said_and_the_first_page_shown(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    for address in (f"{PASSAGES}?after=forged", f"{PASSAGES}?view=context&after=.1.x"):
        page = me.get(address).text
        assert f"<code>{address[address.index('after') :]}</code>" in page
        assert "First page" not in words_of(page)
    assert "Not known here" not in me.get(f"{PASSAGES}?after=.1.2.3").text


def test_a_form_without_javascript_leads_to_the_address_of_what_is_asked_for(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, tag="demand")
    sent = "q=&in=text&in=note&in=thread&tag=demand&sort=place&group=article&note="
    answer = me.get(f"{PASSAGES}?{sent}")
    assert (answer.status_code, answer.location) == (303, f"{PASSAGES}?tag=demand")
    answer = me.get(f"{PASSAGES}?q=&tag=demand&tick=page&count=exact&after=.1.2.3")
    assert answer.location == f"{PASSAGES}?tag=demand&after=.1.2.3&count=exact&tick=page"
    assert me.get(f"{PASSAGES}?q=&sort=place").location == PASSAGES
    for address in (f"{PASSAGES}?tag=demand", f"{PASSAGES}?tag=demand&after=.1.2.3"):
        assert me.get(address).status_code == 200
    # What nobody knows is said where it was sent, and a part of the page is the answer itself.
    assert "tag=red" in me.get(f"{PASSAGES}?tag=red&q=&sort=place").text
    assert me.get(f"{PASSAGES}?{sent}", headers={FRAGMENT_HEADER: "1"}).status_code == 200


def test_the_address_of_findings_alone_leads_to_passages(me: PageClient, room: Room) -> None:
    answer = me.get("/projects/first/findings")
    assert (answer.status_code, answer.location) == (303, PASSAGES)
    assert room.article.project_id == 1
    assert me.get("/projects/second/findings").status_code == 404


def test_an_empty_list_says_what_to_do(me: PageClient, session: Session, room: Room) -> None:
    assert "Nothing is tagged here yet" in me.get(PASSAGES).text
    add_annotation(session, room.annotator, room.article)
    assert "Take one of the filters away" in me.get(f"{PASSAGES}?tag=citation").text
    assert "Nothing follows here any more" in me.get(f"{PASSAGES}?after=.99.0.1").text


def test_page_after_page_shows_everything_once(
    me: PageClient, session: Session, room: Room
) -> None:
    add_many(session, room.annotator, room.article, 2 * PASSAGES_A_PAGE + 7)
    found: list[int] = []
    address = f"{PASSAGES}?sort=tagged&group=nothing"
    while address:
        page = me.get(address).text
        found += shown(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    assert len(found) == len(set(found)) == 2 * PASSAGES_A_PAGE + 7
    assert found == sorted(found, reverse=True)


def test_a_fragment_is_the_list_and_its_facets_alone(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    answer = me.get(f"{PASSAGES}?tag=claim", headers={FRAGMENT_HEADER: "1"})
    assert answer.text.lstrip().startswith('<div id="found"')
    assert shown(answer.text) == [1]


def test_a_deleted_annotation_is_not_listed(me: PageClient, session: Session, room: Room) -> None:
    made: Annotation = add_annotation(session, room.annotator, room.article)
    annotations.delete(session, actor=room.annotator, annotation_id=made.id, version=1)
    session.commit()
    assert "Nothing is tagged here yet" in me.get(PASSAGES).text


def test_all_values_of_a_facet_are_on_a_page_of_their_own(
    client: PageClient, session: Session, world: World
) -> None:
    sign_in(client, session, world.room.owner.account)
    page = client.get(f"{PASSAGES}/by/article?tag=claim&article=3&named=ARTICLE").text
    assert {"Article 1", "Article 2", "Article 3", "Article 4"} <= set(
        re.findall(r'<bdi class="name">([^<]+)</bdi>', page)
    )
    assert "River Road" not in page
    assert '<input type="hidden" name="tag" value="claim">' in page
    assert 'name="article" value="3" checked' in page
    assert f'formaction="{PASSAGES}/by/article"' in page  # which takes the ticks along
    assert "No value contains" in client.get(f"{PASSAGES}/by/author?named=zzz").text
    assert client.get(f"{PASSAGES}/by/colour").status_code == 404


def test_the_newest_months_and_ones_own_passages_stand_first(
    client: PageClient, session: Session, world: World
) -> None:
    sign_in(client, session, world.room.annotator.account)
    months = ["December 2025", "February 2025", "January 2025", "no date known"]
    for facet, first in (("published", months), ("annotator", ["mine"])):
        page = client.get(f"{PASSAGES}/by/{facet}").text
        assert re.findall(r'<bdi class="name">([^<]+)</bdi>', page)[: len(first)] == first


def test_articles_with_one_title_are_told_apart(
    me: PageClient, session: Session, room: Room
) -> None:
    other = add_article(session, "It floods here too.", title=room.article.title)
    alone = add_article(session, "It floods there.", title="Alone")
    for article in (room.article, other, alone):
        add_annotation(session, room.annotator, article, "It floods")
    names = [f"The River Road · article {article.id}" for article in (room.article, other)]
    for page in ("passages", "summary"):
        text = me.get(f"/projects/first/findings/{page}").text
        for name in (*names, "Alone"):
            assert re.search(f">{name}<", text), page
    one = me.get(f"{PASSAGES}?article={other.id}").text
    assert f"Article: {names[1]}" in one
