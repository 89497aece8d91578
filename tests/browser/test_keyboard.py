"""The keyboard alone: every act without a mouse, and a focus that is never lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pressing import expect_rows, expect_selected, press, tab_to, tab_to_text
from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import FIRST, HEADING, LAST, LONG, SECOND, THIRD, Sample
from tests.harness.builders import PASSWORD


def test_from_signing_in_to_a_note_and_back(site: Site, page: Page, sample: Sample) -> None:
    site.sign_up("Keya")
    page.goto(site.address("/sign-in"))
    tab_to(page, "it.type === 'email'", "the email")
    page.keyboard.type("keya@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Articles", exact=True)).to_be_visible()
    tab_to(page, f"it.textContent === {sample.title!r}", "the article")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=sample.title)).to_be_visible()
    tab_to(page, "it.matches('.passage')", "the text")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    expect(page.locator(".card.demand")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("textarea:focus")).to_be_visible()
    page.keyboard.type("Typed without a mouse.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".card.demand .excerpt")).to_have_text("Typed without a mouse.")
    (row,) = site.rows(sample)
    assert (row["tag"], row["quote"], row["note"]) == ("demand", FIRST, "Typed without a mouse.")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.passage')")
    page.keyboard.press("Delete")  # nothing is open, so nothing is deleted
    assert len(site.rows(sample)) == 1


def test_j_and_k_move_by_block_and_stop_at_the_ends(desk: Desk) -> None:
    tab_to_text(desk)
    blocks = []
    for key in "jjkkkjjjjjjj":
        press(desk, key)
        blocks.append(desk.focused_block)
    assert blocks == [2, 3, 2, 1, 1, 2, 3, 4, 5, 6, 6, 6]


def test_one_block_at_a_time_can_be_reached_by_tab(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "j", "j")
    desk.press("Tab")
    desk.press("Shift+Tab")
    assert desk.focused_block == 3
    expect(desk.page.locator(".passage[tabindex='0']")).to_have_count(1)


def test_the_arrows_select_sentences_and_run_on_into_the_next_block(desk: Desk) -> None:
    tab_to_text(desk)
    for words in (FIRST, SECOND, THIRD, HEADING, "“We have no money,” said the mayor."):
        press(desk, "ArrowRight")
        expect_selected(desk, words)
    assert desk.focused_block == 3
    for words in (HEADING, THIRD, SECOND):
        press(desk, "ArrowLeft")
        expect_selected(desk, words)
    assert desk.focused_block == 1


def test_a_quotation_of_several_sentences_is_split_inside(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "j", "j", "j", "j", "ArrowRight")
    expect_selected(desk, "A road that floods is a river.")
    press(desk, "ArrowRight")
    expect_selected(desk, "It wants a bridge.")


def test_shift_with_down_and_up_extends_and_shrinks_by_sentence(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "ArrowRight", "Shift+ArrowDown")
    expect_selected(desk, f"{FIRST} {SECOND}")
    press(desk, "Shift+ArrowDown", "Shift+ArrowDown")
    expect_selected(desk, f"{FIRST} {SECOND} {THIRD} {HEADING}")
    press(desk, "Shift+ArrowUp", "Shift+ArrowUp")
    expect_selected(desk, f"{FIRST} {SECOND}")
    press(desk, "Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowUp")
    expect_selected(desk, FIRST)
    press(desk, "Shift+ArrowDown", "3")
    expect_rows(desk, ("assumption", f"{FIRST} {SECOND}"))


def test_shift_with_right_and_left_stays_the_browsers_own(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")
    expect_selected(desk, f"{FIRST} It")
    press(desk, "Control+Shift+ArrowRight")
    expect_selected(desk, f"{FIRST} It floods")
    press(desk, "Shift+ArrowLeft")
    expect_selected(desk, f"{FIRST} It flood")
    press(desk, "1")
    expect_rows(desk, ("claim", f"{FIRST} It flood"))


def test_a_press_that_does_nothing_says_why(site: Site, desk: Desk) -> None:
    tab_to_text(desk)
    for key, why in {
        "1": "Select words to tag them: → selects a sentence.",
        "k": "This is the first paragraph.",
        "n": "There is nothing tagged here to write a note on.",
        "c": "There is nothing tagged here to comment on.",
        "e": "There is nothing tagged here whose boundaries could change.",
        "Delete": "Open an annotation first",
        "Enter": "Nothing is tagged in this paragraph.",
    }.items():
        press(desk, key)
        expect(desk.hint).to_contain_text(why)
    press(desk, "ArrowRight", "ArrowLeft")
    expect(desk.hint).to_contain_text("This is the first sentence.")
    press(desk, "Shift+ArrowUp")
    expect(desk.hint).to_contain_text("One sentence is left")
    desk.select(LAST)
    press(desk, "ArrowRight")
    expect(desk.hint).to_contain_text("This is the last sentence.")
    press(desk, "Shift+ArrowDown")
    expect(desk.hint).to_contain_text("The selection ends with the last sentence.")
    press(desk, "Escape", *"jjjjjj")
    expect(desk.hint).to_contain_text("This is the last paragraph.")
    assert site.rows(desk.sample) == []


def test_enter_opens_the_card_and_escape_comes_back(desk: Desk) -> None:
    desk.site.tag(desk.sample, SECOND)
    desk.page.reload()
    tab_to_text(desk)
    press(desk, "Enter")
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    assert desk.focus == "summary"
    press(desk, "Escape")
    expect(desk.open_card).to_have_count(0)
    assert (desk.focus, desk.focused_block) == ("div.passage", 1)


def test_enter_goes_round_the_cards_of_a_block(desk: Desk) -> None:
    for words in (FIRST, SECOND, THIRD):
        desk.site.tag(desk.sample, words)
    desk.page.reload()
    tab_to_text(desk)
    seen = []
    for _ in range(4):
        press(desk, "Enter")
        expect(desk.open_card.locator(".card-full")).to_be_visible()
        seen.append(desk.open_card.locator(".quote").inner_text().strip("“”"))
        press(desk, "Escape") if len(seen) == 4 else desk.block(1).locator(".passage").focus()
    assert seen == [FIRST, SECOND, THIRD, FIRST]


def test_enter_opens_a_passage_that_began_in_an_earlier_paragraph(desk: Desk) -> None:
    desk.site.tag(desk.sample, f"{THIRD}\n\n{HEADING}")
    desk.page.reload()
    tab_to_text(desk)
    press(desk, "j", "Enter")
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    press(desk, "Escape")
    expect(desk.open_card).to_have_count(0)


def test_enter_on_a_selected_passage_opens_what_is_tagged_there(desk: Desk) -> None:
    desk.site.tag(desk.sample, FIRST)
    desk.site.tag(desk.sample, SECOND, "demand")
    desk.page.reload()
    tab_to_text(desk)
    press(desk, "ArrowRight", "ArrowRight", "Enter")
    expect(desk.open_card).to_have_class(re.compile("demand"))


def test_enter_opens_the_shortest_of_several_at_a_place(desk: Desk) -> None:
    desk.site.tag(desk.sample, f"{FIRST} {SECOND}", "claim")
    desk.site.tag(desk.sample, FIRST, "demand")
    desk.page.reload()
    tab_to_text(desk)
    press(desk, "ArrowRight", "Enter")
    expect(desk.open_card).to_have_class(re.compile("demand"))
    expect(desk.open_card.locator("> summary")).to_be_focused()


def test_e_changes_the_boundaries(desk: Desk) -> None:
    desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    tab_to_text(desk)
    press(desk, "Enter")
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    press(desk, "e")
    expect_selected(desk, FIRST)
    press(desk, "Shift+ArrowDown")
    expect_selected(desk, f"{FIRST} {SECOND}")
    press(desk, "Enter")
    expect_rows(desk, ("claim", f"{FIRST} {SECOND}"))
    expect(desk.mark(f"{FIRST} {SECOND}")).to_be_visible()


def test_escape_leaves_the_boundaries_as_they_are(desk: Desk) -> None:
    desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    tab_to_text(desk)
    press(desk, "Enter")
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    press(desk, "e", "Shift+ArrowDown", "Escape")
    assert desk.selection == ""
    expect_rows(desk, ("claim", FIRST))


def test_delete_undo_and_redo(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "ArrowRight", "1")
    expect(desk.cards).to_have_count(1)
    desk.settle()
    press(desk, "Enter")
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    press(desk, "Delete")
    expect(desk.cards).to_have_count(0)
    assert desk.focus == "div.passage"
    press(desk, "Control+z")
    expect(desk.cards).to_have_count(1)
    expect_rows(desk, ("claim", FIRST))
    press(desk, "Control+Shift+z")
    expect(desk.cards).to_have_count(0)
    expect_rows(desk)
    assert desk.focus == "div.passage"


def test_the_help_opens_and_closes_and_the_focus_comes_back(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "j", "?")
    expect(desk.page.locator("dialog#help")).to_be_visible()
    expect(desk.page.get_by_role("heading", name="In the text")).to_be_in_viewport()
    desk.press("Escape")
    expect(desk.page.locator("dialog#help")).to_be_hidden()
    assert (desk.focus, desk.focused_block) == ("div.passage", 2)


def test_enter_reaches_the_tag_bar_and_the_arrows_go_along_it(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "ArrowRight")
    expect(desk.bar).to_be_visible()
    press(desk, "Enter")
    assert desk.focus == "button.claim"
    press(desk, "ArrowRight", "ArrowRight")
    assert desk.focus == "button.assumption"
    press(desk, "Enter")
    expect_rows(desk, ("assumption", FIRST))
    assert desk.focus == "button.assumption"
    press(desk, "Escape")
    assert desk.focus == "div.passage"


def test_escape_leaves_the_tag_bar_for_the_text(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "ArrowRight")
    expect(desk.bar).to_be_visible()
    press(desk, "Enter", "Escape")
    assert (desk.focus, desk.focused_block) == ("div.passage", 1)
    expect(desk.bar).to_be_hidden()


def test_letters_switched_off_do_nothing_while_arrows_and_enter_still_work(
    site: Site, page: Page, sample: Sample
) -> None:
    site.enter(page, "Lotte")
    page.goto(site.address("/account"))
    page.get_by_label("Single letters and digits").uncheck()
    page.get_by_role("button", name="Save keys").click()
    desk = Desk(site, page, sample, name="Lotte")
    tab_to_text(desk)
    press(desk, "j", "?")
    assert desk.focused_block == 1
    expect(page.locator("dialog#help")).to_be_hidden()
    press(desk, "ArrowRight", "ArrowRight", "1", "2", "n", "e")
    expect_selected(desk, SECOND)
    expect(desk.bar).to_be_visible()
    assert site.rows(sample) == []
    press(desk, "Enter", "ArrowRight", "Enter")
    expect_rows(desk, ("demand", SECOND))
    press(desk, "Escape", "Enter")
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    press(desk, "1")
    expect_rows(desk, ("demand", SECOND))


def test_letters_in_a_note_are_only_typed(desk: Desk) -> None:
    desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    tab_to_text(desk)
    press(desk, "n")
    expect(desk.open_card.locator(".card-full")).to_be_visible()  # before, no undo
    area = desk.open_card.get_by_label("Note")
    expect(area).to_be_focused()
    desk.page.keyboard.type("1234 jkne? z")
    press(desk, "ArrowLeft", "Delete")
    expect(area).to_have_value("1234 jkne? ")
    press(desk, "Control+z")
    expect(area).to_have_value("1234 jkne? z")  # the browser's own undo, of what was typed
    expect(area).to_be_focused()
    expect(desk.page.locator("dialog#help")).to_be_hidden()
    expect_rows(desk, ("claim", FIRST))


@pytest.mark.parametrize(
    "place", [".brand", ".switcher summary", ".masthead nav > a", ".filter input[type=checkbox]"]
)
def test_keys_do_nothing_while_the_focus_is_outside_of_the_text(desk: Desk, place: str) -> None:
    desk.drag(FIRST)
    desk.page.locator(place).first.focus()
    before = desk.focus
    desk.press("1", "j", "n", "e", "ArrowRight", "?", "Delete")
    assert desk.focus == before
    assert desk.site.rows(desk.sample) == []
    expect(desk.page.locator("dialog#help")).to_be_hidden()
    expect(desk.pending).to_have_count(0)


def test_the_browsers_own_keys_are_left_to_it(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(LONG))
    tab_to_text(desk)
    press(desk, "ArrowRight")

    def scrolled(key: str) -> float:
        before: float = page.evaluate("scrollY")
        press(desk, key)
        desk.wait(lambda: page.evaluate("scrollY") != before, f"{key} to scroll")
        places = [before, page.evaluate("scrollY")]
        while places[-1] != places[-2]:
            page.wait_for_timeout(100)
            places.append(page.evaluate("scrollY"))
        return float(places[-1] - before)

    assert scrolled("Space") > 300
    assert scrolled("PageDown") > 300
    assert scrolled("Shift+Space") < -300
    assert scrolled("ArrowDown") > 0
    assert scrolled("ArrowUp") < 0
    assert scrolled("End") > 0
    assert scrolled("Home") < 0
    expect_selected(desk, FIRST)


def test_the_toast_gives_the_focus_back_to_the_text(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "j", "ArrowRight", "1")
    undo = desk.toast.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    undo.focus()
    press(desk, "Enter")
    expect(desk.cards).to_have_count(0)
    assert (desk.focus, desk.focused_block) == ("div.passage", 2)


def test_a_last_sentence_is_brought_into_view(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(LONG))
    tab_to_text(desk)
    press(desk, *["j"] * 20, "ArrowRight")
    (line, *_rest) = desk.boxes(desk.selection)
    assert 52 < line.top < 880


def test_screen_readers_hear_what_is_selected_and_done(desk: Desk) -> None:
    said = desk.page.locator("#said")
    tab_to_text(desk)
    press(desk, "ArrowRight")
    expect(said).to_have_text(FIRST)
    press(desk, "1")
    expect(said).to_have_text("Claim.")
    group = desk.page.get_by_role("group", name="Paragraph 1", exact=True)
    expect(group).to_contain_text(FIRST)
    expect(desk.page.get_by_role("group", name="Quotation 5")).to_contain_text("a river")
    assert LAST in desk.block(6).inner_text()
