"""The passages in a real browser: by visible labels, keyboard, touch, and without JavaScript."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.discussion.service.stances import set_stance
from tests.browser.reading_page import Held, wait
from tests.browser.running import Site
from tests.browser.sample import FIRST, SECOND, THIRD, Sample
from tests.browser.test_accessibility import faults_of
from tests.harness.chromium import PHONE, WatchedPages
from tests.harness.workbooks import records_of

PASSAGES = "/projects/first/findings/passages"
DAYS = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 2))


@pytest.fixture(scope="module")
def samples(site: Site) -> list[Sample]:
    """Give an article of each of four months, with demands and claims, one of each disputed."""
    if "Otto" not in site.cookies:
        site.sign_up("Otto")
    samples = []
    for day in DAYS:
        sample = site.add_article()
        samples.append(sample)
        site.tag(sample, FIRST, "demand", note="Who pays?")
        disputed = [site.tag(sample, SECOND, "demand"), site.tag(sample, THIRD, "claim")]
        with site.writing() as session:
            _dispute(session, site, sample, day, disputed)
    return samples


def _dispute(session: Session, site: Site, sample: Sample, day: date, ids: list[int]) -> None:
    article = session.get_one(Article, sample.id)
    article.published_on, article.publication = day, "The Quay"
    for annotation_id in ids:
        set_stance(
            session,
            actor=site.find_member(session, "Otto"),
            annotation_id=annotation_id,
            value="dispute",
            reason="It is not so.",
        )
    session.commit()


@pytest.fixture
def findings(site: Site, page: Page, samples: list[Sample]) -> Page:
    """Give the page of an article's project from which one goes to the passages."""
    assert samples
    site.enter(page)
    page.goto(site.address("/projects/first/articles"))
    return page


def heading(page: Page) -> str:
    return page.locator(".result-head h2").inner_text()


def test_all_disputed_demands_of_the_last_three_months_by_visible_labels(
    findings: Page, samples: list[Sample]
) -> None:
    page = findings
    page.get_by_role("link", name="Findings").click()
    expect(page.get_by_role("heading", name="Passages", level=1)).to_be_visible()
    everything = page.locator(".hit").count()
    for label in ("Demand", "disputed", "February 2026", "March 2026", "April 2026"):
        page.get_by_role("checkbox", name=label).check()
        expect(page.get_by_role("checkbox", name=label)).to_be_focused()
        expect(page.locator(".chips")).to_contain_text(label)
    expect(page.locator(".hit")).to_have_count(3)
    expect(page.locator(".hit .sentence")).to_contain_text([SECOND] * 3)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy address").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    expect(page.locator(".head h3")).to_have_text([each.title for each in samples[1:]])
    assert page.url.endswith(
        "?tag=demand&published=2026-02&published=2026-03&published=2026-04&state=disputed"
    )
    page.get_by_text("Other formats").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX of these 3").click()
    assert download.value.suggested_filename == "first-passages.xlsx"
    rows = records_of(download.value.path().read_bytes())
    assert [(row["tag"].value, row["quote"].value) for row in rows] == [("demand", SECOND)] * 3
    assert [f"{row['published_on'].value:%Y-%m-%d}" for row in rows] == list(map(str, DAYS[1:]))
    page.get_by_role("link", name="Published: April 2026, remove this filter").click()
    expect(page.locator(".hit")).to_have_count(2)
    page.go_back()
    expect(page.locator(".hit")).to_have_count(3)
    page.get_by_label("Group").select_option("tag")
    expect(page.locator(".head h3")).to_have_text(["Demand"])
    page.reload()
    expect(page.locator(".hit")).to_have_count(3)
    page.get_by_role("link", name="Clear all").first.click()
    expect(page.locator(".hit")).to_have_count(everything)
    page.locator(".hit .sentence a").first.click()
    expect(page.locator(".card[open]")).to_be_visible()


