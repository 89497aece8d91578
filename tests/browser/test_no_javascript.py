"""Without JavaScript: every act is a form that works alone."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.running import Site, briefly, fill_account, read_csv
from tests.browser.sample import FIRST, LAST, SECOND, THIRD, Sample
from tests.harness.chromium import PHONE, WatchedPages


@pytest.fixture
def bare(pages: WatchedPages) -> Page:
    """Give a page whose browser runs no scripts."""
    page = pages.open(has_javascript=False)
    page.set_default_timeout(8_000)
    return page


@pytest.fixture
def reading(site: Site, bare: Page, sample: Sample) -> Page:
    """Give that page with the sample open."""
    site.enter(bare)
    bare.goto(site.address(sample.path))
    return bare


def paste(page: Page, words: str, tag: str, note: str = "") -> None:
    """Fill in and send the form that takes exact words."""
    form = page.locator("form.tag-words")
    form.get_by_label("The exact words").fill(words)
    form.get_by_label(tag, exact=True).check()
    if note:
        form.get_by_label("Note").fill(note)
    form.get_by_role("button", name="Tag these words").click()


def open_card(page: Page, annotation_id: int) -> None:
    """Go to the page of a card by way of the margin."""
    card = page.locator(f"#a{annotation_id}")
    page.locator(".margin", has=card).locator("> summary").click()
    card.locator("> summary").click()
    card.get_by_role("link", name="Open this annotation").click()
    page.wait_for_url("**/card*")


def test_signing_up_and_reading(site: Site, bare: Page, sample: Sample) -> None:
    bare.goto(site.address("/sign-up"))
    fill_account(bare, "Signe")
    bare.get_by_role("link", name=sample.title, exact=True).click()
    expect(bare.get_by_role("heading", name=sample.title)).to_be_visible()
    expect(bare.get_by_text(FIRST)).to_be_visible()
    bare.get_by_role("button", name="Sign out").click()
    expect(bare.get_by_role("heading", name="Sign in")).to_be_visible()


def test_pasted_words_are_tagged_where_they_stand(
    site: Site, reading: Page, sample: Sample
) -> None:
    paste(reading, f"  {SECOND}\n", "Demand", note="Pasted.")
    expect(reading.locator("mark").get_by_text(SECOND)).to_be_visible()
    expect(reading.locator(".toast")).to_contain_text("Tagged as demand.")
    (row,) = site.rows(sample)
    assert (row["tag"], row["quote"], row["note"]) == ("demand", SECOND, "Pasted.")
    assert (row["start"], row["end"]) == sample.span(SECOND)


def test_words_over_two_paragraphs_are_found(site: Site, reading: Page, sample: Sample) -> None:
    paste(reading, f"{THIRD}\r\n\r\nWhat was promised", "Claim")
    expect(reading.locator("mark")).to_have_count(2)
    assert briefly(site.rows(sample)) == [("claim", f"{THIRD}\n\nWhat was promised")]


@pytest.mark.page_errors("422")
def test_words_that_occur_twice_are_chosen_in_their_context(
    site: Site, reading: Page, sample: Sample
) -> None:
    paste(reading, "The road floods.", "Claim", note="The second one.")
    places = reading.get_by_role("group", name="Which of them?").get_by_role("radio")
    expect(places).to_have_count(2)
    expect(reading.get_by_label("The exact words")).to_have_value("The road floods.")
    expect(reading.get_by_label("Claim", exact=True)).to_be_checked()
    places.nth(1).check()
    reading.get_by_role("button", name="Tag these words").click()
    expect(reading.locator("mark")).to_have_count(1)
    (row,) = site.rows(sample)
    assert int(row["start"]) == sample.text.rindex("The road floods.")
    assert row["note"] == "The second one."


@pytest.mark.page_errors("422")
def test_words_that_do_not_occur_show_the_nearest_and_keep_what_was_typed(
    site: Site, reading: Page, sample: Sample
) -> None:
    wrong = "The council has to close that road."
    paste(reading, wrong, "Demand", note="From memory.")
    expect(reading.get_by_role("alert")).to_contain_text("do not occur")
    expect(reading.get_by_label("The exact words")).to_have_value(wrong)
    expect(reading.locator(".nearest strong")).to_have_text(FIRST)
    reading.get_by_role("button", name="Tag this passage instead").click()
    expect(reading.locator("mark").get_by_text(FIRST)).to_be_visible()
    (row,) = site.rows(sample)
    assert (row["tag"], row["quote"], row["note"]) == ("demand", FIRST, "From memory.")


def test_the_sentences_of_a_block_are_ticked(site: Site, reading: Page, sample: Sample) -> None:
    reading.locator("#b1").get_by_role("link", name="Paragraph 1: tag its sentences").click()
    reading.get_by_label(SECOND).check()
    reading.get_by_label(THIRD).check()
    reading.get_by_label("Assumption").check()
    reading.get_by_role("button", name="Tag these sentences").click()
    expect(reading.locator("mark")).to_be_visible()
    assert briefly(site.rows(sample)) == [("assumption", f"{SECOND} {THIRD}")]


@pytest.mark.page_errors("422")
def test_ticks_with_a_gap_are_refused_and_kept(site: Site, reading: Page, sample: Sample) -> None:
    reading.goto(site.address(f"{sample.path}/blocks/1"))
    reading.get_by_label(FIRST).check()
    reading.get_by_label(THIRD).check()
    reading.get_by_label("Claim").check()
    reading.get_by_role("button", name="Tag these sentences").click()
    expect(reading.get_by_role("alert")).to_contain_text("without a gap")
    expect(reading.get_by_label(FIRST)).to_be_checked()
    expect(reading.get_by_label(SECOND)).not_to_be_checked()
    assert site.rows(sample) == []


def test_a_card_has_a_page_on_which_tag_and_note_are_changed(
    site: Site, reading: Page, sample: Sample
) -> None:
    annotation_id = site.tag(sample, FIRST)
    reading.reload()
    open_card(reading, annotation_id)
    reading.get_by_label("Note").fill("Written on its page.")
    reading.get_by_role("button", name="Save", exact=True).click()
    expect(reading.locator(".card .excerpt")).to_have_text("Written on its page.")
    open_card(reading, annotation_id)
    expect(reading.get_by_role("button", name="Claim")).to_have_attribute("aria-pressed", "true")
    reading.get_by_role("button", name="Citation").click()
    expect(reading.locator("mark.citation")).to_have_text(FIRST)
    (row,) = site.rows(sample)
    assert (row["tag"], row["note"]) == ("citation", "Written on its page.")


@pytest.mark.page_errors("422")
def test_boundaries_are_changed_by_their_words(site: Site, reading: Page, sample: Sample) -> None:
    annotation_id = site.tag(sample, FIRST)
    reading.reload()
    open_card(reading, annotation_id)
    reading.locator(".bounds > summary").click()
    reading.get_by_label("The exact words").fill("It floods each spring, and nobody repairs it.")
    reading.get_by_role("button", name="Save boundaries").click()
    expect(reading.locator(".card-full")).to_contain_text("Nearest")
    reading.get_by_label("The exact words").fill(SECOND)
    reading.get_by_role("button", name="Save boundaries").click()
    expect(reading.locator("mark").get_by_text(SECOND)).to_be_visible()
    assert briefly(site.rows(sample)) == [("claim", SECOND)]


def test_the_message_of_an_act_offers_undo_and_the_page_redo(
    site: Site, reading: Page, sample: Sample
) -> None:
    paste(reading, FIRST, "Claim")
    reading.locator(".toast").get_by_role("button", name="Undo").click()
    expect(reading.locator("mark")).to_have_count(0)
    expect(reading.locator(".toast")).to_contain_text("No longer tagged as claim")
    assert site.rows(sample) == []
    reading.get_by_role("button", name="Redo").click()
    expect(reading.locator("mark")).to_have_count(1)
    assert briefly(site.rows(sample)) == [("claim", FIRST)]


def test_delete_goes_to_the_trash_and_comes_back(site: Site, reading: Page, sample: Sample) -> None:
    annotation_id = site.tag(sample, LAST)
    reading.reload()
    open_card(reading, annotation_id)
    reading.get_by_label("More about this annotation").click()
    reading.get_by_role("button", name="Delete").click()
    expect(reading.locator("mark")).to_have_count(0)
    reading.locator("summary[aria-label='More actions']").click()
    reading.get_by_role("link", name="Trash of this article").click()
    expect(reading.get_by_text("1 deleted annotation")).to_be_visible()
    reading.get_by_role("button", name=f"Restore “{LAST}”").click()
    expect(reading.locator(".toast")).to_contain_text("Restored.")
    expect(reading.get_by_text("The trash is empty")).to_be_visible()
    assert briefly(site.rows(sample)) == [("claim", LAST)]


def test_the_filter_is_a_form_and_a_url(site: Site, reading: Page, sample: Sample) -> None:
    site.tag(sample, FIRST, "claim")
    site.tag(sample, SECOND, "demand")
    reading.reload()
    reading.locator(".filter").get_by_label("Claim").uncheck()
    reading.get_by_role("button", name="Show", exact=True).click()
    expect(reading.locator("mark")).to_have_count(1)
    expect(reading.locator("mark.demand")).to_be_visible()
    assert "tag=demand" in reading.url
    reading.get_by_role("link", name="Show everything").click()
    expect(reading.locator("mark")).to_have_count(2)


def test_what_lies_at_a_place_is_a_page(site: Site, reading: Page, sample: Sample) -> None:
    annotation_id = site.tag(sample, FIRST, "claim")
    site.tag(sample, f"{FIRST} {SECOND}", "demand")
    reading.goto(site.address(f"/annotations/{annotation_id}/card"))
    reading.get_by_label("More about this annotation").click()
    reading.get_by_role("link", name="All at this place").click()
    expect(reading.locator(".at li")).to_have_count(2)
    expect(reading.locator(".at")).to_contain_text("2 annotations here")


def test_the_csv_is_a_link_to_the_file(site: Site, reading: Page, sample: Sample) -> None:
    site.tag(sample, FIRST, "claim", note="=1+1")
    link = reading.locator(".rail").get_by_role("link", name=re.compile("^CSV of"))
    assert link.get_attribute("href") == f"{sample.path}/annotations.csv"
    with reading.expect_download() as download:
        link.click()
    content = download.value.path().read_text(encoding="utf-8-sig")
    (row,) = read_csv(content)
    assert (row["quote"], row["note"]) == (FIRST, "'=1+1")


def test_what_was_left_out_of_a_page_is_put_back_by_keyboard(site: Site, bare: Page) -> None:
    said = "Nobody in the town repairs the old bridge, though everybody crosses it each day. " * 4
    content = (
        "<title>The Bridge</title><nav><p>Menu</p></nav><article><h1>The Bridge</h1>"
        f"<p>First. {said}</p><div class='related-posts'><p>Aside. {said}</p></div>"
        f"<p>Second. {said}</p></article>"
    )
    site.enter(bare)
    bare.goto(site.address("/projects/first/articles/add"))
    file = FilePayload(name="bridge.html", mimeType="text/html", buffer=content.encode())
    bare.get_by_label("Choose files").set_input_files(file)
    bare.get_by_role("button", name="Read them").click()
    bare.get_by_label("Author").fill("Ada M. Quill")
    bare.locator(".left-out > summary").focus()
    bare.keyboard.press("Enter")
    for _ in range(2):  # after "Put all back" what stood inside the article
        bare.keyboard.press("Tab")
    bare.keyboard.press("Enter")
    expect(bare.locator(".preview > .text")).to_have_text(
        [re.compile(f"^{word}") for word in ("The Bridge", "First", "Aside", "Second")]
    )
    expect(bare.get_by_label("Author")).to_have_value("Ada M. Quill")

    bare.keyboard.press("Tab")  # where one was: to the link into the text
    expect(bare.locator("#left-out-1-words")).to_be_focused()
    bare.keyboard.press("Tab")
    bare.keyboard.press("Enter")
    expect(bare.locator(".preview > .text")).to_have_count(3)


def test_nothing_that_needs_a_script_is_shown(site: Site, reading: Page, sample: Sample) -> None:
    annotation_id = site.tag(sample, FIRST)
    reading.goto(site.address(f"/annotations/{annotation_id}"))
    expect(reading.locator("#tagbar")).to_be_hidden()
    expect(reading.get_by_text("Select words in the text")).to_be_hidden()
    card = reading.locator(f"#a{annotation_id}")
    expect(card.locator(".card-full")).to_be_visible()
    expect(card.get_by_role("button", name="Close")).to_be_hidden()
    expect(card.get_by_role("button", name="Change boundaries")).to_be_hidden()


def test_what_is_said_covers_nothing_and_comes_along(
    site: Site, bare: Page, sample: Sample
) -> None:
    bare.set_viewport_size(PHONE)
    site.enter(bare)
    bare.goto(site.address(sample.path))
    paste(bare, FIRST, "Claim")
    said = bare.locator(".toast")
    expect(said).to_be_in_viewport(ratio=1)
    bare.locator("form.tag-words button").scroll_into_view_if_needed()
    expect(said).to_be_in_viewport(ratio=1)
    toast, foot = said.bounding_box(), bare.locator(".footbar").bounding_box()
    assert toast is not None
    assert foot is not None
    assert toast["y"] + toast["height"] <= foot["y"]
    assert toast["y"] <= 1


def test_words_are_found_in_the_article(reading: Page) -> None:
    reading.get_by_role("link", name="Find", exact=True).click()
    bar = reading.get_by_role("search", name="Find in this article")
    bar.get_by_role("searchbox").fill("no such words at all")
    bar.get_by_role("button", name="Find").click()
    expect(bar).to_contain_text("Not found in this article.")
    bar.get_by_role("searchbox").fill(f'"{FIRST.rstrip(".")}"')
    bar.get_by_role("button", name="Find").click()
    bar.get_by_text("1 place").click()
    bar.get_by_role("listitem").get_by_role("link").click()
    expect(reading).to_have_url(re.compile(r"find=.*#b\d+$"))
    bar.get_by_role("link", name="Close", exact=True).click()
    expect(bar).to_be_hidden()
