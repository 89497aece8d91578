"""What the tests of this folder share."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SECONDS = 20  # for what a machine that is busy does in one or two


@pytest.fixture
def quick_and_traceless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a test take little of the processor, and leave no file behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS
    assert list(tmp_path.iterdir()) == []