def test_on_paper_a_passage_says_its_state_and_nothing_can_be_pressed(
    site: Site, findings: Page
) -> None:
    findings.goto(site.address(f"{PASSAGES}?state=disputed&tag=demand"))
    findings.emulate_media(media="print")
    expect(findings.locator(".hit").first.get_by_text("disputed", exact=True)).to_be_visible()
    expect(findings.get_by_text("State: disputed")).to_be_visible()
    for pressed in (".tools", ".button", ".pick", ".chip.on > [aria-hidden]"):
        assert not findings.locator(f"{pressed}:visible").count(), pressed


def test_the_passages_by_keyboard_alone(findings: Page) -> None:
    page = findings
    page.goto(page.url.replace("/articles", "/findings/passages"))
    page.get_by_role("checkbox", name="Demand").focus()
    page.keyboard.press("Space")
    expect(page.locator(".chips")).to_contain_text("Tag: Demand")
    expect(page.get_by_role("checkbox", name="Demand")).to_be_focused()
    summary = page.locator("#facet-publication summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="The Quay").focus()
    page.keyboard.press("Space")
    expect(page.locator(".chips")).to_contain_text("Publication: The Quay")
    expect(page.get_by_role("checkbox", name="The Quay")).to_be_focused()
    page.get_by_role("link", name="Tag: Demand, remove this filter").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).not_to_contain_text("Tag: Demand")
    expect(page.locator(".result-head h2")).to_be_focused()
    page.get_by_role("link", name="Skip to the passages").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Summary of these")).to_be_focused()
    save = page.locator("summary", has_text="Save search")
    save.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Name")).to_be_hidden()
    expect(save).to_be_focused()


