"""Every page is usable by everyone: axe finds nothing, nothing scrolls sideways, targets are large.

Each page is looked at in light and dark, on a desktop and as narrow as a phone.
"""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import House
from tests.browser.sample import FIRST, LONG, MANY, SECOND, THIRD, Sample
from tests.harness.chromium import DESKTOP, PHONE, WatchedPages

AXE = Axe()
# Without preloading: it fetches style sheets and puts them into the page, which the page forbids.
EVERYTHING = {"resultTypes": ["violations"], "preload": False}
CONTRAST = {**EVERYTHING, "runOnly": ["color-contrast"]}  # all that changes with the scheme
LIGHT: Literal["light"] = "light"
DARK: Literal["dark"] = "dark"
# By width in pixels. Colours are the same at every width.
Look = tuple[Literal["light", "dark"], dict[str, Any]]
LOOKS: dict[int, list[Look]] = {
    1440: [(LIGHT, EVERYTHING), (DARK, CONTRAST)],
    390: [(LIGHT, EVERYTHING)],
}

# Targets under 24 by 24 CSS pixels that are neither words in running text nor far enough from
# other targets (WCAG 2.5.8). A box to tick is as large as its label.
_SMALL_TARGETS = """() => {
  const LEAST = 24;
  const isShown = it => it.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const isInText = it =>
    it.localName === 'a' &&
    getComputedStyle(it).display === 'inline' &&
    it.parentElement.textContent.trim().length > it.textContent.trim().length;
  const KINDS = 'a[href], button, input, select, textarea, summary';
  const targets = [...document.querySelectorAll(KINDS)]
    .filter(it => it.type !== 'hidden' && isShown(it))
    .map(it => ({it, box: (it.closest('label') ?? it).getBoundingClientRect()}))
    .filter(({it, box}) => box.width > 1 && box.height > 1 && !it.matches('.skip:not(:focus)'));
  const isSmall = ({box}) => box.width < LEAST - 0.5 || box.height < LEAST - 0.5;
  const gap = (point, box) => Math.hypot(
    Math.max(box.left - point.x, 0, point.x - box.right),
    Math.max(box.top - point.y, 0, point.y - box.bottom),
  );
  const isCrowded = one => {
    const middle = {x: one.box.x + one.box.width / 2, y: one.box.y + one.box.height / 2};
    return targets.some(other =>
      other.it !== one.it && !one.it.contains(other.it) && !other.it.contains(one.it) &&
      gap(middle, other.box) < LEAST / 2);
  };
  return targets
    .filter(one => isSmall(one) && !isInText(one.it) && isCrowded(one))
    .map(({it, box}) => [it.outerHTML.slice(0, 90), box.width, box.height].join(' '));
}"""

