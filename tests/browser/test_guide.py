"""A first visit in a browser: tag, note and CSV without the documents."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.reading_page import Held, wait
from tests.browser.running import Site


def test_a_newcomer_is_led_to_tag_note_and_csv(site: Site, browser: Browser) -> None:
    sample = site.add_article()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    site.enter(page, "Nora")
    held = Held()
    page.route("**/reading.mjs", held.hold)
    page.goto(site.address(sample.path), wait_until="commit")
    steps = page.locator("#guide li:not(.done)")
    expect(steps).to_have_count(3)
    wait(page, lambda: held.routes, "the modules to be asked for")
    before = page.locator(".passage").first.bounding_box()
    held.let_go()
    page.unroute("**/reading.mjs")
    expect(page.locator("html.scripted")).to_be_attached()
    page.locator(".passage").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    expect(page.locator("mark").first).to_be_visible()
    expect(steps).to_have_count(2)
    # Neither the modules nor a step that is done move the text under someone's hands.
    assert page.locator(".passage").first.bounding_box() == before
    page.keyboard.press("n")
    page.keyboard.type("Who says so?")
    expect(page.locator(".card[open] .state")).to_have_text("Saving…")
    expect(steps).to_have_count(2)  # it is typed, and not saved
    page.keyboard.press("Control+Enter")
    expect(steps).to_have_count(1)
    with page.expect_download():
        steps.get_by_role("link").click()
    expect(steps).to_have_count(0)
    page.reload()
    expect(page.locator("mark").first).to_be_visible()
    expect(page.locator("#guide")).to_have_count(0)
    context.close()


def test_where_there_are_no_keys_none_are_spoken_of(site: Site, phone: Page) -> None:
    sample = site.add_article("---\ntitle: הגשר\nlanguage: he\n---\n\nהנמל חייב להתפרסם.\n")
    site.enter(phone, "Noah")
    phone.goto(site.address(sample.path))
    guide = phone.locator("#guide")
    expect(guide.locator("kbd").filter(visible=True)).to_have_count(0)
    expect(guide).to_contain_text("Select words in the text: four tags appear.")
    expect(guide).to_have_css("direction", "ltr")  # in an article from the right, too
