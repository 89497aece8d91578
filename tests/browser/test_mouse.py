"""Selecting with the mouse: what is kept is what was selected, whatever the text holds."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import Site, briefly
from tests.browser.sample import FIRST, LAST, SECOND, THIRD, Sample

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
FLAGS = "🇳🇴🇸🇪"

ODD = f"""By Ada Quill, The Ferry Post, 3/9/25

The Odd Letters NUMBER

The family {FAMILY} crossed with the flags {FLAGS} and a 😀 at noon. Nobody minded.

She wrote g\u0308q\u0323\u0302 on the wall of the café, and it stayed there for a year.

They say مرحبا بالعالم at the gate, and the wind answers them.

It cost 10\u00a0000\u00a0krenn in all, and nobody\u00a0was asked.

The ministry denied it.1 The mayor said “no comment.”2 Then it rained.
"""


@pytest.fixture
def odd(site: Site) -> Sample:
    return site.add_article(ODD, ".txt")


@pytest.fixture
def odd_desk(site: Site, page: Page, odd: Sample) -> Desk:
    return Desk(site, page, odd)


def only_row(desk: Desk) -> dict[str, str]:
    """Return the article's one annotation, once it is saved."""
    expect(desk.cards).to_have_count(1)
    desk.settle()
    (row,) = desk.site.rows(desk.sample)
    return row


def expect_kept(desk: Desk, words: str, tag: str = "claim") -> None:
    """Expect one annotation: these words, where they stand, in their context."""
    row = only_row(desk)
    text = desk.sample.text
    start, end = desk.sample.span(words)
    assert (row["quote"], row["start"], row["end"], row["tag"]) == (words, start, end, tag)
    assert row["prefix"] == text[max(0, int(start) - 32) : int(start)]
    assert row["suffix"] == text[int(end) : int(end) + 32]


@pytest.mark.parametrize(
    "words",
    [
        f"family {FAMILY} crossed",
        FAMILY,
        f"flags {FLAGS} and a 😀",
        FLAGS,
        "and a 😀 at noon",
        "g\u0308q\u0323\u0302",
        "wall of the café, and",
        "say مرحبا بالعالم at the gate",
        "مرحبا بالعالم",
        "10\u00a0000\u00a0krenn",
        "nobody\u00a0was asked",
    ],
)
def test_what_is_dragged_over_is_kept_to_the_letter(odd_desk: Desk, words: str) -> None:
    odd_desk.drag(words)
    odd_desk.choose("Claim")
    expect_kept(odd_desk, words)


def test_what_follows_an_emoji_in_its_block_is_counted_in_code_points(odd_desk: Desk) -> None:
    odd_desk.drag("Nobody minded.")
    odd_desk.choose("Demand")
    expect_kept(odd_desk, "Nobody minded.", "demand")


def test_a_bound_inside_a_family_takes_in_the_whole_family(odd_desk: Desk) -> None:
    odd_desk.select("crossed with")
    odd_desk.page.evaluate(
        "() => { const s = getSelection(), r = s.getRangeAt(0);"
        " s.setBaseAndExtent(r.startContainer, r.startOffset - 4, r.endContainer, r.endOffset); }"
    )
    odd_desk.choose("Claim")
    expect_kept(odd_desk, f"{FAMILY} crossed with")


def test_a_footnote_mark_and_white_space_at_the_ends_are_left_out(odd_desk: Desk) -> None:
    odd_desk.drag("The ministry denied it.1 ")
    odd_desk.choose("Claim")
    expect_kept(odd_desk, "The ministry denied it.")


def test_a_footnote_mark_inside_stays(odd_desk: Desk) -> None:
    odd_desk.drag("denied it.1 The mayor")
    odd_desk.choose("Claim")
    expect_kept(odd_desk, "denied it.1 The mayor")


def test_a_double_click_selects_a_word(desk: Desk) -> None:
    (x, y), _end = desk.edges("council")
    desk.page.mouse.dblclick(x + 15, y)
    desk.choose("Citation")
    expect_kept(desk, "council", "citation")


def test_a_double_click_on_a_mark_shows_the_tag_bar_and_no_card(desk: Desk) -> None:
    desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    expect(desk.page.locator("html.scripted")).to_be_attached()
    (x, y), _end = desk.edges("council")
    desk.page.mouse.dblclick(x + 15, y, delay=30)
    expect(desk.bar).to_be_visible()
    desk.page.wait_for_timeout(300)  # for what the first click asked for
    expect(desk.open_card).to_have_count(0)
    assert (desk.selection.strip(), desk.focus) == ("council", "div.passage")
    desk.press("2")
    desk.settle()
    assert ("demand", "council") in briefly(desk.site.rows(desk.sample))


def test_part_of_a_word_stays_part_of_a_word(desk: Desk) -> None:
    desk.drag("epair")
    desk.choose("Claim")
    expect_kept(desk, "epair")


def test_dragging_backwards_selects_the_same(desk: Desk) -> None:
    begin, end = desk.edges(SECOND)
    desk.drag_between(end, begin)
    desk.choose("Claim")
    expect_kept(desk, SECOND)


