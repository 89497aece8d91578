"""Beside the text: a filter that acts at once, steps, the strip; in small windows a bar."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app.annotations.models import Annotation
from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import FIRST, HEADING, LAST, LONG, MANY, SECOND, Sample
from tests.harness.axe import violations_in
from tests.harness.builders import add_comment
from tests.harness.chromium import PHONE

DEEP = "Paragraph 35 says again what was said before."
DEEPER = "Paragraph 39 says again what was said before."


def add_long(site: Site) -> Sample:
    """Give a long article with four annotations of two people, a note and a question."""
    sample = site.add_article(LONG)
    site.tag(sample, FIRST, "claim", note="Says who?")
    site.tag(sample, SECOND, "demand", name="Otto")
    asked = site.tag(sample, DEEP, "demand")
    site.tag(sample, DEEPER, "claim", name="Otto")
    with site.writing() as session:
        otto = site.find_member(session, "Otto")
        made = session.get_one(Annotation, asked)
        add_comment(session, otto, made, "Which?", is_question=True)
    return sample


def test_the_filter_acts_at_once_and_keeps_the_place(site: Site, page: Page) -> None:
    desk = Desk(site, page, add_long(site))
    form = page.locator(".filter")
    page.evaluate("window.isKept = true")
    desk.mark(DEEP).scroll_into_view_if_needed()
    page.locator(".card.demand").last.locator("summary").click()
    expect(page.locator(".card-full")).to_be_visible()
    place = desk.boxes(DEEP)[0].top
    form.get_by_label("Claim").uncheck()
    expect(page.locator("mark.claim")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?tag=assumption&tag=citation&tag=demand$|tag=demand"))
    assert page.evaluate("window.isKept"), "no reload"
    assert abs(desk.boxes(DEEP)[0].top - place) < 2
    expect(desk.open_card).to_have_count(1)
    expect(form.locator("label", has_text="Ines").locator(".n")).to_have_text("1")
    expect(page.locator(".shown")).to_contain_text("2 of 4 shown")
    expect(page.locator(".rail .steps .count")).to_have_text("2 of 2")
    # What the address says is what a reload shows.
    page.reload()
    expect(page.locator("mark.claim")).to_have_count(0)
    expect(form.get_by_label("Claim")).not_to_be_checked()
    page.get_by_role("link", name="Show everything").click()
    expect(page.locator("mark.claim")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"articles/\d+$"))


def test_one_reads_the_text_alone_ones_own_or_what_needs_an_answer(site: Site, page: Page) -> None:
    desk = Desk(site, page, add_long(site))
    form = page.locator(".filter")
    form.get_by_label("Text only").check()
    expect(desk.cards.first).to_be_hidden()
    expect(desk.mark(FIRST)).to_have_css("background-image", "none")
    heard = "mark => ['::before', '::after'].map(part => getComputedStyle(mark, part).content)"
    assert desk.mark(FIRST).evaluate(heard) == ["none", "none"]
    expect(page).to_have_url(re.compile(r"\?shows=text$"))
    page.reload()
    expect(desk.cards.first).to_be_hidden()
    form.get_by_label("Mine").check()
    expect(page.locator("mark")).to_have_count(2)
    expect(desk.cards.first).to_be_visible()
    form.get_by_label("Notes").check()
    expect(page.locator("mark")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?shows=mine&with=note$"))
    form.get_by_label("Notes").uncheck()
    form.get_by_label("Everyone").check()
    form.get_by_label("Questions").check()
    expect(page.locator("mark")).to_have_count(1)
    expect(desk.mark(DEEP)).to_be_attached()
    # What is tagged meanwhile is counted, and what one has ticked stays.
    desk.drag(LAST)
    desk.choose("Citation")
    expect(page.locator(".byline .total")).to_have_text("5 annotations")
    expect(form.get_by_label("Questions")).to_be_checked()


def test_the_filter_asks_for_the_selection_once_for_all_blocks(site: Site, page: Page) -> None:
    """After each block that is put in place, the answer costs the layout of the whole text."""
    sample = site.add_article(LONG)
    for number in range(10, 30):
        site.tag(sample, f"Paragraph {number} says again")
    Desk(site, page, sample)
    page.evaluate("""() => {
      const ask = window.getSelection;
      window.asked = 0;
      window.getSelection = () => { asked += 1; return ask.call(window); };
    }""")
    page.locator(".rail").get_by_label("Claim").uncheck()
    expect(page.locator("mark")).to_have_count(0)
    assert page.evaluate("asked") < 15


def test_steps_and_the_strip_go_through_what_is_shown(site: Site, page: Page) -> None:
    sample = add_long(site)
    desk = Desk(site, page, sample, query="?tag=claim")
    count = page.locator(".rail .steps .count")
    expect(count).to_have_text("– of 2")
    page.get_by_role("button", name="Next annotation").click()
    expect(count).to_have_text("1 of 2")
    assert desk.painted("step") == [FIRST]
    page.get_by_role("button", name="Next annotation").click()
    expect(count).to_have_text("2 of 2")
    assert 0 < desk.boxes(DEEPER)[0].top < 900
    strip = page.locator(".strip")
    assert len(strip.locator("path.claim").get_attribute("d") or "") > 0
    expect(strip.locator("path.demand")).to_have_count(0)
    # A click goes to what is there; where the window is, is shown.
    box = desk.box(strip)
    page.mouse.click(box.left + 4, box.top + 2)
    expect(count).to_have_text("1 of 2")
    desk.wait(lambda: 0 < desk.boxes(FIRST)[0].top < 900, "the first passage in the window")
    window = strip.locator(".window")
    desk.wait(lambda: float(window.get_attribute("y") or 9) < 1, "the window at the top")
    # What someone else tags is on the strip without a reload.
    site.tag(sample, LAST, name="Otto")
    expect(page.locator("mark")).to_have_count(3)
    expect(count).to_have_text("1 of 3", timeout=12_000)


def test_the_counts_follow_a_tag_and_its_taking_back_at_once(site: Site, page: Page) -> None:
    desk = Desk(site, page, add_long(site))
    form, count = page.locator(".filter"), page.locator(".rail .steps .count")
    form.get_by_label("Demand").uncheck()
    expect(page.locator(".shown")).to_contain_text("2 of 4 shown")
    page.route("**/rail*", lambda _route: None)  # what is fetched later never comes
    desk.tag(LAST, "Claim")
    expect(form.locator("label", has_text="Claim").locator(".n")).to_have_text("3")
    expect(form.locator("label", has_text="Ines").locator(".n")).to_have_text("2")
    expect(form.locator("label", has_text="Mine").locator(".n")).to_have_text("2")
    expect(page.locator(".byline .total")).to_have_text("5 annotations")
    expect(page.locator(".shown")).to_contain_text("3 of 5 shown")
    expect(page.get_by_role("link", name="CSV of 5", exact=True)).to_be_visible()  # filter or not
    expect(count).to_have_text("– of 3")
    desk.drag(LAST)
    desk.choose("Demand")  # which the filter hides
    expect(form.locator("label", has_text="Demand").locator(".n")).to_have_text("3")
    expect(page.locator(".shown")).to_contain_text("3 of 6 shown")
    desk.drag(LAST)
    desk.choose("Claim")
    expect(count).to_have_text("– of 2")
    expect(page.locator(".byline .total")).to_have_text("5 annotations")


def test_a_changed_tag_a_note_and_a_question_are_counted_and_drawn_at_once(
    site: Site, page: Page, sample: Sample
) -> None:
    first = site.tag(sample, FIRST, "claim")
    site.tag(sample, SECOND, "claim")
    desk = Desk(site, page, sample)
    form, strip = page.locator(".filter"), page.locator(".strip")
    expect(form.locator(".withs")).to_be_hidden()
    page.route("**/rail*", lambda _route: None)  # what is fetched later never comes

    def count_of(name: str) -> Locator:
        return form.locator("label", has_text=name).locator(".n")

    card = desk.open(first)
    card.get_by_role("button", name="Demand").click()
    expect(count_of("Claim")).to_have_text("1")
    expect(count_of("Demand")).to_have_text("1")
    drawn = [strip.locator(f"path.{tag}").get_attribute("d") or "" for tag in ("claim", "demand")]
    assert [path.count("M") for path in drawn] == [1, 1]
    card.get_by_label("Note").fill("Says who?")
    desk.press("Control+Enter")
    expect(count_of("Notes")).to_have_text("1")
    expect(count_of("Notes")).to_be_visible()
    expect(count_of("Questions")).to_be_hidden()
    desk.open_thread(desk.open(first))
    card.get_by_label("A question").check()
    card.get_by_label("Comment", exact=True).fill("Which?")
    desk.press("Control+Enter")
    expect(count_of("Questions")).to_have_text("1")
    form.get_by_label("Questions").check()
    expect(page.locator(".shown")).to_contain_text("1 of 2 shown")
    card.get_by_role("button", name="Resolve the thread").click()
    expect(page.locator(".shown")).to_contain_text("0 of 2 shown")
    expect(page.locator(".rail .steps .count")).to_have_text("– of 0")


@pytest.mark.parametrize("width", [1440, 1024, 820, 390])
def test_what_is_said_lies_over_nothing_that_one_uses(
    site: Site, page: Page, sample: Sample, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    desk = Desk(site, page, sample)
    desk.tag(FIRST, "Claim")
    (row,) = site.rows(sample)
    desk.open(int(row["annotation_id"]))
    desk.press("n")
    site.tag(sample, SECOND, name="Otto")
    update = page.locator("#update")
    expect(update).to_contain_text("Otto")
    expect(desk.toast).to_be_visible()
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    used = [desk.open_card.locator("> .body"), page.locator(".rail"), page.locator(".footbar")]
    used.append(page.locator(".masthead"))
    places = [desk.box(each) for each in used if each.is_visible()]
    for said in (desk.toast, update):
        assert not any(desk.box(said).overlaps(place) for place in places)
    assert not desk.box(desk.toast).overlaps(desk.box(update))


def test_keys_step_from_the_paragraph_that_has_the_focus(site: Site, page: Page) -> None:
    sample = site.add_article(LONG)
    for words in [*MANY, HEADING]:
        site.tag(sample, words)
    second = site.tag(sample, DEEP)
    third = site.tag(sample, DEEPER)
    desk = Desk(site, page, sample)
    page.locator(".passage", has_text=DEEP).focus()
    desk.press("]")
    expect(page.locator(f"#a{second} > summary")).to_be_focused()
    desk.press("]")
    expect(page.locator(f"#a{third} > summary")).to_be_focused()
    # Enter opens the one that one has come to, also where it stands behind "4 more".
    page.locator(".passage", has_text=FIRST).focus()
    stepped = page.locator(".card.stepped")
    for _ in MANY:
        desk.press("]")
    expect(stepped).to_have_class(re.compile(r"\bover\b"))
    number = stepped.get_attribute("id") or ""
    desk.press("Enter")
    expect(desk.open_card).to_have_id(number)


def test_one_tab_after_the_skip_link_is_the_text(desk: Desk) -> None:
    desk.press("Tab")
    expect(desk.page.get_by_role("link", name="Skip to the text")).to_be_focused()
    desk.press("Enter", "Tab")
    assert desk.focused_block == 1
    desk.page.goto(desk.site.address("/help"))
    desk.page.goto(desk.site.address(desk.sample.path))
    desk.press("Tab", "Tab")
    expect(desk.page.get_by_role("link", name="Skip to contents and filter")).to_be_focused()
    desk.press("Enter", "Tab")
    assert desk.page.evaluate("document.activeElement.closest('.rail') !== null")


def test_a_phone_has_its_tools_in_a_bar_along_the_foot(site: Site, page: Page) -> None:
    page.set_viewport_size(PHONE)
    desk = Desk(site, page, add_long(site))
    bar = page.locator(".footbar")
    assert desk.box(bar).bottom == PHONE["height"]
    expect(page.locator(".rail")).to_be_hidden()
    bar.get_by_role("button", name="Filter").click()
    rail = page.locator(".rail")
    expect(rail).to_be_visible()
    assert desk.box(rail).top >= PHONE["height"] / 2 - 60
    assert desk.box(rail).bottom <= desk.box(bar).top + 1
    rail.get_by_label("Claim").uncheck()
    expect(page.locator("mark.claim")).to_have_count(0)
    assert violations_in(page) == []
    desk.press("Escape")
    expect(rail).to_be_hidden()
    bar.get_by_role("button", name="List").click()
    sheet = page.locator(".list-sheet")
    expect(sheet.get_by_role("listitem")).to_have_count(2)
    assert violations_in(page) == []
    sheet.get_by_role("button", name=re.compile("Demand")).last.click()
    expect(sheet).to_be_hidden()
    expect(desk.open_card).to_have_count(1)
    # The tag bar lies above the bar, and above an open card.
    desk.select(DEEP)
    expect(desk.bar).to_be_visible()
    assert abs(desk.box(desk.bar).bottom - desk.box(bar).top) < 2
    body = desk.open_card.locator("> .body")
    assert desk.box(body).bottom <= desk.box(desk.bar).top + 2
    desk.press("Escape")
    bar.get_by_role("button", name="Filter").click()
    expect(desk.open_card).to_have_count(0)
