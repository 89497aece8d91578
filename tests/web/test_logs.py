"""The log: an error page is found in it by its id; it can be JSON; what a monitor asks."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator

import pytest

from app import create_app
from app.config import BadSetting, Config
from app.core import logs
from app.core.logs import LogFormat
from tests.harness.pages import PageClient, page_client

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def log(log_format: LogFormat) -> Iterator[io.StringIO]:
    """Give what is logged, in a format."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    root.handlers.clear()  # pytest's own would be closed
    written = io.StringIO()
    logs.configure(log_format, written)
    yield written
    root.handlers[:], root.level = before


def shown_id(page: str) -> str:
    found = re.search(r"Error <code>([0-9a-f]{8})</code>", page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("log_format", [LogFormat.TEXT])
def test_an_error_page_shows_an_id_that_the_log_has_and_the_log_no_address(
    client: PageClient, log: io.StringIO
) -> None:
    page = client.get("/invitations/a-secret").text
    (line,) = log.getvalue().splitlines()
    assert f"error {shown_id(page)}: GET /invitations/<token> was answered 404" in line
    assert "a-secret" not in log.getvalue()
    assert shown_id(client.get("/nowhere").text) != shown_id(page)


@pytest.mark.parametrize("log_format", [LogFormat.JSON])
def test_each_line_can_be_json(config: Config, log: io.StringIO) -> None:
    broken = create_app(config)

    def fail() -> str:
        message = "first line\nsecond line"
        raise RuntimeError(message)

    fail.is_public = True  # type: ignore[attr-defined]  # as the mark of a view does
    broken.add_url_rule("/broken", view_func=fail)
    page = page_client(broken).get("/broken")
    assert page.status_code == 500
    raised, answered = (json.loads(line) for line in log.getvalue().splitlines())
    assert raised["error_id"] == answered["error_id"] == shown_id(page.text)
    assert "RuntimeError: first line\nsecond line" in raised["exception"]
    assert (answered["route"], answered["status"], answered["level"]) == ("/broken", 500, "error")
    assert answered["time"].endswith("+00:00")


def test_the_format_is_a_setting(make_config: Callable[..., Config]) -> None:
    assert make_config(LOG_FORMAT="json").log_format is LogFormat.JSON
    with pytest.raises(BadSetting, match="LOG_FORMAT"):
        make_config(LOG_FORMAT="xml")


def test_health_and_readiness_need_no_sign_in(
    client: PageClient, make_config: Callable[..., Config]
) -> None:
    for path in ("/health", "/ready"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert "Set-Cookie" not in answer.headers
    broken = create_app(make_config(DATABASE_URL="postgresql://gloss@127.0.0.1:1/gloss"))
    client = page_client(broken)
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")
