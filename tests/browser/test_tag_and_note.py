"""Tagging and writing notes at speed: each note is its own tag's, no key does more than it says."""

import itertools

from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk, Held
from tests.browser.running import Site
from tests.browser.sample import FIRST, LONG, SECOND, Sample

TAGS = ("claim", "demand", "assumption", "citation")
SENTENCES = 30


def said(desk: Desk) -> list[tuple[str, str]]:
    """Return tag and note of every row, in the order of the text."""
    return [(row["tag"], row["note"]) for row in desk.site.rows(desk.sample)]


def test_thirty_sentences_keep_the_tags_and_notes_that_they_were_given(
    site: Site, page: Page
) -> None:
    desk = Desk(site, page, site.add_article(LONG))
    desk.block(1).locator(".passage").focus()
    given = []
    for number, key in zip(range(SENTENCES), itertools.cycle("1234"), strict=False):
        note = f"1234 {number} nec? jk"  # every letter would do something, were it a key
        desk.press("ArrowRight", key, "n")
        page.keyboard.type(note)
        desk.press("Control+Enter", *(["Escape"] if number % 2 else []))
        given.append((TAGS[int(key) - 1], note))
    desk.settle()
    desk.wait(lambda: not desk.stored("note"), "no draft")
    assert said(desk) == given
    expect(desk.open_card).to_have_count(0)
    assert desk.focus == "div.passage"


def test_with_a_card_open_a_digit_says_what_it_needs_and_changes_nothing(desk: Desk) -> None:
    desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    desk.block(1).locator(".passage").focus()
    desk.press("Enter")
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    desk.press("4")
    expect(desk.hint).to_contain_text("Select words to tag them")
    desk.settle()
    assert [row["tag"] for row in desk.site.rows(desk.sample)] == ["claim"]


def test_a_note_is_written_before_the_server_has_the_tag(
    site: Site, page: Page, sample: Sample
) -> None:
    desk = Desk(site, page, sample)
    held = Held()
    page.route("**/annotations", held.hold, times=2)
    desk.block(1).locator(".passage").focus()
    desk.press("ArrowRight", "1", "n")
    page.keyboard.type("Done with 1.")
    desk.press("Control+Enter", "ArrowRight", "2", "n")
    page.keyboard.type("Still at ")
    expect(desk.pending.first).to_contain_text("Done with 1.")
    held.let_go()
    desk.wait(lambda: held.routes, "the second tag")
    held.let_go()
    expect(desk.open_card.get_by_label("Note")).to_be_focused()
    page.keyboard.type("2.")
    desk.press("Control+Enter")
    desk.settle()
    desk.wait(
        lambda: said(desk) == [("claim", "Done with 1."), ("demand", "Still at 2.")], "the notes"
    )
    assert [row["quote"] for row in site.rows(sample)] == [FIRST, SECOND]


def test_a_note_goes_with_its_tag_though_the_page_is_closed(
    site: Site, page: Page, sample: Sample
) -> None:
    desk = Desk(site, page, sample)
    page.route("**/annotations", Held().hold)
    desk.block(1).locator(".passage").focus()
    desk.press("ArrowRight", "1", "n")
    page.keyboard.type("Half a thought")
    page.unroute("**/annotations")
    page.goto(site.address("/help"))
    desk.settle()
    assert said(desk) == [("claim", "Half a thought")]


def test_n_puts_the_caret_after_the_note_that_is_there(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, FIRST, note="First")
    desk.page.reload()
    desk.block(1).locator(".passage").focus()
    desk.press("n")
    desk.page.keyboard.type(", and more")
    desk.press("Control+Enter")
    desk.wait(lambda: desk.site.note_of(number) == "First, and more", "the note")


def test_a_note_that_is_done_before_its_card_is_there_is_saved(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    held = Held()
    desk.page.route(f"**/annotations/{number}/card", held.hold, times=1)
    desk.block(1).locator(".passage").focus()
    desk.press("n")
    desk.page.keyboard.type("Done at once.")
    desk.press("Control+Enter", "ArrowRight", "ArrowRight", "2")
    desk.wait(lambda: not desk.stored("outbox"), "the answer, whose block waits")
    held.let_go()
    desk.wait(lambda: desk.site.note_of(number) == "Done at once.", "the note")
    expect(desk.mark(SECOND)).to_be_visible()


def test_a_note_goes_on_while_its_block_waits_for_the_card_of_another(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    card, tag = Held(), Held()
    desk.page.route(f"**/annotations/{number}/card", card.hold)
    desk.page.route("**/annotations", tag.hold, times=1)
    desk.block(1).locator(".passage").focus()
    desk.press("n")
    desk.page.keyboard.type("First.")
    desk.press("Control+Enter", "ArrowRight", "ArrowRight", "2", "n")
    desk.page.keyboard.type("It goes")
    desk.wait(lambda: tag.routes, "the second tag")
    tag.let_go()
    expect(desk.pending.first).to_contain_text("Demand saved")
    desk.page.keyboard.type(" on")
    card.let_go()
    expect(desk.pending).to_have_count(0)
    desk.page.keyboard.type(" and on.")
    desk.press("Control+Enter")
    wanted = [("claim", "First."), ("demand", "It goes on and on.")]
    desk.wait(lambda: said(desk) == wanted, "the notes")
