"""Finding words in an article that is open: by key, by button, by an address, without a script."""

import re

from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.harness.axe import violations_in

TEXT = """---
title: Finding NUMBER
---

The élan of the harbour came back. Nobody wrote about the Élan of others.

"""
HITS = """name => [...(CSS.highlights.get(name) ?? [])].map(range => range.toString())"""


def hits(page: Page, name: str = "found") -> list[str]:
    found: list[str] = page.evaluate(HITS, name)
    return found


def test_words_are_found_marked_and_stepped_through_by_key(site: Site, page: Page) -> None:
    more = "\n\n".join(f"Paragraph {number} says nothing new." for number in range(60))
    article = site.add_article(f"{TEXT}{more}\n\nAt last there was l’e\u0301lan once more.\n")
    desk = Desk(site, page, article)
    bar = page.get_by_role("search", name="Find in this article")
    field = bar.get_by_role("searchbox")
    expect(bar).to_be_hidden()
    desk.block(2).locator(".passage").focus()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("elan")
    expect(bar.locator("output")).to_have_text("1 of 3")
    assert [each.casefold() for each in hits(page)] == ["élan", "élan", "élan"]
    assert hits(page, "found-here") == ["élan"]
    page.keyboard.press("Enter")
    expect(bar.locator("output")).to_have_text("2 of 3")
    assert hits(page, "found-here") == ["Élan"]
    page.keyboard.press("Enter")
    expect(bar.locator("output")).to_have_text("3 of 3")
    expect(page.locator(".text", has_text="At last there was")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(bar.locator("output")).to_have_text("1 of 3")
    page.keyboard.press("Shift+Enter")
    expect(bar.locator("output")).to_have_text("3 of 3")
    assert violations_in(page) == []
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    assert hits(page) == []
    expect(page.locator(".block").last.locator(".passage")).to_be_focused()
    page.get_by_role("link", name="Find", exact=True).click()
    expect(field).to_be_focused()
    page.keyboard.type(" zebra")
    page.keyboard.press("Enter")
    expect(bar.locator("output")).to_have_text("0 of 0")
    expect(bar).to_contain_text("Not found in this article.")
    field.fill('"elan of" OR')
    expect(bar).to_contain_text("So it was searched as plain words.")
    bar.get_by_role("link", name="Close").click()
    expect(bar).to_be_hidden()
    page.goto(f"{page.url.split('?')[0]}?find=harbour")
    expect(bar.locator("output")).to_have_text("1 of 1")
    assert hits(page) == ["harbour"]
    # While the list is closed, what stands below the field is one line.
    places, every = bar.get_by_text("1 place"), bar.get_by_role("link", name="Tag every one…")
    assert abs(desk.box(places).top - desk.box(every).top) < 3
    places.click()
    bar.get_by_role("link", name=re.compile("The élan of the harbour")).click()
    assert hits(page, "found-here") == ["harbour"]
