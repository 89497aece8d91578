"""Words in context in a real browser: aligned, by keyboard, on a phone, without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.running import Site
from tests.browser.sample import FIRST, SAMPLE, Sample
from tests.harness.chromium import PHONE, WatchedPages
from tests.harness.workbooks import records_of

PASSAGES = "/projects/first/findings/passages"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
# No other article of the tests has these words.
TEXT = SAMPLE.replace("floods", "overflows").replace("spring", "thaw")
SECOND = "It overflows every thaw, and nobody repairs it."
STARTS = "links => links.map(link => Math.round(link.getBoundingClientRect().left))"


@pytest.fixture(scope="module")
def sample(site: Site) -> Sample:
    """Give an article in which two sentences are tagged."""
    sample = site.add_article(TEXT)
    site.tag(sample, FIRST, "demand")
    site.tag(sample, SECOND, "claim")
    return sample


def test_words_are_sorted_in_context_by_keyboard(site: Site, page: Page, sample: Sample) -> None:
    site.enter(page)
    page.goto(site.address(PASSAGES))
    page.get_by_role("link", name="In context").press("Enter")
    page.get_by_role("searchbox", name="Search the passages").fill("overflows")
    page.keyboard.press("Enter")
    lines = page.locator(".in-context")
    expect(page.locator(".result-head h2")).to_have_text("4 hits")
    expect(lines).to_have_count(4)
    expect(lines.locator(".after b")).to_have_text(["every", "is", "Nobody", "The"])
    assert len(set(lines.locator(".line a").evaluate_all(STARTS))) == 1  # one below another
    page.get_by_label("Sort").select_option("second word before")
    expect(lines.locator(".before b")).to_have_text(["road", "road", "The", "The"])
    expect(page.locator(".result-head h2")).to_have_text("4 hits")
    page.get_by_role("checkbox", name="Only not tagged").focus()
    page.keyboard.press("Space")
    expect(lines).to_have_count(3)
    assert page.url.endswith("?q=overflows&view=context&by=before2&hits=untagged")
    page.get_by_role("checkbox", name="Only not tagged").uncheck()
    expect(lines).to_have_count(4)
    lines.get_by_role("link", name="Claim").click()
    expect(page.locator(".card[open]")).to_contain_text("It overflows")
    page.go_back()
    lines.nth(1).get_by_role("link", name="overflows").press("Enter")
    page.wait_for_url(f"{site.address(sample.path)}?find=overflows#b*")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_on_a_phone_a_line_stands_in_its_paragraph(
    site: Site, pages: WatchedPages, sample: Sample, *, has_javascript: bool
) -> None:
    page = pages.open(viewport=PHONE, has_javascript=has_javascript)
    site.enter(page)
    page.goto(site.address(f"{PASSAGES}?view=context&q=thaw"))
    expect(page.locator(".in-context .line")).to_contain_text(f"{FIRST} {SECOND}")
    page.get_by_label("Sort").select_option("place")
    if not has_javascript:
        page.locator(".tools").get_by_role("button", name="Show").click()
    page.wait_for_url("**?q=thaw&view=context&by=place*")
    expect(page.locator(".in-context")).to_have_count(1)
    expect(page.get_by_role("link", name="Claim")).to_be_visible()
    assert page.evaluate(FITS)
    assert sample.id


def test_every_place_is_downloaded_as_a_spreadsheet(site: Site, page: Page, sample: Sample) -> None:
    site.enter(page)
    page.goto(site.address(f"{PASSAGES}?view=context&q=overflows&by=before2"))
    buttons = page.locator(".result-head .button")
    place = buttons.bounding_box()
    page.get_by_label("About these files").click()
    expect(page.get_by_role("link", name="CSV with semicolons")).to_be_visible()
    assert buttons.bounding_box() == place  # what opens moves nothing
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX of these 4").click()
    assert download.value.suggested_filename == "first-places.xlsx"
    rows = records_of(download.value.path().read_bytes())
    assert {row["article_title"].value for row in rows} == {sample.title}
    shown = page.locator(".in-context .before").all_inner_texts()
    assert [str(row["left"].value).strip() for row in rows] == [words.strip() for words in shown]
