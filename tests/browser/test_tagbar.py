"""Where the tag bar stands: at the selection and never over it; a sheet on a phone."""

from playwright.sync_api import Page, expect

from tests.browser.reading_page import Box, Desk
from tests.browser.running import Site, briefly
from tests.browser.sample import FIRST, LAST, LONG, SECOND, Sample

TAGS = ("Claim", "Demand", "Assumption", "Citation")


def select_alone(desk: Desk, words: str) -> None:
    desk.select(words)
    expect(desk.bar).to_be_visible()


def scroll_to(desk: Desk, words: str, top: float) -> None:
    """Scroll so that words stand `top` pixels below the window's upper edge."""
    desk.page.evaluate("y => scrollBy(0, y)", desk.boxes(words)[0].top - top)


def expect_clear_of(desk: Desk, words: str) -> Box:
    """Expect the bar inside the window and not over the words; return where it is."""
    bar = desk.box(desk.bar)
    assert not [line for line in desk.boxes(words) if bar.overlaps(line)]
    size = desk.page.viewport_size
    assert size is not None
    assert bar.left >= 0
    assert bar.right <= size["width"]
    assert bar.top >= 0
    assert bar.bottom <= size["height"]
    return bar


def test_the_bar_stands_above_the_selection(desk: Desk) -> None:
    select_alone(desk, SECOND)
    bar = expect_clear_of(desk, SECOND)
    assert bar.bottom <= desk.boxes(SECOND)[0].top
    assert desk.boxes(SECOND)[0].top - bar.bottom < 20


def test_without_room_above_the_bar_stands_below(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(LONG))
    scroll_to(desk, LAST, 70)
    select_alone(desk, LAST)
    bar = expect_clear_of(desk, LAST)
    assert bar.top >= desk.boxes(LAST)[-1].bottom
    assert not bar.overlaps(desk.box(page.locator(".masthead")))


def test_the_bar_follows_scrolling(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(LONG))
    select_alone(desk, LAST)
    gap = desk.boxes(LAST)[0].top - desk.box(desk.bar).top
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 150)
    desk.wait(lambda: page.evaluate("scrollY") == 150, "the page to scroll")
    assert abs(desk.boxes(LAST)[0].top - desk.box(desk.bar).top - gap) < 1


def test_scrolled_out_of_room_above_the_bar_moves_below(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(LONG))
    select_alone(desk, LAST)
    scroll_to(desk, LAST, 70)
    desk.wait(
        lambda: desk.box(desk.bar).top >= desk.boxes(LAST)[-1].bottom, "the bar to move below"
    )
    expect_clear_of(desk, LAST)


def test_a_selection_higher_than_the_window_has_the_bar_beside_it(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(LONG))
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.article'))")
    scroll_to(desk, "Paragraph 20 says", 400)
    expect(desk.bar).to_be_visible()
    desk.wait(lambda: 0 < desk.box(desk.bar).top < 800, "the bar to come into the window")
    bar = desk.box(desk.bar)
    texts = [desk.box(text) for text in page.locator("#b20 .text, #b25 .text").all()]
    assert not [text for text in texts if bar.overlaps(text)]


def test_the_bar_follows_the_selection(desk: Desk) -> None:
    select_alone(desk, FIRST)
    desk.select(LAST)
    desk.wait(
        lambda: abs(desk.box(desk.bar).bottom - desk.boxes(LAST)[0].top) < 20,
        "the bar at the new selection",
    )
    expect_clear_of(desk, LAST)


def test_the_bar_goes_with_the_selection(desk: Desk) -> None:
    select_alone(desk, FIRST)
    desk.page.evaluate("getSelection().removeAllRanges()")
    expect(desk.bar).to_be_hidden()


def test_a_press_on_the_bar_keeps_the_focus_and_the_selection(desk: Desk) -> None:
    desk.drag(FIRST)
    for names in (["Claim"], ["Claim", "Citation"]):
        desk.choose(names[-1])
        desk.settle()
        assert (desk.focus, desk.focused_block, desk.selection) == ("div.passage", 1, FIRST)
        expect(desk.bar.get_by_role("button", pressed=True)).to_contain_text(names)
    desk.choose("Claim")
    desk.settle()
    expect(desk.bar.get_by_role("button", pressed=True)).to_contain_text(["Citation"])
    assert briefly(desk.site.rows(desk.sample)) == [("citation", FIRST)]


