"""A real OpenID Connect provider that is not ours, Canaille, in a process of its own.

In memory it may take one unused code for another: a test uses each code that it gets.

As a script it serves: the port and the address to which it sends people back are its arguments.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urljoin

import requests

from tests.harness.server import ROOT, free_port
from tests.harness.services import lack

CLIENT_ID = "gloss"
CLIENT_SECRET = "a secret of tests"
PASSWORD = "what the provider asks for"
SECONDS = 60
# Whether their address is verified: as the provider says it, or "" where it says nothing.
PEOPLE = {"vera": "true", "uli": "false", "nora": ""}
EMAIL_VERIFIED = f"{{{{ {PEOPLE}[user.user_name] }}}}"  # a template of its own


@dataclass(frozen=True, slots=True)
class Canaille:
    """The running provider."""

    issuer: str

    def sign_in(self, address: str, user_name: str) -> str:
        """Do as a browser does that is sent to `address`: return where it is sent in the end."""
        with requests.Session() as browser:
            page = browser.get(address, allow_redirects=False, timeout=SECONDS)
            for field, value in (("login", user_name), ("password", PASSWORD)):
                page = self._follow(browser, page)
                token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
                assert token, page.text
                form = {field: value, "csrf_token": token[1]}
                page = browser.post(page.url, form, allow_redirects=False, timeout=SECONDS)
            return self._follow(browser, page).headers["Location"]

    def _follow(self, browser: requests.Session, page: requests.Response) -> requests.Response:
        """Follow redirects until a page comes, or one leads away."""
        while "Location" in page.headers:
            target = urljoin(page.url, page.headers["Location"])
            if not target.startswith(self.issuer):
                break
            page = browser.get(target, allow_redirects=False, timeout=SECONDS)
        return page


@contextmanager
def running_canaille(redirect_uri: str) -> Iterator[Canaille]:
    """Give the provider, with Gloss as its client and PEOPLE as its users, until the block ends."""
    if find_spec("canaille") is None:
        lack("Canaille", "among the packages of Python")
    port = free_port()
    command = [sys.executable, "-m", "tests.harness.canaille", str(port), redirect_uri]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        canaille = Canaille(f"http://127.0.0.1:{port}")
        _wait_for(f"{canaille.issuer}/.well-known/openid-configuration", process)
        yield canaille
    finally:
        process.terminate()
        process.wait(SECONDS)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(address, timeout=SECONDS).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    message = "Canaille did not begin to serve"
    raise AssertionError(message)


def _serve(port: int, redirect_uri: str) -> None:
    from canaille import create_app  # noqa: PLC0415  (only in the process of its own)
    from canaille.app import models  # noqa: PLC0415  (the same)
    from canaille.backends import Backend  # noqa: PLC0415  (the same)
    from werkzeug.serving import make_server  # noqa: PLC0415  (the same)

    app = create_app(
        {
            "SECRET_KEY": "a key for tests, which nothing else uses",
            "CANAILLE": {
                "DATABASE": "memory",
                "CAPTCHA_ENABLED": False,
                "JAVASCRIPT": False,
                "HTMX": False,
            },
        }
    )
    # It passes over a claim in its settings that it does not itself have; its tokens take it.
    app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = EMAIL_VERIFIED
    with app.app_context():
        backend = Backend.instance
        for name in PEOPLE:
            user = models.User(
                user_name=name,
                formatted_name=f"{name.capitalize()} Lind",
                given_name=name.capitalize(),
                family_name="Lind",
                emails=[f"{name}@example.org"],
            )
            backend.save(user)
            backend.set_user_password(user, PASSWORD)
        client = models.Client(
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            client_name="Gloss",
            client_uri="http://127.0.0.1",
            redirect_uris=[redirect_uri],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "email", "profile"],
            token_endpoint_auth_method="client_secret_basic",
        )
        backend.save(client)
        client.audience = [client]
        backend.save(client)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2])
