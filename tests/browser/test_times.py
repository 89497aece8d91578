"""Times in a browser: in its own zone, on the first page already."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, expect

from app.core.clock import now
from tests.browser.running import Site

ZONE = "Pacific/Kiritimati"


def test_times_are_in_the_zone_of_the_browser_also_where_the_server_did_not_know(
    site: Site, browser: Browser
) -> None:
    sample = site.add_article()
    site.tag(sample, sample.text.split()[0])
    activity = site.address(f"{sample.path}/activity")
    context = browser.new_context(timezone_id=ZONE)
    page = context.new_page()
    page.goto(site.address("/sign-in"))
    assert [each["value"] for each in context.cookies() if each["name"] == "zone"] == [ZONE]
    context.clear_cookies()
    site.enter(page)  # signed in before the server learned of zones
    page.goto(activity)
    expect(page.locator(".lede")).to_contain_text(f"Times are in {ZONE}")
    expect(page.locator(".day h2 time").first).to_have_text("today")
    # What the module writes is what the server draws.
    page.goto(site.address("/account"))
    drawn = page.locator("time[data-form]")
    by_server = drawn.all_text_contents()
    titles = [each.get_attribute("title") for each in drawn.all()]
    context.clear_cookies(name="zone")
    page.reload()
    assert drawn.all_text_contents() == by_server
    assert [each.get_attribute("title") for each in drawn.all()] == titles
    local = now().astimezone(ZoneInfo(ZONE))
    minutes = [local - timedelta(minutes=each) for each in range(20)]
    assert by_server[0].partition(" ")[2] in {f"{minute:%H:%M}" for minute in minutes}
    context.close()
