"""Inputs that are kept beside the checkout, and are skipped where it stands alone."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
CASES = SHARED / "data" / "cases"


def shared_case(name: str) -> bytes:
    """Return the bytes of a case, by its path below the folder of cases; skip where it is not."""
    path = CASES / name
    if not path.is_file():
        pytest.skip(f"the case {name} is not beside the checkout")
    return path.read_bytes()
