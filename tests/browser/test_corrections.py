"""An article with ten annotations is corrected: looked at, placed by hand, stored, taken back."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from app.articles.models import Article
from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import FIRST, LAST, SECOND, THIRD, Sample
from tests.browser.test_accessibility import faults_of
from tests.harness.builders import correct
from tests.harness.chromium import DESKTOP, PHONE, WatchedPages

BRIDGE = "A road that floods is a river."
WANTS = "It wants a bridge."
MONEY = "“We have no money,”"
TIME = "“We have no time.”"
SMILED = "She smiled at all of us."
KNOWN = "Nobody may say that this was not known."
PAYS = "In the end the town pays."
TEN = (FIRST, SECOND, THIRD, MONEY, TIME, SMILED, BRIDGE, WANTS, KNOWN, PAYS)
TAGS = ("claim", "demand", "assumption", "citation")


def tag_all(site: Site, sample: Sample) -> dict[str, int]:
    """Tag the ten passages, and return the ids by their words."""
    return {words: site.tag(sample, words, TAGS[number % 4]) for number, words in enumerate(TEN)}


def edit(page: Page, old: str, new: str) -> None:
    box = page.get_by_label("Edit the text")
    typed = box.input_value()
    assert old in typed
    box.fill(typed.replace(old, new))


def test_an_article_with_ten_annotations_is_corrected(
    site: Site, page: Page, sample: Sample
) -> None:
    made = tag_all(site, sample)
    site.enter(page)
    page.goto(site.address(sample.path))
    page.get_by_label("More actions").click()
    page.get_by_role("link", name="Correct the text").click()
    expect(page.get_by_role("heading", name="Correct the text")).to_be_visible()
    assert faults_of(page) == []
    edit(page, FIRST, f"A paragraph came before.\n\n{FIRST}")
    edit(page, MONEY, "“We have little money,”")
    edit(page, f" {SMILED}", "")
    edit(page, BRIDGE, "Here the river begins.")
    page.get_by_role("button", name="See what changes").click()

    # The review: every annotation, and the words that change.
    expect(page.locator(".word-diff ins").first).to_have_text("A paragraph came before.")
    expect(page.locator(".fates.orphaned li")).to_have_count(2)
    expect(page.locator(".fates.changed li ins")).to_have_text("little")
    # A paragraph that came before them moves nothing.
    page.get_by_text("Unchanged: 7").click()
    expect(page.locator(".fates.unchanged li")).to_have_count(7)
    expect(page.locator(".fates.moved")).to_have_count(0)
    headings = page.get_by_role("main").get_by_role("heading", level=2)
    expect(headings).to_have_text(["What changes in the text", "10 annotations"])
    assert faults_of(page) == []

    page.set_viewport_size(DESKTOP)
    # By keys alone: the sentence that stands there now.
    page.locator(f"#a{made[BRIDGE]}").get_by_role("link", name="Place it by hand").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".passage:focus")).to_contain_text("Here the river begins.")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".fates.by_hand li")).to_contain_text("Here the river begins.")

    page.get_by_role("button", name="Accept and store").click()
    expect(page.get_by_text("Stored as revision 2.")).to_be_visible()
    expect(page.locator(".article mark")).to_have_count(9)
    rows = {int(row["annotation_id"]): row for row in site.rows(sample)}
    assert len(rows) == len(TEN)
    assert (rows[made[SMILED]]["revision"], rows[made[SMILED]]["start"]) == ("1", "")
    assert rows[made[SMILED]]["quote"] == SMILED
    assert (rows[made[MONEY]]["revision"], rows[made[MONEY]]["quote"]) == (
        "2",
        "“We have little money,”",
    )
    # The hyperlink and the heading are still there.
    expect(page.locator(".article .text a")).to_have_text("the report of the county")
    expect(page.locator(".article h2.heading")).to_have_text("What was promised")

    # What lost its words waits, and is placed by selecting.
    page.get_by_role("link", name="see what lost its words").click()
    expect(page.get_by_role("heading", name="Annotations without a place")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_role("link", name="Place it in the text: “She smiled").click()
    expect(page.get_by_role("heading", name="Place an annotation")).to_be_visible()
    assert faults_of(page) == []
    mayor = page.locator(".article .text").filter(has_text="said the mayor")
    mayor.dblclick(position={"x": 60, "y": 14})
    page.get_by_role("button", name="Use this passage").click()
    expect(page.locator(f"#a{made[SMILED]}")).to_be_visible()
    expect(page.locator(".margin > .card")).to_have_count(10)


def test_an_old_revision_stays_and_a_correction_is_taken_back(
    site: Site, page: Page, sample: Sample
) -> None:
    tag_all(site, sample)
    site.enter(page)
    page.goto(site.address(f"{sample.path}/correct"))
    edit(page, LAST, "It pays late.")
    edit(page, f" {WANTS}", "")
    page.get_by_role("button", name="See what changes").click()
    page.get_by_role("button", name="Accept and store").click()
    expect(page.locator(".article mark")).to_have_count(9)
    page.get_by_role("link", name="revision 2").click()
    expect(page.get_by_role("heading", name="Revisions")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_role("link", name="what it changed").click()
    expect(page.locator(".word-diff del")).to_have_count(2)
    assert faults_of(page) == []
    page.go_back()
    page.get_by_role("link", name="Revision 1").click()
    expect(page.locator(".article mark")).to_have_count(10)
    assert faults_of(page) == []
    page.get_by_role("link", name="see all revisions").click()
    page.get_by_role("button", name="Take revision 2 back").click()
    expect(page.locator(".revisions > li")).to_have_count(1)
    page.goto(site.address(sample.path))
    expect(page.locator(".article mark")).to_have_count(10)


def test_who_has_the_old_text_open_goes_on_tagging(desk: Desk, site: Site) -> None:
    with site.browser.new_context() as context:
        other = context.new_page()
        site.enter(other)
        other.goto(site.address(f"{desk.sample.path}/correct"))
        edit(other, SMILED, "She smiled.")
        other.get_by_role("button", name="See what changes").click()
        other.get_by_role("button", name="Accept and store").click()
        expect(other.get_by_text("Stored as revision 2.")).to_be_visible()
    desk.drag(FIRST)
    desk.choose("Demand")
    expect(desk.toast).to_contain_text("Tagged as demand")
    expect(desk.page.locator("#reload")).to_contain_text("The article was corrected meanwhile")
    desk.page.get_by_role("button", name="Reload").click()
    expect(desk.page.locator(".article mark")).to_have_text(FIRST)
    expect(desk.page.locator(".article")).to_contain_text("She smiled.")


def test_without_javascript_an_annotation_is_placed_by_its_words(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    made = site.tag(sample, BRIDGE)
    page = pages.open(has_javascript=False)
    site.enter(page)
    page.goto(site.address(f"{sample.path}/correct"))
    edit(page, BRIDGE, "Here the river begins.")
    page.get_by_role("button", name="See what changes").click()
    page.locator(f"#a{made}").get_by_role("link", name="Place it by hand").click()
    page.get_by_label("Or give the exact words").fill("Here the river begins.")
    page.get_by_role("button", name="Place it here").click()
    page.get_by_role("button", name="Accept and store").click()
    expect(page.locator(".article mark")).to_have_text("Here the river begins.")


@pytest.mark.parametrize("window", [DESKTOP, PHONE])
def test_the_cards_of_a_past_revision_are_there_and_open(
    site: Site, page: Page, sample: Sample, window: ViewportSize
) -> None:
    annotation_id = site.tag(sample, FIRST, note="Says who?")
    with site.writing() as session:
        member = site.find_member(session, "Ines")
        correct(session, member, session.get_one(Article, sample.id), f"{FIRST}\n\n{SECOND}")
    site.enter(page)
    page.set_viewport_size(window)
    page.goto(site.address(f"{sample.path}/revisions/1"))
    card = page.locator(f"#a{annotation_id}")
    expect(card).to_be_visible()
    card.locator("summary").click()
    expect(card.locator(".note")).to_have_text("Says who?")
    expect(card.get_by_role("link", name="As it is now")).to_be_visible()
    assert faults_of(page) == []
