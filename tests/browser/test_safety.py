"""Words stay words: nothing that an article, a name or a note holds is ever run."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import FIRST, Sample
from tests.harness.builders import PASSWORD
from tests.harness.chromium import WatchedPages

RUNS = "<script>window.ran = true</script>"
LOADS = '<img src="x" onerror="window.ran = true">'
ENTITY = "&lt;b&gt; &amp;amp; “quoted” 'so'"

EVIL = f"""By {LOADS}, The Ferry Post, 3/9/25

Danger NUMBER {LOADS}

It says {RUNS} in the middle and {LOADS} at the end. It also says {ENTITY} here.

See [javascript:window.ran=true] and [https://example.org/"onmouseover="window.ran=true].

</textarea></blockquote></main>{RUNS} It closes what it did not open.
"""

EVIL_MARKDOWN = f"""---
title: 'Danger NUMBER {RUNS}'
author: '{RUNS}'
publication: '{LOADS}'
date: 2025-03-09
source_url: javascript:window.ran=true
language: en" onload="window.ran=true
---

It says {RUNS} and {LOADS}.

Follow [this link](javascript:window.ran=true), [that one](data:text/html,{RUNS}) or
[a third](https://example.org/?a="><script>window.ran=true</script>).

- {LOADS}

| {RUNS} | {LOADS} |
|---|---|
| {RUNS} | {LOADS} |
"""


def expect_nothing_ran(page: Page) -> None:
    page.wait_for_load_state()
    page.wait_for_timeout(200)  # a page that listens is never idle
    assert page.evaluate("window.ran") is None
    assert page.locator("img").count() == 0
    scripts = page.locator("script:not([src])")
    assert scripts.count() == 0


@pytest.fixture(params=[EVIL, EVIL_MARKDOWN], ids=["txt", "md"])
def evil(site: Site, request: pytest.FixtureRequest) -> Sample:
    is_plain = request.param is EVIL
    return site.add_article(request.param, ".txt" if is_plain else ".md")


def test_an_article_runs_nothing(site: Site, page: Page, evil: Sample) -> None:
    desk = Desk(site, page, evil)
    expect(desk.page.locator(".article")).to_contain_text("window.ran = true")
    expect_nothing_ran(page)
    written = "It says <script>window.ran = true"
    desk.tag(written if written in evil.text else "It says", "Claim")  # HTML is no text of Markdown
    expect_nothing_ran(page)
    desk.cards.first.locator("> summary").click()
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    expect_nothing_ran(page)
    for path in ("/projects/first/articles", f"{evil.path}/blocks/1", f"{evil.path}/at/12"):
        page.goto(site.address(path))
        expect_nothing_ran(page)


def test_what_was_tagged_in_it_is_kept_to_the_letter(site: Site, page: Page) -> None:
    evil = site.add_article(EVIL, ".txt")
    desk = Desk(site, page, evil)
    words = f"It also says {ENTITY} here."
    desk.tag(words, "Demand")
    (row,) = site.rows(evil)
    assert row["quote"] == words
    assert (row["start"], row["end"]) == evil.span(words)
    assert row["article_author"] == LOADS or LOADS in row["article_title"]


def test_links_lead_only_where_links_may(site: Site, page: Page, evil: Sample) -> None:
    Desk(site, page, evil)
    for link in page.locator("main a").all():
        address = link.evaluate("it => new URL(it.href).protocol")
        assert address in {"http:", "https:", "mailto:"}
        assert link.get_attribute("onmouseover") is None


def test_a_note_runs_nothing(desk: Desk) -> None:
    note = f"{RUNS}{LOADS}</textarea>{RUNS}"
    annotation_id = desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    card = desk.open(annotation_id)
    card.get_by_label("Note").fill(note)
    card.get_by_label("Note").blur()
    desk.settle()
    expect(desk.open_card.get_by_label("Note")).to_have_value(note)
    expect_nothing_ran(desk.page)
    desk.page.reload()
    desk.open(annotation_id)
    expect(desk.open_card.get_by_label("Note")).to_have_value(note)
    expect_nothing_ran(desk.page)
    for path in ("card", "history"):
        desk.page.goto(desk.site.address(f"/annotations/{annotation_id}/{path}"))
        expect_nothing_ran(desk.page)
    assert desk.site.note_of(annotation_id) == note


def test_a_name_runs_nothing(site: Site, pages: WatchedPages, sample: Sample) -> None:
    page = pages.open()
    page.goto(site.address("/sign-up"))
    page.get_by_label("Name").fill(f"Eve {LOADS}")
    page.get_by_label("Email").fill("eve@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Articles", exact=True)).to_be_visible()
    expect_nothing_ran(page)
    page.goto(site.address(sample.path))
    page.locator("#b1 .passage").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    expect(page.locator(".card .by")).to_have_text(f"Eve {LOADS}")
    expect_nothing_ran(page)
    others = pages.open()
    site.enter(others)
    others.goto(site.address(sample.path))
    expect(others.locator(".card .by")).to_have_text(f"Eve {LOADS}")
    expect(others.locator(".filter")).to_contain_text(f"Eve {LOADS}")
    expect_nothing_ran(others)


def test_a_search_runs_nothing(site: Site, page: Page) -> None:
    site.enter(page)
    page.goto(site.address("/projects/first/articles"))
    page.get_by_label("Search titles, authors and texts").fill(f'"nobody wrote {RUNS}{LOADS}')
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".empty")).to_contain_text(RUNS)
    expect_nothing_ran(page)


@pytest.mark.page_errors("Content Security Policy")
def test_even_a_script_that_got_into_the_page_would_not_run(desk: Desk) -> None:
    desk.page.evaluate("""() => {
      const image = document.createElement('div');
      image.innerHTML = '<img onerror="window.ran = true">';
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(image, script);
      image.firstChild.dispatchEvent(new Event('error'));
    }""")
    assert desk.page.evaluate("window.ran") is None


@pytest.mark.page_errors("Content Security Policy")
def test_the_page_sends_nothing_to_other_places(desk: Desk) -> None:
    assert desk.page.evaluate(
        "fetch('https://example.org/', {method: 'POST', body: 'x'}).then(() => false, () => true)"
    )
