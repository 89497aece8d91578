"""Tagging apart, in a browser: assigned, tagged, marked as done by keyboard, and then together."""

from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import FIRST, SECOND, Sample
from tests.browser.test_accessibility import faults_of
from tests.harness.chromium import DESKTOP, WatchedPages


def test_who_is_done_sees_what_others_tagged(
    site: Site, page: Page, pages: WatchedPages, sample: Sample
) -> None:
    site.tag(sample, SECOND, "demand", note="a note by Ines")
    site.sign_up("Bram")
    site.enter(page)
    page.goto(site.address(f"{sample.path}/assignments"))
    page.locator("form.assign").get_by_label("Bram", exact=True).check()
    page.get_by_label("Due").fill("2030-01-31")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Bram not started · due 31 Jan 2030")).to_be_visible()
    page.get_by_text("Make it independent…").click()
    expect(page.get_by_text("Tagged already: 1 annotation by 1 person")).to_be_visible()
    assert faults_of(page) == []
    page.set_viewport_size(DESKTOP)
    page.get_by_role("button", name="Make it independent").click()
    expect(page.get_by_text("The article is independent now.")).to_be_visible()

    guest = pages.open()
    site.enter(guest, "Bram")
    guest.goto(site.address("/projects/first/articles"))
    guest.get_by_role("link", name="Mine to do").click()
    expect(guest.get_by_role("link", name=sample.title, exact=True)).to_be_visible()
    assert faults_of(guest) == []
    guest.set_viewport_size(DESKTOP)
    desk = Desk(site, guest, sample, name="Bram")
    part = guest.locator("#part")
    expect(part).to_contain_text("You are: not started")
    desk.drag(FIRST)
    desk.choose("Claim")
    expect(part).to_contain_text("You are: in progress")
    expect(guest.locator("mark.demand")).to_have_count(0)
    expect(guest.locator(".byline").get_by_text("1 annotation", exact=True)).to_be_visible()
    assert faults_of(guest) == []
    guest.set_viewport_size(DESKTOP)

    also_open = guest.context.new_page()
    also_open.goto(site.address(sample.path))
    expect(also_open.locator("#part")).to_contain_text("You are: in progress")

    done = guest.get_by_role("button", name="Mark as done and see what others tagged")
    guest.locator(".byline a").last.focus()
    guest.keyboard.press("Tab")
    expect(done).to_be_focused()
    guest.keyboard.press("Enter")
    expect(guest.get_by_text("You see what everyone tagged now.")).to_be_visible()
    expect(guest.locator("mark.demand")).to_have_text(SECOND)
    expect(part).to_contain_text("You are: done")
    expect(also_open.locator("#reload")).to_contain_text("What you see here has changed.")
    expect(desk.page.locator("#reload")).to_be_empty()
