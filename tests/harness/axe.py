"""What axe finds in a page: what keeps some people from using it."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Without preloading: it fetches style sheets and puts them into the page, which the page forbids.
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
CONTRAST = {**EVERYTHING, "runOnly": ["color-contrast"]}  # all that changes with the scheme
# Scripts are told the page's own colours there, and not those that the system puts in their place.
FORCED = {**EVERYTHING, "rules": {"color-contrast": {"enabled": False}}}


def violations_in(page: Page, options: dict[str, Any] = EVERYTHING) -> list[str]:
    """Return what axe finds in a page as it is now, a line each.

    A page gets the script once, and sends only the violations: the script is half a megabyte, and
    all that axe says takes as long to be sent as to be found.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [
        f"{violation['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for violation in found
        for node in violation["nodes"]
    ]
