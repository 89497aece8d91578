"""Pressing keys in the text of an article, and what must be so afterwards."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading_page import Desk
from tests.browser.running import briefly

MOST_TABS = 60
TAGS = ("claim", "demand", "assumption", "citation")


def tab_to(page: Page, script: str, what: str) -> None:
    """Press Tab until a script's condition on `it`, the focused element, holds."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(f"(it => {script})(document.activeElement)"):
            return
    pytest.fail(f"Tab does not reach {what}")


def tab_to_text(desk: Desk) -> None:
    tab_to(desk.page, "it.matches('.passage')", "the text")
    assert desk.focused_block == 1


def press(desk: Desk, *keys: str) -> None:
    """Press keys; after each the focus must be somewhere."""
    for key in keys:
        desk.press(key)
        assert desk.focus != "body", f"the focus is lost after {key}"


def expect_selected(desk: Desk, words: str) -> None:
    desk.wait(lambda: " ".join(desk.selection.split()) == words, f"the selection of {words}")


def expect_rows(desk: Desk, *rows: tuple[str, str]) -> None:
    desk.settle()
    desk.wait(lambda: briefly(desk.site.rows(desk.sample)) == [*rows], f"the rows {rows}")


def expect_pressed(desk: Desk, *names: str) -> None:
    pressed = desk.bar.locator("button[aria-pressed=true]")
    expect(pressed).to_have_text([re.compile(name) for name in names])
