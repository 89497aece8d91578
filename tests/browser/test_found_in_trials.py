"""What people met in trials and no other test of a browser holds: each is to stay ended."""

import re
from functools import partial

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.reading_page import Desk
from tests.browser.running import Site, briefly
from tests.browser.sample import FIRST, HEADING, LONG, SECOND, THIRD, Sample
from tests.harness.builders import PASSWORD
from tests.harness.chromium import DESKTOP, PHONE
from tests.harness.shared import shared_case

BEGINS_WITH_ITS_TITLE = """# The Levee NUMBER

By Ada Quill, The Ferry Post, 9 March 2025

Nobody has walked the levee since May. It leaks in two places.
"""

JAPANESE = (
    "\u5e02\u306f\u6a4b\u3092\u5efa\u3066\u306a\u3044\u3002\u8a31\u53ef\u306f\u51fa\u305f\u3002"
)

LISTED = {
    "Title": [
        *("1945 and after", "Ångström units", "apple orchards", "eager beavers", "Élan vital"),
        *("Mist over the Quay", "Öl und Wasser", "“Quoted” titles", "Zebra Crossing"),
        *("Zoë’s ferry", "Ναυπηγείο", "Мост без города"),
    ]
}


def test_a_message_goes_by_itself_after_eight_seconds(
    site: Site, page: Page, sample: Sample
) -> None:
    page.clock.install()
    desk = Desk(site, page, sample)
    desk.select(FIRST)
    page.clock.run_for(500)  # the selection is told of late
    desk.choose("Claim")
    expect(desk.toast.get_by_role("button")).to_have_text(["Add a note", "Undo"])
    page.clock.run_for(7_500)
    expect(desk.toast).to_be_visible()
    page.clock.run_for(1_000)
    expect(desk.toast).to_be_hidden()


def test_what_is_undone_is_said_in_one_sentence(desk: Desk) -> None:
    desk.tag(FIRST, "Claim")
    desk.toast.get_by_role("button", name="Undo").click()
    expect(desk.cards).to_have_count(0)
    expect(desk.toast).to_contain_text("No longer tagged as claim")
    said = desk.toast.inner_text()
    assert "Undone" not in said
    assert "trash" not in said


