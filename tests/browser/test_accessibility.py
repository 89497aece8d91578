"""Every page is usable by everyone: axe finds nothing, nothing scrolls sideways, targets are large.

Each page is looked at in light and dark, on a desktop and as narrow as a phone.
"""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from app.articles.models import Article
from app.themes.service.themes import archive
from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import FIRST, LAST, LONG, MANY, SECOND, THIRD, Sample
from tests.harness.axe import CONTRAST, EVERYTHING, FORCED, violations_in
from tests.harness.builders import add_annotation, add_comment, add_party, add_position, add_theme
from tests.harness.chromium import DESKTOP, PHONE, WatchedPages

LIGHT: Literal["light"] = "light"
DARK: Literal["dark"] = "dark"
# By width in pixels. Colours are the same at every width.
Look = tuple[Literal["light", "dark"], dict[str, Any]]
LOOKS: dict[int, list[Look]] = {
    1440: [(LIGHT, EVERYTHING), (DARK, CONTRAST)],
    390: [(LIGHT, EVERYTHING)],
}

# Targets under 24 by 24 CSS pixels that are no words of the article itself (WCAG 2.5.8, and more: a
# link in a line is as high as any). A box to tick is as large as its label; few words are narrow.
_SMALL_TARGETS = """() => {
  const LEAST = 24;
  const isShown = it => it.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const isInText = it => it.closest('.text, .preview, .guidelines') !== null;
  const isInLine = it => it.localName === 'a' && getComputedStyle(it).display === 'inline';
  const KINDS = 'a[href], button, input, select, textarea, summary';
  return [...document.querySelectorAll(KINDS)]
    .filter(it => it.type !== 'hidden' && isShown(it) && !isInText(it))
    .map(it => ({it, box: (it.closest('label') ?? it).getBoundingClientRect()}))
    .filter(({it, box}) => box.width > 1 && box.height > 1 && !it.matches('.skip:not(:focus)'))
    .filter(({it, box}) =>
      box.height < LEAST - 0.5 || (box.width < LEAST - 0.5 && !isInLine(it)))
    .map(({it, box}) => [it.outerHTML.slice(0, 90), box.width, box.height].join(' '));
}"""

_NEXT_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
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
        # The renderer hears of it a little later, where the machine is busy.
        page.wait_for_function("width => document.documentElement.clientWidth === width", arg=width)
        page.evaluate(_NEXT_FRAMES)
        faults += [f"{width} px, small: {target}" for target in page.evaluate(_SMALL_TARGETS)]
        faults += [f"{width} px, too wide: {element}" for element in page.evaluate(_TOO_WIDE)]
        for scheme, options in LOOKS[width]:
            page.emulate_media(color_scheme=scheme)
            faults += [f"{width} px, {scheme}, {line}" for line in violations_in(page, options)]
    return faults


@pytest.fixture(scope="module")
def tagged(site: Site) -> Sample:
    """Give an article with annotations of every tag, some over each other, with notes."""
    sample = site.add_article()
    site.tag(sample, f"{FIRST} {SECOND}", "claim", note="A note that says something.")
    site.tag(sample, SECOND, "demand")
    site.tag(sample, "every spring", "assumption", name="Otto", note="Otto’s word on it.")
    site.tag(sample, "the report of the county", "citation")
    for words in MANY[:12]:
        site.tag(sample, words)
    with site.writing() as session:
        ines = site.find_member(session, "Ines")
        county, harbour = add_party(session, ines, "The county"), add_position(session, ines)
        for words, side in ((THIRD, "for"), (LAST, "against")):
            made = add_annotation(
                session,
                ines,
                session.get_one(Article, sample.id),
                words,
                party=county,
                position=harbour,
                side=side,
            )
        add_comment(session, ines, made, "It is not the harbour that pays.")
    return sample


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/projects/first/articles", "Articles"),
        ("/projects/first/articles?search=nothing+has+this+name", "Articles"),
        ("/projects/first/trash", "Trash"),
        ("/projects/first/guidelines/edit", "Write the guidelines"),
        ("/projects/first/findings/passages", "Passages"),
        ("/projects/first/findings/passages?tag=claim&group=annotator", "Passages"),
        ("/projects/first/findings/passages?q=harbour", "Passages"),
        ("/projects/first/findings/passages?view=context&q=the", "Passages"),
        ("/projects/first/findings/passages?tick=page", "Passages"),
        ("/projects/first/imports", "Import annotations"),
        ("/projects/first/findings/passages/by/article", "Article"),
        ("/projects/first/findings/occurrences?q=road", "Tag every occurrence"),
        ("/projects/first/findings/summary", "Summary"),
        ("/projects/first/findings/positions", "Positions"),
        ("/projects/first/findings/positions?view=table&from=x", "Positions"),
        ("/projects/first/findings/parties", "Parties"),
        ("/projects/first/findings/parties/1", "The county"),
        ("/projects/first/findings/parties/1/change", "Change the party"),
        ("/projects/first/findings/positions/1", "The harbour stays public."),
        ("/projects/first/findings/changes", "Changes"),
        ("/projects/first/findings/networks", "Networks"),
        ("/projects/first/themes/import", "Import themes"),
        ("/projects/first/activity", "Activity"),
        ("/projects", "Projects"),
        ("/projects/import", "Import a project"),
        ("/projects/first/settings", "Settings"),
        ("/projects/first/guidelines", "Guidelines"),
        ("/projects/first/guidelines/versions", "Versions"),
        ("/inbox/questions", "Questions not resolved"),
        ("/account", "Account"),
        ("/account/tokens", "API tokens"),
        ("/help", "Help"),
    ],
)
def test_pages_of_the_project(
    site: Site, page: Page, tagged: Sample, path: str, heading: str
) -> None:
    assert tagged.id
    site.enter(page)
    page.goto(site.address(path))
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    assert faults_of(page) == []


