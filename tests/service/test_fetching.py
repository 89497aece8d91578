"""Fetching by address: what is refused before a byte is sent, and the limits."""

import ipaddress
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import pytest

from app.core.errors import Busy
from app.integrations.fetching import (
    FETCHES_AT_ONCE,
    CannotFetch,
    Fetched,
    FetchRules,
    fetch,
    is_public_address,
)
from tests.harness.sites import Answer, send_page, serving

HERE = FetchRules(networks=(ipaddress.ip_network("127.0.0.0/8"),), most_seconds=5)
PAGE = b"<title>A page</title><p>Trade grew."


def page(request: BaseHTTPRequestHandler) -> None:
    send_page(request, PAGE, "text/html")


def redirect(location: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", location)
        request.end_headers()

    return answer


def refusal(url: str, rules: FetchRules = HERE) -> str:
    with pytest.raises(CannotFetch) as caught:
        fetch(url, rules)
    return str(caught.value)


def test_a_page_is_fetched_with_its_type() -> None:
    with serving(page) as root:
        fetched = fetch(f"{root}/é?of=é", HERE)
    assert fetched == Fetched(PAGE, f"{root}/é?of=é", "text/html; charset=utf-8")


def test_nothing_of_this_machine_is_fetched_by_default() -> None:
    asked = []
    with serving(lambda request: asked.append(request.path)) as root:
        assert "is in a private network" in refusal(root, FetchRules())
    assert asked == []


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  (refused, not bound)
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "fe80::1",
        "fec0::1",
        "fd00::1",
        "ff02::1",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
        "::5db8:d70e",
        "64:ff9b:1::5db8:d70e",
        "192.0.0.9",
        "192.0.0.255",
        "192.88.99.1",
        "3fff:fff::1",
        "5f00::1",
    ],
)
def test_private_addresses_are_private_in_every_form(address: str) -> None:
    assert not is_public_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "64:ff9b::5db8:d70e"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public_address(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_other_ways_to_write_this_machine_are_refused(host: str) -> None:
    said = refusal(f"http://{host}/", FetchRules())
    assert "is in a private network" in said or "There is no server" in said


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://127.0.0.1:70/",
        "javascript:alert(1)",
        "example.org",
        "http://",
        "http://user@127.0.0.1/",
        "http://127.0.0.1\\@example.org/",
        "http://example.org/\nHost: other",
        "http://[::1",
        "http://example.org:99999/",
    ],
)
def test_what_is_no_address_of_a_page_is_refused(url: str) -> None:
    assert refusal(url).endswith((".", "fetched."))


def test_a_redirect_into_a_private_network_is_refused() -> None:
    with serving(redirect("http://10.0.0.1/admin")) as root:
        assert refusal(root) == (
            "10.0.0.1 is in a private network, which is not read from here. "
            "Save the page and add the file."
        )


def test_a_redirect_to_a_file_is_refused() -> None:
    with serving(redirect("file:///etc/passwd")) as root:
        assert "begin with http:// or https://" in refusal(root)


def test_a_redirect_is_followed_and_a_ring_of_them_is_not() -> None:
    with serving(page) as root, serving(redirect(f"{root}/there")) as first:
        assert fetch(first, HERE).url == f"{root}/there"
    with serving(redirect("/again")) as ring:
        assert "more than 5 times" in refusal(ring)


def test_a_name_that_changes_its_address_is_connected_to_the_one_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = ["127.0.0.2", "10.0.0.1"]
    lookups: list[str] = []

    def look_up(_host: object, port: int, **_options: object) -> list[tuple[object, ...]]:
        lookups.append(answers[len(lookups)])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (lookups[-1], port))]

    with serving(page) as root:
        port = int(root.rpartition(":")[2])
        with monkeypatch.context() as patch:
            patch.setattr("app.integrations.fetching.socket.getaddrinfo", look_up)
            patch.setattr(
                "app.integrations.fetching.socket.create_connection",
                lambda address, timeout: _connected(address, port, timeout),
            )
            rules = FetchRules(networks=(ipaddress.ip_network("127.0.0.2/32"),), most_seconds=5)
            assert fetch(f"http://rebinding.example:{port}/", rules).content == PAGE
    assert lookups == ["127.0.0.2"]


def _connected(address: tuple[str, int], port: int, timeout: float) -> socket.socket:
    assert address == ("127.0.0.2", port)
    opened = socket.socket()
    opened.settimeout(timeout)
    opened.connect(("127.0.0.1", port))
    return opened


def test_a_page_over_the_limit_of_size_is_refused() -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"x" * 10_000)
        except OSError:
            return

    rules = FetchRules(networks=HERE.networks, most_bytes=200_000)
    with serving(endless) as root:
        assert refusal(root, rules) == "The page is larger than 0.2 MB, the most that is fetched."


@pytest.mark.parametrize("is_headed", [True, False])
def test_a_page_that_trickles_is_given_up(is_headed: bool) -> None:  # noqa: FBT001  (a parameter of the test)
    stopped = threading.Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.0 200 OK\r\n" + b"\r\n" * is_headed)
        try:
            while not stopped.wait(0.05):
                request.wfile.write(b"x")
        except OSError:
            return

    rules = FetchRules(networks=HERE.networks, most_seconds=0.5)
    began = time.monotonic()
    with serving(slow) as root:
        said = refusal(root, rules)
        stopped.set()
    assert "within 0.5 seconds" in said
    assert time.monotonic() - began < 5


def test_when_many_pages_are_silent_the_next_one_is_refused_at_once() -> None:
    stopped = threading.Event()

    asked = threading.Semaphore(0)

    def be_silent(_request: BaseHTTPRequestHandler) -> None:
        asked.release()
        stopped.wait(20)

    with (
        serving(be_silent) as silent,
        serving(page) as root,
        ThreadPoolExecutor(FETCHES_AT_ONCE) as threads,
    ):
        waiting = [threads.submit(fetch, silent, HERE) for _ in range(FETCHES_AT_ONCE)]
        for _ in waiting:
            assert asked.acquire(timeout=20)
        began = time.monotonic()
        with pytest.raises(Busy, match=r"^6 pages are being fetched at this moment\. Wait "):
            fetch(root, HERE)
        assert time.monotonic() - began < 2
        stopped.set()
        for each in waiting:
            assert isinstance(each.exception(), CannotFetch)
        assert fetch(root, HERE).content == PAGE


def test_a_page_that_is_not_there_says_so() -> None:
    with serving(lambda request: request.send_error(404)) as root:
        assert "answered 404 Not Found" in refusal(root)


def test_half_a_page_is_refused() -> None:
    def half(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(PAGE)

    with serving(half) as root:
        assert "part of the page" in refusal(root) or "connection broke" in refusal(root)


def test_switched_off_nothing_is_fetched() -> None:
    assert "switched off" in refusal("https://example.org/", FetchRules(is_on=False))
