"""What happens to a test whose browser or database server is not installed."""

import os
from typing import NoReturn

import pytest

REQUIRED = "GLOSS_REQUIRE_SERVICES"  # set by `python3 run.py test` and `check`
NOT_FOUND = "was not found, which these tests need:"


def lack(program: str, where: str) -> NoReturn:
    """Skip the test, or fail it where every program was promised to be there."""
    message = f"{program} {NOT_FOUND} looked {where}"
    if os.environ.get(REQUIRED):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def tell_once(report: pytest.TestReport) -> None:
    """Give all skips for want of a program one place: by place they are summed up."""
    if report.skipped and isinstance(report.longrepr, tuple):
        _path, _line, reason = report.longrepr
        if NOT_FOUND in reason:
            report.longrepr = ("tests", 0, reason)
