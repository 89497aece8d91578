"""The first load of the reading page: few requests, joined modules, nothing lost before them."""

from playwright.sync_api import Page, expect

from app.web.bundles import join_modules
from tests.browser.reading_page import Desk, Held, wait
from tests.browser.running import Site, briefly
from tests.browser.sample import FIRST, Sample
from tests.harness.relay import relay

MOST_REQUESTS = 12
# 90 kB are wanted for 1,000 words with 100 annotations (bench/first_load.py): 10 more than here.
MOST_BYTES = 80_000


def test_an_empty_cache_costs_few_requests_and_bytes(
    site: Site, page: Page, sample: Sample
) -> None:
    site.enter(page)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    with relay(site.server.port) as (port, traffic):
        page.goto(f"http://127.0.0.1:{port}{sample.path}")
        expect(page.locator("html.scripted")).to_be_attached()
        wait(page, lambda: traffic.streams, "the shared worker to open its stream")
        paths, received = list(traffic.paths), traffic.received
        page.goto("about:blank")
    assert sample.path in paths
    assert len([path for path in paths if path.endswith(".css")]) == 1
    assert len([path for path in paths if path.endswith("/reading.mjs")]) == 1
    assert len(paths) <= MOST_REQUESTS, paths
    assert received <= MOST_BYTES


def test_what_was_selected_before_the_modules_ran_gets_its_tag_bar(
    site: Site, page: Page, sample: Sample
) -> None:
    held = Held()
    page.route("**/reading.mjs", held.hold)
    desk = Desk(site, page, sample, is_early=True)
    # Until its styles are there its text stands elsewhere; modules run after them.
    styled = "document.readyState !== 'loading' && document.querySelector('[rel=stylesheet]').sheet"
    desk.wait(lambda: page.evaluate(f"Boolean({styled})"), "the page and its styles")
    desk.drag(FIRST)
    desk.wait(lambda: held.routes, "the modules to be asked for")
    assert desk.selection == FIRST
    expect(desk.bar).to_be_hidden()
    held.let_go()
    expect(desk.bar).to_be_visible()
    desk.choose("Claim")
    desk.settle()
    assert briefly(site.rows(sample)) == [("claim", FIRST)]


def test_joined_modules_run_once_each_after_what_they_import(page: Page) -> None:
    files = {
        "page.mjs": (
            "import './first.mjs';\nimport * as other from './other.mjs';\n"
            "import {\n  double,\n  LIST as said,\n} from './first.mjs';\n"
            "said.push(other.later(), double(4));\ndocument.title = said.join();\n"
        ),
        "first.mjs": (
            "export const LIST = ['first'];\n"
            "export const double = number => 2 * number; // a comment at the end"
        ),
        "other.mjs": (
            "import {LIST} from './first.mjs';\nconst word = 'other';\nLIST.push(word);\n"
            "export function later() {\n  return late();\n}\n"
            "const late = () => 'late';\nexport {LIST};\n"
        ),
    }
    page.add_script_tag(content=join_modules("page.mjs", files.__getitem__).text, type="module")
    expect(page).to_have_title("first,other,late,8")
