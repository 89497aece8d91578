"""Discussing in a browser: by keyboard, through a fault of the network, with names to choose."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.discussion.models import Comment
from app.projects.models import Member
from app.projects.roles import Role
from tests.browser.reading_page import Desk, wait
from tests.browser.running import House
from tests.browser.sample import FIRST, SECOND, Sample
from tests.browser.test_accessibility import faults_of
from tests.harness.builders import add_comment
from tests.harness.chromium import WatchedPages
from tests.harness.server import ServerEnded

REFUSED = "ERR_CONNECTION_REFUSED"


@pytest.fixture(autouse=True)
def _running(house: House) -> Iterator[None]:
    """Leave the server running for the next test."""
    yield
    try:
        house.server.pid  # noqa: B018  (it raises where there is none)
    except ServerEnded:
        house.server.start()


def ask(house: House, annotation_id: int, text: str) -> None:
    """Let the annotator of an annotation ask a question about it."""
    with house.writing() as session:
        annotation = session.get_one(Annotation, annotation_id)
        query = select(Member).where(Member.account_id == annotation.account_id)
        add_comment(session, session.scalars(query).one(), annotation, text, is_question=True)


def texts(house: House, annotation_id: int) -> list[str]:
    with house.database.session() as session:
        query = select(Comment.text).where(Comment.annotation_id == annotation_id)
        return list(session.scalars(query.order_by(Comment.id)))


def test_a_thread_is_written_by_the_keyboard_alone(desk: Desk) -> None:
    number = desk.house.tag(desk.sample, FIRST, name="Otto")
    desk.house.tag(desk.sample, SECOND)
    desk.page.reload()
    desk.block(1).locator(".passage").focus()
    desk.press("Enter")
    expect(desk.open_card.locator(".comment-form")).to_be_visible()
    desk.press("c")
    expect(desk.page.get_by_label("Comment", exact=True)).to_be_focused()
    desk.page.keyboard.type("Is it one?")
    desk.press("Control+Enter")
    expect(desk.open_card.locator(".comments .said")).to_have_text("Is it one?")
    expect(desk.page.get_by_label("Comment", exact=True)).to_be_focused()
    expect(desk.open_card.locator("> summary")).to_contain_text("1 comment")
    desk.press("Control+z")  # the comment, and nothing from before it
    expect(desk.open_card.locator(".comments")).to_contain_text("Ines: deleted")
    expect(desk.cards).to_have_count(2)
    assert texts(desk.house, number) == ["Is it one?"]


@pytest.mark.page_errors(REFUSED)
def test_a_comment_survives_a_reload_and_a_fault_and_is_written_once(desk: Desk) -> None:
    number = desk.house.tag(desk.sample, FIRST, name="Otto")
    desk.page.reload()
    desk.open(number)
    field = desk.page.get_by_label("Comment", exact=True)
    field.fill("Half a thought")
    desk.page.get_by_label("A question").check()
    desk.page.reload()
    desk.open(number)
    expect(field).to_have_value("Half a thought")
    expect(desk.page.get_by_label("A question")).to_be_checked()
    desk.house.server.stop()
    desk.page.get_by_role("button", name="Write", exact=True).click()
    expect(desk.toast).to_contain_text("Not saved yet")
    expect(desk.open_card.locator(".unsent-comment")).to_have_text("Half a thought")
    expect(field).to_have_value("")
    desk.house.server.start()
    desk.toast.get_by_role("button", name="Send now").click()
    expect(desk.open_card.locator(".comments .said")).to_have_text("Half a thought")
    desk.settle()
    assert texts(desk.house, number) == ["Half a thought"]
    assert desk.stored("text") == []


def test_a_reason_is_sent_by_keys_with_the_stance_that_one_has(desk: Desk) -> None:
    number = desk.house.tag(desk.sample, FIRST, name="Otto")
    desk.page.reload()
    card = desk.open(number)
    card.get_by_text("Agree or dispute").click()
    card.get_by_label("Reason").fill("It asks.")
    desk.press("Control+Enter")
    expect(card.get_by_role("button", name="Agree", exact=True)).to_be_focused()
    card.get_by_role("button", name="Dispute", exact=True).click()
    expect(card.locator(".stances")).to_contain_text("You dispute it: It asks.")
    card.get_by_text("Change your mind").click()
    card.get_by_label("Reason").fill("It asks them.")
    desk.press("Control+Enter")
    expect(card.locator(".stances")).to_contain_text("You dispute it: It asks them.")
    card.get_by_label("Comment", exact=True).fill("So.")
    card.get_by_role("button", name="Write", exact=True).click()
    expect(card.locator(".comments")).to_contain_text("So.")
    expect(card.get_by_label("Comment", exact=True)).to_be_focused()
    desk.settle()


@pytest.mark.page_errors("403")
def test_a_comment_that_is_refused_stays_readable(desk: Desk) -> None:
    number = desk.house.tag(desk.sample, FIRST, name="Otto")
    desk.page.reload()
    desk.open(number)
    desk.page.get_by_label("Comment", exact=True).fill("Written too late.")
    change_role(desk.house, "Ines", Role.READER)
    try:
        desk.press("Control+Enter")
        expect(desk.toast.locator(".typed-text")).to_have_text("Written too late.")
        desk.page.reload()
        expect(desk.toast.locator(".typed-text")).to_have_text("Written too late.")
        desk.toast.get_by_role("button", name="Discard").click()
        desk.settle()
    finally:
        change_role(desk.house, "Ines", Role.OWNER)


def change_role(house: House, name: str, role: Role) -> None:
    with house.writing() as session:
        query = select(Member).join(Account, Account.id == Member.account_id)
        session.scalars(query.where(Account.name == name)).one().role_name = role.value
        session.commit()


def test_what_is_half_typed_is_kept_on_the_annotation_s_own_page_and_in_the_guidelines(
    house: House, page: Page, desk: Desk
) -> None:
    number = house.tag(desk.sample, FIRST)
    page.goto(house.address(f"/annotations/{number}/card"))
    page.get_by_label("Comment", exact=True).fill("Half a thought")
    page.get_by_label("Note").fill("Half a note")
    page.reload()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Half a thought")
    expect(page.get_by_label("Note")).to_have_value("Half a note")
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.locator(".comments .said")).to_have_text("Half a thought")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("")
    expect(page.get_by_label("Note")).to_have_value("Half a note")
    page.goto(house.address(f"{desk.sample.path.split('/articles')[0]}/guidelines/edit"))
    page.get_by_label("Guidelines", exact=True).fill("Half a rule")
    page.reload()
    expect(page.get_by_label("Guidelines", exact=True)).to_have_value("Half a rule")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Half a rule")).to_be_visible()
    page.get_by_role("link", name="Change the guidelines").click()
    expect(page.get_by_label("Guidelines", exact=True)).to_have_value("Half a rule")
    desk.wait(lambda: len(desk.stored("text")) == 0, "no draft")


def test_names_are_chosen_by_keys_after_an_at(desk: Desk) -> None:
    number = desk.house.tag(desk.sample, FIRST, name="Otto")
    desk.house.tag(desk.sample, SECOND, name="Olivia")
    desk.page.reload()
    desk.open(number)
    field = desk.page.get_by_label("Comment", exact=True)
    field.press_sequentially("See @o")
    names = desk.page.get_by_role("listbox", name="Members")
    expect(names.get_by_role("option")).to_have_count(2)
    expect(names.get_by_role("option", selected=True)).to_contain_text("Olivia")
    desk.press("Escape")
    expect(names).to_have_count(0)
    expect(field).to_be_focused()
    field.press_sequentially("t")
    desk.press("ArrowDown", "Enter")
    expect(field).to_have_value("See @Otto ")
    desk.press("Control+Enter")
    expect(desk.open_card.locator(".said .named")).to_have_text("@Otto")
    field.press_sequentially("And @Otto")
    expect(names).to_be_visible()
    desk.page.get_by_role("button", name="Write", exact=True).click()  # it stays under the hand
    expect(desk.open_card.locator(".said .named")).to_have_count(2)


def test_on_a_phone_the_way_back_stands_above_an_open_card(
    house: House, phone: Page, sample: Sample
) -> None:
    long = "Wilhelmina-of-the-Long-and-Winding-River-Road-by-the-Old-Mill"
    number = house.tag(sample, FIRST, name=long)
    desk = Desk(house, phone, sample)
    desk.open(number)
    phone.get_by_label("Comment", exact=True).fill("So.")
    phone.get_by_role("button", name="Write", exact=True).click()
    desk.toast.get_by_role("button", name="Undo").click()
    expect(desk.open_card.locator(".comments")).to_contain_text("Ines: deleted")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_two_who_talk_see_each_other_s_comments_in_their_open_cards(
    house: House, pages: WatchedPages, sample: Sample
) -> None:
    number = house.tag(sample, FIRST, name="Otto")
    ines, otto = Desk(house, pages.open(), sample), Desk(house, pages.open(), sample, name="Otto")
    for desk in (ines, otto):
        desk.open(number)
    field = ines.page.get_by_label("Comment", exact=True)
    field.press_sequentially("Half a ")
    otto.page.get_by_label("Comment", exact=True).fill("Is it one?")
    otto.page.get_by_role("button", name="Write", exact=True).click()
    expect(ines.open_card.locator(".comments .said")).to_have_text("Is it one?")
    expect(field).to_be_focused()
    field.press_sequentially("thought")
    ines.press("Control+Enter")
    expect(otto.open_card.locator(".comments .said")).to_have_text(["Is it one?", "Half a thought"])
    otto.open_card.get_by_text("Edit", exact=True).click()
    edited = otto.page.get_by_label("Your comment")
    edited.fill("Is it really one?")
    field.fill("Yes.")
    ines.press("Control+Enter")
    expect(ines.open_card.locator(".comments .said")).to_have_count(3)
    expect(otto.page.locator("#news")).to_contain_text("Ines wrote a comment")
    expect(edited).to_have_value("Is it really one?")
    expect(otto.open_card.locator(".comments .said")).to_have_count(2)
    otto.page.get_by_role("button", name="Save", exact=True).click()
    expect(ines.open_card.locator(".comments .said").first).to_have_text("Is it really one?")
    ines.page.get_by_role("button", name="Resolve the thread").click()
    expect(otto.open_card.locator(".standing")).to_contain_text("Resolved by Ines")
    expect(otto.page.get_by_role("button", name="Reopen the thread")).to_be_visible()
    for desk in (ines, otto):
        desk.settle()
        expect_read(desk.page, house, number)


def expect_read(page: Page, house: House, annotation_id: int) -> None:
    """Wait until nothing of an annotation is new in the inbox of who has the page."""

    def is_read() -> bool:
        page.goto(house.address("/inbox"))
        return page.locator(f'.unread [href="/annotations/{annotation_id}"]').count() == 0

    wait(page, is_read, "an inbox in which it is read")


def test_the_inbox_and_a_card_with_a_thread_are_for_everyone(
    house: House, page: Page, desk: Desk
) -> None:
    number = house.tag(desk.sample, FIRST, name="Otto")
    ask(house, number, "Is it a claim, @Ines? See https://example.org/how.")
    page.goto(house.address("/inbox"))
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    expect(page.locator(f'.unread [href="/annotations/{number}"]')).to_have_count(1)
    assert faults_of(page) == []
    page.goto(house.address(f"/annotations/{number}/card"))
    expect(page.get_by_role("heading", name="Claim by Otto")).to_be_visible()
    assert faults_of(page) == []
    page.goto(house.address("/inbox"))
    expect_read(page, house, number)  # the card was open
    ask(house, number, "And this?")
    page.goto(house.address("/inbox"))
    page.locator(f'.unread [href="/annotations/{number}"]').click()
    expect(page.locator(".card[open] .comments")).to_contain_text("Is it a claim")
    expect_read(page, house, number)
