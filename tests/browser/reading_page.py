"""A desk at which one article is read: where words stand in the window, and a hand to tag them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.running import OWNER, Site
from tests.browser.sample import Sample

WAIT_SECONDS = 8.0

_FIND = """
const textWith = words => {
  const texts = [...document.querySelectorAll('.article .text, .alone .text')];
  const found = texts.find(text => text.textContent.includes(words));
  if (!found) throw new Error(`not on the page: ${words}`);
  return found;
};
const rangeIn = (text, from, to) => {
  const range = document.createRange();
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let hasStart = false;
  let seen = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!hasStart && from < seen + node.length) {
      range.setStart(node, from - seen);
      hasStart = true;
    }
    if (to <= seen + node.length) {
      range.setEnd(node, to - seen);
      return range;
    }
    seen += node.length;
  }
};
const rangeOf = words => {
  const text = textWith(words);
  const start = text.textContent.indexOf(words);
  return rangeIn(text, start, start + words.length);
};
const rectsOf = range => [...range.getClientRects()].filter(rect => rect.width > 0);
"""

# Where a hand would begin and end to drag over words: at the outer edges of their first and last
# characters, which in a right-to-left script are the other way round.
_EDGES = f"""words => {{
  {_FIND}
  const text = textWith(words);
  const start = text.textContent.indexOf(words);
  const shown = rangeOf(words).getBoundingClientRect();
  if (shown.top < 130 || shown.bottom > innerHeight - 90) text.scrollIntoView({{block: 'center'}});
  const edge = ({{segment, index}}, isEnd) => {{
    const letter = rangeIn(text, start + index, start + index + segment.length);
    const rect = rectsOf(letter).at(isEnd ? -1 : 0);
    const isRightToLeft = /[\\u0590-\\u08ff]/.test(segment);
    const x = isEnd === isRightToLeft ? rect.left + 0.3 : rect.right - 0.3;
    return [x, (rect.top + rect.bottom) / 2];
  }};
  const parts = [...new Intl.Segmenter().segment(words)];
  return [edge(parts[0], false), edge(parts.at(-1), true)];
}}"""

_SELECT = f"""words => {{
  {_FIND}
  const {{startContainer, startOffset, endContainer, endOffset}} = rangeOf(words);
  getSelection().setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
}}"""

_RECTS = f"""words => {{
  {_FIND}
  const plain = ({{left, top, right, bottom}}) => ({{left, top, right, bottom}});
  return rectsOf(rangeOf(words)).map(plain);
}}"""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the window, in CSS pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Tell whether the two share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def _is_act(request: Request) -> bool:
    return request.method == "POST"


class Held:
    """Requests that `page.route` holds back on their way to the server."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def hold(self, route: Route) -> None:
        """Hold a request back."""
        self.routes.append(route)

    def let_go(self) -> None:
        """Let the first go on to the server."""
        self.routes.pop(0).continue_()


