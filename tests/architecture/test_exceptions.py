"""An exception to a check stands beside its line, with its reason."""

import re

from tests.harness.server import ROOT

FOLDERS = ("app", "bench", "deploy", "migrations", "tests")
WITHOUT_REASON = re.compile(r"# ((ruff: )?noqa(: [A-Z0-9, ]+)?|type: ignore(\[[a-z, -]+\])?)\s*$")


def test_every_exception_to_a_check_says_why() -> None:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    for path in [*files, ROOT / "run.py"]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert not WITHOUT_REASON.search(line), f"{path}:{number}"
