"""Web addresses in plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.document import Inline, InlineKind
from app.text.links import find_links, is_safe_target, is_web_address


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See [https://a.example/b] there", ["https://a.example/b"]),
        ("See (https://a.example/b).", ["https://a.example/b"]),
        ("See <https://a.example/b>, then", ["https://a.example/b"]),
        ("https://en.example.org/wiki/Mark_(sign)", ["https://en.example.org/wiki/Mark_(sign)"]),
        ("(https://en.example.org/wiki/Mark_(sign))", ["https://en.example.org/wiki/Mark_(sign)"]),
        ("\u201chttps://a.example/b?c=d&e=f#g\u201d", ["https://a.example/b?c=d&e=f#g"]),
        ("http://a.example\u2014and HTTPS://B.EXAMPLE!", ["http://a.example", "HTTPS://B.EXAMPLE"]),
        ("www.a.example, says www.b.example/", ["www.a.example", "www.b.example/"]),
        ("\u89c1https://a.example/b\u3002", ["https://a.example/b"]),
        ("https://a.example/caf\u00e9\u00a0next", ["https://a.example/caf\u00e9"]),
        ("https:// http://localhost https://[bad www. xhttps://a.example", []),
        ("mail jane@www.example.org and a.example", []),
    ],
)
def test_addresses_are_found_without_what_stands_around_them(text: str, shown: list[str]) -> None:
    assert [text[link.start : link.end] for link in find_links(text)] == shown


def test_an_address_without_a_scheme_leads_to_https() -> None:
    assert find_links("www.a.example") == [
        Inline(0, 13, InlineKind.HYPERLINK, "https://www.a.example")
    ]


def test_an_address_that_touches_another_range_is_left_alone() -> None:
    text = "https://a.example https://b.example"
    code = Inline(20, 22, InlineKind.CODE)
    assert [link.target for link in find_links(text, [code])] == ["https://a.example"]


def test_only_web_and_mail_targets_are_safe() -> None:
    safe = ["https://a.example", "http://a.example", "mailto:a@b.example"]
    unsafe = [
        "javascript:alert(1)",
        "data:text/html,x",
        "/path",
        "",
        "https://",
        "https://[",
        "ftp://a",
    ]
    assert all(is_safe_target(target) for target in safe)
    assert not any(is_safe_target(target) for target in unsafe)
    assert not is_web_address("mailto:a@b.example")


@given(st.text(st.sampled_from("https://w.a)(]['\" \u2014@:?"), max_size=60))
def test_links_come_in_order_and_never_overlap(text: str) -> None:
    end = 0
    for link in find_links(text):
        assert end <= link.start < link.end <= len(text)
        end = link.end
