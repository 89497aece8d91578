"""What `run.py check` does with tests that failed: a few are tried once more, alone."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run

TESTS = """
from pathlib import Path

import pytest


@pytest.mark.parametrize("number", range({count}))
def test_it(number):
    with Path("tries").open("a") as tries:
        tries.write("x")
    assert Path("is-mended").exists()
"""
AGAIN = "import sys, run; sys.exit(run.try_again())"


@pytest.mark.parametrize(
    ("count", "is_mended", "code", "tries"),
    [
        pytest.param(1, False, 1, 2, id="one fails again"),
        pytest.param(run.MOST_TRIED_AGAIN, True, 0, 2 * run.MOST_TRIED_AGAIN, id="a few pass"),
        pytest.param(run.MOST_TRIED_AGAIN + 1, True, 1, run.MOST_TRIED_AGAIN + 1, id="too many"),
    ],
)
def test_what_failed_is_tried_again_where_it_is_little(
    tmp_path: Path, count: int, code: int, tries: int, *, is_mended: bool
) -> None:
    shutil.copy(run.__file__, tmp_path)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "test_it.py").write_text(TESTS.format(count=count), encoding="utf-8")
    first = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=tmp_path, capture_output=True, check=False
    )
    assert first.returncode == run.TESTS_FAILED
    if is_mended:
        (tmp_path / "is-mended").touch()
    done = subprocess.run(
        [sys.executable, "-c", AGAIN], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert len((tmp_path / "tries").read_text(encoding="utf-8")) == tries
    assert ("Unsteady" in done.stdout + done.stderr) is (code == 0)
