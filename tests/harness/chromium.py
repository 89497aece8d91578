"""Fixtures for tests in a real Chromium: pages that are watched, and pictures of failures."""

import os
import re
import signal
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Response,
    ViewportSize,
    WebError,
    sync_playwright,
)

from tests.harness.programs import find_chromium
from tests.harness.services import lack

PICTURES = Path(__file__).resolve().parents[2] / "test-output"
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

FLAGS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

HANG_SECONDS = 120.0  # of one test; the longest takes half a minute

_failed = pytest.StashKey[bool]()
_running = pytest.StashKey["Chromium"]()


class Chromium:
    """A Chromium without a window, restarted where it was ended, and contexts of it.

    The contexts are used again, one test after another, for their cache: a page that finds its
    scripts and styles there costs half. All else that a test left in the context is gone when the
    next one takes it.
    """

    def __init__(self, playwright: Playwright, program: Path) -> None:
        self._playwright = playwright
        self._program = program
        self._start()

    def _start(self) -> None:
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
        self._browser = self._playwright.chromium.launch(executable_path=self._program, args=flags)
        told = self._browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        self._pid = next(each["id"] for each in told["processInfo"] if each["type"] == "browser")
        self._kept: dict[tuple[object, ...], BrowserContext] = {}
        self._keys: dict[BrowserContext, tuple[object, ...]] = {}

    @property
    def browser(self) -> Browser:
        """The Chromium that runs."""
        if not self._browser.is_connected():
            self._start()
        return self._browser

    def close(self) -> None:
        """End it as a person would."""
        self._browser.close()

    def end(self) -> None:
        """End it at once, from any thread: what waits for a page fails, and says where."""
        os.kill(self._pid, signal.SIGKILL)

    def take(
        self, *, viewport: ViewportSize, is_phone: bool, has_javascript: bool, is_dark: bool
    ) -> BrowserContext:
        """Give a context that nobody uses; new, or without pages, cookies and storage."""
        browser = self.browser
        key = (*viewport.values(), is_phone, has_javascript, is_dark)
        if key in self._kept:
            return self._kept.pop(key)
        context = browser.new_context(
            viewport=viewport,
            is_mobile=is_phone,
            has_touch=is_phone,
            java_script_enabled=has_javascript,
            color_scheme="dark" if is_dark else "light",
            locale="en-GB",
            timezone_id="UTC",
            reduced_motion="reduce",
        )
        self._keys[context] = key
        return context

    def give_back(self, context: BrowserContext) -> None:
        """Keep a context for the next test, or close it where one like it is kept."""
        if not self._browser.is_connected():
            return
        key = self._keys[context]
        if key in self._kept:
            context.close()
            return
        for page in context.pages:
            page.close()
        context.clear_cookies()
        self._kept[key] = context


