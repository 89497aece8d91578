"""The open card: small, closed in four ways, never in the way of the text; and acts, counted."""

import itertools
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import FIRST, HEADING, LONG, SECOND, THIRD, Sample

TAGS = ("Claim", "Demand", "Assumption", "Citation")


def reload_and_open(desk: Desk, number: int) -> Locator:
    desk.page.reload()
    return desk.open(number)


def test_a_card_is_small_and_is_closed_in_four_ways(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, SECOND, "demand")  # it has the most fields
    card = reload_and_open(desk, number)
    body = desk.box(card.locator("> .body"))
    assert body.bottom - body.top < 240
    note, themes = (desk.box(card.get_by_label(each, exact=True)) for each in ("Note", "Themes"))
    assert note.bottom <= themes.top
    assert note.right - note.left > 0.9 * (themes.right - themes.left)
    expect(card.get_by_role("button", name="Demand")).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name="Close").click()
    expect(desk.open_card).to_have_count(0)
    desk.open(number).get_by_label("Note").fill("Left by Escape.")
    desk.press("Escape")
    expect(desk.open_card).to_have_count(0)
    assert desk.focus == "div.passage"
    desk.settle()
    assert desk.site.note_of(number) == "Left by Escape."
    desk.open(number).get_by_label("Note").fill("Left by a click elsewhere.")
    desk.page.mouse.click(*desk.edges(HEADING)[0])
    expect(desk.open_card).to_have_count(0)
    desk.settle()
    assert desk.site.note_of(number) == "Left by a click elsewhere."
    desk.open(number).locator("> summary").click()
    expect(desk.open_card).to_have_count(0)


def test_escape_closes_the_menu_before_the_card(desk: Desk) -> None:
    card = reload_and_open(desk, desk.site.tag(desk.sample, SECOND))
    card.get_by_label("More about this annotation").click()
    expect(card.get_by_role("link", name="History")).to_be_visible()
    desk.press("Escape")
    expect(card.get_by_role("link", name="History")).to_be_hidden()
    expect(desk.open_card).to_have_count(1)
    card.get_by_label("More about this annotation").click()
    card.get_by_role("button", name="Ask a question").click()
    expect(card.get_by_label("Comment", exact=True)).to_be_focused()
    expect(card.get_by_label("A question")).to_be_checked()