def test_by_keyboard_one_goes_from_a_tick_to_what_can_be_done(findings: Page) -> None:
    page = findings
    page.goto(page.url.replace("/articles", "/findings/passages"))
    page.locator(".pick input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_label("A line for each note")).to_be_focused()
    page.get_by_role("link", name="Tick all on this page").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Skip to what can be done with the ticked").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("A line for each note")).to_be_focused()


def test_filters_that_are_closed_before_they_are_answered_leave_the_focus_at_their_button(
    site: Site, pages: WatchedPages, samples: list[Sample]
) -> None:
    assert samples
    page = pages.open(viewport=PHONE)
    site.enter(page)
    page.goto(site.address(PASSAGES))
    held = Held()
    page.route("**/passages?*", held.hold)
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("checkbox", name="disputed").check()
    page.get_by_role("button", name="Close").click()
    wait(page, lambda: held.routes, "the filtered passages to be asked for")
    held.let_go()
    expect(page.locator(".result-head .chips")).to_contain_text("State: disputed")
    expect(page.get_by_role("button", name="Filters")).to_be_focused()


@pytest.mark.parametrize("has_javascript", [True, False])
def test_on_a_phone_the_filters_are_a_sheet(
    site: Site, pages: WatchedPages, samples: list[Sample], *, has_javascript: bool
) -> None:
    assert samples
    page = pages.open(viewport=PHONE, has_javascript=has_javascript)
    site.enter(page)
    page.goto(site.address(PASSAGES))
    expect(page.get_by_role("checkbox", name="disputed")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("checkbox", name="disputed").check()
    if has_javascript:
        page.get_by_role("button", name="Close").click()
    else:
        page.locator("#facets").get_by_role("button", name="Show").click()
    expect(page.locator(".result-head .chips")).to_contain_text("State: disputed")
    expect(page.get_by_role("checkbox", name="disputed")).to_be_hidden()
    if has_javascript:
        expect(page.get_by_role("button", name="Filters")).to_be_focused()
    expect(page.locator(".hit .badge").first).to_have_text("disputed")
    width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(width)


@pytest.mark.parametrize("query", ["?tag=claim", "?tag=claim&group=theme", "?q=road&view=context"])
def test_on_a_phone_names_without_a_space_make_the_page_no_wider(
    site: Site, pages: WatchedPages, samples: list[Sample], query: str
) -> None:
    assert samples
    page = pages.open(viewport=PHONE, is_phone=True)
    site.enter(page)
    page.goto(site.address(PASSAGES + query))
    names = page.locator("main bdi")
    assert names.count() > 5
    names.evaluate_all(
        "them => them.forEach(it => { it.textContent = 'Donaudampfschiff'.repeat(12); })"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("width", [320, 390, 750, 961, 1440])
def test_what_saves_a_search_opens_within_the_window(
    site: Site, pages: WatchedPages, samples: list[Sample], width: int
) -> None:
    assert samples
    page = pages.open(viewport={"width": width, "height": 800})
    site.enter(page)
    page.goto(site.address(f"{PASSAGES}?tag=demand"))
    page.locator("summary", has_text="Save search").click()
    box = page.locator(".save-search form").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_ticks_are_there_again_for_whoever_comes_back(site: Site, page: Page) -> None:
    sample = site.add_article()
    for words in (FIRST, SECOND, THIRD):
        site.tag(sample, words, "demand")
    site.enter(page)
    page.goto(site.address(f"{PASSAGES}?article={sample.id}"))
    for words in (FIRST, THIRD):
        page.get_by_role("checkbox", name=words).check()
    page.get_by_role("button", name="Move to trash").click()
    page.get_by_role("link", name="Leave them as they are").click()
    expect(page.locator("#bulk .ticked")).to_have_text("2 ticked")
    expect(page.get_by_role("checkbox", name=SECOND)).not_to_be_checked()
    page.get_by_role("checkbox", name=FIRST).uncheck()
    page.locator(".hit a").first.click()
    expect(page.locator(".card[open]")).to_be_visible()
    page.go_back()
    expect(page.locator("#bulk .ticked")).to_have_text("1 ticked")
    page.get_by_role("button", name="Move to trash").click()
    page.get_by_role("button", name="Move 1 passage to the trash").click()
    page.get_by_role("link", name="Back to the passages").click()
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.locator(".pick :checked")).to_have_count(0)


def test_back_leads_from_an_act_to_the_list_and_never_to_a_question_of_the_browser(
    site: Site, page: Page
) -> None:
    sample = site.add_article()
    for words in (FIRST, SECOND, THIRD):
        site.tag(sample, words, "demand")
    site.enter(page)
    here = site.address(f"{PASSAGES}?article={sample.id}")
    page.goto(here)
    for words in (FIRST, THIRD):
        page.get_by_role("checkbox", name=words).check()
    page.get_by_role("button", name="Change tag").click()
    expect(page.get_by_role("button", name="Tag 2 passages as claim")).to_be_focused()
    page.go_back()
    expect(page.locator("#bulk .ticked")).to_have_text("2 ticked")
    page.get_by_role("button", name="Move to trash").click()
    page.get_by_role("button", name="Change tag").click()
    page.go_back()
    expect(page.locator("#bulk .ticked")).to_have_text("2 ticked")
    page.get_by_role("button", name="Move to trash").click()
    page.get_by_role("button", name="Move 2 passages to the trash").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(here)
    expect(page.locator(".hit")).to_have_count(1)
    expect(page.locator(".pick :checked")).to_have_count(0)


def test_back_leads_from_tagging_every_occurrence_to_its_places(
    site: Site, page: Page, sample: Sample
) -> None:
    site.enter(page)
    here = site.address(f"/projects/first/findings/occurrences?q=the&article={sample.id}")
    page.goto(here)
    boxes = page.get_by_role("list", name="Places").get_by_role("checkbox")
    boxes.first.uncheck()
    page.get_by_label("Note").fill("Which one?")
    places = boxes.count() - 1
    page.get_by_role("button", name="Tag the ticked").click()
    expect(page.get_by_role("heading", name=f"Tag {places} places")).to_be_visible()
    page.go_back()
    expect(boxes.first).not_to_be_checked()
    expect(boxes.nth(1)).to_be_checked()
    expect(page.get_by_label("Note")).to_have_value("Which one?")
    page.get_by_role("button", name="Tag the ticked").click()
    page.locator("#bulk-preview [name=confirm]").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(here)
    expect(page.get_by_text("claim already")).to_have_count(places)
    expect(boxes.first).not_to_be_checked()


def test_what_is_ticked_stays_ticked_while_it_is_listed(site: Site, page: Page) -> None:
    sample = site.add_article()
    for words in (FIRST, SECOND):
        site.tag(sample, words, "demand")
    site.tag(sample, THIRD, "claim")
    site.enter(page)
    page.goto(site.address(f"{PASSAGES}?article={sample.id}"))
    for words in (FIRST, THIRD):
        page.get_by_role("checkbox", name=words).check()
    page.get_by_label("Sort").select_option("tagged")
    page.wait_for_url("**sort=tagged**")
    expect(page.locator("#bulk .ticked")).to_have_text("2 ticked")
    page.get_by_role("checkbox", name="demand").check()
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.locator("#bulk .ticked")).to_have_text("1 ticked")
    expect(page.get_by_role("checkbox", name=FIRST)).to_be_checked()


def test_what_was_unticked_of_a_whole_page_stays_unticked(site: Site, page: Page) -> None:
    sample = site.add_article()
    for words in (FIRST, SECOND, THIRD):
        site.tag(sample, words, "demand")
    site.enter(page)
    page.goto(site.address(f"{PASSAGES}?article={sample.id}"))
    page.get_by_role("link", name="Tick all on this page").click()
    page.get_by_role("checkbox", name=SECOND).uncheck()
    page.get_by_role("button", name="Move to trash").click()
    page.go_back()
    expect(page.locator("#bulk .ticked")).to_have_text("2 ticked")
    page.get_by_role("button", name="Move to trash").click()
    page.get_by_role("link", name="Leave them as they are").click()
    expect(page.locator("#bulk .ticked")).to_have_text("2 ticked")
    expect(page.get_by_role("checkbox", name=SECOND)).not_to_be_checked()


@pytest.mark.parametrize("is_phone_without_javascript", [True, False])
def test_many_passages_are_changed_as_one_act_and_undone(
    site: Site, pages: WatchedPages, *, is_phone_without_javascript: bool
) -> None:
    sample = site.add_article()
    for words in (FIRST, SECOND, THIRD):
        site.tag(sample, words, "demand")
    page = pages.open()
    if is_phone_without_javascript:
        page = pages.open(viewport=PHONE, has_javascript=False)
    site.enter(page)
    here = site.address(f"{PASSAGES}?article={sample.id}")
    page.goto(here)
    expect(page.locator("#bulk")).to_be_hidden()
    page.get_by_role("checkbox", name=FIRST).focus()
    page.keyboard.press("Space")
    expect(page.locator("#bulk")).to_be_visible()
    expect(page.locator("#bulk .ticked")).to_have_text(
        "" if is_phone_without_javascript else "1 ticked"
    )
    page.get_by_role("link", name="Tick all on this page").click()
    page.get_by_role("link", name="Take all 3 that are asked for").click()
    expect(page.get_by_text("All 3 are taken")).to_be_visible()
    if is_phone_without_javascript:
        page.get_by_role("button", name="Change these…").click()
    page.get_by_label("A line for each note").fill("Ask the harbour.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Add this line to the note of 3")).to_be_focused()
    assert is_phone_without_javascript or faults_of(page) == []
    page.keyboard.press("Enter")
    done = page.get_by_role("heading", name="Added a line to the note of 3 passages.")
    expect(done).to_be_visible()
    assert is_phone_without_javascript or faults_of(page) == []
    page.goto(here)
    expect(page.locator(".hit .note")).to_have_text(["Ask the harbour."] * 3)
    page.goto(site.address("/projects/first/activity"))
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("heading", name="Undone: 3 passages are as before.")).to_be_visible()
    page.goto(here)
    expect(page.locator(".hit")).to_have_count(3)
    expect(page.locator(".hit .note")).to_have_count(0)
