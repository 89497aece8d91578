"""Keys of every keyboard, each key of the sheet, and a hundred sentences by one key each."""

import re

from playwright.sync_api import Page, expect

from app.articles.models import Article
from tests.browser.pressing import TAGS, expect_rows, press, tab_to_text
from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import FIRST, SECOND, THIRD
from tests.harness.builders import add_annotation, add_party

# A key as a keyboard of another country sends it: sign, place and Shift.
SEND = """([key, code, shiftKey]) => document.activeElement.dispatchEvent(
  new KeyboardEvent('keydown', {key, code, shiftKey, bubbles: true, cancelable: true}))"""


def test_a_key_counts_by_its_sign_and_else_by_its_place(desk: Desk) -> None:
    def send(key: str, code: str, *, shift: bool = False) -> bool:
        """Send a key, and say whether it did something of ours."""
        return not desk.page.evaluate(SEND, [key, code, shift])

    tab_to_text(desk)
    assert send("\u043e", "KeyJ")  # Russian
    assert desk.focused_block == 2
    assert send("\u043b", "KeyK")
    assert desk.focused_block == 1
    assert not send("g", "KeyJ")  # Dvorak: a Latin letter says itself what it is
    assert send("j", "KeyC")
    assert desk.focused_block == 2
    assert send("K", "KeyK")  # Caps Lock
    assert desk.focused_block == 1
    assert not send("!", "Digit1", shift=True)
    press(desk, "ArrowRight")
    for key, code in [("&", "Digit1"), ("é", "Digit2"), ('"', "Digit3"), ("'", "Digit4")]:
        assert send(key, code)  # French, without Shift
    expect_rows(desk, *[(tag, FIRST) for tag in TAGS])
    press(desk, "ArrowRight")
    assert send("2", "Digit2", shift=True)  # French, with Shift
    expect_rows(desk, *[(tag, FIRST) for tag in TAGS], ("demand", SECOND))
    assert send("\u0442", "KeyN")
    expect(desk.page.locator("textarea:focus")).to_be_visible()
    press(desk, "Escape")
    expect(desk.page.locator(".steps .count").first).to_contain_text("of 5")  # it has heard of all
    assert send("\u044a", "BracketRight")
    expect(desk.page.locator("#said")).to_contain_text(re.compile(r"^1 of \d: Claim"))
    assert send("Dead", "BracketLeft")  # French


# What became of a key is looked at last: a field that stands in for one may stop it on its way.
WATCH = """() => {
  window.used = false;
  const look = event => { window.used ||= event.defaultPrevented; };
  window.addEventListener('keydown', event => setTimeout(look, 0, event), {capture: true});
  document.addEventListener('selectionchange', () => { window.used = true; });
}"""


def test_each_key_of_the_sheet_does_something_where_it_says(desk: Desk) -> None:
    with desk.site.writing() as session:
        member = desk.site.find_member(session, "Ines")
        article = session.get_one(Article, desk.sample.id)
        party = add_party(session, member, "Port")
        for words in (FIRST, THIRD):
            add_annotation(session, member, article, words, tag="demand", party=party)
        # Whichever card a key finds, there is another of its tag whose party it can say again.
        other = session.get_one(Article, desk.site.add_article().id)
        for tag in TAGS:
            add_annotation(session, member, other, FIRST, tag=tag, party=party)
    desk.page.reload()
    expect(desk.page.locator("html.scripted")).to_be_attached()
    desk.page.evaluate(WATCH)
    rows = "rows => rows.map(row => [row.parentElement.dataset.place, row.dataset.keys])"
    listed = desk.page.locator("dialog .keys > [data-keys]").evaluate_all(rows)
    begins = {"text": ["j", "k"], "selection": ["ArrowRight"], "card": ["]"], "field": ["]", "n"]}
    for place, keys in listed:
        for key in keys.split(" "):
            desk.press("Escape", "Escape", "Escape")
            desk.block(1).locator(".passage").focus()
            desk.press("j" if key == "k" else "k", *begins[place])
            if key == "Shift+ArrowUp":
                desk.press("Shift+ArrowDown")
            if place == "card":
                desk.press("Enter")
                expect(desk.open_card.locator(".card-full")).to_be_visible()
            if place == "field":
                expect(desk.page.locator("textarea:focus")).to_be_visible()
            desk.page.wait_for_timeout(60)  # selections are told of late
            desk.page.evaluate(
                "window.used = false; document.getElementById('hint').textContent = ''"
            )
            desk.press(key)
            desk.wait(lambda: desk.page.evaluate("window.used"), f"{key} in the {place}")
            assert desk.hint.inner_text() == "", f"{key} in the {place}"


def test_a_hundred_sentences_take_a_key_each_where_a_tag_steps_on(site: Site, page: Page) -> None:
    paragraphs = [
        " ".join(f"Sentence {part} of paragraph {number} is short." for part in range(1, 6))
        for number in range(1, 21)
    ]
    article = site.add_article("\n\n".join(["---\ntitle: Steps NUMBER\n---", *paragraphs]))
    site.enter(page, "Stina")
    page.goto(site.address("/account"))
    page.get_by_label("After tagging by key, select the next sentence").check()
    page.get_by_role("button", name="Save keys").click()
    desk = Desk(site, page, article, name="Stina")
    tab_to_text(desk)
    press(desk, "ArrowRight", *("1234"[place % 4] for place in range(100)))
    expect(desk.hint).to_contain_text("This is the last sentence.")
    quotes = [f"{words.strip('.')}." for text in paragraphs for words in text.split(". ")]
    desk.settle(30)  # a hundred are under way
    expect_rows(desk, *((TAGS[place % 4], quotes[place]) for place in range(100)))
    expect(page.locator("mark")).to_have_count(100)
