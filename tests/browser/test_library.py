"""Adding an article in a browser, and what is said of it."""

from http.server import BaseHTTPRequestHandler

import pytest
from playwright.sync_api import FilePayload, Page, expect

from app.projects.roles import Role
from tests.browser.running import Site
from tests.browser.sample import FIRST
from tests.browser.test_accessibility import faults_of
from tests.harness.builders import PASSWORD
from tests.harness.sites import send_page, serving

ADD = "/projects/first/articles/add"
TEXT = """A Bridge Too Low

By Ada Quill, The Ferry Post, 4/5/25

The bridge must be raised.

It is."""


def test_an_article_is_pasted_looked_at_and_added(site: Site, page: Page) -> None:
    site.enter(page)
    page.goto(site.address("/projects/first/articles"))
    page.get_by_role("link", name="Add articles").first.click()
    assert faults_of(page) == []
    page.get_by_label("Paste a text").fill(TEXT)
    page.get_by_role("button", name="Read them").click()
    expect(page.get_by_label("Title")).to_have_value("A Bridge Too Low")
    expect(page.get_by_label("Published")).to_have_value("2025-04-05")
    expect(page.get_by_text("guessed: please check")).to_have_count(2)  # the day, the language
    expect(page.locator(".preview .text")).to_have_count(3)
    assert faults_of(page) == []
    page.get_by_label("Author").fill("Ada M. Quill")
    page.get_by_label("Title").focus()
    expect(page.locator("#kept")).to_have_text("Kept.")
    page.reload()
    expect(page.get_by_label("Author")).to_have_value("Ada M. Quill")
    page.get_by_role("button", name="Add this article").click()
    expect(page.get_by_role("heading", name="A Bridge Too Low", level=1)).to_be_attached()
    expect(page.locator(".byline")).to_contain_text("Ada M. Quill")


@pytest.mark.page_errors("401")
def test_a_large_text_is_kept_on_the_page_of_who_is_signed_out_elsewhere(
    site: Site, page: Page
) -> None:
    site.enter(page, "Lara")
    with site.writing() as session:
        site.find_member(session, "Lara").role_name = Role.CURATOR
        session.commit()
    other, large = page.context.new_page(), "Some words.\n\n" + "A long text. " * 90_000
    page.goto(site.address(ADD))
    page.get_by_label("Paste a text").fill(large)
    other.goto(site.address("/account"))
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Read them").click()
    expect(page.get_by_text("You are signed out, and nothing was sent.")).to_be_in_viewport()
    expect(page.get_by_label("Paste a text")).to_have_value(large)
    other.get_by_label("Email").fill("lara@example.org")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Articles", exact=True)).to_be_visible()
    page.get_by_role("button", name="Read them").click()
    expect(page.get_by_label("Title")).to_be_visible(timeout=30_000)


def test_a_guessed_encoding_is_corrected_on_the_draft(site: Site, page: Page) -> None:
    words = "\u041d\u0438\u043a\u0442\u043e \u043d\u0435 \u0441\u043a\u0430\u0437\u0430\u043b"
    content = (
        f"{words}\n\n{words}, \u0437\u0430\u0447\u0435\u043c.\n\n\u041f\u043e\u043a\u0430.".encode(
            "koi8-r"
        )
    )
    site.enter(page)
    page.goto(site.address(ADD))
    file = FilePayload(name="a.txt", mimeType="text/plain", buffer=content)
    page.get_by_label("Choose files").set_input_files(file)
    page.get_by_role("button", name="Read them").click()
    expect(page.get_by_label("Encoding")).to_have_value("KOI8-R")
    assert faults_of(page) == []
    page.get_by_label("Author").fill("Ada M. Quill")
    page.get_by_label("Encoding").select_option("Windows-1251")
    page.get_by_role("button", name="Read it in this encoding").click()
    expect(page.locator(".preview")).not_to_contain_text(words)
    expect(page.get_by_label("Author")).to_have_value("Ada M. Quill")
    page.get_by_label("Encoding").select_option("KOI8-R")
    page.get_by_role("button", name="Read it in this encoding").click()
    expect(page.locator(".preview")).to_contain_text(words)
    page.get_by_label("Author").press("Enter")
    expect(page.locator(".article")).to_contain_text(words)


def test_an_article_is_fetched_from_its_address_and_fetched_again(site: Site, page: Page) -> None:
    paragraphs = ["It floods.", "It floods, and the town pays."]

    def answer(request: BaseHTTPRequestHandler) -> None:
        words = f"<article><h1>The Levee</h1><p>{paragraphs[0]}</p></article>"
        send_page(request, words.encode(), "text/html")

    site.enter(page)
    with serving(answer) as address:
        page.goto(site.address(ADD))
        page.get_by_label("Give an address").fill(f"{address}/levee")
        page.get_by_role("button", name="Read them").click()
        expect(page.get_by_label("Source URL")).to_have_value(f"{address}/levee")
        page.get_by_role("button", name="Add this article").click()
        expect(page.locator(".article")).to_contain_text("It floods.")
        del paragraphs[0]
        page.get_by_label("More actions").click()
        page.get_by_role("link", name="Correct the text").click()
        page.get_by_role("button", name="Fetch it again").click()
        expect(page.locator(".word-diff ins")).to_contain_text("and the town pays")
        page.get_by_role("button", name="Accept and store").click()
        expect(page.locator(".article")).to_contain_text("It floods, and the town pays.")


