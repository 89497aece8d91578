"""What a session is called: by what its browser says of itself, and never in its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.browsers import BROWSERS, SYSTEMS, describe_browser
from app.accounts.models import BROWSER_LIMIT

LIKE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Firefox on Linux",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {LIKE} Chrome/142 Safari/537.36 Edg/142",
            "Edge on Windows",
        ),
        (f"Mozilla/5.0 (X11; CrOS x86_64) {LIKE} Chrome/142.0 Safari/537.36", "Chrome on ChromeOS"),
        (
            f"Mozilla/5.0 (Linux; Android 10; K) {LIKE} Chrome/142.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {LIKE} Version/26.0 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {LIKE} CriOS/142 Safari/604.1",
            "Chrome on iPhone",
        ),
        ("Firefox/145.0", "Firefox"),
        ("curl/8.14 (Linux)", None),
        ("", None),
    ],
)
def test_browsers_are_known_by_what_they_say(user_agent: str, said: str | None) -> None:
    assert describe_browser(user_agent) == said


@given(st.lists(st.sampled_from([mark for mark, _ in (*BROWSERS, *SYSTEMS)]) | st.text()))
def test_what_is_kept_is_of_our_own_words_and_fits(parts: list[str]) -> None:
    words = {name for _, name in (*BROWSERS, *SYSTEMS)}
    said = describe_browser(" ".join(parts)) or ""
    assert set(said.split(" on ")) <= words | {""}
    assert len(said) <= BROWSER_LIMIT