def test_on_a_phone_the_bar_is_a_sheet_at_the_bottom(
    site: Site, phone: Page, sample: Sample
) -> None:
    desk = Desk(site, phone, sample)
    select_alone(desk, SECOND)
    bar = expect_clear_of(desk, SECOND)
    assert (bar.left, bar.right) == (0, 390)
    assert abs(bar.bottom - desk.box(phone.locator(".footbar")).top) < 1
    for tag in TAGS:
        button = desk.box(desk.bar.get_by_role("button", name=tag))
        assert button.bottom - button.top >= 44


def test_a_finger_tags_what_its_selection_holds(site: Site, phone: Page, sample: Sample) -> None:
    desk = Desk(site, phone, sample)
    select_alone(desk, SECOND)
    desk.bar.get_by_role("button", name="Demand").tap()
    desk.settle()
    assert briefly(site.rows(sample)) == [("demand", SECOND)]
    expect(desk.toast).to_be_visible()
    undo = desk.toast.get_by_role("button", name="Undo")
    undo.tap()
    expect(desk.cards).to_have_count(0)


def test_on_a_phone_new_boundaries_are_chosen_in_the_text(
    site: Site, phone: Page, sample: Sample
) -> None:
    annotation_id = site.tag(sample, FIRST)
    desk = Desk(site, phone, sample)
    card = desk.open(annotation_id)
    card.get_by_label("More about this annotation").tap()
    card.get_by_role("button", name="Change boundaries").tap()
    bar = phone.get_by_role("toolbar", name="Change the boundaries")
    expect(bar).to_contain_text("Select the new passage")
    expect(card.locator(".card-full")).to_be_hidden()
    desk.wait(lambda: 0 <= desk.boxes(FIRST)[0].top <= 700, "the passage in the window")
    desk.select(SECOND)
    bar.get_by_role("button", name="Use this passage").tap()
    desk.settle()
    assert briefly(site.rows(sample)) == [("claim", SECOND)]
    expect(card.locator(".card-full")).to_be_visible()


def test_on_a_phone_the_sheet_does_not_hide_what_is_selected_last(site: Site, phone: Page) -> None:
    desk = Desk(site, phone, site.add_article(LONG))
    scroll_to(desk, LAST, 790)
    select_alone(desk, LAST)
    desk.wait(
        lambda: not [b for b in desk.boxes(LAST) if desk.box(desk.bar).overlaps(b)],
        "the selection above the sheet",
    )


def test_on_a_phone_an_open_card_is_a_sheet_that_can_be_closed(
    site: Site, phone: Page, sample: Sample
) -> None:
    annotation_id = site.tag(sample, SECOND)
    desk = Desk(site, phone, sample)
    phone.locator(f"#a{annotation_id} > summary").tap()
    body = phone.locator(f"#a{annotation_id} > .body")
    expect(body.locator(".card-full")).to_be_visible()
    assert abs(desk.box(body).bottom - desk.box(phone.locator(".footbar")).top) < 1
    body.get_by_role("button", name="Close").tap()
    expect(body).to_be_hidden()


def test_on_a_phone_a_note_goes_to_what_was_just_tagged_and_not_to_the_open_card(
    site: Site, phone: Page, sample: Sample
) -> None:
    other = site.tag(sample, FIRST)
    desk = Desk(site, phone, sample)
    desk.open(other)
    select_alone(desk, SECOND)
    desk.bar.get_by_role("button", name="Demand").tap()
    expect(desk.toast).to_contain_text("Tagged as demand")
    desk.toast.get_by_role("button", name="Add a note").tap()
    note = desk.open_card.locator(".note-form textarea")
    expect(note).to_be_focused()
    phone.keyboard.type("By thumb.")
    phone.keyboard.press("Control+Enter")
    desk.settle()
    assert [(row["quote"], row["note"]) for row in site.rows(sample)] == [
        (FIRST, ""),
        (SECOND, "By thumb."),
    ]
