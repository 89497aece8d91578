"""What the server itself takes for a request: `python -m bench.serving [--json FILE]`, ten seconds.

Clients that keep their connections ask for one small page, which no application makes, again and
again, each as soon as it has its answer.
"""

import selectors
import socket
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.limits import bare_server
from bench.timing import Figure, show
from tests.harness.server import LOOPBACK

PAGE = b"a page of some words\n" * 100
REQUEST = (
    b"POST /page HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0\r\nAccept: text/html\r\n"
    b"Accept-Language: en\r\nAccept-Encoding: gzip, deflate, br\r\nCookie: gloss="
    + b"c"
    * 60
    + b"\r\nX-Fragment: 1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 40\r\n\r\n" + b"q=" + b"w" * 38
)
CLIENTS = (1, 8, 32)
SECONDS = 3.0


@dataclass(slots=True)
class Client:
    """A connection, when it has sent its request, and what it has of the answer."""

    connection: socket.socket
    sent_at: float = 0.0
    answer: bytearray = field(default_factory=bytearray)

    def send(self) -> None:
        """Ask once more."""
        self.answer.clear()
        self.sent_at = time.perf_counter()
        self.connection.sendall(REQUEST)

    def receive(self) -> bool:
        """Take what has come, and say whether it is the whole answer.

        Raises: ConnectionError (the server has closed the connection).
        """
        piece = self.connection.recv(1 << 16)
        if not piece:
            message = "the server closed the connection"
            raise ConnectionError(message)
        self.answer += piece
        return self.answer.endswith(PAGE)


def main() -> None:
    """Start the server without the application, ask, and show the table."""
    with (
        tempfile.TemporaryDirectory() as name,
        bare_server({"/page": PAGE}, Path(name) / "p") as port,
    ):
        _ask(port, max(CLIENTS), 0.5)
        figures = []
        for clients in CLIENTS:
            times = _ask(port, clients, SECONDS)
            figures += [
                Figure(f"requests with {clients} clients, a second", len(times) / SECONDS, "/s"),
                Figure("  one of them", statistics.median(times), "ms", min(times)),
            ]
    show("The server alone, over loopback", figures)


def _ask(port: int, clients: int, seconds: float) -> list[float]:
    """Return the times of all answers, in milliseconds."""
    times = []
    with selectors.DefaultSelector() as selector:
        for _ in range(clients):
            client = Client(socket.create_connection((LOOPBACK, port)))
            selector.register(client.connection, selectors.EVENT_READ, client)
            client.send()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            for key, _ in selector.select(1):
                client = key.data
                if client.receive():
                    times.append(1_000 * (time.perf_counter() - client.sent_at))
                    client.send()
        for key in list(selector.get_map().values()):
            key.data.connection.close()
    return times


if __name__ == "__main__":
    main()
