"""The summary: each figure is what its link leads to, and nothing hidden is in any."""

import re
from datetime import date
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.articles.service.articles import set_mode
from app.findings.pages.summary import KEYS, ROWS_SHOWN
from app.themes.service import themes as service
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_theme,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, without_chance
from tests.harness.world import add_world

SUMMARY = "/projects/first/findings/summary"
PASSAGES = "/projects/first/findings/passages"
MARK = re.compile(r'<a href="([^"]+)" aria-label="([^"]+)">')
FIGURE = re.compile(r'<a href="([^"]+)">([\d,]+)</a></td>')


def count_of(client: PageClient, address: str) -> int:
    """Return how many passages there are at an address, as their file says."""
    return len(client.csv_rows(unescape(address).replace(PASSAGES, f"{PASSAGES}.csv")))


def numbers_in(label: str) -> int:
    """Return how many passages a mark says there are."""
    found = re.findall(r"([\d,]+) (?:claim|demand|assumption|citation)s?\b", label)
    return sum(int(number.replace(",", "")) for number in found)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?over=tagged",
        "?tag=claim&tag=demand",
        "?published=2025-02&published=none",
        "?note=yes",
        "?state=unplaced&state=disputed",
        "?q=road",
        "?theme={0}-tree",
        "?theme={5}-tree&theme={0}",
    ],
)
@pytest.mark.sqlite_only
def test_each_mark_and_each_figure_leads_to_as_many_passages_as_it_says(
    app: Flask, session: Session, query: str
) -> None:
    world = add_world(session)
    query = query.format(*world.themes)
    for member in (world.room.annotator, world.room.owner):
        client = sign_in(page_client(app), session, member.account)
        text = client.get(SUMMARY + query).text
        counted = {}
        marks = [pair for pair in MARK.findall(text) if pair[0].startswith(PASSAGES)]
        assert marks
        if not query:
            led_to = " ".join(address for address, _label in marks)
            assert "author=none" in led_to
            assert "publication=none" in led_to
        for address, label in marks:
            if numbers_in(label) or "tagged, done by" not in label:
                counted[address] = (numbers_in(label), label)
        for address, number in FIGURE.findall(text):
            if address.startswith(PASSAGES):
                counted[address] = (int(number), "a table")
        for address, (number, label) in counted.items():
            assert count_of(client, address) == number, label
        found = re.search(rf'<a href="({PASSAGES}[^"]*)">([\d,]+) passages?</a>', text)
        assert found is not None
        assert count_of(client, found[1]) == int(found[2])


def test_every_picture_has_a_heading_a_line_and_its_table(
    client: PageClient, session: Session, room: Room
) -> None:
    room.article.author, room.article.publication = "Ada Quill", "The Levee"
    theme = add_theme(session, room.curator, "money")
    add_annotation(session, room.annotator, room.article, themes=[theme])
    add_annotation(session, room.annotator, room.article, "It floods", tag="citation")
    sign_in(client, session, room.reader.account)
    text = client.get(SUMMARY).text
    figures = re.findall("<figure.*?</figure>", text, re.DOTALL)
    assert [re.findall("<h2[^>]*>(.*?)</h2>", figure) for figure in figures] == [
        ["The four tags over time"],
        ["By author"],
        ["By publication"],
        ["By annotator"],
        ["By theme"],
        ["Coverage"],
        ["Where in each article"],
    ]
    for figure in figures:
        assert re.search("<figcaption>.*<p>[A-Z].*</p></figcaption>", figure, re.DOTALL)
        if "over time" not in figure:
            assert figure.count("<table") == 1
    assert "2 passages</a> stand in articles without a date" in text
    assert re.search(r"<bdi>The River Road</bdi> <small[^>]*>[12] of \d+</small>", text)
    assert ">money</bdi>" in text
    assert ">No theme</bdi>" in text
    for key in KEYS:
        alone = client.get(f"{SUMMARY}?show={key}").text
        assert len(re.findall("<figure", alone)) == 1
    assert "style=" not in text


def test_the_picture_over_time_says_which_months_it_shows(
    client: PageClient, session: Session, room: Room
) -> None:
    for month in (9, 11):
        article = add_article(session, f"{TEXT}\n\nOf {month}.", title=f"Of {month}")
        article.published_on = date(2026, month, 3)
        add_annotation(session, room.annotator, article)
    sign_in(client, session, room.reader.account)
    assert "all on one scale. Sep 2026 to Nov 2026. <a" in client.get(SUMMARY).text
    assert "all on one scale. Nov 2026. <a" in client.get(f"{SUMMARY}?published=2026-11").text


