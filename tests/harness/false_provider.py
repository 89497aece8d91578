"""A provider that answers as a test tells it to: what no real one would do."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import Key, KeySet, OctKey, RSAKey

from app.integrations.oidc import DISCOVERY, Flow, Provider

CLIENT_ID = "gloss"
KEY = RSAKey.generate_key(2048, {"kid": "one"})


class FalseProvider(ThreadingHTTPServer):
    """Serves the discovery document, keys, tokens and user info; tests change what it says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.key: RSAKey | OctKey = KEY
        self.keys: list[Key] = [KEY]
        self.asked: Counter[str] = Counter()
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {}
        self.user_info: dict[str, Any] = {"sub": "vera"}
        self.metadata: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/user",
        }
        self.statuses: dict[str, int] = {}
        self.hangs = False
        self.latency = 0.0
        self.token: dict[str, Any] | None = None
        self.authorization = ""

    @property
    def settings(self) -> Provider:
        """Return it as the settings have it."""
        return Provider(self.issuer, CLIENT_ID, "secret", "Example", trusts_emails=False)

    def mean(self, flow: Flow, **claims: object) -> None:
        """Let the next ID token belong to a flow, with these claims; None leaves one out."""
        moment = int(time.time())
        usual = {
            "iss": self.issuer,
            "sub": "vera",
            "aud": CLIENT_ID,
            "iat": moment,
            "exp": moment + 300,
            "nonce": flow.nonce,
            "email": "vera@example.org",
            "email_verified": True,
            "name": "Vera Lind",
        }
        said = {**usual, **claims}
        self.claims = {claim: value for claim, value in said.items() if value is not None}

    def answer(self, path: str) -> dict[str, Any]:
        """Return what stands at a path."""
        if path == DISCOVERY:
            return self.metadata
        if path == "/keys":
            return {**KeySet(self.keys).as_dict(private=False)}
        if path == "/user":
            return self.user_info
        header = {"alg": self.algorithm, "kid": self.key.kid or "one"}
        id_token = jwt.encode(header, self.claims, self.key, [self.algorithm])
        usual = {"access_token": "x", "token_type": "Bearer", "id_token": id_token}
        return self.token if self.token is not None else usual


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        provider = self.server
        assert isinstance(provider, FalseProvider)
        provider.asked[self.path] += 1
        time.sleep(2 if provider.hangs else provider.latency)
        body = json.dumps(provider.answer(self.path)).encode()
        self.send_response(provider.statuses.get(self.path, 200))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        assert isinstance(self.server, FalseProvider)
        self.server.authorization = self.headers.get("Authorization", "")
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def running_false_provider() -> Iterator[FalseProvider]:
    """Give the provider on a port of its own, until the block ends."""
    with FalseProvider() as provider:
        thread = threading.Thread(target=provider.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield provider
        finally:
            provider.shutdown()
            thread.join()
