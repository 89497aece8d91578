"""What is not saved yet: it stays in sight, is kept, and is sent once, whatever happens between."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.reading_page import Desk, Held, wait
from tests.browser.running import Site, briefly
from tests.browser.sample import FIRST, LAST, SECOND, THIRD, Sample
from tests.harness.builders import PASSWORD
from tests.harness.chromium import PHONE
from tests.harness.server import ServerEnded

REFUSED = "ERR_CONNECTION_REFUSED"


@pytest.fixture(autouse=True)
def _running(site: Site) -> Iterator[None]:
    """Leave the server running for the next test."""
    yield
    try:
        site.server.pid  # noqa: B018  (it raises where there is none)
    except ServerEnded:
        site.server.start()


def tag_unsaved(desk: Desk, words: str, tag: str) -> None:
    """Tag words with a server that is away, and expect the line that says so."""
    desk.drag(words)
    desk.choose(tag)
    line = desk.pending.get_by_text(tag)
    expect(line).to_be_visible()
    expect(desk.pending.filter(has_text=tag)).to_contain_text("not saved yet")


@pytest.mark.page_errors(REFUSED)
def test_a_tag_stays_visibly_unsaved_and_is_sent_when_the_server_is_back(desk: Desk) -> None:
    desk.site.server.stop()
    tag_unsaved(desk, FIRST, "Demand")
    assert desk.painted("pending-demand") == [FIRST]
    expect(desk.page.locator("mark")).to_have_count(0)
    desk.press_send_now(desk.pending)
    desk.site.server.start()
    desk.come_back()
    expect(desk.mark(FIRST)).to_be_visible()
    desk.settle()
    assert desk.painted("pending-demand") == []
    assert briefly(desk.site.rows(desk.sample)) == [("demand", FIRST)]


@pytest.mark.page_errors(REFUSED)
def test_it_is_sent_without_a_press_too(desk: Desk) -> None:
    desk.site.server.stop()
    tag_unsaved(desk, FIRST, "Claim")
    desk.site.server.start()
    expect(desk.mark(FIRST)).to_be_visible(timeout=15_000)


@pytest.mark.page_errors(REFUSED)
def test_several_are_sent_after_the_page_was_closed(desk: Desk) -> None:
    desk.site.server.stop()
    tag_unsaved(desk, FIRST, "Claim")
    desk.drag(SECOND)
    desk.choose("Demand")
    expect(desk.pending).to_have_count(2)
    context = desk.page.context
    desk.page.close()
    desk.site.server.start()
    again = Desk(desk.site, context.new_page(), desk.sample)
    expect(again.cards).to_have_count(2)
    again.settle()
    assert briefly(again.site.rows(again.sample)) == [("claim", FIRST), ("demand", SECOND)]


@pytest.mark.page_errors(REFUSED)
def test_a_tag_is_sent_from_any_page_of_the_product(desk: Desk) -> None:
    desk.site.server.stop()
    tag_unsaved(desk, FIRST, "Claim")
    context = desk.page.context
    desk.page.close()
    desk.site.server.start()
    page = context.new_page()
    page.goto(desk.site.address("/help"))
    wait(page, lambda: len(desk.site.rows(desk.sample)) == 1, "the row")


@pytest.mark.page_errors("401")
def test_signed_out_elsewhere_a_tag_is_kept_and_sent_after_signing_in_again(
    site: Site, page: Page, sample: Sample
) -> None:
    desk = Desk(site, page, sample, name="Sina")
    other = page.context.new_page()
    other.goto(site.address("/account"))
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    desk.drag(THIRD)
    desk.choose("Citation")
    expect(desk.pending).to_contain_text("signed out")
    assert site.rows(sample) == []
    desk.pending.get_by_role("button", name="Sign in").click()
    page.get_by_label("Email").fill("sina@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(site.address(sample.path))
    expect(desk.mark(THIRD)).to_be_visible()
    assert briefly(site.rows(sample)) == [("citation", THIRD)]


@pytest.mark.page_errors("400")
@pytest.mark.page_errors("/inbox/unread", always=False)  # it may be asked for while signed out
def test_signed_out_and_in_again_elsewhere_the_page_still_saves(
    site: Site, page: Page, sample: Sample
) -> None:
    desk = Desk(site, page, sample, name="Runa")
    other = page.context.new_page()
    other.goto(site.address("/account"))
    other.get_by_role("button", name="Sign out").click()
    other.get_by_label("Email").fill("runa@example.org")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Articles", exact=True)).to_be_visible()
    desk.tag(FIRST, "Claim")
    assert briefly(site.rows(sample)) == [("claim", FIRST)]


def test_a_server_that_was_restarted_takes_the_next_tag(desk: Desk) -> None:
    desk.site.server.restart()
    desk.tag(FIRST, "Claim")
    assert briefly(desk.site.rows(desk.sample)) == [("claim", FIRST)]


@pytest.mark.page_errors("ERR_CONNECTION_CLOSED", REFUSED, always=False)
def test_killed_between_request_and_answer_the_retry_makes_one_row(desk: Desk) -> None:
    site = desk.site
    keys = []

    def cut(route: Route) -> None:
        """Let the server have the request, and kill it before the browser has the answer."""
        keys.append(route.request.post_data or "")
        if len(keys) == 1:
            assert route.fetch().status == 200
            site.server.kill()
            route.abort("connectionclosed")
        else:
            route.continue_()

    desk.page.route("**/annotations", cut)
    desk.drag(FIRST)
    desk.choose("Claim")
    expect(desk.pending).to_contain_text("not saved yet")
    desk.press_send_now(desk.pending)
    site.server.start()
    desk.come_back()
    expect(desk.mark(FIRST)).to_be_visible()
    desk.settle()
    assert len(keys) >= 2
    assert len({re.findall(r"client_key=([^&]+)", body)[0] for body in keys}) == 1
    assert briefly(site.rows(desk.sample)) == [("claim", FIRST)]


@pytest.mark.page_errors(REFUSED)
def test_unsaved_tags_of_another_account_are_not_sent(desk: Desk) -> None:
    site = desk.site
    site.server.stop()
    tag_unsaved(desk, FIRST, "Claim")
    context = desk.page.context
    desk.page.close()
    site.server.start()
    context.clear_cookies()
    others = Desk(site, context.new_page(), desk.sample, name="Otto")
    others.drag(SECOND)
    others.choose("Demand")
    expect(others.mark(SECOND)).to_be_visible()
    expect(others.pending).to_have_count(0)  # the mark may come by the stream, before the answer
    assert [(row["annotator"], row["quote"]) for row in site.rows(desk.sample)] == [
        ("Otto", SECOND)
    ]
    others.page.close()
    context.clear_cookies()
    again = Desk(site, context.new_page(), desk.sample)
    expect(again.mark(FIRST)).to_be_visible()
    again.settle()
    assert [row["annotator"] for row in site.rows(desk.sample)] == ["Ines", "Otto"]


@pytest.mark.page_errors("net::ERR", "Failed to load", always=False)
def test_a_half_typed_note_survives_a_reload(desk: Desk) -> None:
    annotation_id = desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    card = desk.open(annotation_id)
    card.get_by_label("Note").fill("Half a thou")
    desk.page.reload()
    desk.open(annotation_id)
    expect(card.get_by_label("Note")).to_have_value("Half a thou")
    desk.press("Escape")
    desk.settle()
    desk.wait(lambda: desk.site.note_of(annotation_id) == "Half a thou", "the note")
    desk.wait(lambda: not desk.stored("note"), "the draft to go")


@pytest.mark.page_errors(REFUSED)
def test_a_note_that_could_not_be_sent_is_kept_and_sent(desk: Desk) -> None:
    annotation_id = desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    card = desk.open(annotation_id)
    card.get_by_label("Note").fill("Sent later.")
    desk.site.server.stop()
    card.get_by_label("Note").blur()
    expect(card.locator(".state")).to_contain_text("Not saved yet")
    expect(card.get_by_role("button", name="Try again")).to_be_visible()
    expect(desk.toast).to_be_hidden()
    expect(card).to_have_class(re.compile("unsent"))
    context = desk.page.context
    desk.page.close()
    desk.site.server.start()
    again = Desk(desk.site, context.new_page(), desk.sample)
    again.settle()
    expect(again.page.locator(f"#a{annotation_id} .excerpt")).to_have_text("Sent later.")
    assert desk.site.note_of(annotation_id) == "Sent later."


@pytest.mark.page_errors(REFUSED)
def test_what_is_not_saved_is_said_where_no_card_lies_over_it(desk: Desk) -> None:
    other = desk.site.tag(desk.sample, LAST)
    desk.page.reload()
    desk.open(other)
    desk.site.server.stop()
    tag_unsaved(desk, FIRST, "Claim")
    desk.page.evaluate("id => { document.getElementById(id).open = true; }", f"a{other}")
    expect(desk.toast).to_contain_text(f"Claim not saved yet: “{FIRST}”")
    assert not desk.box(desk.toast).overlaps(desk.box(desk.open_card.locator("> .body")))
    desk.press_send_now(desk.toast)
    desk.site.server.start()
    desk.come_back()
    desk.settle()


@pytest.mark.page_errors(REFUSED)
def test_a_button_stays_under_the_hand_while_the_page_tries_again(desk: Desk) -> None:
    desk.tag(FIRST, "Claim")
    desk.site.server.stop()
    desk.block(1).locator(".passage").focus()
    desk.press("Control+z")
    send = desk.toast.get_by_role("button", name="Send now")
    send.focus()
    for _ in range(2):  # after the second, what the first changed is there to see
        desk.come_back_in_vain()
    expect(send).to_be_focused()
    desk.site.server.start()
    desk.come_back()
    desk.settle()


@pytest.mark.page_errors(REFUSED)
def test_the_button_beside_a_note_stays_under_the_hand_too(desk: Desk) -> None:
    annotation_id = desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    card = desk.open(annotation_id)
    desk.site.server.stop()
    card.get_by_label("Note").fill("Sent later.")
    card.get_by_label("Note").blur()
    again = card.get_by_role("button", name="Try again")
    again.focus()
    for _ in range(2):  # after the second, what the first changed is there to see
        desk.come_back_in_vain()
    expect(again).to_be_focused()
    desk.site.server.start()
    desk.come_back()
    desk.settle()


@pytest.mark.page_errors(REFUSED)
def test_on_a_phone_what_is_not_saved_covers_no_words_beside_an_open_card(desk: Desk) -> None:
    other = desk.site.tag(desk.sample, FIRST)
    desk.page.set_viewport_size(PHONE)
    desk.page.reload()
    desk.open(other)
    desk.site.server.stop()
    tag_unsaved(desk, SECOND, "Claim")
    desk.page.evaluate("id => { document.getElementById(id).open = true; }", f"a{other}")
    desk.page.mouse.move(5, 300)
    line = desk.box(desk.pending)
    assert not any(line.overlaps(words) for words in (*desk.boxes(FIRST), *desk.boxes(SECOND)))
    desk.pending.hover()
    expect(desk.pending.get_by_role("button", name="Send now")).to_be_in_viewport()
    desk.press_send_now(desk.pending)
    desk.site.server.start()
    desk.come_back()
    desk.settle()


@pytest.mark.page_errors("422")
def test_what_the_server_refuses_says_why_and_can_be_discarded(site: Site, page: Page) -> None:
    source = "By Ada Quill, The Ferry Post, 3/9/25\n\nMarks NUMBER\n\n"
    noted = site.add_article(f"{source}They denied it.1 She said “no.”2 Then it rained.\n", ".txt")
    desk = Desk(site, page, noted)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.footnote-mark'))")
    desk.choose("Claim")
    expect(desk.pending).to_contain_text("There are no words in this selection")
    page.reload()
    expect(desk.pending).to_contain_text("There are no words in this selection")
    desk.pending.get_by_role("button", name="Discard").click()
    expect(desk.pending).to_have_count(0)
    page.reload()
    expect(page.locator("html.scripted")).to_be_attached()
    expect(desk.pending).to_have_count(0)
    assert site.rows(noted) == []


def test_a_passage_that_is_too_long_is_refused_at_the_press(site: Site, page: Page) -> None:
    sentence = "A sentence that is here to fill the article up, and says nothing else. "
    long = site.add_article(f"---\ntitle: Long NUMBER\nauthor: Ada\n---\n\n{sentence * 300}\n")
    desk = Desk(site, page, long)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.article .text'))")
    expect(desk.bar).to_be_visible()
    desk.block(1).locator(".passage").focus()
    desk.press("1")
    expect(desk.toast).to_contain_text("20,000")
    expect(desk.pending).to_have_count(0)
    assert site.rows(long) == []


def test_undo_waits_its_turn_behind_what_is_not_saved(desk: Desk) -> None:
    desk.tag(FIRST, "Claim")
    held = Held()
    desk.page.route("**/annotations", held.hold)
    desk.drag(SECOND)
    desk.choose("Demand")
    desk.wait(lambda: held.routes, "the request")
    desk.block(1).locator(".passage").focus()
    desk.press("Control+z")
    held.let_go()
    expect(desk.toast).to_contain_text("No longer tagged as demand")
    desk.settle()
    expect(desk.cards).to_have_count(1)
    assert briefly(desk.site.rows(desk.sample)) == [("claim", FIRST)]
