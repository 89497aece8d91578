"""The document of the API: what it tells a program to do works, with the real server."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pandas as pd
import pytest
import requests
from sqlalchemy.orm import Session

from app.core.db import Database
from app.projects.roles import Role
from tests.harness.builders import add_member, add_token
from tests.harness.documents import API
from tests.harness.server import RunningServer

MOST_LINES = 15  # of the example


def code_after(heading: str) -> list[str]:
    """Return the lines of the blocks of code below a heading, one text a block."""
    section = API.read_text(encoding="utf-8").partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    blocks: list[list[str]] = [[]]
    for line in section.splitlines():
        if line.startswith("    "):
            blocks[-1].append(line[4:])
        elif line.strip() and blocks[-1]:
            blocks.append([])
        else:
            blocks[-1] += [""] * bool(blocks[-1])
    return ["\n".join(block) for block in blocks if block]


@pytest.fixture
def token(server: RunningServer) -> Iterator[str]:
    """Give the token of an annotator of the running server's project."""
    database = Database(f"sqlite:///{server.data_dir / 'gloss.sqlite3'}")
    with database.session() as session:
        yield _token(session)
    database.dispose()


def _token(session: Session) -> str:
    return add_token(session, add_member(session, Role.ANNOTATOR).account)


@pytest.mark.slow
def test_the_example_and_the_line_of_pandas_do_what_they_say(
    server: RunningServer, token: str
) -> None:
    example, line = code_after("## An example")
    assert len([each for each in example.splitlines() if each]) <= MOST_LINES
    for _ in range(2):  # with its key it tags once
        printed = subprocess.run(
            [sys.executable, "-W", "error", "-c", example],
            env={**os.environ, "GLOSS_URL": server.url, "GLOSS_TOKEN": token},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert printed.splitlines() == ["1 There is one."]
    names = {"pd": pd, "api": f"{server.url}/api/v1", "slug": "first", "token": token}
    table = eval(line, names)  # noqa: S307  (our own document)
    assert list(table["quote"]) == ["There is one."]
    assert token not in server.log
    # What is refused before Flask has it is a problem, too.
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    address = f"{server.url}/api/v1/projects/first/articles/1/annotations"
    answer = requests.post(address, data=b" " * 2_000_000, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["status"]) == (413, 413)
    assert answer.headers["Content-Type"] == "application/problem+json"
    page = requests.post(f"{server.url}/sign-in", data=b" " * 2_000_000, timeout=30)
    assert page.headers["Content-Type"].startswith("text/html")
