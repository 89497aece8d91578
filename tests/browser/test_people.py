"""Two people and a project of theirs, in a browser: invited, at work, in another role, gone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.running import Site, fill_account
from tests.browser.test_accessibility import faults_of
from tests.harness.chromium import DESKTOP, PHONE, WatchedPages

TEXT = "The Ferry\n\nThe ferry is late. It was late last year.\n\nNobody counts."


def make_project(page: Page, site: Site, name: str) -> str:
    """Make a project as whoever has the page, and return the root of its addresses."""
    page.goto(site.address("/projects"))
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the project").click()
    expect(page.get_by_text("There are no articles here yet.")).to_be_visible()
    return page.url.removesuffix("/articles")


def reset_password(page: Page, guest: Page, name: str) -> None:
    """Set the only other member's password by a link from the page of the people."""
    page.get_by_role("button", name="Make a link for a new password").click()
    link = page.get_by_label(f"The link for {name}")
    expect(link).to_be_focused()
    guest.goto(link.input_value())
    expect(guest.get_by_role("heading", level=1)).to_have_text("Set a new password")
    assert faults_of(guest) == []
    guest.get_by_label("New password").fill("another phrase of words")
    guest.get_by_role("button", name="Set the password and sign in").click()
    expect(guest.get_by_text("Your password is changed")).to_be_visible()


@pytest.mark.page_errors("404", always=False)
def test_an_invited_stranger_tags_and_what_they_tagged_stays_when_they_are_removed(
    site: Site, page: Page, pages: WatchedPages
) -> None:
    site.enter(page, "Uma")
    project = make_project(page, site, "Ferries")
    page.get_by_role("link", name="Add articles").first.click()
    page.get_by_label("Paste a text").fill(TEXT)
    page.get_by_role("button", name="Read them").click()
    page.get_by_role("button", name="Add this article").click()
    article = page.url

    page.get_by_role("link", name="People").click()
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_label("The link for one person as annotator")).to_be_focused()
    link = page.get_by_label("The link for one person as annotator").input_value()
    assert faults_of(page) == []
    page.set_viewport_size(DESKTOP)

    guest = pages.open()
    guest.goto(link)
    expect(guest.get_by_role("heading", level=1)).to_have_text("You are invited to Ferries")
    assert faults_of(guest) == []
    guest.set_viewport_size(DESKTOP)
    fill_account(guest, "Vito")
    guest.get_by_role("link", name="The Ferry", exact=True).click()
    expect(guest.locator("html.scripted")).to_be_attached()
    guest.locator("#b2 .passage").focus()
    guest.keyboard.press("ArrowRight")
    guest.keyboard.press("1")
    expect(guest.locator(".card .by")).to_have_text("Vito")

    page.reload()
    row = page.locator(".people li", has_text="Vito").first
    expect(row).to_contain_text("1 annotation")
    row.get_by_label("Role of Vito", exact=True).select_option("reader")
    row.get_by_role("button", name="Change the role of Vito").click()
    expect(page.get_by_text("Vito is here as reader now.")).to_be_visible()
    guest.reload()
    expect(guest.locator("main.reading")).to_have_attribute("data-can-tag", "false")

    reset_password(page, guest, "Vito")
    guest.goto(article)

    row.get_by_text("Remove…").click()
    page.keyboard.press("Escape")
    expect(row.get_by_role("button", name="Remove Vito")).to_be_hidden()
    row.get_by_text("Remove…").click()
    assert faults_of(page) == []
    page.set_viewport_size(DESKTOP)
    row.get_by_role("button", name="Remove Vito").click()
    expect(page.get_by_role("region", name="No longer here")).to_contain_text("Vito")
    guest.reload()
    expect(guest.get_by_role("heading", name="Not found")).to_be_visible()
    page.goto(article)
    expect(page.locator(".card .by")).to_have_text("Vito")
    for address in (f"{project}/settings", site.address("/projects")):
        page.goto(address)
        assert faults_of(page) == []


def test_projects_are_switched_by_keyboard_and_on_a_phone_without_javascript(
    site: Site, pages: WatchedPages
) -> None:
    page = pages.open(viewport=PHONE, has_javascript=False)
    site.enter(page, "Wim")
    make_project(page, site, "A name that is far too long for the masthead of a telephone")
    summary = page.locator(".switcher summary")
    masthead = page.locator(".masthead")
    assert masthead.evaluate("it => it.offsetHeight") <= 56  # one row
    summary.focus()
    page.keyboard.press("Enter")
    links = masthead.get_by_role("link")
    pages_of = ["Articles", "Findings", "Guidelines", "Themes", "Activity", "People", "Help"]
    expect(masthead.locator(".pages").get_by_role("link")).to_have_text(pages_of)
    assert min(links.evaluate_all("them => them.map(it => it.offsetHeight)")) >= 24
    for _ in [*pages_of, "this project", "the other"]:
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="First project")).to_be_focused()
    width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(width)
    page.keyboard.press("Enter")
    expect(summary).to_contain_text("First project")
    summary.click()
    page.get_by_role("link", name="All projects, and a new one").click()
    expect(page.locator(".projects li")).to_have_count(2)
    page.get_by_role("link", name="Settings of A name").click()
    page.get_by_role("button", name="Archive the project").click()
    expect(page.get_by_role("region", name="Archived")).to_contain_text("A name that is far")
    page.get_by_role("link", name="Wim").click()
    expect(page.get_by_role("main").get_by_role("link", name="Help").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