def test_a_selection_into_the_next_paragraph_does_not_run_through_the_card(
    desk: Desk, page: Page
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    words = f"{THIRD}\n\n{HEADING}"
    card = reload_and_open(desk, desk.site.tag(desk.sample, FIRST, note="Not of the article."))
    desk.open_thread(card)
    begin, end = desk.edges(THIRD)[0], desk.edges(HEADING)[1]
    desk.page.evaluate(
        "() => { const [a, b] = document.querySelectorAll('.article .text');"
        " getSelection().setBaseAndExtent(a, 0, b, b.childNodes.length); }"
    )
    expect(desk.open_card).to_have_count(1)
    assert "Reply" not in desk.selection
    desk.press("Control+c")
    copied: str = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(words)
    assert "Not of the article" not in copied
    desk.drag_between(begin, end)
    assert " ".join(desk.selection.split()) == " ".join(words.split())
    desk.choose("Demand")
    desk.settle()
    assert desk.site.rows(desk.sample)[-1]["quote"] == words


def test_what_stands_in_a_card_can_be_copied(site: Site, page: Page, sample: Sample) -> None:
    number = site.tag(sample, FIRST, name="Ines", note="Taken to be quoted.")
    desk = Desk(site, page, sample, name="Otto")
    note = desk.box(desk.open(number).locator(".note"))
    page.mouse.dblclick(note.left + 25, (note.top + note.bottom) / 2)
    assert desk.selection.strip() == "Taken"


def test_a_double_click_on_a_marked_word_selects_it_and_opens_nothing(desk: Desk) -> None:
    desk.site.tag(desk.sample, SECOND)
    desk.page.reload()
    (line, *_rest) = desk.boxes("every")
    desk.page.mouse.dblclick((line.left + line.right) / 2, (line.top + line.bottom) / 2)
    expect(desk.bar).to_be_visible()
    desk.page.wait_for_timeout(300)  # the answer to the first click
    expect(desk.open_card).to_have_count(0)
    assert desk.selection == "every"


def test_a_card_opens_upwards_where_there_is_no_room_below(site: Site, page: Page) -> None:
    sample = site.add_article(LONG)
    words = "Paragraph 20 says again what was said before."
    number = site.tag(sample, words)
    desk = Desk(site, page, sample)
    page.evaluate(
        "y => scrollBy(0, y)", desk.boxes(words)[0].top - page.evaluate("innerHeight - 60")
    )
    card = page.locator(f"#a{number}")
    line = desk.box(card.locator("> summary"))
    page.mouse.click(line.left + 40, (line.top + line.bottom) / 2)
    expect(card.locator(".card-full")).to_be_visible()
    body = desk.box(card.locator("> .body"))
    assert body.bottom <= desk.box(card.locator("> summary")).top + 1
    expect(card.locator(".quote")).to_be_hidden()
    page.evaluate("scrollBy(0, 900)")
    expect(card).to_have_class(re.compile("away"))


def test_on_a_phone_a_card_takes_half_the_window_and_the_message_one_line(
    site: Site, phone: Page, sample: Sample
) -> None:
    desk = Desk(site, phone, sample)
    desk.select(SECOND)
    desk.bar.get_by_role("button", name="Assumption").tap()
    desk.settle()
    toast = desk.box(desk.toast)
    assert toast.bottom - toast.top < 60
    expect(desk.toast.get_by_role("button")).to_have_text(["Add a note", "Undo"])
    desk.toast.get_by_role("button", name="Add a note").tap()
    expect(desk.open_card.get_by_label("Note")).to_be_focused()
    phone.keyboard.type("With a thumb.")
    body = desk.box(desk.open_card.locator("> .body"))
    assert body.bottom - body.top <= 422
    desk.open_card.get_by_role("button", name="Close").tap()
    expect(desk.open_card).to_have_count(0)
    desk.settle()
    assert [(row["tag"], row["note"]) for row in site.rows(sample)] == [
        ("assumption", "With a thumb.")
    ]


class Hand:
    """Someone at a desk whose acts are counted: clicks, drags and shortcuts, not typed words."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.acts = 0

    def press(self, key: str) -> None:
        """Press a key."""
        self.desk.press(key)
        self.acts += 1

    def drag(self, words: str) -> None:
        """Drag over words."""
        self.desk.drag(words)
        self.acts += 1

    def click(self, button: Locator) -> None:
        """Click a button."""
        button.click()
        self.acts += 1


def test_the_message_of_a_tag_goes_when_its_note_is_saved(desk: Desk) -> None:
    desk.block(1).locator(".passage").focus()
    desk.press("ArrowRight", "1")
    expect(desk.toast).to_contain_text("Add a note")
    desk.press("n")
    expect(desk.page.get_by_label("Note", exact=True)).to_be_focused()
    desk.page.keyboard.type("Why?")
    desk.press("Control+Enter")
    desk.settle()
    expect(desk.toast).to_be_hidden()


@pytest.mark.parametrize(("way", "most"), [("mouse", 60), ("keys", 80)])
def test_twenty_tags_with_notes_take_few_acts(site: Site, page: Page, way: str, most: int) -> None:
    desk = Desk(site, page, site.add_article(LONG))
    hand = Hand(desk)
    desk.block(7).locator(".passage").focus()
    wanted = []
    for number, tag in zip(range(1, 21), itertools.cycle(TAGS), strict=False):
        note = f"Note {number}"
        if way == "mouse":
            hand.drag(f"Paragraph {number} says again")
            hand.click(desk.bar.get_by_role("button", name=tag))
            hand.click(desk.toast.get_by_role("button", name="Add a note"))
            expect(desk.page.get_by_label("Note", exact=True)).to_be_focused()
        else:
            hand.press("ArrowRight")
            hand.press(str(TAGS.index(tag) + 1))
            hand.press("n")
        page.keyboard.type(note)
        if way == "keys":
            hand.press("Control+Enter")
        wanted.append((tag.lower(), note))

    def is_saved() -> bool:
        return [(row["tag"], row["note"]) for row in site.rows(desk.sample)] == wanted

    desk.settle(30)  # a busy machine takes so long to answer twenty
    desk.wait(is_saved, "all saved by itself")
    desk.wait(lambda: not desk.stored("outbox") and not desk.stored("note"), "nothing left to save")
    assert hand.acts <= most
