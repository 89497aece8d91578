"""Annotations that overlap: all in sight, all to be found from the text, from cards and by ear."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import House
from tests.browser.sample import FIRST, LAST, SECOND, THIRD, Sample

FIVE = (
    (f"{FIRST} {SECOND}", "claim", "Ines"),
    (SECOND, "demand", "Ines"),
    ("floods every spring", "assumption", "Ines"),
    (f"{SECOND} {THIRD}", "citation", "Otto"),
    ("every spring, and nobody", "claim", "Otto"),
)


@pytest.fixture
def ids(house: House, sample: Sample) -> list[int]:
    """Tag five passages that share the words "every spring", and a last one apart from them."""
    five = [house.tag(sample, words, tag, name=name) for words, tag, name in FIVE]
    return [*five, house.tag(sample, LAST)]


@pytest.fixture
def tagged(ids: list[int], house: House, page: Page, sample: Sample) -> Desk:
    """Give a page on which the sample is open with them."""
    assert len(ids) == 6
    return Desk(house, page, sample)


def click_at(desk: Desk, words: str) -> None:
    """Click into the middle of words on one line."""
    (line,) = desk.boxes(words)
    desk.page.mouse.click((line.left + line.right) / 2, (line.top + line.bottom) / 2)


def test_all_are_in_the_margin(tagged: Desk) -> None:
    expect(tagged.block(1).locator(".card")).to_have_count(5)
    for card in tagged.block(1).locator(".card").all():
        expect(card).to_be_visible()


def test_marks_show_every_tag_that_covers_them(tagged: Desk) -> None:
    expect(tagged.mark("floods every spring")).to_have_class("claim demand assumption citation")


def test_a_click_where_several_lie_lists_them_all(tagged: Desk) -> None:
    click_at(tagged, "every spring")
    expect(tagged.sheet.locator(".at a")).to_have_count(5)
    expect(tagged.sheet).to_contain_text("5 annotations here")
    tagged.sheet.locator(".at .citation a").click()
    expect(tagged.open_card).to_have_class(re.compile("citation"))
    expect(tagged.sheet).to_be_hidden()


def test_the_list_is_worked_by_keys(tagged: Desk, ids: list[int]) -> None:
    click_at(tagged, "every spring")
    links = tagged.sheet.locator(".at a")
    expect(links.first).to_be_focused()
    tagged.press("ArrowDown", "ArrowDown")
    expect(links.nth(2)).to_be_focused()
    tagged.press("ArrowUp", "ArrowUp", "ArrowUp")
    expect(links.nth(4)).to_be_focused()
    tagged.press("Enter")
    expect(tagged.open_card).to_have_id(f"a{ids[4]}")


def test_escape_closes_the_list_and_goes_back_to_the_text(tagged: Desk) -> None:
    click_at(tagged, "every spring")
    expect(tagged.sheet.locator(".at a").first).to_be_focused()
    tagged.press("Escape")
    expect(tagged.sheet).to_be_hidden()
    assert (tagged.focus, tagged.focused_block) == ("div.passage", 1)


def test_a_click_elsewhere_closes_the_list(tagged: Desk) -> None:
    click_at(tagged, "every spring")
    expect(tagged.sheet).to_be_visible()
    tagged.page.mouse.click(700, 700)
    expect(tagged.sheet).to_be_hidden()


def test_a_click_where_one_lies_opens_its_card(tagged: Desk, ids: list[int]) -> None:
    click_at(tagged, "the council must close".replace("the", "The"))
    expect(tagged.open_card).to_have_id(f"a{ids[0]}")
    expect(tagged.open_card.locator(".card-full")).to_be_visible()


def test_a_click_into_text_without_a_mark_opens_nothing(tagged: Desk) -> None:
    click_at(tagged, "In the end")
    tagged.page.wait_for_timeout(200)
    expect(tagged.open_card).to_have_count(0)
    expect(tagged.sheet).to_be_hidden()


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


def test_a_card_under_the_pointer_paints_its_passage(tagged: Desk, ids: list[int]) -> None:
    tagged.page.locator(f"#a{ids[2]} > summary").hover()
    tagged.wait(lambda: tagged.painted("pointed") == [FIVE[2][0]], "the paint")
    tagged.page.mouse.move(5, 5)
    tagged.wait(lambda: tagged.painted("pointed") == [], "the paint to go")


def test_an_open_card_paints_its_passage(tagged: Desk, ids: list[int]) -> None:
    tagged.open(ids[0])
    tagged.wait(lambda: tagged.painted("current") == [FIVE[0][0]], "the paint")
    tagged.press("Escape")
    tagged.wait(lambda: tagged.painted("current") == [], "the paint to go")


def test_a_mark_under_the_pointer_points_at_its_cards(tagged: Desk, ids: list[int]) -> None:
    (line,) = tagged.boxes("The council")
    tagged.page.mouse.move(line.left + 30, (line.top + line.bottom) / 2)
    expect(tagged.page.locator(".card.pointed")).to_have_count(1)
    expect(tagged.page.locator(f"#a{ids[0]}")).to_have_class(re.compile("pointed"))


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
    house: House, page: Page, sample: Sample
) -> None:
    annotation_id = house.tag(sample, FIRST, name="Ines", note="Mine alone.")
    desk = Desk(house, page, sample, name="Otto")
    card = desk.open(annotation_id)
    expect(card.locator(".card-full .note")).to_have_text("Mine alone.")
    expect(card.get_by_role("button", name="Delete")).to_have_count(0)
    desk.press("2")
    expect(desk.toast).to_contain_text("You may not change")
    assert [row["tag"] for row in house.rows(sample)] == ["claim"]
