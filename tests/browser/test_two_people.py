"""Two people, or two windows, at once: nothing that was typed is lost, nothing is overwritten."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk, Held
from tests.browser.running import House, briefly
from tests.browser.sample import FIRST, SECOND, THIRD, Sample
from tests.harness.chromium import WatchedPages


def type_note(desk: Desk, annotation_id: int, words: str) -> None:
    desk.open(annotation_id).get_by_label("Note").fill(words)


def save_note(desk: Desk, annotation_id: int) -> None:
    desk.page.locator(f"#a{annotation_id}").get_by_role("button", name="Save note").click()


@pytest.mark.page_errors("409")
def test_a_stale_note_shows_both_versions_and_keeps_what_was_typed(
    house: House, pages: WatchedPages, sample: Sample
) -> None:
    annotation_id = house.tag(sample, FIRST)
    mine, theirs = Desk(house, pages.open(), sample), Desk(house, pages.open(), sample)
    type_note(mine, annotation_id, "What I wrote.")
    type_note(theirs, annotation_id, "What they wrote.")
    save_note(theirs, annotation_id)
    theirs.settle()
    save_note(mine, annotation_id)
    versions = mine.open_card.locator(".versions")
    expect(versions).to_contain_text("Now: claim. What they wrote.")
    expect(versions).to_contain_text("Yours: claim. What I wrote.")
    expect(mine.open_card.get_by_label("Note")).to_have_value("What I wrote.")
    assert house.note_of(annotation_id) == "What they wrote."
    save_note(mine, annotation_id)
    mine.wait(lambda: house.note_of(annotation_id) == "What I wrote.", "my note")


@pytest.mark.page_errors("409")
def test_a_stale_note_is_kept_over_a_reload(
    house: House, pages: WatchedPages, sample: Sample
) -> None:
    annotation_id = house.tag(sample, FIRST)
    mine, theirs = Desk(house, pages.open(), sample), Desk(house, pages.open(), sample)
    type_note(mine, annotation_id, "Not to be lost.")
    type_note(theirs, annotation_id, "First.")
    save_note(theirs, annotation_id)
    theirs.settle()
    save_note(mine, annotation_id)
    expect(mine.open_card.locator(".versions")).to_be_visible()
    mine.page.reload()
    card = mine.open(annotation_id)
    expect(card.get_by_label("Note")).to_have_value("Not to be lost.")


@pytest.mark.page_errors("409")
def test_a_stale_delete_deletes_nothing(house: House, pages: WatchedPages, sample: Sample) -> None:
    annotation_id = house.tag(sample, FIRST)
    mine, theirs = Desk(house, pages.open(), sample), Desk(house, pages.open(), sample)
    mine.open(annotation_id)
    type_note(theirs, annotation_id, "Do keep this.")
    save_note(theirs, annotation_id)
    theirs.settle()
    mine.open_card.get_by_role("button", name="Delete").click()
    expect(mine.toast).to_contain_text("changed")
    assert briefly(house.rows(sample)) == [("claim", FIRST)]


@pytest.mark.page_errors("409")
def test_a_card_without_javascript_shows_both_versions_too(
    house: House, pages: WatchedPages, sample: Sample
) -> None:
    annotation_id = house.tag(sample, FIRST)
    mine = pages.open(has_javascript=False)
    house.enter(mine)
    mine.goto(house.address(f"/annotations/{annotation_id}/card"))
    theirs = Desk(house, pages.open(), sample)
    type_note(theirs, annotation_id, "Theirs.")
    save_note(theirs, annotation_id)
    theirs.settle()
    mine.get_by_label("Note").fill("Mine.")
    mine.get_by_role("button", name="Save note").click()
    expect(mine.locator(".versions")).to_contain_text("Theirs.")
    expect(mine.locator(".versions")).to_contain_text("Mine.")
    expect(mine.get_by_label("Note")).to_have_value("Mine.")


def hold_first(page: Page) -> Held:
    """Hold the first tag back on its way to the server, until the test lets it go on."""
    held = Held()
    page.route("**/annotations", held.hold, times=1)
    return held


def test_a_block_is_not_swapped_while_it_holds_a_selection(desk: Desk) -> None:
    held = hold_first(desk.page)
    desk.drag(FIRST)
    desk.choose("Claim")
    desk.wait(lambda: held.routes, "the request")
    desk.drag(THIRD)
    held.let_go()
    desk.wait(lambda: not desk.stored("outbox"), "the answer")
    desk.page.wait_for_timeout(200)
    assert desk.selection == THIRD
    expect(desk.page.locator("mark")).to_have_count(0)
    assert desk.painted("pending-claim") == [FIRST]  # it does not look as if it were lost
    desk.press("2")
    expect(desk.page.locator("mark")).to_have_count(2)
    desk.settle()
    assert briefly(desk.house.rows(desk.sample)) == [("claim", FIRST), ("demand", THIRD)]


def test_a_block_is_not_swapped_while_a_note_is_being_typed_in_it(desk: Desk) -> None:
    annotation_id = desk.house.tag(desk.sample, SECOND)
    desk.page.reload()
    held = hold_first(desk.page)
    desk.drag(FIRST)
    desk.choose("Demand")
    desk.wait(lambda: held.routes, "the request")
    card = desk.open(annotation_id)
    area = card.get_by_label("Note")
    area.press_sequentially("Half a ")
    held.let_go()
    desk.wait(lambda: not desk.stored("outbox"), "the answer")
    area.press_sequentially("sentence")
    expect(area).to_be_focused()
    expect(area).to_have_value("Half a sentence")
    expect(desk.cards).to_have_count(1)
    card.get_by_role("button", name="Save note").click()
    expect(desk.cards).to_have_count(2)
    desk.wait(lambda: desk.house.note_of(annotation_id) == "Half a sentence", "the note")


def test_a_block_is_swapped_when_the_open_card_is_closed(desk: Desk) -> None:
    annotation_id = desk.house.tag(desk.sample, SECOND)
    desk.page.reload()
    held = hold_first(desk.page)
    desk.drag(FIRST)
    desk.choose("Demand")
    desk.wait(lambda: held.routes, "the request")
    desk.open(annotation_id)
    held.let_go()
    desk.wait(lambda: not desk.stored("outbox"), "the answer")
    expect(desk.open_card).to_have_count(1)
    expect(desk.cards).to_have_count(1)
    desk.press("Escape")
    expect(desk.cards).to_have_count(2)
    desk.settle()


def test_an_act_brings_what_others_have_tagged_in_the_block(desk: Desk) -> None:
    desk.house.tag(desk.sample, SECOND, "demand", name="Otto")
    desk.drag(FIRST)
    desk.choose("Claim")
    expect(desk.cards).to_have_count(2)
    desk.settle()


@pytest.mark.page_errors("409")
def test_undo_stops_where_someone_else_changed_it_since(
    house: House, pages: WatchedPages, sample: Sample
) -> None:
    otto = Desk(house, pages.open(), sample, name="Otto")
    otto.tag(FIRST, "Claim")
    ines = Desk(house, pages.open(), sample)  # the owner, who may change everyone's
    (row,) = house.rows(sample)
    type_note(ines, int(row["annotation_id"]), "A curator's word.")
    save_note(ines, int(row["annotation_id"]))
    ines.settle()
    otto.block(1).locator(".passage").focus()
    otto.press("Control+z")
    expect(otto.toast).to_contain_text("Ines changed this annotation since")
    assert briefly(house.rows(sample)) == [("claim", FIRST)]


@pytest.mark.page_errors("409")
def test_a_change_into_a_twin_shows_the_twin(desk: Desk) -> None:
    first = desk.house.tag(desk.sample, FIRST, "claim")
    second = desk.house.tag(desk.sample, FIRST, "demand")
    desk.page.reload()
    desk.open(second)
    desk.open_card.get_by_role("button", name="Change to claim").click()
    expect(desk.open_card.get_by_role("alert")).to_contain_text("already")
    link = desk.open_card.get_by_role("link", name="Open it")
    expect(link).to_have_attribute("href", f"/annotations/{first}")


def test_a_half_typed_note_stays_when_the_tag_is_changed(desk: Desk) -> None:
    annotation_id = desk.house.tag(desk.sample, FIRST)
    desk.page.reload()
    type_note(desk, annotation_id, "Half a sen")
    desk.open_card.get_by_role("button", name="Change to demand").click()
    expect(desk.page.locator(".card.demand[open]")).to_be_visible()
    expect(desk.open_card.get_by_label("Note")).to_have_value("Half a sen")
    expect(desk.open_card.locator(".card-full.unsaved")).to_be_visible()


def test_who_types_on_while_a_note_is_saved_goes_on_typing(desk: Desk) -> None:
    annotation_id = desk.house.tag(desk.sample, FIRST)
    desk.page.reload()
    held = Held()
    desk.page.route(f"**/annotations/{annotation_id}", held.hold, times=1)
    area = desk.open(annotation_id).get_by_label("Note")
    area.fill("Saved")
    area.press("Control+Enter")
    desk.wait(lambda: held.routes, "the request")
    area.press_sequentially(", and 1")
    held.let_go()
    desk.settle()
    expect(desk.open_card.locator(".excerpt")).to_have_text("Saved")
    expect(area).to_be_focused()
    desk.page.keyboard.type(" more")
    expect(area).to_have_value("Saved, and 1 more")
    assert desk.house.note_of(annotation_id) == "Saved"
    desk.page.reload()
    expect(desk.open(annotation_id).get_by_label("Note")).to_have_value("Saved, and 1 more")
