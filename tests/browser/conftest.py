"""Fixtures for tests in a browser: one server for all, an article and a page for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.reading_page import Desk
from tests.browser.running import House
from tests.browser.sample import Sample
from tests.harness.server import RunningServer


@pytest.fixture(scope="session")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give a running server without articles, for all tests of a process."""
    folder = tmp_path_factory.mktemp("house")
    seeds = folder / "seeds"
    seeds.mkdir()
    settings = {"SEED_DIRS": str(seeds), "FETCH_NETWORKS": "127.0.0.0/8"}
    with RunningServer(folder / "instance", settings) as server:
        house = House(server, folder)
        yield house
        house.database.dispose()


@pytest.fixture(scope="module")
def house(empty_house: House, browser: Browser) -> House:
    """Give the running server with the account Ines, and a browser for those who sign up."""
    empty_house.let_in(browser)
    return empty_house


@pytest.fixture
def sample(house: House) -> Sample:
    """Give an article that no other test reads."""
    return house.add_article()


@pytest.fixture
def desk(house: House, page: Page, sample: Sample) -> Desk:
    """Give a page of Ines on which the sample is open."""
    return Desk(house, page, sample)
