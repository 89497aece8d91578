"""Permalinks, the filter as an address, and print."""

import re

from playwright.sync_api import Page, expect

from app.annotations.models import Annotation
from app.articles.models import Article
from app.reading.pages.rendering.margins import CARDS_SHOWN
from tests.browser.reading_page import Desk
from tests.browser.running import OWNER, Site
from tests.browser.sample import FIRST, LAST, LONG, SECOND, THIRD, Sample
from tests.harness.builders import add_comment, add_many
from tests.harness.chromium import WatchedPages


def follow(site: Site, page: Page, annotation_id: int) -> None:
    site.enter(page)
    page.goto(site.address(f"/annotations/{annotation_id}"))


def expect_in_view(desk: Desk, words: str) -> None:
    desk.wait(lambda: 52 <= desk.boxes(words)[0].top <= 850, f"{words} in the window")


def test_a_permalink_opens_the_article_at_the_passage_with_its_card_open(
    site: Site, page: Page
) -> None:
    sample = site.add_article(LONG)
    words = "Paragraph 35 says again what was said before."
    annotation_id = site.tag(sample, words, "demand", note="Far down.")
    desk = Desk(site, page, sample)
    follow(site, page, annotation_id)
    expect(desk.open_card).to_have_id(f"a{annotation_id}")
    expect(desk.open_card.locator(".card-full")).to_be_in_viewport()
    expect(desk.open_card.get_by_label("Note")).to_have_value("Far down.")
    expect_in_view(desk, words)
    desk.wait(lambda: desk.painted("current") == [words], "the paint")
    expect(desk.open_card.locator("> summary")).to_be_focused()


def test_a_permalink_shows_a_card_that_does_not_come_with_its_block(
    site: Site, page: Page, sample: Sample
) -> None:
    with site.writing() as session:
        member = site.find_member(session, OWNER)
        add_many(session, member, session.get_one(Article, sample.id), CARDS_SHOWN + 2)
        session.commit()
    last = site.tag(sample, THIRD, "demand")
    desk = Desk(site, page, sample)
    expect(page.locator(f"#a{last}")).to_have_count(0)
    follow(site, page, last)
    expect(desk.open_card).to_have_id(f"a{last}")
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    expect_in_view(desk, FIRST)
    Desk(site, page, sample)
    line = desk.boxes(THIRD)[0]
    page.mouse.click(line.left + 40, (line.top + line.bottom) / 2)
    expect(desk.open_card).to_have_id(f"a{last}")
    expect(page.locator("#b1 .rest")).to_have_count(0)


