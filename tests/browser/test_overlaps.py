"""Annotations that overlap: all in sight, all to be found from the text, from cards and by ear."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import FIRST, LAST, SECOND, THIRD, Sample

FIVE = (
    (f"{FIRST} {SECOND}", "claim", "Ines"),
    (SECOND, "demand", "Ines"),
    ("floods every spring", "assumption", "Ines"),
    (f"{SECOND} {THIRD}", "citation", "Otto"),
    ("every spring, and nobody", "claim", "Otto"),
)


@pytest.fixture
def ids(site: Site, sample: Sample) -> list[int]:
    """Tag five passages that share the words "every spring", and a last one apart from them."""
    five = [site.tag(sample, words, tag, name=name) for words, tag, name in FIVE]
    return [*five, site.tag(sample, LAST)]


@pytest.fixture
def tagged(ids: list[int], site: Site, page: Page, sample: Sample) -> Desk:
    """Give a page on which the sample is open with them."""
    assert len(ids) == 6
    return Desk(site, page, sample)


# Where the lines of a mark lie, from its foot, and where they begin; what its ground is.
LOOK = """mark => {
  const style = getComputedStyle(mark);
  const isDrawn = ['a', 'b', 'c'].map(lane => style.getPropertyValue(`--${lane}`) !== '');
  const px = part => Number(part.match(/([0-9.]+)px/)?.[1] ?? 0);
  const shown = (part, n) => (isDrawn[n] ? px(part) : null);
  const each = value => value.split(', ').slice(0, 3).map(shown);
  return {
    wash: style.backgroundImage.match(/rgba?\\([^)]*\\)/g).at(-1),
    lines: each(style.backgroundPositionY),
    starts: each(style.backgroundPositionX),
  };
}"""
WASH = """tag => {
  const probe = document.createElement('span');
  probe.style.background = `var(--${tag}-wash)`;
  document.body.append(probe);
  const {backgroundColor} = getComputedStyle(probe);
  probe.remove();
  return backgroundColor;
}"""


def click_at(desk: Desk, words: str) -> None:
    """Click into the middle of words on one line."""
    (line,) = desk.boxes(words)
    desk.page.mouse.click((line.left + line.right) / 2, (line.top + line.bottom) / 2)


def test_all_are_in_the_margin(tagged: Desk) -> None:
    expect(tagged.block(1).locator(".card")).to_have_count(5)
    for card in tagged.block(1).locator(".card").all():
        expect(card).to_be_visible()


def test_overlapping_passages_are_told_apart(tagged: Desk) -> None:
    """The shortest has the ground, each has a lane of its own, ends show, and two are counted."""
    (first, second) = [
        tagged.page.locator("mark").get_by_text(words, exact=True)
        for words in ("floods ", "every spring")
    ]
    expect(first).to_have_class("assumption g-starts a-assumption a-starts c-demand")
    expect(second).to_have_class("assumption g-ends a-assumption a-ends b-claim b-starts c-demand")
    looks = [mark.evaluate(LOOK) for mark in (first, second)]
    assert [look["wash"] for look in looks] == [tagged.page.evaluate(WASH, "assumption")] * 2
    assert [look["lines"] for look in looks] == [[8, None, 0], [8, 4, 0]]
    assert [look["starts"] for look in looks] == [[3, None, 0], [0, 3, 0]]
    count = tagged.page.locator("mark[data-more]")
    expect(count).to_have_text(" repairs it.")
    expect(count).to_have_attribute("data-more", "2")


def test_a_click_where_one_lies_opens_its_card(tagged: Desk, ids: list[int]) -> None:
    click_at(tagged, "the council must close".replace("the", "The"))
    expect(tagged.open_card).to_have_id(f"a{ids[0]}")
    expect(tagged.open_card.locator(".card-full")).to_be_visible()


def test_the_card_of_the_shortest_leads_round_the_others(tagged: Desk, ids: list[int]) -> None:
    click_at(tagged, "every spring")
    around = tagged.open_card.locator(".round")
    expect(around).to_have_text("1 of 5")
    met = []
    for place in range(2, 7):
        met.append(tagged.open_card.get_attribute("id"))
        (around.click() if place == 2 else tagged.press("Enter"))
        expect(around).to_have_text(f"{(place - 1) % 5 + 1} of 5")
        expect(around).to_be_focused()
    assert set(met) == {f"a{number}" for number in ids[:5]}
    # It is still there when the card was drawn again, and not where one lies alone.
    tagged.open_card.get_by_role("button", name="Citation").click()
    expect(tagged.toast).to_contain_text("It is tagged as citation now.")
    expect(around).to_have_text("1 of 5")
    click_at(tagged, LAST)
    expect(tagged.open_card).to_have_id(f"a{ids[5]}")
    expect(around).to_have_count(0)


def test_a_click_into_text_without_a_mark_opens_nothing(tagged: Desk) -> None:
    click_at(tagged, "In the end")
    tagged.page.wait_for_timeout(200)
    expect(tagged.open_card).to_have_count(0)


def test_an_open_card_does_not_move_the_text(tagged: Desk, ids: list[int]) -> None:
    before = [tagged.box(text) for text in tagged.page.locator(".article .text").all()]
    tagged.open(ids[0])
    after = [tagged.box(text) for text in tagged.page.locator(".article .text").all()]
    assert before == after


def test_opening_one_card_closes_the_other(tagged: Desk, ids: list[int]) -> None:
    tagged.open(ids[5])
    tagged.open(ids[0])
    expect(tagged.open_card).to_have_count(1)
    expect(tagged.open_card).to_have_id(f"a{ids[0]}")


def test_an_open_card_paints_its_passage(tagged: Desk, ids: list[int]) -> None:
    tagged.open(ids[0])
    tagged.wait(lambda: tagged.painted("current") == [FIVE[0][0]], "the paint")
    tagged.press("Escape")
    tagged.wait(lambda: tagged.painted("current") == [], "the paint to go")


def heard(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield what is heard at and below a node of the accessibility tree, in order."""
    if node.get("role", {}).get("value") in {"StaticText", "image"}:
        yield str(node.get("name", {}).get("value", ""))
        return
    for child in node.get("childIds", ()):
        if child in nodes:
            yield from heard(nodes[child], nodes)


