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
from tests.browser.running import Site
from tests.browser.sample import FIRST, SECOND, Sample
from tests.browser.test_accessibility import faults_of
from tests.harness.builders import add_comment
from tests.harness.chromium import WatchedPages
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


def ask(site: Site, annotation_id: int, text: str) -> None:
    """Let the annotator of an annotation ask a question about it."""
    with site.writing() as session:
        annotation = session.get_one(Annotation, annotation_id)
        query = select(Member).where(Member.account_id == annotation.account_id)
        add_comment(session, session.scalars(query).one(), annotation, text, is_question=True)


def texts(site: Site, annotation_id: int) -> list[str]:
    with site.database.session() as session:
        query = select(Comment.text).where(Comment.annotation_id == annotation_id)
        return list(session.scalars(query.order_by(Comment.id)))


def test_a_thread_is_written_by_the_keyboard_alone(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, FIRST, name="Otto")
    desk.site.tag(desk.sample, SECOND)
    desk.page.reload()
    desk.block(1).locator(".passage").focus()
    desk.press("Enter")
    expect(desk.open_card.locator(".card-full")).to_be_visible()
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
    assert texts(desk.site, number) == ["Is it one?"]


@pytest.mark.page_errors(REFUSED)
def test_a_comment_survives_a_reload_and_a_fault_and_is_written_once(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, FIRST, name="Otto")
    desk.page.reload()
    desk.open_thread(desk.open(number))
    field = desk.page.get_by_label("Comment", exact=True)
    field.fill("Half a thought")
    desk.page.get_by_label("A question").check()
    desk.page.reload()
    desk.open(number)  # unfolded, since something stands in it
    expect(field).to_have_value("Half a thought")
    expect(desk.page.get_by_label("A question")).to_be_checked()
    desk.site.server.stop()
    desk.page.get_by_role("button", name="Write", exact=True).click()
    expect(desk.toast).to_contain_text("Not saved yet")
    expect(desk.open_card.locator(".unsent-comment")).to_have_text("Half a thought")
    expect(field).to_have_value("")
    desk.press_send_now(desk.toast)
    desk.site.server.start()
    desk.come_back()
    expect(desk.open_card.locator(".comments .said")).to_have_text("Half a thought")
    desk.settle()
    assert texts(desk.site, number) == ["Half a thought"]
    assert desk.stored("text") == []


def test_a_reason_is_sent_by_keys_with_the_stance_that_one_has(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, FIRST, name="Otto")
    desk.page.reload()
    card = desk.open(number)
    agree = card.get_by_role("button", name="Agree")
    agree.click()
    expect(agree).to_have_attribute("aria-pressed", "true")
    agree.click()
    expect(agree).to_have_attribute("aria-pressed", "false")
    dispute = card.locator(".why > summary")
    dispute.click()
    expect(card.get_by_label("Reason")).to_be_focused()
    desk.page.keyboard.type("It asks.")
    desk.press("Control+Enter")
    expect(dispute).to_contain_text("1")
    expect(card.locator(".thread > summary")).to_contain_text("1")
    expect(card.get_by_label("Reason")).to_be_hidden()
    expect(dispute).to_be_focused()  # where the keyboard goes on
    desk.open_thread(card)
    expect(card.locator(".stances")).to_contain_text("You dispute it: It asks.")
    dispute.click()
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
    number = desk.site.tag(desk.sample, FIRST, name="Otto")
    desk.page.reload()
    desk.open_thread(desk.open(number))
    desk.page.get_by_label("Comment", exact=True).fill("Written too late.")
    change_role(desk.site, "Ines", Role.READER)
    try:
        desk.press("Control+Enter")
        expect(desk.toast.locator(".typed-text")).to_have_text("Written too late.")
        desk.page.reload()
        expect(desk.toast.locator(".typed-text")).to_have_text("Written too late.")
        desk.toast.get_by_role("button", name="Discard").click()
        desk.settle()
    finally:
        change_role(desk.site, "Ines", Role.OWNER)


def change_role(site: Site, name: str, role: Role) -> None:
    with site.writing() as session:
        query = select(Member).join(Account, Account.id == Member.account_id)
        session.scalars(query.where(Account.name == name)).one().role_name = role.value
        session.commit()


def test_what_is_half_typed_is_kept_on_the_annotation_s_own_page_and_in_the_guidelines(
    site: Site, page: Page, desk: Desk
) -> None:
    number = site.tag(desk.sample, FIRST)
    page.goto(site.address(f"/annotations/{number}/card"))
    page.get_by_label("Comment", exact=True).fill("Half a thought")
    page.get_by_label("Note").fill("Half a note")
    page.reload()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Half a thought")
    expect(page.get_by_label("Note")).to_have_value("Half a note")
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.locator(".comments .said")).to_have_text("Half a thought")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("")
    expect(page.get_by_label("Note")).to_have_value("Half a note")
    page.goto(site.address(f"{desk.sample.path.split('/articles')[0]}/guidelines/edit"))
    page.get_by_label("Guidelines", exact=True).fill("Half a rule")
    page.reload()
    expect(page.get_by_label("Guidelines", exact=True)).to_have_value("Half a rule")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Half a rule")).to_be_visible()
    page.get_by_role("link", name="Change the guidelines").click()
    expect(page.get_by_label("Guidelines", exact=True)).to_have_value("Half a rule")
    desk.wait(lambda: len(desk.stored("text")) == 0, "no draft")


