"""How soon an article can be tagged with nothing in the cache: `python -m bench.first_load`.

A real Chromium opens the reading page over networks that it emulates. Requests and bytes are those
of the page, its shared worker and its icon until the network is quiet, the live stream left out.
The tag bar answers when a selection, made again every 5 ms from the first text on, has it shown.
"""

import os
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from bench.rows import Shape, fill
from bench.timing import Figure, show
from bench.visitor import Visitor
from tests.harness.programs import find_chromium
from tests.harness.relay import Traffic, relay
from tests.harness.server import LOOPBACK, RunningServer

SHAPE = Shape(words=1_000, blocks=20, annotations=100)
REPEATS = 5
QUIET_MS = 700  # after the page is quiet: the icon, and the worker's script
AIM_REQUESTS, AIM_KB = 12, 90


class Network(NamedTuple):
    """A network as Chromium emulates it: milliseconds a round trip, bytes a second or -1."""

    name: str
    latency: float
    throughput: float


NETWORKS = (
    Network("0 ms", 0, -1),
    Network("100 ms", 100, -1),
    Network("slow 3G", 400, 50_000),
)

HAND = """
const hand = setInterval(() => {
  const text = document.querySelector('.article .text')?.firstChild;
  if (!text) return;
  if (!document.getElementById('tagbar').hidden) {
    clearInterval(hand);
    document.documentElement.dataset.answered = performance.now();
    getSelection().removeAllRanges();
    return;
  }
  getSelection().setBaseAndExtent(text, 0, text, 1);
  document.dispatchEvent(new PointerEvent('pointerup'));
}, 5);
"""

PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
ANSWERED = "Number(document.documentElement.dataset.answered)"


class Load(NamedTuple):
    """One load of the page: requests, bytes, and milliseconds to the text and to the tag bar."""

    requests: int
    received: int
    painted: float
    answered: float


def main() -> None:
    """Fill a database, start the server and a browser, measure, and show the table."""
    with tempfile.TemporaryDirectory() as name:
        show("The reading page with an empty cache, in Chromium", _measure(Path(name)))


def _measure(folder: Path) -> list[Figure]:
    data, seeds = folder / "data", folder / "no-seeds"
    data.mkdir()
    seeds.mkdir()
    (article,) = fill(f"sqlite:///{data / 'gloss.sqlite3'}", people=("Ines",), shapes=[SHAPE])
    address = article.address
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        RunningServer(data, {"SEED_DIRS": str(seeds)}) as server,
        relay(server.port) as (port, traffic),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        visitor = Visitor.signed_in(server.port, "Ines")
        loads = {
            network: [
                _load(browser, network, traffic, f"http://{LOOPBACK}:{port}{address}", visitor)
                for _ in range(REPEATS)
            ]
            for network in NETWORKS
        }
        browser.close()
    return [figure for network, runs in loads.items() for figure in _figures(network, runs)]


def _load(browser: Browser, network: Network, traffic: Traffic, url: str, visitor: Visitor) -> Load:
    context = browser.new_context()
    name, _, value = visitor.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": url}])
    page = context.new_page()
    _emulate(page, network)
    page.add_init_script(HAND)
    traffic.reset()
    page.goto(url, timeout=120_000)
    page.locator("html[data-answered]").wait_for(state="attached", timeout=120_000)
    page.wait_for_timeout(QUIET_MS + 3 * network.latency)
    painted, answered = page.evaluate(f"[{PAINTED}, {ANSWERED}]")
    load = Load(len(traffic.paths), traffic.received, painted, answered)
    context.close()
    return load


def _emulate(page: Page, network: Network) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": network.latency,
            "downloadThroughput": network.throughput,
            "uploadThroughput": network.throughput,
        },
    )


def _figures(network: Network, loads: Sequence[Load]) -> list[Figure]:
    def median(values: Sequence[float]) -> float:
        return statistics.median(values)

    def figure(what: str, values: Sequence[float], unit: str, aim: float | None = None) -> Figure:
        return Figure(f"{network.name}: {what}", median(values), unit, min(values), aim)

    late = [load.answered - load.painted for load in loads]
    return [
        figure("requests", [load.requests for load in loads], "", AIM_REQUESTS),
        figure("transferred", [load.received / 1_000 for load in loads], "kB", AIM_KB),
        figure("the text is painted", [load.painted for load in loads], "ms"),
        figure("the tag bar answers, after that", late, "ms", 2 * network.latency or None),
    ]


if __name__ == "__main__":
    main()
