"""Texts that run from the right, and pages whose words the browser has changed."""

from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import Site, briefly

HEBREW = """---
title: \u05d4\u05d2\u05e9\u05e8 NUMBER
author: \u05de\u05e8\u05d4 \u05d4\u05d5\u05dc\u05d8
---

\u05d4\u05e2\u05d9\u05e8\u05d9\u05d9\u05d4 \u05d4\u05db\u05e8\u05d9\u05d6\u05d4. \
\u05d4\u05db\u05e1\u05e3 \u05dc\u05d0 \u05d4\u05d5\u05e6\u05d0.

NATO 2024 \u05d4\u05d3\u05d5\u05d7 \u05d7\u05d9\u05d9\u05d1.

The report must be published.
"""

TWO_PORTS = """---
title: The Pier NUMBER
---

Everyone who met him at the Port in December heard the same promise, and wrote it down.

The minister came to the Port during the winter and promised a pier. Nobody asked.
"""

# As browsers do: the words of a paragraph go into elements of the browser's own.
TRANSLATE = """words => {
  const texts = document.querySelectorAll('.article > .block .text');
  for (const [place, text] of [...texts].entries()) {
    const font = document.createElement('font');
    font.textContent = words[place];
    text.replaceChildren(font);
  }
}"""


def test_an_article_in_hebrew_runs_from_the_right(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(HEBREW))
    first, second, *_ = desk.sample.text.split("\n\n")[0].split(". ")
    assert page.locator(".article").get_attribute("dir") == "rtl"
    directions = "[...document.querySelectorAll('.text')].map(it => getComputedStyle(it).direction)"
    assert page.evaluate(directions) == ["rtl", "rtl", "ltr"]
    title = desk.box(page.locator(".article h1"))
    assert abs(title.right - desk.box(desk.block(1).locator(".passage")).right) < 2
    desk.block(1).locator(".passage").focus()
    for words in (f"{first}.", second):
        desk.press("ArrowLeft")  # where the lines go on
        expect(page.locator("#said")).to_have_text(words)
    desk.press("ArrowRight", "1")
    expect(desk.mark(f"{first}.")).to_be_visible()
    assert briefly(site.rows(desk.sample)) == [("claim", f"{first}.")]
    last = second.rstrip(".")
    desk.drag(last)
    desk.choose("Demand")
    desk.settle()
    assert briefly(site.rows(desk.sample))[1] == ("demand", last)
    margin, text = desk.box(desk.cards.first), desk.box(desk.block(1).locator(".text"))
    assert margin.right <= text.left + 1


def test_beside_hebrew_the_paragraph_mark_and_the_card_are_whole(site: Site, page: Page) -> None:
    sample = site.add_article(HEBREW)
    number = site.tag(sample, sample.text.split(".")[0])
    desk = Desk(site, page, sample)
    for width in (1440, 1024, 820):
        page.set_viewport_size({"width": width, "height": 900})
        mark = desk.block(1).locator(".pilcrow")
        desk.block(1).hover()
        expect(mark).to_have_css("opacity", "1")
        assert desk.box(mark).right <= width
        assert page.evaluate("document.documentElement.scrollWidth") == width
    card = desk.open(number)
    assert desk.box(card.locator("> .body")).left >= desk.box(card).left
    page.goto(site.address(f"{sample.path}/print"))
    title, byline = page.locator("h1"), page.locator(".byline bdi")
    assert abs(desk.box(title).right - desk.box(byline).right) < 2


def test_translated_words_are_refused_and_unchanged_ones_are_not(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(TWO_PORTS))
    first = desk.sample.text.split("\n\n")[0]
    page.evaluate(TRANSLATE, [first, "Der Minister kam zum Port in diesem Winter. Niemand fragte."])
    expect(desk.toast).to_contain_text("This page is translated.")
    desk.select("zum Port")
    expect(page.locator("#changedbar")).to_contain_text("not the article’s own words")
    expect(desk.bar).to_be_hidden()
    desk.press("1")
    expect(desk.hint).to_contain_text("Nothing was tagged")
    assert site.rows(desk.sample) == []
    desk.select("Port in December")
    expect(desk.bar).to_be_visible()
    expect(page.locator("#changedbar")).to_be_hidden()
    desk.press("2")
    desk.settle()
    (row,) = site.rows(desk.sample)
    assert (row["tag"], row["start"]) == ("demand", str(first.index("Port in December")))


def test_the_page_knows_the_words_of_every_kind_of_block(site: Site, page: Page) -> None:
    kinds = (
        "---\ntitle: Kinds NUMBER\n---\n\n# Caf\u00e9 \U0001f600\n\nA *word* of `code` and "
        "[a link](https://example.org).[^1]\n\n- One\n- Two\n\n> Said.\n\n| a | b |\n|---|---|\n"
        "| 1 | 2 |\n\n```\nfirst\n  second\n```\n\n[^1]: Below.\n"
    )
    desk = Desk(site, page, site.add_article(kinds))
    blocks = page.locator(".article > .block")
    assert blocks.count() >= 8
    for number in range(1, blocks.count() + 1):
        desk.block(number).locator(".text").evaluate("it => getSelection().selectAllChildren(it)")
        expect(desk.bar).to_be_visible()
        expect(page.locator("#changedbar")).to_be_hidden()
