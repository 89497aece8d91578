"""The matrix of positions in a real browser: its heads stay, and a phone has a list."""

import pytest
from playwright.sync_api import Locator, expect

from app.articles.models import Article
from tests.browser.reading_page import Box
from tests.browser.running import Site
from tests.harness.builders import add_annotation, add_article, add_party, add_position
from tests.harness.chromium import PHONE, WatchedPages

POSITIONS = "/projects/first/findings/positions"
MANY = 18  # parties, and positions


@pytest.fixture(scope="module")
def spoken(site: Site) -> Article:
    """Give an article in which all parties speak of one position, and one party of them all."""
    with site.writing() as session:
        ines = site.find_member(session, "Ines")
        names = [f"The harbour board of bay {number:02}" for number in range(MANY)]
        article = add_article(session, "\n\n".join(f"{name} has spoken." for name in names))
        parties = [add_party(session, ines, name) for name in names]
        positions = [add_position(session, ines, f"Bay {n} stays open.") for n in range(MANY)]
        said = [
            (f"{name} has", party, positions[0]) for name, party in zip(names, parties, strict=True)
        ]
        said += [
            (f"{name} has spoken", parties[0], position)
            for name, position in zip(names[1:], positions[1:], strict=True)
        ]
        for quote, party, position in said:
            tag = "claim" if position is positions[0] else "demand"
            add_annotation(
                session, ines, article, quote, tag=tag, party=party, position=position, side="for"
            )
    return article


@pytest.mark.parametrize("has_javascript", [True, False])
def test_the_heads_stay_and_hide_nothing_that_has_the_focus(
    site: Site, pages: WatchedPages, spoken: Article, *, has_javascript: bool
) -> None:
    page = pages.open(viewport={"width": 900, "height": 600}, has_javascript=has_javascript)
    site.enter(page)
    page.goto(site.address(f"{POSITIONS}?article={spoken.id}&sort=name"))
    page.locator(".matrix thead a").last.focus()
    page.locator(".matrix tbody th a").last.focus()
    page.keyboard.press("Tab")
    mark = page.locator(".matrix .mark").last
    expect(mark).to_be_focused()
    box, meeting = box_of(mark), box_of(page.locator(".meeting"))
    assert box.left >= meeting.right
    assert box.top >= meeting.bottom
    head = box_of(page.get_by_role("columnheader", name="bay 00"))
    room = box_of(page.get_by_role("region", name="Positions by parties"))
    assert room.top <= head.top <= head.bottom <= box.top


def box_of(element: Locator) -> Box:
    """Return where an element is in the window."""
    found = element.bounding_box()
    assert found is not None
    left, top = found["x"], found["y"]
    return Box(left, top, left + found["width"], top + found["height"])


def test_a_phone_has_a_list_and_filters_in_a_sheet_without_a_script(
    site: Site, pages: WatchedPages, spoken: Article
) -> None:
    page = pages.open(viewport=PHONE, has_javascript=False)
    site.enter(page)
    page.goto(site.address(f"{POSITIONS}?article={spoken.id}"))
    expect(page.locator(".by-whom", has_text="bay 05").first).to_be_visible()
    expect(page.get_by_label("Tag")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Tag").select_option("Claim")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".chips")).to_contain_text("Tag: Claim")
    expect(page.locator(".matrix tbody tr")).to_have_count(1)
    width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(width)
    page.locator(".mark").last.click()
    expect(page.get_by_role("heading", name="Passages", level=1)).to_be_visible()
    expect(page.locator(".result-head h2")).to_contain_text("1 of")
