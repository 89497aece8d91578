"""A test that hangs in the browser: it fails where it waits, and the next one has a new browser."""

import threading

import pytest
from playwright.sync_api import Error

from tests.harness.chromium import Chromium, WatchedPages


def test_what_waits_in_vain_fails_when_the_browser_is_ended_and_the_next_has_another(
    chromium: Chromium,
) -> None:
    pages = WatchedPages(chromium)
    hung = pages.open()
    limit = threading.Timer(0.5, chromium.end)
    limit.start()
    with pytest.raises(Error, match="has been closed"):
        hung.evaluate("new Promise(() => {})")
    pages.close()
    pages = WatchedPages(chromium)
    assert pages.open().evaluate("1 + 1") == 2
    pages.close()