class Desk:
    """A page on which `sample` is open for `name`; if `is_early`, its modules may not have run."""

    def __init__(
        self,
        site: Site,
        page: Page,
        sample: Sample,
        *,
        name: str = OWNER,
        query: str = "",
        is_early: bool = False,
    ) -> None:
        self.site = site
        self.page = page
        self.sample = sample
        page.set_default_timeout(1000 * WAIT_SECONDS)
        site.enter(page, name)
        page.goto(site.address(sample.path) + query, wait_until="commit" if is_early else "load")
        scripted = "html" if is_early else "html.scripted"
        expect(page.locator(scripted)).to_be_attached()

    # What is on the page

    @property
    def bar(self) -> Locator:
        """The tag bar."""
        return self.page.locator("#tagbar")

    @property
    def toast(self) -> Locator:
        """What just happened."""
        return self.page.locator("#toast")

    @property
    def hint(self) -> Locator:
        """Why a press did nothing."""
        return self.page.locator("#hint")

    @property
    def reload_line(self) -> Locator:
        """What is said of changes that only a reload shows."""
        return self.page.locator("#reload")

    @property
    def cards(self) -> Locator:
        """Every compact card in the margin, where its passage begins."""
        return self.page.locator(".margin > .card[id]")

    @property
    def open_card(self) -> Locator:
        """The card that is open."""
        return self.page.locator(".card[open]")

    @property
    def pending(self) -> Locator:
        """The lines in the margin of what is not saved."""
        return self.page.locator(".pending")

    def block(self, number: int) -> Locator:
        """Return the block with a number."""
        return self.page.locator(f"#b{number}")

    def mark(self, words: str) -> Locator:
        """Return the mark on just these words."""
        return self.page.locator(".article mark").get_by_text(words, exact=True)

    @property
    def selection(self) -> str:
        """The words that are selected."""
        words: str = self.page.evaluate("getSelection().toString()")
        return words

    @property
    def focus(self) -> str:
        """Where the focus is: an element's name and its classes, as "div.passage"."""
        place: str = self.page.evaluate(
            "[document.activeElement.localName, ...document.activeElement.classList].join('.')"
        )
        return place

    @property
    def focused_block(self) -> int:
        """The number of the block that has the focus, 0 for none."""
        number: int = self.page.evaluate(
            "Number(document.activeElement.closest('.block')?.dataset.number ?? 0)"
        )
        return number

    def painted(self, name: str) -> list[str]:
        """Return the words that are painted under a name of the CSS Custom Highlight API."""
        words: list[str] = self.page.evaluate(
            "name => [...(CSS.highlights.get(name) ?? [])].map(range => range.toString())", name
        )
        return words

    def stored(self, kind: str) -> list[Any]:
        """Return what this browser keeps of a kind: "outbox" or "note"."""
        values: list[Any] = self.page.evaluate(
            "kind => Object.entries(localStorage).filter(([key]) => key.includes(`.${kind}.`))"
            ".map(([, value]) => JSON.parse(value))",
            kind,
        )
        return values

    def box(self, locator: Locator) -> Box:
        """Return where an element is in the window."""
        found = locator.bounding_box()
        assert found is not None
        right, bottom = found["x"] + found["width"], found["y"] + found["height"]
        return Box(found["x"], found["y"], right, bottom)

    def boxes(self, words: str) -> list[Box]:
        """Return where words are in the window, a box a line."""
        return [Box(**rect) for rect in self.page.evaluate(_RECTS, words)]

    # What a person does

    def edges(self, words: str) -> tuple[Point, Point]:
        """Bring words into view and return the points of the window where they begin and end."""
        begin, end = self.page.evaluate(_EDGES, words)
        return (begin[0], begin[1]), (end[0], end[1])

    def drag(self, words: str, until: str = "") -> None:
        """Select with the mouse from the beginning of `words` to their end, or `until`'s end."""
        end = self.edges(until or words)[1]
        self.drag_between(self.edges(words)[0], end)

    def drag_between(self, begin: Point, end: Point) -> None:
        """Press the button at a point of the window and let go at another."""
        mouse = self.page.mouse
        mouse.move(*begin)
        mouse.down()
        mouse.move((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2, steps=3)
        mouse.move(*end, steps=3)
        mouse.up()

    def select(self, words: str) -> None:
        """Select words as a finger would: the page hears of the selection alone."""
        self.page.evaluate(_SELECT, words)

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, tag: str) -> None:
        """Press a button of the tag bar: "Claim", "Demand", "Assumption" or "Citation"."""
        self.bar.get_by_role("button", name=tag).click()

    def tag(self, words: str, tag: str) -> None:
        """Tag words with the mouse and wait until the server has them."""
        count = self.cards.count()
        self.drag(words)
        self.choose(tag)
        expect(self.cards).to_have_count(count + 1)
        self.settle()

    def settle(self, seconds: float = 5.0) -> None:
        """Wait until all is saved."""
        expect(self.pending).to_have_count(0, timeout=1_000 * seconds)
        self.wait(lambda: not self.stored("outbox"), "an empty outbox")

    def press_send_now(self, place: Locator) -> None:
        """Press the button while the server is away, and see the page try.

        Once the server is back, the page sends by itself as well: the button may be gone by then.
        """
        with self.page.expect_event("requestfailed", _is_act):
            place.get_by_role("button", name="Send now").click()

    def come_back(self) -> None:
        """Come back to the window, at which what waits is sent without a pause."""
        self.page.evaluate("dispatchEvent(new Event('focus'))")

    def come_back_in_vain(self) -> None:
        """Come back while the server is away, and see the page try."""
        with self.page.expect_event("requestfailed", _is_act):
            self.come_back()

    def open(self, annotation_id: int) -> Locator:
        """Open a card with the mouse, and wait for its body."""
        card = self.page.locator(f"#a{annotation_id}")
        card.locator("> summary").click()
        expect(card.locator(".card-full")).to_be_visible()
        return card

    def choose_in_menu(self, card: Locator, name: str) -> None:
        """Press a button of what is in the menu of an open card."""
        card.get_by_label("More about this annotation").click()
        card.get_by_role("button", name=name).click()

    def open_thread(self, card: Locator) -> None:
        """Unfold what is said in an open card, with the field for more."""
        card.locator(".thread > summary").click()
        expect(card.get_by_label("Comment", exact=True)).to_be_visible()

    def wait(self, holds: Callable[[], object], what: str) -> None:
        """Wait until a condition holds that no locator can tell."""
        wait(self.page, holds, what)


def wait(page: Page, holds: Callable[[], object], what: str) -> None:
    """Wait until a condition holds; the page goes on meanwhile.

    Raises: AssertionError (it does not within WAIT_SECONDS).
    """
    end = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < end, f"waited in vain for {what}"
        page.wait_for_timeout(20)
