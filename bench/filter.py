"""How soon the filter beside an article has acted, in a real Chromium: `python -m bench.filter`.

A tag is taken away and given back, ten times. It has acted when its marks have gone, or are there
again. Beside the clock stands what the page's own thread computed until then, which other
programs disturb less.
"""

import os
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.page_thread import PageThread
from bench.rows import Shape, fill
from bench.timing import Figure, show
from bench.visitor import Visitor
from tests.harness.programs import find_chromium
from tests.harness.server import LOOPBACK, RunningServer

SHAPE = Shape(words=8_000, blocks=120, annotations=1_000)
REPEATS = 10
AIM_MS = 100

_PRESS = """async () => {
  const box = document.querySelector('.filter [name="tag"][value="claim"]');
  const marks = document.querySelector('.article').getElementsByClassName('a-claim');
  const isLeft = () => marks.length > 0;
  const wanted = !isLeft();
  const began = performance.now();
  box.click();
  while (isLeft() !== wanted) await new Promise(resolve => setTimeout(resolve, 1));
  return performance.now() - began;
}"""


def main() -> None:
    """Fill a database, start the server and a browser, measure, and show the table."""
    with tempfile.TemporaryDirectory() as name:
        took, computed = _measure(Path(name))
    show(
        "The filter with 1,000 annotations, in Chromium",
        [
            Figure("it has acted", statistics.median(took), "ms", min(took), AIM_MS),
            Figure(
                "of it the page computed", statistics.median(computed), "ms", min(computed), None
            ),
        ],
    )


def _measure(folder: Path) -> tuple[list[float], list[float]]:
    data, seeds = folder / "data", folder / "no-seeds"
    data.mkdir()
    seeds.mkdir()
    people = ("Ines", "Otto", "Nadia")
    (article,) = fill(f"sqlite:///{data / 'gloss.sqlite3'}", people=people, shapes=[SHAPE])
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        RunningServer(data, {"SEED_DIRS": str(seeds)}) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        context = browser.new_context()
        visitor = Visitor.signed_in(server.port, "Ines")
        url = f"http://{LOOPBACK}:{server.port}{article.address}"
        name, _, value = visitor.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": url}])
        page = context.new_page()
        page.goto(url)
        page.locator("html.scripted").wait_for(state="attached")
        page.wait_for_timeout(1_000)
        pressed = [_press(page, PageThread(page)) for _ in range(REPEATS)]
        browser.close()
    return [took for took, _ in pressed], [computed for _, computed in pressed]


def _press(page: Page, thread: PageThread) -> tuple[float, float]:
    before = thread.computed_ms()
    took = page.evaluate(_PRESS)
    computed = thread.computed_ms() - before
    page.wait_for_timeout(500)
    return took, computed


if __name__ == "__main__":
    main()
