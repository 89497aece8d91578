"""Tagging by keys: a digit gives the selected words a tag, and takes back what it gave."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pressing import (
    TAGS,
    expect_pressed,
    expect_rows,
    expect_selected,
    press,
    tab_to_text,
)
from tests.browser.reading_page import Desk, Held
from tests.browser.sample import FIRST, HEADING, SECOND, THIRD


@pytest.mark.parametrize(("key", "tag"), [*zip("1234", TAGS, strict=True)])
def test_a_digit_tags_what_is_selected_and_the_focus_stays(desk: Desk, key: str, tag: str) -> None:
    tab_to_text(desk)
    press(desk, "ArrowRight", key)
    expect(desk.page.locator(f".card.{tag}")).to_be_visible()
    expect_rows(desk, (tag, FIRST))
    assert (desk.focus, desk.focused_block) == ("div.passage", 1)


def test_after_a_tag_the_next_arrow_goes_on_from_there(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "ArrowRight", "1", "ArrowRight", "2")
    desk.settle()
    press(desk, "ArrowRight", "3", "ArrowRight", "4")
    expect_rows(
        desk,
        ("claim", FIRST),
        ("demand", SECOND),
        ("assumption", THIRD),
        ("citation", HEADING),
    )


def test_two_digits_give_one_passage_two_tags_and_a_third_takes_one_back(desk: Desk) -> None:
    tab_to_text(desk)
    press(desk, "ArrowRight", "1", "2")
    expect_rows(desk, ("claim", FIRST), ("demand", FIRST))
    expect_selected(desk, FIRST)
    assert (desk.focus, desk.focused_block) == ("div.passage", 1)
    expect_pressed(desk, "Claim", "Demand")
    expect(desk.cards).to_have_count(2)
    press(desk, "1")
    expect_rows(desk, ("demand", FIRST))
    expect_pressed(desk, "Demand")
    expect(desk.toast).to_contain_text("Claim taken back.")
    press(desk, "3", "3")  # taken back before the server has it
    expect_rows(desk, ("demand", FIRST))
    expect_pressed(desk, "Demand")
    press(desk, "ArrowRight", "4")
    expect_rows(desk, ("demand", FIRST), ("citation", SECOND))
    expect_pressed(desk, "Citation")


def test_a_tag_of_before_is_seen_in_the_bar_and_never_taken_back_by_a_key(desk: Desk) -> None:
    desk.site.tag(desk.sample, FIRST, "claim", note="Of last week.")
    desk.page.reload()
    tab_to_text(desk)
    press(desk, "ArrowRight")
    expect_pressed(desk, "Claim")
    press(desk, "1")
    expect(desk.hint).to_contain_text("You have tagged these words as claim before.")
    expect_rows(desk, ("claim", FIRST))


@pytest.mark.parametrize(
    "is_early", [pytest.param(False, marks=pytest.mark.page_errors("409")), True]
)
def test_a_tag_that_was_written_on_since_is_not_taken_back(desk: Desk, *, is_early: bool) -> None:
    held = Held()
    if is_early:  # the note is begun before the server has the tag
        desk.page.route("**/annotations", held.hold, times=1)
    tab_to_text(desk)
    press(desk, "ArrowRight", "1")
    if not is_early:
        expect(desk.cards).to_have_count(1)
        desk.settle()
    press(desk, "n")
    expect(desk.page.locator("textarea:focus")).to_be_visible()
    desk.page.keyboard.type("Why so?")
    press(desk, "Control+Enter")
    if is_early:
        held.let_go()
    desk.wait(lambda: [row["note"] for row in desk.site.rows(desk.sample)] == ["Why so?"], "it")
    desk.press("Escape")
    desk.press("Escape")
    press(desk, "ArrowLeft")
    expect_selected(desk, FIRST)
    press(desk, "1")
    if is_early:
        expect(desk.hint).to_contain_text("You have tagged these words as claim before.")
    else:
        expect(desk.toast).to_contain_text("was changed since")
    expect_rows(desk, ("claim", FIRST))


@pytest.mark.page_errors("409")
def test_a_tag_whose_note_is_on_its_way_is_not_taken_back(desk: Desk) -> None:
    held = Held()
    tab_to_text(desk)
    press(desk, "ArrowRight", "1")
    expect(desk.cards).to_have_count(1)
    desk.settle()
    desk.page.route(re.compile(r"/annotations/\d+$"), held.hold, times=1)
    press(desk, "n")
    expect(desk.page.locator(".card-full textarea:focus")).to_be_visible()
    desk.page.keyboard.type("Why so?")
    press(desk, "Control+Enter")
    desk.wait(lambda: held.routes, "the note is on its way")
    desk.press("Escape", "Escape")
    press(desk, "ArrowLeft")
    expect_selected(desk, FIRST)
    press(desk, "1")
    held.let_go()
    expect(desk.toast).to_contain_text("was changed since")
    expect_rows(desk, ("claim", FIRST))
