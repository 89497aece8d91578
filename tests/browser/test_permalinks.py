"""Permalinks, the filter as an address, and print."""

import re

from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import House
from tests.browser.sample import FIRST, LAST, LONG, MANY, SECOND, Sample
from tests.harness.chromium import WatchedPages


def follow(house: House, page: Page, annotation_id: int) -> None:
    house.enter(page)
    page.goto(house.address(f"/annotations/{annotation_id}"))


def expect_in_view(desk: Desk, words: str) -> None:
    desk.wait(lambda: 52 <= desk.boxes(words)[0].top <= 850, f"{words} in the window")


def test_a_permalink_opens_the_article_at_the_passage_with_its_card_open(
    house: House, page: Page
) -> None:
    sample = house.add_article(LONG)
    words = "Paragraph 35 says again what was said before."
    annotation_id = house.tag(sample, words, "demand", note="Far down.")
    desk = Desk(house, page, sample)
    follow(house, page, annotation_id)
    expect(desk.open_card).to_have_id(f"a{annotation_id}")
    expect(desk.open_card.locator(".card-full")).to_be_in_viewport()
    expect(desk.open_card.get_by_label("Note")).to_have_value("Far down.")
    expect_in_view(desk, words)
    desk.wait(lambda: desk.painted("current") == [words], "the paint")
    expect(desk.open_card.locator("> summary")).to_be_focused()


def test_a_permalink_shows_a_card_beyond_the_twelfth_of_a_block(
    house: House, page: Page, sample: Sample
) -> None:
    ids = [house.tag(sample, words) for words in MANY[:15]]
    desk = Desk(house, page, sample)
    expect(desk.block(1).locator(".card")).to_have_count(12)
    more = desk.block(1).get_by_role("link", name="3 more")
    expect(more).to_have_attribute("href", f"{sample.path}/blocks/1")
    expect(page.locator(f"#a{ids[13]}")).to_have_count(0)
    follow(house, page, ids[13])
    expect(desk.open_card).to_have_id(f"a{ids[13]}")
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    expect(desk.block(1).get_by_role("link", name="2 more")).to_be_visible()
    expect_in_view(desk, FIRST)


def test_what_lies_beyond_the_twelfth_opens_from_the_text(
    house: House, page: Page, sample: Sample
) -> None:
    for words in MANY[:13]:
        house.tag(sample, words)
    last = house.tag(sample, SECOND, "demand")
    desk = Desk(house, page, sample)
    line = desk.boxes(SECOND)[0]
    page.mouse.click(line.left + 40, (line.top + line.bottom) / 2)
    expect(desk.sheet.locator(f".card-full[data-annotation='{last}']")).to_be_visible()
    desk.sheet.get_by_label("Note").fill("Written in the sheet.")
    desk.sheet.get_by_role("button", name="Save note").click()
    desk.wait(lambda: house.note_of(last) == "Written in the sheet.", "the note")


def test_the_page_of_a_block_lists_them_all(house: House, page: Page, sample: Sample) -> None:
    for words in MANY[:15]:
        house.tag(sample, words)
    Desk(house, page, sample).block(1).get_by_role("link", name="3 more").click()
    expect(page.get_by_role("heading", name="15 annotations")).to_be_visible()
    expect(page.locator(".margin.all .card")).to_have_count(15)


def test_a_permalink_works_without_javascript(
    house: House, pages: WatchedPages, sample: Sample
) -> None:
    annotation_id = house.tag(sample, LAST, note="Seen without scripts.")
    page = pages.open(has_javascript=False)
    follow(house, page, annotation_id)
    card = page.locator(f"#a{annotation_id}")
    expect(card.locator(".card-full")).to_be_in_viewport()
    expect(card.get_by_label("Note")).to_have_value("Seen without scripts.")


def test_a_permalink_into_the_trash_says_so(house: House, page: Page, sample: Sample) -> None:
    annotation_id = house.tag(sample, FIRST)
    desk = Desk(house, page, sample)
    desk.open(annotation_id).get_by_role("button", name="Delete").click()
    expect(desk.cards).to_have_count(0)
    follow(house, page, annotation_id)
    expect(page.get_by_text("In the trash.")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(f"#a{annotation_id}")).to_be_visible()


def test_the_link_on_a_card_is_its_permalink(desk: Desk) -> None:
    annotation_id = desk.house.tag(desk.sample, FIRST)
    desk.page.reload()
    link = desk.open(annotation_id).get_by_role("link", name="Link to this annotation")
    expect(link).to_have_attribute("href", f"/annotations/{annotation_id}")


def test_the_filter_is_an_address_that_a_colleague_can_open(
    house: House, pages: WatchedPages, sample: Sample
) -> None:
    house.tag(sample, FIRST, "claim")
    house.tag(sample, SECOND, "demand", name="Otto")
    desk = Desk(house, pages.open(), sample)
    desk.page.locator(".filter").get_by_label("Claim").uncheck()
    desk.page.get_by_role("button", name="Show", exact=True).click()
    expect(desk.page.locator("mark")).to_have_class("demand")
    query = desk.page.url.split("?")[1]
    others = Desk(house, pages.open(), sample, name="Otto", query=f"?{query}")
    expect(others.page.locator("mark")).to_have_class("demand")
    expect(others.cards).to_have_count(1)
    expect(others.page.locator(".byline")).to_contain_text("some hidden by the filter")


def test_an_act_under_a_filter_keeps_the_filter(house: House, page: Page, sample: Sample) -> None:
    house.tag(sample, FIRST, "claim")
    desk = Desk(house, page, sample, query="?tag=demand")
    expect(desk.cards).to_have_count(0)
    desk.drag(SECOND)
    desk.choose("Demand")
    expect(desk.mark(SECOND)).to_be_visible()
    expect(desk.page.locator("mark")).to_have_count(1)
    desk.settle()
    expect(desk.page.locator(".byline .total")).to_have_text("2 annotations")


def test_a_filter_by_annotator(house: House, page: Page, sample: Sample) -> None:
    house.tag(sample, FIRST, "claim")
    house.tag(sample, SECOND, "claim", name="Otto")
    desk = Desk(house, page, sample)
    desk.page.locator(".filter").get_by_label(re.compile("^Ines")).uncheck()
    desk.page.get_by_role("button", name="Show", exact=True).click()
    expect(desk.mark(SECOND)).to_be_visible()
    expect(desk.page.locator("mark")).to_have_count(1)


def test_print_leaves_out_what_cannot_be_used_on_paper(desk: Desk) -> None:
    annotation_id = desk.house.tag(desk.sample, FIRST, note="Printed too.")
    desk.page.reload()
    desk.open(annotation_id)
    desk.drag(SECOND)
    expect(desk.bar).to_be_visible()
    desk.page.emulate_media(media="print")
    for place in (".masthead", ".outline", "#tagbar", "#toast", ".pilcrow >> nth=0", ".skip"):
        expect(desk.page.locator(place)).to_be_hidden()
    expect(desk.page.get_by_role("heading", name=desk.sample.title)).to_be_visible()
    expect(desk.mark(FIRST)).to_be_visible()
    expect(desk.page.locator(f"#a{annotation_id} > summary")).to_contain_text("Printed too.")
    expect(desk.page.locator(f"#a{annotation_id} > .body")).to_be_hidden()


def test_the_outline_leads_to_headings(house: House, page: Page) -> None:
    desk = Desk(house, page, house.add_article(LONG))
    page.get_by_role("navigation", name="In this article").get_by_role("link").click()
    expect(page).to_have_url(re.compile("#b2$"))
    assert desk.block(2).is_visible()