@pytest.mark.page_errors("422", always=False)
def test_files_become_drafts_and_what_cannot_be_read_says_why(site: Site, page: Page) -> None:
    site.enter(page)
    page.goto(site.address(ADD))
    page.get_by_label("Choose files").set_input_files(
        [
            FilePayload(name="one.txt", mimeType="text/plain", buffer=b"One.\n\nFirst words."),
            FilePayload(name="two.md", mimeType="text/markdown", buffer=b"# Two\n\nMore words."),
            FilePayload(name="three.exe", mimeType="", buffer=b"MZ"),
        ]
    )
    page.get_by_role("button", name="Read them").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("three.exe")
    found = [
        page.get_by_role("button", name=f"Discard the draft {name}") for name in ("One", "Two")
    ]
    for discard in found:
        expect(discard).to_have_count(1)
    expect(page.locator(".drafts")).not_to_contain_text("three")
    assert faults_of(page) == []
    for discard in found:
        discard.click()
        expect(discard).to_have_count(0)


def test_details_are_changed_and_an_article_is_archived_and_restored(
    site: Site, page: Page
) -> None:
    sample = site.add_article()
    site.enter(page)
    page.goto(site.address(sample.path))
    page.get_by_label("More actions").click()
    page.get_by_role("link", name="Details, archive, history").click()
    assert faults_of(page) == []
    page.get_by_label("Publication").fill("The Other Post")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".history ins")).to_have_text("The Other Post")
    page.get_by_role("button", name="Archive the article").click()
    expect(page.get_by_role("link", name=sample.title, exact=True)).to_have_count(0)
    page.get_by_role("link", name="archived").click()
    page.get_by_role("link", name=sample.title, exact=True).click()
    expect(page.get_by_text("This article is archived")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 720})  # the check left it narrow
    page.get_by_label("More actions").click()
    page.get_by_role("link", name="Details, archive, history").click()
    page.get_by_role("button", name="Restore the article").click()
    expect(page.get_by_role("button", name="Archive the article")).to_be_visible()


HOSTILE = """<html><body><article><h1>A Page</h1>
<p>It holds a script<script>window.ran = 1</script>, a <img src=x onerror="window.ran = 2"> picture,
and a <a href="javascript:window.ran = 3">link that acts</a> when it is pressed.</p>
<svg onload="window.ran = 4"></svg><iframe srcdoc="<script>parent.ran = 5</script>"></iframe>
</article></body></html>"""


def test_nothing_in_a_saved_page_ever_runs(site: Site, page: Page) -> None:
    site.enter(page)
    page.goto(site.address(ADD))
    page.get_by_label("Choose files").set_input_files(
        FilePayload(name="page.html", mimeType="text/html", buffer=HOSTILE.encode())
    )
    page.get_by_role("button", name="Read them").click()
    expect(page.locator(".preview")).to_contain_text("link that acts")
    page.locator(".preview").get_by_text("link that acts").click()
    page.get_by_role("button", name="Add this article").click()
    expect(page.locator(".article")).to_contain_text("link that acts")
    page.locator(".article .text").get_by_text("link that acts").click()
    assert page.evaluate("window.ran") is None
    assert page.locator(".article .text :is(script, img, svg, iframe, a)").count() == 0


def test_what_is_pasted_from_a_page_keeps_its_structure(site: Site, page: Page) -> None:
    site.enter(page)
    page.goto(site.address(ADD))
    page.get_by_label("Paste a text").focus()
    page.evaluate(
        """() => {
        const data = new DataTransfer();
        data.setData('text/html', '<h2>Road</h2><p>It <b>floods</b>.</p>');
        data.setData('text/plain', 'Road\\n\\nIt floods.');
        const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true});
        document.activeElement.dispatchEvent(event);
        document.activeElement.value = 'Road\\n\\nIt floods.';
        }"""
    )
    expect(page.locator("#pasted")).to_contain_text("are kept as they were copied")
    page.get_by_role("button", name="Read them").click()
    expect(page.locator(".preview strong")).to_have_text("floods")
    expect(page.locator(".preview .heading")).to_have_text("Road")
    page.get_by_role("button", name="Discard").click()


def test_the_first_article_is_on_the_first_screen_of_a_phone(site: Site, page: Page) -> None:
    long = "Wilhelmina-of-the-Long-and-Winding-River-Road-by-the-Old-Mill"
    site.tag(site.add_article(), FIRST, name=long)  # articles can be assigned to her
    site.enter(page)
    page.set_viewport_size({"width": 390, "height": 664})  # a phone with the bars of its browser
    page.goto(site.address("/projects/first/articles"))
    box = page.locator(".articles tbody tr").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 664
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_text("Filter").click()
    expect(page.get_by_label("With")).to_be_visible()
    page.get_by_text("Other formats").click()
    expect(page.get_by_role("link", name="Markdown")).to_be_in_viewport(ratio=1)
    assert faults_of(page) == []
    page.get_by_label("About these files").click()
    expect(page.get_by_text("no spreadsheet runs them")).to_be_in_viewport()
    assert faults_of(page) == []