_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll('*')]
    .filter(it => it.getBoundingClientRect().right > width + 0.5 && it.checkVisibility())
    .map(it => it.outerHTML.slice(0, 90)).concat(`${document.documentElement.scrollWidth} px`);
}"""


def faults_of(page: Page) -> list[str]:
    """Return what is wrong with a page in each of its looks, a line each."""
    page.wait_for_load_state()  # a press may just have led here
    page.locator("main").wait_for()
    faults = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        width = size["width"]
        faults += [f"{width} px, small: {target}" for target in page.evaluate(_SMALL_TARGETS)]
        faults += [f"{width} px, too wide: {element}" for element in page.evaluate(_TOO_WIDE)]
        for scheme, options in LOOKS[width]:
            page.emulate_media(color_scheme=scheme)
            for violation in AXE.run(page, options=options).response["violations"]:
                for node in violation["nodes"]:
                    line = f"{width} px, {scheme}, {violation['id']}: {node['html'][:120]}"
                    faults.append(f"{line} {node.get('failureSummary', '')[:200]}")
    return faults


@pytest.fixture(scope="module")
def tagged(house: House) -> Sample:
    """Give an article with annotations of every tag, some over each other, with notes."""
    sample = house.add_article()
    house.tag(sample, f"{FIRST} {SECOND}", "claim", note="A note that says something.")
    house.tag(sample, SECOND, "demand")
    house.tag(sample, "every spring", "assumption", name="Otto", note="Otto’s word on it.")
    house.tag(sample, "the report of the county", "citation")
    for words in MANY[:12]:
        house.tag(sample, words)
    return sample


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/projects/first/articles", "Articles"),
        ("/projects/first/articles?search=nothing+has+this+name", "Articles"),
        ("/projects/first/trash", "Trash"),
        ("/projects/first/guidelines/edit", "Write the guidelines"),
        ("/projects/first/activity", "Activity"),
        ("/account", "Account"),
        ("/help", "Help"),
    ],
)
def test_pages_of_the_project(
    house: House, page: Page, tagged: Sample, path: str, heading: str
) -> None:
    assert tagged.id
    house.enter(page)
    page.goto(house.address(path))
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/forgotten-password"])
def test_pages_for_strangers(house: House, page: Page, path: str) -> None:
    page.goto(house.address(path))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.page_errors("422", "409", always=False)
def test_a_form_that_was_refused(house: House, page: Page) -> None:
    page.goto(house.address("/sign-up"))
    page.get_by_label("Name").fill("Pia")
    page.get_by_label("Email").fill("pia@example.org")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create account").click()
    expect(page.locator(".error")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_focused()
    assert faults_of(page) == []


@pytest.mark.page_errors("422")
def test_the_focus_goes_to_what_stands_in_the_way(house: House, page: Page) -> None:
    page.goto(house.address("/sign-in"))
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("no such password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Email")).to_be_focused()


@pytest.mark.parametrize("path", ["", "/blocks/1", "/blocks/6", "/at/50", "/tag", "/activity"])
def test_pages_of_an_article(house: House, page: Page, tagged: Sample, path: str) -> None:
    house.enter(page)
    page.goto(house.address(f"{tagged.path}{path}"))
    expect(page.locator("h1")).to_have_count(1)
    assert faults_of(page) == []


def opened_card(desk: Desk) -> None:
    desk.block(1).locator(".card > summary").first.click()
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    desk.open_card.get_by_text("Change boundaries").click()


def selected(desk: Desk) -> None:
    desk.select(THIRD)
    expect(desk.bar).to_be_visible()


def just_tagged(desk: Desk) -> None:
    desk.drag("She smiled at all of us.")
    desk.choose("Claim")
    expect(desk.toast.get_by_role("button", name="Undo")).to_be_visible()


def listed(desk: Desk) -> None:
    desk.page.locator("#b1 mark.assumption").click()
    expect(desk.sheet.locator(".at a")).to_have_count(3)


def helped(desk: Desk) -> None:
    desk.block(1).locator(".passage").focus()
    desk.press("?")
    expect(desk.page.locator("dialog#help")).to_be_visible()


@pytest.mark.parametrize("state", [opened_card, selected, just_tagged, listed, helped])
def test_states_of_the_reading_page(
    house: House, page: Page, tagged: Sample, state: Callable[[Desk], None]
) -> None:
    state(Desk(house, page, tagged))
    assert faults_of(page) == []


@pytest.mark.page_errors("409")
def test_a_conflict(house: House, page: Page, sample: Sample) -> None:
    annotation_id = house.tag(sample, FIRST)
    other = Desk(house, page.context.new_page(), sample)
    house.enter(page)
    page.goto(house.address(f"/annotations/{annotation_id}/card"))
    assert faults_of(page) == []
    page.set_viewport_size(DESKTOP)
    other.open(annotation_id).get_by_label("Note").fill("First.")
    other.open_card.get_by_role("button", name="Save note").click()
    other.settle()
    page.get_by_label("Note").fill("Second.")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".versions")).to_be_visible()
    assert faults_of(page) == []


def test_history_and_trash_with_something_in_them(house: House, page: Page, sample: Sample) -> None:
    annotation_id = house.tag(sample, FIRST, note="To be deleted.")
    desk = Desk(house, page, sample)
    desk.open(annotation_id).get_by_role("button", name="Delete").click()
    expect(desk.cards).to_have_count(0)
    page.goto(house.address(f"/annotations/{annotation_id}/history"))
    expect(page.locator(".history li")).to_have_count(2)
    assert faults_of(page) == []
    page.set_viewport_size(DESKTOP)
    page.goto(house.address("/projects/first/trash"))
    expect(page.locator(".trash li")).not_to_have_count(0)
    assert faults_of(page) == []
    page.set_viewport_size(DESKTOP)
    page.goto(house.address(f"/annotations/{annotation_id}/card"))
    expect(page.get_by_role("button", name="Restore")).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.page_errors("404", "405", always=False)
@pytest.mark.parametrize("path", ["/nowhere", "/annotations/999999", "/sign-out"])
def test_error_pages(house: House, page: Page, path: str) -> None:
    house.enter(page)
    page.goto(house.address(path))
    expect(page.locator("h1")).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.page_errors("422")
def test_choosing_among_several_places(house: House, page: Page, sample: Sample) -> None:
    house.enter(page)
    for words in ("The road floods.", "The council has to close that road."):
        page.set_viewport_size(DESKTOP)
        page.goto(house.address(f"{sample.path}/tag"))
        page.get_by_label("The exact words").fill(words)
        page.get_by_label("Claim", exact=True).check()
        page.get_by_role("button", name="Tag these words").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert faults_of(page) == []


@pytest.mark.page_errors("Failed to load resource", always=False)
def test_an_unsaved_tag(house: House, page: Page, sample: Sample) -> None:
    desk = Desk(house, page, sample)
    page.route("**/annotations", lambda route: route.abort())
    desk.drag(FIRST)
    desk.choose("Demand")
    expect(desk.pending).to_contain_text("not saved yet")
    assert faults_of(page) == []


def test_a_filtered_page_and_an_article_nobody_has_tagged(
    house: House, page: Page, sample: Sample
) -> None:
    desk = Desk(house, page, sample)
    assert faults_of(page) == []
    house.tag(sample, FIRST)
    page.goto(house.address(f"{sample.path}?tag=demand"))
    expect(desk.cards).to_have_count(0)
    assert faults_of(page) == []


def test_without_javascript_targets_are_large_and_nothing_is_too_wide(
    house: House, pages: WatchedPages, tagged: Sample
) -> None:
    # Scripts of the page are off; those of the test still run.
    for size in (DESKTOP, PHONE):
        page = pages.open(viewport=size, has_javascript=False)
        house.enter(page)
        page.goto(house.address(tagged.path))
        assert page.evaluate(_SMALL_TARGETS) == []
        assert page.evaluate(_TOO_WIDE) == []


def test_long_words_and_names_do_not_widen_the_page(house: House, page: Page) -> None:
    word = "Donaudampfschifffahrtsgesellschaft" * 6
    source = LONG.replace("The River Road NUMBER", f"{word} NUMBER").replace("Ada Quill", word)
    long = house.add_article(source.replace("council", word))
    house.tag(long, THIRD, note=word)
    house.enter(page)
    lists = ("/projects/first/articles", "/projects/first/activity")
    for path in (long.path, *lists, f"{long.path}/blocks/1"):
        page.set_viewport_size(DESKTOP)
        page.goto(house.address(path))
        assert page.evaluate(_TOO_WIDE) == []
        page.set_viewport_size(PHONE)
        assert page.evaluate(_TOO_WIDE) == []
