"""Themes on the card: chosen by key, new ones by Enter twice, and without JavaScript too."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import OWNER, Site
from tests.browser.sample import SECOND, Sample
from tests.harness.axe import violations_in
from tests.harness.builders import add_theme
from tests.harness.chromium import WatchedPages


def themes_of(site: Site, sample: Sample) -> str:
    """Return the names of the themes of the sample's only annotation, as the CSV has them."""
    (row,) = site.rows(sample)
    return row["themes"]


def test_themes_are_chosen_made_and_taken_off_by_key(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, SECOND)
    desk.page.reload()
    card = desk.open(number)
    desk.press("h")
    field = card.get_by_role("combobox", name="Themes")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    # A new name takes Enter twice.
    desk.page.keyboard.type("Élan of ports")
    expect(card.get_by_role("option", name="New: “Élan of ports”")).to_be_visible()
    desk.press("Enter")
    again = card.get_by_role("option", name="Enter again makes the new theme “Élan of ports”")
    expect(again).to_be_visible()
    expect(again).to_have_attribute("aria-selected", "true")
    assert violations_in(desk.page) == []
    desk.press("Enter")
    expect(card.get_by_role("button", name="Élan of ports, take off")).to_be_visible()
    expect(field).to_be_focused()
    desk.page.keyboard.type("fishing")
    desk.press("Enter")
    desk.press("Enter")
    expect(card.get_by_role("button", name="fishing, take off")).to_be_visible()
    desk.settle()
    assert themes_of(desk.site, desk.sample) == "Élan of ports;fishing"
    # What begins a word finds it; what the annotation has is not offered.
    desk.press("Backspace")
    expect(card.locator("button[name=drop]")).to_have_count(1)
    desk.page.keyboard.type("fi")
    option = card.get_by_role("option", name="fishing", exact=True)
    expect(option).to_have_attribute("aria-selected", "true")
    expect(card.get_by_role("option", name=re.compile("ports"))).to_have_count(0)
    desk.press("Escape")
    expect(card.get_by_role("listbox")).to_have_count(0)
    expect(desk.open_card).to_have_count(1)
    desk.press("ArrowDown")
    desk.press("Tab")
    expect(card.locator("button[name=drop]")).to_have_count(2)
    desk.settle()
    assert themes_of(desk.site, desk.sample) == "Élan of ports;fishing"
    field.focus()
    desk.press("Escape")
    expect(desk.open_card).to_have_count(0)
    assert desk.focus == "div.passage"
    # What is asked for in the filter follows at once, like its count.
    form = desk.page.locator(".filter")
    form.get_by_label("fishing").check()
    expect(desk.page).to_have_url(re.compile(r"\?theme=\d+$"))
    desk.page.route("**/rail*", lambda _route: None)  # what is fetched later never comes
    desk.page.locator(".rail").get_by_role("button", name="Undo").click()
    expect(form.locator(".shown")).to_contain_text("0 of 1 shown")
    expect(form.locator("label", has_text="fishing").locator(".n")).to_have_text("0")
    desk.settle()
    desk.wait(lambda: themes_of(desk.site, desk.sample) == "Élan of ports", "the theme is undone")


def test_a_name_with_a_semicolon_makes_no_theme_and_stays_in_the_field(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, SECOND)
    desk.page.reload()
    card = desk.open(number)
    desk.press("h")
    desk.page.keyboard.type("Night; work")
    expect(card.get_by_role("option", name="New: “Night; work”")).to_be_visible()
    for _ in range(2):
        desk.press("Enter")
        no_semicolon = "The name of a theme has no semicolon: leave it out"
        expect(card.get_by_role("option", name=no_semicolon)).to_be_visible()
    expect(card.get_by_role("combobox", name="Themes")).to_have_value("Night; work")
    expect(card.locator("button[name=drop]")).to_have_count(0)


def test_all_that_is_offered_is_seen_without_scrolling(desk: Desk) -> None:
    with desk.site.writing() as session:
        ines = desk.site.find_member(session, "Ines")
        for number in range(7):
            add_theme(session, ines, f"Quay {number}")
    number = desk.site.tag(desk.sample, SECOND)
    desk.page.reload()
    card = desk.open(number)
    desk.press("h")
    desk.page.keyboard.type("quay")
    options = card.get_by_role("listbox")
    expect(options.get_by_role("option")).to_have_count(7)  # the last one makes a new theme
    assert options.evaluate("list => list.scrollHeight <= list.clientHeight")


@pytest.mark.page_errors("422")
def test_themes_are_given_without_javascript(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    page: Page = pages.open(has_javascript=False)
    site.enter(page)
    number = site.tag(sample, SECOND)
    page.goto(site.address(f"/annotations/{number}/card"))
    page.get_by_label("Themes").fill("who pays; Money matters")
    page.get_by_role("button", name="Save").click()
    asked = page.get_by_label("There is no theme “Money matters” yet")
    expect(asked).to_be_visible()
    page.get_by_label("There is no theme “who pays” yet").select_option(
        "Make the new theme “who pays”"
    )
    asked.select_option("Make the new theme “Money matters”")
    page.get_by_role("button", name="Save").click()
    page.goto(site.address(f"/annotations/{number}/card"))
    assert themes_of(site, sample) == "Money matters;who pays"
    page.get_by_role("button", name="who pays, take off").click()
    page.goto(site.address(f"/annotations/{number}/card"))
    page.get_by_label("Themes").fill("MONEY maters; who pays")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("There is no theme “MONEY maters” yet").select_option("Money matters")
    page.get_by_role("button", name="Save").click()
    page.goto(site.address(f"/annotations/{number}/card"))
    assert themes_of(site, sample) == "Money matters;who pays"


def test_a_theme_is_moved_by_one_key_again_and_again(site: Site, page: Page) -> None:
    site.enter(page)
    with site.writing() as session:
        member = site.find_member(session, OWNER)
        for name in ("weeds", "weirs", "wharves", "winches"):
            add_theme(session, member, name)
    page.goto(site.address("/projects/first/themes"))
    names = page.locator(".themes").first.locator(".theme")  # archived ones stand below
    before = names.all_inner_texts()
    page.get_by_role("button", name="Move winches up").focus()
    for _ in range(2):
        expect(page.get_by_role("button", name="Move winches up")).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move winches up")).to_be_focused()
    expect(names).to_have_text([*before[:-3], "winches", "weirs", "wharves"])