@pytest.mark.page_errors("422", "409", always=False)
def test_what_is_wrong_with_a_form_is_said_once(site: Site, page: Page) -> None:
    page.goto(site.address("/sign-up"))
    page.get_by_label("Name").fill("Pia")
    page.get_by_label("Email").fill("ines@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.locator(".error")).to_have_count(1)
    said = page.locator(".error").inner_text()
    assert page.locator("main").inner_text().count(said) == 1


def test_a_title_in_the_text_stands_above_the_byline_and_once(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(BEGINS_WITH_ITS_TITLE))
    title = page.locator(".article").get_by_text(re.compile(r"^The Levee \d+$"))
    shown = [each for each in title.all() if desk.box(each).bottom - desk.box(each).top > 20]
    assert len(shown) == 1
    assert desk.box(shown[0]).bottom <= desk.box(page.locator(".byline")).top + 1


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_while_a_long_thread_is_read_the_words_that_it_is_about_are_in_sight(
    site: Site, page: Page, size: ViewportSize
) -> None:
    sample = site.add_article(LONG)
    number = site.tag(sample, SECOND, name="Otto")
    page.set_viewport_size(size)
    desk = Desk(site, page, sample)
    card = desk.open(number)
    desk.open_thread(card)
    for count in range(1, 9):
        card.get_by_label("Comment", exact=True).fill("Line after line of it. " * 8)
        desk.press("Control+Enter")
        expect(card.locator(".comments > li")).to_have_count(count)
    # In one step: a live update may draw the comments again.
    page.evaluate("document.querySelector('.comments > li:last-child').scrollIntoView(false)")

    def is_in_sight() -> bool:
        body, words = desk.box(card.locator("> .body")), desk.boxes(SECOND)[0]
        return words.top >= 0 and words.bottom <= size["height"] and not words.overlaps(body)

    desk.wait(is_in_sight, "the words in the window, under no card")


def test_titles_are_listed_as_a_person_would_sort_them(site: Site, page: Page) -> None:
    for number in range(12):
        file = shared_case(f"other/sort/sort{number:02}.md").decode()
        site.add_article(file.replace("This is text", "This is a text"))
    site.enter(page)
    page.goto(site.address("/projects/first/articles?search=Writer"))
    page.get_by_label("Sort by").select_option(label="Title")
    page.get_by_role("button", name="Show", exact=True).click()
    titles = page.locator(".articles .title")
    expect(titles).to_have_text(LISTED["Title"])
    search = page.get_by_role("searchbox")
    search.fill("angstrom")
    search.press("Enter")
    expect(titles).to_have_text(["Ångström units"])
    search.fill('"quoted"')
    search.press("Enter")
    expect(titles).to_have_text(["“Quoted” titles"])


def test_japanese_is_walked_by_sentences_and_counted_in_characters(site: Site, page: Page) -> None:
    source = f"---\ntitle: {JAPANESE[:3]} NUMBER\nlanguage: ja\n---\n\n{JAPANESE}\n"
    desk = Desk(site, page, site.add_article(source))
    first, second = (f"{words}\u3002" for words in JAPANESE.split("\u3002")[:2])
    expect(page.locator(".byline")).to_contain_text(f"{len(JAPANESE)} characters")
    desk.block(1).locator(".passage").focus()
    desk.press("ArrowRight", "1", "ArrowRight", "4")
    desk.settle()
    desk.wait(
        lambda: briefly(site.rows(desk.sample)) == [("claim", first), ("citation", second)],
        "a sentence each",
    )


def has_rows(desk: Desk, count: int) -> bool:
    return len(desk.site.rows(desk.sample)) == count


def test_the_case_in_japanese_and_the_one_in_hebrew_are_tagged_by_sentences(
    site: Site, page: Page
) -> None:
    for name, onward in (("ja.md", "ArrowRight"), ("hebrew.md", "ArrowLeft")):
        source = shared_case(f"other/{name}").decode()
        desk = Desk(site, page, site.add_article(source.replace("title: ", "title: NUMBER ")))
        desk.block(1).locator(".passage").focus()
        desk.press(onward, "1", onward, "2", "n")
        page.keyboard.type("Says who?")
        desk.press("Control+Enter")
        desk.settle()
        desk.wait(partial(has_rows, desk, 2), "two rows")
        paragraph = desk.sample.text.split("\n\n")[0]
        quotes = [row["quote"] for row in site.rows(desk.sample)]
        assert paragraph.startswith(quotes[0])
        assert quotes[1] in paragraph[len(quotes[0]) :]


@pytest.mark.page_errors("404", "405", always=False)
def test_pages_that_belong_to_no_project_keep_the_way_to_the_one_that_was_open(
    site: Site, page: Page, sample: Sample
) -> None:
    site.enter(page)
    page.goto(site.address(sample.path))
    ways = page.get_by_role("navigation", name="Project").get_by_role("link")
    names = ["Articles", "Findings", "Guidelines", "Themes", "Activity", "People"]
    for path in ("/inbox", "/account", "/help", "/nowhere", "/account/name"):
        page.goto(site.address(path))
        expect(ways).to_have_text(names)


def test_what_spreadsheets_do_stands_behind_a_question_mark_beside_the_csv(
    site: Site, page: Page, sample: Sample
) -> None:
    site.enter(page)
    for path in (sample.path, "/projects/first/articles"):
        page.goto(site.address(path))
        rule = page.get_by_text("Cells that begin with")
        expect(rule).to_be_hidden()
        page.locator(".csv-rule > summary").click()
        expect(rule).to_be_visible()


def test_one_word_is_used_for_annotations_for_assignments_and_for_undo(
    site: Site, page: Page, sample: Sample
) -> None:
    site.tag(sample, FIRST)
    site.tag(sample, SECOND)
    site.enter(page)
    counted = {
        "/projects/first/articles": page.get_by_role("row").filter(has_text=sample.title),
        sample.path: page.locator(".byline"),
        f"{sample.path}/blocks/1": page.locator("main"),
    }
    for path, place in counted.items():
        page.goto(site.address(path))
        expect(place).to_contain_text("2 annotations")
    for path in [*counted, *(f"{sample.path}/{each}" for each in ("assignments", "activity"))]:
        page.goto(site.address(path))
        words = page.locator("main").inner_text()
        assert not re.search(r"\d passages?\b|Who is where|My last act", words, re.IGNORECASE), path
    page.goto(site.address(f"{sample.path}/assignments"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Assignments")
    page.goto(site.address(sample.path))
    for name in ("Undo", "Redo"):
        expect(page.locator(".rail").get_by_role("button", name=name)).to_have_text(name)


def test_a_passage_over_paragraphs_has_a_card_beside_each_and_both_are_lit(
    site: Site, page: Page, sample: Sample
) -> None:
    number = site.tag(sample, f"{THIRD}\n\n{HEADING}")
    desk = Desk(site, page, sample)
    cards = page.locator(f'.card[data-annotation="{number}"]')
    expect(cards).to_have_count(2)
    for block in (1, 2):
        expect(desk.block(block).locator(f'[data-annotation="{number}"]')).to_be_visible()
    desk.mark(HEADING).hover()
    for card in cards.all():
        expect(card).to_have_class(re.compile(r"\blit\b"))