def test_a_permalink_works_without_javascript(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    annotation_id = site.tag(sample, LAST, note="Seen without scripts.")
    page = pages.open(has_javascript=False)
    follow(site, page, annotation_id)
    card = page.locator(f"#a{annotation_id}")
    expect(card.locator(".card-full")).to_be_in_viewport()
    expect(card.get_by_label("Note")).to_have_value("Seen without scripts.")


def test_a_permalink_into_the_trash_says_so(site: Site, page: Page, sample: Sample) -> None:
    annotation_id = site.tag(sample, FIRST)
    desk = Desk(site, page, sample)
    desk.choose_in_menu(desk.open(annotation_id), "Delete")
    expect(desk.cards).to_have_count(0)
    follow(site, page, annotation_id)
    expect(page.get_by_text("In the trash.")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(f"#a{annotation_id}")).to_be_visible()


def test_the_link_on_a_card_is_its_permalink(desk: Desk) -> None:
    annotation_id = desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    card = desk.open(annotation_id)
    card.get_by_label("More about this annotation").click()
    link = card.get_by_role("link", name="Link to this annotation")
    expect(link).to_have_attribute("href", f"/annotations/{annotation_id}")


def test_the_filter_is_an_address_that_a_colleague_can_open(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    site.tag(sample, FIRST, "claim")
    site.tag(sample, SECOND, "demand", name="Otto")
    desk = Desk(site, pages.open(), sample)
    desk.page.locator(".filter").get_by_label("Claim").uncheck()
    expect(desk.page.locator("mark")).to_have_count(1)
    expect(desk.page.locator("mark")).to_contain_class("demand")
    query = desk.page.url.split("?")[1]
    others = Desk(site, pages.open(), sample, name="Otto", query=f"?{query}")
    expect(others.page.locator("mark")).to_contain_class("demand")
    expect(others.cards).to_have_count(1)
    expect(others.page.locator(".byline")).to_contain_text("some hidden by the filter")


def test_an_act_under_a_filter_keeps_the_filter(site: Site, page: Page, sample: Sample) -> None:
    site.tag(sample, FIRST, "claim")
    desk = Desk(site, page, sample, query="?tag=demand")
    expect(desk.cards).to_have_count(0)
    desk.drag(SECOND)
    desk.choose("Demand")
    expect(desk.mark(SECOND)).to_be_visible()
    expect(desk.page.locator("mark")).to_have_count(1)
    desk.settle()
    expect(desk.page.locator(".byline .total")).to_have_text("2 annotations")


def test_a_filter_by_annotator(site: Site, page: Page, sample: Sample) -> None:
    site.tag(sample, FIRST, "claim")
    site.tag(sample, SECOND, "claim", name="Otto")
    desk = Desk(site, page, sample)
    desk.page.locator(".filter").get_by_label(re.compile("^Ines")).uncheck()
    expect(desk.mark(SECOND)).to_be_visible()
    expect(desk.page.locator("mark")).to_have_count(1)


def test_print_leaves_out_what_cannot_be_used_on_paper(desk: Desk) -> None:
    annotation_id = desk.site.tag(desk.sample, FIRST, note="Printed too.")
    desk.page.reload()
    desk.open(annotation_id)
    desk.drag(SECOND)
    expect(desk.bar).to_be_visible()
    desk.page.emulate_media(media="print")
    for place in (
        ".masthead",
        ".rail",
        ".strip",
        ".footbar",
        "#tagbar",
        "#toast",
        ".pilcrow >> nth=0",
        ".skip >> nth=0",
    ):
        expect(desk.page.locator(place)).to_be_hidden()
    expect(desk.page.get_by_role("heading", name=desk.sample.title)).to_be_visible()
    expect(desk.mark(FIRST)).to_be_visible()
    expect(desk.page.locator(f"#a{annotation_id} > summary")).to_contain_text("Printed too.")
    expect(desk.page.locator(f"#a{annotation_id} > .body")).to_be_hidden()
    desk.site.tag(desk.sample, SECOND, name="Otto")  # there is somebody to assign to
    desk.page.emulate_media(media="screen")
    desk.page.goto(desk.site.address("/projects/first/articles"))
    desk.page.emulate_media(media="print")
    expect(desk.page.get_by_role("link", name=desk.sample.title, exact=True)).to_be_visible()
    for place in (".tools", ".add", ".pick", ".progress .more", "#assign"):
        expect(desk.page.locator(place).first).to_be_hidden()
    desk.page.emulate_media(media="screen")
    desk.page.goto(desk.site.address("/projects/first/findings/passages"))
    desk.page.emulate_media(media="print")
    expect(desk.page.locator(".hit").first).to_be_visible()
    for place in (".tools", ".download", ".pick-many", ".facets"):
        expect(desk.page.locator(place).first).to_be_hidden()
    project = desk.page.locator(".when-printed")
    expect(project).to_have_text(re.compile("^First project · "))
    expect(project).to_be_visible()
    desk.page.emulate_media(media="screen")
    expect(project).to_be_hidden()


def test_print_has_whole_notes_and_threads_under_their_paragraph(desk: Desk) -> None:
    note = "Nobody says who is to pay for it, and the town has no money. " * 4
    annotation_id = desk.site.tag(desk.sample, FIRST, note=note)
    with desk.site.writing() as session:
        ines = desk.site.find_member(session, "Ines")
        made = session.get_one(Annotation, annotation_id)
        add_comment(session, ines, made, "Is this so?", is_question=True)
    desk.page.reload()
    desk.page.emulate_media(media="print")
    desk.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = desk.block(1).locator(".printed")
    expect(printed).to_be_visible()
    expect(printed).to_contain_text(note.strip())
    expect(printed).to_contain_text("Ines asks: Is this so?")
    assert desk.box(printed).top > desk.boxes(FIRST)[0].bottom
    expect(desk.block(1).locator(".margin")).to_be_hidden()
    desk.page.emulate_media(media="screen")
    expect(printed).to_be_hidden()
    desk.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(printed).to_have_count(0)


def test_the_outline_leads_to_headings(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(LONG))
    page.get_by_role("navigation", name="In this article").get_by_role("link").click()
    expect(page).to_have_url(re.compile("#b2$"))
    assert desk.block(2).is_visible()
