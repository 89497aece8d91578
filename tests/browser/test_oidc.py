"""Signing in with the organisation's own provider, as a browser does it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import faults_of
from tests.harness.canaille import CLIENT_ID, CLIENT_SECRET, PASSWORD, running_canaille
from tests.harness.chromium import WatchedPages
from tests.harness.server import RunningServer


@pytest.mark.page_errors("LatoLatin", always=False)  # a font that its pages name and lack
def test_a_person_of_the_provider_comes_in_without_a_password_of_ours(
    pages: WatchedPages, tmp_path: Path
) -> None:
    server = RunningServer(tmp_path / "instance", {"SEED_DIRS": str(tmp_path)})
    with running_canaille(f"{server.url}/sign-in/provider/back") as canaille:
        server.environ |= {
            "OIDC_ISSUER": canaille.issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_NAME": "Example House",
        }
        with server:
            page = pages.open()
            page.goto(f"{server.url}/sign-up")
            expect(page.get_by_role("heading", level=1)).to_have_text("Create account")
            assert faults_of(page) == []
            page.get_by_role("link", name="Create account with Example House").click()
            sign_in_there(page)
            expect(page.get_by_role("heading", level=1)).to_have_text("Articles")
            page.get_by_role("link", name="Vera Lind").click()
            expect(page.get_by_text("You sign in with Example House.")).to_be_visible()
            assert faults_of(page) == []
            page.get_by_role("button", name="Sign out").click()
            # The session at the provider lasts.
            page.get_by_role("link", name="Sign in with Example House").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Articles")


def sign_in_there(page: Page) -> None:
    page.locator("[name=login]").fill("vera")
    page.locator("form [type=submit]").first.click()
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form [type=submit]").first.click()