def test_pages_of_themes(site: Site, page: Page) -> None:
    site.enter(page)
    for name in ("weather", "tides"):
        page.goto(site.address("/projects/first/themes"))
        page.get_by_label("New theme").fill(name)
        page.get_by_role("button", name="Make the theme").click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    assert faults_of(page) == []
    page.goto(site.address("/projects/first/themes"))
    expect(page.get_by_role("link", name="tides")).to_be_visible()
    assert faults_of(page) == []


def test_themes_below_each_other_and_archived(site: Site, page: Page) -> None:
    with site.writing() as session:
        ines = site.find_member(session, "Ines")
        above = add_theme(session, ines, "Infrastructure")
        add_theme(session, ines, "Who pays: tolls, levies, and what is left over", parent=above)
        gone = add_theme(session, ines, "Old words")
        alone = add_theme(session, ines, "Weather lore")
        archive(session, actor=ines, theme_id=gone.id)
        session.commit()
        row, page_of_one = f"#t{gone.id}", f"/projects/first/themes/{alone.id}"
    site.enter(page)
    page.goto(site.address("/projects/first/themes"))
    name = page.locator(f"{row} .theme").bounding_box()
    button = page.locator(f"{row} form").bounding_box()
    assert name
    assert button
    assert abs(name["y"] + name["height"] / 2 - button["y"] - button["height"] / 2) < 2
    assert faults_of(page) == []
    page.goto(site.address(page_of_one))  # it may stand below the one with the longest name
    assert page.evaluate(_TOO_WIDE) == []


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/forgotten-password"])
def test_pages_for_strangers(site: Site, page: Page, path: str) -> None:
    page.goto(site.address(path))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.page_errors("422", "409", always=False)
def test_a_form_that_was_refused(site: Site, page: Page) -> None:
    page.goto(site.address("/sign-up"))
    page.get_by_label("Name").fill("Pia")
    page.get_by_label("Email").fill("pia@example.org")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create account").click()
    expect(page.locator(".error")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_focused()
    assert faults_of(page) == []


@pytest.mark.page_errors("422")
def test_the_focus_goes_to_what_stands_in_the_way(site: Site, page: Page) -> None:
    page.goto(site.address("/sign-in"))
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("no such password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Email")).to_be_focused()


@pytest.mark.parametrize(
    "path",
    [
        *("", "/blocks/1", "/blocks/6", "/at/50", "/tag", "/activity"),
        *("/print", "/brief", "/orphans", "/details", "/revisions"),
    ],
)
def test_pages_of_an_article(site: Site, page: Page, tagged: Sample, path: str) -> None:
    site.enter(page)
    page.goto(site.address(f"{tagged.path}{path}"))
    expect(page.locator("h1")).to_have_count(1)
    assert faults_of(page) == []


def opened_card(desk: Desk) -> None:
    desk.block(1).locator(".card > summary").first.click()
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    desk.open_thread(desk.open_card)
    desk.open_card.get_by_label("More about this annotation").click()


def selected(desk: Desk) -> None:
    desk.select(THIRD)
    expect(desk.bar).to_be_visible()


def just_tagged(desk: Desk, tag: str = "Claim") -> None:
    desk.drag("She smiled at all of us.")
    desk.choose(tag)
    expect(desk.toast.get_by_role("button", name="Undo")).to_be_visible()


def listed(desk: Desk) -> None:
    desk.block(1).locator(".more").click()
    expect(desk.block(1).locator(".card").last).to_be_visible()


def helped(desk: Desk) -> None:
    desk.block(1).locator(".passage").focus()
    desk.press("?")
    expect(desk.page.locator("dialog#help")).to_be_visible()


@pytest.mark.parametrize("state", [opened_card, selected, just_tagged, listed, helped])
def test_states_of_the_reading_page(
    site: Site, page: Page, tagged: Sample, state: Callable[[Desk], None]
) -> None:
    state(Desk(site, page, tagged))
    assert faults_of(page) == []


def tagged_again(desk: Desk) -> None:
    just_tagged(desk, "Demand")  # the same tag would be taken back


def with_menu(desk: Desk) -> None:
    desk.page.get_by_label("More actions").click()
    expect(desk.page.get_by_role("link", name="Keys and help")).to_be_visible()