def test_more_than_twelve_rows_are_a_link_away(
    client: PageClient, session: Session, room: Room
) -> None:
    for number in range(ROWS_SHOWN + 1):
        article = add_article(session, f"{TEXT}\n\nNumber {number}.", title=f"Article {number:02}")
        article.author = f"Author {number:02}"
        add_annotation(session, room.annotator, article)
    sign_in(client, session, room.reader.account)
    text = client.get(f"{SUMMARY}?tag=claim").text
    assert text.count('id="author-') == text.count('id="strip-') == ROWS_SHOWN
    assert "the picture shows 12." in text
    assert f'href="{SUMMARY}?tag=claim&amp;show=author"' in text
    whole = client.get(f"{SUMMARY}?tag=claim&show=author").text
    assert whole.count('id="author-') == ROWS_SHOWN + 1
    assert client.get(f"{SUMMARY}?show=strips").text.count('id="strip-') == ROWS_SHOWN + 1


def rows_by_theme(text: str) -> list[tuple[str, str, str]]:
    """Return the rows of the picture by theme: level, name and number."""
    (figure,) = re.findall('<figure[^>]*"f-theme".*?</figure>', text, re.DOTALL)
    rows = re.findall(
        r'<p id="theme-[^"]+" class="level-(\d)">(.*?)</p>.*?class="n">([\d,]+)<', figure, re.DOTALL
    )
    return [(level, unescape(re.sub("<[^>]+>", "", name)), number) for level, name, number in rows]


def test_themes_stand_under_each_other_with_what_each_has_and_all_beneath_it(
    client: PageClient, session: Session, room: Room
) -> None:
    water = add_theme(session, room.curator, "Water")
    floods = add_theme(session, room.curator, "Floods", parent=water)
    rain = add_theme(session, room.curator, "Rain", parent=floods)
    add_theme(session, room.curator, "Ice", parent=water)
    money = add_theme(session, room.curator, "Money")
    old = add_theme(session, room.curator, "Brook", parent=water)
    for quote, themes in (
        ("The council must close the road.", [floods, rain]),
        ("It floods every spring", [rain, money]),
        ("We have no money", [money]),
        ("We have no time", [old, floods]),
        ("Ask the family", []),
    ):
        add_annotation(session, room.annotator, room.article, quote, themes=themes)
    service.archive(session, actor=room.curator, theme_id=old.id)
    session.commit()
    sign_in(client, session, room.reader.account)
    text = client.get(SUMMARY).text
    assert rows_by_theme(text) == [
        ("1", "Water", "0"),
        ("1", "Water and below", "3"),
        ("2", "Floods, under Water", "2"),
        ("2", "Floods and below", "3"),
        ("3", "Rain, under Floods", "2"),
        ("1", "Money", "2"),
        ("1", "Brook", "1"),
        ("1", "No theme", "1"),
    ]
    assert (
        f'href="{PASSAGES}?tag=claim&amp;theme={water.id}-tree" aria-label="3 claims, Water' in text
    )
    assert (
        f'href="{PASSAGES}?tag=claim&amp;theme={floods.id}" aria-label="2 claims, Floods"' in text
    )
    alone = client.get(f"{SUMMARY}?show=theme").text
    assert rows_by_theme(alone) == rows_by_theme(text)


def test_of_many_themes_those_with_most_beneath_them_are_drawn_each_under_its_parents(
    client: PageClient, session: Session, room: Room
) -> None:
    others = [add_theme(session, room.curator, f"Theme {n:02}") for n in range(ROWS_SHOWN)]
    head = add_theme(session, room.curator, "Head")
    below = add_theme(session, room.curator, "Below", parent=head)
    add_annotation(session, room.annotator, room.article, themes=others)
    add_annotation(session, room.annotator, room.article, "It floods", themes=[below])
    add_annotation(session, room.annotator, room.article, "We have no money", themes=[below])
    sign_in(client, session, room.reader.account)
    text = client.get(SUMMARY).text
    names = [name for _level, name, _number in rows_by_theme(text)]
    drawn = [f"Theme {n:02}" for n in range(ROWS_SHOWN - 2)]
    assert names == [*drawn, "Head", "Head and below", "Below, under Head"]
    assert "the picture shows 12." in text


def test_what_is_hidden_is_in_no_figure(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.annotator.account)
    add_annotation(session, room.annotator, room.article)
    set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    addresses = [SUMMARY, f"{SUMMARY}?over=tagged", *(f"{SUMMARY}?show={key}" for key in KEYS)]
    before = [without_chance(client.get(address).text) for address in addresses]
    add_annotation(session, room.curator, room.article, "It floods", tag="citation")
    assert [without_chance(client.get(address).text) for address in addresses] == before
    assert "leave out what others tagged independently" in before[0]
    curator = sign_in(page_client(app), session, room.curator.account)
    assert "2 passages</a>" in curator.get(SUMMARY).text


def test_an_empty_summary_says_why(client: PageClient, session: Session, room: Room) -> None:
    sign_in(client, session, room.reader.account)
    empty = client.get(SUMMARY).text
    assert "Nothing is tagged here yet that you may see." in empty
    assert '<a href="/projects/first/articles">an article</a>' in empty
    add_annotation(session, room.annotator, room.article)
    text = client.get(f"{SUMMARY}?tag=demand&month=x").text
    assert "No passage matches all of that." in text
    assert f'<a href="{SUMMARY}">show everything</a>' in text
    assert "<figure" not in text