@dataclass
class WatchedPages:
    """Opens pages, each in a context (cookies, storage) of its own, and notes what goes wrong.

    `errors` holds a line for each uncaught error, each error in the console (which a refusal by
    the Content Security Policy is) and each answer of 500 and more.
    """

    chromium: Chromium
    errors: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        *,
        viewport: ViewportSize = DESKTOP,
        is_phone: bool = False,
        has_javascript: bool = True,
        is_dark: bool = False,
    ) -> Page:
        """Open a page on `viewport` CSS pixels; further ones come from `page.context`."""
        context = self.chromium.take(
            viewport=PHONE if is_phone else viewport,
            is_phone=is_phone,
            has_javascript=has_javascript,
            is_dark=is_dark,
        )
        self.contexts.append(context)
        context.on("weberror", self._note_uncaught)
        context.on("console", self._note_message)
        context.on("response", self._note_response)
        page = context.new_page()
        # An earlier page of the context may have kept something as it went.
        everything = {"origin": "*", "storageTypes": "local_storage,session_storage,indexeddb"}
        context.new_cdp_session(page).send("Storage.clearDataForOrigin", everything)
        return page

    def _note_uncaught(self, error: WebError) -> None:
        self.errors.append(f"uncaught: {error.error}")

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.location
            place = f"{where['url']}:{where['lineNumber']}"
            self.errors.append(f"console: {message.text} ({place})")

    def _note_response(self, response: Response) -> None:
        if response.status >= 500:
            self.errors.append(f"answer: {response.status} {response.url}")

    def take_pictures(self, name: str) -> None:
        """Save what each open page shows to `test-output/NAME-1.png` and so on."""
        PICTURES.mkdir(exist_ok=True)
        pages = (page for context in self.contexts for page in context.pages)
        for number, page in enumerate(pages, start=1):
            try:
                page.screenshot(path=PICTURES / f"{name}-{number}.png", timeout=5_000)
            except Error as error:  # a crashed page must not hide why the test failed
                self.errors.append(f"no picture: {error.message}")

    def close(self) -> None:
        """Close every page and forget what its context stored."""
        for context in self.contexts:
            context.remove_listener("weberror", self._note_uncaught)
            context.remove_listener("console", self._note_message)
            context.remove_listener("response", self._note_response)
            self.chromium.give_back(context)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, so that its pages can be pictured before they close."""
    report = yield
    if report.failed:
        item.stash[_failed] = True
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """End the browser of a test that hangs: most of what Playwright is asked for has no limit.

    The test fails where it waits, and the next one has a new browser.
    """

    def end() -> None:
        if (chromium := item.session.stash.get(_running, None)) is not None:
            chromium.end()

    limit = threading.Timer(HANG_SECONDS, end)
    limit.daemon = True
    limit.start()
    try:
        return (yield)
    finally:
        limit.cancel()


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Chromium]:
    """Give Chromium, for all tests of a process.

    To start it and Playwright for each file costs as much as a test. Playwright's event loop runs
    in the tests' thread from here on: another one needs a thread of its own.
    """
    program = find_chromium()
    if program is None:
        lack("Chromium", "on the PATH as chromium-headless-shell, chromium or google-chrome")
    with sync_playwright() as playwright:
        chromium = Chromium(playwright, program)
        request.session.stash[_running] = chromium
        yield chromium
        del request.session.stash[_running]
        chromium.close()


@pytest.fixture
def browser(chromium: Chromium) -> Browser:
    """Give the browser itself, for contexts of another kind."""
    return chromium.browser


@pytest.fixture
def pages(chromium: Chromium, request: pytest.FixtureRequest) -> Iterator[WatchedPages]:
    """Give what opens pages; the test fails on any error in one that it does not declare.

    Declared by `@pytest.mark.page_errors("409", …)`: words that an expected error holds. Each
    must occur, unless the mark says `always=False`: what is under way when a server stops is
    a matter of chance.
    """
    pages = WatchedPages(chromium)
    yield pages
    if request.node.stash.get(_failed, False):
        pages.take_pictures(re.sub(r"[^\w.-]+", "-", request.node.name))
    pages.close()
    marks = list(request.node.iter_markers("page_errors"))
    allowed = [words for mark in marks for words in mark.args]
    surprises = [line for line in pages.errors if not any(words in line for words in allowed)]
    assert not surprises, "errors in the page:\n" + "\n".join(surprises)
    if not request.node.stash.get(_failed, False):
        due = [words for mark in marks if mark.kwargs.get("always", True) for words in mark.args]
        absent = [words for words in due if not any(words in line for line in pages.errors)]
        assert not absent, f"the page had no such errors: {absent}"


@pytest.fixture
def page(pages: WatchedPages) -> Page:
    """Give a page on a desktop, 1440 by 900 CSS pixels."""
    return pages.open()


@pytest.fixture
def phone(pages: WatchedPages) -> Page:
    """Give a page on a phone with a touch screen, 390 by 844 CSS pixels."""
    return pages.open(is_phone=True)