@pytest.mark.parametrize("state", [opened_card, selected, tagged_again, listed, helped, with_menu])
def test_states_in_forced_colours(
    site: Site, page: Page, tagged: Sample, state: Callable[[Desk], None]
) -> None:
    page.emulate_media(forced_colors="active")
    state(Desk(site, page, tagged))
    assert violations_in(page, FORCED) == []


@pytest.mark.parametrize("state", [opened_card, selected])
def test_states_under_a_finger(
    site: Site, pages: WatchedPages, tagged: Sample, state: Callable[[Desk], None]
) -> None:
    page = pages.open(viewport=PHONE, is_phone=True)
    state(Desk(site, page, tagged))
    assert violations_in(page) == []
    assert page.evaluate(_SMALL_TARGETS) == []
    assert page.evaluate(_TOO_WIDE) == []


@pytest.mark.page_errors("409")
def test_a_conflict(site: Site, page: Page, sample: Sample) -> None:
    annotation_id = site.tag(sample, FIRST)
    other = Desk(site, page.context.new_page(), sample)
    site.enter(page)
    page.goto(site.address(f"/annotations/{annotation_id}/card"))
    assert faults_of(page) == []
    page.set_viewport_size(DESKTOP)
    other.open(annotation_id).get_by_label("Note").fill("First.")
    other.open_card.get_by_label("Note").blur()
    other.settle()
    page.get_by_label("Note").fill("Second.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".versions")).to_be_visible()
    assert faults_of(page) == []


def test_history_and_trash_with_something_in_them(site: Site, page: Page, sample: Sample) -> None:
    annotation_id = site.tag(sample, sample.text, note="To be deleted.")
    desk = Desk(site, page, sample)
    desk.choose_in_menu(desk.open(annotation_id), "Delete")
    expect(desk.cards).to_have_count(0)
    page.goto(site.address(f"/annotations/{annotation_id}/history"))
    expect(page.locator(".history li")).to_have_count(2)
    assert faults_of(page) == []
    page.set_viewport_size(DESKTOP)
    page.goto(site.address("/projects/first/trash"))
    expect(page.locator(".trash li")).not_to_have_count(0)
    assert faults_of(page) == []
    page.set_viewport_size(DESKTOP)
    page.goto(site.address(f"/annotations/{annotation_id}/card"))
    expect(page.get_by_role("button", name="Restore")).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.page_errors("404", "405", always=False)
@pytest.mark.parametrize("path", ["/nowhere", "/annotations/999999", "/sign-out"])
def test_error_pages(site: Site, page: Page, path: str) -> None:
    site.enter(page)
    page.goto(site.address(path))
    expect(page.locator("h1")).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.page_errors("422")
def test_choosing_among_several_places(site: Site, page: Page, sample: Sample) -> None:
    site.enter(page)
    for words in ("The road floods.", "The council has to close that road."):
        page.set_viewport_size(DESKTOP)
        page.goto(site.address(f"{sample.path}/tag"))
        page.get_by_label("The exact words").fill(words)
        page.get_by_label("Claim", exact=True).check()
        page.get_by_role("button", name="Tag these words").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert faults_of(page) == []


@pytest.mark.page_errors("Failed to load resource", always=False)
def test_an_unsaved_tag(site: Site, page: Page, sample: Sample) -> None:
    desk = Desk(site, page, sample)
    page.route("**/annotations", lambda route: route.abort())
    desk.drag(FIRST)
    desk.choose("Demand")
    expect(desk.pending).to_contain_text("not saved yet")
    assert faults_of(page) == []


def test_a_filtered_page_and_an_article_nobody_has_tagged(
    site: Site, page: Page, sample: Sample
) -> None:
    desk = Desk(site, page, sample)
    assert faults_of(page) == []
    site.tag(sample, FIRST)
    page.goto(site.address(f"{sample.path}?tag=demand"))
    expect(desk.cards).to_have_count(0)
    assert faults_of(page) == []


def test_without_javascript_targets_are_large_and_nothing_is_too_wide(
    site: Site, pages: WatchedPages, tagged: Sample
) -> None:
    # Scripts of the page are off; those of the test still run.
    for size in (DESKTOP, PHONE):
        page = pages.open(viewport=size, has_javascript=False)
        site.enter(page)
        page.goto(site.address(tagged.path))
        assert page.evaluate(_SMALL_TARGETS) == []
        assert page.evaluate(_TOO_WIDE) == []


def test_long_words_and_names_do_not_widen_the_page(site: Site, page: Page) -> None:
    word = "Donaudampfschifffahrtsgesellschaft" * 6
    source = LONG.replace("The River Road NUMBER", f"{word} NUMBER").replace("Ada Quill", word)
    long = site.add_article(source.replace("council", word))
    site.tag(long, THIRD, note=word)
    site.enter(page)
    lists = ("/projects/first/articles", "/projects/first/activity")
    for path in (long.path, *lists, f"{long.path}/blocks/1"):
        page.set_viewport_size(DESKTOP)
        page.goto(site.address(path))
        assert page.evaluate(_TOO_WIDE) == []
        page.set_viewport_size(PHONE)
        assert page.evaluate(_TOO_WIDE) == []