def test_a_selection_across_paragraphs_keeps_the_lines_between(desk: Desk) -> None:
    desk.drag(THIRD, until="“We have no money,”")
    desk.choose("Demand")
    expect_kept(desk, f"{THIRD}\n\nWhat was promised\n\n“We have no money,”", "demand")
    for words in (THIRD, "What was promised", "“We have no money,”"):
        expect(desk.mark(words)).to_be_visible()


def test_a_selection_may_start_inside_a_mark(desk: Desk) -> None:
    desk.tag(f"{FIRST} {SECOND}", "Claim")
    desk.drag(f"nobody repairs it. {THIRD}")
    desk.choose("Demand")
    expect(desk.cards).to_have_count(2)
    desk.settle()
    assert briefly(desk.site.rows(desk.sample)) == [
        ("claim", f"{FIRST} {SECOND}"),
        ("demand", f"nobody repairs it. {THIRD}"),
    ]


def test_a_selection_may_start_inside_a_hyperlink(desk: Desk) -> None:
    desk.drag("of the county before you vote.")
    desk.choose("Citation")
    expect_kept(desk, "of the county before you vote.", "citation")
    assert desk.page.url.endswith(desk.sample.path)


def test_a_drag_inside_a_hyperlink_selects_and_does_not_follow_it(desk: Desk) -> None:
    (begin_x, y), (end_x, _y) = desk.edges("report of")
    desk.drag_between((begin_x, y), (end_x, y))
    assert desk.selection == "report of"
    desk.choose("Claim")
    expect_kept(desk, "report of")
    assert desk.page.url.endswith(desk.sample.path)


def test_a_click_on_a_hyperlink_follows_it(desk: Desk) -> None:
    desk.page.route("https://example.org/**", lambda route: route.fulfill(body="There."))
    desk.drag(FIRST)
    desk.page.locator(".article .text a").click()
    expect(desk.page.get_by_text("There.")).to_be_visible()


def test_a_hyperlink_that_is_marked_is_still_a_hyperlink(desk: Desk) -> None:
    desk.tag("the report of the county", "Citation")
    link = desk.page.locator(".article .text a")
    expect(link).to_have_attribute("href", "https://example.org/report")
    expect(link.locator("mark")).to_have_text("the report of the county")


def test_a_drag_that_begins_in_the_margin_takes_the_text_alone(desk: Desk) -> None:
    desk.tag(THIRD, "Claim")
    margin = desk.box(desk.block(1).locator(".margin"))
    _begin, end = desk.edges(FIRST)
    heading = desk.box(desk.block(2).locator(".text"))
    desk.drag_between((margin.left + 60, margin.bottom - 4), (heading.left + 1, heading.top + 8))
    words = desk.selection
    desk.drag_between((margin.left - 20, end[1]), desk.edges(FIRST)[0])
    desk.choose("Demand")
    desk.settle()
    assert "claim" not in words.lower()
    for row in desk.site.rows(desk.sample):
        start, end_offset = int(row["start"]), int(row["end"])
        assert row["quote"] == desk.sample.text[start:end_offset]
    expect(desk.cards).to_have_count(2)


def test_white_space_alone_is_no_passage(desk: Desk) -> None:
    desk.drag(" ")
    desk.page.wait_for_timeout(300)  # longer than the bar waits for a selection to settle
    expect(desk.bar).to_be_hidden()


def test_a_new_selection_may_begin_inside_the_present_one(desk: Desk) -> None:
    desk.drag(f"{FIRST} {SECOND}")
    desk.drag(SECOND)
    desk.choose("Claim")
    expect_kept(desk, SECOND)


def test_a_drag_near_the_foot_of_the_window_scrolls_nothing(desk: Desk) -> None:
    (box,) = desk.boxes(FIRST)
    desk.page.set_viewport_size({"width": 1440, "height": int(box.bottom) + 70})
    desk.drag_between((box.left + 0.3, box.top + 10), (box.right - 0.3, box.top + 10))
    assert desk.boxes(FIRST) == [box]
    assert desk.selection == FIRST


def test_a_click_selects_nothing_and_shows_no_bar(desk: Desk) -> None:
    desk.drag(FIRST)
    expect(desk.bar).to_be_visible()
    begin, _end = desk.edges(THIRD)
    desk.page.mouse.click(*begin)
    expect(desk.bar).to_be_hidden()
    assert desk.selection == ""


def test_a_mouse_that_lets_go_outside_of_the_text_has_selected(desk: Desk) -> None:
    begin, end = desk.edges(THIRD)
    desk.drag_between(begin, (desk.box(desk.block(1)).left - 60, end[1] + 200))
    expect(desk.bar).to_be_visible()


def test_the_first_tag_of_an_article_moves_no_text(desk: Desk) -> None:
    before = desk.boxes(LAST)
    desk.tag(FIRST, "Claim")
    assert desk.boxes(LAST) == before


def test_tagging_twice_by_a_double_press_makes_one_annotation(desk: Desk) -> None:
    desk.drag(FIRST)
    desk.bar.get_by_role("button", name="Claim").dblclick()
    expect_kept(desk, FIRST)
