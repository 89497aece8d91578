"""Fixtures for tests in a browser: one server for all, an article and a page for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.reading_page import Desk
from tests.browser.running import Site
from tests.browser.sample import Sample
from tests.harness.chromium import Chromium
from tests.harness.server import RunningServer


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a running server without articles, for all tests of a process."""
    folder = tmp_path_factory.mktemp("site")
    seeds = folder / "seeds"
    seeds.mkdir()
    settings = {"SEED_DIRS": str(seeds), "FETCH_NETWORKS": "127.0.0.0/8"}
    with RunningServer(folder / "instance", settings) as server:
        site = Site(server, folder)
        yield site
        site.database.dispose()


@pytest.fixture(scope="module")
def site(empty_site: Site, chromium: Chromium) -> Site:
    """Give the running server with the account Ines, and a browser for those who sign up."""
    empty_site.let_in(chromium)
    return empty_site


@pytest.fixture
def sample(site: Site) -> Sample:
    """Give an article that no other test reads."""
    return site.add_article()


@pytest.fixture
def desk(site: Site, page: Page, sample: Sample) -> Desk:
    """Give a page of Ines on which the sample is open."""
    return Desk(site, page, sample)
