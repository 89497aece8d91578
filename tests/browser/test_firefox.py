"""Firefox: the text is selected, tagged and corrected with its keys and mouse too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.running import Site, briefly
from tests.browser.sample import FIRST, HEADING, LAST, SECOND, THIRD, Sample
from tests.browser.test_other_texts import HEBREW
from tests.harness.firefox import Firefox
from tests.harness.programs import find_firefox
from tests.harness.services import lack

# The right edge of the second sentence of a Hebrew paragraph, where it begins, and its left one.
EDGES_OF_SECOND = """(() => {
  const text = document.querySelector('#b1 .text');
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let node;
  for (let each = walker.nextNode(); each; each = walker.nextNode()) node = each;
  const range = document.createRange();
  range.setStart(node, node.data.length - node.data.trimStart().length);
  range.setEnd(node, node.data.length);
  const {left, right, top, bottom} = range.getBoundingClientRect();
  const y = (top + bottom) / 2;
  return [[right - 1, y], [left + 20, y], [left - 2, y]];
})()"""


@pytest.fixture(scope="module")
def program() -> Path:
    program = find_firefox()
    if program is None:
        lack("Firefox", "on the PATH as firefox-esr or firefox")
    return program


@pytest.fixture(scope="module")
def browser_window(program: Path, site: Site) -> Iterator[Firefox]:
    """Give a Firefox in which Ines is signed in."""
    with Firefox(program) as firefox:
        for cookie in site.cookies["Ines"]:
            firefox.add_cookie(cookie["name"], cookie["value"], cookie["domain"])
        yield firefox


class Reader:
    """Someone who reads the sample in Firefox."""

    def __init__(self, firefox: Firefox, site: Site, sample: Sample) -> None:
        self.firefox = firefox
        self.site = site
        self.sample = sample
        firefox.goto(site.address(sample.path))
        firefox.wait(
            lambda: firefox.evaluate("document.documentElement.matches('.scripted')"), "scripts"
        )

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        self.firefox.press(*keys)

    def go_to_text(self) -> None:
        """Press Tab until a paragraph has the focus."""
        for _ in range(60):
            self.press("Tab")
            if self.firefox.evaluate("document.activeElement?.matches('.passage')"):
                return
        pytest.fail("Tab does not reach the text")

    def tab_to(self, selector: str) -> None:
        """Press Tab until what a selector says has the focus."""
        for _ in range(80):
            self.press("Tab")
            if self.firefox.evaluate(f"document.activeElement?.matches({selector!r})"):
                return
        pytest.fail(f"Tab does not reach {selector}")

    def expect_address(self, words: str) -> None:
        """Wait until the address holds these words and its page is there."""
        self.firefox.wait(
            lambda: self.firefox.evaluate(
                f"location.href.includes({words!r}) && document.readyState === 'complete'"
            ),
            f"an address with {words}",
        )

    def expect_selected(self, words: str) -> None:
        """Wait until just these words are selected."""
        self.firefox.wait(
            lambda: " ".join(self.firefox.evaluate("getSelection().toString()").split()) == words,
            f"the selection of {words!r}",
        )

    def expect_rows(self, *rows: tuple[str, str]) -> None:
        """Wait until these are the tags and quotes of the CSV."""
        self.firefox.wait(
            lambda: briefly(self.site.rows(self.sample)) == [*rows], f"the rows {rows}"
        )

    def expect_focus(self, selector: str) -> None:
        """Wait until the focus is on what a selector says."""
        self.firefox.wait(
            lambda: self.firefox.evaluate(f"document.activeElement?.matches({selector!r})"),
            f"the focus on {selector}",
        )

    def click(self, selector: str) -> None:
        """Press the mouse in the middle of what a selector says."""
        middle = f"""(() => {{
          const {{left, right, top, bottom}} =
            document.querySelector({selector!r}).getBoundingClientRect();
          return [(left + right) / 2, (top + bottom) / 2];
        }})()"""
        x, y = self.firefox.evaluate(middle)
        self.firefox.drag((x, y), (x, y))

    def expect_count(self, total: str) -> None:
        """Wait until the steps say that so many annotations are shown."""
        self.firefox.wait(
            lambda: self.firefox.evaluate(
                "document.querySelector('.rail .steps .count').textContent"
            ).endswith(f"of {total}"),
            f"{total} shown",
        )

    def card_of(self, words: str) -> str:
        """Return a selector of the card of just these words."""
        start, end = self.sample.span(words)
        return f'.card[data-start="{start}"][data-end="{end}"]'

    def expect_cards(self, count: int) -> None:
        """Wait until the margin holds so many cards."""
        self.firefox.wait(
            lambda: (
                self.firefox.evaluate("document.querySelectorAll('.margin > .card').length")
                == count
            ),
            f"{count} cards",
        )


@pytest.fixture
def reader(browser_window: Firefox, site: Site, sample: Sample) -> Reader:
    return Reader(browser_window, site, sample)


def test_the_arrows_select_sentences_into_the_next_block(reader: Reader) -> None:
    reader.go_to_text()
    for words in (FIRST, SECOND, THIRD, HEADING):
        reader.press("ArrowRight")
        reader.expect_selected(words)
    reader.press("ArrowLeft")
    reader.expect_selected(THIRD)


def test_shift_extends_by_sentence_and_the_browser_by_character_and_word(reader: Reader) -> None:
    reader.go_to_text()
    reader.press("ArrowRight", "Shift+ArrowDown")
    reader.expect_selected(f"{FIRST} {SECOND}")
    reader.press("Shift+ArrowUp")
    reader.expect_selected(FIRST)
    reader.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")
    reader.expect_selected(f"{FIRST} It")
    reader.press("Shift+ArrowLeft")
    reader.expect_selected(f"{FIRST} I")
    reader.press("Control+Shift+ArrowRight")
    reader.expect_selected(f"{FIRST} It")
    reader.press("1")
    reader.expect_rows(("claim", f"{FIRST} It"))


def test_digits_tag_and_the_focus_stays_in_the_text(reader: Reader) -> None:
    reader.go_to_text()
    for number in range(1, 5):
        reader.press("ArrowRight", str(number))
        reader.expect_cards(number)
        reader.expect_focus(".passage")
    reader.expect_rows(
        ("claim", FIRST), ("demand", SECOND), ("assumption", THIRD), ("citation", HEADING)
    )


def test_card_note_tag_delete_undo_and_redo(reader: Reader) -> None:
    reader.go_to_text()
    reader.press("ArrowRight", "1")
    reader.expect_cards(1)
    reader.press("Enter")
    reader.expect_focus(".card[open] > summary")
    reader.press("Escape", "ArrowLeft", "4", "1")  # a second tag, and the first taken back
    reader.expect_rows(("citation", FIRST))
    reader.press("n")
    reader.expect_focus(".note-form textarea")
    reader.firefox.type_text("12 in Firefox")
    reader.press("Control+Enter")
    reader.firefox.wait(
        lambda: [row["note"] for row in reader.site.rows(reader.sample)] == ["12 in Firefox"],
        "the note",
    )
    reader.expect_focus(".passage")
    reader.press("Enter")
    reader.expect_focus(".card[open] > summary")
    reader.press("Delete")
    reader.expect_cards(0)
    reader.expect_focus(".passage")
    reader.press("Control+z")
    reader.expect_rows(("citation", FIRST))
    reader.expect_cards(1)
    reader.press("Control+Shift+z")
    reader.expect_cards(0)
    reader.expect_rows()


def test_what_others_do_arrives_without_a_reload(reader: Reader) -> None:
    reader.site.tag(reader.sample, FIRST, name="Otto")
    reader.expect_cards(1)
    reader.firefox.wait(
        lambda: (
            reader.firefox.evaluate("document.getElementById('update').textContent")
            == "O Otto tagged as claim, paragraph 1"
        ),
        "the line that says so",
    )


def test_the_help_and_back(reader: Reader) -> None:
    reader.go_to_text()
    reader.press("j", "?")
    reader.expect_focus("dialog, dialog *")
    reader.press("Escape")
    reader.expect_focus("#b2 .passage")


def test_a_drag_from_inside_a_hyperlink_tags_with_the_mouse(reader: Reader) -> None:
    box = """(() => {
      const text = document.querySelector('#b4 .text');
      const words = text.textContent.indexOf('of the county');
      const link = text.querySelector('a').firstChild;
      const begin = document.createRange();
      begin.setStart(link, words - 'Read '.length);
      begin.setEnd(link, words - 'Read '.length + 1);
      const last = [...text.childNodes].at(-1);
      const end = document.createRange();
      end.setStart(last, ' before you vote'.length);
      end.setEnd(last, ' before you vote.'.length);
      const [from, to] = [begin.getBoundingClientRect(), end.getBoundingClientRect()];
      return [[from.left + 1, from.top + 12], [to.left, to.top + 12], [to.right + 1, to.top + 12]];
    })()"""
    points = [(x, y) for x, y in reader.firefox.evaluate(box)]
    reader.firefox.drag(*points)
    reader.expect_selected("of the county before you vote.")
    button = """(() => {
      const bar = document.getElementById('tagbar');
      if (bar.hidden) return null;
      const {left, top} = bar.querySelector('.demand').getBoundingClientRect();
      return [left + 8, top + 8];
    })()"""
    reader.firefox.wait(lambda: reader.firefox.evaluate(button), "the tag bar")
    x, y = reader.firefox.evaluate(button)
    reader.firefox.drag((x, y), (x, y))
    reader.expect_rows(("demand", "of the county before you vote."))


def test_the_first_tab_leads_to_the_text(reader: Reader) -> None:
    reader.press("Tab")
    reader.expect_focus("a.skip")
    reader.press("Enter", "Tab")
    reader.expect_focus("#b1 .passage")
    reader.press("ArrowRight", "2")
    reader.expect_rows(("demand", FIRST))


def test_two_tags_on_one_sentence_and_a_note_for_each_sentence(reader: Reader) -> None:
    reader.go_to_text()
    reader.press("ArrowRight", "1", "2")
    reader.expect_rows(("claim", FIRST), ("demand", FIRST))
    for number, words in enumerate((SECOND, THIRD), 3):
        reader.press("ArrowRight")
        reader.expect_selected(words)
        reader.press(str(number), "n")
        reader.expect_focus("textarea")
        reader.firefox.type_text(f"nek {number}")
        reader.press("Control+Enter")
        reader.expect_focus(".passage")
    reader.firefox.wait(
        lambda: (
            [(row["tag"], row["note"]) for row in reader.site.rows(reader.sample)][2:]
            == [("assumption", "nek 3"), ("citation", "nek 4")]
        ),
        "a note with each tag",
    )


def test_the_brackets_go_round_what_the_filter_shows(
    browser_window: Firefox, site: Site, sample: Sample
) -> None:
    for words, tag in ((FIRST, "claim"), (SECOND, "demand"), (LAST, "claim")):
        site.tag(sample, words, tag)
    reader = Reader(browser_window, site, sample)
    reader.expect_count("3")
    reader.click("input[name=tag][value=demand]")
    reader.expect_count("2")
    assert reader.firefox.evaluate("location.search") != ""
    reader.firefox.evaluate("document.querySelector('#b1 .passage').focus()")
    for key, words in (("]", FIRST), ("]", LAST), ("[", FIRST)):
        reader.press(key)
        reader.expect_focus(f"{reader.card_of(words)} > summary")


def test_hebrew_is_walked_to_the_left_and_selected_with_the_mouse(
    browser_window: Firefox, site: Site
) -> None:
    sample = site.add_article(HEBREW)
    first, second, *_ = sample.text.split("\n\n")[0].split(". ")
    reader = Reader(browser_window, site, sample)
    reader.go_to_text()
    reader.press("ArrowLeft")
    reader.expect_selected(f"{first}.")
    reader.press("1")
    reader.expect_rows(("claim", f"{first}."))
    drawn = "document.querySelector('#b1 mark') && !document.querySelector('.pending')"
    browser_window.wait(lambda: browser_window.evaluate(f"Boolean({drawn})"), "the mark")
    points = reader.firefox.evaluate(EDGES_OF_SECOND)
    reader.firefox.drag(*[(x, y) for x, y in points])
    reader.expect_selected(second)
    reader.press("2")
    reader.expect_rows(("claim", f"{first}."), ("demand", second))


def test_lists_are_filtered_and_many_passages_changed_by_key(reader: Reader, site: Site) -> None:
    number = site.tag(reader.sample, FIRST)
    site.tag(reader.sample, SECOND, "demand")
    reader.firefox.goto(site.address("/projects/first/articles"))
    reader.tab_to(".filters > summary")
    reader.press("Enter")
    reader.tab_to("[name='thread']")
    reader.press("ArrowDown")
    reader.tab_to(".filters button")
    reader.press("Enter")
    reader.expect_address("thread=question")
    reader.firefox.goto(
        site.address(f"/projects/first/findings/passages?article={reader.sample.id}")
    )
    reader.tab_to("[name='tag'][value='claim']")
    reader.press(" ")
    reader.expect_address("tag=claim")
    reader.expect_focus("[name='tag'][value='claim']")
    reader.tab_to("a[href*='tick=page']")
    reader.press("Enter")
    reader.expect_address("tick=page")
    reader.tab_to("#bulk-note")
    reader.firefox.type_text("Said at once.")
    reader.press("Enter")
    reader.expect_focus("[name='confirm']")
    reader.press("Enter")
    reader.firefox.wait(lambda: site.note_of(number) == "Said at once.", "the note")
    reader.expect_address("/acts/")
    reader.firefox.evaluate("history.back()")
    reader.expect_address("/findings/passages?")
    reader.firefox.wait(
        lambda: reader.firefox.evaluate("document.querySelector('.hit .note')?.innerText"),
        "the list as it is now",
    )
    reader.firefox.evaluate("history.forward()")
    reader.expect_address("/acts/")
    reader.tab_to(".bulk-preview button")
    reader.press("Enter")
    reader.firefox.wait(lambda: site.note_of(number) == "", "the note as it was")
