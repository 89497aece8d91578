"""Fronts of the server, for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.front import Front


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    front = Front(tmp_path / "log")
    yield front
    front.stop()


@pytest.fixture(scope="module")
def shared_front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Give a front for tests that leave nothing running in it."""
    front = Front(tmp_path_factory.mktemp("front") / "log")
    yield front
    front.stop()


@pytest.fixture
def proxied_front(tmp_path: Path) -> Iterator[Front]:
    """Give a front that believes one proxy."""
    front = Front(tmp_path / "log", trusted_proxies=1)
    yield front
    front.stop()
