"""Two people, or two windows, at once: nothing that was typed is lost, nothing is overwritten."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk, Held
from tests.browser.running import Site, briefly
from tests.browser.sample import FIRST, SECOND, THIRD, Sample
from tests.harness.chromium import WatchedPages


def type_note(desk: Desk, annotation_id: int, words: str) -> None:
    desk.open(annotation_id).get_by_label("Note").fill(words)


def leave_note(desk: Desk, annotation_id: int) -> None:
    """Leave the field: what was typed is saved by itself."""
    desk.page.locator(f"#a{annotation_id}").get_by_label("Note").blur()


def save_over(desk: Desk) -> None:
    """Save one's own version where both are shown."""
    desk.open_card.get_by_role("button", name="Save", exact=True).click()


@pytest.mark.page_errors("409")
def test_a_conflict_of_notes_shows_both_versions_and_keeps_what_was_typed(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    annotation_id = site.tag(sample, FIRST)
    mine, theirs = Desk(site, pages.open(), sample), Desk(site, pages.open(), sample)
    mine.open(annotation_id)
    type_note(theirs, annotation_id, "What they wrote.")
    leave_note(theirs, annotation_id)
    theirs.settle()
    mine.open_card.get_by_label("Note").fill("What I wrote.")
    leave_note(mine, annotation_id)
    versions = mine.open_card.locator(".versions")
    expect(versions).to_contain_text("Now: claim. What they wrote.")
    expect(versions).to_contain_text("Yours: claim. What I wrote.")
    expect(mine.open_card.get_by_label("Note")).to_have_value("What I wrote.")
    expect(mine.open_card.get_by_role("alert")).to_have_count(1)
    expect(mine.toast).to_be_hidden()  # it is said once
    mine.press("Escape")  # nothing is saved over it by itself
    mine.settle()
    assert site.note_of(annotation_id) == "What they wrote."
    mine.open(annotation_id)
    save_over(mine)
    mine.wait(lambda: site.note_of(annotation_id) == "What I wrote.", "my note")


@pytest.mark.page_errors("409")
def test_a_note_in_conflict_is_kept_over_a_reload(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    annotation_id = site.tag(sample, FIRST)
    mine, theirs = Desk(site, pages.open(), sample), Desk(site, pages.open(), sample)
    mine.open(annotation_id)
    type_note(theirs, annotation_id, "First.")
    leave_note(theirs, annotation_id)
    theirs.settle()
    mine.open_card.get_by_label("Note").fill("Not to be lost.")
    leave_note(mine, annotation_id)
    expect(mine.open_card.locator(".versions")).to_be_visible()
    mine.page.reload()
    card = mine.open(annotation_id)
    expect(card.get_by_label("Note")).to_have_value("Not to be lost.")
    mine.press("Escape")
    mine.settle()
    assert site.note_of(annotation_id) == "First."  # until it is saved by hand
    mine.open(annotation_id)
    save_over(mine)
    mine.wait(lambda: site.note_of(annotation_id) == "Not to be lost.", "my note")


@pytest.mark.page_errors("409")
def test_a_delete_in_conflict_deletes_nothing(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    annotation_id = site.tag(sample, FIRST)
    mine, theirs = Desk(site, pages.open(), sample), Desk(site, pages.open(), sample)
    mine.open(annotation_id)
    type_note(theirs, annotation_id, "Do keep this.")
    leave_note(theirs, annotation_id)
    theirs.settle()
    mine.choose_in_menu(mine.open_card, "Delete")
    expect(mine.open_card.get_by_role("alert")).to_contain_text("changed")
    assert briefly(site.rows(sample)) == [("claim", FIRST)]


@pytest.mark.page_errors("409")
def test_a_card_without_javascript_shows_both_versions_too(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    annotation_id = site.tag(sample, FIRST)
    mine = pages.open(has_javascript=False)
    site.enter(mine)
    mine.goto(site.address(f"/annotations/{annotation_id}/card"))
    theirs = Desk(site, pages.open(), sample)
    type_note(theirs, annotation_id, "Theirs.")
    leave_note(theirs, annotation_id)
    theirs.settle()
    mine.get_by_label("Note").fill("Mine.")
    mine.get_by_role("button", name="Save", exact=True).click()
    expect(mine.locator(".versions")).to_contain_text("Theirs.")
    expect(mine.locator(".versions")).to_contain_text("Mine.")
    expect(mine.get_by_label("Note")).to_have_value("Mine.")


def hold_first(page: Page) -> Held:
    """Hold the first tag back on its way to the server, until the test lets it go on."""
    held = Held()
    page.route("**/annotations", held.hold, times=1)
    return held


def test_a_block_is_drawn_below_a_selection_that_stays(desk: Desk) -> None:
    held = hold_first(desk.page)
    desk.drag(FIRST)
    desk.choose("Claim")
    desk.wait(lambda: held.routes, "the request")
    desk.drag(THIRD)
    held.let_go()
    desk.wait(lambda: not desk.stored("outbox"), "the answer")
    expect(desk.mark(FIRST)).to_be_visible()
    assert desk.selection == THIRD
    desk.press("2")
    expect(desk.page.locator("mark")).to_have_count(2)
    desk.settle()
    assert briefly(desk.site.rows(desk.sample)) == [("claim", FIRST), ("demand", THIRD)]


def test_a_block_is_not_swapped_while_a_note_is_being_typed_in_it(desk: Desk) -> None:
    annotation_id = desk.site.tag(desk.sample, THIRD)
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
    area.press("Control+Enter")
    expect(desk.cards).to_have_count(2)
    desk.wait(lambda: desk.site.note_of(annotation_id) == "Half a sentence", "the note")


def test_a_block_is_swapped_when_the_open_card_is_closed(desk: Desk) -> None:
    annotation_id = desk.site.tag(desk.sample, THIRD)
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
    desk.site.tag(desk.sample, SECOND, "demand", name="Otto")
    desk.drag(FIRST)
    desk.choose("Claim")
    expect(desk.cards).to_have_count(2)
    desk.settle()


@pytest.mark.page_errors("409")
def test_undo_stops_where_someone_else_changed_it_since(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    otto = Desk(site, pages.open(), sample, name="Otto")
    otto.tag(FIRST, "Claim")
    ines = Desk(site, pages.open(), sample)  # the owner, who may change everyone's
    (row,) = site.rows(sample)
    type_note(ines, int(row["annotation_id"]), "A curator's word.")
    leave_note(ines, int(row["annotation_id"]))
    ines.settle()
    otto.block(1).locator(".passage").focus()
    otto.press("Control+z")
    expect(otto.toast).to_contain_text("Ines changed this annotation since")
    assert briefly(site.rows(sample)) == [("claim", FIRST)]


@pytest.mark.page_errors("409")
def test_a_change_into_a_duplicate_shows_the_other(desk: Desk) -> None:
    first = desk.site.tag(desk.sample, FIRST, "claim")
    second = desk.site.tag(desk.sample, FIRST, "demand")
    desk.page.reload()
    desk.open(second)
    desk.open_card.get_by_role("button", name="Claim").click()
    expect(desk.open_card.get_by_role("alert")).to_contain_text("already")
    link = desk.open_card.get_by_role("link", name="Open it")
    expect(link).to_have_attribute("href", f"/annotations/{first}")


def test_a_half_typed_note_is_saved_when_the_tag_is_changed(desk: Desk) -> None:
    annotation_id = desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    type_note(desk, annotation_id, "Half a sen")
    button = desk.open_card.get_by_role("button", name="Demand")
    button.click()
    expect(desk.page.locator(".card.demand[open]")).to_be_visible()
    desk.settle()
    expect(desk.open_card.get_by_label("Note")).to_have_value("Half a sen")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    assert desk.site.note_of(annotation_id) == "Half a sen"
    expect(desk.toast).to_contain_text("It is tagged as demand now.")


def test_who_types_on_while_a_note_is_saved_goes_on_typing(desk: Desk) -> None:
    annotation_id = desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    held = Held()
    desk.page.route(f"**/annotations/{annotation_id}", held.hold, times=1)
    area = desk.open(annotation_id).get_by_label("Note")
    state = desk.open_card.locator(".state")
    area.press_sequentially("Saved")
    desk.wait(lambda: held.routes, "the request, after a pause")
    area.press_sequentially(", and 1")
    held.let_go()
    desk.settle()
    expect(desk.open_card.locator(".excerpt")).to_have_text("Saved")
    expect(area).to_be_focused()
    expect(state).to_have_text("Saving…")
    desk.page.keyboard.type(" more")
    expect(area).to_have_value("Saved, and 1 more")
    assert desk.site.note_of(annotation_id) == "Saved"
    expect(state).to_have_text("Saved")  # after the next pause
    assert desk.site.note_of(annotation_id) == "Saved, and 1 more"
    expect(area).to_be_focused()