def test_names_are_chosen_by_keys_after_an_at(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, FIRST, name="Otto")
    desk.site.tag(desk.sample, SECOND, name="Olivia")
    desk.page.reload()
    desk.open_thread(desk.open(number))
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
    site: Site, phone: Page, sample: Sample
) -> None:
    long = "Wilhelmina-of-the-Long-and-Winding-River-Road-by-the-Old-Mill"
    number = site.tag(sample, FIRST, name=long)
    own = site.tag(sample, SECOND)
    desk = Desk(site, phone, sample)
    desk.open_thread(desk.open(number))
    phone.get_by_label("Comment", exact=True).fill("So.")
    phone.get_by_role("button", name="Write", exact=True).click()
    desk.toast.get_by_role("button", name="Undo").click()
    expect(desk.open_card.locator(".comments")).to_contain_text("Ines: deleted")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    card = desk.open(own)  # where nothing stands beside Reply
    desk.open_thread(card)
    field = desk.box(card.get_by_label("Comment", exact=True))
    assert not desk.box(card.locator(".thread > summary")).overlaps(field)


def test_two_who_talk_see_each_other_s_comments_in_their_open_cards(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    number = site.tag(sample, FIRST, name="Otto")
    ines, otto = Desk(site, pages.open(), sample), Desk(site, pages.open(), sample, name="Otto")
    for desk in (ines, otto):
        desk.open_thread(desk.open(number))
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
    expect(otto.page.locator("#update")).to_contain_text("Ines wrote a comment")
    expect(edited).to_have_value("Is it really one?")
    expect(otto.open_card.locator(".comments .said")).to_have_count(2)
    otto.page.get_by_role("button", name="Save", exact=True).click()
    expect(ines.open_card.locator(".comments .said").first).to_have_text("Is it really one?")
    ines.page.get_by_role("button", name="Resolve the thread").click()
    expect(otto.open_card.locator(".standing")).to_contain_text("Resolved by Ines")
    expect(otto.page.get_by_role("button", name="Reopen the thread")).to_be_visible()
    for desk in (ines, otto):
        desk.settle()
        expect_read(desk.page, site, number)


def expect_read(page: Page, site: Site, annotation_id: int) -> None:
    """Wait until nothing of an annotation is new in the inbox of who has the page."""

    def is_read() -> bool:
        page.goto(site.address("/inbox"))
        return page.locator(f'.unread [href="/annotations/{annotation_id}"]').count() == 0

    wait(page, is_read, "an inbox in which it is read")


def test_the_inbox_and_a_card_with_a_thread_are_for_everyone(
    site: Site, page: Page, desk: Desk
) -> None:
    number = site.tag(desk.sample, FIRST, name="Otto")
    ask(site, number, "Is it a claim, @Ines? See https://example.org/how.")
    page.goto(site.address("/inbox"))
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    expect(page.locator(f'.unread [href="/annotations/{number}"]')).to_have_count(1)
    assert faults_of(page) == []
    page.goto(site.address(f"/annotations/{number}/card"))
    expect(page.get_by_role("heading", name="Claim by Otto")).to_be_visible()
    assert faults_of(page) == []
    page.goto(site.address("/inbox"))
    expect_read(page, site, number)  # the card was open
    ask(site, number, "And this?")
    page.goto(site.address("/inbox"))
    page.locator(f'.unread [href="/annotations/{number}"]').click()
    expect(page.locator(".card[open] .comments")).to_contain_text("Is it a claim")
    expect_read(page, site, number)


def test_the_number_beside_the_inbox_rises_and_falls_while_a_page_is_open(
    site: Site, page: Page, sample: Sample
) -> None:
    number = site.tag(sample, FIRST, name="Nadia")
    desk = Desk(site, page, sample, name="Nadia")
    count = page.locator(".masthead .unread-count")
    expect(count).to_have_count(0)
    with site.writing() as session:
        ines = site.find_member(session, "Ines")
        add_comment(session, ines, session.get_one(Annotation, number), "Says who?")
    expect(count).to_contain_text("1")
    desk.open(number)
    expect(count).to_have_count(0)
    # Also outside of projects one sees which one was used last, and the way around in it.
    for unread, path in enumerate(("/inbox", "/help", "/account"), start=1):
        page.goto(site.address(path))
        navigation = page.get_by_role("navigation", name="Project")
        expect(navigation.get_by_role("link", name="Guidelines")).to_be_visible()
        expect(navigation.locator("summary .name")).to_have_text("First project")
        with site.writing() as session:
            ines = site.find_member(session, "Ines")
            add_comment(session, ines, session.get_one(Annotation, number), f"And in {path}?")
        expect(count).to_contain_text(f"{unread} ")
