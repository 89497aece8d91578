"""The main job from end to end: from a first account to a CSV that says what was done."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import fill_account, read_csv
from tests.browser.sample import Sample
from tests.harness.server import RunningServer

TITLE = "A Hub Is a Place You Cannot Get To"
CLAIM = "The thing is called Total Hub."
DEMAND = "I should like to set down here what I said"
ASSUMPTION = "They supposed, as people do who have always had one in the drive"
CITATION = "According to the parish survey"
WIDER = f"{ASSUMPTION}, that a car is a sort of limb."


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Give the real server as someone starts it first: no account, the project's own seeds."""
    with RunningServer(tmp_path_factory.mktemp("journey") / "instance") as server:
        yield server


class FirstDesk(Desk):
    """A desk at which someone sits down who came in by the front door."""

    def __init__(self, page: Page, server: RunningServer) -> None:
        self.page = page
        self.server = server
        self.sample = Sample(0, TITLE, "", "")

    def cards_of(self, tag: str) -> Locator:
        """Return the cards in the margin that have a tag."""
        return self.page.locator(f".margin .card.{tag}")


@pytest.mark.slow
def test_the_whole_journey(page: Page, server: RunningServer) -> None:  # noqa: PLR0915  (it is one)
    # Every page leads to Create account; the first account stands on the list with the seeds.
    page.goto(f"{server.url}/projects/first/articles")
    expect(page).to_have_url(f"{server.url}/sign-up")
    fill_account(page, "Ines")
    expect(page.get_by_role("heading", name="Articles", exact=True)).to_be_visible()
    seeds = [
        *("The Calm That Was Bought", "The Dam We Keep Paying For", TITLE),
        *("The Harbour Is Not a Spreadsheet", "The Right to an Answer"),
    ]
    for title in seeds:
        expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()
    page.get_by_role("link", name=TITLE, exact=True).click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(page.locator("html.scripted")).to_be_attached()
    desk = FirstDesk(page, server)
    path = page.url.removeprefix(server.url)

    # Each of the four by a drag.
    tags = (CLAIM, "Claim"), (DEMAND, "Demand"), (ASSUMPTION, "Assumption"), (CITATION, "Citation")
    for words, tag in tags:
        desk.tag(words, tag)
        expect(desk.toast).to_contain_text(f"Tagged as {tag.lower()}.")
    expect(page.locator(".byline .total")).to_have_text("4 annotations")

    # A note on the claim.
    claim = desk.cards_of("claim")
    claim.locator("> summary").click()
    claim.get_by_label("Note").fill("The brochure’s name.\nNot hers.")
    desk.press("Escape")
    expect(claim.locator(".excerpt")).to_contain_text("The brochure’s name.")

    # The citation was none: another tag in its card, and another, and back again by undo.
    desk.tag("Nobody at County Hall had asked.", "Citation")
    desk.toast.get_by_role("button", name="Add a note").click()
    expect(desk.open_card.get_by_label("Note")).to_be_focused()
    desk.open_card.get_by_role("button", name="Demand").click()
    expect(desk.toast).to_contain_text("It is tagged as demand now.")
    desk.open_card.get_by_role("button", name="Claim").click()
    expect(desk.toast).to_contain_text("It is tagged as claim now.")
    desk.settle()
    desk.toast.get_by_role("button", name="Undo").click()
    expect(desk.toast).to_contain_text("Tagged as demand again")
    desk.press("Escape")
    expect(desk.open_card).to_have_count(0)

    # Other boundaries, by selecting again.
    assumption = desk.cards_of("assumption")
    assumption.locator("> summary").click()
    desk.choose_in_menu(assumption, "Change boundaries")
    desk.drag(WIDER)
    page.locator("#boundsbar").get_by_role("button", name="Use this passage").click()
    expect(desk.mark(WIDER)).to_be_visible()
    desk.settle()
    desk.press("Escape", "Escape")

    # Deleted, back by undo, away by redo, back from the trash.
    demand = desk.cards_of("demand").filter(has_text="I should like")
    demand.locator("> summary").click()
    desk.choose_in_menu(demand, "Delete")
    expect(demand).to_have_count(0)
    desk.toast.get_by_role("button", name="Undo").click()
    expect(demand).to_have_count(1)
    desk.toast.get_by_role("button", name="Redo").click()
    expect(demand).to_have_count(0)
    page.reload()
    expect(demand).to_have_count(0)
    page.get_by_label("More actions").click()
    page.get_by_role("link", name="Trash of this article").click()
    page.get_by_role("button", name=re.compile("^Restore “I should like")).click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()

    # The CSV says all that, and nothing else.
    page.goto(server.url + path)
    expect(page.locator(".byline .total")).to_have_text("5 annotations")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of 5", exact=True).click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = read_csv(content.decode("utf-8-sig"))
    assert [(row["tag"], row["quote"], row["note"]) for row in rows] == [
        ("demand", DEMAND, ""),
        ("claim", CLAIM, "The brochure’s name.\nNot hers."),
        ("citation", CITATION, ""),
        ("demand", "Nobody at County Hall had asked.", ""),
        ("assumption", WIDER, ""),
    ]
    for row in rows:
        assert row["article_title"] == TITLE
        assert row["annotator"] == "Ines"
        assert row["project"] == "first"
        assert int(row["end"]) - int(row["start"]) == len(row["quote"])
        page.goto(row["permalink"])
        expect(desk.open_card).to_have_id(f"a{row['annotation_id']}")

    # The list of articles has them too, and its CSV is the same file here.
    page.get_by_role("link", name="Articles", exact=True).click()
    line = page.get_by_role("row").filter(has_text=TITLE)
    expect(line).to_contain_text("5 annotations")
    expect(line.get_by_role("img")).to_have_accessible_name(
        "claim 1, demand 2, assumption 1, citation 1"
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="All 5 annotations as CSV").click()
    assert download.value.path().read_bytes() == content