def test_a_mark_tells_its_tags_to_a_screen_reader(tagged: Desk) -> None:
    session = tagged.page.context.new_cdp_session(tagged.page)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    nodes = {node["nodeId"]: node for node in tree}
    (group,) = [n for n in tree if n.get("name", {}).get("value") == "Paragraph 6"]
    said = " ".join(" ".join(heard(group, nodes)).split())
    assert said == f"In the end the town pays. [claim begins] {LAST} [ends]"
    (group,) = [n for n in tree if n.get("name", {}).get("value") == "Paragraph 1"]
    said = " ".join(" ".join(heard(group, nodes)).split())
    assert "[claim demand assumption citation begins] floods every spring [ends]" in said


def test_what_screen_readers_hear_is_no_part_of_the_text(tagged: Desk) -> None:
    tagged.drag(FIRST)
    assert tagged.selection == FIRST
    text = tagged.block(1).locator(".text").evaluate("it => it.textContent")
    assert text == f"{FIRST} {SECOND} {THIRD}"


def test_ones_own_cards_can_be_told_from_others(tagged: Desk) -> None:
    expect(tagged.block(1).locator(".card.own")).to_have_count(3)


def test_a_colleagues_annotation_can_be_read_and_not_changed(
    site: Site, page: Page, sample: Sample
) -> None:
    annotation_id = site.tag(sample, FIRST, name="Ines", note="Mine alone.")
    desk = Desk(site, page, sample, name="Otto")
    card = desk.open(annotation_id)
    expect(card.locator(".card-full .note")).to_have_text("Mine alone.")
    expect(card.get_by_role("button", name="Delete")).to_have_count(0)
    desk.press("n")
    expect(card.get_by_label("Note")).to_have_count(0)
    desk.press("2", "Delete")
    expect(desk.toast).to_contain_text("You may not delete")
    assert [row["tag"] for row in site.rows(sample)] == ["claim"]
