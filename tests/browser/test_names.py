"""Who says what on the card, by keys: few of them, at any speed; and without JavaScript."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app.core.choosing import NEW
from app.parties.models import Position
from app.parties.queries import find_called
from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import FIRST, SECOND, THIRD, Sample
from tests.harness.axe import violations_in
from tests.harness.builders import add_party, add_position
from tests.harness.chromium import WatchedPages

PARTIES = {"Branch No. 4": "organization", "Verrany Ports Authority": "", "Mara Lind": "person"}
POSITION = "The transfer prices are published."


def said(site: Site, sample: Sample) -> list[tuple[str, str, str, str]]:
    """Return what the CSV says of each annotation: who, to whom, the position and the side."""
    names = ("party", "addressee", "position", "side")
    return [tuple(row[name] for name in names) for row in site.rows(sample)]  # type: ignore[misc]  # four of them


def prepare(site: Site) -> None:
    """Make parties and a position."""
    with site.writing() as session:
        member = site.find_member(session, "Ines")
        if find_called(session, Position, member.project_id, [POSITION]):
            return  # by the test before
        for name, kind in PARTIES.items():
            add_party(session, member, name, kind)
        add_position(session, member, POSITION)


def test_nine_keys_say_who_and_the_position_and_one_says_it_again(
    site: Site, page: Page, sample: Sample
) -> None:
    number = site.tag(sample, SECOND)
    prepare(site)
    desk = Desk(site, page, sample)
    card = desk.open(number)
    keys = ("w", "v", "e", "Enter", "p", "+", "t", "r", "Enter")
    assert len(keys) <= 9
    for key in keys:
        page.keyboard.press(key)
    desk.settle()
    wanted = ("Verrany Ports Authority", "", POSITION, "for")
    desk.wait(lambda: said(site, sample) == [wanted], "both are saved")
    assert desk.focus == "div.passage"
    expect(card.get_by_label("Who")).to_have_value("Verrany Ports Authority")
    expect(card.get_by_role("radio", name="for")).to_be_checked()
    desk.press("Escape")
    # The field of what was just tagged takes what is typed before the server has it; the party of
    # the paragraph is proposed, and Enter is a yes.
    for key in ("ArrowRight", "1", "w", "Enter", "ArrowRight", "ArrowRight", "1", "."):
        page.keyboard.press(key)
    party = "Verrany Ports Authority"
    desk.wait(lambda: [each[0] for each in said(site, sample)] == [party] * 3, "all say who")


def test_the_list_is_a_combobox_and_a_card_stays_small(
    site: Site, page: Page, sample: Sample
) -> None:
    number = site.tag(sample, FIRST, tag="demand")
    prepare(site)
    desk = Desk(site, page, sample)
    card = desk.open(number)
    body = desk.box(card.locator("> .body"))
    assert body.bottom - body.top < 240
    field = card.get_by_role("combobox", name="To whom")
    desk.press("t")
    expect(field).to_be_focused()
    page.keyboard.type("lind")
    option = card.get_by_role("option", name="Mara Lind person")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("options-addressees"))
    assert violations_in(page) == []
    # Tab takes it and goes on; a new name takes Enter twice; Escape closes, then restores.
    desk.press("Tab")
    expect(card.get_by_role("combobox", name="Position")).to_be_focused()
    expect(card.get_by_role("button", name="Mara Lind, take off")).to_be_visible()
    field.focus()
    page.keyboard.type("Xebec Guild")
    desk.press("Enter")
    new = card.get_by_role("option", name="Enter again makes the new party “Xebec Guild”")
    expect(new).to_be_visible()
    desk.press("Enter")
    expect(card.get_by_role("button", name="Xebec Guild, take off")).to_be_visible()
    desk.settle()
    assert said(site, sample)[0] == ("", "Mara Lind;Xebec Guild", "", "")


def test_what_is_half_typed_is_kept_and_one_press_names_the_author_of_all(
    site: Site, page: Page, sample: Sample
) -> None:
    number = site.tag(sample, FIRST, tag="demand")
    site.tag(sample, THIRD)
    desk = Desk(site, page, sample)
    card = desk.open(number)
    desk.press("p")
    page.keyboard.type("-half a sen")
    expect(card.get_by_role("option", name="New: “half a sen”")).to_be_visible()
    page.reload()
    card = desk.open(number)
    position = card.get_by_role("combobox", name="Position")
    expect(position).to_have_value("-half a sen")
    position.press("End")
    page.keyboard.type("t")
    expect(card.get_by_role("listbox")).to_be_visible()
    desk.press("Escape")
    expect(card.get_by_role("listbox")).to_have_count(0)
    expect(position).to_have_value("-half a sent")
    desk.press("Escape")
    expect(position).to_have_value("")
    expect(desk.open_card).to_have_count(1)
    desk.press("Escape")
    expect(desk.open_card).to_have_count(0)
    # All of one's own by one press, and back by one.
    desk.open(number).get_by_role("button", name=re.compile("Ada Quill says all 2")).click()
    expect(desk.toast).to_contain_text("Named “Ada Quill” as who says 2 passages.")
    desk.settle()
    assert [each[0] for each in said(site, sample)] == ["Ada Quill", "Ada Quill"]
    desk.toast.get_by_role("button", name="Undo").click()
    desk.settle()
    expect(desk.toast).to_contain_text("as before")
    assert [each[0] for each in said(site, sample)] == ["", ""]


@pytest.mark.page_errors("422")
def test_who_says_it_is_given_without_javascript(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    page: Page = pages.open(has_javascript=False)
    site.enter(page)
    number = site.tag(sample, SECOND)
    prepare(site)

    def field(name: str) -> Locator:
        return page.get_by_label(name, exact=True)

    page.goto(site.address(f"/annotations/{number}/card"))
    expect(field("Who")).to_have_attribute("list", "party-options")
    field("Position").fill("-The road is closed.")
    field("Position").press("Enter")  # which is Save, and no yes to who is proposed
    page.get_by_label("There is no position “The road is closed.” yet").select_option(
        NEW + "The road is closed."
    )
    page.get_by_role("button", name="Save", exact=True).click()
    assert said(site, sample) == [("", "", "The road is closed.", "against")]
    page.goto(site.address(f"/annotations/{number}/card"))
    page.get_by_role("button", name="Yes, Ada Quill says it").click()
    page.goto(site.address(f"/annotations/{number}/card"))
    expect(field("Who")).to_have_value("Ada Quill")
    page.get_by_role("radio", name="neither").check()
    page.get_by_role("button", name="Save", exact=True).click()
    assert said(site, sample) == [("Ada Quill", "", "The road is closed.", "")]
