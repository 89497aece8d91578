"""A book of 100,000 words with 10,000 annotations in a real Chromium: `python -m bench.book`.

It is opened, scrolled from its beginning and tagged in. A mark is there when the tag that was
pressed has one in the page; a frame of scrolling is the time between two of the browser's.
What the page's thread computes for a tag is disturbed less by other programs than the clock.
"""

import os
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from bench.first_load import ANSWERED, HAND, PAINTED
from bench.page_thread import PageThread
from bench.rows import Shape, fill
from bench.timing import Figure, show
from bench.visitor import Visitor
from tests.harness.programs import find_chromium
from tests.harness.server import LOOPBACK, RunningServer

SHAPE = Shape(words=100_500, blocks=1_000, annotations=10_000)
REPEATS = 5
AIM_BAR_MS, AIM_MARK_MS, AIM_FRAME_MS = 500, 100, 100

_SCROLL = """async () => {
  const frames = [];
  let last = performance.now();
  for (let step = 0; step < 120; step += 1) {
    scrollBy({top: 300, behavior: 'instant'});
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  return frames.slice(1);
}"""

_TAG = """async place => {
  const text = document.querySelectorAll('.article .text')[place];
  const words = document.createTreeWalker(text, NodeFilter.SHOW_TEXT).nextNode();
  getSelection().setBaseAndExtent(words, 0, words, Math.min(3, words.length));
  document.dispatchEvent(new PointerEvent('pointerup', {bubbles: true}));
  const button = document.querySelector('#tagbar [data-tag="demand"]');
  while (document.getElementById('tagbar').hidden) await new Promise(requestAnimationFrame);
  const {number} = text.closest('.block').dataset;
  const count = () => document.getElementById(`b${number}`).getElementsByClassName('card').length;
  const [before, began] = [count(), performance.now()];
  button.click();
  while (count() === before) await new Promise(resolve => setTimeout(resolve, 1));
  return performance.now() - began;
}"""


class Reading(NamedTuple):
    """One reading, in milliseconds: from the paint to the tag bar, of frames, and of each tag.

    `computed` is what the page's thread computed for a tag.
    """

    bar: float
    frames: Sequence[float]
    tags: Sequence[float]
    computed: float


def main() -> None:
    """Fill a database, start the server and a browser, measure, and show the table."""
    with tempfile.TemporaryDirectory() as name:
        readings = _measure(Path(name))
    frames = [frame for reading in readings for frame in reading.frames]
    tags = [tag for reading in readings for tag in reading.tags]
    bars = [reading.bar for reading in readings]
    computed = [reading.computed for reading in readings]
    show(
        "A book in Chromium",
        [
            Figure("the tag bar answers", statistics.median(bars), "ms", min(bars), AIM_BAR_MS),
            Figure("a tag is a mark", statistics.median(tags), "ms", min(tags), AIM_MARK_MS),
            Figure("the page computed", statistics.median(computed), "ms", min(computed), None),
            Figure("a frame of scrolling", statistics.median(frames), "ms", min(frames), None),
            Figure("the longest frame", max(frames), "ms", min(frames), AIM_FRAME_MS),
        ],
    )


def _measure(folder: Path) -> list[Reading]:
    data, seeds = folder / "data", folder / "no-seeds"
    data.mkdir()
    seeds.mkdir()
    (article,) = fill(f"sqlite:///{data / 'gloss.sqlite3'}", people=("Ines",), shapes=[SHAPE])
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        RunningServer(data, {"SEED_DIRS": str(seeds)}) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        visitor = Visitor.signed_in(server.port, "Ines")
        url = f"http://{LOOPBACK}:{server.port}{article.address}"
        readings = [_read(browser, url, visitor, number) for number in range(REPEATS)]
        browser.close()
    return readings


def _read(browser: Browser, url: str, visitor: Visitor, number: int) -> Reading:
    context = browser.new_context()
    name, _, value = visitor.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": url}])
    page: Page = context.new_page()
    page.add_init_script(HAND)
    page.goto(url, timeout=120_000)
    page.locator("html[data-answered]").wait_for(state="attached", timeout=120_000)
    painted, answered = page.evaluate(f"[{PAINTED}, {ANSWERED}]")
    page.wait_for_timeout(1_000)
    frames = page.evaluate(_SCROLL)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)
    thread = PageThread(page)
    before = thread.computed_ms()
    tags = [page.evaluate(_TAG, 10 * number + place) for place in range(1, 4)]
    page.wait_for_timeout(3_000)
    computed = (thread.computed_ms() - before) / len(tags)
    context.close()
    return Reading(answered - painted, frames, tags, computed)


if __name__ == "__main__":
    main()
