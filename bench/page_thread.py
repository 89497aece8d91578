"""What the thread of a page in Chromium has computed: scripts, styles, layout and painting."""

from playwright.sync_api import Page


class PageThread:
    """The main thread of a page, as Chromium counts the processor's time of its tasks."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def computed_ms(self) -> float:
        """Return for how long it has computed since it began."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        values = {metric["name"]: float(metric["value"]) for metric in metrics}
        return 1_000 * values["TaskDuration"]
